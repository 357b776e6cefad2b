// The shapes that travel between the widget and the front desk, as the API documents them.
// Never trusts a value to be safe to show: that is the renderers' work.

/** `GET /v1/public/chat/config`. */
export interface Config {
  businessName: string;
  online: boolean;
  widget: Partial<WidgetSettings>;
  locale?: string;
  timezone?: string;
  disclosure?: string;
}

/** What the owner may set about the widget. Absent settings have the product's defaults. */
export interface WidgetSettings {
  primaryColor: string;
  secondaryColor: string;
  header: string;
  greeting: string;
  position: "bottom-right" | "bottom-left";
  offsetX: number;
  offsetY: number;
  /** Seconds until the panel opens by itself; absent or 0 means never. */
  autoOpenDelay: number;
  showTyping: boolean;
  showReadReceipts: boolean;
  businessHours: BusinessHours;
  offlineMessage: string;
  proactive: Proactive;
}

/** When people are there, by the business's clock. */
export interface BusinessHours {
  enabled: boolean;
  /** Days as `monday`, times as `09:00`. */
  weekly: { day: string; open: { opens: string; closes: string }[] }[];
}

/** The bubble that speaks first. */
export interface Proactive {
  /** Empty: there is none. */
  message: string;
  delaySeconds: number;
  scrollPx: number;
}

/** What `POST /v1/public/chat/sessions` is told. */
export interface Start {
  source: "web";
  pageUrl?: string | undefined;
  referrer?: string | undefined;
  locale: string;
  timezone: string;
}

/** `POST /v1/public/chat/sessions`. */
export interface Started {
  sessionId: string;
  conversationId: string;
  greeting?: string;
  quickReplies?: string[];
}

export interface Money {
  /** Minor units. */
  amount: number;
  /** ISO 4217. */
  currency: string;
}

/** A change that the assistant prepared and that only the customer may confirm. */
export interface Proposal {
  id: string;
  operation:
    | "create_customer_booking"
    | "reschedule_customer_booking"
    | "cancel_customer_booking"
    | "join_customer_waitlist"
    | (string & {});
  preview: { title: string; lines: { label: string; value: string }[] };
  expiresAt: string;
}

export type BookingStatus =
  "PENDING_PAYMENT" | "CONFIRMED" | "COMPLETED" | "NO_SHOW" | "CANCELED" | "REFUNDED" | "EXPIRED";

/** The server's own record of a booking: the only source of "booked", prices and codes. */
export interface Booking {
  id: string;
  confirmationCode: string;
  status: BookingStatus;
  packageName: string;
  startsAt: string;
  endsAt: string;
  price: Money;
}

/** `POST /v1/public/chat/confirm/{proposalId}`. */
export interface Confirmation {
  proposalId: string;
  operation: Proposal["operation"];
  /** Absent where none was made or changed: on the waitlist. */
  booking?: Booking;
  checkoutUrl?: string;
}

export interface Source {
  title?: string;
  url?: string;
}

/** The team has been told: an event of a turn, or `POST /v1/public/chat/escalate`. */
export interface Handoff {
  online?: boolean;
  queue?: Queue;
}

export interface Queue {
  position: number;
  expectedWaitSeconds?: number;
}

/** What `POST /v1/public/chat/escalate` is told. */
export interface Escalate {
  reason: string;
  customerEmail: string;
}

/** What `POST /v1/public/chat/feedback` is told. */
export interface Feedback {
  rating: number;
  comment?: string;
}

/** What `POST /v1/public/chat/read` is told. */
export interface Read {
  upTo: string;
}

/** What `POST /v1/public/chat/email/verify` is told. */
export interface Verify {
  code: string;
}

/** What the visitor said, under a name that makes repeating it harmless. */
export interface Said {
  message: string;
  clientMessageId: string;
  sessionId?: string;
}

/** `POST /v1/public/chat/message`. */
export interface Reply {
  sessionId: string;
  conversationId: string;
  messageId: string;
  reply: string;
  proposal?: Proposal;
  sources?: Source[];
  quickReplies?: string[];
  handoff?: Handoff;
}

/** One message of `GET /v1/public/chat/messages`. */
export interface Message {
  id: string;
  sender: "visitor" | "assistant" | "agent" | "system";
  content: string;
  createdAt: string;
  /** When the other side had read it. */
  readAt?: string;
}

/** `GET /v1/public/chat/messages`. */
export interface History {
  mode: "assistant" | "waiting" | "active" | "ended";
  messages: Message[];
  queue?: Queue;
}

/** A free time near one that somebody else got first. */
export interface Alternative {
  startsAt: string;
  endsAt?: string;
  label?: string;
}
