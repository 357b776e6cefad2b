// Every setting of the owner, as a visitor's page shows it.

import { type Chat, expect, test } from "../fixtures.ts";
import type { Desk } from "../mock/desk.ts";
import { door } from "../mock/turns.ts";

test.use({ contextOptions: { reducedMotion: "reduce" } });

const set = (desk: Desk, settings: object) => Object.assign(desk.config.widget as object, settings);

const background = (chat: Chat, selector: string) =>
  chat.page
    .locator(`frontdesk-chat ${selector}`)
    .last()
    .evaluate((node) => getComputedStyle(node).backgroundColor);

test("primary colour", async ({ page, desk, chat }) => {
  set(desk, { primaryColor: "#102030" });
  await page.goto(`${desk.url}/bare`);
  expect(await background(chat, ".launcher")).toBe("rgb(16, 32, 48)");
  await chat.open();
  expect(await background(chat, ".head")).toBe("rgb(16, 32, 48)");
});

test("secondary colour", async ({ desk, chat }) => {
  set(desk, { secondaryColor: "#302010" });
  await chat.start(desk);
  await chat.say("Hello");
  expect(await background(chat, ".row.visitor .bubble")).toBe("rgb(48, 32, 16)");
});

test("header and greeting", async ({ desk, chat }) => {
  set(desk, { header: "Ask the atelier", greeting: "Bonjour! What may it be?" });
  await chat.start(desk);
  await expect(chat.dialog).toHaveAccessibleName("Ask the atelier");
  await expect(chat.log).toContainText("Bonjour! What may it be?");
});

test("the defaults of what is not set", async ({ page, desk, chat }) => {
  desk.config.widget = {};
  await page.goto(`${desk.url}/bare`);
  await expect(chat.launcher).toHaveCSS("background-color", "rgb(55, 77, 66)");
  await chat.open();
  await expect(chat.dialog).toHaveAccessibleName("Chat with us");
  await expect(chat.log).toContainText("Hi! How can we help you today?");
});

for (const [position, offsetX, offsetY] of [
  ["bottom-right", 60, 48],
  ["bottom-left", 33, 90],
] as const) {
  test(`position ${position} and offsets`, async ({ page, desk, chat }) => {
    set(desk, { position, offsetX, offsetY });
    await page.goto(`${desk.url}/bare`);
    const box = (await chat.launcher.boundingBox())!;
    const { width, height } = page.viewportSize()!;
    const side = position === "bottom-left" ? box.x : width - box.x - box.width;
    expect(side).toBe(offsetX);
    expect(height - box.y - box.height).toBe(offsetY);
    await chat.open();
    const panel = (await chat.dialog.boundingBox())!;
    const panelSide = position === "bottom-left" ? panel.x : width - panel.x - panel.width;
    expect(panelSide).toBe(offsetX);
  });
}

test("the panel opens by itself after its delay, and stores nothing by that", async ({
  page,
  desk,
  chat,
}) => {
  set(desk, { autoOpenDelay: 7 });
  await page.clock.install();
  await page.goto(`${desk.url}/bare`);
  await expect(chat.launcher).toBeVisible();
  await page.clock.runFor(6000);
  await expect(chat.dialog).toHaveCount(0);
  await page.clock.runFor(2000);
  await expect(chat.dialog).toBeVisible();
  expect(await page.evaluate(() => sessionStorage.length)).toBe(0);
  expect(desk.calls("sessions")).toHaveLength(0);
});

for (const showTyping of [true, false]) {
  test(`typing is ${showTyping ? "" : "not "}shown`, async ({ desk, chat }) => {
    const { until, open } = door();
    set(desk, { showTyping });
    desk.willSay([{ until }, { text: "Done." }]);
    await chat.start(desk);
    await chat.say("Hello");
    await expect.poll(() => desk.calls("message/stream").length).toBe(1);
    await expect(chat.log.locator(".dots")).toHaveCount(showTyping ? 1 : 0);
    open();
    await expect(chat.answer).toHaveText("Done.");
  });
}

for (const showReadReceipts of [true, false]) {
  test(`read receipts are ${showReadReceipts ? "" : "not "}given and shown`, async ({
    page,
    desk,
    chat,
  }) => {
    set(desk, { showReadReceipts });
    await chat.start(desk);
    await page.clock.install();
    await chat.button("Talk to a person").click();
    await expect(chat.log).toContainText("The team has been told.");
    desk.mode = "active";
    desk.agentSays("Hello.");
    await page.clock.runFor(5000);
    await expect(chat.log).toContainText("Hello.");
    const expected = showReadReceipts ? [{ sessionId: "session-1", upTo: "m000001" }] : [];
    await expect.poll(() => desk.calls("read").map(({ body }) => body)).toEqual(expected);
    desk.messages.push({
      id: "m000002",
      sender: "visitor",
      content: "Hello to you.",
      createdAt: "2026-11-22T10:00:00Z",
      readAt: "2026-11-22T10:01:00Z",
    });
    await page.reload();
    const foot = chat.log.locator(".row.visitor .foot");
    await expect(foot).toContainText(":");
    await expect(foot.getByText("Read")).toHaveCount(showReadReceipts ? 1 : 0);
  });
}

test("what is written while the panel is closed counts as read once it is opened", async ({
  page,
  desk,
  chat,
}) => {
  set(desk, { showReadReceipts: true });
  await chat.start(desk);
  await page.clock.install();
  await chat.button("Talk to a person").click();
  await expect(chat.log).toContainText("The team has been told.");
  await chat.field.press("Escape");
  desk.agentSays("Hello.");
  await page.clock.runFor(5000);
  await expect(chat.launcher).toHaveClass(/unread/);
  expect(desk.calls("read")).toHaveLength(0);
  await chat.open();
  await expect.poll(() => desk.calls("read").length).toBe(1);
});

test("business hours off: nobody is said to be away", async ({ desk, chat }) => {
  set(desk, { businessHours: { enabled: false, weekly: [] }, offlineMessage: "Away" });
  await chat.start(desk);
  await expect(chat.dialog).not.toContainText("Away");
});

test("the offline message", async ({ desk, chat }) => {
  desk.config.online = false;
  set(desk, { offlineMessage: "Gone fishing." });
  await chat.start(desk);
  await expect(chat.log).toContainText("Gone fishing.");
});
