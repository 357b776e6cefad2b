// The policies that the guide tells to copy are enough, and a policy that is not is told apart in
// the console.

import { readFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { expect, test } from "../fixtures.ts";
import { Desk } from "../mock/desk.ts";

const GUIDE = join(dirname(fileURLToPath(import.meta.url)), "../../../docs/WIDGET.md");

/** The guide's policies, for a widget and an API at `origin`. */
async function guided(origin: string): Promise<string[]> {
  const text = await readFile(GUIDE, "utf8");
  const lines = [...text.matchAll(/^Content-Security-Policy: (.+)$/gm)].map(
    ([, policy]) => policy!,
  );
  return lines.map((line) => line.replace(/https:\/\/(?:widget|api)\.example/g, origin));
}

let host: Desk;
test.beforeEach(async () => {
  host = await Desk.start();
});
test.afterEach(async () => {
  await host.stop();
});

test("the guide's policy is all that the chat in the page needs", async ({ page, desk, chat }) => {
  const [policy = ""] = await guided(desk.url);
  expect(policy).toContain("connect-src");
  await page.goto(`${host.url}/bare?${new URLSearchParams({ script: desk.url, policy })}`);
  await chat.open();
  await chat.say("What can I book?");
  await expect(chat.answer).toContainText("Portrait session");
});

test("the guide's policy is all that the chat in a frame needs", async ({ page, desk, chat }) => {
  const policies = await guided(desk.url);
  expect(policies).toHaveLength(2);
  const policy = policies[1]!;
  expect(policy).toContain("frame-src");
  const query = new URLSearchParams({ script: desk.url, policy, mode: "frame" });
  await page.goto(`${host.url}/bare?${query}`);
  const frame = page.frameLocator("frontdesk-chat iframe");
  await frame.locator(".launcher").click();
  await expect(frame.getByRole("dialog")).toBeVisible();
  await expect(chat.launcher).toHaveCount(0);
});

test.describe("a policy with a hole", () => {
  test.use({ forgiven: /Content Security Policy|Frontdesk: |Failed to fetch|violates/ });

  for (const { directive, policy, mode } of [
    { directive: "connect-src", policy: "script-src {}", mode: "" },
    { directive: "frame-src", policy: "script-src {}; connect-src {}", mode: "frame" },
  ]) {
    test(`is told which origin to add to ${directive}`, async ({ page, desk, chat }) => {
      const whole = `default-src 'none'; ${policy}`.replaceAll("{}", desk.url);
      const said = page.waitForEvent("console", (message) =>
        message.text().startsWith("Frontdesk: this page's policy"),
      );
      const query = new URLSearchParams({ script: desk.url, policy: whole, mode });
      await page.goto(`${host.url}/bare?${query}`);
      expect((await said).text()).toBe(
        `Frontdesk: this page's policy blocks the chat. Add ${desk.url} to ${directive}.`,
      );
      await expect(chat.dialog).toBeHidden();
    });
  }

  test("is told which origin to add to script-src", async ({ page, desk, chat }) => {
    const policy = `default-src 'none'; script-src ${desk.url}/chat-widget.js; connect-src ${desk.url}`;
    await page.goto(`${host.url}/bare?${new URLSearchParams({ script: desk.url, policy })}`);
    const said = page.waitForEvent("console", (message) =>
      message.text().endsWith(`Add ${desk.url} to script-src.`),
    );
    await chat.launcher.click();
    await said;
  });
});

test("privacy asked for by the browser keeps the page to itself", async ({ page, desk, chat }) => {
  await page.addInitScript(() => {
    Object.defineProperty(Navigator.prototype, "globalPrivacyControl", { get: () => true });
  });
  await chat.start(desk);
  await expect(chat.button("What can I book?")).toBeVisible();
  const [{ body = {} } = {}] = desk.calls("sessions");
  expect(Object.keys(body).sort()).toEqual(["locale", "source", "timezone"]);
});
