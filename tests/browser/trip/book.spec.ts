// The whole trip on the real page of a running front desk: ask, choose a time, book, confirm, pay,
// see it confirmed, rate it, and find each mail once. Runs only where FRONTDESK_URL names that front desk.

import { expect, test } from "@playwright/test";
import { Chat } from "../fixtures.ts";
import { booking, conversation, mails, OWNER } from "./desk.ts";

const PACKAGES = ["Portrait session", "Family afternoon", "Headshot express", "Wedding day"];

test("a visitor asks, books, pays, sees it confirmed and rates the chat", async ({
  page,
  request,
}, info) => {
  const email = `ada.${info.workerIndex}.${Date.now()}@example.com`;
  const owned = async () =>
    (await mails(request, OWNER)).filter(({ text }) => text.includes(email));
  const chat = new Chat(page);
  await page.goto("/");
  await chat.open();

  await chat.say("What can I book?");
  for (const name of PACKAGES) await expect(chat.log).toContainText(name);

  await chat.say("When is a portrait session free?");
  await expect(chat.answer).toContainText(/\d{1,2}[:.]\d{2}/);
  await expect(chat.log).toHaveAttribute("aria-busy", "false");
  const firstFree = chat.dialog
    .getByRole("group")
    .getByRole("button", { name: /\d{1,2}[:.]\d{2}/ });
  if (await firstFree.count()) await firstFree.first().click();
  else await chat.say("The first one, please.");
  await expect(chat.log.locator(".row.assistant")).toHaveCount(4);
  await expect(chat.log).toHaveAttribute("aria-busy", "false");

  await chat.say(`My name is Ada Lovelace and my email is ${email}`);
  const confirm = chat.button("Confirm booking");
  await expect(confirm).toBeVisible();
  const card = chat.dialog.getByRole("group", { name: "Portrait session" });
  await expect(card).toContainText(email);
  await confirm.click();

  const pay = chat.dialog.getByRole("link", { name: "Pay €120.00" });
  await expect(pay).toBeVisible();
  const code = await chat.dialog.locator(".code strong").textContent();
  expect(code ?? "").toMatch(/^[A-Z0-9]{8}$/);
  await pay.click();
  await page.getByRole("button", { name: "Pay" }).click();

  await expect(page).toHaveURL(/\?paid=/);
  await expect(chat.dialog).toContainText("Booking confirmed", { timeout: 15_000 });
  await expect(chat.dialog).toContainText(code ?? "");

  const customers = (await mails(request, email)).map(({ subject }) => subject);
  expect(new Set(customers).size, "a mail came twice").toBe(customers.length);
  expect(customers).toHaveLength(2);
  expect(await owned(), "the owner hears of it once").toHaveLength(1);

  const booked = await booking(request, code ?? "");
  expect(booked.status).toBe("CONFIRMED");
  expect(Date.parse(booked.paidAt ?? "")).not.toBeNaN();

  await chat.dialog.getByTitle("4 of 5 stars").click();
  await chat.dialog.getByLabel("Anything to add?").fill("Quick and kind.");
  await chat.button("Send rating").click();
  await expect(chat.log).toContainText("Thank you for telling us.");
  const { feedback } = await conversation(request, booked);
  expect(feedback).toMatchObject({ rating: 4, comment: "Quick and kind." });
});
