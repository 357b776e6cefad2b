// The pages around the stand-in front desk: the demo shop, the widget's files, a bare page under
// the strictest policy, and a Checkout page with its two buttons.

import { readFile } from "node:fs/promises";
import type { IncomingMessage, ServerResponse } from "node:http";
import { dirname, extname, join } from "node:path";
import { fileURLToPath } from "node:url";
import type { Desk } from "./desk.ts";

const ROOT = join(dirname(fileURLToPath(import.meta.url)), "../../..");
const FOLDERS = [join(ROOT, "web/shop"), join(ROOT, "web/widget/dist")];

const TYPES: Record<string, string> = {
  ".html": "text/html; charset=utf-8",
  ".css": "text/css; charset=utf-8",
  ".js": "text/javascript; charset=utf-8",
  ".svg": "image/svg+xml",
};

const NAMES: Record<string, string> = { "/": "index.html", "/salon": "salon.html" };

/** Answers whatever is not the API. */
export async function pages(
  desk: Desk,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const url = new URL(request.url ?? "/", desk.url);
  if (url.pathname === "/bare") bare(url, response);
  else if (url.pathname.startsWith("/checkout/")) checkout(desk, url, response);
  else await file(url.pathname, response);
}

/** Query: `script` (origin of the widget, or `none`), `lang`, `mode`, `policy`, `tall` (to be scrolled). */
function bare(url: URL, response: ServerResponse): void {
  const asked = (name: string, other = "") => url.searchParams.get(name) ?? other;
  const origin = asked("script", url.origin);
  const policy = [
    "default-src 'none'",
    `script-src ${origin}`,
    `connect-src ${origin}`,
    "require-trusted-types-for 'script'",
    "trusted-types 'none'",
  ].join("; ");
  const headers = { "Content-Type": TYPES[".html"] };
  response.writeHead(200, { ...headers, "Content-Security-Policy": asked("policy", policy) });
  const mode = asked("mode") ? ` data-mode="${asked("mode")}"` : "";
  const script = `<script src="${origin}/chat-widget.js" data-tenant-key="pk_demo"${mode} async></script>`;
  response.end(
    `<!doctype html><html lang="${asked("lang", "en")}"><title>A strict page</title><main><h1>A strict page</h1>` +
      `<p>Nothing but the widget is allowed here.</p><a href="#end">A link</a>${asked("tall") && "<p>More.".repeat(200)}</main>` +
      `${origin === "none" ? "" : script}</html>`,
  );
}

function checkout(desk: Desk, url: URL, response: ServerResponse): void {
  if (url.pathname.endsWith("/pay")) desk.bookingStatus = "CONFIRMED";
  if (/\/(pay|cancel)$/.test(url.pathname)) {
    const query = url.pathname.endsWith("/pay") ? "paid" : "canceled";
    response.writeHead(303, { Location: `/?${query}=booking-1` }).end();
    return;
  }
  response.writeHead(200, { "Content-Type": TYPES[".html"] });
  response.end(
    `<!doctype html><html lang="en"><title>Checkout</title><h1>Pay 120.00 EUR</h1>` +
      `<form method="post" action="${url.pathname}/pay"><button>Pay</button></form>` +
      `<form method="post" action="${url.pathname}/cancel"><button>Cancel</button></form></html>`,
  );
}

async function file(path: string, response: ServerResponse): Promise<void> {
  const name = NAMES[path] ?? path.slice(1);
  for (const folder of FOLDERS) {
    const content = await readFile(join(folder, name)).catch(() => undefined);
    if (!content) continue;
    const headers = { "Access-Control-Allow-Origin": "*" };
    response.writeHead(200, { "Content-Type": TYPES[extname(name)] ?? "text/plain", ...headers });
    response.end(content);
    return;
  }
  response.writeHead(404, { "Content-Type": "text/plain" }).end("not found");
}
