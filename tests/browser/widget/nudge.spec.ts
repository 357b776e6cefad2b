// The bubble that speaks first: when, how often, and that it costs a page nothing before.

import type { Page } from "@playwright/test";
import { expect, test } from "../fixtures.ts";
import type { Desk } from "../mock/desk.ts";

test.use({ contextOptions: { reducedMotion: "reduce" } });

const MESSAGE = "Shall I find you a time?";

const bubble = (page: Page) => page.getByRole("button", { name: MESSAGE });

const stored = (page: Page) => page.evaluate(() => sessionStorage.length);

/** A long page with the bubble due after `delaySeconds` and `scrollPx`. */
async function visit(page: Page, desk: Desk, delaySeconds = 30, scrollPx = 300): Promise<void> {
  Object.assign(desk.config.widget as object, {
    proactive: { message: MESSAGE, delaySeconds, scrollPx },
  });
  await page.clock.install();
  await page.goto(`${desk.url}/bare?tall=1`);
  await expect(page.locator("frontdesk-chat .launcher")).toBeVisible();
}

/** Fast-forwards, then lets what was fetched arrive. */
async function wait(page: Page, ms: number): Promise<void> {
  await page.clock.runFor(ms);
  await page.waitForLoadState("networkidle");
}

const scroll = (page: Page, y: number) =>
  page.evaluate(
    (y) =>
      new Promise((done) => {
        addEventListener("scroll", done, { once: true });
        scrollTo(0, y);
      }),
    y,
  );

const fetched = (desk: Desk, part: string) =>
  desk.requests.filter(({ path }) => path.includes(`chat-widget.${part}`)).length;

test("it speaks after its delay and scroll, without fetching the panel or storing anything", async ({
  page,
  desk,
}) => {
  await visit(page, desk);
  await scroll(page, 400);
  await wait(page, 29_000);
  await expect(bubble(page)).toHaveCount(0);
  expect(fetched(desk, "nudge")).toBe(0);
  await wait(page, 2000);
  await expect(bubble(page)).toBeVisible();
  expect(fetched(desk, "en")).toBe(0);
  expect(await stored(page)).toBe(0);
  const shift = await page.evaluate(() => performance.getEntriesByType("layout-shift").length);
  expect(shift).toBe(0);
});

test("it waits for the scroll when its time has come", async ({ page, desk }) => {
  await visit(page, desk);
  await wait(page, 31_000);
  await scroll(page, 290);
  await expect(bubble(page)).toHaveCount(0);
  await scroll(page, 310);
  await expect(bubble(page)).toBeVisible();
});

test("pressing it opens the chat", async ({ page, desk, chat }) => {
  await visit(page, desk, 0, 0);
  await wait(page, 1);
  await bubble(page).click();
  await expect(chat.dialog).toBeVisible();
  await expect(bubble(page)).toHaveCount(0);
  await chat.field.press("Escape");
  await wait(page, 60_000);
  await expect(bubble(page)).toHaveCount(0);
});

test("once closed it stays away for the visit", async ({ page, desk, chat }) => {
  await visit(page, desk, 0, 0);
  await wait(page, 1);
  await expect(bubble(page)).toBeVisible();
  await page.getByRole("button", { name: "Dismiss" }).press("Enter");
  await expect(bubble(page)).toHaveCount(0);
  await page.reload();
  await expect(chat.launcher).toBeVisible();
  await wait(page, 60_000);
  await expect(bubble(page)).toHaveCount(0);
  await chat.open();
  await expect(chat.field).toBeVisible();
});

test("whoever saw it and went on is not asked on the next page", async ({ page, desk, chat }) => {
  await visit(page, desk, 0, 0);
  await wait(page, 1);
  await expect(bubble(page)).toBeVisible();
  await page.getByRole("heading").click();
  await expect(bubble(page)).toBeVisible();
  await page.reload();
  await expect(chat.launcher).toBeVisible();
  await wait(page, 60_000);
  await expect(bubble(page)).toHaveCount(0);
});

test("it never speaks while the chat is open, nor after", async ({ page, desk, chat }) => {
  await visit(page, desk);
  await chat.open();
  await scroll(page, 400);
  await wait(page, 31_000);
  await expect(bubble(page)).toHaveCount(0);
  await chat.field.press("Escape");
  await scroll(page, 500);
  await expect(bubble(page)).toHaveCount(0);
});

test("it goes away when the chat is opened otherwise", async ({ page, desk, chat }) => {
  await visit(page, desk, 0, 0);
  await wait(page, 1);
  await expect(bubble(page)).toBeVisible();
  await chat.open();
  await expect(bubble(page)).toHaveCount(0);
});

test("without a message there is none", async ({ page, desk }) => {
  Object.assign(desk.config.widget as object, {
    proactive: { message: "", delaySeconds: 0, scrollPx: 0 },
  });
  await page.clock.install();
  await page.goto(`${desk.url}/bare`);
  await expect(page.locator("frontdesk-chat .launcher")).toBeVisible();
  await wait(page, 60_000);
  expect(fetched(desk, "nudge")).toBe(0);
});
