"""The outside services: Claude and Stripe as the project's own simulators, which the deployed functions call over loopback."""

import json
import os
from pathlib import Path
from typing import Any

import urllib3

from child import Child

STARTS_WITHIN_SECONDS = 30


class Services:
    """Running simulators of Claude and Stripe, and what steers them."""

    def __init__(self, program: Path, webhook_secret: str, folder: Path):
        env = {"PATH": os.defpath}
        self._child = Child("the simulators", [str(program), webhook_secret], env, folder / "services.log", folder)
        said = json.loads(self._child.first_line(STARTS_WITHIN_SECONDS))
        self.claude = said["claude"].rstrip("/")
        self.stripe = said["stripe"].rstrip("/")
        self._control = said["control"].rstrip("/")

    def _ask(self, method: str, path: str, body: Any = None) -> urllib3.BaseHTTPResponse:
        return urllib3.request(method, self._control + path, json=body, retries=False)

    def _tell(self, path: str, body: Any) -> None:
        told = self._ask("POST", path, body)
        assert told.status < 300, told.data

    def assistant_is_honest(self) -> None:
        """The rule-based assistant answers from now on."""
        self._tell("/assistant", {"mode": "offline"})

    def assistant_says(self, *answers: dict[str, Any]) -> None:
        """The assistant gives these answers in turn."""
        self._tell("/assistant", {"mode": "scripted", "script": list(answers)})

    def times_asked(self) -> int:
        """How often Claude was asked so far."""
        return len(self._ask("GET", "/assistant/requests").json()["requests"])

    def stripe_is_down(self) -> None:
        """Every call of Stripe's API fails from now on."""
        self._tell("/stripe/outage", {"status": 503})

    def stripe_is_up(self) -> None:
        """Stripe is well again."""
        self._tell("/stripe/outage", {})

    def checkout_of(self, booking: str) -> dict[str, Any] | None:
        """The newest Checkout Session of a booking."""
        found = self._ask("GET", f"/stripe/sessions/{booking}")
        return found.json() if found.status == 200 else None

    def deliveries(self) -> list[dict[str, str]]:
        """What Stripe has sent since the last time: `body` and `signature` of each, to be carried to the webhook."""
        return self._ask("DELETE", "/stripe/deliveries").json()["deliveries"]

    def end(self) -> None:
        """Ends them."""
        self._child.end()
