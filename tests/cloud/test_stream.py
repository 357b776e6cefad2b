"""Streaming over the deployed API: words come as they are thought of, and a cut stream goes on where it was cut."""

import time

from desk import Business, Desk

PAUSE_MS = 400
WORDS = " ".join(f"word{n}" for n in range(12))


def test_the_first_words_come_before_the_last_are_thought_of(desk: Desk, business: Business):
    visitor = desk.visitor(business)
    visitor.ask("POST", "/sessions", {}).ok()
    desk.services.assistant_says({"text": WORDS, "delayMs": PAUSE_MS})
    arrivals = [(event["event"], time.monotonic()) for event in visitor.stream("Tell me.", "m1")]
    kinds = [kind for kind, _ in arrivals]
    assert kinds[-1] == "done", kinds
    texts = [at for kind, at in arrivals if kind == "text"]
    pieces = len(texts)
    assert 2 < pieces, kinds
    # The model pauses before each piece: what is held back to the end comes all at once.
    assert PAUSE_MS / 1000 * (pieces - 1) / 2 < texts[-1] - texts[0]


def test_a_cut_stream_goes_on_where_it_was_cut_without_asking_again(desk: Desk, business: Business):
    visitor = desk.visitor(business)
    visitor.ask("POST", "/sessions", {}).ok()
    desk.services.assistant_says({"text": WORDS})
    whole = list(visitor.stream("Tell me.", "m1"))
    assert whole[-1]["event"] == "done", whole[-1]
    asked = desk.services.times_asked()
    texts = [event for event in whole if event["event"] == "text"]
    last = texts[len(texts) // 2]
    rest = [event for event in visitor.stream("Tell me.", "m1", after=last["id"]) if event["event"] in ("text", "done")]
    heard = texts[: texts.index(last) + 1] + [event for event in rest if event["event"] == "text"]
    assert "".join(event["data"]["content"] for event in heard) == WORDS
    assert rest[-1]["event"] == "done"
    assert desk.services.times_asked() == asked


def test_a_proposal_comes_again_when_its_stream_was_cut(desk: Desk, business: Business):
    visitor = desk.visitor(business)
    visitor.ask("POST", "/sessions", {}).ok()
    visitor.say("When is a portrait session free?")
    visitor.say("The first one, please.")
    words = f"My name is Ann Lee and my email is {visitor.email}"
    first, again = ([event for event in visitor.stream(words, "m1") if event["event"] == "proposal"] for _ in range(2))
    assert len(first) == 1
    assert [event["data"]["id"] for event in again] == [event["data"]["id"] for event in first]
