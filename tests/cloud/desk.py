"""The desk as people meet it: visitors over the public API, owners over the admin API, Stripe over its webhook."""

import json
import secrets
from dataclasses import dataclass, field
from typing import Any, Iterator

import urllib3
from pycognito import AWSSRP

from services import Services
from stack import Stack

MAIL_DOMAIN = "frontdesk.test"
MAIL_FROM = f"desk@{MAIL_DOMAIN}"
WHOLE_WEEK = ["monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"]
COUNTS = ["ApproximateNumberOfMessages", "ApproximateNumberOfMessagesNotVisible"]
http = urllib3.PoolManager(retries=False, timeout=urllib3.Timeout(60))


@dataclass
class Reply:
    """An answer: its status, its headers, and its JSON or text."""

    status: int
    body: Any
    headers: Any

    def ok(self) -> Any:
        """The body of an answer that is no refusal."""
        assert self.status < 300, (self.status, self.body)
        return self.body


def ask(method: str, url: str, body: Any = None, **headers: str) -> Reply:
    """Calls `url`; underscores in names of headers are dashes."""
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    answer = http.request(method, url, json=body, headers=named, redirect=False)
    text = answer.data.decode()
    is_json = "json" in answer.headers.get("content-type", "")
    return Reply(answer.status, json.loads(text) if is_json and text else text, answer.headers)


@dataclass
class Person:
    """Somebody with a token."""

    api: str
    token: str

    def ask(self, method: str, path: str, body: Any = None, **headers: str) -> Reply:
        """Calls the admin API."""
        return ask(method, self.api + path, body, Authorization=f"Bearer {self.token}", **headers)

    def get(self, path: str) -> Reply:
        """Reads `path`."""
        return self.ask("GET", path)

    def post(self, path: str, body: Any) -> Reply:
        """Makes or does something."""
        return self.ask("POST", path, body)

    def put(self, path: str, body: Any) -> Any:
        """Replaces something as it is now."""
        version = str(self.get(path).ok()["version"])
        return self.ask("PUT", path, body, If_Match=version).ok()


@dataclass
class Visitor:
    """Somebody at a business's widget."""

    api: str
    key: str
    email: str = field(default_factory=lambda: f"ann-{secrets.token_hex(4)}@customers.test")
    session: str | None = None

    def ask(self, method: str, path: str, body: dict[str, Any] | None = None, **headers: str) -> Reply:
        """Calls the public API; keeps the session that it is given."""
        if body is not None and self.session:
            body = {"sessionId": self.session, **body}
        elif self.session:
            headers["X_Session_Id"] = self.session
        reply = ask(method, f"{self.api}/v1/public/chat{path}", body, X_Tenant_Key=self.key, **headers)
        if isinstance(reply.body, dict):
            self.session = reply.body.get("sessionId", self.session)
        return reply

    def say(self, words: str) -> dict[str, Any]:
        """Says something and waits for the whole answer."""
        return self.ask("POST", "/message", {"message": words}).ok()

    def stream(self, words: str, message: str, after: str | None = None) -> Iterator[dict[str, Any]]:
        """Says something under a name of its own, and gives each event as it comes."""
        body = {"sessionId": self.session, "message": words, "clientMessageId": message}
        headers = {"X-Tenant-Key": self.key, **({"Last-Event-ID": after} if after else {})}
        url = f"{self.api}/v1/public/chat/message/stream"
        answer = http.request("POST", url, json=body, headers=headers, preload_content=False)
        assert answer.status == 200, answer.read()
        yield from events(answer)

    def propose(self) -> dict[str, Any]:
        """Lets the honest assistant find a time and prepare a booking."""
        self.ask("POST", "/sessions", {}).ok()
        self.say("When is a portrait session free?")
        self.say("The first one, please.")
        return self.say(f"My name is Ann Lee and my email is {self.email}")["proposal"]

    def book(self) -> dict[str, Any]:
        """Lets a booking be prepared, and confirms it."""
        return self.ask("POST", f"/confirm/{self.propose()['id']}", {}).ok()

    def follow(self, method: str, link: str) -> Reply:
        """Follows a mailed link, or presses the button of the page that it leads to."""
        return ask(method, link)


def events(answer: urllib3.BaseHTTPResponse) -> Iterator[dict[str, Any]]:
    """The events of a stream, each as soon as it is whole."""
    begun = ""
    while piece := answer.read1():
        begun += piece.decode()
        while "\n\n" in begun:
            block, begun = begun.split("\n\n", 1)
            fields = dict(line.split(": ", 1) for line in block.splitlines() if ": " in line and not line.startswith(":"))
            if "event" in fields:
                yield {"event": fields["event"], "id": fields.get("id"), "data": json.loads(fields["data"])}


@dataclass
class Desk:
    """A deployed stack with what a test needs to play everybody's part."""

    stack: Stack
    services: Services
    businesses: int = field(default=0)

    @property
    def api(self) -> str:
        """The base of every route."""
        return self.stack.api()

    def person(self, email: str, group: str | None = None, **claims: str) -> Person:
        """Makes somebody in the user pool, and signs them in as the console does: by SRP."""
        out = self.stack.outputs()
        pool, client = out["UserPoolId"], out["UserPoolClientId"]
        cognito = self.stack.aws.client("cognito-idp")
        attributes = {"email": email, "email_verified": "true", **{f"custom:{name}": value for name, value in claims.items()}}
        password = f"Aa1!{secrets.token_urlsafe(18)}"
        listed = [{"Name": name, "Value": value} for name, value in attributes.items()]
        cognito.admin_create_user(UserPoolId=pool, Username=email, UserAttributes=listed, MessageAction="SUPPRESS")
        cognito.admin_set_user_password(UserPoolId=pool, Username=email, Password=password, Permanent=True)
        if group:
            cognito.admin_add_user_to_group(UserPoolId=pool, Username=email, GroupName=group)
        srp = AWSSRP(username=email, password=password, pool_id=pool, client_id=client, client=cognito)
        return Person(self.api, srp.authenticate_user()["AuthenticationResult"]["IdToken"])

    def business(self, operator: Person) -> "Business":
        """Makes a business as the operator does, and lets its owner offer an hour of portraits, open all week."""
        self.businesses += 1
        email = f"owner{self.businesses}@{self.stack.name}.test"
        wish = {
            "name": f"Studio {self.businesses}",
            "timezone": "Europe/Berlin",
            "currency": "EUR",
            "ownerEmail": email,
            "allowedOrigins": ["https://studio.test"],
        }
        made = operator.post("/v1/platform/tenants", wish).ok()
        owner = self.person(email, tenant=made["tenantId"], role="owner")
        hours = {"weekly": {day: [{"opens": "09:00", "closes": "17:00"}] for day in WHOLE_WEEK}, "holidays": [], "special": []}
        owner.put("/v1/admin/hours", hours)
        resource = owner.post("/v1/admin/resources", {"name": "Studio one"}).ok()["id"]
        package = {
            "name": "Portrait session",
            "description": "One hour, ten pictures.",
            "kind": "SLOT",
            "price": {"amount": 12000, "currency": "EUR"},
            "durationMinutes": 60,
            "resources": [resource],
        }
        owner.post("/v1/admin/packages", package).ok()
        return Business(made["tenantId"], made["tenantKey"], email, owner)

    def visitor(self, business: "Business") -> Visitor:
        """Somebody at the business's widget."""
        return Visitor(self.api, business.key)

    def pay(self, checkout_url: str) -> None:
        """Presses Pay on the Checkout page."""
        paid = ask("POST", f"{checkout_url}/pay")
        assert paid.status == 303, paid

    def carry_webhooks(self) -> list[Reply]:
        """Carries what Stripe sent to the deployed webhook, as Stripe would."""
        return [self.webhook(sent["body"], sent["signature"]) for sent in self.services.deliveries()]

    def webhook(self, body: str, signature: str) -> Reply:
        """Calls the deployed webhook."""
        headers = {"Content-Type": "application/json", "Stripe-Signature": signature}
        answer = http.request("POST", f"{self.api}/v1/webhooks/stripe", body=body.encode(), headers=headers)
        return Reply(answer.status, answer.data.decode(), answer.headers)

    def run(self, function: str, event: dict[str, Any]) -> str:
        """Runs a function on `event`, past all that calls it, and says what it answered."""
        name = self.stack.resource(f"{function}Function")
        answer = self.stack.aws.client("lambda").invoke(FunctionName=name, Qualifier="live", Payload=json.dumps(event).encode())
        told = answer["Payload"].read().decode()
        assert "FunctionError" not in answer, told
        return told

    def queued(self, logical_id: str) -> int:
        """How many messages a queue of the stack holds, those at work included."""
        sqs, url = self.stack.aws.client("sqs"), self.stack.resource(logical_id)
        told = sqs.get_queue_attributes(QueueUrl=url, AttributeNames=COUNTS)["Attributes"]
        return sum(int(told[count]) for count in COUNTS)

    def mails_to(self, address: str) -> list[dict[str, Any]]:
        """The mails to an address, oldest first."""
        return [mail for mail in self.stack.aws.mails() if address in mail["To"]]


@dataclass
class Business:
    """A tenant, and its owner signed in."""

    tenant: str
    key: str
    email: str
    owner: Person
