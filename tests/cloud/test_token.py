"""Tokens: what Cognito's deployed pool signs opens one's own business, and nothing else opens anything."""

import base64
import json

import pytest

from desk import Business, Desk, Person, ask
from gateway import request

ADMIN = "/v1/admin/me"


def test_a_token_opens_the_business_it_names(desk: Desk, business: Business):
    me = business.owner.get(ADMIN).ok()
    assert (me["tenantId"], me["role"], me["email"]) == (business.tenant, "owner", business.email)


def test_what_belongs_to_another_business_is_as_if_it_never_was(desk: Desk, operator: Person, business: Business):
    other = desk.business(operator)
    (package,) = other.owner.get("/v1/admin/packages").ok()["items"]
    never = "01KAJ9G7T1W3Y5A7C9E1G3J5M7"
    foreign, unknown = (business.owner.get(f"/v1/admin/packages/{id}") for id in (package["id"], never))
    assert foreign.status == unknown.status == 404
    assert without_id(foreign.body) == without_id(unknown.body)


def test_nobody_gets_in_without_a_token_or_with_a_forged_one(desk: Desk, business: Business):
    for headers in ({}, {"Authorization": f"Bearer {forged(business.owner.token)}"}):
        refused = ask("GET", desk.api + ADMIN, **headers)
        assert (refused.status, refused.body["code"]) == (401, "unauthorized"), refused


@pytest.mark.parametrize("path", [ADMIN, "/v1/admin/bookings"])
def test_the_function_itself_refuses_what_the_gateway_would_have_stopped(desk: Desk, business: Business, path: str):
    for token, status in ((None, 401), (forged(business.owner.token), 401), (business.owner.token, 200)):
        headers = {"Authorization": f"Bearer {token}"} if token else {}
        assert json.loads(desk.run("Admin", request(path, headers)))["statusCode"] == status


def test_only_operators_make_businesses(desk: Desk, business: Business):
    assert business.owner.post("/v1/platform/tenants", {}).status == 403


def forged(token: str) -> str:
    """The same claims with another tenant, under the old signature."""
    head, claims, signature = token.split(".")
    told = json.loads(base64.urlsafe_b64decode(claims + "=="))
    told["custom:tenant"] = "01KAJ9G7T1W3Y5A7C9E1G3J5M7"
    return ".".join([head, base64.urlsafe_b64encode(json.dumps(told).encode()).decode().rstrip("="), signature])


def without_id(problem: dict) -> dict:
    """A problem without what names the request."""
    return {name: value for name, value in problem.items() if name != "requestId"}
