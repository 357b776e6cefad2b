// The rating: asked for when a booking stands or the chat has ended, once a conversation.

import { type Chat, expect, test } from "../fixtures.ts";
import type { Desk } from "../mock/desk.ts";
import { portraitProposal } from "../mock/turns.ts";

test.use({ forgiven: /Failed to load resource/ });

async function booked(desk: Desk, chat: Chat): Promise<void> {
  desk.bookingStatus = "CONFIRMED";
  desk.willSay([{ text: "Please confirm." }, { proposal: portraitProposal() }]);
  await chat.start(desk);
  await chat.say("Book");
  await chat.button("Confirm booking").click();
  await expect(chat.dialog.getByRole("group", { name: "How was this chat?" })).toBeVisible();
}

const star = (chat: Chat, n: number) => chat.dialog.getByRole("radio", { name: `${n} of 5 stars` });

test("a confirmed booking is followed by stars and a comment", async ({ page, desk, chat }) => {
  await booked(desk, chat);
  await chat.dialog.getByTitle("4 of 5 stars").click();
  await expect(star(chat, 4)).toBeChecked();
  await chat.dialog.getByLabel("Anything to add?").fill("  Quick & kind.  ");
  await chat.button("Send rating").click();
  await expect(chat.log).toContainText("Thank you for telling us.");
  expect(desk.calls("feedback").map(({ body }) => body)).toEqual([
    { sessionId: "session-1", rating: 4, comment: "Quick & kind." },
  ]);
  await page.reload();
  await expect(chat.dialog).toContainText("Booking confirmed");
  await expect(chat.button("Send rating")).toHaveCount(0);
});

test("stars are chosen by the arrow keys and sent by Enter, without a comment", async ({
  page,
  desk,
  chat,
}) => {
  await booked(desk, chat);
  await star(chat, 1).focus();
  await page.keyboard.press("Space");
  await page.keyboard.press("ArrowRight");
  await page.keyboard.press("ArrowRight");
  await expect(star(chat, 3)).toBeFocused();
  await page.keyboard.press("Enter");
  await expect(chat.log).toContainText("Thank you for telling us.");
  expect(desk.calls("feedback")[0]?.body).toEqual({ sessionId: "session-1", rating: 3 });
  await expect(chat.dialog.getByRole("region", { name: "How was this chat?" })).toBeFocused();
});

test("no star is no rating", async ({ desk, chat }) => {
  await booked(desk, chat);
  await chat.button("Send rating").click();
  await expect(chat.dialog.getByRole("alert").last()).toHaveText(
    "Please choose one to five stars.",
  );
  await expect(star(chat, 1)).toBeFocused();
  expect(desk.calls("feedback")).toHaveLength(0);
});

test("what the server refuses is said, and may be sent again", async ({ desk, chat }) => {
  await booked(desk, chat);
  const detail = "This chat was rated more than a day ago.";
  desk.willRefuse("feedback", { status: 409, body: { code: "too_late", detail } });
  await chat.dialog.getByTitle("5 of 5 stars").click();
  await chat.button("Send rating").click();
  await expect(chat.dialog.getByRole("alert").last()).toHaveText(detail);
  await chat.button("Send rating").click();
  await expect(chat.log).toContainText("Thank you for telling us.");
});

test("pressing twice sends once", async ({ desk, chat }) => {
  await booked(desk, chat);
  await chat.dialog.getByTitle("5 of 5 stars").click();
  await chat.button("Send rating").dblclick();
  await expect(chat.log).toContainText("Thank you for telling us.");
  expect(desk.calls("feedback")).toHaveLength(1);
});

test("whoever does not want to rate is not asked again", async ({ page, desk, chat }) => {
  await booked(desk, chat);
  await chat.button("Not now").click();
  await expect(chat.button("Send rating")).toHaveCount(0);
  await expect(chat.field).toBeFocused();
  await page.reload();
  await expect(chat.dialog).toContainText("Booking confirmed");
  await expect(chat.button("Send rating")).toHaveCount(0);
});

test("a chat that a person has ended asks how it was, also after a reload", async ({
  page,
  desk,
  chat,
}) => {
  await chat.start(desk);
  await chat.button("Talk to a person").click();
  await expect(chat.log).toContainText("The team has been told.");
  desk.mode = "ended";
  await expect(chat.button("Send rating")).toBeVisible();
  await page.reload();
  await expect(chat.button("Send rating")).toHaveCount(1);
});

test("a longer comment than the server keeps cannot be written", async ({ desk, chat }) => {
  await booked(desk, chat);
  const comment = chat.dialog.getByLabel("Anything to add?");
  await comment.fill("x".repeat(600));
  expect(await comment.evaluate((node: HTMLTextAreaElement) => node.maxLength)).toBe(500);
});
