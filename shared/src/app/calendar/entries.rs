//! Entries: what stands in somebody's calendar file (RFC 5545), as stretches of time.
//!
//! The only module that knows the library which parses and repeats entries. An entry takes its time unless it
//! says that it is free (`TRANSP:TRANSPARENT`) or cancelled; a day without times is a day of the business. Of
//! what an entry is about nothing is read.
//!
//! The library keeps no bound of its own on repetitions and matches a changed one by its time alone, so each
//! series is expanded by itself and up to the end of what is asked for.

use std::collections::{BTreeMap, BTreeSet};

use calcard::common::PartialDateTime;
use calcard::common::timezone::Tz;
use calcard::icalendar::dates::TimeOrDelta;
use calcard::icalendar::timezone::TzResolver;
use calcard::icalendar::{
    ICalendar, ICalendarComponent, ICalendarComponentType, ICalendarDuration, ICalendarEntry, ICalendarFrequency,
    ICalendarProperty, ICalendarStatus, ICalendarTransparency, ICalendarValue,
};
use calcard::{Entry, Parser};
use jiff::Timestamp;
use jiff::civil::DateTime;
use jiff::tz::{Offset, TimeZone};
use thiserror::Error;

use crate::domain::id::BookingId;
use crate::domain::slot::Interval;

/// The most entries of one calendar, and the most of them that repeat.
const MOST_ENTRIES: usize = 20_000;
const MOST_SERIES: usize = 2_000;

/// The most repetitions of one entry, counted from its first: fifty years of days.
const MOST_REPETITIONS: usize = 20_000;

/// The most steps that looking for repetitions may take, all entries together, and how many it takes to find
/// that there is none.
const MOST_STEPS: u64 = 50_000_000;
const STEPS_IN_VAIN: u64 = 100_000;

/// A calendar file that cannot be used.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
pub(super) enum Unreadable {
    /// It is none, or breaks off.
    #[error("this is not a whole calendar")]
    NotACalendar,
    /// It holds more than is read of one.
    #[error("the calendar has too many entries")]
    TooMany,
}

/// The times that a calendar takes.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(super) struct Busy {
    /// When, in no order; they may overlap.
    pub(super) times: Vec<Interval>,
    /// Entries that could not be understood.
    pub(super) skipped: u32,
}

/// A calendar file, read.
#[derive(Debug)]
pub(super) struct Entries {
    zones: Vec<ICalendarComponent>,
    events: Vec<ICalendarComponent>,
}

impl Entries {
    /// Reads a file.
    ///
    /// # Errors
    ///
    /// [`Unreadable`].
    pub(super) fn parse(text: &str) -> Result<Self, Unreadable> {
        // A file that breaks off would give times free that it only did not get to.
        let end = text.trim_end().lines().next_back().unwrap_or_default();
        if !end.trim().eq_ignore_ascii_case("END:VCALENDAR") {
            return Err(Unreadable::NotACalendar);
        }
        let mut parser = Parser::new(text.trim_start_matches('\u{feff}'));
        let (mut zones, mut events, mut is_calendar) = (Vec::new(), Vec::new(), false);
        loop {
            match parser.entry() {
                Entry::ICalendar(calendar) => {
                    is_calendar = true;
                    for part in calendar.components {
                        match part.component_type {
                            ICalendarComponentType::VEvent => events.push(part),
                            ICalendarComponentType::VTimezone => zones.push(part),
                            _ => {}
                        }
                    }
                }
                Entry::Eof if is_calendar => break,
                Entry::TooManyComponents => return Err(Unreadable::TooMany),
                _ => return Err(Unreadable::NotACalendar),
            }
        }
        if MOST_ENTRIES < events.len() { Err(Unreadable::TooMany) } else { Ok(Self { zones, events }) }
    }

    /// The bookings that stand in it as entries of ours: their ids at `host`.
    pub(super) fn bookings(&self, host: &str) -> BTreeSet<BookingId> {
        self.events.iter().filter_map(|event| booking_of(event, host)).collect()
    }

    /// The times within `span` that it takes, without those of `ours` at `host`; `zone` is where the clock is
    /// of an entry that does not say.
    ///
    /// # Errors
    ///
    /// [`Unreadable::TooMany`].
    pub(super) fn busy(
        self,
        span: &Interval,
        zone: &TimeZone,
        (ours, host): (&BTreeSet<BookingId>, &str),
    ) -> Result<Busy, Unreadable> {
        let mut single = Vec::new();
        let mut series: BTreeMap<String, Vec<ICalendarComponent>> = BTreeMap::new();
        for event in self.events {
            if booking_of(&event, host).is_some_and(|booking| ours.contains(&booking)) {
                continue;
            }
            let repeats = [ICalendarProperty::Rrule, ICalendarProperty::Rdate, ICalendarProperty::RecurrenceId];
            match event.uid().filter(|_| repeats.iter().any(|name| event.property(name).is_some())) {
                Some(uid) => series.entry(uid.to_owned()).or_default().push(event),
                None => single.push(event),
            }
        }
        if MOST_SERIES < series.len() {
            return Err(Unreadable::TooMany);
        }
        let (mut busy, mut left) = (Busy::default(), MOST_STEPS);
        for group in std::iter::once(single).chain(series.into_values()) {
            expand(group, &self.zones, span, zone, (&mut busy, &mut left))?;
        }
        Ok(busy)
    }
}

/// Adds the times of `group`, entries of one series or of none, to `busy`.
fn expand(
    group: Vec<ICalendarComponent>,
    zones: &[ICalendarComponent],
    span: &Interval,
    zone: &TimeZone,
    (busy, left): (&mut Busy, &mut u64),
) -> Result<(), Unreadable> {
    let calendar = ICalendar { components: zones.to_vec() };
    let resolver = calendar.build_tz_resolver();
    let clocks: Vec<TimeZone> = group.iter().map(|event| clock_of(event, &resolver, zone)).collect();
    let takes: Vec<bool> = group.iter().map(takes_time).collect();
    let without: usize = group.iter().map(left_out).sum();
    let repeats = group.iter().any(|event| event.property(&ICalendarProperty::Rrule).is_some());
    *left = left.checked_sub(group.iter().map(|event| steps(event, span)).sum()).ok_or(Unreadable::TooMany)?;
    let events = group.into_iter().zip(&clocks).map(|(event, clock)| plain(event, span, clock));
    let calendar = ICalendar { components: events.chain(zones.iter().cloned()).collect() };
    let expanded = calendar.expand_dates(Tz::Floating, MOST_REPETITIONS);
    if repeats {
        if MOST_REPETITIONS <= expanded.events.len() + without {
            return Err(Unreadable::TooMany);
        }
        if expanded.events.is_empty() {
            *left = left.checked_sub(STEPS_IN_VAIN).ok_or(Unreadable::TooMany)?;
        }
    }
    busy.skipped = busy.skipped.saturating_add(u32::try_from(expanded.errors.len()).unwrap_or(u32::MAX));
    for event in expanded.events {
        let at = usize::try_from(event.comp_id).unwrap_or(usize::MAX);
        let Some(clock) = clocks.get(at).filter(|_| takes.get(at) == Some(&true)) else { continue };
        let its = zone_of(event.start.timezone()).unwrap_or_else(|| clock.clone());
        let start = local(event.start.naive_local().and_utc().timestamp());
        let end = match event.end {
            TimeOrDelta::Delta(length) => {
                let seconds = event.start.naive_local().and_utc().timestamp().checked_add(length.num_seconds());
                seconds.and_then(local).and_then(|end| moment(end, &its))
            }
            TimeOrDelta::Time(end) => {
                let zone = zone_of(end.timezone()).unwrap_or_else(|| clock.clone());
                local(end.naive_local().and_utc().timestamp()).and_then(|end| moment(end, &zone))
            }
        };
        let start = start.and_then(|start| moment(start, &its));
        let Some((start, end)) = start.zip(end) else {
            busy.skipped = busy.skipped.saturating_add(1);
            continue;
        };
        // An entry without a length takes no time.
        if let Ok(time) = Interval::new(start.max(span.start()), end.min(span.end())) {
            busy.times.push(time);
        }
    }
    Ok(())
}

/// `event` in the form that the library expands rightly: without the number by which it would look for its
/// changed repetitions, with an end where RFC 5545 says that it has none, and with an end of its
/// repetitions, on its own clock, which is in `clock`, at the latest when `span` is over.
fn plain(mut event: ICalendarComponent, span: &Interval, clock: &TimeZone) -> ICalendarComponent {
    event.entries.retain(|entry| entry.name != ICalendarProperty::Sequence);
    let start = event.property(&ICalendarProperty::Dtstart).and_then(time_of);
    let has_time = start.is_some_and(PartialDateTime::has_time);
    let has_end =
        [ICalendarProperty::Dtend, ICalendarProperty::Duration].iter().any(|end| event.property(end).is_some());
    if has_time && !has_end {
        event.entries.push(ICalendarEntry {
            name: ICalendarProperty::Duration,
            params: Vec::new(),
            values: vec![ICalendarValue::Duration(ICalendarDuration::default())],
        });
    }
    for entry in event.entries.iter_mut().filter(|entry| entry.name == ICalendarProperty::Rrule) {
        for value in &mut entry.values {
            if let ICalendarValue::RecurrenceRule(rule) = value {
                let until = rule.until.as_ref().and_then(|until| until_on(until, clock));
                if rule.until.is_none() && rule.count.is_some() {
                    continue;
                }
                let end = span.end().to_zoned(clock.clone()).datetime();
                rule.until = partial(until.map_or(end, |until| until.min(end)));
            }
        }
    }
    event
}

/// Where the clock of an entry is: what its start says, or else in `zone`. The library repeats every entry on a
/// clock that is nowhere, also one that says that it is in UTC.
fn clock_of(event: &ICalendarComponent, resolver: &TzResolver<&str>, zone: &TimeZone) -> TimeZone {
    let start = event.property(&ICalendarProperty::Dtstart);
    if start.and_then(time_of).is_some_and(|start| start.tz_hour.is_some()) {
        return TimeZone::UTC;
    }
    let named = start.and_then(ICalendarEntry::tz_id).and_then(|name| resolver.resolve(name));
    named.and_then(zone_of).unwrap_or_else(|| zone.clone())
}

/// How many steps its repetitions take from its start to the end of `span`, at the most.
fn steps(event: &ICalendarComponent, span: &Interval) -> u64 {
    let start = event.property(&ICalendarProperty::Dtstart).and_then(time_of);
    let start = start.and_then(|start| Offset::UTC.to_timestamp(until_on(start, &TimeZone::UTC)?).ok());
    let seconds = start.map_or(0, |start| span.end().duration_since(start).as_secs().max(0)).unsigned_abs();
    let values = event.entries.iter().filter(|entry| entry.name == ICalendarProperty::Rrule).flat_map(|e| &e.values);
    let of_rule = |value: &ICalendarValue| match value {
        ICalendarValue::RecurrenceRule(rule) => match rule.freq {
            ICalendarFrequency::Secondly => seconds,
            ICalendarFrequency::Minutely => seconds / 60,
            ICalendarFrequency::Hourly => seconds / 3_600,
            _ => seconds / 86_400,
        },
        _ => 0,
    };
    values.map(of_rule).sum()
}

/// How many of its repetitions an entry leaves out.
fn left_out(event: &ICalendarComponent) -> usize {
    event.entries.iter().filter(|entry| entry.name == ICalendarProperty::Exdate).map(|entry| entry.values.len()).sum()
}

/// Claims that the entry keeps anything out.
fn takes_time(event: &ICalendarComponent) -> bool {
    let is_free = event
        .property(&ICalendarProperty::Transp)
        .is_some_and(|entry| entry.values.contains(&ICalendarValue::Transparency(ICalendarTransparency::Transparent)));
    !is_free && event.status() != Some(&ICalendarStatus::Cancelled)
}

/// The booking that an entry of ours is for.
fn booking_of(event: &ICalendarComponent, host: &str) -> Option<BookingId> {
    let (id, at) = event.uid()?.split_once('@')?;
    if at == host { id.parse().ok() } else { None }
}

fn time_of(entry: &ICalendarEntry) -> Option<&PartialDateTime> {
    match entry.values.first()? {
        ICalendarValue::PartialDateTime(time) => Some(time),
        _ => None,
    }
}

/// The last moment of a series on its own clock, which is in `zone`. A day counts to its end.
fn until_on(until: &PartialDateTime, zone: &TimeZone) -> Option<DateTime> {
    let part = |part: Option<u8>, otherwise| i8::try_from(part.unwrap_or(otherwise)).ok();
    let civil = DateTime::new(
        i16::try_from(until.year?).ok()?,
        part(until.month, 1)?,
        part(until.day, 1)?,
        part(until.hour, 23)?,
        part(until.minute, 59)?,
        part(until.second, if until.has_time() { 0 } else { 59 })?.min(59),
        0,
    )
    .ok()?;
    if until.tz_hour.is_none() {
        return Some(civil);
    }
    Some(Offset::UTC.to_timestamp(civil).ok()?.to_zoned(zone.clone()).datetime())
}

fn partial(time: DateTime) -> Option<PartialDateTime> {
    let part = |part: i8| u8::try_from(part).ok();
    Some(PartialDateTime {
        year: Some(u16::try_from(time.year()).ok()?),
        month: Some(part(time.month())?),
        day: Some(part(time.day())?),
        hour: Some(part(time.hour())?),
        minute: Some(part(time.minute())?),
        second: Some(part(time.second())?),
        ..PartialDateTime::default()
    })
}

/// A time zone of the library's as one of ours; none for a clock that is nowhere.
fn zone_of(zone: Tz) -> Option<TimeZone> {
    match zone {
        Tz::Floating => None,
        Tz::Fixed(offset) => Some(Offset::from_seconds(offset.local_minus_utc()).ok()?.to_time_zone()),
        Tz::Tz(_) => TimeZone::get(&zone.name()?).ok(),
    }
}

/// A reading of a clock, given as seconds since 1970 on that clock.
fn local(seconds: i64) -> Option<DateTime> {
    Some(Offset::UTC.to_datetime(Timestamp::from_second(seconds).ok()?))
}

/// When a clock in `zone` shows `time`; where it leaps over that, as much later; where it shows it twice, first.
fn moment(time: DateTime, zone: &TimeZone) -> Option<Timestamp> {
    zone.to_ambiguous_timestamp(time).compatible().ok()
}

#[cfg(test)]
mod tests;
