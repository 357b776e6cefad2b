"""Reminders: a booking whose reminder is due is reminded of, once."""

import json
import math
import time
from datetime import datetime

from desk import Business, Desk
from patience import until

MINUTE = 60
LONG_AGO = "2023-11-14T22:13:20Z"


def send(desk: Desk) -> dict:
    """Sends what is due, as its schedule does."""
    return json.loads(desk.run("CsatSender", {}))


def let_a_reminder_be_due(desk: Desk, business: Business, booking: dict) -> None:
    """Turns the clock of one booking: it is to be reminded of since a minute ago."""
    start = datetime.fromisoformat(booking["startsAt"]).timestamp()
    lead = (math.ceil((start - time.time()) / MINUTE) + 1) * MINUTE
    desk.stack.aws.client("dynamodb").update_item(
        TableName=desk.stack.outputs()["BookingsTable"],
        Key={"pk": {"S": f"T#{business.tenant}#B#{booking['id']}"}, "sk": {"S": "BOOKING"}},
        UpdateExpression="SET reminders = :leads, reminded_until = :never, gsi3pk = :reminders, gsi3sk = :deadline",
        ConditionExpression="attribute_exists(pk)",
        ExpressionAttributeValues={
            ":leads": {"L": [{"N": str(lead)}]},
            ":never": {"N": "0"},
            ":reminders": {"S": "REMIND#0"},
            ":deadline": {"S": f"{LONG_AGO}#{business.tenant}#{booking['id']}"},
        },
    )


def test_a_reminder_that_is_due_is_mailed_once(desk: Desk, business: Business):
    visitor = desk.visitor(business)
    confirmed = visitor.book()
    desk.pay(confirmed["checkoutUrl"])
    desk.carry_webhooks()
    until(lambda: desk.mails_to(visitor.email), lambda mails: len(mails) == 2)
    let_a_reminder_be_due(desk, business, confirmed["booking"])
    assert 1 <= send(desk)["reminded"]
    letters = until(lambda: desk.mails_to(visitor.email), lambda mails: len(mails) == 3)
    assert confirmed["booking"]["confirmationCode"] in letters[2]["BodyText"]
    send(desk)
    until(lambda: desk.queued("NotifierQueue"), lambda left: left == 0)
    assert len(desk.mails_to(visitor.email)) == 3
