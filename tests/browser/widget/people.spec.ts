// A person of the business: called when there is one, left a message when there is none.

import { expect, test } from "../fixtures.ts";

test.use({ forgiven: /Failed to load resource/ });

const MONDAY_TO_FRIDAY = ["monday", "tuesday", "wednesday", "thursday", "friday"];

const weekly = [...MONDAY_TO_FRIDAY, "saturday", "sunday"].map((day) => ({
  day,
  open: MONDAY_TO_FRIDAY.includes(day)
    ? [
        { opens: "09:00", closes: "12:00" },
        { opens: "13:00", closes: "17:00" },
      ]
    : [],
}));

test("a person is called directly, whether or not the assistant can answer", async ({
  desk,
  chat,
}) => {
  await chat.start(desk);
  await chat.button("Talk to a person").click();
  await expect(chat.log).toContainText("The team has been told.");
  expect(desk.calls("escalate")[0]?.body).toEqual({ sessionId: "session-1" });
  expect(desk.turnsRun).toBe(0);
});

test("the place in line and the expected wait are shown as they change", async ({
  page,
  desk,
  chat,
}) => {
  desk.queue = { position: 3, expectedWaitSeconds: 290 };
  await chat.start(desk);
  await page.clock.install();
  await chat.button("Talk to a person").click();
  await expect(chat.log).toContainText("You are number 3 in line. That takes about 5 minutes.");
  desk.queue = { position: 1, expectedWaitSeconds: 30 };
  await page.clock.runFor(5000);
  await expect(chat.log).toContainText("You are number 1 in line. That takes about 1 minute.");
  await expect(chat.log.getByText("in line")).toHaveCount(1);
  desk.mode = "active";
  desk.queue = undefined;
  desk.agentSays("Hello, this is **Lena**.");
  await page.clock.runFor(5000);
  await expect(chat.log.locator(".row.agent")).toContainText("Team: Hello, this is Lena.");
  await expect(chat.log.getByText("in line")).toHaveCount(0);
});

test("what the team has written is there after a reload, and shown once", async ({
  page,
  desk,
  chat,
}) => {
  await chat.start(desk);
  await page.clock.install();
  await chat.button("Talk to a person").click();
  await expect(chat.log).toContainText("The team has been told.");
  desk.mode = "active";
  desk.agentSays("Hello, this is Lena.");
  await page.clock.runFor(5000);
  await expect(chat.log).toContainText("Hello, this is Lena.");
  await page.reload();
  await page.clock.runFor(9000);
  await expect(chat.log.getByText("Hello, this is Lena.")).toHaveCount(1);
  desk.agentSays("Still there?");
  await page.clock.runFor(5000);
  await expect(chat.log.getByText("Still there?")).toHaveCount(1);
});

test("the assistant's silence beside a person is no failure", async ({ page, desk, chat }) => {
  desk.willSay([{ text: "" }]);
  await chat.start(desk);
  await page.clock.install();
  await chat.button("Talk to a person").click();
  await expect(chat.log).toContainText("The team has been told.");
  desk.mode = "active";
  desk.agentSays("Hello.");
  await page.clock.runFor(5000);
  await expect(chat.log.locator(".row.agent")).toHaveCount(1);
  await chat.say("Can you help me?");
  await expect(chat.log).toHaveAttribute("aria-busy", "false");
  await expect(chat.log.locator(".row.visitor .foot")).toContainText(":");
  await expect(chat.log).not.toContainText("there is no answer");
});

test("a fourth call says that the team knows", async ({ desk, chat }) => {
  const detail = "Your request is already with the team. Somebody will get back to you.";
  desk.willRefuse("escalate", { status: 429, body: { code: "rate_limited", detail } });
  await chat.start(desk);
  await chat.button("Talk to a person").click();
  await expect(chat.log).toContainText(detail);
});

test.describe("outside business hours", () => {
  test.beforeEach(({ desk }) => {
    Object.assign(desk.config, { online: false });
    Object.assign(desk.config.widget as object, {
      offlineMessage: "We are having a rest. Leave a message!",
      businessHours: { enabled: true, weekly },
    });
  });

  for (const [now, back] of [
    ["2026-11-23T07:10:00Z", "Monday 09:00"],
    ["2026-11-23T11:30:00Z", "Monday 13:00"],
    ["2026-11-23T16:00:00Z", "Tuesday 09:00"],
    ["2026-11-20T20:00:00Z", "Monday 09:00"],
  ] as const) {
    test(`at ${now} it says that people are back on ${back}`, async ({ page, desk, chat }) => {
      await page.clock.setFixedTime(now);
      await page.goto(`${desk.url}/bare`);
      await chat.open();
      await expect(chat.log).toContainText(
        `We are having a rest. Leave a message! We are back on ${back}.`,
      );
    });
  }

  test("a message is left with an address to answer to, while the assistant answers", async ({
    desk,
    chat,
  }) => {
    await chat.start(desk);
    await chat.say("What can I book?");
    await expect(chat.answer).toContainText("Here is what you can book");
    await chat.button("Talk to a person").click();
    const email = chat.dialog.getByLabel("Your email");
    await expect(email).toBeFocused();
    await email.fill("ada@example.com");
    const form = chat.dialog.getByRole("region", { name: "Leave a message" });
    await form.getByLabel("Your message").fill("Do you photograph dogs?");
    await form.getByRole("button").click();
    await expect(chat.log).toContainText("The team has your message and answers by email.");
    expect(desk.calls("escalate").map(({ body }) => body)).toEqual([
      {
        sessionId: "session-1",
        customerEmail: "ada@example.com",
        reason: "Do you photograph dogs?",
      },
    ]);
  });

  test("what is missing or refused is said, and nothing written is lost", async ({
    desk,
    chat,
  }) => {
    await chat.start(desk);
    const form = chat.dialog.getByRole("region", { name: "Leave a message" });
    await form.getByLabel("Your message").fill("Do you photograph dogs?");
    await form.getByLabel("Your email").fill("not an address");
    await form.getByRole("button").click();
    await expect(form.getByRole("alert")).toContainText("your email address");
    await expect(form.getByLabel("Your email")).toBeFocused();
    const detail = "That is not an email address.";
    desk.willRefuse("escalate", { status: 400, body: { code: "invalid", detail } });
    await form.getByLabel("Your email").fill("a@b");
    await form.getByRole("button").click();
    await expect(form.getByRole("alert")).toHaveText(detail);
    await expect(form.getByLabel("Your message")).toHaveValue("Do you photograph dogs?");
  });
});
