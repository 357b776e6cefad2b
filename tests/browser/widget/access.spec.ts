// Every state of the widget as axe, a screen reader and a keyboard meet it, and pictures of it on the
// screens and settings that people use. With PICTURES=<folder> they are kept there; the ones in
// docs/img/widget are.

import { mkdirSync } from "node:fs";
import { join } from "node:path";
import type { Page, TestInfo } from "@playwright/test";
import { breaches } from "../axe.ts";
import { type Chat, expect, test } from "../fixtures.ts";
import type { Desk } from "../mock/desk.ts";
import { door, portraitProposal } from "../mock/turns.ts";

test.use({ forgiven: /Failed to load resource|ERR_/, contextOptions: { reducedMotion: "reduce" } });

/** Axe reads the page as a whole in each of up to eight states. */
test.describe.configure({ timeout: 120_000 });

const keep = process.env.PICTURES;

/** Takes a picture of the chat, or of its corner while it is closed. */
async function picture(page: Page, info: TestInfo, name: string): Promise<void> {
  if (keep) mkdirSync(keep, { recursive: true });
  const path = keep ? join(keep, `${name}.png`) : info.outputPath(`${name}.png`);
  const { width, height } = page.viewportSize()!;
  const dialog = page.getByRole("dialog");
  const open = (await dialog.isVisible()) && (await dialog.boundingBox());
  const clip = open || { x: width - 360, y: height - 200, width: 360, height: 200 };
  await page.screenshot({ path, clip, animations: "disabled", caret: "hide", scale: "css" });
}

const weekly = ["monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"].map(
  (day) => ({ day, open: [{ opens: "09:00", closes: "18:00" }] }),
);

/** Leads through a booking that needs no payment, up to the question how it was. */
async function book(desk: Desk, chat: Chat): Promise<void> {
  desk.bookingStatus = "CONFIRMED";
  await chat.say("14:00 please, Ada Lovelace, ada@example.com");
  await chat.button("Confirm booking").click();
  await expect(chat.button("Send rating")).toBeVisible();
}

for (const colorScheme of ["light", "dark"] as const) {
  test.describe(`in ${colorScheme}`, () => {
    test.use({ colorScheme, viewport: { width: 900, height: 800 } });

    test("axe finds nothing from the bubble to the thanks", async ({ page, desk, chat }, info) => {
      const clean = async (state: string) => {
        expect(await breaches(page, "frontdesk-chat"), state).toEqual([]);
        await picture(page, info, `${state}-${colorScheme}`);
      };
      Object.assign(desk.config.widget as object, {
        proactive: { message: "Shall I find you a time?", delaySeconds: 0, scrollPx: 0 },
      });
      await page.goto(`${desk.url}/bare`);
      await expect(page.getByRole("button", { name: "Shall I find you a time?" })).toBeVisible();
      await clean("bubble");
      const { until, open } = door();
      desk.willSay([
        { tool: "list_packages" },
        { text: "You can book a **Portrait session**:\n\n- 60 min\n- " },
        { until },
        { text: "[details](https://example.com)" },
        { sources: [{ title: "Packages", url: "https://example.com/packages" }] },
      ]);
      await chat.open();
      await chat.say("What can I book?");
      await expect(chat.answer).toContainText("60 min");
      await clean("streaming");
      open();
      await expect(chat.log).toContainText("Sources");
      await book(desk, chat);
      await clean("confirmed");
      await chat.button("Send rating").click();
      await expect(chat.dialog.getByRole("alert").last()).toContainText("one to five");
      await clean("no-star");
      await chat.dialog.getByTitle("4 of 5 stars").click();
      await clean("stars");
      await chat.button("Send rating").click();
      await expect(chat.log).toContainText("Thank you for telling us.");
      await clean("thanks");
      desk.queue = { position: 2, expectedWaitSeconds: 240 };
      await chat.button("Talk to a person").click();
      await expect(chat.log).toContainText("You are number 2 in line.");
      desk.mode = "active";
      desk.agentSays("Hello Ada, this is Lena. How can I help?");
      await expect(chat.log.locator(".row.agent")).toBeVisible();
      await clean("person");
    });

    test("axe finds nothing on a card, however it ends", async ({ page, desk, chat }, info) => {
      const card = chat.log.locator(".card").last();
      const shows = async (state: string, text: string) => {
        await expect(card).toContainText(text);
        expect(await breaches(page, "frontdesk-chat"), state).toEqual([]);
        await picture(page, info, `${state}-${colorScheme}`);
      };
      const offer = async (change: Parameters<typeof portraitProposal>[0] = {}) => {
        const before = await chat.log.locator(".card").count();
        desk.willSay([{ text: "Please confirm." }, { proposal: portraitProposal(change) }]);
        await chat.say("Please");
        await expect(chat.log.locator(".card")).toHaveCount(before + 1);
      };
      await chat.start(desk);
      await offer();
      await chat.button("Confirm booking").click();
      await shows("card-unpaid", "Reserved, payment open");
      await offer({ expiresAt: new Date(Date.now() - 1000).toISOString() });
      await shows("card-expired", "This offer has expired.");
      await offer();
      await chat.button("Decline").click();
      await shows("card-declined", "Declined. Nothing was changed.");
      await offer();
      const alternatives = [{ startsAt: "2026-11-24T14:30:00Z" }];
      desk.willRefuse("confirm", { status: 409, body: { code: "slot_taken", alternatives } });
      await chat.button("Confirm booking").click();
      await shows("card-taken", "Someone was a moment faster");
      desk.bookingStatus = undefined;
      await offer({ operation: "join_customer_waitlist" });
      await chat.button("Confirm").click();
      await shows("card-waitlist", "Noted for the waitlist");
      desk.willSay([{ tool: "verify_email" }, { text: "I sent a code." }]);
      await chat.say("What have I booked?");
      const field = chat.dialog.getByLabel("6-digit code");
      await field.fill("000000");
      await field.press("Enter");
      await expect(chat.dialog.getByRole("alert").last()).toContainText("That code is not right.");
      await picture(page, info, `code-wrong-${colorScheme}`);
      desk.willSay([{ tool: "verify_email" }, { text: "I sent another code." }]);
      await chat.say("It has not come");
      await expect(chat.answer).toContainText("another code");
      await shows("code-again", "6-digit code");
    });

    test("axe finds nothing while nobody is there or nothing gets through", async ({
      page,
      desk,
      chat,
      context,
    }, info) => {
      const clean = async (state: string) => {
        expect(await breaches(page, "frontdesk-chat"), state).toEqual([]);
        await picture(page, info, `${state}-${colorScheme}`);
      };
      desk.config.online = false;
      Object.assign(desk.config.widget as object, { businessHours: { enabled: true, weekly } });
      await page.clock.setFixedTime("2026-11-22T20:00:00Z");
      await page.goto(`${desk.url}/bare`);
      await chat.open();
      await expect(chat.dialog).toContainText("We are back on Monday 09:00.");
      await clean("closed-hours");
      const form = chat.dialog.getByRole("region", { name: "Leave a message" });
      await form.getByRole("button").click();
      await expect(form.getByRole("alert")).toBeVisible();
      await clean("form-error");
      await context.setOffline(true);
      await chat.say("Do you photograph dogs?");
      await chat.say("And cats?");
      await expect(chat.log).toContainText("Waiting to be sent");
      await clean("no-network");
    });
  });
}

for (const [name, settings] of Object.entries({
  "width-320": { viewport: { width: 320, height: 640 } },
  "zoom-200": { viewport: { width: 640, height: 400 }, deviceScaleFactor: 2 },
  "forced-colours": { contextOptions: { forcedColors: "active" } },
  "right-to-left": { viewport: { width: 900, height: 800 } },
} as const)) {
  test.describe(name, () => {
    test.use(settings);

    test("card, stars and field can be read and reached", async ({ page, desk, chat }, info) => {
      await page.goto(`${desk.url}/bare${name === "right-to-left" ? "?lang=ar" : ""}`);
      await chat.open();
      desk.willSay([{ text: "Please confirm." }, { proposal: portraitProposal() }]);
      await chat.say("Book");
      await chat.button("Confirm booking").scrollIntoViewIfNeeded();
      await picture(page, info, `${name}-card`);
      desk.bookingStatus = "CONFIRMED";
      await chat.button("Confirm booking").click();
      await chat.button("Send rating").scrollIntoViewIfNeeded();
      await chat.dialog.getByTitle("3 of 5 stars").click();
      await picture(page, info, `${name}-stars`);
      const sideways = await chat.log.evaluate((log) => log.scrollWidth - log.clientWidth);
      expect(sideways).toBe(0);
      const box = (await chat.dialog.boundingBox())!;
      const view = page.viewportSize()!;
      expect(box.x).toBeGreaterThanOrEqual(0);
      expect(box.x + box.width).toBeLessThanOrEqual(view.width);
      expect(box.y + box.height).toBeLessThanOrEqual(view.height);
      const log = (await chat.log.boundingBox())!;
      expect(log.height, "room to read").toBeGreaterThan(100);
      await expect(chat.field).toBeInViewport();
      expect(await breaches(page, "frontdesk-chat")).toEqual([]);
    });
  });
}

test("with reduced motion nothing moves by itself", async ({ page, desk, chat }) => {
  const { until, open } = door();
  desk.willSay([{ until }, { text: "Done." }]);
  await chat.start(desk);
  await chat.say("Hello");
  await expect(chat.log.locator(".dots")).toBeVisible();
  const moving = await page.evaluate(() =>
    document.getAnimations().map((each) => (each as CSSAnimation).animationName),
  );
  expect(moving.filter(Boolean)).toEqual([]);
  open();
});

test("booked, paid and rated by keyboard alone", async ({ page, desk, chat }) => {
  await page.goto(`${desk.url}/`);
  await expect(chat.launcher).toBeVisible();
  await chat.launcher.focus();
  await page.keyboard.press("Enter");
  await expect(chat.field).toBeFocused();
  await page.keyboard.type("14:00 please, Ada Lovelace, ada@example.com");
  await page.keyboard.press("Enter");
  await expect(chat.button("Confirm booking")).toBeVisible();
  await page.keyboard.press("Shift+Tab");
  await page.keyboard.press("Shift+Tab");
  await expect(chat.button("Confirm booking")).toBeFocused();
  await page.keyboard.press("Enter");
  await expect(chat.dialog.getByRole("link", { name: "Pay €120.00" })).toBeFocused();
  await page.keyboard.press("Enter");
  await page.getByRole("button", { name: "Pay" }).focus();
  await page.keyboard.press("Enter");
  await expect(chat.dialog).toContainText("Booking confirmed");
  await expect(chat.button("Send rating")).toBeVisible();
  await chat.field.focus();
  for (const stop of ["Not now", "Send rating"]) {
    await page.keyboard.press("Shift+Tab");
    await expect(chat.button(stop)).toBeFocused();
  }
  await page.keyboard.press("Shift+Tab");
  await page.keyboard.type("Quick.");
  await page.keyboard.press("Shift+Tab");
  await page.keyboard.press("Space");
  for (let star = 0; star < 4; star += 1) await page.keyboard.press("ArrowRight");
  await page.keyboard.press("Enter");
  await expect(chat.log).toContainText("Thank you for telling us.");
  const { rating, comment } = desk.calls("feedback")[0]?.body ?? {};
  expect(comment).toBe("Quick.");
  // Going backwards one meets the last star first, and from there the arrows go round.
  expect(rating).toBe(4);
  await page.keyboard.press("Escape");
  await expect(chat.launcher).toBeFocused();
});

test("a screen reader finds everything that booking, paying and rating take", async ({
  page,
  desk,
  chat,
}) => {
  await page.goto(`${desk.url}/`);
  await chat.open();
  await chat.say("14:00 please, Ada Lovelace, ada@example.com");
  await expect(chat.dialog).toMatchAriaSnapshot(`
    - dialog "Chat with us":
      - heading "Chat with us" [level=2]
      - button "Close chat"
      - log "Conversation":
        - group "Portrait session":
          - heading "Portrait session" [level=3]
          - term: When
          - definition: Tuesday 24 November 2026, 14:00–15:00
          - button "Confirm booking"
          - button "Decline"
      - textbox "Message"
      - button "Send message"
      - button "Talk to a person"
  `);
  await chat.button("Confirm booking").click();
  await expect(chat.dialog).toMatchAriaSnapshot(`
    - log "Conversation":
      - group "Portrait session":
        - text: Reserved, payment open
        - link "Pay €120.00"
  `);
  await expect(chat.dialog.locator("[aria-live=polite]")).toHaveText(
    "Reserved, payment open. Confirmation code: K7MPX4WQ",
  );
  await chat.dialog.getByRole("link", { name: "Pay €120.00" }).click();
  await page.getByRole("button", { name: "Pay" }).click();
  await expect(chat.dialog).toMatchAriaSnapshot(`
    - log "Conversation":
      - group "Portrait session":
        - text: Booking confirmed
      - region "How was this chat?":
        - group "How was this chat?":
          - radio "1 of 5 stars"
          - radio "2 of 5 stars"
          - radio "3 of 5 stars"
          - radio "4 of 5 stars"
          - radio "5 of 5 stars"
        - textbox "Anything to add? (optional)"
        - button "Send rating"
        - button "Not now"
  `);
  await chat.dialog.getByRole("radio", { name: "5 of 5 stars" }).check({ force: true });
  await chat.button("Send rating").click();
  await expect(chat.dialog.locator("[aria-live=polite]")).toHaveText("Thank you for telling us.");
});
