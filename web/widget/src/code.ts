// The card where the visitor enters the code that proves an email address.

import type { Around } from "./around.ts";
import { formCard } from "./card.ts";
import { button, el, MAIL } from "./dom.ts";
import type { Verify } from "./wire.ts";

/** Makes the card; the assistant goes on by itself once the code was right. */
export function codeCard(around: Around): HTMLElement {
  const { memory, words } = around;
  const { strings } = words;
  const field = el("input", {
    id: "fd-code",
    class: "digits",
    inputmode: "numeric",
    autocomplete: "one-time-code",
    pattern: "\\D*(\\d\\D*){6}",
    required: true,
    maxlength: 7,
    dir: "ltr",
  });
  return formCard(
    around,
    {
      kind: "code-card",
      drawing: MAIL,
      title: strings.codeTitle,
      go: strings.verify,
      invalid: strings.codeWrong,
      async send() {
        const entered: Verify = { code: field.value.replace(/\D/g, "") };
        await around.post("email/verify", entered);
        memory.keep({ awaitsCode: false });
        around.say(strings.verifiedText);
        return strings.verified;
      },
      beside: button("quiet", () => around.say(strings.newCodeText), strings.newCode),
    },
    el("p", {}, strings.codeText),
    el("label", { for: "fd-code" }, strings.codeLabel),
    field,
  );
}
