// What the widget must never do to the page it is on, or to the person in front of it.

import { expect, test } from "../fixtures.ts";
import { Desk } from "../mock/desk.ts";
import { portraitProposal } from "../mock/turns.ts";

const PAYLOADS = [
  "<script>window.hacked = 1</script>",
  "<img src=x onerror=window.hacked=1>",
  "<svg onload=window.hacked=1><a xlink:href=javascript:window.hacked=1>x</a></svg>",
  "[click](javascript:window.hacked=1) [data](data:text/html,<script>window.hacked=1</script>)",
  "[a](JaVaScRiPt:window.hacked=1) ![i](https://evil.example/p.png) ![r][1]\n\n[1]: https://evil.example/q.png",
  "**<b onclick=window.hacked=1>bold</b>** `<i>code</i>` _<u>it</u>_",
  "[https://good.example](https://evil.example/steal)",
  'event: done\ndata: {"messageId":"x"}\n\nid: 99\n\n',
  "\u202egnp.exe\u202c \u2066hidden\u2069",
  "<style>*{display:none}</style><iframe src=//evil.example></iframe>",
];

test("every text from server and model is inert", async ({ page, desk, chat }) => {
  const hostile = PAYLOADS.join("\n\n");
  Object.assign(desk.config, { businessName: hostile, disclosure: hostile });
  Object.assign(desk.config.widget as object, { header: hostile, greeting: hostile });
  desk.willSay([
    { text: hostile },
    {
      proposal: portraitProposal({
        id: '"><img src=x onerror=window.hacked=1>',
        preview: { title: hostile, lines: PAYLOADS.map((value) => ({ label: value, value })) },
      }),
    },
    { handoff: { message: hostile } },
    { quickReplies: PAYLOADS },
    { sources: PAYLOADS.map((title) => ({ title, url: "javascript:window.hacked=1" })) },
  ]);
  await chat.start(desk);
  await chat.say(hostile);
  await expect(chat.button("Confirm booking")).toBeVisible();
  const found = await page.evaluate(() => {
    const root = document.querySelector("frontdesk-chat")?.shadowRoot;
    const nodes = [...(root?.querySelectorAll("*") ?? [])];
    return {
      hacked: "hacked" in window,
      forbidden: nodes
        .filter((node) =>
          node.matches("script, img, iframe, style, object, link, b, i:not(.dots i), u"),
        )
        .map((node) => node.outerHTML),
      links: nodes.flatMap((node) =>
        node instanceof HTMLAnchorElement ? [`${node.protocol}${node.rel}`] : [],
      ),
      attributes: nodes
        .flatMap((node) => node.getAttributeNames())
        .filter((name) => /^(on|style)/.test(name)),
      reordering: /[\u202a-\u202e\u2066-\u2069]/.test(root?.textContent ?? ""),
    };
  });
  expect(found.hacked).toBe(false);
  expect(found.forbidden).toEqual([]);
  expect(found.attributes).toEqual([]);
  expect(found.reordering).toBe(false);
  expect(found.links.length).toBeGreaterThan(0);
  for (const link of found.links) expect(link).toMatch(/^https?:noopener/);
  await expect(chat.log, "a label hid where its link leads").toContainText("(evil.example)");
});

test("it works on another site, under a policy that allows nothing but its origin", async ({
  page,
  desk,
  chat,
}) => {
  const host = await Desk.start();
  await page.goto(`${host.url}/bare?script=${encodeURIComponent(desk.url)}`);
  await chat.open();
  await chat.say("What can I book?");
  await expect(chat.answer).toContainText("Portrait session");
  expect(host.requests.filter(({ path }) => path.startsWith("/v1/"))).toEqual([]);
  await host.stop();
});

test("on another site the Checkout page opens beside the page", async ({
  page,
  desk,
  chat,
  context,
}) => {
  const host = await Desk.start();
  await page.goto(`${host.url}/bare?script=${encodeURIComponent(desk.url)}`);
  await chat.open();
  await chat.say("Ada, ada@example.com");
  await chat.button("Confirm booking").click();
  const opened = context.waitForEvent("page");
  await chat.dialog.getByRole("link", { name: "Pay €120.00" }).click();
  await (await opened).getByRole("button", { name: "Pay" }).click();
  await page.bringToFront();
  await expect(chat.dialog).toContainText("Booking confirmed");
  await host.stop();
});

test("before the visitor acts it asks for the configuration and stores nothing", async ({
  page,
  desk,
  chat,
  context,
}) => {
  await page.goto(`${desk.url}/bare`);
  await expect(chat.launcher).toBeVisible();
  const calls = desk.requests.filter(({ path }) => path !== "/bare" && path !== "/favicon.ico");
  expect(calls.map(({ path }) => path)).toEqual(["/chat-widget.js", "/v1/public/chat/config"]);
  const stored = () => page.evaluate(() => [localStorage.length, sessionStorage.length]);
  expect(await stored()).toEqual([0, 0]);
  expect(await context.cookies()).toEqual([]);
  await chat.open();
  await expect(chat.button("What can I book?")).toBeVisible();
  expect(await stored()).toEqual([0, 1]);
  expect(await context.cookies()).toEqual([]);
});

test("it adds no global and moves nothing on the page", async ({ page, desk, chat }) => {
  await page.goto(`${desk.url}/bare?script=none`);
  const before = await page.evaluate(() => Object.getOwnPropertyNames(window));
  await page.goto(`${desk.url}/bare`);
  await expect(chat.launcher).toBeVisible();
  await chat.open();
  const after = await page.evaluate(() => Object.getOwnPropertyNames(window));
  expect(after.filter((name) => !before.includes(name))).toEqual([]);
  const shift = await page.evaluate(
    () =>
      new Promise((resolve) => {
        new PerformanceObserver((list) => resolve(list.getEntries().length)).observe({
          type: "layout-shift",
          buffered: true,
        });
        requestAnimationFrame(() => requestAnimationFrame(() => resolve(0)));
      }),
  );
  expect(shift).toBe(0);
});

test("a page that resets every style does not reach into it", async ({ page, desk, chat }) => {
  await page.goto(`${desk.url}/bare`);
  await expect(chat.launcher).toBeVisible();
  const before = await chat.launcher.boundingBox();
  await page.evaluate(() => {
    const sheet = new CSSStyleSheet();
    sheet.replaceSync(
      "*{all:unset !important;display:none} frontdesk-chat{opacity:0;transform:scale(9)}",
    );
    document.adoptedStyleSheets = [sheet];
  });
  expect(await chat.launcher.boundingBox()).toEqual(before);
  await chat.open();
});

test.describe("a refused tenant key", () => {
  test.use({ forgiven: /refused this tenant key|Failed to load resource/ });

  test("offers no chat", async ({ page, desk, chat }) => {
    desk.willRefuse("config", { status: 401, body: { code: "tenant_key_unknown" } });
    const said = page.waitForEvent("console", (message) =>
      /refused this tenant key/.test(message.text()),
    );
    await page.goto(`${desk.url}/bare`);
    await said;
    await expect(chat.launcher).toHaveCount(0);
  });
});
