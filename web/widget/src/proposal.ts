// The card of a proposal: what the assistant prepared, the customer's two buttons, and what the
// server's record then says. Shows "booked", prices and codes from that record alone.

import { Problem } from "./api.ts";
import type { Around } from "./around.ts";
import { head, keepFocus, reasonOf } from "./card.ts";
import { ARROW, button, CALENDAR, CHECK, CLOCK, CLOSE, el, icon } from "./dom.ts";
import { plain } from "./markdown.ts";
import type { Card } from "./memory.ts";
import { insist } from "./turn.ts";
import type { Alternative, Booking, Confirmation } from "./wire.ts";
import { fill } from "./words.ts";

/** Payment is asked after in growing steps, for as long as a Checkout page lives. */
const ASK_AGAIN_MS = [800, 1000, 1500, 2000, 3000];
const ASK_AT_LAST_MS = 5000;
const ASK_FOR_MS = 30 * 60_000;

const OVER = new Set(["CANCELED", "REFUNDED", "EXPIRED", "NO_SHOW"]);

export class ProposalCard {
  readonly node = el("div", { class: "card", role: "group" });
  readonly #body = el("div", "card-body");
  readonly #title: HTMLElement;
  #asking = false;
  #isBusy = false;

  constructor(
    readonly card: Card,
    readonly around: Around,
    /** The visitor has got what the card is for. */
    readonly done: () => void,
  ) {
    const { title } = card.proposal.preview;
    const id = `proposal-${card.proposal.id.replace(/\W/g, "")}`;
    this.#title = el("h3", { id, dir: "auto" }, plain(title));
    this.node.setAttribute("aria-labelledby", id);
    this.#draw();
  }

  /**
   * Asks what became of an unpaid booking: once, or until it is paid or over when the visitor has
   * gone to pay. Confirming again has no second effect and brings the booking as it is now.
   */
  async refresh(): Promise<void> {
    if (this.#asking || !this.#isUnpaid) return;
    this.#asking = true;
    const until = Date.now() + ASK_FOR_MS;
    for (let tries = 0; this.#isUnpaid && Date.now() < until; tries += 1) {
      const answer = await this.#post<Confirmation>("confirm").catch(() => undefined);
      if (answer && answer.booking?.status !== "PENDING_PAYMENT") this.#confirmed(answer);
      else if (!this.card.paying || document.hidden) break;
      else await new Promise((done) => setTimeout(done, ASK_AGAIN_MS[tries] ?? ASK_AT_LAST_MS));
    }
    this.#asking = false;
  }

  get #isUnpaid(): boolean {
    return this.card.confirmation?.booking?.status === "PENDING_PAYMENT" && this.node.isConnected;
  }

  #draw(): void {
    const { declined, confirmation } = this.card;
    if (confirmation) this.#drawBooking(confirmation);
    else if (declined) this.#frame("over", this.around.words.strings.declined, CLOSE);
    else if (Date.parse(this.card.proposal.expiresAt) <= Date.now()) this.#drawExpired();
    else this.#drawOffer();
  }

  #frame(state: string, badge: string, drawing: string, ...rest: Node[]): void {
    this.#isBusy = false;
    this.node.className = `card ${state}`;
    this.#body.replaceChildren(this.#title, ...rest);
    this.around.transcript.following(() =>
      this.node.replaceChildren(head(drawing, badge), this.#body),
    );
  }

  #drawOffer(problem?: string): void {
    const { words } = this.around;
    const { strings } = words;
    const { operation, expiresAt } = this.card.proposal;
    const confirm = button(
      "primary",
      () => this.#choose("confirm"),
      strings.confirm[operation] ?? strings.confirmAny,
    );
    const decline = button("quiet", () => this.#choose("decline"), strings.decline);
    const until = el("p", "small", fill(strings.validUntil, { time: words.time(expiresAt) }));
    const warning = problem ? [el("p", { class: "wrong", role: "alert" }, plain(problem))] : [];
    const actions = el("div", "actions", confirm, decline);
    this.#frame("offer", strings.proposal, CALENDAR, this.#lines(), ...warning, actions, until);
    this.#expireAt(Date.parse(expiresAt));
  }

  #drawBooking({ booking, checkoutUrl }: Confirmation): void {
    const { words } = this.around;
    const { strings } = words;
    if (!booking) return this.#frame("done", strings.status.WAITING!, CHECK, this.#lines());
    const isOpen = booking.status === "PENDING_PAYMENT";
    const isWished = this.card.proposal.operation === "cancel_customer_booking";
    const isOver = OVER.has(booking.status) && !isWished;
    const badge = strings.status[booking.status] ?? booking.status;
    const code = el(
      "div",
      "code",
      el("span", {}, strings.code),
      el("strong", { translate: "no" }, booking.confirmationCode),
    );
    const rest: Node[] = [this.#lines(), code];
    if (isOpen) rest.push(...this.#payment(booking, checkoutUrl));
    if (booking.status === "CONFIRMED") rest.push(el("p", "small", strings.mailSent));
    const drawing = isOpen ? CLOCK : isOver ? CLOSE : CHECK;
    this.#frame(isOpen ? "open" : isOver ? "over" : "done", badge, drawing, ...rest);
  }

  #payment({ price }: Booking, checkoutUrl: string | undefined): Node[] {
    const { words } = this.around;
    const { strings } = words;
    const hint = el("p", "small", this.card.paying ? strings.paying : strings.payHint);
    if (!/^https?:\/\//i.test(checkoutUrl ?? "")) return [hint];
    // The Checkout page comes back to the front desk's own origin. On any other site that would
    // strand the visitor, so there it opens beside the page that they are on.
    const isHome = this.around.api.base === location.origin && window === parent;
    const aside = isHome ? {} : { target: "_blank", rel: "noopener" };
    const label = fill(strings.pay, { amount: words.money(price) });
    const pay = el("a", { class: "primary", href: checkoutUrl, ...aside }, label, icon(ARROW));
    pay.addEventListener("click", () => {
      this.card.paying = true;
      this.#keep();
      hint.textContent = strings.paying;
      if (!isHome) void this.refresh();
    });
    return [el("div", "actions", pay), hint];
  }

  /** Says in `taken` that the time cannot be booked, and what can. */
  #drawTaken(taken: string, alternatives: Alternative[]): void {
    const { words } = this.around;
    const { strings } = words;
    const chips = alternatives.slice(0, 6).map((free) => {
      const label = plain(free.label ?? "") || words.when(free.startsAt);
      return button(
        "chip",
        () => this.around.say(fill(strings.takeInstead, { time: label })),
        label,
      );
    });
    const next = el("p", {}, chips.length ? strings.takenNext : strings.takenNone);
    const offers = el("div", "suggestions", ...chips);
    this.#frame("over", taken, CLOCK, next, offers);
    this.around.announce(`${taken} ${next.textContent}`);
  }

  #drawExpired(): void {
    const { strings } = this.around.words;
    const again = button("quiet", () => this.around.say(strings.askAgainText), strings.askAgain);
    this.#frame("over", strings.expired, CLOCK, el("div", "actions", again));
  }

  /** Sends the customer's choice; what the server refuses, the card then says. */
  async #choose(what: "confirm" | "decline"): Promise<void> {
    if (this.#isBusy) return;
    const { strings } = this.around.words;
    this.#busy(strings.confirming);
    try {
      const answer = await this.#post<Confirmation>(what);
      if (what === "confirm") return this.#confirmed(answer);
      this.card.declined = true;
      this.#keep();
      this.#draw();
      this.around.announce(strings.declined);
    } catch (error) {
      const problem = error instanceof Problem ? error : undefined;
      const free = problem?.body.alternatives;
      if (Array.isArray(free)) {
        const why = problem?.code === "slot_taken" ? "" : problem?.detail;
        this.#drawTaken(why || strings.taken, free);
      } else if (problem?.status === 410) this.#drawExpired();
      else this.#drawOffer(reasonOf(error, strings));
    }
    keepFocus(this.node);
  }

  #confirmed(answer: Confirmation): void {
    const hadFocus = this.node.matches(":focus-within");
    this.card.confirmation = answer;
    this.#keep();
    if (answer.booking) {
      const { id, status, price } = answer.booking;
      this.around.page.emit("booking", { id, status, price });
    }
    this.#draw();
    const { strings } = this.around.words;
    const { status, confirmationCode } = answer.booking ?? {
      status: "WAITING",
      confirmationCode: "",
    };
    const told = strings.status[status] ?? status;
    this.around.announce(confirmationCode ? `${told}. ${strings.code}: ${confirmationCode}` : told);
    if (hadFocus) keepFocus(this.node);
    if (status === "CONFIRMED") this.done();
  }

  #post<Answer>(what: "confirm" | "decline"): Promise<Answer> {
    const path = `${what}/${encodeURIComponent(this.card.proposal.id)}`;
    return insist(() => this.around.post<Answer>(path));
  }

  #keep(): void {
    const { memory } = this.around;
    memory.keep({ cards: memory.now.cards });
  }

  /** The label and value of each line of the preview. */
  #lines(): HTMLElement {
    const rows = this.card.proposal.preview.lines.map(({ label, value }) =>
      el(
        "div",
        {},
        el("dt", { dir: "auto" }, plain(label)),
        el("dd", { dir: "auto" }, plain(value)),
      ),
    );
    return el("dl", {}, ...rows);
  }

  /** Buttons keep the focus while the answer is on its way, but do nothing a second time. */
  #busy(label: string): void {
    this.#isBusy = true;
    for (const each of this.node.querySelectorAll("button"))
      each.setAttribute("aria-disabled", "true");
    this.node.querySelector(".primary")?.replaceChildren(label);
  }

  #expireAt(at: number): void {
    const wait = at - Date.now();
    // Longer waits than a day overflow the timer and never matter in one visit.
    if (!(wait > 0 && wait < 86_400_000)) return;
    setTimeout(() => {
      if (this.node.isConnected && this.node.classList.contains("offer")) this.#drawExpired();
    }, wait);
  }
}
