// The visitor's language: which table of words, and how dates, times and money are written.

// The build puts the table of each language here in turn.
import { type Strings, strings } from "./locales/en.ts";
import type { Money } from "./wire.ts";

const RIGHT_TO_LEFT = /^(ar|fa|he|ur|yi|ps|sd|ug|dv)\b/;

/** Words and formats of one language. */
export class Words {
  constructor(
    /** The visitor's own language, whether or not there are words in it. */
    readonly locale: string,
    /** The language of the words, and so of dates and amounts among them. */
    readonly language: string,
    readonly strings: Strings,
    /** The business's IANA time zone, where times without one are meant. */
    readonly timeZone?: string | undefined,
  ) {}

  /** The direction in which the language is written. */
  get direction(): "ltr" | "rtl" {
    return RIGHT_TO_LEFT.test(this.locale) ? "rtl" : "ltr";
  }

  money({ amount, currency }: Money): string {
    if (amount === 0) return this.strings.free;
    const format = new Intl.NumberFormat(this.language, { style: "currency", currency });
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

  /** Day and time of a clock's hands, read as if it were UTC. */
  civil(at: Date): string {
    return this.#date(at, { weekday: "long", hour: "numeric", minute: "2-digit", timeZone: "UTC" });
  }

  /** A number of minutes. */
  minutes(count: number): string {
    const unit = { style: "unit", unit: "minute", unitDisplay: "long" } as const;
    return new Intl.NumberFormat(this.language, unit).format(count);
  }

  #date(at: string | Date, options: Intl.DateTimeFormatOptions): string {
    const date = new Date(at);
    return Number.isNaN(date.getTime())
      ? ""
      : new Intl.DateTimeFormat(this.language, options).format(date);
  }
}

/** The words of this build's language, with the formats of the visitor's own variety of it. */
export function words(locale: string, timeZone: string | undefined): Words {
  const valid = unlessRefused(() => Intl.DateTimeFormat.supportedLocalesOf(locale)[0]) ?? "en";
  const language = valid.startsWith(strings.language) ? valid : strings.language;
  const zone = unlessRefused(() => new Intl.DateTimeFormat("en", { timeZone }) && timeZone);
  return new Words(valid, language, strings, zone);
}

/** `Intl` throws at names that it does not know. */
function unlessRefused<Value>(make: () => Value): Value | undefined {
  try {
    return make();
  } catch {
    return undefined;
  }
}

/** Fills `{name}` places of a string. */
export function fill(text: string, values: Record<string, string | number>): string {
  return text.replace(/\{(\w+)\}/g, (place, name: string) => `${values[name] ?? place}`);
}
