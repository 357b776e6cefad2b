"""The template as CloudFormation gets it: SAM's own transform, run offline with each parameter's default.

Reads and transforms; judges nothing. Function code stands for itself (`CodeUri` becomes an address nobody opens).
"""

import copy
import functools
import logging
import os
from pathlib import Path

os.environ.setdefault("AWS_DEFAULT_REGION", "eu-central-1")  # The transform asks for a region, and calls nobody.
logging.disable(logging.WARNING)

from samtranslator.translator.managed_policy_translator import ManagedPolicyLoader  # noqa: E402
from samtranslator.translator.transform import transform  # noqa: E402
from samtranslator.yaml_helper import yaml_parse  # noqa: E402

ROOT = Path(__file__).resolve().parents[2]


def read(path):
    """One file of the project."""
    return (ROOT / path).read_text()


def ref(name):
    return {"Ref": name}


def att(name, attribute="Arn"):
    return {"Fn::GetAtt": [name, attribute]}


def sub(text):
    return {"Fn::Sub": text}


class Template:
    """One template: `source` as it is written, `resources` as CloudFormation gets them."""

    def __init__(self, source, resources):
        self.source = source
        self.resources = resources

    @classmethod
    def load(cls, path="template.yaml"):
        source = yaml_parse(read(path))
        return cls.of(source) if "Transform" in source else cls(source, source["Resources"])

    @classmethod
    def of(cls, source):
        """Transforms `source`; raises what SAM says against it."""
        text = copy.deepcopy(source)
        for resource in text["Resources"].values():
            if resource["Type"] == "AWS::Serverless::Function" and "CodeUri" in resource["Properties"]:
                resource["Properties"]["CodeUri"] = "s3://functions/" + resource["Properties"]["CodeUri"].rsplit("/", 1)[-1]
        values = {name: str(given.get("Default", "")) for name, given in text["Parameters"].items()}
        return cls(source, transform(text, values, ManagedPolicyLoader(None))["Resources"])

    def without(self, path):
        """The template with the node at `path` deleted: transformed anew only where SAM has a say in it."""
        source = pruned(self.source, path)
        kind = self.source["Resources"].get(path[1], {}).get("Type", "") if path[0] == "Resources" else ""
        if kind and not kind.startswith("AWS::Serverless::"):
            return Template(source, pruned(self.resources, path[1:]))
        return Template.of(source) if "Transform" in self.source else Template(source, source["Resources"])

    def of_type(self, kind):
        """Properties of each resource of `kind`, by logical id."""
        return {name: one.get("Properties", {}) for name, one in self.resources.items() if one["Type"] == kind}

    def properties(self, name):
        return self.resources[name]["Properties"]

    def functions(self):
        return self.of_type("AWS::Lambda::Function")

    def alias(self, function):
        """What triggers of `function` name: its live version."""
        return ref(f"{function}Aliaslive")


def pruned(tree, path):
    """`tree` without the node at `path`; shares whatever does not lie on the way."""
    here, *rest = path
    kept = copy.copy(tree)
    if rest:
        kept[here] = pruned(tree[here], rest)
    else:
        del kept[here]
    return kept


@functools.cache
def deployed():
    return Template.load()


@functools.cache
def site():
    return Template.load("infra/site.yaml")


@functools.cache
def firewall():
    return Template.load("infra/waf.yaml")
