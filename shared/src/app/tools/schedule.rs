//! `check_availability`: free slots under opaque ids, or why there are none, and when there are.
//!
//! Reads each resource once for all days that are asked for. Only where nothing is free does it look on, a
//! fortnight at a time.

use jiff::ToSpan as _;
use jiff::civil::Date;
use serde::Deserialize;
use serde_json::{Value, json};

use super::{Bench, ToolResult, store_failed};
use crate::app::schedule::read_claims;
use crate::domain::availability::{Days, MAX_DAYS, Query, WhyNone, days_to_read, each_day};
use crate::domain::claims::Claims;
use crate::domain::package::{Kind, Package};
use crate::domain::slot::Slot;
use crate::domain::slot_id::SlotId;

/// How many slots are told of one day that is asked for by itself: every half-hour, also of the day of 25 hours.
const SLOTS_OF_ONE_DAY: usize = 50;
/// How many slots are told of several days together, and the least of each.
const SLOTS: usize = 24;
const SLOTS_A_DAY: usize = 4;

/// How many fortnights after the asked days are looked at for the next free one: one query each for each who
/// serves the package, and none beyond the horizon.
const FORTNIGHTS: usize = 4;

/// A day, and what is free on it or why nothing is.
type Found = (Date, Result<Vec<Slot>, WhyNone>);

#[derive(Deserialize)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
pub(super) struct Check {
    package_id: String,
    from: String,
    days: Option<u8>,
}

pub(super) async fn check(bench: &Bench<'_>, wish: &Check) -> ToolResult {
    let package = find_package(bench, &wish.package_id)?;
    let first: Date = wish.from.parse().map_err(|_| "`from` is a day as YYYY-MM-DD.".to_owned())?;
    let today = bench.now.to_zoned(bench.business.tenant.timezone.clone()).date();
    let days = span(first.max(today), wish.days.unwrap_or(3).clamp(1, MAX_DAYS))?;
    let found = look(bench, package, days).await?;
    let slots: Vec<Slot> = found.iter().filter_map(|(_, found)| found.as_ref().ok()).flatten().copied().collect();
    let mut answer = told(bench, package, &slots);
    answer["without"] = without(bench, &found);
    if slots.is_empty() {
        let whys: Vec<&WhyNone> = found.iter().filter_map(|(_, found)| found.as_ref().err()).collect();
        let why = whys.iter().copied().cloned().reduce(WhyNone::nearer).unwrap_or(WhyNone::FullyBooked);
        answer["reason"] = json!(reason(&why, bench));
        if !why.is_for_good() {
            answer["next"] = next(bench, package, days).await?;
        }
    }
    Ok(answer.to_string())
}

/// What there is on each of `days`: one query for each who serves the package, however many days.
async fn look(bench: &Bench<'_>, package: &Package, days: Days) -> Result<Vec<Found>, String> {
    let (business, zone) = (bench.business, &bench.business.tenant.timezone);
    let read = days_to_read(days, zone);
    let claims = read_claims(bench.store, business.tenant.id, &package.resources, read).await.map_err(store_failed)?;
    Ok(each_day(&query(bench, package, &claims), days))
}

const fn query<'a>(bench: &Bench<'a>, package: &'a Package, claims: &'a Claims) -> Query<'a> {
    Query {
        package,
        resources: bench.business.resources.as_slice(),
        hours: &bench.business.hours,
        timezone: &bench.business.tenant.timezone,
        policies: &bench.business.tenant.policies,
        now: bench.now,
        claims,
    }
}

/// `count` days from `first` on.
fn span(first: Date, count: u8) -> Result<Days, String> {
    let last = first.saturating_add(i64::from(count.saturating_sub(1)).days());
    Days::new(first, last).map_err(|error| format!("The days are wrong: {error}."))
}

/// The first day after `days` on which something is free, with some of its slots; how far was looked when there
/// is none.
async fn next(bench: &Bench<'_>, package: &Package, days: Days) -> Result<Value, String> {
    let horizon = query(bench, package, &Claims::default()).last_day();
    let mut looked = days.last();
    for _ in 0..FORTNIGHTS {
        let first = looked.saturating_add(1.day());
        if horizon < first {
            break;
        }
        let days = span(first, MAX_DAYS)?;
        let found = look(bench, package, days).await?;
        if let Some(slots) = found.iter().find_map(|(_, found)| found.as_ref().ok()) {
            let shown: Vec<Value> = spread(slots, SLOTS_A_DAY).map(|slot| tell(bench, package, slot)).collect();
            return Ok(json!({ "slots": shown }));
        }
        looked = days.last();
    }
    Ok(json!({ "slots": [], "nothingUntil": looked.min(horizon).to_string() }))
}

/// The days on which nothing is free, and why; days in a row for the same reason as one.
fn without(bench: &Bench<'_>, found: &[Found]) -> Value {
    let none = found.iter().filter_map(|(date, found)| Some((*date, reason(found.as_ref().err()?, bench))));
    let none: Vec<(Date, String)> = none.collect();
    let follows = |a: &(Date, String), b: &(Date, String)| a.1 == b.1 && a.0.saturating_add(1.day()) == b.0;
    let rows = none.chunk_by(follows).filter_map(|row| {
        let ((first, why), (last, _)) = (row.first()?, row.last()?);
        Some(json!({ "from": first.to_string(), "to": last.to_string(), "weekdays": weekdays(*first, *last), "reason": why }))
    });
    rows.collect()
}

/// `Fri`, or `Sat–Mon`.
fn weekdays(first: Date, last: Date) -> String {
    let name = |date: Date| date.strftime("%a").to_string();
    if first == last { name(first) } else { format!("{}–{}", name(first), name(last)) }
}

/// The package that the model names, if the tenant has it and offers it.
pub(super) fn find_package<'a>(bench: &Bench<'a>, id: &str) -> Result<&'a Package, String> {
    let unknown = || "There is no such package. Use an id from list_packages.".to_owned();
    let id = id.parse().map_err(|_| unknown())?;
    bench.business.package(id).filter(|package| package.active).ok_or_else(unknown)
}

/// The slots as the model is told of them: all of a single day, of several days some of each, spread over the day.
fn told(bench: &Bench<'_>, package: &Package, slots: &[Slot]) -> Value {
    let zone = &bench.business.tenant.timezone;
    let date = |slot: &Slot| slot.start().to_zoned(zone.clone()).date();
    let days: Vec<&[Slot]> = slots.chunk_by(|a, b| date(a) == date(b)).collect();
    let most = if days.len() == 1 { SLOTS_OF_ONE_DAY } else { (SLOTS / days.len().max(1)).max(SLOTS_A_DAY) };
    let shown: Vec<Value> =
        days.iter().flat_map(|day| spread(day, most)).map(|slot| tell(bench, package, slot)).collect();
    let more = slots.len() - shown.len();
    json!({ "package": package.name.as_str(), "slots": shown, "moreSlots": more })
}

fn tell(bench: &Bench<'_>, package: &Package, slot: &Slot) -> Value {
    let start = slot.start().to_zoned(bench.business.tenant.timezone.clone());
    let mut told = json!({
        "slotId": SlotId::of(bench.link_key, bench.business.tenant.id, slot).to_string(),
        "date": start.date().to_string(),
    });
    if package.kind() == Kind::Slot {
        told["time"] = json!(start.strftime("%H:%M").to_string());
    }
    told["label"] = json!(bench.clocks().label(package.kind(), slot.start()));
    told
}

/// At most `most` of `slots`, evenly spread, the first one among them.
fn spread(slots: &[Slot], most: usize) -> impl Iterator<Item = &Slot> {
    slots.iter().step_by(slots.len().div_ceil(most.max(1)).max(1))
}

/// Why nothing is free, for the model to pass on.
pub(super) fn reason(why: &WhyNone, bench: &Bench<'_>) -> String {
    match why {
        WhyNone::Closed => "The business is closed on that day of the week.".to_owned(),
        WhyNone::Holiday(Some(name)) => format!("The business is closed then: {name}."),
        WhyNone::Holiday(None) => "The business is closed on that date.".to_owned(),
        WhyNone::TooSoon { earliest } => {
            let earliest = bench.clocks().label(Kind::Slot, *earliest);
            format!("That is too soon. The earliest start is {earliest}.")
        }
        WhyNone::BeyondHorizon { last } => format!("Bookings are taken until {last} only."),
        WhyNone::OutsideHours => "It does not fit into the opening hours.".to_owned(),
        WhyNone::FullyBooked => "Everything is booked then.".to_owned(),
        WhyNone::PackageInactive => "This package is not offered any more.".to_owned(),
        WhyNone::NoResource => "Nobody serves this package at the moment.".to_owned(),
        WhyNone::Changed => "The package has changed. Check the availability again.".to_owned(),
    }
}
