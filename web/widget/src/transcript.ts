// The transcript: bubbles, cards and notices in order. Keeps itself scrolled to the newest unless
// the visitor reads further up; never moves the focus.

import { button, el } from "./dom.ts";
import { markdown, plain } from "./markdown.ts";
import type { Message, Source } from "./wire.ts";
import { fill, type Words } from "./words.ts";

/** Closer to the end than this, the visitor is reading along. */
const AT_THE_END_PX = 60;

/** A bubble whose text is still coming. */
export interface Growing {
  /** Shows what is being done while there is no text to show. */
  working(what: string): void;
  /** Shows the text so far. */
  show(text: string): void;
  /** Shows the finished text, or nothing when there is none. */
  finish(text: string, at: Date, sources: Source[]): void;
  /** Takes the bubble away. */
  remove(): void;
}

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
    const row = this.add(el("div", "row visitor", this.#by("you"), bubble, foot));
    return {
      delivered: () => {
        row.classList.remove("failed", "held");
        const isRead = readAt && this.showsReadReceipts;
        foot.replaceChildren(this.#time(at), isRead ? this.words.strings.read : "");
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

  /** Opens an assistant's bubble, with the typing dots in it. */
  growing(): Growing {
    const dots = el("span", "dots", el("i"), el("i"), el("i"));
    const what = el("span", "what", this.words.strings.thinking);
    const typing = el("div", "typing", this.showsTyping && dots, what);
    const bubble = el("div", { class: "bubble", dir: "auto", hidden: true });
    const foot = el("div", "foot");
    const row = this.add(el("div", "row assistant", this.#by("assistant"), bubble, typing, foot));
    let text = "";
    let frame = 0;
    const draw = () => {
      frame = 0;
      bubble.hidden = !text.trim();
      typing.hidden = !bubble.hidden && !typing.classList.contains("tool");
      this.following(() => bubble.replaceChildren(markdown(text)));
    };
    return {
      working: (label) => {
        typing.classList.add("tool");
        what.textContent = label;
        this.following(() => {
          typing.hidden = false;
        });
      },
      show: (soFar) => {
        text = soFar;
        typing.classList.remove("tool");
        frame ||= requestAnimationFrame(draw);
      },
      finish: (whole, at, sources) => {
        cancelAnimationFrame(frame);
        text = whole;
        draw();
        typing.remove();
        if (!text.trim()) row.remove();
        this.following(() => foot.replaceChildren(...this.#sources(sources), this.#time(at)));
      },
      remove: () => {
        cancelAnimationFrame(frame);
        row.remove();
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
      const foot = el("div", "foot", this.#time(at));
      const by = sender === "agent" ? "team" : "assistant";
      this.add(el("div", `row ${sender}`, this.#by(by), bubble, foot));
    }
  }

  scrollToEnd(): void {
    this.node.scrollTop = this.node.scrollHeight;
  }

  #sources(sources: Source[]): Node[] {
    const links = sources.filter((source) => /^https?:\/\//i.test(source.url ?? ""));
    if (!links.length) return [];
    const items = links.map(({ url, title }) =>
      el(
        "a",
        { href: url, target: "_blank", rel: "noopener noreferrer" },
        plain(title || url || ""),
      ),
    );
    return [el("span", "sources", `${this.words.strings.sources}: `, ...items)];
  }

  /** Who speaks: seen from the side and colour of a bubble, heard from this. */
  #by(who: "you" | "assistant" | "team"): HTMLElement {
    return el("span", { class: who === "team" ? "by" : "sr" }, `${this.words.strings[who]}: `);
  }

  #time(at: Date): HTMLElement {
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
