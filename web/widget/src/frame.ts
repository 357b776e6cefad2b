// The chat in a frame of our own origin, for sites that want nothing of ours in their own page:
// the page's side and the frame's side, and the messages between them, each with its exact origin.
// Neither believes a message of any other window or origin. `docs/decisions/0019-frames.md`.

import type { FromFrame, FromPage, Told } from "./messages.ts";
import type { Emit, Panel } from "./mount.ts";
import type { FrontdeskChatElement } from "./page.ts";

/** Room for shadows and outlines around what is to be seen. */
const MARGIN_PX = 40;

/** The page's side: a frame over the whole window, of which only the chat is seen and touched. */
export function framed(root: ShadowRoot, site: string, told: Told, emit: Emit): Panel {
  const frame = document.createElement("iframe");
  frame.src = `${site}/chat-frame.html`;
  frame.title = "Chat";
  frame.referrerPolicy = "no-referrer";
  frame.setAttribute(
    "sandbox",
    "allow-scripts allow-same-origin allow-forms allow-popups allow-popups-to-escape-sandbox",
  );
  const style = new CSSStyleSheet();
  // A colour scheme other than the frame's own would paint the frame's ground.
  style.replaceSync(
    ":host{all:initial!important;display:contents!important}iframe{position:fixed;inset:0;z-index:2147483000;width:100%;height:100%;border:0;color-scheme:light dark;clip-path:inset(50%)}@media print{iframe{display:none}}",
  );
  root.adoptedStyleSheets = [style];
  const send = (message: FromPage) => frame.contentWindow?.postMessage(message, site);
  frame.addEventListener("load", () => send({ told }));
  addEventListener("message", ({ source, origin, data }: MessageEvent<FromFrame>) => {
    if (source !== frame.contentWindow || origin !== site) return;
    const { seen, event } = data;
    if (seen) frame.style.clipPath = `inset(${seen.map((edge) => `${Number(edge)}px`).join(" ")})`;
    if (event) emit(event.name, event.detail);
  });
  root.append(frame);
  const act =
    (name: keyof Panel) =>
    (draft = "") => {
      if (name !== "close") frame.focus();
      send({ act: { name, draft } });
    };
  return {
    toggle: act("toggle"),
    open: act("open"),
    close: act("close"),
    showUnasked: act("showUnasked"),
  };
}

/** The frame's side: waits for the page around it to say for whom the chat is, and begins. */
export function inside(
  early: MessageEvent[],
  begin: (told: Told, embedder: string) => FrontdeskChatElement | null,
): void {
  let page: string | undefined;
  let chat: FrontdeskChatElement | null = null;
  const send = (message: FromFrame) => {
    if (page) parent.postMessage(message, page);
  };
  const hear = ({ source, origin, data }: MessageEvent<FromPage>) => {
    if (source !== parent || source === window || origin === "null") return;
    if (data.told && !page) {
      page = origin;
      // The browser says who the page is: what the page itself says of that counts for nothing.
      chat = begin(data.told, origin);
      if (chat) watch(chat, send);
    } else if (data.act && origin === page) {
      const { name, draft } = data.act;
      if (name === "open" || name === "close" || name === "toggle") void chat?.[name](draft);
    }
  };
  early.forEach(hear);
  onmessage = hear;
}

/** Tells the page what happens, and which part of the window the chat takes at the moment. */
function watch(chat: HTMLElement, send: (message: FromFrame) => void): void {
  for (const name of ["open", "close", "message", "handoff", "booking", "feedback"] as const) {
    chat.addEventListener(`frontdesk:${name}`, (event) => {
      send({ event: { name, detail: (event as CustomEvent).detail } });
    });
  }
  const root = chat.shadowRoot as ShadowRoot;
  const sizes = new ResizeObserver(() => send({ seen: seen(root) }));
  const observe = () => {
    for (const child of root.children) sizes.observe(child);
    send({ seen: seen(root) });
  };
  new MutationObserver(observe).observe(root, { childList: true });
  addEventListener("resize", observe);
  observe();
}

/** The edges of what stands in the window, shadows included. */
function seen(root: ShadowRoot): number[] {
  const boxes = [...root.children].map((child) => child.getBoundingClientRect());
  const shown = boxes.filter(({ width }) => width > 0);
  if (!shown.length) return [innerHeight, 0, 0, 0];
  const edge = (distances: number[]) => Math.max(0, Math.min(...distances) - MARGIN_PX);
  return [
    edge(shown.map(({ top }) => top)),
    edge(shown.map(({ right }) => innerWidth - right)),
    edge(shown.map(({ bottom }) => innerHeight - bottom)),
    edge(shown.map(({ left }) => left)),
  ];
}
