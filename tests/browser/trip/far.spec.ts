// A visitor at the other end of the world: every time is told on the business's clock and on their own.

import { expect, test } from "@playwright/test";
import { Chat } from "../fixtures.ts";
import { booking, link, mails } from "./desk.ts";
import { pictures, picturesOf } from "./pictures.ts";

test.use({ timezoneId: "Pacific/Auckland", locale: "en-NZ" });

test("a visitor in Auckland is told both times, and whose each is", async ({
  page,
  request,
  context,
}, info) => {
  test.setTimeout(90_000);
  const email = `kiri.${info.workerIndex}.${Date.now()}@example.com`;
  const chat = new Chat(page);
  await page.goto("/");
  await chat.open();
  await chat.say("When is a headshot express free next Wednesday?");
  await expect(chat.answer).toContainText("for you)");
  await chat.say("The first one, please.");
  await expect(chat.answer).toContainText("name and email");
  await chat.say(`Kiri Ngata, ${email}`);
  const card = chat.dialog.getByRole("group", { name: "Headshot express" });
  await expect(card).toContainText("(Berlin time)");
  await expect(card).toContainText("(Auckland time)");
  await page.screenshot({ path: info.outputPath("widget-card.png") });
  await chat.button("Confirm booking").click();
  await expect(chat.dialog).toContainText("Booking confirmed");
  const code = (await chat.dialog.locator(".code strong").textContent()) ?? "";
  expect((await booking(request, code)).customer.timezone).toBe("Pacific/Auckland");

  const [confirmation] = await mails(request, email);
  for (const said of ["(Berlin time)", "(Auckland time)"])
    expect(confirmation?.text).toContain(said);
  if (!confirmation) return;
  await picturesOf(context, info, "mail-far", confirmation);
  await page.goto(link(confirmation, "reschedule"));
  await expect(page.getByText("Berlin time; your own below it")).toBeVisible();
  await expect(page.getByText("for you").first()).toBeVisible();
  await pictures(page, info, "page-far");
});
