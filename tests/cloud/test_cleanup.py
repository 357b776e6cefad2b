"""Cleanup: a booking that was not paid in time gives its slot back, and one that was paid is confirmed even if nobody said so."""

import json
import time

from desk import Business, Desk
from patience import until

LONG_AGO = 1_700_000_000_000
DEADLINE = "2023-11-14T22:13:20Z"
CROCKFORD = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"


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


def at(ulid: str, ms: int) -> str:
    """The same id, made at another time."""
    digits = [CROCKFORD[ms >> 5 * place & 31] for place in reversed(range(10))]
    return "".join(digits) + ulid[10:]


def say_it_earlier(desk: Desk, business: Business, conversation: str) -> None:
    """Copies a conversation into the last hour that the next run reads."""
    database, table = desk.stack.aws.client("dynamodb"), desk.stack.outputs()["ConversationsTable"]
    settled = int(time.time()) - 900
    then = (settled - settled % 3600 - 1800) * 1000
    copy = at(conversation, then)
    found = database.query(
        TableName=table,
        KeyConditionExpression="pk = :pk",
        ExpressionAttributeValues={":pk": {"S": f"T#{business.tenant}#C#{conversation}"}},
    )
    for row in found["Items"]:
        row["pk"] = {"S": f"T#{business.tenant}#C#{copy}"}
        kind, _, message = row["sk"]["S"].partition("#")
        if kind == "TURN":
            row |= {"sk": {"S": f"TURN#{at(message, then)}"}, "at": {"N": str(then)}}
        if "gsi1sk" in row:
            row["gsi1sk"] = {"S": copy}
        database.put_item(TableName=table, Item=row)


def test_what_was_said_is_read_once_more_and_what_was_asked_is_told(desk: Desk, business: Business):
    for _ in range(2):
        visitor = desk.visitor(business)
        visitor.say("Is there parking?")
        say_it_earlier(desk, business, visitor.session.partition(".")[0])
    assert 2 <= clean(desk)["recounted"]
    told = business.owner.get("/v1/admin/analytics?days=2").ok()["topQuestions"]
    assert told == [{"question": "Is there parking?", "count": 2}]
