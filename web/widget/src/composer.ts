// Where the visitor writes: a field that grows with its text, Enter sends, Shift+Enter breaks the
// line; and the suggestions above it. Decides nothing about what is sent.

import { button, el, icon, SEND } from "./dom.ts";
import type { Strings } from "./locales/en.ts";
import { plain } from "./markdown.ts";

/** The server's own limit for one message. */
const LONGEST = 4000;

export class Composer {
  readonly node: HTMLElement;
  readonly field: HTMLTextAreaElement;
  readonly #suggestions: HTMLElement;
  readonly #say: (text: string) => void;

  constructor(strings: Strings, say: (text: string) => void) {
    this.#say = say;
    this.#suggestions = el("div", {
      class: "suggestions",
      role: "group",
      "aria-label": strings.suggestions,
    });
    this.field = el("textarea", {
      rows: 1,
      maxlength: LONGEST,
      placeholder: strings.write,
      "aria-label": strings.message,
      enterkeyhint: "send",
      dir: "auto",
    });
    const send = el(
      "button",
      { type: "submit", class: "send", "aria-label": strings.send },
      icon(SEND),
    );
    const grow = el("div", "grow", this.field);
    const form = el("form", "composer", grow, send);
    form.addEventListener("submit", (event) => {
      event.preventDefault();
      this.#submit();
    });
    this.field.addEventListener("input", () => this.#fit());
    this.field.addEventListener("keydown", (event) => {
      if (event.key !== "Enter" || event.shiftKey || event.isComposing) return;
      event.preventDefault();
      this.#submit();
    });
    this.node = el("div", "bottom", this.#suggestions, form);
  }

  /** Offers short replies that one tap sends; none takes the earlier ones away. */
  suggest(replies: string[]): void {
    const offers = replies.filter((reply) => typeof reply === "string" && reply.trim()).slice(0, 6);
    this.#suggestions.replaceChildren(
      ...offers.map((reply) =>
        button("chip", () => this.#tapped(reply), el("bdi", {}, plain(reply))),
      ),
    );
  }

  /** Puts a text into the field, for the visitor to send or change. */
  draft(text: string): void {
    this.field.value = text;
    this.#fit();
  }

  #tapped(reply: string): void {
    // The tapped button goes away, and the focus must not fall to the page with it.
    this.field.focus({ preventScroll: true });
    this.#say(reply);
  }

  #submit(): void {
    const text = this.field.value.trim();
    if (!text) return;
    this.draft("");
    this.#say(text);
  }

  /** A style sheet mirrors this text behind the field, which gives the field its height. */
  #fit(): void {
    this.field.parentElement?.setAttribute("data-text", `${this.field.value} `);
  }
}
