// The conversation: sends what the visitor says, shows what comes back, remembers enough to go on
// after a reload, and says plainly what went wrong. One turn at a time, in the order of speaking.

import { Answer } from "./answer.ts";
import { Problem, Unreachable } from "./api.ts";
import type { Around, Parts } from "./around.ts";
import { reasonOf } from "./card.ts";
import { codeCard } from "./code.ts";
import { feedbackCard } from "./feedback.ts";
import { plain } from "./markdown.ts";
import type { Card } from "./memory.ts";
import { type Line, Outbox } from "./outbox.ts";
import { People } from "./people.ts";
import { ProposalCard } from "./proposal.ts";
import { insist, isPassing, take } from "./turn.ts";
import type { History, Proposal, Start, Started } from "./wire.ts";

const GREETING = "Hi! How can we help you today?";

export class Conversation {
  readonly around: Around;
  readonly people: People;
  readonly #cards: ProposalCard[] = [];
  readonly #outbox: Outbox;
  readonly #greeting: string;
  #started: Promise<void> | undefined;
  #isGreeted = false;

  constructor(parts: Parts) {
    this.#greeting = parts.page.config.widget.greeting || GREETING;
    this.around = {
      ...parts,
      say: (text) => this.say(text),
      post: async (path, body) => {
        await this.begin();
        const { sessionId } = parts.memory.now;
        return parts.api.post(path, { sessionId, ...body });
      },
    };
    this.people = new People(this.around, () => this.#askForRating());
    const { waiting } = parts.words.strings;
    this.#outbox = new Outbox(
      parts.memory,
      (line) => this.#send(line),
      ({ spoken }) => spoken?.held(waiting),
    );
    const inSight = () => {
      if (!document.hidden) for (const card of this.#cards) void card.refresh();
    };
    document.addEventListener("visibilitychange", inSight);
    addEventListener("focus", inSight);
  }

  /** Begins or goes on: a visitor's first act makes the session, a remembered one is restored. */
  begin(): Promise<void> {
    this.#started ??= this.#begin().catch((error: unknown) => {
      this.#started = undefined;
      throw error;
    });
    return this.#started;
  }

  /** Sends a visitor's message after those already on their way. */
  say(message: string): void {
    const { page, transcript } = this.around;
    this.#suggest([]);
    this.#greet();
    page.emit("message", { from: "visitor" });
    const spoken = transcript.visitor(message, new Date());
    transcript.scrollToEnd();
    this.#outbox.add({ said: { message, clientMessageId: randomId() }, spoken });
  }

  /** Shows the greeting without asking the server for anything. */
  #greet(): void {
    if (this.#isGreeted) return;
    this.#isGreeted = true;
    const createdAt = new Date().toISOString();
    const greeting = { id: "", sender: "assistant", content: this.#greeting, createdAt } as const;
    this.around.transcript.stored(greeting);
    this.people.offerForm();
  }

  /** Suggestions take room from the transcript, which stays at its end all the same. */
  #suggest(replies: string[]): void {
    const { composer, transcript } = this.around;
    transcript.following(() => composer.suggest(replies));
  }

  async #begin(): Promise<void> {
    const { api, memory, page, words } = this.around;
    this.#greet();
    if (memory.now.sessionId) return this.#restore(memory.now.sessionId);
    const started = await api.post<Started>("sessions", {
      source: "web",
      pageUrl: page.pageUrl,
      referrer: page.referrer,
      locale: words.locale,
      timezone: Intl.DateTimeFormat().resolvedOptions().timeZone,
    } satisfies Start);
    memory.keep({ sessionId: started.sessionId });
    if (!this.#outbox.lines[0]) this.#suggest(started.quickReplies ?? []);
  }

  async #restore(sessionId: string): Promise<void> {
    const { api, memory, transcript } = this.around;
    // What the visitor says in the meantime comes after what was said before.
    const before = transcript.add(document.createElement("i"));
    let history: History = { mode: "assistant", messages: [] };
    try {
      history = await insist(() => api.get<History>("messages", sessionId));
    } catch (error) {
      if (isExpired(error)) {
        memory.forgetSession();
        return this.#begin();
      }
    }
    transcript.end = before;
    const homeless = memory.now.cards.filter(
      ({ after }) => !history.messages.some(({ id }) => id === after),
    );
    for (const message of history.messages) {
      const isGreeting = message.sender === "assistant" && message.content === this.#greeting;
      if (!isGreeting) transcript.stored(message);
      this.people.know(message.id);
      for (const card of memory.now.cards) if (card.after === message.id) this.#showCard(card);
    }
    homeless.forEach((card) => this.#showCard(card));
    if (memory.now.awaitsCode) this.#askForCode();
    // A reload cut a turn off: the same message again only fetches what it brought.
    const last = history.messages.findLast(({ sender }) => sender === "visitor")?.content;
    this.#outbox.lines.forEach((line, at) => {
      const isShown = line.spoken || (at === 0 && last === line.said.message);
      if (!isShown) line.spoken = transcript.visitor(line.said.message, new Date());
    });
    if (memory.now.rating === "asked") this.#askForRating();
    transcript.end = undefined;
    before.remove();
    this.people.follow(history);
    transcript.scrollToEnd();
    for (const card of this.#cards) void card.refresh();
    void this.#outbox.go();
  }

  /** One turn; resolves as the outbox asks. */
  async #send(line: Line): Promise<boolean | undefined> {
    const { api, memory, transcript } = this.around;
    let answer: Answer | undefined;
    transcript.node.ariaBusy = "true";
    try {
      if (!navigator.onLine) throw new Unreachable();
      await this.begin();
      line.half?.discard();
      answer = new Answer(transcript);
      const { sessionId } = memory.now;
      for await (const event of take(api, sessionId ? { ...line.said, sessionId } : line.said)) {
        line.spoken?.delivered();
        if (event.type === "session") memory.keep({ sessionId: event.sessionId });
        else if (event.type === "proposal") this.#propose(event, answer);
        else if (event.type === "handoff") answer.handoff = event;
        else if (event.type === "done") {
          if (this.people.know(event.messageId)) answer.finish(event, this.people.areHere);
          else answer.discard();
          this.#settle(answer, event.messageId);
        } else answer.on(event);
      }
      return true;
    } catch (error) {
      answer?.stop();
      if (answer) line.half = answer;
      return this.#fail(error, line);
    } finally {
      transcript.node.ariaBusy = "false";
    }
  }

  #propose(proposal: Proposal, answer: Answer): void {
    const isKnown = this.#cards.some(({ card }) => card.proposal.id === proposal.id);
    if (!isKnown) answer.proposals.push(proposal);
  }

  /** What a finished turn leaves behind: cards, a code to enter, a person to wait for. */
  #settle(answer: Answer, messageId: string): void {
    const { announce, memory, page, words } = this.around;
    if (answer.text) page.emit("message", { from: "assistant" });
    for (const proposal of answer.proposals) {
      const card: Card = { proposal, after: messageId };
      memory.keep({ cards: [...memory.now.cards, card] });
      this.#showCard(card);
    }
    if (answer.tools.has("verify_email")) this.#askForCode();
    if (answer.handoff) this.people.called(answer.handoff);
    this.#suggest(answer.quickReplies);
    const title = answer.proposals[0]?.preview.title;
    announce(answer.text + (title ? ` ${words.strings.proposal}: ${plain(title)}` : ""));
  }

  #showCard(card: Card): void {
    const { transcript } = this.around;
    const shown = new ProposalCard(card, this.around, () => this.#askForRating());
    this.#cards.push(shown);
    transcript.add(shown.node);
  }

  #askForCode(): void {
    const { memory, transcript } = this.around;
    transcript.node.querySelector(".code-card")?.remove();
    memory.keep({ awaitsCode: true });
    transcript.add(codeCard(this.around));
  }

  /** Asks once how the conversation was. */
  #askForRating(): void {
    const { memory, transcript } = this.around;
    if (memory.now.rating === "given" || transcript.node.querySelector(".feedback")) return;
    memory.keep({ rating: "asked" });
    transcript.add(feedbackCard(this.around));
  }

  /** Says why a message did not arrive; resolves as the outbox asks. */
  #fail(error: unknown, line: Line): boolean | undefined | Promise<boolean | undefined> {
    const { announce, memory, transcript, words } = this.around;
    const { strings } = words;
    if (isExpired(error) && !line.isRenewed) {
      line.isRenewed = true;
      memory.forgetSession();
      this.#started = undefined;
      transcript.notice(strings.expiredSession);
      return this.#send(line);
    }
    const isOffline = !navigator.onLine;
    const reason = isOffline ? strings.offline : reasonOf(error, strings);
    const spoken = (line.spoken ??= transcript.visitor(line.said.message, new Date()));
    this.#suggest([]);
    if (line.told !== reason) announce(reason);
    line.told = reason;
    if (isPassing(error)) {
      const again = isOffline ? undefined : () => void this.#outbox.go();
      spoken.held(plain(reason), again);
      return false;
    }
    if (error instanceof Problem && error.status === 429) {
      spoken.held(plain(reason), () => void this.#outbox.go(), error.retryAfter || 5);
      return undefined;
    }
    // A refusal is final under this name: trying again is saying it anew.
    const said = { ...line.said, clientMessageId: randomId() };
    spoken.held(plain(reason), () => {
      spoken.delivered();
      this.#outbox.add({ said, spoken });
    });
    return true;
  }
}

function isExpired(error: unknown): boolean {
  return error instanceof Problem && error.code === "session_invalid";
}

/** A name that nobody else gives a message. `randomUUID` is missing on pages without TLS. */
function randomId(): string {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
}
