// The assistant's answer to one turn while it grows, and the bubble it shows in. Decides nothing
// about what follows from it.

import { el } from "./dom.ts";
import { markdown, plain } from "./markdown.ts";
import type { Transcript } from "./transcript.ts";
import type { TurnEvent } from "./turn.ts";
import type { Handoff, Proposal, Source } from "./wire.ts";

/** What ends a turn. */
interface Done {
  reply?: string;
  sources?: Source[];
  quickReplies?: string[];
}

export class Answer {
  text = "";
  readonly tools = new Set<string>();
  readonly proposals: Proposal[] = [];
  quickReplies: string[] = [];
  handoff: Handoff | undefined;
  #isAfterTool = false;
  #frame = 0;
  readonly #what: HTMLElement;
  readonly #typing: HTMLElement;
  readonly #bubble = el("div", { class: "bubble", dir: "auto", hidden: true });
  readonly #foot = el("div", "foot");
  readonly #row: HTMLElement;

  /** Opens a bubble with the typing dots in it. */
  constructor(readonly transcript: Transcript) {
    const dots = el("span", "dots", el("i"), el("i"), el("i"));
    this.#what = el("span", "what", transcript.words.strings.thinking);
    this.#typing = el("div", "typing", transcript.showsTyping && dots, this.#what);
    this.#row = transcript.row("assistant", this.#bubble, this.#typing, this.#foot);
  }

  on(event: TurnEvent): void {
    const { tools, preparing, lookingUp, reconnecting } = this.transcript.words.strings;
    if (event.type === "text") {
      // What is said after a tool's work is a new thought, not the rest of the last word.
      if (this.#isAfterTool && this.text && !/\s$/.test(this.text)) this.text += "\n\n";
      this.#isAfterTool = false;
      this.text += event.content;
      this.#typing.classList.remove("tool");
      this.#frame ||= requestAnimationFrame(() => this.#draw());
    } else if (event.type === "tool") {
      this.tools.add(event.name);
      this.#isAfterTool = true;
      const isWrite = /^(book|reschedule|cancel|join)_/.test(event.name);
      this.#working(tools[event.name] ?? (isWrite ? preparing : lookingUp));
    } else if (event.type === "reconnecting") this.#working(reconnecting);
  }

  /** Shows the whole; where a person has taken over, the assistant has nothing to say. */
  finish({ reply, quickReplies = [], sources = [] }: Done, isSilent: boolean): void {
    this.text = reply ?? this.text;
    this.quickReplies = quickReplies;
    const isBlank = !this.text.trim() && !this.proposals.length && !this.handoff;
    if (isBlank && !isSilent) this.text = this.transcript.words.strings.noAnswer;
    this.stop(sources);
  }

  /** Nothing more comes: what came of it stays readable. */
  stop(sources: Source[] = []): void {
    const { transcript } = this;
    cancelAnimationFrame(this.#frame);
    this.#draw();
    this.#typing.remove();
    if (!this.text.trim()) this.#row.remove();
    const links = sources.flatMap(({ url, title }) =>
      /^https?:\/\//i.test(url ?? "")
        ? el("a", { href: url, target: "_blank", rel: "noopener noreferrer" }, plain(title || url!))
        : title
          ? el("span", {}, plain(title))
          : [],
    );
    const named = links[0]
      ? el("span", "sources", `${transcript.words.strings.sources}: `, ...links)
      : "";
    transcript.following(() => this.#foot.replaceChildren(named, transcript.time(new Date())));
  }

  /** The answer is in the transcript already. */
  discard(): void {
    this.text = "";
    cancelAnimationFrame(this.#frame);
    this.#row.remove();
  }

  /** Shows what is being done while there is no text to show. */
  #working(what: string): void {
    this.#typing.classList.add("tool");
    this.#what.textContent = what;
    this.transcript.following(() => {
      this.#typing.hidden = false;
    });
  }

  #draw(): void {
    this.#frame = 0;
    this.transcript.following(() => {
      this.#bubble.hidden = !this.text.trim();
      this.#typing.hidden = !this.#bubble.hidden && !this.#typing.matches(".tool");
      this.#bubble.replaceChildren(markdown(this.text));
    });
  }
}
