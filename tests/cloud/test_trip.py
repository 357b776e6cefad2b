"""The whole booking trip over the deployed API: asked, proposed, confirmed, paid, and everybody told once."""

from desk import MAIL_FROM, Business, Desk
from patience import until


def test_a_visitor_books_and_pays_and_everybody_is_told_once(desk: Desk, business: Business):
    visitor = desk.visitor(business)
    confirmed = visitor.book()
    booking = confirmed["booking"]
    assert booking["status"] == "PENDING_PAYMENT"
    assert booking["price"] == {"amount": 12000, "currency": "EUR"}

    desk.pay(confirmed["checkoutUrl"])
    (sent,) = desk.services.deliveries()
    # Stripe repeats itself: the second delivery has no effect.
    assert [desk.webhook(sent["body"], sent["signature"]).status for _ in range(2)] == [200, 200]

    def shown() -> dict:
        return business.owner.get(f"/v1/admin/bookings/{booking['id']}").ok()

    stands = until(shown, lambda shown: shown["status"] == "CONFIRMED")
    assert stands["paidAt"]
    letters = until(lambda: desk.mails_to(visitor.email), lambda mails: len(mails) == 2)
    assert all(booking["confirmationCode"] in letter["BodyText"] for letter in letters)
    assert all(letter["Source"].endswith(f"<{MAIL_FROM}>") for letter in letters)
    entry = letters[1]["Attachments"][0]["Text"]
    assert entry.startswith("BEGIN:VCALENDAR") and booking["id"] in entry
    until(lambda: desk.mails_to(business.email), lambda mails: len(mails) == 1)

    for queue in ("PaymentQueue", "WaitlistQueue", "HandoverQueue", "NotifierQueue", "CalendarQueue", "WebhookQueue", "ImportQueue"):
        until(lambda: desk.queued(queue), lambda left: left == 0)
    assert (len(desk.mails_to(visitor.email)), len(desk.mails_to(business.email))) == (2, 1)


def test_confirming_again_gives_the_same_answer_and_one_booking(desk: Desk, business: Business):
    visitor = desk.visitor(business)
    first = visitor.book()
    assert visitor.ask("POST", f"/confirm/{first['proposalId']}", {}).ok() == first
    assert len(business.owner.get("/v1/admin/bookings").ok()["items"]) == 1
