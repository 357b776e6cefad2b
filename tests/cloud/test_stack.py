"""The life of a stack: beside another, through an update, and what is left when it is deleted. One story, in the order of the file."""

import pytest

import previous
from desk import MAIL_DOMAIN, Business, Desk
from services import Services
from simulator.server import Aws
from stack import FOLDER, Stack

RETAINED = ["TenantsTable", "ConversationsTable", "BookingsTable", "RecordsTable", "CountersTable", "OutboxTable"]


@pytest.fixture(scope="module")
def annex(desk: Desk, aws: Aws, services: Services, parameters: dict[str, str]) -> Desk:
    """A second deployment beside the first, made from the template before this one."""
    template = FOLDER / "previous.yaml"
    known = previous.write(template)
    if known is None:
        pytest.skip("no older template.yaml: this clone has no history")
    stack = Stack(aws, "annex", {name: value for name, value in parameters.items() if name in known})
    return Desk(stack.deploy(template), services)


@pytest.fixture(scope="module")
def tenant(annex: Desk) -> Business:
    """A business of the second deployment, with a booking."""
    annex.services.assistant_is_honest()
    annex.services.stripe_is_up()
    tenant = annex.business(annex.person(f"operator@{MAIL_DOMAIN}", group="platform"))
    annex.visitor(tenant).book()
    return tenant


def test_two_stacks_live_side_by_side_and_know_nothing_of_each_other(desk: Desk, annex: Desk, tenant: Business):
    assert set(desk.stack.outputs().values()).isdisjoint(annex.stack.outputs().values())
    assert desk.visitor(tenant).ask("GET", "/config").status == 401
    assert annex.visitor(tenant).ask("GET", "/config").status == 200
    tenant.owner.api, home = desk.api, tenant.owner.api
    assert tenant.owner.get("/v1/admin/me").status == 401
    tenant.owner.api = home


def test_an_update_from_the_previous_template_loses_nothing(annex: Desk, tenant: Business, parameters: dict[str, str]):
    kept = {output: annex.stack.rows(output) for output in RETAINED}
    (booked,) = tenant.owner.get("/v1/admin/bookings").ok()["items"]
    annex.stack.deploy(**parameters)
    assert {output: annex.stack.rows(output) for output in RETAINED} == kept
    tenant.owner.api = annex.api
    assert tenant.owner.get(f"/v1/admin/bookings/{booked['id']}").ok() == booked
    assert annex.visitor(tenant).book()["booking"]["status"] == "PENDING_PAYMENT"


def test_deleting_a_stack_leaves_tables_and_users(annex: Desk, tenant: Business, aws: Aws):
    out = annex.stack.outputs()
    tables = {output: out[output] for output in RETAINED}
    rows = {output: annex.stack.rows(output) for output in RETAINED}
    assert rows["BookingsTable"]
    annex.stack.delete()
    scan = aws.client("dynamodb").get_paginator("scan").paginate
    left = {output: [row for page in scan(TableName=table) for row in page["Items"]] for output, table in tables.items()}
    assert left == rows
    users = aws.client("cognito-idp").list_users(UserPoolId=out["UserPoolId"])["Users"]
    assert len(users) == 2
