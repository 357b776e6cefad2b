"""The console: what an owner sets up, changes and takes away, sees of visitors, and calls off."""

from desk import Business, Desk

ARTICLE = {"title": "Parking", "body": "Behind the house.", "tags": [], "published": True}


def test_what_an_owner_adds_can_be_changed_and_taken_away(business: Business):
    owner = business.owner
    made = owner.post("/v1/admin/articles", ARTICLE).ok()
    path = f"/v1/admin/articles/{made['id']}"
    version = str(owner.get(path).ok()["version"])
    changed = owner.ask("PATCH", path, {"title": "Where to park"}, If_Match=version).ok()
    assert owner.ask("DELETE", path, If_Match=str(changed["version"])).status == 204
    assert owner.get(path).status == 404


def test_an_owner_sees_what_was_said_and_calls_a_booking_off(desk: Desk, business: Business):
    visitor, owner = desk.visitor(business), business.owner
    visitor.book()
    (booking,) = owner.get("/v1/admin/bookings").ok()["items"]
    shown = owner.get(f"/v1/admin/bookings/{booking['id']}").ok()
    said = owner.get(f"/v1/admin/conversations/{shown['conversationId']}").ok()
    assert said["turns"]
    canceled = owner.post(f"/v1/admin/bookings/{booking['id']}/cancel", {"reason": "The studio is closed."}).ok()
    assert canceled["status"].startswith("CANCEL")
