"""Least privilege, proven: every right of every function is taken away in turn, and a test of the suite must fail because of it.

Run by `make cloud-privilege`, which writes docs/PRIVILEGE.md; the suite itself leaves it out, since it takes long. A test counts only
when it fails *and* the simulated AWS has denied exactly that action to exactly that role meanwhile. Each test has a business of its own,
made before the right is taken, so nothing of an earlier test is remembered.
"""

import inspect
import os
import time
from dataclasses import dataclass
from typing import Callable, Iterator

import pytest

import patience
import test_calendar
import test_cleanup
import test_console
import test_payment
import test_person
import test_relay
import test_reminder
import test_running
import test_stream
import test_trip
import test_waitlist
import test_webhook
from desk import Desk, Person
from rights import Right, Rights
from stack import FOLDER, ROOT

RESULT = ROOT / "docs" / "PRIVILEGE.md"
WORKED = [f"{work}{kind}" for work in ("Payment", "Waitlist", "Handover", "Notifier", "Calendar", "Webhook", "Import") for kind in ("Queue", "Dlq")]
QUEUES = [*WORKED, "RelayDlq"]


@dataclass(frozen=True)
class Notice:
    """A test that may notice, with what it is parametrized by."""

    test: Callable[..., None]
    given: tuple[tuple[str, object], ...] = ()

    @property
    def name(self) -> str:
        """As pytest names it, below tests/cloud."""
        which = "-".join(getattr(value, "__name__", str(value)) for _, value in self.given)
        return f"{self.test.__module__}.py::{self.test.__name__}" + (f"[{which}]" if which else "")


def running(function: str) -> Notice:
    """Whether it runs at all."""
    return Notice(test_running.test_a_function_runs_and_its_log_is_kept, (("function", function),))


def spoken(test: Callable[..., None], say: Callable[..., dict]) -> Notice:
    """A conversation, held in one of two ways."""
    return Notice(test, (("say", say),))


def turns(say: Callable[..., dict]) -> list[Notice]:
    """The conversations that need most of what a turn may do."""
    return [
        spoken(test_person.test_a_visitor_who_proves_an_address_sees_its_bookings_and_may_cancel_them, say),
        spoken(test_person.test_a_visitor_who_asks_for_a_person_is_heard_by_the_owner, say),
    ]


TRIP = Notice(test_trip.test_a_visitor_books_and_pays_and_everybody_is_told_once)
LATE = Notice(test_person.test_a_mailed_link_cancels_and_a_late_payment_is_given_back)
SESSION = Notice(test_person.test_a_session_is_read_handed_over_and_ended)
WAITLIST = Notice(test_waitlist.test_what_comes_free_is_offered_to_the_first_in_line_and_then_to_the_next)
WEBHOOK = Notice(test_webhook.test_a_webhook_that_nobody_answers_for_is_tried_and_its_owner_sees_it)
# The tests that use a function, the one that notices most first. A right of the role fails one of them, or nobody needs it.
NOTICES = {
    "Chat": [SESSION, *turns(test_person.by_json)],
    "ChatStream": [
        Notice(test_stream.test_a_cut_stream_goes_on_where_it_was_cut_without_asking_again),
        Notice(test_stream.test_a_proposal_comes_again_when_its_stream_was_cut),
        *turns(test_person.by_stream),
    ],
    "Confirm": [
        LATE,
        Notice(test_calendar.test_a_feed_shows_what_is_booked_until_its_link_is_ended),
        Notice(test_person.test_a_declined_proposal_books_nothing),
        WAITLIST,
    ],
    "Feedback": [Notice(test_person.test_what_a_visitor_thinks_of_a_chat_is_kept_and_seen_by_the_owner)],
    "Escalation": [SESSION],
    "Admin": [
        Notice(test_console.test_an_owner_sees_what_was_said_and_calls_a_booking_off),
        Notice(test_console.test_what_an_owner_adds_can_be_changed_and_taken_away),
        Notice(test_console.test_people_take_a_conversation_give_it_back_and_answer_whoever_has_left),
        Notice(test_waitlist.test_an_owner_takes_somebody_off_the_list),
        WEBHOOK,
    ],
    "StripeWebhook": [LATE],
    "PaymentWorker": [LATE, TRIP, Notice(test_payment.test_a_payment_that_the_bank_refuses_gives_the_slot_back)],
    "WaitlistWorker": [WAITLIST],
    "Handover": [SESSION],
    "Notifier": [TRIP, SESSION, LATE],
    "EventRelay": [Notice(test_relay.test_an_event_that_nobody_can_read_is_parked), TRIP],
    "Cleanup": [
        Notice(test_cleanup.test_a_hold_that_was_paid_is_confirmed_though_no_webhook_came),
        Notice(test_cleanup.test_a_hold_that_nobody_paid_is_released),
        Notice(test_cleanup.test_what_was_said_is_read_once_more_and_what_was_asked_is_told),
    ],
    "CsatSender": [Notice(test_reminder.test_a_reminder_that_is_due_is_mailed_once)],
    "CalendarSync": [
        Notice(test_calendar.test_a_calendar_that_nobody_has_is_looked_for_and_its_owner_told),
        Notice(test_calendar.test_a_booking_in_a_busy_time_stands_and_its_owner_is_told),
    ],
    "WebhookSender": [WEBHOOK],
}
# What Lambda and the key do on their own account fails every call, so the shortest notices first.
AT_ONCE = ("kms:", "logs:")
# X-Ray is not simulated, so nothing here can miss it.
NOT_SIMULATED = ("xray:",)
HELD = "X-Ray is not simulated; tests/template/test_rights.py::test_rights_on_anything_else_have_a_call_that_needs_them holds it in the template"


@dataclass(frozen=True)
class Finding:
    """What came of taking a right away."""

    right: Right
    notice: str | None
    why: str
    seconds: float


def test_every_right_of_every_function_is_missed_when_it_is_taken(desk: Desk, operator: Person):
    rights = Rights(desk.stack)
    only = os.environ.get("FRONTDESK_RIGHTS", "")
    every = [right for right in rights.every() if only in f"{right.function} {right.statement} {right.action}"]
    for notice in dict.fromkeys(notice for function in {right.function for right in every} for notice in notices(function)):
        attempt(desk, operator, notice)  # With every right, each passes, or its failing would prove nothing.
        print(f"passes with every right: {notice.name}", flush=True)
    findings = []
    for number, right in enumerate(every, 1):
        found = take(desk, operator, rights, right)
        findings.append(found)
        print(f"{number}/{len(every)} {right.function} {right.statement} {right.action}: {found.notice or found.why} ({found.seconds:.1f} s)", flush=True)
    if not only:
        RESULT.write_text(table(findings))
    missed = [found for found in findings if found.notice is None and not found.right.action.startswith(NOT_SIMULATED)]
    assert not missed, "nobody misses: " + "; ".join(f"{m.right.function} {m.right.statement} {m.right.action}: {m.why}" for m in missed)


def notices(function: str) -> list[Notice]:
    """Who may notice that the function lacks a right."""
    return [*NOTICES[function], running(function)]


def order(right: Right) -> list[Notice]:
    """Who notices soonest, first."""
    known = notices(right.function)
    return known[::-1] if right.action.startswith(AT_ONCE) else known


def take(desk: Desk, operator: Person, rights: Rights, right: Right) -> Finding:
    """Takes the right away and asks its function's tests, one after the other, until one fails because of it."""
    began, denial = time.monotonic(), f"denied {rights.roles[right.role]} {right.action} "
    if right.action.startswith(NOT_SIMULATED):
        return Finding(right, None, HELD, 0)
    why = "no test fails"
    for notice in order(right):
        place = arrange(desk, operator, notice)
        log = Log()
        patience.is_lost = lambda: denial in log.since()
        try:
            with rights.without(right):
                notice.test(**place)
        except (Exception, pytest.fail.Exception) as failure:
            if denial in log.since():
                return Finding(right, notice.name, "", time.monotonic() - began)
            why = f"{notice.name} fails without a denial: {failure}"
        else:
            if denial in log.since():
                why = f"denied, and {notice.name} passes"
        finally:
            patience.is_lost = lambda: False
            settle(desk)
    return Finding(right, None, why, time.monotonic() - began)


def attempt(desk: Desk, operator: Person, notice: Notice) -> None:
    """Runs a test with every right."""
    notice.test(**arrange(desk, operator, notice))


def arrange(desk: Desk, operator: Person, notice: Notice) -> dict[str, object]:
    """What the test asks for, as its fixtures would make it."""
    desk.services.assistant_is_honest()
    desk.services.stripe_is_up()
    desk.services.deliveries()
    wanted = inspect.signature(notice.test).parameters
    known = {"desk": lambda: desk, "operator": lambda: operator, "business": lambda: desk.business(operator)}
    return {name: make() for name, make in known.items() if name in wanted} | dict(notice.given)


def settle(desk: Desk) -> None:
    """Forgets the work that a test without rights left undone: it would come back in the midst of another."""
    for queue in QUEUES:
        desk.stack.aws.client("sqs").purge_queue(QueueUrl=desk.stack.resource(queue))


class Log:
    """What the simulated AWS has said since this was made."""

    def __init__(self):
        self._path = FOLDER / "aws.log"
        self._begin = self._path.stat().st_size

    def since(self) -> str:
        """All of it."""
        with self._path.open("rb") as log:
            log.seek(self._begin)
            return log.read().decode(errors="replace")


def table(findings: list[Finding]) -> str:
    """The page."""
    return "".join(f"{line}\n" for line in lines(findings))


def lines(findings: list[Finding]) -> Iterator[str]:
    """Its lines."""
    missed = [found for found in findings if found.notice is None]
    yield "# Least privilege"
    yield ""
    yield "Written by `make cloud-privilege`; not by hand. Each row took one action of one statement from the deployed role of one function,"
    yield "with IAM enforced, and names the test in `tests/cloud/` that then failed while the simulated AWS denied exactly that action to"
    yield "exactly that role. A statement stays only when each of its actions is missed. Policies that functions share are taken from one of them"
    yield "at a time. What Lambda does in a function's name (decrypt, log, poll, park) is held to its role by `tests/cloud/simulator/duties.py`."
    yield ""
    yield f"{len(findings)} rights; a test misses {len(findings) - len(missed)} of them."
    yield ""
    yield "| function | statement | action | test that failed |"
    yield "|---|---|---|---|"
    for found in findings:
        if found.notice:
            yield f"| {found.right.function} | {found.right.policy}.{found.right.statement} | `{found.right.action}` | `{found.notice}` |"
    if missed:
        yield ""
        yield "## Not missed by any test of a deployment"
        yield ""
        yield "| function | statement | action | why |"
        yield "|---|---|---|---|"
        for found in missed:
            why = found.why.replace("|", "/").splitlines()[0]
            yield f"| {found.right.function} | {found.right.policy}.{found.right.statement} | `{found.right.action}` | {why} |"
