// The tables of words themselves: whole in every language, and each in its own.

import { expect, test } from "@playwright/test";
import { strings as de } from "../../../web/widget/src/locales/de.ts";
import { strings as en } from "../../../web/widget/src/locales/en.ts";
import { strings as es } from "../../../web/widget/src/locales/es.ts";
import { strings as fr } from "../../../web/widget/src/locales/fr.ts";
import { Words } from "../../../web/widget/src/words.ts";

/** Words that two languages happen to share with English. */
const SHARED: Record<string, string[]> = {
  de: ["team"],
  es: [],
  fr: ["conversation", "sources", "message"],
};

/** Every word of a table by its path, as `status.CONFIRMED`. */
function flat(table: object, path = ""): Map<string, string> {
  const words = Object.entries(table).flatMap(([key, value]) =>
    typeof value === "string"
      ? [[path + key, value] as const]
      : [...flat(value as object, `${path}${key}.`)],
  );
  return new Map(words);
}

const places = (text: string) => [...text.matchAll(/\{\w+\}/g)].map(String).sort();

for (const [language, table] of Object.entries({ de, es, fr })) {
  test(`${language} lacks no word, leaves none in English and fills the same places`, () => {
    const own = flat(table);
    const english = flat(en);
    expect([...own.keys()].sort()).toEqual([...english.keys()].sort());
    for (const [key, text] of own) {
      expect(text.trim(), key).not.toBe("");
      expect(places(text), key).toEqual(places(english.get(key) ?? ""));
    }
    const same = [...own].filter(([key, text]) => text === english.get(key)).map(([key]) => key);
    expect(same.sort()).toEqual(SHARED[language]?.toSorted());
  });
}

test("money has as many digits as its currency, and none too many", () => {
  const english = new Words("en", "en", en);
  const german = new Words("de", "de", de);
  const written = (words: Words, amount: number, currency: string) =>
    words.money({ amount, currency }).replace(/\s/g, " ");
  expect(written(english, 12_000, "EUR")).toBe("€120.00");
  expect(written(english, 12_000, "JPY")).toBe("¥12,000");
  expect(written(english, 12_000, "KRW")).toBe("₩12,000");
  expect(written(english, 12_000, "KWD")).toBe("KWD 12.000");
  expect(written(german, 123_456, "EUR")).toBe("1.234,56 €");
  expect(written(german, 5000, "JPY")).toBe("5.000 ¥");
  expect(written(german, 0, "EUR")).toBe("Kostenlos");
});

test("minutes and days are written as each language writes them", () => {
  expect(new Words("en", "en", en).minutes(1)).toBe("1 minute");
  expect(new Words("en", "en", en).minutes(5)).toBe("5 minutes");
  expect(new Words("de", "de", de).minutes(5)).toBe("5 Minuten");
  expect(new Words("fr", "fr", fr).civil(new Date("2026-11-23T09:00:00Z"))).toBe("lundi 09:00");
  expect(new Words("es", "es", es).time("not a time")).toBe("");
});
