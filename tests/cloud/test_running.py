"""Running: every function can be started as its role, and what it says is in its own log."""

import json

import pytest

from desk import Desk
from patience import until

# What each is started with: nothing to do.
REQUEST = {
    "resource": "/v1/nothing",
    "path": "/v1/nothing",
    "httpMethod": "GET",
    "headers": {},
    "multiValueHeaders": {},
    "requestContext": {
        "resourcePath": "/v1/nothing",
        "httpMethod": "GET",
        "path": "/v1/nothing",
        "stage": "test",
        "requestId": "r",
        "accountId": "1",
        "apiId": "a",
        "resourceId": "r",
        "identity": {"sourceIp": "127.0.0.1"},
        "protocol": "HTTP/1.1",
    },
    "isBase64Encoded": False,
}
BATCH = {"Records": []}
IDLE = {
    **dict.fromkeys(["Chat", "ChatStream", "Confirm", "Admin", "StripeWebhook"], REQUEST),
    **dict.fromkeys(["PaymentWorker", "Notifier", "CalendarSync", "EventRelay"], BATCH),
    "Cleanup": {},
}


@pytest.mark.parametrize("function", IDLE)
def test_a_function_runs_and_its_log_is_kept(desk: Desk, function: str):
    group, logs = desk.stack.resource(f"{function}Log"), desk.stack.aws.client("logs")

    def lines() -> int:
        pages = logs.get_paginator("filter_log_events").paginate(logGroupName=group)
        return sum(len(page["events"]) for page in pages)

    before = lines()
    name = desk.stack.resource(f"{function}Function")
    answer = desk.stack.aws.client("lambda").invoke(FunctionName=name, Qualifier="live", Payload=json.dumps(IDLE[function]).encode())
    assert "FunctionError" not in answer, answer["Payload"].read()
    until(lines, lambda now: before < now, seconds=3)
