"""Each function may do exactly what its code does. Rights on tables are derived from the code, not copied from the template.

`USES` is the one thing said here: which use cases a role runs, and with which of their store functions where it does not run
all of a file. What those functions need is read from the store (`code.py`). Every other right has the call that needs it.
"""

from code_rights import calls, needed
from model import ROOT, att, ref, sub

APP = "shared/src/app"
ALL = None  # Every store function that the file calls.
CONTEXT = {f"{APP}/context.rs": ALL}  # Whose key or session it is, and the business behind it, when its stamp has changed.
GATE = {"shared/src/http/gate.rs": ALL}  # Who stands behind it counts the calls of a network.
CONTEXT_BY_ID = {f"{APP}/context.rs": {"context_stamp", "find_context"}}  # Tokens and messages name the business; only visitors show a key.
CHECKOUT = {f"{APP}/payment/checkout.rs": ALL, f"{APP}/schedule.rs": ALL}
# What `write_booking` does only for somebody who brings a proposal, and that is `confirm` alone. The console has the right for its tickets.
CLOSES_A_PROPOSAL = ("Conversations", "dynamodb:UpdateItem")
BRINGS_NO_PROPOSAL = {"PaymentWorkerRole", "WaitlistWorkerRole", "CleanupRole", "CsatSenderRole"}
# And what it does only where figures of the day change: an offer changes none before it is taken.
COUNTS = ("Counters", "dynamodb:UpdateItem")
CHANGES_NO_FIGURE = {"WaitlistWorkerRole", "CsatSenderRole"}
USES = {
    # One policy for both hosts of a turn; chat alone has sessions and codes.
    "Turn": {
        **CONTEXT,
        **GATE,
        f"{APP}/turn/admission.rs": ALL,
        f"{APP}/turn/keeping.rs": ALL,
        f"{APP}/turn/replay.rs": ALL,
        f"{APP}/tools/manage.rs": ALL,
        f"{APP}/schedule.rs": ALL,
        f"{APP}/session.rs": ALL,
        f"{APP}/verification.rs": ALL,
        f"{APP}/verification/quota.rs": ALL,
    },
    "ConfirmRole": {
        **CONTEXT,
        **GATE,
        **CHECKOUT,
        f"{APP}/confirm.rs": ALL,
        f"{APP}/confirm/execute.rs": ALL,
        f"{APP}/confirm/link.rs": ALL,
        f"{APP}/confirm/offer.rs": ALL,
        f"{APP}/waitlist.rs": ALL,
        f"{APP}/waitlist/answer.rs": ALL,
        f"{APP}/calendar/feed.rs": ALL,
        f"{APP}/booking.rs": {"find_booking", "write_booking"},
    },
    "FeedbackRole": {**CONTEXT, **GATE, f"{APP}/feedback.rs": ALL},
    "EscalationRole": {**CONTEXT, **GATE, f"{APP}/escalation.rs": ALL, f"{APP}/session.rs": {"find_conversation"}},
    "AdminRole": {
        **CONTEXT_BY_ID,
        f"{APP}/business.rs": ALL,
        f"{APP}/package.rs": ALL,
        f"{APP}/resource.rs": ALL,
        f"{APP}/article.rs": ALL,
        f"{APP}/lesson.rs": ALL,
        f"{APP}/import.rs": {"context_stamp", "find_context", "write_articles", "begin_import", "list_imports"},
        "functions/admin/src/import.rs": ALL,
        f"{APP}/canned_reply.rs": ALL,
        "functions/admin/src/canned_reply.rs": ALL,
        f"{APP}/webhook.rs": ALL,
        "functions/admin/src/webhook.rs": ALL,
        f"{APP}/hours.rs": ALL,
        f"{APP}/booking.rs": ALL,
        f"{APP}/booking/note.rs": ALL,
        f"{APP}/schedule.rs": ALL,
        f"{APP}/attendance.rs": ALL,
        f"{APP}/waitlist.rs": {"find_entry", "write_entry"},
        f"{APP}/waitlist/answer.rs": ALL,
        "functions/admin/src/waitlist.rs": ALL,
        f"{APP}/analytics.rs": ALL,
        f"{APP}/calendar.rs": ALL,
        "functions/admin/src/booking.rs": ALL,
        f"{APP}/ticket.rs": ALL,
        f"{APP}/inbox.rs": ALL,
        "functions/admin/src/conversation.rs": ALL,
        "functions/admin/src/ticket.rs": ALL,
        "functions/admin/src/audit.rs": ALL,
    },
    "PaymentWorkerRole": {
        **CONTEXT_BY_ID,
        **CHECKOUT,
        f"{APP}/payment.rs": ALL,
        f"{APP}/payment/hold.rs": {"find_booking"},
        f"{APP}/payment/refund.rs": ALL,
    },
    "WaitlistWorkerRole": {**CONTEXT_BY_ID, f"{APP}/waitlist/offer.rs": ALL, f"{APP}/schedule.rs": ALL},
    "HandoverRole": {**CONTEXT_BY_ID, f"{APP}/handover.rs": ALL},
    "NotifierRole": {**CONTEXT_BY_ID, f"{APP}/notify.rs": ALL},
    "CleanupRole": {
        **CONTEXT_BY_ID,
        f"{APP}/cleanup.rs": ALL,
        f"{APP}/recount.rs": ALL,
        f"{APP}/calendar/due.rs": ALL,
        f"{APP}/payment.rs": ALL,
        f"{APP}/payment/hold.rs": ALL,
        f"{APP}/payment/reconcile.rs": ALL,
    },
    "CsatSenderRole": {
        f"{APP}/reminder.rs": ALL,
        f"{APP}/waitlist.rs": {"find_entry"},
        f"{APP}/waitlist/answer.rs": {"find_booking", "write_offer"},
        f"{APP}/waitlist/end.rs": ALL,
        f"{APP}/webhook/due.rs": ALL,
    },
    "CalendarSyncRole": {f"{APP}/calendar/sync.rs": ALL},
    "WebhookSenderRole": {**CONTEXT_BY_ID, f"{APP}/webhook/send.rs": ALL, f"{APP}/webhook/payload.rs": ALL},
    "ArticleImportRole": {f"{APP}/import.rs": {"context_stamp", "find_context", "find_import", "write_articles", "end_import"}},
    "StripeWebhookRole": {},
    "EventRelayRole": {},
}

LOG = ["logs:CreateLogStream", "logs:PutLogEvents"]
CONSUME = ["sqs:DeleteMessage", "sqs:GetQueueAttributes", "sqs:ReceiveMessage"]
# Rights on anything but tables: (Sid, actions, resource), each with the call that needs it.
OTHERS = {
    "Runtime": [
        ("Key", ["kms:Decrypt"], att("Key")),  # Lambda decrypts the environment as the function.
        ("Trace", ["xray:PutTraceSegments", "xray:PutTelemetryRecords"], "*"),  # Tracing: Active. X-Ray knows no resources.
    ],
    "ChatRole": [(None, LOG, att("ChatLog"))],
    "ChatStreamRole": [(None, LOG, att("ChatStreamLog"))],
    "ConfirmRole": [("Log", LOG, att("ConfirmLog"))],
    "FeedbackRole": [("Log", LOG, att("FeedbackLog"))],
    "EscalationRole": [("Log", LOG, att("EscalationLog"))],
    "AdminRole": [("Log", LOG, att("AdminLog"))],
    "StripeWebhookRole": [
        ("Queue", ["sqs:SendMessage"], att("PaymentQueue")),  # shared/src/adapters/: an event is queued before it is answered.
        ("Log", LOG, att("StripeWebhookLog")),
    ],
    "PaymentWorkerRole": [
        ("Queue", CONSUME, att("PaymentQueue")),  # Lambda polls as the function.
        ("Log", LOG, att("PaymentWorkerLog")),
    ],
    "WaitlistWorkerRole": [
        ("Queue", CONSUME, att("WaitlistQueue")),  # Lambda polls as the function.
        ("Log", LOG, att("WaitlistWorkerLog")),
    ],
    "HandoverRole": [
        ("Queue", CONSUME, att("HandoverQueue")),  # Lambda polls as the function.
        ("Log", LOG, att("HandoverLog")),
    ],
    "NotifierRole": [
        ("Queue", CONSUME, att("NotifierQueue")),
        (  # shared/src/adapters/ses.rs; a letter with a file needs the second.
            "Mail",
            ["ses:SendEmail", "ses:SendRawEmail"],
            sub("arn:${AWS::Partition}:ses:${AWS::Region}:${AWS::AccountId}:identity/${MailIdentity}"),
        ),
        ("Log", LOG, att("NotifierLog")),
    ],
    "EventRelayRole": [
        (  # Lambda reads the stream as the function.
            "Stream",
            ["dynamodb:DescribeStream", "dynamodb:GetRecords", "dynamodb:GetShardIterator", "dynamodb:ListStreams"],
            att("Outbox", "StreamArn"),
        ),
        ("Bus", ["events:PutEvents"], att("Bus")),
        ("Park", ["sqs:SendMessage"], att("RelayDlq")),  # Lambda parks as the function.
        ("Log", LOG, att("EventRelayLog")),
    ],
    "CleanupRole": [("Log", LOG, att("CleanupLog"))],
    "CsatSenderRole": [("Log", LOG, att("CsatSenderLog"))],
    "CalendarSyncRole": [
        ("Queue", CONSUME, att("CalendarQueue")),
        ("Log", LOG, att("CalendarSyncLog")),
    ],
    "WebhookSenderRole": [
        ("Queue", CONSUME, att("WebhookQueue")),
        ("Log", LOG, att("WebhookSenderLog")),
    ],
    "ArticleImportRole": [
        ("Queue", CONSUME, att("ImportQueue")),
        ("Log", LOG, att("ArticleImportLog")),
    ],
}
CONDITIONS = {
    ("NotifierRole", "Mail"): {"StringEquals": {"ses:FromAddress": ref("MailFrom")}},
    # Deliveries share their table with what else is recorded of a business.
    ("WebhookSenderRole", "Deliveries"): {"ForAllValues:StringLike": {"dynamodb:LeadingKeys": ["T#*#HOOK#*"]}},
}
SHARED = {"ChatRole": ["Runtime", "Turn"], "ChatStreamRole": ["Runtime", "Turn"]}
SCHEDULES = {"Cleanup": "Hourly", "CsatSender": "Due"}
TRUSTED = {
    **{f"{name}Function{event}Role": "scheduler.amazonaws.com" for name, event in SCHEDULES.items()},
    "CodeDeployServiceRole": "codedeploy.amazonaws.com",
}


def table(resource):
    """A statement's resource as `needed` names it, or None when it is no table."""
    match resource:
        case {"Fn::GetAtt": [name, "Arn"]}:
            return name
        case {"Fn::Sub": str(text)} if ".Arn}" in text:
            return text.removeprefix("${").replace(".Arn}", "")
    return None


def statements(template, holder):
    """All statements of a role or managed policy."""
    properties = template.properties(holder)
    documents = [properties] if "PolicyDocument" in properties else properties.get("Policies", [])
    found = [statement for one in documents for statement in one["PolicyDocument"]["Statement"]]
    assert all(one["PolicyDocument"].get("Version") == "2012-10-17" for one in documents), holder
    assert all(statement["Effect"] == "Allow" for statement in found), holder
    return found


def on_tables(template, holder):
    known = template.of_type("AWS::DynamoDB::Table")
    return [one for one in statements(template, holder) if (table(one["Resource"]) or "").split("/")[0] in known]


def holders(template):
    """What we grant rights by: roles and policies that stand in the template, not those that SAM adds."""
    written = template.source["Resources"]
    return [name for name, one in written.items() if one["Type"] in ("AWS::IAM::Role", "AWS::IAM::ManagedPolicy")]


def wanted(role):
    rights = set()
    for path, only in USES.get(role, {}).items():
        found = calls(path)
        assert found, f"{path} calls the store no more: take it out of {role}"
        assert only is ALL or only <= found, f"{path} no longer calls {only - found}"
        for function in found if only is ALL else only:
            rights |= needed(function)
    spared = {CLOSES_A_PROPOSAL} if role in BRINGS_NO_PROPOSAL else set()
    return rights - spared - ({COUNTS} if role in CHANGES_NO_FIGURE else set())


def test_every_role_and_policy_is_one_we_know(template):
    assert set(holders(template)) == set(USES) | set(OTHERS)
    for name, function in template.functions().items():
        assert function["Role"] == att(name.replace("Function", "Role")), f"{name} has a role of its own"


def test_rights_on_tables_are_those_the_code_needs(template):
    for holder in holders(template):
        granted = [(table(one["Resource"]), action) for one in on_tables(template, holder) for action in one["Action"]]
        assert len(granted) == len(set(granted)), f"{holder} grants something twice"
        assert sorted(granted) == sorted(wanted(holder)), holder


def test_rights_on_anything_else_have_a_call_that_needs_them(template):
    for holder in holders(template):
        tables = on_tables(template, holder)
        others = [one for one in statements(template, holder) if one not in tables]
        granted = [(one.get("Sid"), one["Action"], one["Resource"]) for one in others]
        assert granted == OTHERS.get(holder, []), holder


def test_conditions_narrow_what_resources_cannot(template):
    for holder in holders(template):
        for one in statements(template, holder):
            assert one.get("Condition") == CONDITIONS.get((holder, one.get("Sid"))), f"{holder} {one.get('Sid')}"


def test_statements_and_policies_have_names(template):
    for holder in holders(template):
        names = [one.get("Sid") for one in statements(template, holder)]
        assert len(names) == len(set(names)) and (len(names) == 1 or all(names)), holder
        assert all(policy["PolicyName"] for policy in template.properties(holder).get("Policies", [])), holder


def test_roles_are_taken_by_the_service_they_are_for_and_nobody_else(template):
    for name, role in template.of_type("AWS::IAM::Role").items():
        (statement,) = role["AssumeRolePolicyDocument"]["Statement"]
        assert role["AssumeRolePolicyDocument"]["Version"] == "2012-10-17", name
        service = statement["Principal"]["Service"]
        assert service in (TRUSTED.get(name, "lambda.amazonaws.com"), [TRUSTED.get(name)]), name
        assert statement["Action"] in ("sts:AssumeRole", ["sts:AssumeRole"]) and statement["Effect"] == "Allow", name
        if name not in TRUSTED:
            assert role["ManagedPolicyArns"] == [ref(policy) for policy in SHARED.get(name, ["Runtime"])], name


def test_a_schedule_may_start_its_function_and_park_and_no_more(template):
    for name, event in SCHEDULES.items():
        granted = [
            (statement["Action"], statement["Resource"])
            for policy in template.properties(f"{name}Function{event}Role")["Policies"]
            for statement in policy["PolicyDocument"]["Statement"]
        ]
        assert granted == [("lambda:InvokeFunction", template.alias(f"{name}Function")), ("sqs:SendMessage", att(f"{name}Dlq"))], name


def test_every_call_of_the_store_belongs_to_a_role():
    """A use case that nobody lists would need rights that nobody grants."""
    listed = {path for uses in USES.values() for path in uses}
    files = [path.relative_to(ROOT).as_posix() for top in ("shared/src/app", "functions") for path in (ROOT / top).rglob("*.rs")]
    assert [path for path in files if not path.endswith("tests.rs") and calls(path) and path not in listed] == []
