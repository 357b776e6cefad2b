"""Cleanup: a booking that was not paid in time gives its slot back, and one that was paid is confirmed even if nobody said so."""

import json

from desk import Business, Desk
from patience import until

LONG_AGO = 1_700_000_000_000
DEADLINE = "2023-11-14T22:13:20Z"


def clean(desk: Desk) -> dict:
    """Runs it once, as its schedule does."""
    return json.loads(desk.run("Cleanup", {}))


def let_the_hold_end(desk: Desk, business: Business, booking: str) -> None:
    """Turns the clock of one booking: its deadline lies in the past."""
    desk.stack.aws.client("dynamodb").update_item(
        TableName=desk.stack.outputs()["BookingsTable"],
        Key={"pk": {"S": f"T#{business.tenant}#B#{booking}"}, "sk": {"S": "BOOKING"}},
        UpdateExpression="SET hold_until = :until, gsi3sk = :deadline",
        ConditionExpression="attribute_exists(gsi3sk)",
        ExpressionAttributeValues={
            ":until": {"N": str(LONG_AGO)},
            ":deadline": {"S": f"{DEADLINE}#{business.tenant}#{booking}"},
        },
    )


def test_a_hold_that_nobody_paid_is_released(desk: Desk, business: Business):
    booking = desk.visitor(business).book()["booking"]["id"]
    let_the_hold_end(desk, business, booking)
    assert 1 <= clean(desk)["releasedHolds"]
    assert business.owner.get(f"/v1/admin/bookings/{booking}").ok()["status"] == "EXPIRED"


def test_a_hold_that_was_paid_is_confirmed_though_no_webhook_came(desk: Desk, business: Business):
    confirmed = desk.visitor(business).book()
    booking = confirmed["booking"]["id"]
    desk.pay(confirmed["checkoutUrl"])
    let_the_hold_end(desk, business, booking)
    assert 1 <= clean(desk)["paidHolds"]
    assert business.owner.get(f"/v1/admin/bookings/{booking}").ok()["status"] == "CONFIRMED"
    until(lambda: desk.mails_to(business.email))
