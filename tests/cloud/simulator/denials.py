"""Denials: every call that a role may not make is a line of the log, `denied <role> <action> <resource>`.

MiniStack answers such a call as AWS does and logs nothing (`core/iam_evaluator.py`, `enforce`, https://github.com/ministackorg/ministack),
so a test that fails could not say why. Fails without it: `test_mends.py`, `test_a_denial_is_logged_with_its_role_and_action`.
"""

import logging

log = logging.getLogger("ministack")


def apply() -> None:
    """Logs what is denied."""
    from ministack.core import iam_evaluator

    judge = iam_evaluator.enforce

    def judge_and_tell(access_key_id, iam_action, service, region, resource_arn="*", service_context=None):
        denied = judge(access_key_id, iam_action, service, region, resource_arn, service_context)
        if isinstance(denied, iam_evaluator.EvalResult):
            tell(iam_evaluator._role_name_from_assumed_arn(denied.principal_arn), iam_action, resource_arn)
        return denied

    iam_evaluator.enforce = judge_and_tell


def tell(role: str, action: str, resource: str) -> None:
    """Writes the line."""
    log.warning("denied %s %s %s", role, action, resource)
