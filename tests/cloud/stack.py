"""Stacks: the template, deployed and deleted by the real SAM CLI."""

import os
import re
import subprocess
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from simulator.server import Aws

ROOT = Path(__file__).resolve().parent.parent.parent
FOLDER = ROOT / "target" / "cloud"
PACKAGED = FOLDER / "packaged.yaml"
STAGE = "test"
SAM_WITHIN_SECONDS = 300
NESTED = re.compile(r"(TemplateURL: )http://[^/]+/")


class SamFailed(Exception):
    """The SAM CLI said no; its words are the message."""


def sam(aws: Aws, command: str, *arguments: str) -> None:
    """Runs the SAM CLI against the simulated AWS."""
    env = {"PATH": os.environ["PATH"], "HOME": os.environ["HOME"], "SAM_CLI_TELEMETRY": "0", **aws.credentials}
    line = [str(ROOT / ".venv" / "bin" / "sam"), command, "--region", aws.credentials["AWS_REGION"], *arguments]
    done = subprocess.run(line, cwd=ROOT, env=env, text=True, capture_output=True, timeout=SAM_WITHIN_SECONDS)
    if done.returncode != 0:
        raise SamFailed(f"sam {command}: {done.stdout}\n{done.stderr}")


def package(aws: Aws) -> None:
    """Uploads what was built, once for all stacks: `deploy` finds it uploaded."""
    built = Path(os.environ["FRONTDESK_BUILD"]) / "template.yaml"
    sam(aws, "package", "--template-file", str(built), "--resolve-s3", "--output-template-file", str(PACKAGED), "--no-progressbar")
    # `sam deploy` takes the address of a nested template only where S3 really is. Neither nested stack is made here.
    PACKAGED.write_text(NESTED.sub(r"\1https://s3.amazonaws.com/", PACKAGED.read_text()))


@dataclass
class Stack:
    """A stack and what it was deployed with."""

    aws: Aws
    name: str
    parameters: dict[str, str] = field(default_factory=dict)

    def deploy(self, template: Path = PACKAGED, **parameters: str) -> "Stack":
        """Creates or updates the stack."""
        self.parameters |= parameters
        given = [f"{name}={value}" for name, value in self.parameters.items()]
        sam(
            self.aws, "deploy", "--stack-name", self.name, "--template-file", str(template), "--resolve-s3",
            "--no-confirm-changeset", "--capabilities", "CAPABILITY_IAM", "--parameter-overrides", *given,
        )  # fmt: skip
        return self

    def delete(self) -> None:
        """Deletes the stack; what the template retains stays."""
        sam(self.aws, "delete", "--stack-name", self.name, "--no-prompts")

    def outputs(self) -> dict[str, str]:
        """The stack's outputs by name."""
        described = self.aws.client("cloudformation").describe_stacks(StackName=self.name)["Stacks"][0]
        return {output["OutputKey"]: output["OutputValue"] for output in described["Outputs"]}

    def api(self) -> str:
        """Where this machine reaches the API: the output names a host of the real AWS, whose first label is the API's id."""
        api_id = self.outputs()["ApiUrl"].removeprefix("https://").split(".")[0]
        return f"{self.aws.endpoint}/_aws/execute-api/{api_id}/{STAGE}"

    def resource(self, logical_id: str) -> str:
        """The physical id of a resource."""
        found = self.aws.client("cloudformation").describe_stack_resource(StackName=self.name, LogicalResourceId=logical_id)
        return found["StackResourceDetail"]["PhysicalResourceId"]

    def rows(self, output: str) -> list[dict[str, Any]]:
        """Every row of the table that an output names."""
        pages = self.aws.client("dynamodb").get_paginator("scan").paginate(TableName=self.outputs()[output])
        return [row for page in pages for row in page["Items"]]
