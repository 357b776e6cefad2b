// Proposals, payment and the code that proves an email, as the visitor handles them.

import { expect, test } from "../fixtures.ts";
import { portraitProposal } from "../mock/turns.ts";

test.use({ forgiven: /Failed to load resource/ });

const OFFER = { text: "Please confirm." };

test.beforeEach(async ({ page, desk, chat }) => {
  await page.goto(`${desk.url}/`);
  await chat.open();
});

test("a confirmed booking shows the server's record and is paid", async ({ page, desk, chat }) => {
  desk.willSay([OFFER, { proposal: portraitProposal() }]);
  await chat.say("Book");
  await chat.button("Confirm booking").click();
  await expect(chat.dialog).toContainText("Reserved, payment open");
  await expect(chat.dialog).toContainText("K7MPX4WQ");
  await chat.dialog.getByRole("link", { name: "Pay €120.00" }).click();
  await page.getByRole("button", { name: "Pay" }).click();
  await expect(page.getByRole("status").first()).toContainText("your payment has arrived");
  await expect(chat.dialog).toContainText("Booking confirmed");
  await expect(chat.dialog.getByRole("link", { name: /Pay/ })).toHaveCount(0);
  await expect(chat.log).toContainText("Please confirm.");
});

test("a payment called off leaves the booking open to be paid", async ({ page, desk, chat }) => {
  desk.willSay([OFFER, { proposal: portraitProposal() }]);
  await chat.say("Book");
  await chat.button("Confirm booking").click();
  await chat.dialog.getByRole("link", { name: "Pay €120.00" }).click();
  await page.getByRole("button", { name: "Cancel" }).click();
  await expect(chat.dialog).toContainText("Reserved, payment open");
  await expect(chat.dialog.getByRole("link", { name: "Pay €120.00" })).toBeVisible();
});

test("pressing Confirm twice confirms once", async ({ desk, chat }) => {
  desk.willSay([OFFER, { proposal: portraitProposal() }]);
  await chat.say("Book");
  await chat.button("Confirm booking").dblclick();
  await expect(chat.dialog).toContainText("Reserved, payment open");
  expect(desk.calls("confirm")).toHaveLength(1);
  expect(desk.calls("confirm")[0]?.body).toEqual({ sessionId: "session-1" });
});

test("a declined proposal offers nothing more", async ({ desk, chat }) => {
  desk.willSay([OFFER, { proposal: portraitProposal() }]);
  await chat.say("Book");
  await chat.button("Decline").click();
  await expect(chat.dialog).toContainText("Declined. Nothing was changed.");
  await expect(chat.button("Confirm booking")).toHaveCount(0);
  expect(desk.calls("decline")).toHaveLength(1);
});

test("a time that somebody else got is told kindly, with times near it", async ({ desk, chat }) => {
  desk.willSay([OFFER, { proposal: portraitProposal() }]);
  desk.willRefuse("confirm", {
    status: 409,
    body: {
      code: "slot_taken",
      alternatives: [{ startsAt: "2026-11-24T14:30:00Z" }, { startsAt: "2026-11-25T09:00:00Z" }],
    },
  });
  await chat.say("Book");
  await chat.button("Confirm booking").click();
  await expect(chat.dialog).toContainText("Someone was a moment faster");
  await chat.button(/Tue.* 24 Nov.*15:30/).click();
  await expect(chat.log.locator(".row.visitor").last()).toContainText(
    /I would like Tue.* 24 Nov.*15:30 instead/,
  );
});

test("a time that a rule refuses says so in the desk's own words, with times near it", async ({
  desk,
  chat,
}) => {
  desk.willSay([OFFER, { proposal: portraitProposal() }]);
  desk.willRefuse("confirm", {
    status: 409,
    body: {
      code: "too_soon",
      detail: "That time begins too soon to be booked.",
      alternatives: [{ startsAt: "2026-11-24T14:30:00Z" }],
    },
  });
  await chat.say("Book");
  await chat.button("Confirm booking").click();
  await expect(chat.dialog).toContainText("That time begins too soon to be booked.");
  await expect(chat.dialog).not.toContainText("Someone was a moment faster");
  await expect(chat.button(/Tue.* 24 Nov.*15:30/)).toBeVisible();
});

test("an expired proposal can be asked for again", async ({ desk, chat }) => {
  const soon = new Date(Date.now() + 2500).toISOString();
  desk.willSay([OFFER, { proposal: portraitProposal({ expiresAt: soon }) }]);
  await chat.say("Book");
  await expect(chat.button("Confirm booking")).toBeVisible();
  await expect(chat.dialog).toContainText("This offer has expired.");
  await chat.button("Ask again").click();
  await expect(chat.log.locator(".row.visitor")).toHaveCount(2);
});

test("an offer that the server calls expired is shown so", async ({ desk, chat }) => {
  desk.willSay([OFFER, { proposal: portraitProposal() }]);
  desk.willRefuse("confirm", { status: 410, body: { code: "proposal_expired" } });
  await chat.say("Book");
  await chat.button("Confirm booking").click();
  await expect(chat.dialog).toContainText("This offer has expired.");
});

test("cards and messages survive a reload", async ({ page, desk, chat }) => {
  desk.willSay([OFFER, { proposal: portraitProposal() }]);
  await chat.say("Book");
  await expect(chat.button("Confirm booking")).toBeVisible();
  await page.reload();
  await expect(chat.log).toContainText("Please confirm.");
  await chat.button("Confirm booking").click();
  await expect(chat.dialog).toContainText("K7MPX4WQ");
});

test("a code proves the email and the assistant goes on by itself", async ({ desk, chat }) => {
  desk.willSay(
    [{ tool: "verify_email" }, { text: "I sent a code." }],
    [{ text: "You have one booking." }],
  );
  await chat.say("What have I booked?");
  const field = chat.dialog.getByLabel("6-digit code");
  await field.fill("000000");
  await field.press("Enter");
  await expect(chat.dialog.getByRole("alert")).toHaveText(
    "That code is not right. 4 tries are left.",
  );
  await field.fill("123 456");
  await chat.button("Verify").click();
  await expect(chat.dialog).toContainText("Email confirmed");
  await expect(chat.answer).toHaveText("You have one booking.");
});

test("a person is always one tap away, and is heard", async ({ desk, chat }) => {
  await chat.button("Talk to a person").click();
  await expect(chat.log).toContainText("The team has been told.");
  desk.mode = "active";
  desk.agentSays("Hello, this is Lena.");
  await expect(chat.log.locator(".row.agent")).toContainText("Hello, this is Lena.");
});
