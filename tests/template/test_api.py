"""The API: a token for every admin route and for no other, streams that stream, refusals that pages can read."""

import functools
import json
import re

from model import ROOT, att, ref, sub

METHODS = {"get", "post", "put", "patch", "delete"}
STREAMED = ("/v1/public/chat/message/stream", "post")
# The gateway's own refusals, and the status it gives where it is not the gateway's default.
REFUSALS = {
    "UNAUTHORIZED": (401, "unauthorized"),
    "MISSING_AUTHENTICATION_TOKEN": (404, "not_found"),
    "THROTTLED": (429, "rate_limited"),
    "REQUEST_TOO_LARGE": (413, "too_large"),
    "WAF_FILTERED": (403, "forbidden"),
    "DEFAULT_5XX": (503, "unavailable"),
}
LOGGED = {
    "requestId": "$context.requestId",
    "traceId": "$context.xrayTraceId",
    "method": "$context.httpMethod",
    "route": "$context.resourcePath",
    "status": "$context.status",
    "latencyMs": "$context.responseLatency",
    "functionMs": "$context.integrationLatency",
    "functionStatus": "$context.integrationStatus",
    "responseBytes": "$context.responseLength",
    "refusal": "$context.error.responseType",
}


def body(template):
    return template.properties("Api")["Body"]


def routes(template):
    """(path, method) and what it does, for every route but the preflights."""
    found = {
        (path, method): operation
        for path, operations in body(template)["paths"].items()
        for method, operation in operations.items()
        if method != "options"
    }
    assert {method for _, method in found} <= METHODS
    return found


def written(template):
    """The routes that the template's functions ask for, by the function that serves each."""
    return {
        (event["Properties"]["Path"], event["Properties"]["Method"]): name
        for name, one in template.source["Resources"].items()
        if one["Type"] == "AWS::Serverless::Function"
        for event in one["Properties"].get("Events", {}).values()
        if event["Type"] == "Api"
    }


@functools.cache
def payloads():
    """The routes that `events/` has a payload for."""
    found = (json.loads(path.read_text()) for path in (ROOT / "events").rglob("*.json"))
    return {(payload["resource"], payload["httpMethod"].lower()) for payload in found if "httpMethod" in payload}


def stage(template):
    ((_, found),) = template.of_type("AWS::ApiGateway::Stage").items()
    return found


def test_admin_and_platform_ask_for_a_token_and_nothing_else_does(template):
    for (path, method), operation in routes(template).items():
        guarded = path.startswith(("/v1/admin/", "/v1/platform/"))
        assert operation.get("security") == ([{"People": []}] if guarded else None), f"{method} {path}"
    assert "security" not in body(template)


def test_tokens_are_those_of_the_user_pool(template):
    (people,) = body(template)["components"]["securitySchemes"].values()
    (pool,) = people["x-amazon-apigateway-authorizer"]["providerARNs"]
    condition, own, other = pool["Fn::If"]
    assert (condition, own) == ("OwnUserPool", att("UserPool"))
    assert other["Fn::Sub"].endswith(":userpool/"), "SAM has put in the parameter's default, which is empty"
    asked = template.source["Resources"]["Api"]["Properties"]["Auth"]["Authorizers"]["People"]["UserPoolArn"]["Fn::If"][2]
    assert asked == sub("arn:${AWS::Partition}:cognito-idp:${AWS::Region}:${AWS::AccountId}:userpool/${UserPoolId}")


def test_every_route_reaches_the_live_version_of_its_function(template):
    served = written(template)
    assert set(served) == set(routes(template))
    for route, operation in routes(template).items():
        streamed = route == STREAMED
        version, verb = ("2021-11-15", "response-streaming-invocations") if streamed else ("2015-03-31", "invocations")
        alias = f"{served[route]}Aliaslive"
        uri = "arn:${AWS::Partition}:apigateway:${AWS::Region}:lambda:path/%s/functions/${%s}/%s" % (version, alias, verb)
        integration = operation["x-amazon-apigateway-integration"]
        assert integration["uri"]["Fn::Sub"].replace("arn:aws:", "arn:${AWS::Partition}:") == uri, route


def test_the_routes_are_those_that_documents_and_payloads_know(template):
    """A route is lost by deleting its event. `tests/tests/template/events.rs` holds each one to a payload in `events/`."""
    assert set(routes(template)) == payloads()


def test_the_stream_streams_for_as_long_as_its_function_may_run(template):
    for route, operation in routes(template).items():
        integration = operation["x-amazon-apigateway-integration"]
        limit = template.properties("ChatStreamFunction")["Timeout"] * 1000
        expected = ("STREAM", limit) if route == STREAMED else (None, None)
        assert (integration.get("responseTransferMode"), integration.get("timeoutInMillis")) == expected, route


def test_only_the_api_may_call_a_function_and_only_by_its_routes(template):
    allowed = template.of_type("AWS::Lambda::Permission")
    assert len(allowed) == len(routes(template))
    for name, permission in allowed.items():
        assert permission["Principal"] == "apigateway.amazonaws.com", name
        assert permission["FunctionName"]["Ref"].endswith("Aliaslive"), name
        assert "SourceArn" in permission, name


def test_the_api_is_regional_and_of_the_stage(template):
    """Streaming and the WAF need a regional one."""
    assert template.properties("Api")["EndpointConfiguration"] == {"Types": ["REGIONAL"]}
    assert re.match(r"3\.0\.", body(template)["openapi"])
    assert stage(template)["StageName"] == ref("Stage")


def test_preflights_are_open_and_ask_for_no_token(template):
    for path, operations in body(template)["paths"].items():
        preflight = operations["options"]
        assert "security" not in preflight, path
        told = preflight["x-amazon-apigateway-integration"]["responses"]["default"]["responseParameters"]
        assert told == {
            "method.response.header.Access-Control-Allow-Origin": "'*'",
            "method.response.header.Access-Control-Allow-Methods": "'GET,POST,PUT,PATCH,DELETE,OPTIONS'",
            "method.response.header.Access-Control-Allow-Headers": "'Authorization,Content-Type,If-Match,Last-Event-ID,X-Page-Origin,X-Session-Id,X-Tenant-Key'",
            "method.response.header.Access-Control-Max-Age": "'86400'",
        }, path


def test_calls_are_throttled_counted_and_never_logged_whole(template):
    (settings,) = stage(template)["MethodSettings"]
    assert settings == {
        "ResourcePath": "/*",
        "HttpMethod": "*",
        "MetricsEnabled": True,
        "LoggingLevel": "OFF",
        "DataTraceEnabled": False,
        "ThrottlingBurstLimit": ref("Burst"),
        "ThrottlingRateLimit": ref("Rate"),
    }


def test_the_access_log_says_what_happened_and_to_nobody(template):
    access = stage(template)["AccessLogSetting"]
    assert access["DestinationArn"] == att("ApiLog")
    assert json.loads(access["Format"]) == LOGGED


def test_calls_are_traced(template):
    assert stage(template)["TracingEnabled"] is True


def test_the_gateways_refusals_look_like_ours_and_pages_may_read_them(template):
    given = body(template)["x-amazon-apigateway-gateway-responses"]
    assert set(given) == {*REFUSALS, "DEFAULT_4XX"}
    for kind, response in given.items():
        told = response["responseParameters"]
        assert told["gatewayresponse.header.Access-Control-Allow-Origin"] == "'*'", kind
        assert ("gatewayresponse.header.Retry-After" in told) == (kind in ("THROTTLED", "DEFAULT_5XX")), kind
        if kind in REFUSALS:
            status, code = REFUSALS[kind]
            problem = json.loads(response["responseTemplates"]["application/json"])
            assert (problem["status"], problem["code"]) == (status, code), kind
            assert problem["requestId"] == "$context.requestId" and problem["title"] and problem["detail"], kind
        statuses = {"MISSING_AUTHENTICATION_TOKEN": "404", "DEFAULT_5XX": "503"}
        assert response.get("statusCode") == statuses.get(kind), kind


def test_a_firewall_stands_before_the_api_when_wanted(template):
    association = template.resources["ApiWebAcl"]
    assert association["Type"] == "AWS::WAFv2::WebACLAssociation" and association["Condition"] == "HasWebAcl"
    assert association["Properties"] == {
        "ResourceArn": sub("arn:${AWS::Partition}:apigateway:${AWS::Region}::/restapis/${Api}/stages/${ApiStage}"),
        "WebACLArn": {"Fn::If": ["OwnWebAcl", att("Firewall", "Outputs.WebAclArn"), ref("WebAcl")]},
    }
    assert template.resources["Firewall"] == {
        "Type": "AWS::CloudFormation::Stack",
        "Condition": "OwnWebAcl",
        "Properties": {"TemplateURL": "infra/waf.yaml"},
    }
