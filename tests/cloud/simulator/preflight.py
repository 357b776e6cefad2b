"""Preflight: a REST API answers OPTIONS by the words of its body, for a browser that asks before it calls.

MiniStack imports the `mock` integration of a body without its responses, so the CORS headers of the template are lost
(`services/apigateway_v1.py`, `_import_operation`, https://github.com/ministackorg/ministack). Fails without it: `test_mends.py`,
`test_a_body_keeps_what_its_mocks_answer`.
"""


def apply() -> None:
    """Keeps each integration's template and responses when a body is imported."""
    from ministack.services import apigateway_v1 as gateway

    read = gateway._import_operation

    def import_operation(api_id, resource_id, http_method, operation, *security, **more):
        read(api_id, resource_id, http_method, operation, *security, **more)
        integration = (operation or {}).get("x-amazon-apigateway-integration") or {}
        method = gateway._resources[api_id][resource_id]["resourceMethods"][http_method]
        if templates := integration.get("requestTemplates"):
            method["methodIntegration"]["requestTemplates"] = templates
        for pattern, response in (integration.get("responses") or {}).items():
            told = {**response, "selectionPattern": "" if pattern == "default" else pattern}
            gateway._put_integration_response(api_id, resource_id, http_method, str(response["statusCode"]), told)

    gateway._import_operation = import_operation
