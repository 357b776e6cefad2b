"""One visitor's whole conversation, as JSON and as a stream: booked, proven to be theirs, changed; a person asked for, rated, and the end."""

import re
import secrets

import pytest

from desk import Business, Desk, Visitor
from patience import until

DIGITS = re.compile(r"\b\d{6}\b")
LINK = re.compile(r"https://desk\.test(/v1/public/bookings/[^\s\"<>]+)")


def by_json(visitor: Visitor, words: str) -> dict:
    """One turn, whole."""
    return visitor.say(words)


def by_stream(visitor: Visitor, words: str) -> dict:
    """One turn as it comes, put together."""
    told = list(visitor.stream(words, f"turn-{secrets.token_hex(8)}"))
    assert told[-1]["event"] == "done", told
    content = "".join(event["data"]["content"] for event in told if event["event"] == "text")
    return {"content": content, **{event["event"]: event["data"] for event in told}}


both_ways = pytest.mark.parametrize("say", [by_json, by_stream])


@both_ways
def test_a_visitor_who_proves_an_address_sees_its_bookings_and_may_cancel_them(desk: Desk, business: Business, say):
    booker = desk.visitor(business)
    booker.book()
    visitor = Visitor(desk.api, business.key, booker.email)
    visitor.ask("POST", "/sessions", {}).ok()
    say(visitor, "Show my bookings, please.")
    say(visitor, visitor.email)
    assert visitor.ask("POST", "/email/verify", {"code": code_for(desk, visitor)}).ok() == {"verified": True}
    assert "Portrait session" in str(say(visitor, "done"))
    assert say(visitor, "Cancel the first one, please.")["proposal"]


@both_ways
def test_a_visitor_who_asks_for_a_person_is_heard_by_the_owner(desk: Desk, business: Business, say):
    visitor = desk.visitor(business)
    visitor.ask("POST", "/sessions", {}).ok()
    say(visitor, "I want to talk to a human.")
    until(lambda: desk.mails_to(business.email))


def test_a_session_is_read_handed_over_and_ended(desk: Desk, business: Business):
    visitor = desk.visitor(business)
    assert visitor.ask("GET", "/config").ok()
    visitor.ask("POST", "/sessions", {}).ok()
    visitor.say("Hello!")
    told = visitor.ask("GET", "/messages").ok()["messages"]
    assert [message["sender"] for message in told] == ["visitor", "assistant"]
    assert visitor.ask("POST", "/read", {"upTo": told[-1]["id"]}).status == 204
    assert visitor.ask("POST", "/escalate", {"reason": "A question of taste."}).status == 201
    assert visitor.ask("POST", "/email/code", {"email": visitor.email}).status == 202
    assert visitor.ask("POST", "/end", {}).status == 204
    until(lambda: desk.mails_to(business.email))


def test_what_a_visitor_thinks_of_a_chat_is_kept_and_seen_by_the_owner(desk: Desk, business: Business):
    visitor = desk.visitor(business)
    begun = visitor.ask("POST", "/sessions", {}).ok()
    assert visitor.ask("POST", "/feedback", {"rating": 2}).ok() == {"success": True}
    assert visitor.ask("POST", "/feedback", {"rating": 5, "comment": "It got better."}).ok() == {"success": True}
    thread = business.owner.get(f"/v1/admin/conversations/{begun['conversationId']}").ok()
    assert (thread["feedback"]["rating"], thread["feedback"]["comment"]) == (5, "It got better.")


def test_a_declined_proposal_books_nothing(desk: Desk, business: Business):
    visitor = desk.visitor(business)
    proposed = visitor.propose()
    assert visitor.ask("POST", f"/decline/{proposed['id']}", {}).status < 300
    assert not business.owner.get("/v1/admin/bookings").ok()["items"]


def test_a_mailed_link_cancels_and_a_late_payment_is_given_back(desk: Desk, business: Business):
    visitor = desk.visitor(business)
    confirmed = visitor.book()
    letter = until(lambda: desk.mails_to(visitor.email))[0]
    links = {path.rpartition("/")[2]: desk.api + path for path in LINK.findall(letter["BodyText"])}
    assert links, letter["BodyText"]
    for link in links.values():
        assert visitor.follow("GET", link).status == 200
    desk.pay(confirmed["checkoutUrl"])
    assert visitor.follow("POST", links["cancel"]).status == 200

    def shown() -> dict:
        assert {answer.status for answer in desk.carry_webhooks()} <= {200}
        return business.owner.get(f"/v1/admin/bookings/{confirmed['booking']['id']}").ok()

    until(shown, lambda booking: booking["refunded"]["amount"] == 12000)


def code_for(desk: Desk, visitor: Visitor) -> str:
    """The digits that were mailed to the visitor."""
    codes = until(lambda: [found[0] for mail in desk.mails_to(visitor.email) if (found := DIGITS.search(mail["BodyText"]))])
    return codes[-1]
