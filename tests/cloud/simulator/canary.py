"""Canary: a template with deployment preferences can be deployed. New versions take all calls at once.

MiniStack knows no CodeDeploy, and refuses a template that names it (`services/cloudformation/engine.py`, which asks
`provisioners._RESOURCE_HANDLERS`, https://github.com/ministackorg/ministack). Fails without it: `test_mends.py`,
`test_a_template_may_ask_for_a_canary`.
"""

KINDS = ("AWS::CodeDeploy::Application", "AWS::CodeDeploy::DeploymentGroup")


def apply() -> None:
    """Lets both kinds of resource be made, changed and deleted without an effect."""
    from ministack.services.cloudformation.provisioners import _RESOURCE_HANDLERS

    for kind in KINDS:
        _RESOURCE_HANDLERS[kind] = {"create": _create, "update": _update, "delete": _delete}


def _create(logical_id, _props, stack_name):
    return f"{stack_name}-{logical_id}", {}


def _update(physical_id, _old, _new, _stack_name, logical_id=None):
    return physical_id, {}


def _delete(_physical_id, _props):
    pass
