"""Running: every function can be started as its role, and what it says is in its own log."""

import pytest

from desk import Desk
from gateway import request
from patience import until

# What each is started with: nothing to do.
REQUEST = request("/v1/nothing")
BATCH = {"Records": []}
IDLE = {
    **dict.fromkeys(["Chat", "ChatStream", "Confirm", "Feedback", "Escalation", "Admin", "StripeWebhook"], REQUEST),
    **dict.fromkeys(["PaymentWorker", "WaitlistWorker", "Handover", "Notifier", "CalendarSync", "WebhookSender", "ArticleImport", "EventRelay"], BATCH),
    **dict.fromkeys(["Cleanup", "CsatSender"], {}),
}


@pytest.mark.parametrize("function", IDLE)
def test_a_function_runs_and_its_log_is_kept(desk: Desk, function: str):
    group, logs = desk.stack.resource(f"{function}Log"), desk.stack.aws.client("logs")

    def lines() -> int:
        pages = logs.get_paginator("filter_log_events").paginate(logGroupName=group)
        return sum(len(page["events"]) for page in pages)

    before = lines()
    desk.run(function, IDLE[function])
    until(lines, lambda now: before < now, seconds=3)
