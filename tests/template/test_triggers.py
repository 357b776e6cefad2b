"""What starts a function: each trigger calls the live version, repeats only what failed, and parks what it gives up."""

import json
import re

from model import att, read, ref, sub
from test_queues import WORK

BUS_RETRY = {"MaximumEventAgeInSeconds": 86_400, "MaximumRetryAttempts": 185}
# Each rule: the queue it fills.
RULES = {
    "PaymentRule": "PaymentQueue",
    "NotifierRule": "NotifierQueue",
    "WaitlistRule": "WaitlistQueue",
    "HandoverRule": "HandoverQueue",
    "CalendarRule": "CalendarQueue",
    "WebhookRule": "WebhookQueue",
    "ImportRule": "ImportQueue",
}
# Each schedule: its event, its name, how often it runs, and for how many seconds a run is tried again.
SCHEDULES = {"Cleanup": ("Hourly", "cleanup", "1 hour", 1800), "CsatSender": ("Due", "csat-sender", "5 minutes", 600)}
# Work at Stripe, looks at calendars, pages to read, and deliveries that are tried again; whatever else happens is told to somebody.
STRIPE = {"checkout.needed", "checkout.obsolete", "refund.due"}
CALENDARS = {"calendar.due"}
IMPORTS = {"import.requested"}
DELIVERIES = {"webhook.due"}
# What may be offered to those who wait; of it, only who joined is told.
WAITLIST = {"slot.freed", "waitlist.joined"}
JOINED = {"waitlist.joined"}
# Whoever waits for addresses of others is let wait for more of them at once.
AT_ONCE = {"WebhookSenderFunction": 10}
# Who needs a person: told once it is written down what they should know.
HANDOVERS = {"escalation.requested"}


def mapping(template, function):
    (found,) = [
        one for one in template.of_type("AWS::Lambda::EventSourceMapping").values() if one["FunctionName"] == template.alias(function)
    ]
    return found


def test_every_mapping_calls_the_live_version_of_a_worker(template):
    called = [one["FunctionName"] for one in template.of_type("AWS::Lambda::EventSourceMapping").values()]
    workers = [
        "PaymentWorkerFunction",
        "WaitlistWorkerFunction",
        "HandoverFunction",
        "NotifierFunction",
        "CalendarSyncFunction",
        "WebhookSenderFunction",
        "ArticleImportFunction",
        "EventRelayFunction",
    ]
    assert sorted(map(str, called)) == sorted(str(template.alias(worker)) for worker in workers)


def test_workers_take_a_few_messages_and_give_back_only_what_failed(template):
    for queue, (worker, _) in WORK.items():
        assert mapping(template, worker) == {
            "BatchSize": 10,
            "EventSourceArn": att(queue),
            "FunctionName": template.alias(worker),
            "FunctionResponseTypes": ["ReportBatchItemFailures"],
            "ScalingConfig": {"MaximumConcurrency": AT_ONCE.get(worker, 5)},
        }, worker


def test_the_relay_halves_a_failing_batch_and_parks_it_before_the_stream_forgets(template):
    relay = dict(mapping(template, "EventRelayFunction"))
    (pattern,) = relay.pop("FilterCriteria")["Filters"]
    assert json.loads(pattern["Pattern"]) == {
        "eventName": ["INSERT", "MODIFY"],
        "dynamodb": {"NewImage": {"sk": {"S": ["EVENT"]}}},
    }
    assert relay == {
        "BatchSize": 100,
        "BisectBatchOnFunctionError": True,
        "DestinationConfig": {"OnFailure": {"Destination": att("RelayDlq")}},
        "EventSourceArn": att("Outbox", "StreamArn"),
        "FunctionName": template.alias("EventRelayFunction"),
        "FunctionResponseTypes": ["ReportBatchItemFailures"],
        "MaximumRecordAgeInSeconds": 20 * 3600,  # A stream forgets after 24 hours.
        "ParallelizationFactor": 2,
        "StartingPosition": "TRIM_HORIZON",
    }


def test_what_the_bus_cannot_deliver_is_parked(template):
    assert set(template.of_type("AWS::Events::Rule")) == set(RULES)
    for name, queue in RULES.items():
        rule = template.properties(name)
        assert rule["EventBusName"] == ref("Bus"), name
        (target,) = rule["Targets"]
        assert target["Id"], name
        assert target["Arn"] == att(queue), name
        assert target["RetryPolicy"] == BUS_RETRY, name
        assert target["DeadLetterConfig"] == {"Arn": att("BusDlq")}, name


def test_every_event_of_the_domain_goes_to_one_queue_and_joining_to_two_beside_what_webhooks_are_told(template):
    events = set(re.findall(r'=> "([a-z_]+\.[a-z_]+)"', read("shared/src/domain/event.rs")))
    assert events
    pattern = {name: template.properties(name)["EventPattern"]["detail-type"] for name in RULES}
    assert set(pattern["PaymentRule"]) == STRIPE
    assert set(pattern["WaitlistRule"]) == WAITLIST
    assert set(pattern["CalendarRule"]) == CALENDARS
    assert set(pattern["HandoverRule"]) == HANDOVERS
    assert set(pattern["ImportRule"]) == IMPORTS
    assert set(pattern["NotifierRule"]) == events - STRIPE - CALENDARS - IMPORTS - HANDOVERS - DELIVERIES - WAITLIST | JOINED
    topics = set(re.findall(r"Happening::(\w+)\(", read("shared/src/domain/webhook/topic.rs")))
    names = dict(re.findall(r'Self::(\w+)\([_.]+\) => "([a-z_.]+)"', read("shared/src/domain/event.rs")))
    assert set(pattern["WebhookRule"]) == {names[topic] for topic in topics} | DELIVERIES


def test_the_bus_is_the_stacks_own(template):
    assert template.of_type("AWS::Events::EventBus") == {"Bus": {"Name": sub("${AWS::StackName}")}}


def test_what_time_brings_is_done_in_time_and_a_run_that_failed_is_parked(template):
    schedules = template.of_type("AWS::Scheduler::Schedule")
    assert set(schedules) == {f"{name}Function{event}" for name, (event, *_) in SCHEDULES.items()}
    for name, (event, called, rate, age) in SCHEDULES.items():
        assert schedules[f"{name}Function{event}"] == {
            "Name": sub("${AWS::StackName}-" + called),
            "ScheduleExpression": f"rate({rate})",
            "FlexibleTimeWindow": {"Mode": "OFF"},
            "Target": {
                "Arn": template.alias(f"{name}Function"),
                "RoleArn": att(f"{name}Function{event}Role"),
                "DeadLetterConfig": {"Arn": att(f"{name}Dlq")},
                "RetryPolicy": {"MaximumEventAgeInSeconds": age, "MaximumRetryAttempts": 2},
            },
        }, name
