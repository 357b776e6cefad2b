"""Payment: money that never comes gives the slot back as soon as Stripe says so."""

from desk import Business, Desk, ask
from patience import until


def test_a_payment_that_the_bank_refuses_gives_the_slot_back(desk: Desk, business: Business):
    confirmed = desk.visitor(business).book()
    for step in ("pay-later", "fail"):
        assert ask("POST", f"{confirmed['checkoutUrl']}/{step}").status == 303

    def shown() -> dict:
        assert {answer.status for answer in desk.carry_webhooks()} <= {200}
        return business.owner.get(f"/v1/admin/bookings/{confirmed['booking']['id']}").ok()

    until(shown, lambda booking: booking["status"] == "EXPIRED")
    assert desk.visitor(business).book()["booking"]["startsAt"] == confirmed["booking"]["startsAt"]
