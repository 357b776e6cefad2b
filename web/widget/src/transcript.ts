// The transcript: bubbles, cards and notices in order. Keeps itself scrolled to the newest unless
// the visitor reads further up; never moves the focus.

import { button, el } from "./dom.ts";
import { markdown, plain } from "./markdown.ts";
import type { Message } from "./wire.ts";
import { fill, type Words } from "./words.ts";

/** Closer to the end than this, the visitor is reading along. */
const AT_THE_END_PX = 60;

/** A visitor's bubble, and what became of it. */
export interface Spoken {
  delivered(): void;
  /** It waits or has failed: why, and how to send it again, from so many seconds on. */
  held(why: string, retry?: () => void, waitSeconds?: number): void;
}

export class Transcript {
  /** The scrolling log. */
  readonly node: HTMLElement;
  /** Where additions go while it is set, instead of to the end. */
  end: Element | undefined;
  readonly #end = el("div", "end");

  constructor(
    readonly words: Words,
    readonly showsTyping: boolean,
    readonly showsReadReceipts: boolean,
  ) {
    // Arrivals are announced elsewhere, once and whole; a live log would say them twice.
    this.node = el(
      "div",
      {
        class: "log",
        role: "log",
        "aria-live": "off",
        "aria-label": words.strings.conversation,
        tabindex: 0,
      },
      this.#end,
    );
  }

  /** Adds any node at the end. */
  add<Added extends Element>(node: Added): Added {
    this.following(() => (this.end ?? this.#end).before(node));
    return node;
  }

  notice(text: string, kind = ""): HTMLElement {
    return this.add(el("p", { class: `notice ${kind}`, dir: "auto" }, plain(text)));
  }

  visitor(text: string, at: Date, readAt?: string): Spoken {
    const bubble = el("div", { class: "bubble", dir: "auto" }, plain(text));
    const foot = el("div", "foot");
    const row = this.row("visitor", bubble, foot);
    return {
      delivered: () => {
        row.classList.remove("failed", "held");
        const isRead = readAt && this.showsReadReceipts;
        foot.replaceChildren(this.time(at), isRead ? this.words.strings.read : "");
      },
      held: (why, retry, waitSeconds = 0) => {
        row.classList.add(retry ? "failed" : "held");
        const note = el("span", {}, why);
        const again = retry && button("link", retry, this.words.strings.retry);
        this.following(() => foot.replaceChildren(note, again ?? ""));
        if (again && waitSeconds) {
          again.disabled = true;
          note.append(` ${fill(this.words.strings.waitSeconds, { n: waitSeconds })}`);
          setTimeout(() => {
            again.disabled = false;
            note.textContent = why;
          }, waitSeconds * 1000);
        }
      },
    };
  }

  /** Adds a stored message. */
  stored({ sender, content, createdAt, readAt }: Message): void {
    const at = new Date(createdAt);
    if (sender === "visitor") this.visitor(content, at, readAt).delivered();
    else if (sender === "system") this.notice(content);
    else {
      const bubble = el("div", { class: "bubble", dir: "auto" }, markdown(content));
      this.row(sender, bubble, el("div", "foot", this.time(at)));
    }
  }

  scrollToEnd(): void {
    this.node.scrollTop = this.node.scrollHeight;
  }

  /** Adds what one side says. Who speaks is seen from side and colour, and heard from a word. */
  row(sender: "visitor" | "assistant" | "agent", ...parts: Node[]): HTMLElement {
    const { you, assistant, team } = this.words.strings;
    const by = { visitor: you, assistant, agent: team }[sender];
    const heard = el("span", sender === "agent" ? "by" : "sr", `${by}: `);
    return this.add(el("div", `row ${sender}`, heard, ...parts));
  }

  time(at: Date): HTMLElement {
    const iso = Number.isNaN(at.getTime()) ? "" : at.toISOString();
    return el("time", { datetime: iso, dir: "auto" }, this.words.time(iso));
  }

  /** Changes something and stays at the end, if that is where the visitor reads. */
  following(change: () => void): void {
    const { scrollHeight, scrollTop, clientHeight } = this.node;
    const reads = scrollHeight - scrollTop - clientHeight < AT_THE_END_PX;
    change();
    if (reads) this.scrollToEnd();
  }
}
