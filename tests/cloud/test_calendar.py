"""Calendars: a feed that its link opens, and busy times that are looked for by a function of their own.

A deployed function fetches from the public internet only, so what is seen here is that it tries and says so: `tests/tests/confirm/calendar.rs`
reads calendars.
"""

from desk import Business, Desk, Reply, ask
from patience import until

NOWHERE = "https://calendar.invalid/own.ics"  # RFC 6761: a name that never is.


def page(business: Business) -> str:
    """Where the calendars of the only resource are set up."""
    (resource,) = business.owner.get("/v1/admin/resources").ok()["items"]
    return f"/v1/admin/resources/{resource['id']}/calendar"


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
