// What every card in the transcript is made of: a head, a body, and for those that ask for
// something one form that sends once at a time and says what became of it.

import { Problem } from "./api.ts";
import type { Around } from "./around.ts";
import { CHECK, type Child, el, icon } from "./dom.ts";
import type { Strings } from "./locales/en.ts";
import { plain } from "./markdown.ts";

/** The coloured line above a card. */
export function head(drawing: string, text: string): HTMLElement {
  return el("div", "card-head", icon(drawing), el("span", {}, plain(text)));
}

/** What a form asks for. */
export interface Asked {
  kind: string;
  drawing: string;
  title: string;
  /** On the button that sends. */
  go: string;
  /** What a form says that is not filled in rightly. */
  invalid: string;
  /** Sends what is filled in; the card then says what this resolves to, and nothing more. */
  send(): Promise<string>;
  /** Stands beside the button that sends. */
  beside?: HTMLElement;
}

/** A card with one form. */
export function formCard(around: Around, asked: Asked, ...fields: Child[]): HTMLElement {
  const { kind, title, send } = asked;
  const wrong = el("p", { class: "wrong", role: "alert", id: `fd-${kind}-wrong` });
  const go = el("button", { type: "submit", class: "primary" }, asked.go);
  const actions = el("div", "actions", go, asked.beside);
  const form = el("form", { class: "card-body", novalidate: true }, ...fields, wrong, actions);
  const card = el(
    "section",
    { class: `card ${kind}`, "aria-label": title },
    head(asked.drawing, title),
    form,
  );
  let isSending = false;

  function refuse(why: string): void {
    around.transcript.following(() => {
      wrong.textContent = plain(why);
    });
    const field =
      form.querySelector<HTMLInputElement>("input:invalid, textarea:invalid") ??
      form.querySelector("input");
    field?.setAttribute("aria-invalid", "true");
    field?.setAttribute("aria-describedby", wrong.id);
    field?.focus();
    field?.select();
  }

  form.addEventListener("input", () => {
    wrong.textContent = "";
  });
  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    if (isSending) return;
    wrong.textContent = "";
    form.querySelector("[aria-invalid]")?.removeAttribute("aria-invalid");
    if (!form.checkValidity()) return refuse(asked.invalid);
    isSending = true;
    go.setAttribute("aria-disabled", "true");
    try {
      const done = await send();
      const hadFocus = card.matches(":focus-within");
      card.className = "card done";
      around.transcript.following(() => card.replaceChildren(head(CHECK, done)));
      if (hadFocus) keepFocus(card);
      around.announce(done);
    } catch (error) {
      refuse(reasonOf(error, around.words.strings));
    }
    isSending = false;
    go.removeAttribute("aria-disabled");
  });
  return card;
}

/** Redrawing took the focused button away: the focus goes to what stands in its place. */
export function keepFocus(node: HTMLElement): void {
  if ((node.getRootNode() as ShadowRoot).activeElement) return;
  const target = node.querySelector<HTMLElement>("a, button") ?? node;
  if (target === node) node.tabIndex = -1;
  target.focus({ preventScroll: true });
}

/** Why something was not done, in the server's words where it has some for the visitor. */
export function reasonOf(error: unknown, strings: Strings): string {
  if (!(error instanceof Problem)) return strings.failed;
  if (error.detail && error.status < 500) return error.detail;
  return error.status === 429 ? strings.tooMany : strings.failed;
}
