// A mail's calendar entry as Thunderbird's own parser reads it.

import { expect } from "@playwright/test";
import ICAL from "ical.js";
import type { Mail } from "./desk.ts";

/** What a calendar makes of a mail's file. */
export interface Entry {
  uid: string;
  sequence: number;
  method: string;
  status: string;
  /** As the API writes instants. */
  startsAt: string;
  organizer: string;
  attendee: string;
}

/** The one entry that `mail` brings. */
export function entry(mail: Mail): Entry {
  expect(mail.attachments, mail.subject).toHaveLength(1);
  const [file] = mail.attachments;
  const calendar = new ICAL.Component(ICAL.parse(file?.text ?? ""));
  expect(calendar.getAllSubcomponents()).toHaveLength(1);
  const component = calendar.getFirstSubcomponent("vevent");
  expect(component, mail.subject).not.toBeNull();
  const event = new ICAL.Event(component ?? undefined);
  const text = (of: ICAL.Component | null, name: string) =>
    String(of?.getFirstPropertyValue(name) ?? "");
  const method = text(calendar, "method");
  expect(file?.type).toBe(`text/calendar; method=${method}; charset=utf-8`);
  return {
    uid: event.uid,
    sequence: event.sequence,
    method,
    status: text(component, "status"),
    startsAt: event.startDate.toJSDate().toISOString().replace(".000Z", "Z"),
    organizer: text(component, "organizer"),
    attendee: text(component, "attendee"),
  };
}
