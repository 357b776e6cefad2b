// What the host page may do with the chat and hear of it: the documented API, `docs/WIDGET.md`.
// Nothing here ever carries what somebody wrote, or anything about a person.

import type { BookingStatus, Money } from "./wire.ts";

/** The element `<frontdesk-chat>`, as a page meets it. */
export interface FrontdeskChatElement extends HTMLElement {
  /** Whether the panel is open. */
  readonly isOpen: boolean;
  /** Opens the chat for the visitor, with `draft` ready to be sent or changed. */
  open(draft?: string): Promise<void>;
  /** Closes the chat; the conversation stays. */
  close(): Promise<void>;
  /** Opens a closed chat and closes an open one. */
  toggle(): Promise<void>;
}

/** A booking that the visitor has just made or changed, as the server's record has it. */
export interface BookingHappened {
  /** The booking's id, which means nothing to anybody else. */
  id: string;
  status: BookingStatus;
  price: Money;
}

/** What happens in a chat, and the `detail` that it comes with. */
export interface Happenings {
  /** The panel was opened, by the visitor, the page or the owner's setting. */
  open: Record<string, never>;
  /** The panel was closed. */
  close: Record<string, never>;
  /** Somebody said something; what, the page does not learn. */
  message: { from: "visitor" | "assistant" | "agent" };
  /** The conversation goes on with a person. */
  handoff: Record<string, never>;
  /** A proposal was confirmed, or its booking was paid for, cancelled or moved. */
  booking: BookingHappened;
  /** The visitor rated the chat. */
  feedback: { rating: number };
}

/** The events as `addEventListener` of the element, or of anything above it, gives them. */
export type FrontdeskEvents = {
  [Name in keyof Happenings as `frontdesk:${Name}`]: CustomEvent<Happenings[Name]>;
};
