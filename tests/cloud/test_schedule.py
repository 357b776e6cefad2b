"""Schedules: they fire by themselves, and their role may call what they fire."""

import pytest
from desk import Desk
from patience import until

SOON = "rate(1 minute)"


@pytest.mark.parametrize(
    ("name", "rate", "group", "says"),
    [("cleanup", "rate(1 hour)", "CleanupLog", "cleaned up"), ("csat-sender", "rate(5 minutes)", "CsatSenderLog", "sent what was due")],
)
def test_a_function_runs_by_its_schedule(desk: Desk, name: str, rate: str, group: str, says: str):
    scheduler, logs = desk.stack.aws.client("scheduler"), desk.stack.aws.client("logs")
    schedule = scheduler.get_schedule(Name=f"desk-{name}")
    assert schedule["ScheduleExpression"] == rate
    kept = {key: schedule[key] for key in ("Name", "Target", "FlexibleTimeWindow")}
    log = desk.stack.resource(group)

    def runs() -> int:
        pages = logs.get_paginator("filter_log_events").paginate(logGroupName=log)
        return sum(says in event["message"] for page in pages for event in page["events"])

    # A short schedule may have fired before.
    before = runs()
    scheduler.update_schedule(**kept, ScheduleExpression=SOON)
    until(runs, lambda now: before < now, seconds=150)
