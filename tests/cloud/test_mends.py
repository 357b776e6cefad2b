"""Each mend of the simulated AWS, on its own and without a server: what it changes is so, and would not be without it.

Mends change MiniStack's modules in this process, which no other test uses: they talk to the simulator's own. What streaming needs is shown
by test_stream.py over the whole.
"""

import asyncio
import base64
import json
import socket
import socketserver
import threading

from simulator import alarms, attachments, denials, duties, expiry, keys, nagle, preflight, refusals, sender, values

OPTIONS = {
    "x-amazon-apigateway-integration": {
        "type": "mock",
        "requestTemplates": {"application/json": '{"statusCode": 200}'},
        "responses": {"default": {"statusCode": "200", "responseParameters": {"method.response.header.X": "'*'"}}},
    }
}


def test_a_table_keeps_the_attribute_by_which_its_rows_expire():
    expiry.apply()
    from ministack.services import dynamodb
    from ministack.services.cloudformation.provisioners import _RESOURCE_HANDLERS

    key = {"KeySchema": [{"AttributeName": "pk", "KeyType": "HASH"}], "AttributeDefinitions": [{"AttributeName": "pk", "AttributeType": "S"}]}
    props = {**key, "TimeToLiveSpecification": {"AttributeName": "ttl", "Enabled": "true"}}
    name, _ = _RESOURCE_HANDLERS["AWS::DynamoDB::Table"]["create"]("Rows", props, "stack")
    told = json.loads(dynamodb._describe_ttl({"TableName": name})[2])
    assert told["TimeToLiveDescription"] == {"TimeToLiveStatus": "ENABLED", "AttributeName": "ttl"}


def test_an_alarm_over_several_metrics_can_be_deployed():
    alarms.apply()
    from ministack.services.cloudformation import provisioners

    metrics = [{"Id": "total", "Expression": "SUM(METRICS())"}]
    about = {"Threshold": 0, "ComparisonOperator": "GreaterThanThreshold", "EvaluationPeriods": 1}
    assert provisioners._cw_metric_alarm_record("alarm", {**about, "Metrics": metrics})["Metrics"] == metrics


def test_a_function_finds_cognitos_keys_at_the_simulator(monkeypatch):
    from ministack.services import lambda_svc

    theirs = "https://cognito-idp.eu-central-1.amazonaws.com/pool"
    given = {"AWS_ENDPOINT_URL": "http://localhost:1", "TOKEN_ISSUER": theirs, "TOKEN_JWKS_URL": f"{theirs}/.well-known/jwks.json"}
    monkeypatch.setattr(lambda_svc, "_provided_worker_env", lambda *_: given)
    keys.apply()
    env = lambda_svc._provided_worker_env({}, "", 0)
    assert env == {**given, "TOKEN_JWKS_URL": "http://localhost:1/pool/.well-known/jwks.json"}


def test_an_answer_of_the_runtime_api_is_not_held_back():
    nagle.apply()
    from ministack.core.lambda_runtime import ProvidedWorker

    seen = threading.Event()
    handler = ProvidedWorker("name", {}, b"")._build_handler_class(1, None)

    class Told(handler):
        def handle(self):
            if self.connection.getsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY):
                seen.set()

    with socketserver.TCPServer(("127.0.0.1", 0), Told) as server, socket.create_connection(server.server_address):
        server.handle_request()
    assert seen.is_set()


def test_a_body_keeps_what_its_mocks_answer():
    preflight.apply()
    from ministack.services import apigateway_v1 as gateway

    api = gateway._import_rest_api({"info": {"title": "desk"}, "paths": {"/hours": {"options": OPTIONS}}})
    hours = next(resource for resource in gateway._resources[api].values() if resource["path"] == "/hours")
    status, headers, _ = gateway._invoke_mock_v1(hours["resourceMethods"]["OPTIONS"]["methodIntegration"])
    assert (status, headers["X"]) == (200, "*")


def test_a_body_keeps_what_the_gateway_refuses_with():
    refusals.apply()
    from ministack.services import apigateway_v1 as gateway

    refusal = {"statusCode": 404, "responseTemplates": {"application/json": '{"code":"not_found"}'}}
    body = {"info": {"title": "desk"}, "x-amazon-apigateway-gateway-responses": {"MISSING_AUTHENTICATION_TOKEN": refusal}}
    told = json.loads(gateway._get_gateway_response(gateway._import_rest_api(body), "MISSING_AUTHENTICATION_TOKEN")[2])
    assert (told["statusCode"], told["responseTemplates"]) == ("404", refusal["responseTemplates"])


def test_a_right_to_send_is_for_one_identity_and_sender(monkeypatch):
    from ministack import app
    from ministack.services import ses_v2

    asked = {}
    monkeypatch.setattr(app, "AUTH", True)
    monkeypatch.setattr(app, "_enforce_data_plane", lambda *_, **about: asked.update(about))
    monkeypatch.setattr(ses_v2, "_identities", {"desk.test": {}})
    sender.apply()
    mail = json.dumps({"FromEmailAddress": "Studio <mail@desk.test>"}).encode()
    app._enforce_ses_v2("POST", "/v2/email/outbound-emails", {}, mail, {}, "r")
    assert asked["resource_arn"].endswith(":identity/desk.test")
    assert asked["service_context"] == {"ses:fromaddress": "mail@desk.test"}


def test_a_mail_with_a_file_needs_the_right_to_send_a_raw_one(monkeypatch):
    from ministack import app
    from ministack.services import ses_v2

    asked = []
    monkeypatch.setattr(app, "AUTH", True)
    monkeypatch.setattr(app, "_enforce_data_plane", lambda _service, action, *_, **__: asked.append(action))
    monkeypatch.setattr(ses_v2, "_identities", {"desk.test": {}})
    sender.apply()
    for files in ([], [{"FileName": "booking.ics"}]):
        mail = {"FromEmailAddress": "mail@desk.test", "Content": {"Simple": {"Attachments": files}}}
        app._enforce_ses_v2("POST", "/v2/email/outbound-emails", {}, json.dumps(mail).encode(), {}, "r")
    assert asked == ["ses:SendEmail", "ses:SendEmail", "ses:SendRawEmail"]


def test_a_denial_is_logged_with_its_role_and_action(monkeypatch, caplog):
    from ministack.core import iam_evaluator

    denial = iam_evaluator.EvalResult("ImplicitDeny", "arn:aws:sts::1:assumed-role/Chat/session")
    monkeypatch.setattr(iam_evaluator, "enforce", lambda *_: denial)
    denials.apply()
    assert iam_evaluator.enforce("key", "sqs:SendMessage", "sqs", "eu-central-1", resource_arn="arn:queue") is denial
    assert caplog.messages == ["denied Chat sqs:SendMessage arn:queue"]


def test_lambda_does_nothing_in_a_functions_name_that_its_role_may_not(monkeypatch):
    from ministack.core import iam_evaluator
    from ministack.services import lambda_svc
    from ministack.services.cloudformation import provisioners

    role = "arn:aws:iam::123456789012:role/Chat"
    arn, key = "arn:aws:lambda:eu-central-1:123456789012:function:chat", "arn:aws:kms:eu-central-1:123456789012:key/k"
    config = {"Role": role, "FunctionName": "chat", "FunctionArn": arn, "KMSKeyArn": key}
    queue = {"FunctionName": "chat", "EventSourceArn": "arn:aws:sqs:eu-central-1:1:queue"}
    parking = {"DestinationConfig": {"OnFailure": {"Destination": "arn:aws:sqs:eu-central-1:1:parked"}}}
    done, allowed = [], []
    monkeypatch.setattr(lambda_svc, "_execute_function_dispatch", lambda *_: done.append("run"))
    monkeypatch.setattr(lambda_svc, "_emit_lambda_logs", lambda *_: done.append("write"))
    monkeypatch.setattr(lambda_svc, "_iter_all_esms", lambda: iter([("1", "eu-central-1", queue)]))
    monkeypatch.setattr(lambda_svc, "_send_ddb_stream_failure_record", lambda *_: done.append("park"))
    monkeypatch.setattr(lambda_svc, "_get_func_record_for_qualifier", lambda *_: ({"config": config}, config))
    kinds = provisioners._RESOURCE_HANDLERS
    monkeypatch.setitem(kinds, "AWS::Lambda::Function", {"create": lambda *_: ("chat", {})})
    monkeypatch.setattr(iam_evaluator, "_gather_role_policies", lambda *_: [iam_evaluator.parse_policy_document(allowed[-1])])
    duties.apply()

    def work() -> list[str]:
        done.clear()
        lambda_svc._execute_function_dispatch({}, config)
        lambda_svc._emit_lambda_logs(config)
        done.extend("poll" for _ in lambda_svc._iter_all_esms())
        lambda_svc._send_ddb_stream_failure_record(parking, config)
        return list(done)

    duty = {"run": "kms:Decrypt", "write": "logs:PutLogEvents", "poll": "sqs:ReceiveMessage", "park": "sqs:SendMessage"}
    everything = ["kms:Decrypt", "logs:CreateLogStream", "logs:PutLogEvents", *duties.POLLS["sqs"], "sqs:SendMessage"]
    for left_out, action in duty.items():
        rest = [one for one in everything if one != action]
        allowed.append({"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": rest, "Resource": "*"}]})
        assert work() == [name for name in duty if name != left_out]


def test_the_inbox_shows_attachments():
    attachments.apply()
    from ministack import app
    from ministack.services import ses_v2

    file = {"FileName": "booking.ics", "RawContent": base64.b64encode(b"BEGIN:VCALENDAR").decode()}
    content = {"Simple": {"Subject": {"Data": "Hello"}, "Body": {"Text": {"Data": "Hello"}}, "Attachments": [file]}}
    asyncio.run(ses_v2.handle_request("POST", "/v2/email/identities", {}, b'{"EmailIdentity": "desk.test"}', {}))
    mail = {"FromEmailAddress": "mail@desk.test", "Destination": {"ToAddresses": ["ann@customers.test"]}, "Content": content}
    asyncio.run(ses_v2.handle_request("POST", "/v2/email/outbound-emails", {}, json.dumps(mail).encode(), {}))
    shown = json.loads(asyncio.run(app._handle_ses_messages_request("GET", "/_ministack/ses/messages", {}, {}))[2])
    (letter,) = [letter for letters in shown["messages"].values() for letter in letters]
    assert letter["Attachments"] == [{"FileName": "booking.ics", "Text": "BEGIN:VCALENDAR"}]


def test_the_transform_knows_the_values_of_parameters():
    values.apply()
    from ministack.services.cloudformation import engine

    function = {
        "CodeUri": "s3://bucket/code",
        "Handler": "bootstrap",
        "Runtime": "provided.al2023",
        "AutoPublishAlias": "live",
        "DeploymentPreference": {"Enabled": {"Ref": "Canary"}, "Type": "AllAtOnce"},
    }
    template = {
        "Transform": "AWS::Serverless-2016-10-31",
        "Parameters": {"Canary": {"Type": "String", "Default": "true"}},
        "Resources": {"Chat": {"Type": "AWS::Serverless::Function", "Properties": function}},
    }
    for given, made in (([], True), ([{"Key": "Canary", "Value": "false"}], False)):
        kinds = {one["Type"] for one in engine._apply_transforms(template, given)["Resources"].values()}
        assert ("AWS::CodeDeploy::DeploymentGroup" in kinds) == made
