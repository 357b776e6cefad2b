// The demo page on a loopback port: with the widget, with an empty script in its place, and without
// any. Answers the configuration as a front desk would, and decides nothing.

import { readFile } from "node:fs/promises";
import { createServer } from "node:http";
import { dirname, extname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { gzipSync } from "node:zlib";

const ROOT = join(dirname(fileURLToPath(import.meta.url)), "../..");
const FOLDERS = [join(ROOT, "web/shop"), join(ROOT, "web/widget/dist")];
const TAG = /<script src="\/chat-widget\.js"[^>]*><\/script>\n?/;
const KINDS = { ".html": "text/html", ".css": "text/css", ".js": "text/javascript" };
const CONFIG = { businessName: "Atelier Linden", online: true, locale: "en", widget: {} };

/** Serves `/widget`, `/empty` and `/none`; returns its address and how to end it. */
export async function serve() {
  const page = await readFile(join(ROOT, "web/shop/index.html"), "utf8");
  if (!TAG.test(page)) throw new Error("the demo page has no tag of the widget");
  const pages = {
    "/widget": page,
    "/empty": page.replace(TAG, '<script src="/empty.js" async></script>\n'),
    "/none": page.replace(TAG, ""),
  };
  const server = createServer(async (request, response) => {
    const { pathname } = new URL(request.url, "http://localhost");
    const answer = (kind, body) => {
      const headers = { "Content-Type": `${kind}; charset=utf-8`, "Content-Encoding": "gzip" };
      response.writeHead(200, headers).end(gzipSync(body));
    };
    if (pages[pathname]) answer(KINDS[".html"], pages[pathname]);
    else if (pathname === "/empty.js") answer(KINDS[".js"], "");
    else if (pathname === "/v1/public/chat/config") answer("application/json", JSON.stringify(CONFIG));
    else {
      for (const folder of FOLDERS) {
        const content = await readFile(join(folder, pathname)).catch(() => undefined);
        if (content) return answer(KINDS[extname(pathname)] ?? "text/plain", content);
      }
      response.writeHead(404).end();
    }
  });
  await new Promise((ready) => server.listen(0, "127.0.0.1", ready));
  const stop = () => {
    server.closeAllConnections();
    return new Promise((done) => server.close(done));
  };
  return { url: `http://127.0.0.1:${server.address().port}`, stop };
}
