// The widget and the demo shop as they look, on the sizes and in the schemes that people use.
// The pictures land beside the results, for a person to judge; what a machine can judge is asserted.

import { expect, test } from "../fixtures.ts";

const SIZES = [
  { name: "desktop", width: 1280, height: 860 },
  { name: "phone", width: 390, height: 844 },
  { name: "narrow", width: 320, height: 640 },
] as const;

const SCHEMES = ["light", "dark"] as const;

for (const { name, ...viewport } of SIZES) {
  for (const colorScheme of SCHEMES) {
    test.describe(`${name}, ${colorScheme}`, () => {
      test.use({ viewport, colorScheme });

      test("a whole booking fits the screen", async ({ page, desk, chat }, info) => {
        const shot = (what: string) =>
          page.screenshot({ path: info.outputPath(`${name}-${colorScheme}-${what}.png`) });
        await page.goto(`${desk.url}/`);
        await expect(chat.launcher).toBeVisible();
        await shot("1-page");
        await chat.open();
        await expect(chat.button("What can I book?")).toBeVisible();
        await shot("2-open");
        await chat.button("What can I book?").click();
        await expect(chat.answer).toContainText("Shall I look for a free time?");
        await chat.say("When is a portrait session free?");
        await expect(chat.button("Tue 24 Nov, 14:00")).toBeVisible();
        await expect(chat.answer.getByText("Which one suits you?")).toBeInViewport({ ratio: 1 });
        await shot("3-times");
        await chat.say("Tue 24 Nov, 14:00, Ada Lovelace, ada@example.com");
        await expect(chat.button("Confirm booking")).toBeVisible();
        await shot("4-proposal");
        await chat.button("Confirm booking").click();
        await expect(chat.dialog.getByRole("link", { name: "Pay €120.00" })).toBeVisible();
        await shot("5-to-pay");
        desk.bookingStatus = "CONFIRMED";
        await page.goto(`${desk.url}/?paid=booking-1`);
        await expect(chat.dialog).toContainText("Booking confirmed");
        await shot("6-confirmed");
        const overflow = await page.evaluate(
          () => document.documentElement.scrollWidth - document.documentElement.clientWidth,
        );
        expect(overflow, "the page scrolls sideways").toBe(0);
        const box = await chat.dialog.boundingBox();
        expect(box?.x).toBeGreaterThanOrEqual(0);
        expect((box?.x ?? 0) + (box?.width ?? 0)).toBeLessThanOrEqual(viewport.width);
        await chat.dialog.press("Escape");
        await expect(chat.dialog).toBeHidden();
        await page.screenshot({
          path: info.outputPath(`${name}-${colorScheme}-7-whole-page.png`),
          fullPage: true,
        });
      });
    });
  }
}

for (const colorScheme of SCHEMES) {
  test(`the second demo shop, ${colorScheme}`, async ({ page, desk, chat }, info) => {
    await page.emulateMedia({ colorScheme });
    Object.assign(desk.config, { businessName: "Salon Mirabelle" });
    Object.assign(desk.config.widget as object, { primaryColor: "#7a2e4d" });
    await page.goto(`${desk.url}/salon`);
    await page.getByRole("button", { name: "Ask for an appointment" }).click();
    await expect(chat.field).toHaveValue("What can I book?");
    expect(desk.calls("config")[0]?.headers["x-tenant-key"]).toBe("pk_demo2");
    await page.screenshot({
      path: info.outputPath(`salon-${colorScheme}.png`),
      animations: "disabled",
    });
  });
}
