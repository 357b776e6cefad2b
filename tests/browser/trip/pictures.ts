// Pictures of mails and pages as people meet them: on a desk by day and by night, and on a phone.
// They land beside the results, for a person to judge; what a machine can judge is asserted here.

import { type BrowserContext, expect, type Page, type TestInfo } from "@playwright/test";
import { breaches } from "../axe.ts";
import type { Mail } from "./desk.ts";

const LOOKS = [
  { name: "light", width: 900, height: 700, colorScheme: "light" },
  { name: "dark", width: 900, height: 700, colorScheme: "dark" },
  { name: "phone", width: 390, height: 780, colorScheme: "light" },
  { name: "phone-dark", width: 390, height: 780, colorScheme: "dark" },
] as const;

/** What axe asks of a page and a mailbox has around the mail. */
const NOT_OF_MAILS = ["region", "landmark-one-main"];

/** Takes a picture of the page in each look, and leaves the page as it was. */
export async function pictures(
  page: Page,
  info: TestInfo,
  name: string,
  spared: string[] = [],
): Promise<void> {
  const before = page.viewportSize();
  for (const { name: look, width, height, colorScheme } of LOOKS) {
    await page.setViewportSize({ width, height });
    await page.emulateMedia({ colorScheme });
    await page.screenshot({ path: info.outputPath(`${name}-${look}.png`), fullPage: true });
    const overflow = await page.evaluate(
      () => document.documentElement.scrollWidth - document.documentElement.clientWidth,
    );
    expect(overflow, `${name} scrolls sideways in ${look}`).toBe(0);
    expect(await breaches(page, "html", spared), `${name} in ${look}`).toEqual([]);
  }
  await page.emulateMedia({ colorScheme: null });
  if (before) await page.setViewportSize(before);
}

/** Takes pictures of a mail as a mailbox that keeps its styles shows it. */
export async function picturesOf(
  context: BrowserContext,
  info: TestInfo,
  name: string,
  mail: Mail,
): Promise<void> {
  const page = await context.newPage();
  await page.setContent(mail.html);
  await pictures(page, info, name, NOT_OF_MAILS);
  await page.close();
}
