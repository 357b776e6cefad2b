"""Webhooks: kept by their owner, and told by a function of their own.

A deployed function reaches the public internet only, so what is seen here is that it tries and says so: `tests/tests/chain/webhook.rs` and
`tests/tests/api/webhook.rs` receive what is sent.
"""

from desk import Business, Desk
from patience import until

NOWHERE = "https://webhook.invalid/hook"  # RFC 6761: a name that never is.
HOOK = {"url": NOWHERE, "kind": "standard", "events": ["booking.received", "booking.confirmed"]}
PAGE = "/v1/admin/webhooks"


def told(business: Business, webhook: dict) -> list[dict]:
    """What the webhook was told, newest first."""
    return business.owner.get(f"{PAGE}/{webhook['id']}/deliveries").ok()["items"]


def test_a_webhook_that_nobody_answers_for_is_tried_and_its_owner_sees_it(desk: Desk, business: Business):
    webhook = business.owner.ask("POST", PAGE, HOOK).ok()
    assert webhook["secret"].startswith("whsec_")
    desk.visitor(business).book()
    (delivery,) = until(lambda: told(business, webhook), lambda all: all and all[0]["status"] == "waiting")
    assert (delivery["event"], delivery["lastError"], delivery["attempts"]) == ("booking.received", "unreachable", 1)
    again = business.owner.ask("POST", f"{PAGE}/{webhook['id']}/deliveries/{delivery['id']}/replay", {}).ok()
    assert again["id"] == delivery["id"]
    until(lambda: told(business, webhook), lambda all: all[0]["attempts"] == 2)
    rotated = business.owner.ask("POST", f"{PAGE}/{webhook['id']}/secret", {}, If_Match="1").ok()
    assert rotated["secret"] != webhook["secret"]
    business.owner.ask("DELETE", f"{PAGE}/{webhook['id']}", If_Match="2")


def test_an_address_that_leads_inward_is_refused(business: Business):
    refused = business.owner.ask("POST", PAGE, HOOK | {"url": "https://169.254.169.254/latest/meta-data/"})
    assert refused.status == 400 and refused.body["errors"][0]["pointer"] == "/url"
