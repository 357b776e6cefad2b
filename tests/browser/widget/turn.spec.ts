// A turn on a bad network and with a strict front desk: nothing lost, nothing doubled, and the
// visitor is told what is going on.

import { expect, test } from "../fixtures.ts";
import { door } from "../mock/turns.ts";

test.use({ forgiven: /Failed to load resource|ERR_/ });

const LONG = [
  { text: "One two three four five six seven eight nine ten. " },
  { tool: "check_availability" },
  { text: "Eleven twelve thirteen fourteen fifteen sixteen." },
];
const WHOLE =
  /^One two three four five six seven eight nine ten\.\s*Eleven twelve thirteen fourteen fifteen sixteen\.$/;

test("a stream that drops twice comes out whole", async ({ desk, chat }) => {
  const [first, second] = [door(), door()];
  desk.willSay([
    { text: "One, two, " },
    { until: first.until },
    { tool: "check_availability" },
    { text: "three, " },
    { until: second.until },
    { text: "four." },
  ]);
  desk.willDropAfter(2, 2);
  await chat.start(desk);
  await chat.say("Count");
  await expect(chat.answer).toHaveText("One, two,");
  first.open();
  await expect(chat.answer).toHaveText("One, two, three,");
  second.open();
  await expect(chat.answer).toHaveText("One, two, three, four.");
  const calls = desk.calls("message/stream");
  expect(calls.map(({ headers }) => headers["last-event-id"])).toEqual([undefined, "2", "5"]);
  expect(new Set(calls.map(({ body }) => body.clientMessageId)).size).toBe(1);
  expect(desk.turnsRun).toBe(1);
  await expect(chat.log.locator(".row.visitor")).toHaveCount(1);
});

test("a stream that drops before its first event is asked for again", async ({ desk, chat }) => {
  desk.willSay(LONG);
  desk.willDropAfter(0);
  await chat.start(desk);
  await chat.say("Count");
  await expect(chat.log).toContainText("Picking up where it stopped");
  await expect(chat.answer).toHaveText(WHOLE);
  expect(desk.turnsRun).toBe(1);
});

test("where no stream gets through, the answer comes as one piece", async ({ desk, chat }) => {
  desk.willSay(LONG);
  desk.willRefuse("message", { status: 404 });
  await chat.start(desk);
  await chat.say("Count");
  await expect(chat.answer).toHaveText(WHOLE);
  expect(desk.calls("message").map(({ path }) => path.split("/").pop())).toEqual([
    "stream",
    "message",
  ]);
});

test("a server that stumbles is tried again", async ({ desk, chat }) => {
  desk.willSay(LONG);
  desk.willRefuse("message", { status: 503 }, { status: 500 });
  await chat.start(desk);
  await chat.say("Count");
  await expect(chat.answer).toHaveText(WHOLE);
});

test("a message that cannot be sent says so and is sent on request", async ({
  page,
  desk,
  chat,
}) => {
  const broken = { status: 503 };
  desk.willRefuse("message", broken, broken, broken, broken, broken, broken);
  desk.willSay(LONG);
  await page.goto(`${desk.url}/bare`);
  await page.clock.install();
  await chat.open();
  await chat.say("Count");
  await expect(async () => {
    await page.clock.runFor(2000);
    await expect(chat.log).toContainText("That did not reach us.", { timeout: 200 });
  }).toPass();
  await page.clock.resume();
  await chat.button("Try again").click();
  await expect(chat.answer).toHaveText(WHOLE);
  await expect(chat.log.locator(".row.visitor")).toHaveCount(1);
  await expect(chat.button("Try again")).toHaveCount(0);
});

test("too many messages: the server's words, and a wait as long as it asked", async ({
  page,
  desk,
  chat,
}) => {
  const detail = "This business has reached its chat limit. Please try again later.";
  const refusal = {
    status: 429,
    headers: { "Retry-After": "3" },
    body: { code: "rate_limited", detail },
  };
  desk.willRefuse("message", refusal);
  await chat.start(desk);
  await page.clock.install();
  await chat.say("What can I book?");
  await expect(chat.log).toContainText(detail);
  await expect(chat.button("Try again")).toBeDisabled();
  await page.clock.runFor(4000);
  await expect(chat.button("Try again")).toBeEnabled();
  await page.clock.resume();
  await chat.button("Try again").click();
  await expect(chat.answer).toContainText("Here is what you can book");
});

test("an expired session is replaced and the message still arrives", async ({ desk, chat }) => {
  await chat.start(desk);
  await expect(chat.button("What can I book?")).toBeVisible();
  desk.willRefuse("message", { status: 400, body: { code: "session_invalid" } });
  await chat.say("What can I book?");
  await expect(chat.answer).toContainText("Here is what you can book");
  await expect(chat.log).toContainText("Your earlier chat had ended");
  expect(desk.calls("sessions")).toHaveLength(2);
  await expect(chat.log.locator(".row.visitor")).toHaveCount(1);
});

test("offline: the message waits and goes out by itself", async ({ page, desk, chat, context }) => {
  await chat.start(desk);
  await expect(chat.button("What can I book?")).toBeVisible();
  await page.clock.install();
  await context.setOffline(true);
  await chat.say("What can I book?");
  await expect(async () => {
    await page.clock.runFor(2000);
    await expect(chat.log).toContainText("goes out when you are back", { timeout: 200 });
  }).toPass();
  await page.clock.resume();
  await context.setOffline(false);
  await expect(chat.answer).toContainText("Here is what you can book");
  await expect(chat.log.locator(".row.visitor")).toHaveCount(1);
});

test("messages written while an answer is coming are answered in order", async ({ desk, chat }) => {
  const { until, open } = door();
  desk.willSay([{ until }, { text: "To the first." }], [{ text: "To the second." }]);
  await chat.start(desk);
  await chat.say("first");
  await chat.say("second");
  await expect.poll(() => desk.calls("message/stream").length).toBe(1);
  open();
  await expect(chat.answer).toHaveText("To the second.");
  const said = desk.calls("message/stream").map(({ body }) => body.message);
  expect(said).toEqual(["first", "second"]);
});

test("a reload in mid-answer brings the rest", async ({ page, desk, chat }) => {
  const { until, open } = door();
  desk.willSay([{ text: "Half. " }, { until }, { text: "The other half." }]);
  await chat.start(desk);
  await chat.say("Tell me");
  await expect(chat.answer).toHaveText("Half.");
  open();
  await page.reload();
  await expect(chat.dialog).toBeVisible();
  await expect(chat.answer).toHaveText("Half. The other half.");
  await expect(chat.log.locator(".row.visitor")).toHaveCount(1);
  await expect(chat.log.getByText("Half. The other half.")).toHaveCount(1);
  expect(desk.turnsRun).toBe(1);
});

test("an error of the assistant is said plainly and may be retried", async ({ desk, chat }) => {
  const message = "The assistant is not available right now.";
  desk.willSay([{ error: { code: "model_unavailable", message } }], [{ text: "Here again." }]);
  await chat.start(desk);
  await chat.say("Hello");
  await expect(chat.log).toContainText(message);
  await chat.button("Try again").click();
  await expect(chat.answer).toHaveText("Here again.");
});
