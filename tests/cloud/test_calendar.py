"""Calendars: a feed that its link opens, and busy times that are looked for by a function of their own.

A deployed function fetches from the public internet only, so what is seen here is that it tries and says so: `tests/tests/confirm/calendar.rs`
reads calendars.
"""

import base64
import hashlib
from datetime import UTC, datetime

from desk import Business, Desk, Reply, ask
from patience import until

NOWHERE = "https://calendar.invalid/own.ics"  # RFC 6761: a name that never is.


def page(business: Business) -> str:
    """Where the calendars of the only resource are set up."""
    (resource,) = business.owner.get("/v1/admin/resources").ok()["items"]
    return f"/v1/admin/resources/{resource['id']}/calendar"


def keep_busy(desk: Desk, business: Business, day: str) -> None:
    """Lets the calendar that nobody has be known to take all of a UTC day, from when somebody had it."""
    resource = page(business).split("/")[-2]
    known_by = base64.urlsafe_b64encode(hashlib.sha256(NOWHERE.encode()).digest()).decode()[:12]
    blocks = [f"{cell:02}" for cell in range(96)] + [f"h{hour:02}" for hour in range(24)] + [f"w{watch}" for watch in range(4)]
    desk.stack.aws.client("dynamodb").update_item(
        TableName=desk.stack.outputs()["BookingsTable"],
        Key={"pk": {"S": f"T#{business.tenant}#R#{resource}"}, "sk": {"S": f"DAY#{day}"}},
        UpdateExpression="SET #source = :cells, busy = :blocks",
        ConditionExpression="attribute_exists(pk)",
        ExpressionAttributeNames={"#source": f"b_{known_by}"},
        ExpressionAttributeValues={":cells": {"B": b"\xff" * 12}, ":blocks": {"SS": blocks}},
    )


def test_a_booking_in_a_busy_time_stands_and_its_owner_is_told(desk: Desk, business: Business):
    booking = desk.visitor(business).book()["booking"]
    keep_busy(desk, business, datetime.fromisoformat(booking["startsAt"]).astimezone(UTC).date().isoformat())
    business.owner.put(page(business), {"busyCalendarUrls": [NOWHERE]})
    until(lambda: [mail for mail in desk.mails_to(business.email) if "Your calendar is busy" in mail["BodyText"]])
    assert [one["bookingId"] for one in business.owner.get(page(business)).ok()["conflicts"]] == [booking["id"]]
    assert business.owner.get(f"/v1/admin/bookings/{booking['id']}").ok()["status"] == "PENDING_PAYMENT"


def test_a_feed_shows_what_is_booked_until_its_link_is_ended(desk: Desk, business: Business):
    owner, visitor = business.owner, desk.visitor(business)
    link = owner.post(page(business), {}).ok()["feedUrl"]
    url = f"{desk.api}/v1/public/calendars/{link.rsplit('/', 1)[1]}"
    booking = visitor.book()["booking"]["id"]

    def feed() -> Reply:
        return ask("GET", url)

    until(feed, lambda seen: f"UID:{booking}@" in str(seen.body).replace("\r\n ", ""))
    assert owner.ask("DELETE", page(business)).status == 204
    assert feed().status == 404


def test_a_calendar_that_nobody_has_is_looked_for_and_its_owner_told(business: Business):
    where = page(business)
    business.owner.put(where, {"busyCalendarUrls": [NOWHERE]})

    def told() -> dict:
        (calendar,) = business.owner.get(where).ok()["busyCalendars"]
        return calendar

    assert until(told, lambda seen: seen["triedAt"])["problem"] == "unreachable"
    business.owner.put(where, {"busyCalendarUrls": []})
    refused = business.owner.ask("PUT", where, {"busyCalendarUrls": ["https://169.254.169.254/"]}, If_Match="2")
    assert refused.status == 400
