// What the page around the chat is told of it: what the guide promises, and never what was said.

import { expect, test } from "../fixtures.ts";
import { portraitProposal } from "../mock/turns.ts";

const EVENTS = ["open", "close", "message", "handoff", "booking", "feedback"];

test("the page hears of each step, and of no word or person", async ({ page, desk, chat }) => {
  await page.goto(`${desk.url}/bare`);
  await page.evaluate((names) => {
    (window as any).heard = [];
    for (const name of names) {
      document.addEventListener(`frontdesk:${name}`, (event) =>
        (window as any).heard.push([name, (event as CustomEvent).detail]),
      );
    }
  }, EVENTS);
  desk.bookingStatus = "CONFIRMED";
  desk.willSay([{ text: "Please confirm." }, { proposal: portraitProposal() }]);
  await chat.open();
  await chat.say("Book, please. I am Ada.");
  await chat.button("Confirm booking").click();
  await chat.dialog.getByTitle("5 of 5 stars").click();
  await chat.button("Send rating").click();
  await expect(chat.log).toContainText("Thank you for telling us.");
  await chat.button("Talk to a person").click();
  await expect(chat.log).toContainText("The team has been told.");
  desk.agentSays("Hello Ada.");
  await expect(chat.log).toContainText("Hello Ada.");
  await chat.field.press("Escape");
  const price = { amount: 12_000, currency: "EUR" };
  expect(await page.evaluate(() => (window as any).heard)).toEqual([
    ["open", {}],
    ["message", { from: "visitor" }],
    ["message", { from: "assistant" }],
    ["booking", { id: "booking-1", status: "CONFIRMED", price }],
    ["feedback", { rating: 5 }],
    ["handoff", {}],
    ["message", { from: "agent" }],
    ["close", {}],
  ]);
});
