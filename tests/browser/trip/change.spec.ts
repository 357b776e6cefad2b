// A booking's whole life on the running front desk: booked and paid by chat, moved by chat by whoever
// proves the address, called off by the link of the newest mail, and its money given back.

import { expect, type Page, test } from "@playwright/test";
import { Chat } from "../fixtures.ts";
import { entry } from "./calendar.ts";
import { booking, link, type Mail, mails, OWNER, weekdaysAhead } from "./desk.ts";
import { pictures, picturesOf } from "./pictures.ts";

/** Books and pays the first free portrait session on a weekday; answers the code. */
async function book(page: Page, chat: Chat, email: string, weekday: string): Promise<string> {
  await chat.say(`I would like to book a portrait session next ${weekday}, the first one you have`);
  await settled(chat);
  await chat.say("The first one, please.");
  await settled(chat);
  await chat.say(`My name is Ada Lovelace and my email is ${email}`);
  await chat.button("Confirm booking").click();
  const pay = chat.dialog.getByRole("link", { name: "Pay €120.00" });
  await expect(pay).toBeVisible();
  const code = (await chat.dialog.locator(".code strong").textContent()) ?? "";
  expect(code).toMatch(/^[A-Z0-9]{8}$/);
  await pay.click();
  await page.getByRole("button", { name: "Pay" }).first().click();
  await expect(page).toHaveURL(/\?paid=/);
  await expect(chat.dialog).toContainText("Booking confirmed", { timeout: 15_000 });
  return code;
}

/** The assistant has finished speaking. */
async function settled(chat: Chat): Promise<void> {
  await expect(chat.log).toHaveAttribute("aria-busy", "false");
}

function newest(all: Mail[], subject: RegExp): Mail {
  const found = all.findLast((mail) => subject.test(mail.subject));
  expect(found, `a mail ${subject}`).toBeDefined();
  return found as Mail;
}

test("a visitor books, moves it by chat, calls it off by link, and gets the money back", async ({
  page,
  request,
  context,
}, info) => {
  test.setTimeout(120_000);
  const email = `ada.moves.${info.workerIndex}.${Date.now()}@example.com`;
  const owned = async () =>
    (await mails(request, OWNER)).filter(({ text }) => text.includes(email));
  const shot = (name: string) => pictures(page, info, name);
  const chat = new Chat(page);
  await page.goto("/");
  await chat.open();
  const [first, second] = weekdaysAhead();
  const code = await book(page, chat, email, first);
  const booked = await booking(request, code);
  expect(booked).toMatchObject({ status: "CONFIRMED", customer: { timezone: "Europe/Berlin" } });

  // Moving: only after the address is proven, and only by the customer's own click.
  await chat.say(`Please move my booking to next ${second}`);
  const field = chat.dialog.getByLabel("6-digit code");
  await expect(field).toBeVisible();
  const digits = newest(await mails(request, email), /code/i).text.match(/\b\d{6}\b/)?.[0] ?? "";
  await field.fill(digits);
  await chat.button("Verify").click();
  await expect(chat.dialog).toContainText("Email confirmed");
  await settled(chat);
  await chat.say(`Move it to next ${second}, please`);
  await settled(chat);
  await chat.say("The first one, please.");
  const move = chat.button("Confirm change");
  await expect(move).toBeVisible();
  const card = chat.dialog.getByRole("group", { name: "Move Portrait session" });
  await expect(card).toContainText("From");
  await expect(card).toContainText("To");
  await move.click();
  await expect(card).toContainText("Booking confirmed");
  const moved = await booking(request, code);
  expect(moved.id).toBe(booked.id);
  expect(moved.startsAt).not.toBe(booked.startsAt);

  const told = await mails(request, email);
  const [confirmation, change] = [newest(told, /^Confirmed/), newest(told, /^New time/)];
  const made = entry(confirmation);
  expect(made).toMatchObject({
    method: "REQUEST",
    status: "CONFIRMED",
    attendee: `mailto:${email}`,
  });
  expect(made.startsAt).toBe(booked.startsAt);
  expect(entry(change)).toEqual({
    ...made,
    sequence: made.sequence + 1,
    startsAt: moved.startsAt,
  });

  // The link of the older mail is dead, kindly, and so is one that was cut off.
  expect((await page.goto(link(confirmation, "cancel")))?.status()).toBe(410);
  await expect(page.getByRole("heading", { level: 1 })).toHaveText("This link is of an older mail");
  await shot("page-outdated");
  const cut = link(change, "cancel").replace(/.{6}\/cancel$/, "/cancel");
  expect((await page.goto(cut))?.status()).toBe(404);
  await shot("page-not-found");

  // The page to move shows free times by day, and changes nothing.
  await page.goto(link(change, "reschedule"));
  await expect(page.getByRole("navigation", { name: "Days with free times" })).toBeVisible();
  await shot("page-reschedule");

  // Cancelling: the page says what comes back, its button brings it.
  await page.goto(link(change, "cancel"));
  const back = page.getByRole("definition").filter({ hasText: "€120.00" }).last();
  await expect(back).toBeVisible();
  await shot("page-cancel");
  const button = page.getByRole("button", { name: "Cancel booking" });
  await button.focus();
  await button.press("Enter");
  await expect(page.getByRole("heading", { level: 1 })).toHaveText("Your booking is cancelled");
  await expect(page.getByText("You get back")).toBeVisible();
  await shot("page-cancelled");
  expect((await page.goto(link(change, "cancel")))?.status()).toBe(410);
  await expect(page.getByRole("heading", { level: 1 })).toHaveText("This booking is cancelled");
  await shot("page-called-off");

  const all = await mails(request, email);
  const over = await booking(request, code);
  expect(over.refunded).toEqual({ amount: 12_000, currency: "EUR" });
  expect(["CANCELED", "REFUNDED"]).toContain(over.status);
  expect(over.refundDue).toBeUndefined();
  const expected = [/^Please pay/, /^Confirmed/, /code/i, /^New time/, /^Cancelled/, /^Refunded/];
  for (const subject of expected) {
    const alike = all.filter((mail) => subject.test(mail.subject));
    expect(alike, `${subject} once`).toHaveLength(1);
    const name = alike[0]?.subject.split(/[:\s]/)[0]?.toLowerCase() ?? "mail";
    await picturesOf(context, info, `mail-${name}`, alike[0] as Mail);
  }
  expect(all).toHaveLength(expected.length);
  for (const [at, mail] of (await owned()).entries())
    await picturesOf(context, info, `mail-owner-${at + 1}`, mail);
  expect(entry(newest(all, /^Cancelled/))).toEqual({
    ...entry(change),
    sequence: entry(change).sequence + 1,
    method: "CANCEL",
    status: "CANCELLED",
  });
});
