// What one tab remembers of one conversation, in `sessionStorage`, so that a reload or the way
// through the Checkout page loses nothing. Written only after the visitor acted; gone with the tab.

import type { Confirmation, Proposal, Said } from "./wire.ts";

/** What became of a proposal, as far as this tab knows. */
export interface Card {
  proposal: Proposal;
  /** The message it came with. */
  after?: string;
  declined?: boolean;
  confirmation?: Confirmation;
  /** The visitor has gone to pay, so the status is worth asking for. */
  paying?: boolean;
}

export interface Remembered {
  sessionId?: string;
  open?: boolean;
  cards: Card[];
  /** Said, but not known to be answered, in the order of speaking. */
  outbox?: Said[];
  /** A code was mailed and not yet entered. */
  awaitsCode?: boolean;
  /** How far the conversation's rating has come: asked for, or given. */
  rating?: "asked" | "given";
}

/** The remembered conversation; assignments to it are kept by `keep`. */
export class Memory {
  readonly #key: string;
  readonly now: Remembered;

  constructor(tenantKey: string) {
    this.#key = storageKey(tenantKey);
    this.now = { cards: [], ...recall(this.#key) };
  }

  /** Changes what is remembered. Where storage is denied, it lasts until the page goes. */
  keep(change: { [Name in keyof Remembered]?: Remembered[Name] | undefined }): void {
    Object.assign(this.now, change);
    try {
      sessionStorage.setItem(this.#key, JSON.stringify(this.now, itself));
    } catch {
      // Denied by the browser's settings or full: the conversation itself goes on.
    }
  }

  /** Forgets an expired session and what hung on it. */
  forgetSession(): void {
    this.keep({ sessionId: undefined, cards: [], awaitsCode: false, rating: undefined });
  }
}

/** Every value as it is: old libraries teach arrays a `toJSON` that makes them text. */
function itself(this: Record<string, unknown>, name: string): unknown {
  return this[name];
}

/** Where a tenant's conversation is kept. */
export function storageKey(tenantKey: string): string {
  return `frontdesk:${tenantKey}`;
}

/** Reads what is stored, if anything readable is. */
export function recall(key: string): Partial<Remembered> {
  try {
    const stored: unknown = JSON.parse(sessionStorage.getItem(key) ?? "null");
    return typeof stored === "object" && stored !== null ? stored : {};
  } catch {
    return {};
  }
}
