// The npm package as a bundler's user has it: what is packed, its types, its use on a server and in
// a page under a policy that allows no script of another origin.

import { execFileSync } from "node:child_process";
import { mkdtemp, readFile, rm, symlink, writeFile } from "node:fs/promises";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { expect, test } from "../fixtures.ts";

const ROOT = join(dirname(fileURLToPath(import.meta.url)), "../../..");
const WIDGET = join(ROOT, "web/widget");

test("it packs modules, types and a word about itself, and nothing else", () => {
  const npm = ["pack", "--dry-run", "--json", "--ignore-scripts"];
  const [packed] = JSON.parse(execFileSync("npm", npm, { cwd: WIDGET, encoding: "utf8" }));
  const paths: string[] = packed.files.map(({ path }: { path: string }) => path);
  for (const path of ["README.md", "package.json", "module/index.js", "module/en.js"]) {
    expect(paths).toContain(path);
  }
  const other = paths.filter(
    (path) => !/^(README\.md|package\.json|module\/.*\.(js|d\.ts))$/.test(path),
  );
  expect(other).toEqual([]);
});

test("its types know the options, the methods and the events, and no others", async () => {
  const folder = await mkdtemp(join(tmpdir(), "frontdesk-"));
  const check = async (source: string) => {
    await writeFile(join(folder, "use.ts"), source);
    const flags =
      "--ignoreConfig --pretty false --noEmit --strict --target es2022 --module esnext --moduleResolution bundler";
    const paths = ["--types", "", join(folder, "use.ts")];
    try {
      execFileSync(join(ROOT, "node_modules/.bin/tsc"), [...flags.split(" "), ...paths], {
        encoding: "utf8",
      });
      return "";
    } catch (error) {
      return (error as { stdout: string }).stdout;
    }
  };
  await symlink(join(ROOT, "node_modules"), join(folder, "node_modules"));
  const head = `import { mount, type FrontdeskEvents } from "@frontdesk/widget";\n`;
  const right = `const chat = mount({ tenantKey: "pk_a", api: "https://api.example", locale: "de" });
    const isOpen: boolean | undefined = chat?.isOpen;
    void chat?.open("draft"); void chat?.close(); void chat?.toggle();
    export const hear = (event: FrontdeskEvents["frontdesk:feedback"]): number => event.detail.rating;
    export { isOpen };`;
  expect(await check(head + right)).toBe("");
  for (const wrong of [
    `mount({ tenantKey: "pk_a" });`,
    `mount({ tenantKey: "pk_a", api: "https://api.example", colour: "red" });`,
    `mount({ tenantKey: "pk_a", api: "https://api.example" })?.say("text");`,
    `export const hear = (event: FrontdeskEvents["frontdesk:message"]) => event.detail.text;`,
  ]) {
    expect(await check(head + wrong), wrong).toMatch(/use\.ts.*: error TS2/);
  }
  await rm(folder, { recursive: true });
});

test("it may be imported where there is no browser", async () => {
  const code = `import { mount } from "@frontdesk/widget"; console.log(typeof mount);`;
  const ran = execFileSync("node", ["--input-type=module", "--eval", code], {
    cwd: ROOT,
    encoding: "utf8",
  });
  expect(ran.trim()).toBe("function");
});

test("a page serves it from its own files", async ({ page, desk, chat }) => {
  const policy = `default-src 'none'; script-src 'self'; connect-src ${desk.url}; require-trusted-types-for 'script'`;
  const own = createServer(async ({ url = "/" }, response) => {
    const type = url.endsWith(".js") ? "text/javascript" : "text/html";
    response.writeHead(200, { "Content-Type": type, "Content-Security-Policy": policy });
    if (url === "/app.js") {
      const options = JSON.stringify({ tenantKey: "pk_demo", api: desk.url, locale: "de" });
      response.end(
        `import { mount } from "/module/index.js"; mount(${options}); mount(${options});`,
      );
    } else if (url.startsWith("/module/")) response.end(await readFile(join(WIDGET, url)));
    else
      response.end(
        `<!doctype html><html lang="en"><title>App</title><h1>App</h1><script type="module" src="/app.js"></script></html>`,
      );
  });
  await new Promise<void>((ready) => own.listen(0, "127.0.0.1", ready));
  await page.goto(`http://127.0.0.1:${(own.address() as AddressInfo).port}/app`);
  await expect(chat.launcher).toHaveCount(1);
  await chat.launcher.click();
  await expect(chat.dialog).toBeVisible();
  await expect(chat.button("Nachricht senden")).toBeVisible();
  expect(desk.requests.every(({ path }) => path.startsWith("/v1/"))).toBe(true);
  own.closeAllConnections();
  await new Promise((done) => own.close(done));
});
