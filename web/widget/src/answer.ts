// The assistant's answer to one turn while it grows. Decides nothing about what follows from it.

import type { Strings } from "./locales/en.ts";
import type { Growing } from "./transcript.ts";
import type { Handoff, Proposal, Source } from "./wire.ts";

/** What one turn has brought so far, and the bubble it shows in. */
export class Answer {
  text = "";
  readonly tools = new Set<string>();
  readonly proposals: Proposal[] = [];
  quickReplies: string[] = [];
  handoff: Handoff | undefined;
  #isAfterTool = false;

  constructor(
    readonly strings: Strings,
    readonly bubble: Growing,
  ) {}

  on(
    event:
      { type: "text"; content: string } | { type: "tool"; name: string } | { type: "reconnecting" },
  ) {
    if (event.type === "text") {
      // What is said after a tool's work is a new thought, not the rest of the last word.
      if (this.#isAfterTool && this.text && !/\s$/.test(this.text)) this.text += "\n\n";
      this.#isAfterTool = false;
      this.text += event.content;
      this.bubble.show(this.text);
    } else if (event.type === "tool") {
      this.tools.add(event.name);
      this.#isAfterTool = true;
      this.bubble.working(this.#doing(event.name));
    } else if (event.type === "reconnecting") this.bubble.working(this.strings.reconnecting);
  }

  #doing(tool: string): string {
    const { tools, preparing, lookingUp } = this.strings;
    return tools[tool] ?? (/^(book|reschedule|cancel|join)_/.test(tool) ? preparing : lookingUp);
  }

  /** Shows the whole; where a person has taken over, the assistant has nothing to say. */
  finish(done: { reply?: string; sources?: Source[]; quickReplies?: string[] }, isSilent: boolean) {
    this.text = done.reply ?? this.text;
    this.quickReplies = done.quickReplies ?? [];
    const isBlank = !this.text.trim() && !this.proposals.length && !this.handoff;
    if (isBlank && !isSilent) this.text = this.strings.noAnswer;
    this.bubble.finish(this.text, new Date(), done.sources ?? []);
  }

  /** The answer broke off for good: what came of it stays readable. */
  stop() {
    this.bubble.finish(this.text, new Date(), []);
  }

  /** The answer is in the transcript already. */
  discard() {
    this.text = "";
    this.bubble.remove();
  }
}
