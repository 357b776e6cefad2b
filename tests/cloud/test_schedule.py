"""Schedules: they fire by themselves, and their role may call what they fire."""

from desk import Desk
from patience import until

SOON = "rate(1 minute)"


def test_cleanup_runs_by_its_schedule(desk: Desk):
    scheduler, logs = desk.stack.aws.client("scheduler"), desk.stack.aws.client("logs")
    hourly = scheduler.get_schedule(Name="desk-cleanup")
    assert hourly["ScheduleExpression"] == "rate(1 hour)"
    kept = {name: hourly[name] for name in ("Name", "Target", "FlexibleTimeWindow")}
    log = desk.stack.resource("CleanupLog")

    def runs() -> int:
        pages = logs.get_paginator("filter_log_events").paginate(logGroupName=log)
        return sum("cleaned up" in event["message"] for page in pages for event in page["events"])

    before = runs()
    scheduler.update_schedule(**kept, ScheduleExpression=SOON)
    until(runs, lambda now: before < now, seconds=150)
