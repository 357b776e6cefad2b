"""Whatever goes wrong is seen: an alarm for each, which names the line of the runbook that answers it, and the dashboards."""

import json
import re

from model import att, read, ref, sub
from test_functions import FUNCTIONS
from test_queues import PARKED, WORK

# What the functions count (dimension: Stage).
BUSINESS = set(re.findall(r'Self::\w+ => "(\w+)"', read("shared/src/ports/metric.rs")))
STAGE = [{"Name": "Stage", "Value": ref("Stage")}]
API = [{"Name": "ApiName", "Value": ref("AWS::StackName")}, {"Name": "Stage", "Value": ref("Stage")}]
# Alarms on one metric: what is looked at, how (statistic, seconds, times in a row), and above what it rings.
WATCHED = {
    "RelayAgeAlarm": ("AWS/Lambda", "IteratorAge", [{"Name": "FunctionName", "Value": ref("EventRelayFunction")}], ("Maximum", 60, 5), 300_000),
    "ApiFailuresAlarm": ("AWS/ApiGateway", "5XXError", API, ("Sum", 300, 1), 5),
    "AnswersSlowAlarm": ("Frontdesk", "TurnFirstByte", STAGE, ("p95", 300, 3), 8_000),
    "TurnsFailAlarm": ("Frontdesk", "TurnFailed", STAGE, ("Sum", 300, 1), 5),
    "EventsGivenUpAlarm": ("Frontdesk", "EventGivenUp", STAGE, ("Sum", 300, 1), 0),
    "LedgerDriftAlarm": ("Frontdesk", "LedgerDrift", STAGE, ("Sum", 300, 1), 0),
}
# Alarms on a sum over functions: what is added up, over how many seconds, and what reserves those functions' environments.
SUMS = {
    f"{who}{metric}Alarm": (metric, period, groups)
    for metric, period in [("Errors", 60), ("Throttles", 300)]
    for who, groups in [("", {"Turn", "Action"}), ("Worker", {"Worker"})]
}


def queue(name):
    return [{"Name": "QueueName", "Value": att(name, "QueueName")}]


def alarms(template):
    return template.of_type("AWS::CloudWatch::Alarm")


def assert_watches(template, name, namespace, metric, dimensions, how, above):
    statistic, period, times = how
    alarm = alarms(template)[name]
    assert (alarm["Namespace"], alarm["MetricName"], alarm["Dimensions"]) == (namespace, metric, dimensions), name
    asked = "ExtendedStatistic" if statistic.startswith("p") else "Statistic"
    assert (alarm[asked], alarm["Period"], alarm["EvaluationPeriods"], alarm["Threshold"]) == (statistic, period, times, above), name


def test_every_alarm_is_one_we_know(template):
    parked = {name.replace("Dlq", "DlqAlarm") for name in PARKED}
    waiting = {name.replace("Queue", "AgeAlarm") for name in WORK}
    assert set(alarms(template)) == parked | waiting | set(WATCHED) | set(SUMS) | {"SpendAlarm"}


def test_every_alarm_names_a_heading_of_the_runbook(template):
    headings = {line.lstrip("# ").strip().lower().replace(" ", "-") for line in read("docs/OPERATIONS.md").splitlines() if line.startswith("#")}
    for name, alarm in alarms(template).items():
        found = re.fullmatch(r"[A-Z].*\. docs/OPERATIONS\.md#([\w-]+)", alarm["AlarmDescription"])
        assert found and found[1] in headings, f"{name}: {alarm['AlarmDescription']}"


def test_every_alarm_is_told_and_taken_back(template):
    for name, alarm in alarms(template).items():
        assert alarm["AlarmActions"] == alarm["OKActions"] == [ref("Alarms")], name
        assert alarm["ComparisonOperator"] == "GreaterThanThreshold", name
        assert alarm["TreatMissingData"] == "notBreaching", f"{name}: nobody there is no fault"


def test_alarms_reach_somebody(template):
    assert template.of_type("AWS::SNS::Topic") == {"Alarms": {"DisplayName": "Frontdesk alarms"}}
    mail = template.resources["AlarmMail"]
    assert mail["Type"] == "AWS::SNS::Subscription" and mail["Condition"] == "HasAlarmEmail"
    assert mail["Properties"] == {"TopicArn": ref("Alarms"), "Protocol": "email", "Endpoint": ref("AlarmEmail")}


def test_the_first_parked_message_rings(template):
    for name in PARKED:
        how = ("Maximum", 60, 1)
        assert_watches(template, f"{name}Alarm", "AWS/SQS", "ApproximateNumberOfMessagesVisible", queue(name), how, 0)


def test_a_queue_that_is_a_quarter_of_an_hour_behind_rings(template):
    for name in WORK:
        alarm = name.replace("Queue", "AgeAlarm")
        assert_watches(template, alarm, "AWS/SQS", "ApproximateAgeOfOldestMessage", queue(name), ("Maximum", 60, 5), 900)


def test_failures_and_slow_answers_ring(template):
    for name, watched in WATCHED.items():
        assert_watches(template, name, *watched)
    assert alarms(template)["AnswersSlowAlarm"]["EvaluateLowSampleCountPercentile"] == "ignore"


def test_errors_and_throttles_of_every_function_ring(template):
    for name, (metric, period, groups) in SUMS.items():
        alarm = alarms(template)[name]
        total, *parts = alarm["Metrics"]
        assert (total["Expression"], total.get("ReturnData", True)) == ("SUM(METRICS())", True) and total["Label"] and total["Id"], name
        watched = []
        for part in parts:
            assert part["Id"] and part["ReturnData"] is False, name
            assert (part["MetricStat"]["Stat"], part["MetricStat"]["Period"]) == ("Sum", period), name
            asked = part["MetricStat"]["Metric"]
            assert (asked["Namespace"], asked["MetricName"]) == ("AWS/Lambda", metric), name
            (dimension,) = asked["Dimensions"]
            assert dimension["Name"] == "FunctionName", name
            watched.append(dimension["Value"]["Ref"])
        assert watched == [f"{function}Function" for function, (_, _, group, _) in FUNCTIONS.items() if group in groups], name
        assert (alarm["Threshold"], alarm["EvaluationPeriods"]) == (0, 1), name


def test_no_expression_reads_more_metrics_than_cloudwatch_takes(template):
    """Ten, and no quota raises it: a stack with an eleventh is not deployed."""
    for name, alarm in alarms(template).items():
        read_by = [one for one in alarm.get("Metrics", []) if "MetricStat" in one]
        assert len(read_by) <= 10, f"{name}: {len(read_by)}"


def test_a_days_spend_above_the_parameter_rings(template):
    alarm = alarms(template)["SpendAlarm"]
    dollars, micro = alarm["Metrics"]
    assert dollars == {"Id": "usd", "Expression": "micro / 1000000", "Label": "US dollars today"}
    assert (micro["Id"], micro["ReturnData"]) == ("micro", False)
    metric = {"Namespace": "Frontdesk", "MetricName": "SpendMicroUsd", "Dimensions": STAGE}
    assert micro["MetricStat"] == {"Stat": "Sum", "Period": 86_400, "Metric": metric}
    assert (alarm["Threshold"], alarm["EvaluationPeriods"]) == (ref("DailySpendUsd"), 1)


# The dashboards, by what follows the stack's name in theirs.
BOARDS = {"Dashboard": ref("AWS::StackName"), "Machinery": sub("${AWS::StackName}-machinery")}


def drawn(template, board):
    """A dashboard's widgets, and the resources that they name."""
    properties = template.properties(board)
    assert properties["DashboardName"] == BOARDS[board]
    text = properties["DashboardBody"]["Fn::Sub"]
    return json.loads(text)["widgets"], set(re.findall(r"\$\{(\w+)(?:\.\w+)?\}", text))


def test_the_dashboards_show_every_alarm_function_and_queue(template):
    assert set(template.of_type("AWS::CloudWatch::Dashboard")) == set(BOARDS)
    shown = set()
    for board in BOARDS:
        widgets, named = drawn(template, board)
        places = [(widget["x"], widget["y"]) for widget in widgets]
        assert len(places) == len(set(places)), f"{board}: two widgets lie on each other"
        shown |= named
    assert set(alarms(template)) | set(template.functions()) | set(PARKED) | set(WORK) <= shown


def test_the_dashboards_cost_nothing(template):
    """Three dashboards of up to 50 metrics each are free; a larger one is 3 USD a month."""
    for board in BOARDS:
        widgets, _ = drawn(template, board)
        assert sum(len(widget["properties"].get("metrics", [])) for widget in widgets) <= 50, board


def test_the_guide_counts_the_alarms_that_are_paid_for(template):
    """An alarm over an expression is paid for each metric in it."""
    paid = sum(len([one for one in alarm.get("Metrics", [{"MetricStat": 1}]) if "MetricStat" in one]) for alarm in alarms(template).values())
    assert f"{paid} alarm metrics" in read("docs/DEPLOY.md")


def test_the_dashboard_draws_what_the_functions_count(template):
    widgets, _ = drawn(template, "Dashboard")
    counted = {
        metric[1] for widget in widgets for metric in widget["properties"].get("metrics", []) if metric[0] == "Frontdesk"
    }
    assert counted == BUSINESS != set()


def test_alarms_watch_only_what_is_counted(template):
    named = {alarm["MetricName"] for alarm in alarms(template).values() if alarm.get("Namespace") == "Frontdesk"}
    assert named and named <= BUSINESS
