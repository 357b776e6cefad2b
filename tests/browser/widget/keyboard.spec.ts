// The widget by keyboard and for screen readers.

import type { Page } from "@playwright/test";
import { breaches as breachesIn } from "../axe.ts";
import { expect, test } from "../fixtures.ts";
import { door } from "../mock/turns.ts";

const breaches = (page: Page) => breachesIn(page, "frontdesk-chat");

test.use({ forgiven: /Failed to load resource/ });

test("a booking is made without a mouse", async ({ page, desk, chat }) => {
  await page.goto(`${desk.url}/bare`);
  await expect(chat.launcher).toBeVisible();
  await expect(chat.launcher).toHaveAttribute("aria-expanded", "false");
  await page.keyboard.press("Tab");
  await page.keyboard.press("Tab");
  await expect(chat.launcher).toBeFocused();
  await page.keyboard.press("Enter");
  await expect(chat.field).toBeFocused();
  await expect(chat.launcher).toHaveAttribute("aria-expanded", "true");
  await page.keyboard.type("14:00 please, Ada Lovelace, ada@example.com");
  await page.keyboard.press("Enter");
  await expect(chat.button("Confirm booking")).toBeVisible();
  await expect(chat.field, "an arrival moved the focus").toBeFocused();
  await page.keyboard.press("Shift+Tab");
  await expect(chat.button("Decline")).toBeFocused();
  await page.keyboard.press("Shift+Tab");
  await expect(chat.button("Confirm booking")).toBeFocused();
  await page.keyboard.press("Enter");
  await expect(chat.dialog.getByRole("link", { name: "Pay €120.00" })).toBeFocused();
});

test("Escape closes the panel and gives the focus back", async ({ page, desk, chat }) => {
  await chat.start(desk);
  await page.keyboard.press("Escape");
  await expect(chat.dialog).toBeHidden();
  await expect(chat.launcher).toBeFocused();
  await expect(chat.launcher).toHaveAttribute("aria-expanded", "false");
});

test("a tapped suggestion does not drop the focus", async ({ desk, chat }) => {
  await chat.start(desk);
  await chat.button("What can I book?").press("Enter");
  await expect(chat.field).toBeFocused();
});

test("Shift and Enter break the line, Enter alone sends", async ({ desk, chat }) => {
  await chat.start(desk);
  await chat.field.pressSequentially("one");
  await chat.field.press("Shift+Enter");
  await chat.field.pressSequentially("two");
  await chat.field.press("Enter");
  await expect(chat.answer).toContainText("Here is what you can book");
  expect(desk.calls("message/stream").map(({ body }) => body.message)).toEqual(["one\ntwo"]);
});

test("an answer is announced once, when it is whole", async ({ desk, chat }) => {
  const { until, open } = door();
  desk.willSay([{ text: "First half, " }, { until }, { text: "second half." }]);
  await chat.start(desk);
  await chat.say("Hello");
  const live = chat.dialog.locator("[aria-live=polite]");
  await expect(chat.answer).toHaveText("First half,");
  await expect(chat.log).toHaveAttribute("aria-busy", "true");
  await expect(live).toBeEmpty();
  open();
  await expect(live).toHaveText("First half, second half.");
  await expect(chat.log).toHaveAttribute("aria-busy", "false");
});

for (const colorScheme of ["light", "dark"] as const) {
  test.describe(`in ${colorScheme}`, () => {
    test.use({ colorScheme, reducedMotion: "reduce" });

    test("axe finds nothing in any state", async ({ page, desk, chat }) => {
      const clean = async (state: string) => expect(await breaches(page), state).toEqual([]);
      await page.goto(`${desk.url}/bare`);
      await expect(chat.launcher).toBeVisible();
      await clean("closed");
      await chat.open();
      await expect(chat.button("What can I book?")).toBeVisible();
      await clean("open");
      await chat.say("When is a portrait session free?");
      await expect(chat.button("Tue 24 Nov, 14:00")).toBeVisible();
      await clean("answered");
      await chat.say("Ada, ada@example.com");
      await expect(chat.button("Confirm booking")).toBeVisible();
      await clean("proposal");
      await chat.button("Confirm booking").click();
      await expect(chat.dialog.getByRole("link", { name: "Pay" })).toBeVisible();
      await clean("to pay");
      desk.willSay([{ tool: "verify_email" }, { text: "I have sent you a code." }]);
      await chat.say("What have I booked?");
      await expect(chat.dialog.getByLabel("6-digit code")).toBeVisible();
      await chat.dialog.getByLabel("6-digit code").fill("000000");
      await chat.button("Verify").click();
      await expect(chat.dialog.getByRole("alert")).toContainText("4 tries are left");
      await clean("wrong code");
      desk.willRefuse("message", { status: 429, headers: { "Retry-After": "60" } });
      await chat.say("Again");
      await expect(chat.log).toContainText("You can go on in");
      await clean("refused");
    });
  });
}

for (const primaryColor of [
  "#ffff00",
  "#ffffff",
  "#000000",
  "#ff69b4",
  "#808080",
  "not a colour",
]) {
  test(`the colour ${primaryColor} stays readable`, async ({ page, desk, chat }) => {
    Object.assign(desk.config.widget as object, { primaryColor, secondaryColor: primaryColor });
    await chat.start(desk);
    await chat.say("What can I book?");
    await expect(chat.button("Talk about weddings")).toBeVisible();
    expect(await breaches(page)).toEqual([]);
  });
}
