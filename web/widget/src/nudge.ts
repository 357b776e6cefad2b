// The bubble that speaks first: shown beside the launcher once a visit, and never while the chat
// is open. Fetched when it is due. Stores nothing until the visitor, having seen it, does something.

import sheet from "./nudge.css";
import type { Proactive } from "./wire.ts";

/** Waits for the scroll, then shows the bubble unless the visitor has acted on the chat by then. */
export function nudge(
  { message, scrollPx }: Proactive,
  root: ShadowRoot,
  launcher: HTMLButtonElement,
  key: string,
  locale: string,
): void {
  const gone = new AbortController();
  const { signal } = gone;
  const node = document.createElement("aside");
  const [say, close] = ["say", "x"].map((name) => {
    const button = document.createElement("button");
    button.className = name;
    button.dir = "auto";
    node.append(button);
    return button;
  }) as [HTMLButtonElement, HTMLButtonElement];

  function hide(): void {
    gone.abort();
    node.remove();
  }

  function show(): void {
    if (hasActed() || launcher.ariaExpanded === "true" || scrollY < scrollPx) return;
    removeEventListener("scroll", show);
    const style = new CSSStyleSheet();
    style.replaceSync(sheet);
    root.adoptedStyleSheets.push(style);
    root.append(node);
    for (const act of ["pointerdown", "keydown"])
      addEventListener(act, remember, { capture: true, signal });
  }

  /** Whatever is stored, the visitor's act has stored it. Where storage is denied, nothing is. */
  function hasActed(): boolean {
    try {
      return sessionStorage.getItem(key) !== null;
    } catch {
      return false;
    }
  }

  /** Whoever presses anything has had the chance to see it, so the next page need not ask again. */
  function remember(): void {
    try {
      if (!hasActed()) sessionStorage.setItem(key, '{"cards":[]}');
    } catch {
      // Full or denied by the browser's settings: then it is once a page.
    }
  }

  node.className = "nudge";
  node.ariaLabel = message;
  say.textContent = message;
  say.addEventListener("click", () => launcher.click());
  close.textContent = "✕";
  close.ariaLabel =
    { de: "Ausblenden", es: "Ocultar", fr: "Masquer" }[locale.slice(0, 2)] ?? "Dismiss";
  close.addEventListener("click", hide);
  // However the chat is opened, the launcher says so.
  new MutationObserver(() => launcher.ariaExpanded === "true" && hide()).observe(launcher, {
    attributeFilter: ["aria-expanded"],
  });
  addEventListener("scroll", show, { passive: true, signal });
  show();
}
