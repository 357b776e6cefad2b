// What the stand-in front desk answers: scripted turns, told step by step.

export interface ProposalJson {
  id: string;
  operation: string;
  trustTier: "T3";
  preview: { title: string; lines: { label: string; value: string }[] };
  expiresAt: string;
}

/** One step of an answer. `until` holds the stream back until a promise is kept. */
export type Step =
  | { text: string }
  | { tool: string }
  | { proposal: ProposalJson }
  | { handoff: { message?: string; queue?: { position: number } } }
  | { quickReplies: string[] }
  | { sources: { title: string; url: string }[] }
  | { error: { code: string; message: string } }
  | { until: Promise<void> };

export interface WireEvent {
  id: string;
  event: string;
  data: unknown;
}

let proposals = 0;

/** A proposal to book a portrait session, with any part replaced. */
export function portraitProposal(
  change: Partial<ProposalJson> = {},
  email = "ada@example.com",
): ProposalJson {
  proposals += 1;
  return {
    id: `proposal-${proposals}`,
    operation: "create_customer_booking",
    trustTier: "T3",
    preview: {
      title: "Portrait session",
      lines: [
        { label: "When", value: "Tuesday 24 November 2026, 14:00–15:00" },
        { label: "Name", value: "Ada Lovelace" },
        { label: "Email", value: email },
        { label: "Price", value: "€120.00" },
      ],
    },
    expiresAt: new Date(Date.now() + 30 * 60_000).toISOString(),
    ...change,
  };
}

/** Plays an assistant that leads through one booking, as the offline assistant of the runner does. */
export function bookingAssistant(message: string): Step[] {
  const email = /\S+@\S+/.exec(message)?.[0];
  if (email) {
    return [
      { text: "Perfect, Ada. " },
      { tool: "book_package" },
      { text: "Here is your booking. Please check it and confirm." },
      { proposal: portraitProposal({}, email) },
    ];
  }
  if (/free|available|when/i.test(message)) {
    return [
      { text: "Let me look. " },
      { tool: "check_availability" },
      { text: "For a **Portrait session** these times are free:\n\n" },
      { text: "- Tue 24 Nov, 14:00\n- Tue 24 Nov, 15:30\n- Wed 25 Nov, 10:00\n\n" },
      { text: "Which one suits you? I also need your **name** and **email**." },
      { quickReplies: ["Tue 24 Nov, 14:00", "Tue 24 Nov, 15:30", "Wed 25 Nov, 10:00"] },
    ];
  }
  if (/person/i.test(message)) {
    return [{ text: "Of course." }, { handoff: { message: "The team has been told." } }];
  }
  return [
    { tool: "list_packages" },
    { text: "Here is what you can book:\n\n" },
    { text: "1. **Portrait session**, 60 min, €120.00\n" },
    { text: "2. **Family afternoon**, 120 min, €220.00\n" },
    { text: "3. **Headshot express**, 30 min, free\n" },
    { text: "4. **Wedding day**, €1,450.00\n\n" },
    { text: "Shall I look for a free time?" },
    { quickReplies: ["When is a portrait session free?", "Talk about weddings"] },
  ];
}

/** A door in a stream: what stands behind `until` is sent once somebody has opened it. */
export function door(): { until: Promise<void>; open: () => void } {
  let open = () => {};
  const until = new Promise<void>((resolve) => {
    open = resolve;
  });
  return { until, open };
}
