"""Patience: waits for what the cloud does in its own time, and gives up with what it saw last."""

import time
from typing import Callable, TypeVar

PAUSE_SECONDS = 0.2

Seen = TypeVar("Seen")


# Whether nothing more can come. `privilege.py` says so where a call was denied: what it fails is soon seen, and never mends itself.
is_lost: Callable[[], bool] = lambda: False
GRACE_SECONDS = 3


def until(look: Callable[[], Seen], is_right: Callable[[Seen], bool] = bool, seconds: float = 45) -> Seen:
    """Looks again and again until what is seen is right, and gives it back."""
    lost, deadline = False, time.monotonic() + seconds
    while True:
        seen = look()
        if is_right(seen):
            return seen
        if deadline < time.monotonic():
            raise AssertionError(f"not within {seconds:.0f} s; last seen: {seen!r}")
        if not lost and is_lost():
            lost, deadline = True, min(deadline, time.monotonic() + GRACE_SECONDS)
        time.sleep(PAUSE_SECONDS)
