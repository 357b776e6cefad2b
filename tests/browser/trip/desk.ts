// The running front desk as a test sees it from outside: its mails, its records, and Stripe's.

import { type APIRequestContext, expect } from "@playwright/test";

export const OWNER = "owner@demo.test";

export interface Mail {
  id: string;
  to: string;
  subject: string;
  text: string;
  html: string;
  attachments: { name: string; type: string; text: string }[];
}

export interface Money {
  amount: number;
  currency: string;
}

/** A booking as the business is shown it. */
export interface Booking {
  id: string;
  confirmationCode: string;
  status: string;
  startsAt: string;
  paidAt?: string;
  fee: Money;
  refunded: Money;
  refundDue?: Money;
  customer: { name: string; email: string; timezone?: string };
  conversationId?: string;
}

/** A conversation as the business is shown it. */
export interface Conversation {
  pageUrl: string;
  feedback?: { rating: number; comment: string };
}

/**
 * Two weekdays of the business, three to six days from now: past every notice and every fee for calling off late,
 * whatever day it is today.
 */
export function weekdaysAhead(): [string, string] {
  const name = (days: number) =>
    new Date(Date.now() + days * 24 * 3_600_000).toLocaleDateString("en", {
      weekday: "long",
      timeZone: "Europe/Berlin",
    });
  const open = [3, 4, 5, 6].map(name).filter((day) => !day.startsWith("S"));
  return [open[0] ?? "", open[1] ?? ""];
}

/** The mails of an address, oldest first, once nothing is on its way any more. */
export async function mails(request: APIRequestContext, to: string): Promise<Mail[]> {
  expect((await request.post("/dev/drain")).ok()).toBe(true);
  const answer = await request.get("/dev/mail.json", { params: { to } });
  expect(answer.ok()).toBe(true);
  return (await answer.json()) as Mail[];
}

/** The address behind `/cancel`, `/reschedule` or `/pay` in a mail. */
export function link(mail: Mail, purpose: "cancel" | "reschedule" | "pay"): string {
  const found = mail.text.split("\n").find((line) => line.endsWith(`/${purpose}`));
  expect(found, `${mail.subject} has a link to ${purpose}`).toBeDefined();
  return found ?? "";
}

/** What the owner is shown under an address of the console. */
async function shown<T>(request: APIRequestContext, path: string): Promise<T> {
  const login = await request.post("/dev/login", { data: { email: OWNER, password: "demo" } });
  const { accessToken } = (await login.json()) as { accessToken: string };
  const headers = { Authorization: `Bearer ${accessToken}` };
  const answer = await request.get(`/v1/admin/${path}`, { headers });
  expect(answer.ok(), path).toBe(true);
  return (await answer.json()) as T;
}

/** The booking with that code, as the owner sees it. */
export async function booking(request: APIRequestContext, code: string): Promise<Booking> {
  const { items } = await shown<{ items: Booking[] }>(request, "bookings");
  const found = items.find(({ confirmationCode }) => confirmationCode === code);
  expect(found, `a booking with the code ${code}`).toBeDefined();
  return found as Booking;
}

/** The conversation that a booking was made in, as the owner sees it. */
export async function conversation(request: APIRequestContext, of: Booking): Promise<Conversation> {
  return shown<Conversation>(request, `conversations/${of.conversationId}`);
}
