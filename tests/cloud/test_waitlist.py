"""The waitlist, deployed: what comes free reaches the first in line by queue and mail, and the page behind the link takes it."""

import re
from datetime import datetime
from zoneinfo import ZoneInfo

from desk import WHOLE_WEEK, Business, Desk, Visitor
from patience import until

LINK = re.compile(r"https://desk\.test(/v1/public/waitlist/[^\s\"<>]+)")


def links(desk: Desk, visitor: Visitor) -> dict[str, str]:
    """What the visitor's mails let them do on the waitlist."""
    found = [path for mail in desk.mails_to(visitor.email) for path in LINK.findall(mail["BodyText"])]
    return {path.rpartition("/")[2]: desk.api + path for path in found}


def join(desk: Desk, business: Business, day: str) -> Visitor:
    """Lets somebody join the waitlist for a day."""
    visitor = desk.visitor(business)
    visitor.ask("POST", "/sessions", {}).ok()
    (package,) = business.owner.get("/v1/admin/packages").ok()["items"]
    wish = {"packageId": package["id"], "from": day, "customerName": "Ann Lee", "customerEmail": visitor.email}
    desk.services.assistant_says({"tools": [{"name": "join_waitlist", "input": wish}]}, {"text": "Please confirm."})
    proposed = visitor.say("Put me on the list, please.")["proposal"]
    assert visitor.ask("POST", f"/confirm/{proposed['id']}", {}).ok()["waitlist"]["from"] == day
    return visitor


def test_what_comes_free_is_offered_to_the_first_in_line_and_then_to_the_next(desk: Desk, business: Business):
    hours = {"weekly": {day: [{"opens": "09:00", "closes": "10:00"}] for day in WHOLE_WEEK}, "holidays": [], "special": []}
    business.owner.put("/v1/admin/hours", hours)
    booked = desk.visitor(business).book()["booking"]
    day = datetime.fromisoformat(booked["startsAt"]).astimezone(ZoneInfo("Europe/Berlin")).date().isoformat()
    first, second, third = (join(desk, business, day) for _ in range(3))
    until(lambda: all("leave" in links(desk, visitor) for visitor in (first, second, third)))

    business.owner.post(f"/v1/admin/bookings/{booked['id']}/cancel", {}).ok()
    offered = until(lambda: links(desk, first), lambda found: "take" in found)
    assert "take" not in links(desk, second)
    assert first.follow("GET", offered["take"]).status == 200
    assert first.follow("POST", offered["pass"]).status == 200

    offered = until(lambda: links(desk, second), lambda found: "take" in found)
    assert second.follow("POST", offered["leave"]).status == 200
    offered = until(lambda: links(desk, third), lambda found: "take" in found)
    assert third.follow("POST", offered["take"]).status == 303
    waiting = business.owner.get("/v1/admin/waitlist").ok()["items"]
    assert waiting == []
    until(lambda: desk.queued("WaitlistQueue"), lambda left: left == 0)


def test_an_owner_takes_somebody_off_the_list(desk: Desk, business: Business):
    hours = {"weekly": {day: [{"opens": "09:00", "closes": "10:00"}] for day in WHOLE_WEEK}, "holidays": [], "special": []}
    business.owner.put("/v1/admin/hours", hours)
    booked = desk.visitor(business).book()["booking"]
    day = datetime.fromisoformat(booked["startsAt"]).astimezone(ZoneInfo("Europe/Berlin")).date().isoformat()
    join(desk, business, day)
    (place,) = until(lambda: business.owner.get(f"/v1/admin/waitlist?day={day}").ok()["items"])
    removed = business.owner.ask("DELETE", f"/v1/admin/waitlist/{place['id']}", If_Match=str(place["version"]))
    assert removed.status == 204
    until(lambda: business.owner.get("/v1/admin/waitlist").ok()["items"], lambda items: not items)
