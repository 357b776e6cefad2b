// The people of the business: calling one, the place in line, and what they write. Decides when to
// ask the server for it; never lets the assistant's silence look like a failure.

import type { Around } from "./around.ts";
import { reasonOf } from "./card.ts";
import { nextOpening } from "./hours.ts";
import { leaveCard } from "./leave.ts";
import { plain } from "./markdown.ts";
import type { Handoff, History, Queue, Read } from "./wire.ts";
import { fill } from "./words.ts";

/** How often a waiting visitor's transcript asks for what a person wrote. */
const LISTEN_EVERY_MS = 4000;
const OFFLINE = "We're currently offline. Leave a message!";

export class People {
  readonly #shown = new Set<string>();
  #lastId = "";
  #unread = "";
  #mode: History["mode"] = "assistant";
  #timer = 0;
  #place: HTMLElement | undefined;
  #form: HTMLElement | undefined;
  #isCalling = false;

  constructor(
    readonly around: Around,
    /** The conversation has ended. */
    readonly ended: () => void,
  ) {}

  /** Whether a person has taken the conversation, so that the assistant is silent. */
  get areHere(): boolean {
    return this.#mode === "active";
  }

  /** Ids are ULIDs: the greatest is the newest. Returns whether it had not been shown. */
  know(id: string): boolean {
    const isNew = !this.#shown.has(id);
    this.#shown.add(id);
    if (id > this.#lastId) this.#lastId = id;
    return isNew;
  }

  /** When nobody is there: says so, says when somebody will be, and takes a message. */
  offerForm(): void {
    const { page, transcript, words } = this.around;
    if (page.config.online !== false) return;
    const { offlineMessage, businessHours } = page.config.widget;
    const opens = nextOpening(businessHours, words.timeZone);
    const back = opens ? ` ${fill(words.strings.back, { time: words.civil(opens) })}` : "";
    transcript.notice((offlineMessage || OFFLINE) + back, "handoff");
    this.#showForm();
  }

  /** The visitor asks for a person: one is called, or the visitor's message is taken. */
  async call(): Promise<void> {
    const { page, transcript, words } = this.around;
    if (page.config.online === false) {
      this.#showForm();
      this.#form?.querySelector("input")?.focus();
    } else if (!this.#isCalling) {
      this.#isCalling = true;
      try {
        this.called(await this.around.post<Handoff>("escalate"));
      } catch (error) {
        this.#say(transcript.notice(reasonOf(error, words.strings), "handoff"));
      }
      this.#isCalling = false;
    }
  }

  /** The team has been told. */
  called({ online, queue }: Handoff): void {
    const { page, transcript, words } = this.around;
    page.emit("handoff", {});
    const isClosed = online === false;
    const told = isClosed ? words.strings.handoffClosed : words.strings.handoff;
    this.#say(transcript.notice(told, "handoff"));
    if (isClosed) this.#showForm();
    this.follow({ mode: "waiting", queue });
  }

  /** Fetches what people write, for as long as somebody may. */
  follow({ mode, queue }: { mode: History["mode"]; queue?: Queue | undefined }): void {
    this.#mode = mode;
    this.#showPlace(queue);
    if (mode === "ended") this.ended();
    clearTimeout(this.#timer);
    if (mode === "waiting" || mode === "active")
      this.#timer = setTimeout(() => void this.#listen(), LISTEN_EVERY_MS);
  }

  /** Tells the team what the visitor has seen of it, where the business shows that. */
  seen(): void {
    const { page, post, transcript } = this.around;
    const canSee = !document.hidden && transcript.node.offsetParent;
    if (!this.#unread || !canSee || !page.config.widget.showReadReceipts) return;
    void post("read", { upTo: this.#unread } satisfies Read).catch(() => {});
    this.#unread = "";
  }

  async #listen(): Promise<void> {
    const { api, announce, memory, page, transcript } = this.around;
    const after = this.#lastId ? `?after=${encodeURIComponent(this.#lastId)}` : "";
    let now: { mode: History["mode"]; queue?: Queue } = { mode: this.#mode };
    if (!document.hidden && memory.now.sessionId) {
      try {
        const history = await api.get<History>(`messages${after}`, memory.now.sessionId);
        now = history;
        for (const message of history.messages) {
          const isTheirs = message.sender === "agent" || message.sender === "system";
          if (!this.know(message.id) || !isTheirs) continue;
          transcript.stored(message);
          announce(plain(message.content));
          page.emit("message", { from: "agent" });
          this.#unread = message.id;
        }
        this.seen();
      } catch {
        // The next look may find the way again.
      }
    }
    this.follow(now);
  }

  /** Where the visitor stands in line: one notice, which changes as the line does. */
  #showPlace(queue: Queue | undefined): void {
    const { transcript, words } = this.around;
    if (!queue || this.#mode !== "waiting") {
      if (this.#mode !== "waiting") this.#place?.remove();
      return;
    }
    const { position, expectedWaitSeconds } = queue;
    const minutes = Math.ceil((expectedWaitSeconds ?? 0) / 60);
    const wait = minutes ? ` ${fill(words.strings.wait, { time: words.minutes(minutes) })}` : "";
    const text = fill(words.strings.queue, { n: position }) + wait;
    if (this.#place?.isConnected && this.#place.textContent === text) return;
    this.#place?.remove();
    this.#place = transcript.notice(text, "handoff");
    this.#say(this.#place);
  }

  #showForm(): void {
    this.#form ??= leaveCard(this.around, () => {
      this.#form = undefined;
    });
    this.around.transcript.add(this.#form);
  }

  #say(notice: HTMLElement): void {
    this.around.announce(notice.textContent);
  }
}
