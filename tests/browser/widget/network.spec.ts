// The network goes and comes back: nothing the visitor said is lost, nothing is answered twice,
// and what has not arrived yet is shown as waiting.

import type { Page } from "@playwright/test";
import { type Chat, expect, test } from "../fixtures.ts";
import type { Desk } from "../mock/desk.ts";
import { door, portraitProposal } from "../mock/turns.ts";

test.use({ forgiven: /Failed to load resource|ERR_/ });

const said = (desk: Desk) => desk.calls("message/stream").map(({ body }) => body.message);
const names = (desk: Desk) => desk.calls("message/stream").map(({ body }) => body.clientMessageId);

/** Lets the page's clock run until something shows. */
async function until(page: Page, shows: () => Promise<unknown>): Promise<void> {
  await expect(async () => {
    await page.clock.runFor(1000);
    await shows();
  }).toPass();
}

async function opened(page: Page, desk: Desk, chat: Chat): Promise<void> {
  await chat.start(desk);
  await expect(chat.button("What can I book?")).toBeVisible();
  await page.clock.install();
}

test("what is said offline waits in view and goes out in the order of speaking", async ({
  page,
  desk,
  chat,
  context,
}) => {
  desk.willSay([{ text: "To one." }], [{ text: "To two." }], [{ text: "To three." }]);
  await opened(page, desk, chat);
  await context.setOffline(true);
  await expect(chat.dialog).toContainText("No connection");
  for (const word of ["one", "two", "three"]) await chat.say(word);
  const rows = chat.log.locator(".row.visitor");
  await expect(rows.nth(0)).toContainText("goes out when you are back");
  await expect(rows.nth(1)).toContainText("Waiting to be sent");
  await expect(rows.nth(2)).toContainText("Waiting to be sent");
  await page.clock.runFor(120_000);
  await expect(rows).toHaveCount(3);
  await context.setOffline(false);
  await expect(chat.dialog).not.toContainText("No connection");
  await until(page, () => expect(chat.answer).toHaveText("To three.", { timeout: 200 }));
  expect(said(desk)).toEqual(["one", "two", "three"]);
  expect(desk.turnsRun).toBe(3);
  await expect(rows).toHaveCount(3);
  await expect(chat.log).not.toContainText(/Waiting|goes out/);
});

test("what waits outlives a reload", async ({ page, desk, chat }) => {
  desk.willSay([{ text: "To one." }], [{ text: "To two." }]);
  await opened(page, desk, chat);
  desk.cut(true);
  await chat.say("one");
  await chat.say("two");
  await until(page, () =>
    expect(chat.log).toContainText("That did not reach us.", { timeout: 200 }),
  );
  const before = await page.evaluate(() => Object.values(sessionStorage).join());
  desk.cut(false);
  await page.reload();
  await until(page, () => expect(chat.answer).toHaveText("To two.", { timeout: 200 }));
  expect(said(desk)).toEqual(["one", "two"]);
  for (const name of names(desk)) expect(before).toContain(name);
  await expect(chat.log.locator(".row.visitor")).toHaveCount(2);
  await expect(chat.log.locator(".row.assistant")).toHaveCount(3);
});

test("a minute without network in mid-stream doubles and loses nothing", async ({
  page,
  desk,
  chat,
}) => {
  const { until: held, open } = door();
  desk.willSay([{ text: "The first half, " }, { until: held }, { text: "the second half." }]);
  await opened(page, desk, chat);
  await chat.say("Tell me");
  await until(page, () => expect(chat.answer).toHaveText("The first half,", { timeout: 200 }));
  desk.cut(true);
  await until(page, () =>
    expect(chat.log).toContainText("Picking up where it stopped", { timeout: 200 }),
  );
  await page.clock.runFor(60_000);
  await expect(chat.log).toContainText("The first half,");
  open();
  desk.cut(false);
  await until(page, () =>
    expect(chat.answer).toHaveText("The first half, the second half.", { timeout: 200 }),
  );
  await expect(chat.log.getByText("The first half")).toHaveCount(1);
  await expect(chat.log.locator(".row.visitor")).toHaveCount(1);
  await expect(chat.log).not.toContainText(/did not reach|Picking up/);
  expect(new Set(names(desk)).size).toBe(1);
  expect(desk.turnsRun).toBe(1);
});

test("cut off before the first message, the chat begins when it can", async ({
  page,
  desk,
  chat,
}) => {
  await page.goto(`${desk.url}/bare`);
  await chat.launcher.hover();
  await expect(page.locator("frontdesk-chat .panel")).toBeAttached();
  await page.clock.install();
  desk.cut(true);
  await chat.open();
  await expect(chat.log).toContainText("Hi! How can we help you today?");
  await chat.say("What can I book?");
  await until(page, () =>
    expect(chat.log).toContainText("That did not reach us.", { timeout: 200 }),
  );
  await page.clock.runFor(60_000);
  desk.cut(false);
  await until(page, () =>
    expect(chat.answer).toContainText("Here is what you can book", { timeout: 200 }),
  );
  expect(desk.calls("sessions")).toHaveLength(1);
  expect(desk.turnsRun).toBe(1);
  await expect(chat.log.getByText("Hi! How can we help you today?")).toHaveCount(1);
});

test("a confirmation whose answer is lost is asked for again and booked once", async ({
  page,
  desk,
  chat,
}) => {
  desk.willSay([{ text: "Please confirm." }, { proposal: portraitProposal() }]);
  await opened(page, desk, chat);
  await chat.say("Book");
  await until(page, () => expect(chat.button("Confirm booking")).toBeVisible({ timeout: 200 }));
  desk.cut(true);
  await chat.button("Confirm booking").click();
  await expect(chat.button("One moment…")).toBeVisible();
  desk.cut(false);
  await until(page, () =>
    expect(chat.dialog).toContainText("Reserved, payment open", { timeout: 200 }),
  );
  expect(new Set(desk.calls("confirm").map(({ path }) => path)).size).toBe(1);
});

test("a confirmation that does not get through in time can be pressed again", async ({
  page,
  desk,
  chat,
}) => {
  desk.willSay([{ text: "Please confirm." }, { proposal: portraitProposal() }]);
  await opened(page, desk, chat);
  await chat.say("Book");
  await until(page, () => expect(chat.button("Confirm booking")).toBeVisible({ timeout: 200 }));
  desk.cut(true);
  await chat.button("Confirm booking").click();
  await until(page, () =>
    expect(chat.dialog.getByRole("alert")).toHaveText("That did not reach us.", { timeout: 200 }),
  );
  await page.clock.runFor(60_000);
  desk.cut(false);
  await chat.button("Confirm booking").click();
  await expect(chat.dialog).toContainText("K7MPX4WQ");
});
