// The conversation: sends what the visitor says, shows what comes back, remembers enough to go on
// after a reload, and says plainly what went wrong. One turn at a time, in the order of speaking.

import { Answer } from "./answer.ts";
import { type Api, Problem, Unreachable } from "./api.ts";
import { codeCard } from "./code.ts";
import type { Composer } from "./composer.ts";
import { plain } from "./markdown.ts";
import type { Card, Memory } from "./memory.ts";
import type { Mount } from "./mount.ts";
import { ProposalCard } from "./proposal.ts";
import type { Spoken, Transcript } from "./transcript.ts";
import { mayPass, take } from "./turn.ts";
import type { History, Proposal, Said, Start, Started } from "./wire.ts";
import { fill, type Words } from "./words.ts";

/** How often a waiting visitor's transcript asks for what a person wrote. */
const LISTEN_EVERY_MS = 4000;

/** What a conversation works with. */
export interface Parts {
  api: Api;
  memory: Memory;
  words: Words;
  transcript: Transcript;
  composer: Composer;
  greeting: string;
  /** The page around it, and how to tell it what happens. */
  page: Mount;
  /** Says a finished thing once to whoever listens instead of looking. */
  announce(text: string): void;
}

export class Conversation {
  readonly #cards: ProposalCard[] = [];
  readonly #shown = new Set<string>();
  #queue: Promise<void> = Promise.resolve();
  #started: Promise<void> | undefined;
  #listening = false;
  #lastId = "";

  constructor(readonly parts: Parts) {
    document.addEventListener("visibilitychange", () => this.#backInSight());
    addEventListener("focus", () => this.#backInSight());
  }

  /** Begins or goes on: a visitor's first act makes the session, a remembered one is restored. */
  begin(): Promise<void> {
    this.#started ??= this.parts.memory.now.sessionId ? this.#restore() : this.#start();
    return this.#started;
  }

  /** Shows the greeting without asking the server for anything. */
  greet(text = this.parts.greeting): void {
    this.parts.transcript.stored({
      id: "",
      sender: "assistant",
      content: text,
      createdAt: new Date().toISOString(),
    });
  }

  /** Sends a visitor's message after those already on their way. */
  say(message: string): void {
    const said: Said = { message, clientMessageId: randomId() };
    this.#suggest([]);
    const spoken = this.parts.transcript.visitor(message, new Date());
    this.parts.transcript.scrollToEnd();
    this.#enqueue(said, spoken);
  }

  /** Suggestions take room from the transcript, which stays at its end all the same. */
  #suggest(replies: string[]): void {
    this.parts.transcript.following(() => this.parts.composer.suggest(replies));
  }

  #enqueue(said: Said, spoken: Spoken | undefined): void {
    this.#queue = this.#queue.then(async () => {
      await this.begin();
      await this.#turn(said, spoken);
    });
  }

  async #start(): Promise<void> {
    const { api, memory, words } = this.parts;
    this.greet();
    try {
      const started = await api.post<Started>("sessions", {
        source: "web",
        pageUrl: this.parts.page.pageUrl,
        referrer: this.parts.page.referrer,
        locale: words.locale,
        timezone: Intl.DateTimeFormat().resolvedOptions().timeZone,
      } satisfies Start);
      memory.keep({ sessionId: started.sessionId });
      this.#suggest(started.quickReplies ?? []);
    } catch {
      // The first message makes a session as well, and says so if it cannot.
    }
  }

  async #restore(): Promise<void> {
    const { api, memory, transcript } = this.parts;
    const { sessionId = "", unanswered, awaitsCode } = memory.now;
    this.greet();
    let history: History;
    try {
      history = await api.get<History>("messages", sessionId);
    } catch (error) {
      if (isExpired(error)) {
        memory.forgetSession();
        memory.keep({ unanswered: undefined });
        this.#started = undefined;
        return;
      }
      history = { mode: "assistant", messages: [] };
    }
    const cards = [...memory.now.cards];
    for (const message of history.messages) {
      const isGreeting = message.sender === "assistant" && message.content === this.parts.greeting;
      if (!isGreeting) transcript.stored(message);
      this.#know(message.id);
      for (const card of cards) if (card.after === message.id) this.#showCard(card);
    }
    for (const card of cards)
      if (!this.#cards.some((shown) => shown.card === card)) this.#showCard(card);
    if (awaitsCode) this.#askForCode();
    if (unanswered) this.#resume(unanswered, history);
    this.#suggest([]);
    this.#follow(history.mode);
    transcript.scrollToEnd();
    this.#backInSight();
  }

  /** A reload cut a turn off: the same message again only fetches what it brought. */
  #resume(unanswered: Said, { messages }: History): void {
    const said = messages.findLast((message) => message.sender === "visitor");
    const isShown = said?.content === unanswered.message;
    const spoken = isShown
      ? undefined
      : this.parts.transcript.visitor(unanswered.message, new Date());
    this.#enqueue(unanswered, spoken);
  }

  async #turn(said: Said, spoken: Spoken | undefined): Promise<void> {
    const { api, memory, transcript } = this.parts;
    const { sessionId } = memory.now;
    const sending = sessionId ? { ...said, sessionId } : said;
    memory.keep({ unanswered: said });
    const answer = new Answer(this.parts.words.strings, transcript.growing());
    transcript.busy = true;
    try {
      for await (const event of take(api, sending)) {
        spoken?.delivered();
        if (event.type === "session") memory.keep({ sessionId: event.sessionId });
        else if (event.type === "proposal") this.#propose(event.proposal, answer);
        else if (event.type === "handoff") answer.handoff = event.handoff;
        else if (event.type === "done") {
          memory.keep({ unanswered: undefined });
          if (this.#shown.has(event.messageId)) answer.discard();
          else answer.finish(event);
          this.#know(event.messageId);
          this.#settle(answer, event.messageId);
        } else answer.on(event);
      }
    } catch (error) {
      answer.stop();
      this.#fail(error, said, spoken);
    } finally {
      transcript.busy = false;
    }
  }

  #propose(proposal: Proposal, answer: Answer): void {
    const isKnown = this.#cards.some(({ card }) => card.proposal.id === proposal.id);
    if (!isKnown) answer.proposals.push(proposal);
  }

  /** What a finished turn leaves behind: cards, a code to enter, a person to wait for. */
  #settle(answer: Answer, messageId: string): void {
    const { memory, transcript, words } = this.parts;
    for (const proposal of answer.proposals) {
      const card: Card = { proposal, after: messageId };
      memory.keep({ cards: [...memory.now.cards, card] });
      this.#showCard(card);
    }
    if (answer.tools.has("verify_email")) this.#askForCode();
    if (answer.handoff) {
      const { message, queue } = answer.handoff;
      const place = queue ? ` ${fill(words.strings.queue, { n: queue.position })}` : "";
      transcript.notice((message || words.strings.handoff) + place, "handoff");
      this.#follow("waiting");
    }
    this.#suggest(answer.quickReplies);
    const title = answer.proposals[0]?.preview.title;
    const offered = title ? ` ${words.strings.proposal}: ${plain(title)}` : "";
    this.parts.announce(answer.text + offered);
  }

  #showCard(card: Card): void {
    const { api, memory, words, transcript } = this.parts;
    const shown = new ProposalCard(card, {
      api,
      words,
      sessionId: () => memory.now.sessionId,
      changed: () => memory.keep({ cards: memory.now.cards }),
      announce: (text) => this.parts.announce(text),
      say: (text) => this.say(text),
      following: (change) => transcript.following(change),
    });
    this.#cards.push(shown);
    transcript.add(shown.node);
  }

  #askForCode(): void {
    const { api, memory, words, transcript } = this.parts;
    transcript.node.querySelector(".code-card.offer")?.remove();
    memory.keep({ awaitsCode: true });
    const node = codeCard({
      api,
      strings: words.strings,
      sessionId: () => memory.now.sessionId,
      announce: (text) => this.parts.announce(text),
      proven: () => {
        memory.keep({ awaitsCode: false });
        this.say(words.strings.verifiedText);
      },
      another: () => this.say(words.strings.newCodeText),
    });
    transcript.add(node);
  }

  #fail(error: unknown, said: Said, spoken: Spoken | undefined): void {
    const { memory, words, transcript } = this.parts;
    const { strings } = words;
    const bubble = spoken ?? transcript.visitor(said.message, new Date());
    if (isExpired(error) && memory.now.sessionId) {
      memory.forgetSession();
      transcript.notice(strings.expiredSession);
      this.#enqueue(said, bubble);
      return;
    }
    // A refusal is final for this attempt; a lost answer may still exist under the same name.
    const next = mayPass(error) ? said : { ...said, clientMessageId: randomId() };
    const isOffline = error instanceof Unreachable && !navigator.onLine;
    const retry = () => {
      removeEventListener("online", retry);
      bubble.delivered();
      this.#enqueue(next, bubble);
    };
    if (isOffline) addEventListener("online", retry, { once: true });
    const wait = error instanceof Problem && error.status === 429 ? (error.retryAfter ?? 5) : 0;
    const reason = isOffline ? strings.offline : reasonOf(error, strings);
    bubble.failed(plain(reason), retry, wait);
    this.#suggest([]);
    this.parts.announce(reason);
  }

  /** Fetches what people write while the assistant is silent. */
  #follow(mode: History["mode"]): void {
    if (this.#listening || (mode !== "waiting" && mode !== "active")) return;
    this.#listening = true;
    setTimeout(() => this.#listen(), LISTEN_EVERY_MS);
  }

  async #listen(): Promise<void> {
    this.#listening = false;
    const { api, memory, transcript } = this.parts;
    const after = this.#lastId ? `?after=${encodeURIComponent(this.#lastId)}` : "";
    let mode: History["mode"] = "waiting";
    if (!document.hidden && memory.now.sessionId) {
      try {
        const history = await api.get<History>(`messages${after}`, memory.now.sessionId);
        mode = history.mode;
        for (const message of history.messages) {
          if (this.#shown.has(message.id)) continue;
          this.#know(message.id);
          if (message.sender === "visitor" || message.sender === "assistant") continue;
          transcript.stored(message);
          this.parts.announce(plain(message.content));
        }
      } catch {
        // The next look may find the way again.
      }
    }
    this.#follow(mode);
  }

  /** Ids are ULIDs: the greatest is the newest. */
  #know(id: string): void {
    this.#shown.add(id);
    if (id > this.#lastId) this.#lastId = id;
  }

  #backInSight(): void {
    if (document.hidden) return;
    for (const card of this.#cards) void card.refresh();
  }
}

function isExpired(error: unknown): boolean {
  return error instanceof Problem && error.code === "session_invalid";
}

function reasonOf(error: unknown, strings: Words["strings"]): string {
  if (!(error instanceof Problem)) return strings.failed;
  if (error.detail && error.status < 500) return error.detail;
  return error.status === 429 ? strings.tooMany : strings.failed;
}

/** A name that nobody else gives a message. `randomUUID` is missing on pages without TLS. */
function randomId(): string {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
}
