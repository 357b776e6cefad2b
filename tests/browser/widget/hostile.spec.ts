// A page that has been built over many years by many hands: prototypes patched by libraries, styles
// reset with force, globals of ten other widgets. The chat is right all the same.

import { expect, test } from "../fixtures.ts";

/** What other scripts have done to the page before ours came. Runs in the page. */
function hands(): void {
  const wrap = (owner: any, name: string, before: (call: unknown[]) => void = () => {}) => {
    const real = owner[name];
    owner[name] = function wrapped(this: unknown, ...call: unknown[]) {
      before(call);
      return real.apply(this, call);
    };
  };
  // As Prototype 1.6 and its contemporaries did: found by every `for in`, and by JSON.stringify.
  Object.assign(Array.prototype, {
    each: () => {},
    first: () => undefined,
    toJSON(this: unknown[]) {
      return `[${this.join()}]`;
    },
  });
  Object.assign(String.prototype, { toJSON: undefined, strip: () => "" });
  Object.assign(Function.prototype, { curry: () => {} });
  // As recorders of sessions and errors do.
  wrap(Element.prototype, "append");
  wrap(Element.prototype, "setAttribute");
  wrap(Element.prototype, "attachShadow");
  wrap(Node.prototype, "appendChild");
  wrap(EventTarget.prototype, "addEventListener");
  wrap(window, "fetch", (call) => {
    call[1] = { ...(call[1] as object), headers: new Headers((call[1] as RequestInit)?.headers) };
  });
  wrap(JSON, "stringify");
  wrap(JSON, "parse");
  wrap(customElements, "define");
  wrap(Promise.prototype, "then");
  wrap(window, "setTimeout");
  // As ten other widgets do.
  const names = [
    "Panel",
    "Api",
    "Desk",
    "chat",
    "widget",
    "panel",
    "config",
    "frontdesk",
    "Frontdesk",
    "t",
    "e",
    "$",
  ];
  for (const name of names) (window as any)[name] = { name, open: () => "theirs" };
  for (const event of ["click", "keydown", "input", "submit"])
    document.addEventListener(event, () => {}, true);
}

const RESET =
  "*,*::before,*::after{all:unset !important;display:block !important;color:red !important;" +
  "font-size:40px !important;visibility:hidden !important;--primary:red;--right:500px}" +
  "frontdesk-chat{opacity:0;transform:scale(9) rotate(20deg);position:absolute;width:0;overflow:hidden}";

test("a conversation and a booking, where everything was patched and reset", async ({
  page,
  desk,
  chat,
}, info) => {
  await page.addInitScript(hands);
  await page.addInitScript((css) => {
    document.addEventListener("DOMContentLoaded", () => {
      const sheet = new CSSStyleSheet();
      sheet.replaceSync(css);
      document.adoptedStyleSheets = [sheet];
    });
  }, RESET);
  await page.goto(`${desk.url}/bare`);
  await expect(chat.launcher).toBeVisible();
  expect(await chat.launcher.boundingBox()).toEqual({ x: 1200, y: 780, width: 60, height: 60 });
  await chat.open();
  await expect(chat.button("What can I book?")).toBeVisible();
  await chat.say("What can I book?");
  await expect(chat.answer).toContainText("Portrait session");
  await chat.say("Ada, ada@example.com");
  await chat.button("Confirm booking").click();
  await expect(chat.dialog.getByRole("link", { name: "Pay €120.00" })).toBeVisible();
  await page.screenshot({ path: info.outputPath("hostile.png") });
  const box = await chat.dialog.boundingBox();
  expect([box?.width, box && box.x + box.width]).toEqual([400, 1260]);
  const size = await chat.field.evaluate((field) => getComputedStyle(field).fontSize);
  expect(size).toBe("16px");
  // What the tab kept is still readable, whatever was done to JSON.
  await page.reload();
  await expect(chat.dialog).toContainText("K7MPX4WQ");
  for (const { headers } of desk.calls("")) expect(headers["x-tenant-key"]).toBe("pk_demo");
});

test("an element of our name that another script took first is left alone", async ({
  page,
  desk,
}) => {
  await page.addInitScript(() => {
    customElements.define("frontdesk-chat", class extends HTMLElement {});
  });
  const errors: unknown[] = [];
  page.on("pageerror", (error) => errors.push(error));
  await page.goto(`${desk.url}/bare`);
  await page.waitForLoadState("networkidle");
  expect(errors).toEqual([]);
});

test("the tag pasted twice makes one chat", async ({ page, desk, chat }) => {
  await page.goto(`${desk.url}/bare`);
  await expect(chat.launcher).toBeVisible();
  const policy = `default-src 'none'; script-src ${desk.url}; connect-src ${desk.url}`;
  await page.goto(`${desk.url}/bare?${new URLSearchParams({ policy })}`);
  await page.evaluate(() => {
    const again = document.createElement("script");
    again.src = "/chat-widget.js";
    again.dataset.tenantKey = "pk_demo";
    document.head.append(again);
    return new Promise((loaded) => again.addEventListener("load", loaded));
  });
  await expect(chat.launcher).toHaveCount(1);
  await chat.open();
});

test("the page's own script opens, closes and hears of the chat", async ({ page, desk, chat }) => {
  await page.goto(`${desk.url}/bare`);
  await expect(chat.launcher).toBeVisible();
  await page.evaluate(() => {
    const heard: unknown[] = [];
    for (const name of ["open", "close"]) {
      document.addEventListener(`frontdesk:${name}`, (event) =>
        heard.push([name, (event as CustomEvent).detail]),
      );
    }
    Object.assign(document.body, { heard });
  });
  const call = (name: string) =>
    page.evaluate(async (name) => {
      const element = document.querySelector("frontdesk-chat") as any;
      await element[name]();
      return element.isOpen;
    }, name);
  expect(await call("open")).toBe(true);
  await expect(chat.dialog).toBeVisible();
  expect(await call("close")).toBe(false);
  await expect(chat.dialog).toBeHidden();
  expect(await call("close")).toBe(false);
  expect(await call("toggle")).toBe(true);
  expect(await page.evaluate(() => (document.body as any).heard)).toEqual([
    ["open", {}],
    ["close", {}],
    ["open", {}],
  ]);
});
