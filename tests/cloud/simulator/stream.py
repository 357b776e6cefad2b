"""Stream: a REST method with `ResponseTransferMode: RESPONSE_STREAM` passes the function's answer on as it comes.

MiniStack does not know the integration `…/response-streaming-invocations`, and reads a function's answer to its end before it sends any of it
(`services/apigateway_v1.py`, `_invoke_lambda_proxy_v1`; `core/lambda_runtime.py`, `ProvidedWorker`,
https://github.com/ministackorg/ministack). Fails without it: `test_stream.py`, `test_the_first_words_come_before_the_last_are_thought_of`.

The way of a piece: the function posts it to its Runtime API on a thread of the worker → the sink of that invocation → a queue of the event
loop → the caller.
"""

import asyncio
from typing import Callable

STREAMING = "/response-streaming-invocations"

Sink = Callable[[bytes], None]

# Whoever waits for the pieces of an answer: first by the gateway's id of the request, then by the invocation's.
_requests: dict[str, Sink] = {}
_invocations: dict[str, Sink] = {}


def apply() -> None:
    """Lets workers hand on what they read, and the gateway send it."""
    _mend_worker()
    _mend_gateway()


def _mend_worker() -> None:
    from ministack.core import lambda_runtime

    worker = lambda_runtime.ProvidedWorker
    build, invoke = worker._build_handler_class, worker.invoke

    def build_with_sink(self, generation, pending):
        handler = build(self, generation, pending)
        read_whole = handler._read_body

        def read_body(request):
            if "chunked" not in request.headers.get("Transfer-Encoding", "").lower():
                return read_whole(request)
            found = lambda_runtime._INVOCATION_RESULT_RE.search(request.path)
            sink = _invocations.get(found[1]) if found and found[2] == "response" else None
            return b"".join(_pieces(request.rfile, sink or (lambda piece: None)))

        handler._read_body = read_body
        return handler

    def invoke_with_sink(self, event, request_id, **more):
        context = event.get("requestContext") if isinstance(event, dict) else None
        sink = _requests.get((context or {}).get("requestId"))
        if sink:
            _invocations[request_id] = sink
        try:
            return invoke(self, event, request_id, **more)
        finally:
            _invocations.pop(request_id, None)

    worker._build_handler_class, worker.invoke = build_with_sink, invoke_with_sink


def _pieces(file, sink: Sink):
    """The chunks of a body, each given to `sink` as soon as it is there; trailers are skipped."""
    while size := int(file.readline().split(b";")[0], 16):
        piece = file.read(size)
        file.readline()
        sink(piece)
        yield piece
    while file.readline().strip():
        pass


def _mend_gateway() -> None:
    from ministack.services import apigateway_v1 as gateway

    whole = gateway._invoke_lambda_proxy_v1

    async def invoke(integration, *about, owner_account_id=None, owner_region=None, **more):
        uri = integration.get("uri", "")
        if not uri.endswith(STREAMING):
            return await whole(integration, *about, owner_account_id=owner_account_id, owner_region=owner_region, **more)
        function = uri.removesuffix(STREAMING).split("/functions/", 1)[1]
        event = gateway._build_lambda_event_v1(*about, **more)
        request_id = event["requestContext"]["requestId"]
        pieces: asyncio.Queue[bytes | None] = asyncio.Queue()
        loop = asyncio.get_running_loop()
        _requests[request_id] = lambda piece: loop.call_soon_threadsafe(pieces.put_nowait, piece)
        call = asyncio.create_task(gateway._call_lambda_raw(function, event, account_id=owner_account_id, region=owner_region))

        def ended(_call) -> None:
            del _requests[request_id]
            pieces.put_nowait(None)

        call.add_done_callback(ended)
        return await _answer(pieces)

    gateway._invoke_lambda_proxy_v1 = invoke


async def _answer(pieces: "asyncio.Queue[bytes | None]"):
    """Status and headers from the prelude, and a body that goes on while there are pieces."""
    from ministack.core.responses import StreamingResponse
    from ministack.services import lambda_svc

    begun = b""
    while lambda_svc._STREAM_PRELUDE_SEPARATOR not in begun:
        piece = await pieces.get()
        if piece is None:
            return 502, {"Content-Type": "application/json"}, b'{"message": "Internal server error"}'
        begun += piece
    prelude, rest = lambda_svc._split_stream_prelude(begun)
    prelude = prelude or {}
    headers = {"Content-Type": "application/octet-stream"}
    lambda_svc._apply_headers_case_insensitively(headers, prelude.get("headers") or {})

    async def send_all(send, _receive) -> None:
        piece = rest
        while piece is not None:
            await send({"type": "http.response.body", "body": piece, "more_body": True})
            piece = await pieces.get()
        await send({"type": "http.response.body", "body": b"", "more_body": False})

    return int(prelude.get("statusCode", 200)), headers, StreamingResponse(send_all)
