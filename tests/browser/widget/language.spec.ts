// The widget speaks the language of the page, and writes in its direction.

import { expect, test } from "../fixtures.ts";

const LANGUAGES = [
  {
    lang: "de",
    open: "Chat öffnen",
    person: "Mit einem Menschen sprechen",
    confirm: "Buchung bestätigen",
    pay: "120,00 € bezahlen",
  },
  {
    lang: "es",
    open: "Abrir el chat",
    person: "Hablar con una persona",
    confirm: "Confirmar la reserva",
    pay: "Pagar 120,00 €",
  },
  {
    lang: "fr",
    open: "Ouvrir le chat",
    person: "Parler à une personne",
    confirm: "Confirmer la réservation",
    pay: "Payer 120,00 €",
  },
  {
    lang: "xx",
    open: "Open chat",
    person: "Talk to a person",
    confirm: "Confirm booking",
    pay: "Pay €120.00",
  },
];

for (const { lang, open, person, confirm, pay } of LANGUAGES) {
  test(`in ${lang}`, async ({ page, desk, chat }) => {
    await page.goto(`${desk.url}/bare?lang=${lang}`);
    await page.getByRole("button", { name: open }).click();
    await expect(chat.button(person)).toBeVisible();
    await chat.log.page().keyboard.type("Ada, ada@example.com");
    await page.keyboard.press("Enter");
    await chat.button(confirm).click();
    await expect(chat.dialog.getByRole("link", { name: pay })).toBeVisible();
    expect(desk.calls("sessions")[0]?.body.locale).toBe(lang === "xx" ? "en" : lang);
    expect(desk.calls("sessions")[0]?.body.timezone).toBe("Europe/Berlin");
  });
}

test("right to left, the panel mirrors itself", async ({ page, desk, chat }, info) => {
  await page.goto(`${desk.url}/bare?lang=ar`);
  await chat.open();
  await expect(chat.dialog).toHaveAttribute("dir", "rtl");
  await chat.say("مرحبا");
  await expect(chat.answer).toBeVisible();
  const middle = async (selector: string) => {
    const box = await chat.dialog.locator(selector).last().boundingBox();
    return (box?.x ?? 0) + (box?.width ?? 0) / 2;
  };
  expect(await middle(".send")).toBeLessThan(await middle("textarea"));
  expect(await middle(".visitor .bubble")).toBeLessThan(await middle(".assistant .bubble"));
  await page.screenshot({ path: info.outputPath("right-to-left.png") });
});
