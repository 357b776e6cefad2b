"""Keys: functions fetch Cognito's public keys from the simulator, as if its name led there.

The SDK is redirected by `AWS_ENDPOINT_URL`; the address of a key set is called without it, and its host is one of the real AWS.
Functions get their environment from `_provided_worker_env` (`services/lambda_svc.py`, https://github.com/ministackorg/ministack). The
issuer stays what the template says. Fails without it: `test_mends.py`, `test_a_function_finds_cognitos_keys_at_the_simulator`.
"""

import re

COGNITO = re.compile(r"^https://cognito-idp\.[a-z0-9-]+\.amazonaws\.com(?=/[^/]+/\.well-known/jwks\.json$)")


def apply() -> None:
    """Turns the address of Cognito's keys in each function's environment into the simulator's."""
    from ministack.services import lambda_svc

    build = lambda_svc._provided_worker_env

    def build_with_keys(config, code_dir, port):
        env = build(config, code_dir, port)
        return {name: COGNITO.sub(env["AWS_ENDPOINT_URL"], value) for name, value in env.items()}

    lambda_svc._provided_worker_env = build_with_keys
