"""The gateway: what it answers without a function, to browsers and to those who ask for nothing that exists."""

from desk import Desk, Visitor, ask

PREFLIGHT = {"Origin": "https://studio.test", "Access_Control_Request_Method": "POST", "Access_Control_Request_Headers": "x-tenant-key"}


def test_a_browser_may_ask_before_it_calls(desk: Desk):
    for path in ("/v1/public/chat/message", "/v1/public/chat/message/stream", "/v1/admin/me"):
        answer = ask("OPTIONS", desk.api + path, **PREFLIGHT)
        assert answer.status == 200, path
        assert answer.headers["Access-Control-Allow-Origin"] == "*"
        assert "POST" in answer.headers["Access-Control-Allow-Methods"]
        allowed = answer.headers["Access-Control-Allow-Headers"].lower().split(",")
        assert {"x-tenant-key", "x-session-id", "x-page-origin", "authorization", "if-match", "last-event-id"} <= set(allowed)
        assert "Access-Control-Allow-Credentials" not in answer.headers


def test_a_path_that_does_not_exist_is_not_found_in_our_own_words(desk: Desk):
    answer = ask("GET", f"{desk.api}/v1/nothing")
    assert (answer.status, answer.body["code"]) == (404, "not_found")
    assert answer.headers["Access-Control-Allow-Origin"] == "*"


def test_a_key_that_opens_nothing_is_refused(desk: Desk):
    answer = Visitor(desk.api, "pk_nobody").ask("GET", "/config")
    assert (answer.status, answer.body["code"]) == (401, "unauthorized")
