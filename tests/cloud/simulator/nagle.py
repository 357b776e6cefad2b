"""Nagle's algorithm: off for the Runtime API, or each invocation waits 40 ms for a delayed acknowledgement.

MiniStack's handler writes the head and the body of `/runtime/invocation/next` apart (`core/lambda_runtime.py`,
`ProvidedWorker._build_handler_class`, https://github.com/ministackorg/ministack). Fails without it: `test_mends.py`,
`test_an_answer_of_the_runtime_api_is_not_held_back`.
"""

import socketserver


def apply() -> None:
    """Lets every handler of this process send small writes at once."""
    socketserver.StreamRequestHandler.disable_nagle_algorithm = True
