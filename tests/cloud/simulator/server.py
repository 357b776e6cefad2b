"""The simulated AWS as the suite uses it: started on a free port of loopback with IAM enforced, asked through boto3, ended with the suite."""

import os
import shutil
import socket
import sys
from pathlib import Path
from typing import Any

import boto3
import urllib3

from child import Child
from patience import until

REGION = "eu-central-1"
ACCOUNT = "123456789012"
CLOUD = Path(__file__).resolve().parent.parent
STARTS_WITHIN_SECONDS = 90


class Aws:
    """A running simulator. Whoever signs with its account id is the account's root; functions sign as their roles."""

    def __init__(self, folder: Path):
        self.port = free_port()
        # A name, not an address: the functions' HTTP library takes the gateway's host name for one.
        self.endpoint = f"http://localhost:{self.port}"
        self.credentials = {
            "AWS_ACCESS_KEY_ID": ACCOUNT,
            "AWS_SECRET_ACCESS_KEY": "simulated",
            "AWS_DEFAULT_REGION": REGION,
            "AWS_REGION": REGION,
            "AWS_ENDPOINT_URL": self.endpoint,
        }
        self._scratch = folder / "tmp"
        shutil.rmtree(self._scratch, ignore_errors=True)
        self._scratch.mkdir(parents=True)
        self._child = Child("the simulated AWS", [sys.executable, "-m", "simulator.launch"], self._env(), folder / "aws.log", CLOUD)

    def _env(self) -> dict[str, str]:
        """Nothing of the developer's: functions inherit all of it."""
        return {
            **self.credentials,
            "PATH": os.defpath,
            "HOME": str(self._scratch),
            "TMPDIR": str(self._scratch),
            "PYTHONPATH": str(CLOUD),
            "AUTH": "true",
            "BIND_HOST": "127.0.0.1",
            "GATEWAY_PORT": str(self.port),
            "MINISTACK_HOST": "localhost",
            "MINISTACK_ACCOUNT_ID": ACCOUNT,
            "MINISTACK_REGION": REGION,
            "IOT_MTLS_ENABLED": "0",
            "SFTP_ENABLED": "0",
        }

    def wait(self) -> "Aws":
        """Returns when it serves."""
        until(self._serves, seconds=STARTS_WITHIN_SECONDS)
        return self

    def _serves(self) -> bool:
        if self._child.has_ended():
            raise RuntimeError(f"the simulated AWS ended at once; see {self._child.log}")
        try:
            return urllib3.request("GET", f"{self.endpoint}/_ministack/ready", retries=False, timeout=5).status == 200
        except urllib3.exceptions.HTTPError:
            return False

    def client(self, service: str) -> Any:
        """A client of `service`, as the account's root."""
        return boto3.client(
            service,
            endpoint_url=self.endpoint,
            region_name=REGION,
            aws_access_key_id=ACCOUNT,
            aws_secret_access_key="simulated",
        )

    def mails(self) -> list[dict[str, Any]]:
        """Every mail that was sent, oldest first."""
        return urllib3.request("GET", f"{self.endpoint}/_ministack/ses/messages").json()["messages"].get(ACCOUNT, [])

    def end(self) -> None:
        """Ends it, and every function with it."""
        self._child.end()
        shutil.rmtree(self._scratch, ignore_errors=True)


def free_port() -> int:
    """A port that nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]
