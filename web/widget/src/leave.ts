// The card where the visitor leaves a message while nobody is there to talk.

import type { Around } from "./around.ts";
import { formCard } from "./card.ts";
import { el, MAIL } from "./dom.ts";
import type { Escalate } from "./wire.ts";

/** What the server keeps of a message, in characters. */
const LONGEST = 500;

/** Makes the card; `sent` is called once the message is with the team. */
export function leaveCard(around: Around, sent: () => void): HTMLElement {
  const { strings } = around.words;
  const email = el("input", {
    id: "fd-email",
    type: "email",
    required: true,
    autocomplete: "email",
    dir: "ltr",
  });
  const message = el("textarea", {
    id: "fd-leave",
    required: true,
    rows: 3,
    maxlength: LONGEST,
    dir: "auto",
  });
  return formCard(
    around,
    {
      kind: "leave",
      drawing: MAIL,
      title: strings.leave,
      go: strings.leave,
      invalid: strings.leaveInvalid,
      async send() {
        const left: Escalate = { reason: message.value, customerEmail: email.value };
        await around.post("escalate", left);
        sent();
        return strings.left;
      },
    },
    el("label", { for: "fd-email" }, strings.email),
    email,
    el("label", { for: "fd-leave" }, strings.yourMessage),
    message,
  );
}
