"""How functions run: limits, traces, logs that end, and versions that change one tenth at a time."""

import json
import re

from model import Template, att, deployed, ref, sub

# Each function: seconds it may run, megabytes, what reserves its environments, and what it is configured with beyond the common.
#
# 29 s is what the API waits for; a stream and the work of queues may take longer. Memory is also processor.
FUNCTIONS = {
    "Chat": (29, 512, "Turn", {"CLAUDE_URL", "ANTHROPIC_API_KEY", "LINK_SECRET"}),
    "ChatStream": (120, 512, "Turn", {"CLAUDE_URL", "ANTHROPIC_API_KEY", "LINK_SECRET"}),
    "Confirm": (29, 512, "Action", {"STRIPE_URL", "STRIPE_SECRET_KEY", "LINK_SECRET"}),
    "Feedback": (29, 512, "Action", set()),
    "Escalation": (29, 512, "Action", set()),
    "Admin": (29, 512, "Action", {"TOKEN_ISSUER", "TOKEN_JWKS_URL", "TOKEN_AUDIENCE", "CONSOLE_ORIGIN", "LINK_SECRET"}),
    "StripeWebhook": (10, 512, "Action", {"PAYMENT_QUEUE_URL", "STRIPE_WEBHOOK_SECRET"}),
    "PaymentWorker": (30, 512, "Worker", {"STRIPE_URL", "STRIPE_SECRET_KEY", "LINK_SECRET"}),
    "WaitlistWorker": (30, 512, "Worker", set()),
    "Handover": (40, 512, "Worker", {"CLAUDE_URL", "ANTHROPIC_API_KEY"}),
    "Notifier": (60, 512, "Worker", {"MAIL_FROM", "LINK_SECRET"}),
    "EventRelay": (60, 256, "Worker", {"EVENT_BUS", "RELAY_DLQ_URL"}),
    "Cleanup": (300, 256, "Worker", {"STRIPE_URL", "STRIPE_SECRET_KEY"}),
    "CsatSender": (120, 256, "Worker", set()),
    "CalendarSync": (90, 512, "Worker", set()),
    "WebhookSender": (60, 512, "Worker", set()),
    "ArticleImport": (90, 512, "Worker", set()),
}
TABLES = {f"{table.upper()}_TABLE": ref(table) for table in ["Tenants", "Conversations", "Bookings", "Records", "Counters", "Outbox"]}
COMMON = {"STAGE": ref("Stage"), "AWS_LAMBDA_HTTP_IGNORE_STAGE_IN_PATH": "true", "PUBLIC_URL": ref("PublicUrl"), "SECRETS_VERSION": sub("${SecretsName} ${SecretsVersion}"), **TABLES}
PLAIN = {
    "CLAUDE_URL": ref("ClaudeUrl"),
    "STRIPE_URL": ref("StripeUrl"),
    "MAIL_FROM": ref("MailFrom"),
    "CONSOLE_ORIGIN": ref("ConsoleOrigin"),
    "EVENT_BUS": ref("Bus"),
    "RELAY_DLQ_URL": ref("RelayDlq"),
    "PAYMENT_QUEUE_URL": ref("PaymentQueue"),
    "TOKEN_AUDIENCE": {"Fn::If": ["OwnUserPool", ref("UserPoolClient"), ref("UserPoolClientId")]},
}
SECRETS = {"ANTHROPIC_API_KEY", "STRIPE_SECRET_KEY", "STRIPE_WEBHOOK_SECRET", "LINK_SECRET"}
POOL = "https://cognito-idp.${AWS::Region}.${AWS::URLSuffix}/${%s}%s"


# Parameters that every function is given, and this one does not look at: its version need not name them.
UNREAD = {"Admin": {"PublicUrl"}}  # Mails write links; the one it shows begins where it was called itself.


def each(template):
    found = template.functions()
    assert set(found) == {f"{name}Function" for name in FUNCTIONS}
    return [(name, found[f"{name}Function"]) for name in FUNCTIONS]


def test_time_and_memory_are_what_each_job_needs(template):
    for name, function in each(template):
        assert (function["Timeout"], function["MemorySize"]) == FUNCTIONS[name][:2], name


def test_functions_are_native_binaries_and_traced(template):
    for name, function in each(template):
        assert (function["Runtime"], function["Handler"]) == ("provided.al2023", "bootstrap"), name
        assert function["Architectures"] == [ref("Architecture")], name
        assert function["TracingConfig"] == {"Mode": "Active"}, name


def test_environments_are_under_our_key(template):
    for name, function in each(template):
        assert function["KmsKeyArn"] == att("Key"), name


def test_concurrency_is_reserved_only_when_asked_for(template):
    for name, function in each(template):
        group = FUNCTIONS[name][2]
        reserved = 1 if name in ("Cleanup", "CsatSender") else ref(f"{group}Concurrency")  # Two at once would do the same twice.
        expected = {"Fn::If": [f"Limit{group}s", reserved, ref("AWS::NoValue")]}
        assert function["ReservedConcurrentExecutions"] == expected, name


def test_each_function_is_configured_with_what_it_needs_and_no_other_secret(template):
    for name, function in each(template):
        variables = function["Environment"]["Variables"]
        assert set(variables) == set(COMMON) | FUNCTIONS[name][3], name
        for variable, value in variables.items():
            if variable in SECRETS:
                secret = "{{resolve:secretsmanager:${SecretsName}:SecretString:" + variable + "::${SecretsVersion}}}"
                assert value == sub(secret), f"{name}.{variable}"
            elif variable in ("TOKEN_ISSUER", "TOKEN_JWKS_URL"):
                end = "/.well-known/jwks.json" if variable == "TOKEN_JWKS_URL" else ""
                pools = [sub(POOL % ("UserPool", end)), sub(POOL % ("UserPoolId", end))]
                assert value == {"Fn::If": ["OwnUserPool", *pools]}, f"{name}.{variable}"
            else:
                assert value == {**COMMON, **PLAIN}[variable], f"{name}.{variable}"


def test_logs_are_lines_of_json_and_end(template):
    for name, function in each(template):
        assert function["LoggingConfig"] == {
            "LogGroup": ref(f"{name}Log"),
            "LogFormat": "JSON",
            "ApplicationLogLevel": ref("LogLevel"),
            "SystemLogLevel": "WARN",
        }, name
    logs = template.of_type("AWS::Logs::LogGroup")
    assert set(logs) == {f"{name}Log" for name in FUNCTIONS} | {"ApiLog"}
    for name, log in logs.items():
        assert log == {"RetentionInDays": ref("LogDays")}, name


def test_every_function_is_published_as_live(template):
    for name, _ in each(template):
        alias = template.properties(f"{name}FunctionAliaslive")
        (version,) = [one for one in template.of_type("AWS::Lambda::Version") if one.startswith(f"{name}FunctionVersion")]
        assert alias["Name"] == "live"
        assert alias["FunctionVersion"] == att(version, "Version"), name
        written = template.source["Resources"][f"{name}Function"]["Properties"]
        assert written["AutoPublishAliasAllProperties"] is True, name


def parameters_in(value, known):
    """Parameters that `value` names."""
    text = json.dumps(value)
    return {name for name in known if f'{{"Ref": "{name}"}}' in text or f"${{{name}}}" in text}


def test_a_changed_parameter_is_a_new_version(template):
    """SAM sees that a property names a parameter, not that its value changed: without this a rotated secret stays out."""
    known = template.source["Parameters"]
    for name, function in each(template):
        configured = {key: value for key, value in function.items() if key in ("Environment", "Architectures", "LoggingConfig")}
        (version,) = [of for id, of in template.of_type("AWS::Lambda::Version").items() if id.startswith(f"{name}FunctionVersion")]
        expected = parameters_in(configured, known) - UNREAD.get(name, set())
        assert parameters_in(version["Description"], known) == expected, name


def test_whatever_makes_a_new_version_changes_the_function_too(template):
    """Lambda refuses a new version of a function that is as it was, and a rotated secret may be another function's."""
    known = template.source["Parameters"]
    for name, function in each(template):
        variables = {key: value for key, value in function["Environment"]["Variables"].items() if key not in SECRETS}
        shown = parameters_in([variables, function["Architectures"], function["LoggingConfig"]], known)
        (version,) = [of for id, of in template.of_type("AWS::Lambda::Version").items() if id.startswith(f"{name}FunctionVersion")]
        assert parameters_in(version["Description"], known) <= shown, name


def test_the_description_of_a_version_is_never_too_long(template):
    for name, version in template.of_type("AWS::Lambda::Version").items():
        text = version["Description"]["Fn::Sub"]
        longest = len(re.sub(r"\$\{\w+\}", "", text))
        for parameter in re.findall(r"\$\{(\w+)\}", text):
            given = template.source["Parameters"][parameter]
            ceiling = 16 if parameter == "Stage" else given.get("MaxLength") or max(map(len, given["AllowedValues"]))
            longest += ceiling
        assert longest <= 256, f"{name}: {longest}"
    assert template.source["Parameters"]["Stage"]["AllowedPattern"] == "[a-z][a-z0-9]{1,15}"


def test_a_version_goes_live_one_tenth_first_and_back_when_an_alarm_rings(template):
    groups = template.of_type("AWS::CodeDeploy::DeploymentGroup")
    assert set(groups) == {f"{name}FunctionDeploymentGroup" for name in FUNCTIONS}
    for name, group in groups.items():
        assert group["DeploymentConfigName"]["Fn::Sub"][1] == {"ConfigName": "Canary10Percent10Minutes"}, name
        assert group["AlarmConfiguration"] == {
            "Enabled": True,
            "Alarms": [{"Name": ref(alarm)} for alarm in ("ErrorsAlarm", "WorkerErrorsAlarm", "ApiFailuresAlarm")],
        }, name
        assert group["AutoRollbackConfiguration"]["Enabled"] is True, name
        alias = template.resources[name.replace("DeploymentGroup", "Aliaslive")]
        assert alias["UpdatePolicy"]["CodeDeployLambdaAliasUpdate"]["DeploymentGroupName"] == ref(name)


def test_a_canary_is_a_parameter(template):
    assert template.source["Globals"]["Function"]["DeploymentPreference"]["Enabled"] == ref("Canary")


def test_without_a_canary_the_alias_moves_at_once():
    source = {**deployed().source, "Parameters": {**deployed().source["Parameters"], "Canary": {"Default": "false"}}}
    without = Template.of(source)
    assert without.of_type("AWS::CodeDeploy::DeploymentGroup") == {}
    assert len(without.of_type("AWS::Lambda::Alias")) == len(FUNCTIONS)
