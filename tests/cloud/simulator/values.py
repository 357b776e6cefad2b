"""Values: SAM's transform is told the values of the stack's parameters, as AWS tells it.

MiniStack runs the transform without any (`services/cloudformation/engine.py`, `_apply_transforms`, https://github.com/ministackorg/ministack), so
`Enabled: !Ref Canary` stays a reference, which counts as true, and the template asks for CodeDeploy whatever the parameter says. Fails without
it: `test_mends.py`, `test_the_transform_knows_the_values_of_parameters`.
"""

import contextvars

_values: contextvars.ContextVar[dict[str, str]] = contextvars.ContextVar("values", default={})


def apply() -> None:
    """Hands each transform what its stack was given, else the defaults."""
    from ministack.services.cloudformation import changesets, engine, handlers
    from samtranslator.translator import transform as sam

    transform, run = engine._apply_transforms, sam.transform

    def transform_with_values(template, provided_params=None, previous_params=None):
        told = _values.set(engine._transform_parameters(template, provided_params, previous_params))
        try:
            return transform(template, provided_params, previous_params)
        finally:
            _values.reset(told)

    def run_with_values(template, values, policies, *more, **named):
        return run(template, {**_values.get(), **values}, policies, *more, **named)

    sam.transform = run_with_values
    for module in (engine, changesets, handlers):
        if hasattr(module, "_apply_transforms"):
            module._apply_transforms = transform_with_values
