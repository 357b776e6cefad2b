"""What every test of the cloud suite shares: one simulated AWS, one pair of simulated services, and one deployed desk.

`make cloud-test` has built the functions; here they are deployed once, and everything that was started is ended.
"""

import json
import os
import secrets
from pathlib import Path
from typing import Iterator

import pytest

from desk import MAIL_DOMAIN, MAIL_FROM, Business, Desk, Person
from services import Services
from simulator.server import Aws
from stack import FOLDER, STAGE, Stack, package

SECRETS = "frontdesk/test"


@pytest.fixture(scope="session")
def webhook_secret() -> str:
    """What Stripe signs with."""
    return f"whsec_{secrets.token_urlsafe(24)}"


@pytest.fixture(scope="session")
def services(webhook_secret: str) -> Iterator[Services]:
    """Claude and Stripe."""
    running = Services(Path(os.environ["FRONTDESK_SIMULATORS"]), webhook_secret, FOLDER)
    yield running
    running.end()


@pytest.fixture(scope="session")
def aws(webhook_secret: str) -> Iterator[Aws]:
    """AWS, with the account prepared as docs/OPERATIONS.md says."""
    running = Aws(FOLDER)
    try:
        running.wait()
        secret = {
            "ANTHROPIC_API_KEY": "sk-ant-simulated",
            "STRIPE_SECRET_KEY": "sk_test_simulated",
            "STRIPE_WEBHOOK_SECRET": webhook_secret,
            "LINK_SECRET": secrets.token_urlsafe(32),
        }
        running.client("secretsmanager").create_secret(Name=SECRETS, SecretString=json.dumps(secret))
        running.client("sesv2").create_email_identity(EmailIdentity=MAIL_DOMAIN)
        yield running
    finally:
        running.end()


@pytest.fixture(scope="session")
def parameters(services: Services) -> dict[str, str]:
    """What a stack of the suite is deployed with."""
    return {
        "Stage": STAGE,
        "Architecture": os.environ["FRONTDESK_ARCHITECTURE"],
        "PublicUrl": "https://desk.test",
        "MailFrom": MAIL_FROM,
        "MailIdentity": MAIL_DOMAIN,
        "SecretsName": SECRETS,
        "Protect": "false",
        "Canary": "false",  # MiniStack has no CodeDeploy: the alias moves at once.
        "Site": "false",
        "ClaudeUrl": services.claude,
        "StripeUrl": services.stripe,
    }


@pytest.fixture(scope="session")
def desk(aws: Aws, services: Services, parameters: dict[str, str]) -> Desk:
    """The deployed desk."""
    package(aws)
    return Desk(Stack(aws, "desk", dict(parameters)).deploy(), services)


@pytest.fixture(scope="session")
def operator(desk: Desk) -> Person:
    """Who makes businesses."""
    return desk.person(f"operator@{MAIL_DOMAIN}", group="platform")


@pytest.fixture
def business(desk: Desk, operator: Person) -> Business:
    """A business of the test's own."""
    desk.services.assistant_is_honest()
    desk.services.stripe_is_up()
    desk.services.deliveries()
    return desk.business(operator)
