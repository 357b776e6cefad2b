// The card that asks how the conversation was: one to five stars, and a comment if there is one.
// Shown once a conversation; what was given stays given.

import type { Around } from "./around.ts";
import { formCard } from "./card.ts";
import { button, CHECK, el, icon, STAR } from "./dom.ts";
import type { Feedback } from "./wire.ts";
import { fill } from "./words.ts";

/** What the server keeps of a comment, in characters. */
const LONGEST = 500;

/** Makes the card. */
export function feedbackCard(around: Around): HTMLElement {
  const { memory, page, words } = around;
  const { strings } = words;
  const stars = el("div", "stars");
  for (let rating = 1; rating <= 5; rating += 1) {
    const label = fill(strings.stars, { n: rating });
    const id = `fd-star-${rating}`;
    stars.append(
      el("input", { id, type: "radio", name: "fd-rating", value: rating, required: true }),
      el("label", { for: id, title: label }, el("span", "sr", label), icon(STAR)),
    );
  }
  const comment = el("textarea", {
    id: "fd-comment",
    rows: 2,
    maxlength: LONGEST,
    dir: "auto",
  });
  const card = formCard(
    around,
    {
      kind: "feedback",
      drawing: CHECK,
      title: strings.rate,
      go: strings.rateSend,
      invalid: strings.rateInvalid,
      async send() {
        const rating = Number(stars.querySelector<HTMLInputElement>(":checked")?.value);
        const said = comment.value.trim();
        const given: Feedback = said ? { rating, comment: said } : { rating };
        await around.post("feedback", given);
        memory.keep({ rating: "given" });
        page.emit("feedback", { rating });
        return strings.thanks;
      },
      beside: button(
        "quiet",
        () => {
          memory.keep({ rating: "given" });
          card.remove();
          around.composer.field.focus();
        },
        strings.notNow,
      ),
    },
    el("fieldset", {}, el("legend", "sr", strings.rate), stars),
    el("label", { for: "fd-comment" }, strings.comment),
    comment,
  );
  return card;
}
