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

    def lines() -> list[str]:
        return [event["message"] for event in logs.filter_log_events(logGroupName=log)["events"]]

    assert not lines()
    scheduler.update_schedule(**kept, ScheduleExpression=SOON)
    until(lines, lambda lines: any("clean" in line for line in lines), seconds=150)
