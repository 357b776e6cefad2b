"""The console: what an owner sets up, changes and takes away, sees of visitors, and calls off."""

from desk import Business, Desk
from patience import until

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


def test_people_take_a_conversation_give_it_back_and_answer_whoever_has_left(desk: Desk, business: Business):
    visitor, owner = desk.visitor(business), business.owner
    begun = visitor.ask("POST", "/sessions", {}).ok()
    assert visitor.ask("POST", "/escalate", {"reason": "A torn dress.", "customerEmail": visitor.email}).status == 201
    (ticket,) = until(lambda: owner.get("/v1/admin/tickets").ok()["items"])
    path = f"/v1/admin/conversations/{begun['conversationId']}"
    taken = owner.ask("POST", f"{path}/take", {}, If_Match=str(ticket["version"])).ok()
    assert taken["mode"] == "active"
    assert owner.ask("POST", f"{path}/give-back", {}, If_Match=str(taken["version"])).ok()["mode"] == "assistant"
    assert visitor.ask("POST", "/end", {}).status == 204
    assert owner.post(f"{path}/reply", {"message": "Bring it along.", "clientMessageId": "1"}).ok()["mailed"]
    until(lambda: desk.mails_to(visitor.email))
    assert until(lambda: owner.get("/v1/admin/audit").ok()["items"])
