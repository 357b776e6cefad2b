"""Queues wait long enough, park what fails, and take from nobody but the bus."""

from model import att, ref

DAY = 86_400
# Each queue: who works on it, and where what failed ten times is parked.
WORK = {
    "PaymentQueue": ("PaymentWorkerFunction", "PaymentDlq"),
    "NotifierQueue": ("NotifierFunction", "NotifierDlq"),
    "WaitlistQueue": ("WaitlistWorkerFunction", "WaitlistDlq"),
    "HandoverQueue": ("HandoverFunction", "HandoverDlq"),
    "CalendarQueue": ("CalendarSyncFunction", "CalendarDlq"),
    "WebhookQueue": ("WebhookSenderFunction", "WebhookDlq"),
    "ImportQueue": ("ArticleImportFunction", "ImportDlq"),
}
PARKED = [
    "PaymentDlq",
    "NotifierDlq",
    "WaitlistDlq",
    "HandoverDlq",
    "BusDlq",
    "RelayDlq",
    "CleanupDlq",
    "CsatSenderDlq",
    "CalendarDlq",
    "WebhookDlq",
    "ImportDlq",
]


def test_there_are_the_queues_that_work_and_those_that_park(template):
    assert set(template.of_type("AWS::SQS::Queue")) == set(WORK) | set(PARKED)


def test_what_fails_ten_times_is_parked(template):
    for queue, (_, dlq) in WORK.items():
        assert template.properties(queue)["RedrivePolicy"] == {"deadLetterTargetArn": att(dlq), "maxReceiveCount": 10}, queue


def test_a_message_is_hidden_for_six_times_its_workers_time_limit(template):
    for queue, (worker, _) in WORK.items():
        assert template.properties(queue)["VisibilityTimeout"] >= 6 * template.properties(worker)["Timeout"], queue


def test_messages_survive_a_long_weekend_and_parked_ones_two_weeks(template):
    for queue in WORK:
        assert template.properties(queue)["MessageRetentionPeriod"] == 4 * DAY, queue
    for queue in PARKED:
        assert template.properties(queue)["MessageRetentionPeriod"] == 14 * DAY, queue


def test_queues_are_encrypted(template):
    for name, queue in template.of_type("AWS::SQS::Queue").items():
        assert queue["SqsManagedSseEnabled"] is True, name


def test_only_our_rules_may_put_into_our_queues(template):
    (policy,) = template.of_type("AWS::SQS::QueuePolicy").values()
    filled = ["PaymentQueue", "NotifierQueue", "WaitlistQueue", "HandoverQueue", "CalendarQueue", "WebhookQueue", "ImportQueue", "BusDlq"]
    assert policy["Queues"] == [ref(queue) for queue in filled]
    (statement,) = policy["PolicyDocument"]["Statement"]
    assert policy["PolicyDocument"]["Version"] == "2012-10-17"
    assert statement == {
        "Sid": "TheBusDelivers",
        "Effect": "Allow",
        "Principal": {"Service": "events.amazonaws.com"},
        "Action": ["sqs:SendMessage"],
        "Resource": [att(queue) for queue in filled],
        "Condition": {
            "ArnEquals": {
                "aws:SourceArn": [att(f"{work}Rule") for work in ("Payment", "Notifier", "Waitlist", "Handover", "Calendar", "Webhook", "Import")]
            }
        },
    }
