"""What API Gateway hands a function, for tests that call one past it."""

from typing import Any


def request(path: str, headers: dict[str, str] | None = None) -> dict[str, Any]:
    """The event of a GET of `path`."""
    headers = headers or {}
    return {
        "resource": path,
        "path": path,
        "httpMethod": "GET",
        "headers": headers,
        "multiValueHeaders": {name: [value] for name, value in headers.items()},
        "requestContext": {
            "resourcePath": path,
            "httpMethod": "GET",
            "path": path,
            "stage": "test",
            "requestId": "r",
            "accountId": "1",
            "apiId": "a",
            "resourceId": "r",
            "identity": {"sourceIp": "127.0.0.1"},
            "protocol": "HTTP/1.1",
        },
        "body": None,
        "isBase64Encoded": False,
    }
