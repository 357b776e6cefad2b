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
  failed(reason: string, retry: () => void, waitSeconds?: number): void;
}

export class Transcript {
  /** The scrolling log. */
  readonly node: HTMLElement;
  readonly #end = el("div", { class: "end" });

  constructor(readonly words: Words) {
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

  /** Says that an answer is being written, for whoever reads along with other means. */
  set busy(is: boolean) {
    this.node.setAttribute("aria-busy", `${is}`);
  }

  /** Adds any node at the end. */
  add<Added extends Element>(node: Added): Added {
    this.following(() => this.#end.before(node));
    return node;
  }

  notice(text: string, kind = ""): HTMLElement {
    return this.add(el("p", { class: `notice ${kind}`, dir: "auto" }, plain(text)));
  }

  visitor(text: string, at: Date): Spoken {
    const bubble = el("div", { class: "bubble", dir: "auto" }, plain(text));
    const foot = el("div", { class: "foot" });
    const row = this.add(el("div", { class: "row visitor" }, this.#by("you"), bubble, foot));
    return {
      delivered: () => {
        row.classList.remove("failed");
        foot.replaceChildren(this.#time(at));
      },
      failed: (reason, retry, waitSeconds = 0) => {
        row.classList.add("failed");
        const again = button({ class: "link" }, retry, this.words.strings.retry);
        again.disabled = waitSeconds > 0;
        const note = el("span", {}, reason);
        this.following(() => foot.replaceChildren(note, again));
        if (waitSeconds > 0) this.#countDown(note, again, reason, waitSeconds);
      },
    };
  }

  /** Opens an assistant's bubble, with the typing dots in it. */
  growing(): Growing {
    const dots = el("span", { class: "dots", "aria-hidden": true }, el("i"), el("i"), el("i"));
    const what = el("span", { class: "what" }, this.words.strings.thinking);
    const typing = el("div", { class: "typing" }, dots, what);
    const bubble = el("div", { class: "bubble", dir: "auto", hidden: true });
    const foot = el("div", { class: "foot" });
    const row = this.add(
      el("div", { class: "row assistant" }, this.#by("assistant"), bubble, typing, foot),
    );
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
  stored({ sender, content, createdAt }: Message): void {
    const at = new Date(createdAt);
    if (sender === "visitor") this.visitor(content, at).delivered();
    else if (sender === "system") this.notice(content);
    else {
      const bubble = el("div", { class: "bubble", dir: "auto" }, markdown(content));
      const foot = el("div", { class: "foot" }, this.#time(at));
      const by = sender === "agent" ? "team" : "assistant";
      this.add(el("div", { class: `row ${sender}` }, this.#by(by), bubble, foot));
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
    return [el("span", { class: "sources" }, `${this.words.strings.sources}: `, ...items)];
  }

  /** Who speaks: seen from the side and colour of a bubble, heard from this. */
  #by(who: "you" | "assistant" | "team"): HTMLElement {
    return el("span", { class: who === "team" ? "by" : "sr" }, `${this.words.strings[who]}: `);
  }

  #time(at: Date): HTMLElement {
    const iso = Number.isNaN(at.getTime()) ? "" : at.toISOString();
    return el("time", { datetime: iso }, this.words.time(iso));
  }

  #countDown(note: HTMLElement, again: HTMLButtonElement, reason: string, seconds: number): void {
    let left = seconds;
    const tick = () => {
      note.textContent =
        left > 0 ? `${reason} ${fill(this.words.strings.waitSeconds, { n: left })}` : reason;
      again.disabled = left > 0;
      if (left > 0 && note.isConnected) setTimeout(tick, 1000);
      left -= 1;
    };
    tick();
  }

  /** Changes something and stays at the end, if that is where the visitor reads. */
  following(change: () => void): void {
    const { scrollHeight, scrollTop, clientHeight } = this.node;
    const reads = scrollHeight - scrollTop - clientHeight < AT_THE_END_PX;
    change();
    if (reads) this.scrollToEnd();
  }
}
