// The chat in a frame of our own origin: nothing of ours in the page but an element, and nothing of
// the page in the chat.

import type { Page } from "@playwright/test";
import { expect, test } from "../fixtures.ts";
import { Desk } from "../mock/desk.ts";

/** A page of another site than the widget's, with the chat in a frame. */
async function framed(page: Page, desk: Desk, host: Desk, policy?: string) {
  const ours = policy ?? `default-src 'none'; script-src ${desk.url}; frame-src ${desk.url}`;
  const query = new URLSearchParams({ script: desk.url, mode: "frame", policy: ours });
  await page.goto(`${host.url}/bare?${query}`);
  const frame = page.frameLocator("frontdesk-chat iframe");
  return {
    frame,
    launcher: frame.locator("frontdesk-chat .launcher"),
    dialog: frame.getByRole("dialog"),
    async say(text: string) {
      const field = frame.getByRole("textbox", { name: "Message" });
      await field.fill(text);
      await field.press("Enter");
    },
  };
}

const clip = (page: Page) =>
  page.locator("frontdesk-chat iframe").evaluate((frame) => getComputedStyle(frame).clipPath);

let host: Desk;
test.beforeEach(async () => {
  host = await Desk.start();
});
test.afterEach(async () => {
  await host.stop();
});

test("a whole conversation takes place under a policy that allows no connection", async ({
  page,
  desk,
}, info) => {
  const chat = await framed(page, desk, host);
  await expect(chat.launcher).toBeVisible();
  await chat.launcher.click();
  await expect(chat.dialog).toBeVisible();
  await chat.say("What can I book?");
  await expect(chat.dialog).toContainText("Portrait session");
  await page.screenshot({ path: info.outputPath("frame.png") });
  for (const { headers } of [...desk.calls("config"), ...desk.calls("message")]) {
    expect(headers["x-page-origin"]).toBe(host.url);
  }
  expect(desk.calls("sessions")[0]?.body.pageUrl).toBe(`${host.url}/bare`);
  expect(host.requests.filter(({ path }) => path.startsWith("/v1/"))).toEqual([]);
});

test("only what the chat shows covers the page", async ({ page, desk }) => {
  const chat = await framed(page, desk, host);
  await expect(chat.launcher).toBeVisible();
  const under = (x: number, y: number) =>
    page.evaluate(([x, y]) => document.elementFromPoint(x!, y!)?.localName, [x, y]);
  await expect.poll(() => under(1230, 810)).toBe("frontdesk-chat");
  expect(await under(900, 300)).not.toBe("frontdesk-chat");
  await chat.launcher.click();
  await expect(chat.dialog).toBeVisible();
  await expect.poll(() => under(1000, 500)).toBe("frontdesk-chat");
  expect(await under(600, 500)).not.toBe("frontdesk-chat");
  const open = await clip(page);
  await chat.dialog.press("Escape");
  await expect(chat.dialog).toBeHidden();
  await expect.poll(() => clip(page)).not.toBe(open);
  expect(await under(1000, 500)).not.toBe("frontdesk-chat");
});

test("the page opens, closes and hears of it without seeing inside", async ({ page, desk }) => {
  const chat = await framed(page, desk, host);
  await expect(chat.launcher).toBeVisible();
  await page.evaluate(() => {
    const heard: string[] = [];
    for (const name of ["open", "close"])
      document.addEventListener(`frontdesk:${name}`, () => heard.push(name));
    Object.assign(document.body, { heard });
  });
  const heard = () => page.evaluate(() => (document.body as any).heard);
  const call = (name: "open" | "close", draft?: string) =>
    page.evaluate(
      ([name, draft]) => (document.querySelector("frontdesk-chat") as any)[name!](draft),
      [name, draft] as const,
    );
  await call("open", "Hello from the page");
  await expect(chat.frame.getByRole("textbox", { name: "Message" })).toHaveValue(
    "Hello from the page",
  );
  await expect.poll(heard).toEqual(["open"]);
  await call("close");
  await expect.poll(heard).toEqual(["open", "close"]);
  const element = await page.evaluate(() => {
    const frame = document.querySelector("frontdesk-chat")?.shadowRoot?.querySelector("iframe");
    return { sandbox: frame?.getAttribute("sandbox"), inside: frame?.contentDocument };
  });
  expect(element.inside).toBe(null);
  expect(element.sandbox?.split(" ").sort()).toEqual([
    "allow-forms",
    "allow-popups",
    "allow-popups-to-escape-sandbox",
    "allow-same-origin",
    "allow-scripts",
  ]);
});

test("messages of others move neither side", async ({ page, desk }) => {
  const chat = await framed(page, desk, host);
  await expect(chat.launcher).toBeVisible();
  const before = await clip(page);
  // Of the right shape, from the page itself: the wrong window and the wrong origin.
  await page.evaluate(() => {
    postMessage({ seen: [0, 0, 0, 0] }, location.origin);
    postMessage({ event: { name: "booking", detail: { id: "forged" } } }, location.origin);
    document.addEventListener("frontdesk:booking", () => (document.title = "forged"));
  });
  // A window that is not the frame's parent speaks to the frame.
  const frame = page.frames().find((one) => one.url().includes("chat-frame"));
  await frame?.evaluate(() => {
    postMessage({ act: { name: "open", draft: "" } }, location.origin);
  });
  await page.evaluate(() => new Promise((done) => setTimeout(done, 100)));
  expect(await clip(page)).toBe(before);
  expect(await page.title()).toBe("A strict page");
  await expect(chat.dialog).toBeHidden();
});

test.describe("a page that the business did not allow", () => {
  test.use({ forgiven: /refused this tenant key|Failed to load resource/ });

  test("sees and covers nothing", async ({ page, desk }) => {
    desk.willRefuse("config", { status: 403, body: { code: "origin_refused" } });
    const said = page.waitForEvent("console", (message) => /refused/.test(message.text()));
    const chat = await framed(page, desk, host);
    await said;
    await expect(chat.launcher).toHaveCount(0);
  });
});
