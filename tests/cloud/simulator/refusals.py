"""Refusals: what the gateway itself refuses looks as the template says.

MiniStack knows gateway responses, and does not read them from a REST API's body (`services/apigateway_v1.py`, `_import_rest_api`,
https://github.com/ministackorg/ministack). Fails without it: `test_mends.py`, `test_a_body_keeps_what_the_gateway_refuses_with`.
"""


def apply() -> None:
    """Keeps the gateway responses when a body is imported."""
    from ministack.services import apigateway_v1 as gateway

    read = gateway._import_rest_api

    def import_rest_api(body, *more):
        api_id = read(body, *more)
        for kind, response in (body.get("x-amazon-apigateway-gateway-responses") or {}).items():
            gateway._put_gateway_response(api_id, kind, response)
        return api_id

    gateway._import_rest_api = import_rest_api
