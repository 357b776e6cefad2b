// The bubble that speaks first: shown beside the launcher once a visit, and never while the chat
// is open. Fetched when it is due. Stores nothing until the visitor, having seen it, does something.

import nudgeSheet from "./nudge.css";
import { button, CLOSE, el, icon } from "./dom.ts";
import { plain } from "./markdown.ts";
import { recall, storageKey } from "./memory.ts";
import type { Proactive } from "./wire.ts";

const DISMISS: Record<string, string> = { de: "Ausblenden", es: "Ocultar", fr: "Masquer" };

/** What the bubble needs of the loader. */
export interface Beside {
  root: ShadowRoot;
  launcher: HTMLButtonElement;
  tenantKey: string;
  locale: string;
}

/** Waits for the scroll, then shows the bubble unless the chat has been opened by then. */
export function nudge({ message, scrollPx }: Proactive, beside: Beside): void {
  const { root, launcher, tenantKey, locale } = beside;
  const key = storageKey(tenantKey);
  const gone = new AbortController();
  const { signal } = gone;
  const node = el("aside", { class: "nudge", "aria-label": launcher.ariaLabel ?? "" });

  function hide(): void {
    gone.abort();
    node.remove();
  }

  /** Whoever presses anything has had the chance to see it, so the next page need not ask again. */
  function remember(): void {
    try {
      sessionStorage.setItem(key, JSON.stringify({ cards: [], ...recall(key) }));
    } catch {
      // Denied by the browser's settings: then it is once a page.
    }
  }

  function show(): void {
    const isLate = recall(key).cards || launcher.ariaExpanded === "true";
    if (isLate || scrollY < scrollPx) return;
    removeEventListener("scroll", show);
    const open = button("say", () => launcher.click(), plain(message));
    const close = button("x", hide, icon(CLOSE));
    close.ariaLabel = DISMISS[locale.slice(0, 2)] ?? "Dismiss";
    node.dir = open.dir = "auto";
    node.append(open, close);
    const sheet = new CSSStyleSheet();
    sheet.replaceSync(nudgeSheet);
    root.adoptedStyleSheets.push(sheet);
    root.append(node);
    for (const act of ["pointerdown", "keydown"])
      addEventListener(act, remember, { capture: true, once: true, signal });
  }

  // However the chat is opened, the launcher says so.
  new MutationObserver(() => launcher.ariaExpanded === "true" && hide()).observe(launcher, {
    attributeFilter: ["aria-expanded"],
  });
  addEventListener("scroll", show, { passive: true, signal });
  show();
}
