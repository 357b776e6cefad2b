"""Deletes one node of a template after the other and says which test notices. The proof that the suite sees what it claims.

    python tests/template/deletions.py          every node: some minutes
    python tests/template/deletions.py --dice   five nodes by chance

Prints a table, node × test; the exit code is 0 only when every node is noticed or stands in `UNNOTICED` with its reason.
"""

import argparse
import functools
import importlib
import inspect
import random
import sys
from pathlib import Path

import model

# What may go without a test: (last parts of its path, why).
UNNOTICED = [
    (("Properties", "Description"), "says to people what the resource is for; nothing depends on it"),
    (("Api", "Properties", "Cors", "AllowOrigin"), "SAM's own default is the same"),
    (("Metadata",), "tells `sam build` how to build, which fails without it; or the linter, which complains without it"),
]
# The kinds of node of which each one is deleted in every run of the tests; the others by `make deletions`.
GRAVE = {
    "RedrivePolicy", "DeadLetterConfig", "DestinationConfig", "RetryPolicy", "TimeToLiveSpecification", "SSESpecification",
    "PointInTimeRecoverySpecification", "StreamSpecification", "DeletionPolicy", "UpdateReplacePolicy", "DeletionProtectionEnabled",
    "Condition", "VisibilityTimeout", "MessageRetentionPeriod", "ManagedPolicyArns", "KmsKeyArn", "EnableKeyRotation",
    "AlarmActions", "BisectBatchOnFunctionError",
}  # fmt: skip


@functools.cache
def checks(subject):
    """The tests that take `subject` and nothing else, by name."""
    found = {}
    for path in sorted(Path(__file__).parent.glob("test_*.py")):
        if path.stem != "test_deletions":
            for name, test in vars(importlib.import_module(path.stem)).items():
                if name.startswith("test_") and list(inspect.signature(test).parameters) == [subject]:
                    found[name] = test
    return found


def nodes(tree, path=()):
    """The path of every node below `tree`: entries of mappings, items of lists; not the insides of intrinsics."""
    if isinstance(tree, dict) and len(tree) == 1 and next(iter(tree)).startswith(("Fn::", "Ref")):
        return
    inside = tree.items() if isinstance(tree, dict) else enumerate(tree) if isinstance(tree, list) else ()
    for key, below in inside:
        yield (*path, key)
        yield from nodes(below, (*path, key))


def every(template):
    """All nodes that are deployed: resources, what functions share, conditions and rules."""
    for top in ("Globals", "Conditions", "Rules", "Resources"):
        yield from ((top, *path) for path in nodes(template.source.get(top, {})))


def is_grave(path):
    """DLQs, expiry, conditions, statements and their like."""
    statement = path[-2:-1] == ("Statement",)
    return path[-1] in GRAVE or statement or path[0] == "Conditions" or (len(path) == 2 and str(path[-1]).endswith(("Dlq", "Alarm", "Rule")))


def failing(subject, template):
    """The first test of `subject` that fails; None when all pass."""
    for name, test in checks(subject).items():
        try:
            test(template)
        except Exception:  # noqa: BLE001: a test that stumbles over what is not there has noticed.
            return name
    return None


def notice(subject, template, path):
    """The first test that fails without the node at `path`; None when none does."""
    try:
        without = template.without(path)
    except Exception as refusal:  # noqa: BLE001: whatever SAM says, it says it before anything is deployed.
        return f"SAM's transform ({type(refusal).__name__})"
    return failing(subject, without)


def excuse(path):
    """Why nothing has to notice that the node at `path` is gone."""
    inside = [path[: end + 1] for end in range(len(path))]
    return next((why for end, why in UNNOTICED if any(part[-len(end) :] == end for part in inside)), None)


def spell(path):
    return ".".join(map(str, path))


def main():
    arguments = argparse.ArgumentParser()
    arguments.add_argument("--dice", action="store_true", help="five grave nodes by chance")
    wanted = arguments.parse_args()
    subjects = {"template": model.deployed(), "site": model.site(), "firewall": model.firewall()}
    for subject, template in subjects.items():
        assert failing(subject, template) is None, f"{failing(subject, template)} fails already: nothing would go unnoticed"
    todo = [(subject, template, path) for subject, template in subjects.items() for path in every(template)]
    if wanted.dice:
        todo = random.sample([one for one in todo if is_grave(one[2])], 5)
    lost = 0
    for subject, template, path in todo:
        found = notice(subject, template, path)
        excused = excuse(path)
        lost += not (found or excused)
        print(f"{subject}: {spell(path)}\t{found or (excused and f'({excused})') or 'NOBODY NOTICES'}", flush=True)
    print(f"{len(todo)} nodes, {lost} of them unnoticed")
    return 1 if lost else 0


if __name__ == "__main__":
    sys.exit(main())
