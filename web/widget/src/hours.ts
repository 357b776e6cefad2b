// When people are there again, by the business's clock.

import type { BusinessHours } from "./wire.ts";

const DAY_MS = 86_400_000;

/** The next opening, as the business's clock shows it, read as if it were UTC. */
export function nextOpening(
  hours: BusinessHours | undefined,
  timeZone: string | undefined,
): Date | undefined {
  if (!hours?.enabled || !timeZone) return undefined;
  // Swedish writes `2026-11-22 09:30:00`, which is all but RFC 3339.
  const local = new Date().toLocaleString("sv", { timeZone }).replace(" ", "T");
  const now = Date.parse(`${local}Z`);
  for (let at = now; at < now + 8 * DAY_MS; at += DAY_MS) {
    const name = new Intl.DateTimeFormat("en", { weekday: "long", timeZone: "UTC" }).format(at);
    const date = new Date(at).toISOString().slice(0, 11);
    for (const { day, open } of hours.weekly) {
      const opens = day === name.toLowerCase() ? open : [];
      const next = opens.map((s) => Date.parse(`${date}${s.opens}Z`)).find((when) => when > now);
      if (next) return new Date(next);
    }
  }
  return undefined;
}
