// What every test of the widget starts with: a front desk of its own on a port of its own, and a
// page that fails the test when the browser reports an error or a breach of the page's policy.

import { test as base, expect, type Locator, type Page } from "@playwright/test";
import { Desk } from "./mock/desk.ts";

interface Fixtures {
  desk: Desk;
  chat: Chat;
  /** Messages of the browser that a test expects and therefore forgives. */
  forgiven: RegExp;
}

/** The widget as a visitor meets it: found by role and name, never by class. */
export class Chat {
  readonly launcher: Locator;
  readonly dialog: Locator;
  readonly log: Locator;
  readonly field: Locator;

  constructor(readonly page: Page) {
    this.launcher = page.locator("frontdesk-chat .launcher");
    this.dialog = page.getByRole("dialog");
    this.log = page.getByRole("log");
    this.field = this.dialog.getByRole("textbox", { name: "Message", exact: true });
  }

  /** Opens the chat on the desk's page that has nothing but the widget. */
  async start(desk: Desk): Promise<void> {
    await this.page.goto(`${desk.url}/bare`);
    await this.open();
  }

  async open(): Promise<void> {
    await this.launcher.click();
    await expect(this.dialog).toBeVisible();
  }

  async say(text: string): Promise<void> {
    await this.field.fill(text);
    await this.field.press("Enter");
  }

  /** The assistant's newest finished answer, as shown. */
  get answer(): Locator {
    return this.log.locator(".row.assistant .bubble").last();
  }

  button(name: string | RegExp): Locator {
    return this.dialog.getByRole("button", { name });
  }
}

export const test = base.extend<Fixtures>({
  desk: async ({}, use) => {
    const desk = await Desk.start();
    await use(desk);
    await desk.stop();
  },
  forgiven: [/^$/, { option: true }],
  chat: async ({ page, forgiven }, use) => {
    const complaints: string[] = [];
    page.on("pageerror", (error) => complaints.push(`${error}`));
    page.on("console", (message) => {
      if (message.type() === "error") complaints.push(message.text());
    });
    await use(new Chat(page));
    const unforgiven = complaints.filter((text) => !forgiven.test(text));
    expect(unforgiven, "the browser complained").toEqual([]);
  },
});

export { expect };
