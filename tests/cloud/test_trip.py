"""The whole booking trip over the deployed API: asked, proposed, confirmed, paid, and everybody told once."""

from desk import ANN, MAIL_FROM, Business, Desk
from patience import until


def test_a_visitor_books_and_pays_and_everybody_is_told_once(desk: Desk, business: Business):
    confirmed = desk.visitor(business).book()
    booking = confirmed["booking"]
    assert booking["status"] == "PENDING_PAYMENT"
    assert booking["price"] == {"amount": 12000, "currency": "EUR"}

    desk.pay(confirmed["checkoutUrl"])
    assert [reply.status for reply in desk.carry_webhooks()] == [200]

    def shown() -> dict:
        return business.owner.get(f"/v1/admin/bookings/{booking['id']}").ok()

    stands = until(shown, lambda shown: shown["status"] == "CONFIRMED")
    assert stands["paidAt"]
    letters = until(lambda: desk.mails_to(ANN), lambda mails: len(mails) == 2)
    assert all(booking["confirmationCode"] in letter["BodyText"] for letter in letters)
    assert [letter["Source"].endswith(f"<{MAIL_FROM}>") for letter in letters] == [True, True]
    entry = letters[1]["Attachments"][0]["Text"]
    assert entry.startswith("BEGIN:VCALENDAR") and booking["id"] in entry
    until(lambda: desk.mails_to(business.email), lambda mails: len(mails) == 1)

