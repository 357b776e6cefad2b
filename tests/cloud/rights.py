"""Rights: what the deployed roles allow, action by action, and how one of them is taken away for a while, through IAM alone."""

import json
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any, Iterator

from stack import Stack

BORROWED = "rest-of-a-shared-policy"


@dataclass(frozen=True)
class Right:
    """One action of one statement of a role."""

    role: str
    policy: str
    statement: str
    action: str

    @property
    def function(self) -> str:
        """Whose role it is."""
        return self.role.removesuffix("Role")


@dataclass(frozen=True)
class Policy:
    """A policy of a role: inline, or shared under an ARN."""

    name: str
    arn: str | None
    document: dict[str, Any]


class Rights:
    """The rights of a stack's roles."""

    def __init__(self, stack: Stack):
        self._iam = stack.aws.client("iam")
        pages = stack.aws.client("cloudformation").get_paginator("list_stack_resources").paginate(StackName=stack.name)
        listed = [one for page in pages for one in page["StackResourceSummaries"]]
        self._names = {one["PhysicalResourceId"]: one["LogicalResourceId"] for one in listed}
        functions = [one["LogicalResourceId"] for one in listed if one["ResourceType"] == "AWS::Lambda::Function"]
        wanted = [name.removesuffix("Function") + "Role" for name in functions]
        self.roles = {role: stack.resource(role) for role in wanted}

    def every(self) -> list[Right]:
        """Every right of every function's role, those of shared policies once for each role."""
        found = []
        for role in self.roles:
            for policy in self._policies(role):
                for statement in policy.document["Statement"]:
                    actions = [statement["Action"]] if isinstance(statement["Action"], str) else statement["Action"]
                    found += [Right(role, policy.name, statement.get("Sid", "Log"), action) for action in actions]
        return found

    @contextmanager
    def without(self, right: Right) -> Iterator[None]:
        """Takes the right from its role alone, also when it comes from a policy that roles share, and gives it back."""
        (policy,) = [policy for policy in self._policies(right.role) if policy.name == right.policy]
        role, rest = self.roles[right.role], left_without(policy.document, right)
        if policy.arn is None:
            self._write(role, policy.name, rest)
        else:
            self._write(role, BORROWED, rest)
            self._iam.detach_role_policy(RoleName=role, PolicyArn=policy.arn)
        try:
            yield
        finally:
            if policy.arn is None:
                self._write(role, policy.name, policy.document)
            else:
                self._iam.attach_role_policy(RoleName=role, PolicyArn=policy.arn)
                if rest["Statement"]:
                    self._iam.delete_role_policy(RoleName=role, PolicyName=BORROWED)

    def _write(self, role: str, name: str, document: dict[str, Any]) -> None:
        """Sets an inline policy; one that allows nothing cannot exist."""
        if document["Statement"]:
            self._iam.put_role_policy(RoleName=role, PolicyName=name, PolicyDocument=json.dumps(document))
        elif name in self._iam.list_role_policies(RoleName=role)["PolicyNames"]:
            self._iam.delete_role_policy(RoleName=role, PolicyName=name)

    def _policies(self, role: str) -> list[Policy]:
        """Shared policies first."""
        about = {"RoleName": self.roles[role]}
        found = []
        for attached in self._iam.list_attached_role_policies(**about)["AttachedPolicies"]:
            arn = attached["PolicyArn"]
            version = self._iam.get_policy(PolicyArn=arn)["Policy"]["DefaultVersionId"]
            document = self._iam.get_policy_version(PolicyArn=arn, VersionId=version)["PolicyVersion"]["Document"]
            found.append(Policy(self._names.get(arn, attached["PolicyName"]), arn, document))
        for name in self._iam.list_role_policies(**about)["PolicyNames"]:
            found.append(Policy(name, None, self._iam.get_role_policy(**about, PolicyName=name)["PolicyDocument"]))
        return found


def left_without(document: dict[str, Any], right: Right) -> dict[str, Any]:
    """The document without one action of one statement; a statement that allows nothing goes."""
    statements = []
    for statement in document["Statement"]:
        actions = [statement["Action"]] if isinstance(statement["Action"], str) else statement["Action"]
        if statement.get("Sid", "Log") == right.statement:
            actions = [action for action in actions if action != right.action]
        if actions:
            statements.append({**statement, "Action": actions})
    return {**document, "Statement": statements}
