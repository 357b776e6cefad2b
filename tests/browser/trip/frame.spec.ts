// The chat in a frame of a running front desk, on a page that is let in and on one that is not. Runs
// only where FRONTDESK_URL names that front desk.

import { expect, type Page, test } from "@playwright/test";
import { Desk } from "../mock/desk.ts";

/** Puts the tag on an otherwise empty page of some site. */
async function visit(page: Page, address: string, desk: string): Promise<void> {
  const tag = `<script src="${desk}/chat-widget.js" data-tenant-key="pk_demo" data-mode="frame" async></script>`;
  const body = `<!doctype html><html lang="en"><title>A page</title><h1>A page</h1>${tag}</html>`;
  const policy = `default-src 'none'; script-src ${desk}; frame-src ${desk}`;
  const headers = { "Content-Security-Policy": policy };
  await page.route(address, (route) =>
    route.fulfill({ contentType: "text/html; charset=utf-8", headers, body }),
  );
  await page.goto(address);
}

test("a framed chat answers on a page that the business has allowed", async ({ page, baseURL }) => {
  const desk = new URL(baseURL ?? "").origin;
  await visit(page, `${desk}/framed`, desk);
  const frame = page.frameLocator("frontdesk-chat iframe");
  await frame.locator("frontdesk-chat .launcher").click();
  const field = frame.getByRole("textbox", { name: "Message", exact: true });
  await field.fill("What can I book?");
  await field.press("Enter");
  await expect(frame.getByRole("log")).toContainText("Portrait session");
});

test("a framed chat is refused to a page of another site", async ({ page, baseURL }) => {
  const desk = new URL(baseURL ?? "").origin;
  const elsewhere = await Desk.start();
  const policy = `default-src 'none'; script-src ${desk}; frame-src ${desk}`;
  const query = new URLSearchParams({ script: desk, mode: "frame", policy });
  const config = page.waitForResponse((response) => response.url().endsWith("/chat/config"));
  await page.goto(`${elsewhere.url}/bare?${query}`);
  const answer = await config;
  expect(answer.status()).toBe(403);
  expect(await answer.request().headerValue("X-Page-Origin")).toBe(elsewhere.url);
  const frame = page.frameLocator("frontdesk-chat iframe");
  await expect(frame.locator("frontdesk-chat .launcher")).toHaveCount(0);
  await elsewhere.stop();
});
