// The visitor's language: which table of words, and how dates, times and money are written.

// The build puts the table of each language here in turn.
import { type Strings, strings } from "./locales/en.ts";
import type { Money } from "./wire.ts";

const RIGHT_TO_LEFT = /^(ar|fa|he|ur|yi|ps|sd|ug|dv)\b/;

/** Words and formats of one language. */
export class Words {
  constructor(
    readonly locale: string,
    readonly strings: Strings,
    /** The business's IANA time zone, where times without one are meant. */
    readonly timeZone?: string,
  ) {}

  /** The direction in which the language is written. */
  get direction(): "ltr" | "rtl" {
    return RIGHT_TO_LEFT.test(this.locale) ? "rtl" : "ltr";
  }

  money({ amount, currency }: Money): string {
    if (amount === 0) return this.strings.free;
    const format = new Intl.NumberFormat(this.locale, { style: "currency", currency });
    const digits = format.resolvedOptions().maximumFractionDigits ?? 2;
    return format.format(amount / 10 ** digits);
  }

  time(at: string): string {
    return this.#date(at, { hour: "numeric", minute: "2-digit" });
  }

  /** Day and time at the business. */
  when(at: string): string {
    const zone = this.timeZone ? { timeZone: this.timeZone } : {};
    const day = { weekday: "short", day: "numeric", month: "short" } as const;
    return this.#date(at, { ...day, hour: "numeric", minute: "2-digit", ...zone });
  }

  #date(at: string, options: Intl.DateTimeFormatOptions): string {
    const date = new Date(at);
    return Number.isNaN(date.getTime())
      ? ""
      : new Intl.DateTimeFormat(this.locale, options).format(date);
  }
}

/** The words of this build's language, with the formats of the visitor's own variety of it. */
export function words(locale: string, timeZone: string | undefined): Words {
  const valid = Intl.DateTimeFormat.supportedLocalesOf(canonical(locale))[0] ?? "en";
  return new Words(valid, strings, isZone(timeZone) ? timeZone : undefined);
}

function isZone(timeZone: string | undefined): timeZone is string {
  try {
    return Boolean(new Intl.DateTimeFormat("en", { timeZone }) && timeZone);
  } catch {
    return false;
  }
}

function canonical(locale: string): string[] {
  try {
    return Intl.getCanonicalLocales(locale);
  } catch {
    return [];
  }
}

/** Fills `{name}` places of a string. */
export function fill(text: string, values: Record<string, string | number>): string {
  return text.replace(/\{(\w+)\}/g, (place, name: string) => `${values[name] ?? place}`);
}
