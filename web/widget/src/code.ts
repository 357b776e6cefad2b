// The card where the visitor enters the code that proves an email address.

import { type Api, Problem } from "./api.ts";
import { button, CHECK, el, icon, MAIL } from "./dom.ts";
import type { Strings } from "./locales/en.ts";
import { plain } from "./markdown.ts";

/** What the card needs from its surroundings. */
export interface Surroundings {
  api: Api;
  strings: Strings;
  sessionId(): string | undefined;
  announce(text: string): void;
  /** The address is proven. */
  proven(): void;
  /** The visitor asks for another code. */
  another(): void;
}

/** Makes the card; it replaces its own contents once the code was right. */
export function codeCard(around: Surroundings): HTMLElement {
  const { strings } = around;
  const field = el("input", {
    id: "fd-code",
    inputmode: "numeric",
    autocomplete: "one-time-code",
    pattern: "[0-9 ]*",
    maxlength: 7,
    "aria-describedby": "fd-code-wrong",
  });
  const label = el("label", { for: "fd-code" }, strings.codeLabel);
  const wrong = el("p", { id: "fd-code-wrong", class: "wrong", role: "alert" });
  const verify = el("button", { type: "submit", class: "primary" }, strings.verify);
  const again = button({ class: "quiet" }, around.another, strings.newCode);
  const form = el(
    "form",
    { class: "card-body", novalidate: true },
    el("p", {}, strings.codeText),
    label,
    field,
    wrong,
    el("div", { class: "actions" }, verify, again),
  );
  const badge = el("span", {}, strings.codeTitle);
  const head = el("div", { class: "card-head" }, icon(MAIL), badge);
  const card = el(
    "section",
    { class: "card offer code-card", "aria-label": strings.codeTitle },
    head,
    form,
  );

  async function submit(): Promise<void> {
    const code = field.value.replace(/\D/g, "");
    wrong.textContent = code.length === 6 ? "" : strings.codeWrong;
    if (code.length !== 6 || verify.disabled) return field.focus();
    verify.disabled = true;
    try {
      await around.api.post("email/verify", { sessionId: around.sessionId(), code });
      card.className = "card done";
      card.replaceChildren(el("div", { class: "card-head" }, icon(CHECK), strings.verified));
      around.announce(strings.verified);
      around.proven();
    } catch (error) {
      wrong.textContent = plain((error instanceof Problem && error.detail) || strings.codeWrong);
      field.setAttribute("aria-invalid", "true");
      field.select();
      field.focus();
    } finally {
      verify.disabled = false;
    }
  }

  form.addEventListener("submit", (event) => {
    event.preventDefault();
    void submit();
  });
  return card;
}
