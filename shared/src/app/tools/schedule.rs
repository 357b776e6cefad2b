//! `check_availability`: free slots under opaque ids, or why there are none.

use jiff::ToSpan as _;
use jiff::civil::Date;
use serde::Deserialize;
use serde_json::{Value, json};

use super::{Bench, ToolResult, store_failed};
use crate::app::schedule::read_claims;
use crate::domain::availability::{Availability, Days, MAX_DAYS, Query, WhyNone, days_to_read, free_slots};
use crate::domain::package::{Kind, Package};
use crate::domain::slot::Slot;
use crate::domain::slot_id::SlotId;

/// How many slots are told at once, and how many of one day.
const SLOTS: usize = 16;
const SLOTS_A_DAY: usize = 8;

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
    let zone = &bench.business.tenant.timezone;
    let today = bench.now.to_zoned(zone.clone()).date();
    let first = first.max(today);
    let days = wish.days.unwrap_or(3).clamp(1, MAX_DAYS);
    let last = first.saturating_add(i64::from(days - 1).days());
    let days = Days::new(first, last).map_err(|error| format!("The days are wrong: {error}."))?;
    let read = days_to_read(days, zone);
    let claims = read_claims(bench.store, bench.business.tenant.id, &package.resources, read).await.map_err(store_failed)?;
    let query = Query {
        package,
        resources: &bench.business.resources,
        hours: &bench.business.hours,
        timezone: zone,
        policies: &bench.business.tenant.policies,
        now: bench.now,
        claims: &claims,
    };
    Ok(match free_slots(&query, days) {
        Availability::Free(slots) => told(bench, package, &slots).to_string(),
        Availability::Nothing(why) => json!({ "slots": [], "reason": reason(&why, bench) }).to_string(),
    })
}

/// The package that the model names, if the tenant has it and offers it.
pub(super) fn find_package<'a>(bench: &Bench<'a>, id: &str) -> Result<&'a Package, String> {
    let unknown = || "There is no such package. Use an id from list_packages.".to_owned();
    let id = id.parse().map_err(|_| unknown())?;
    bench.business.package(id).filter(|package| package.active).ok_or_else(unknown)
}

fn told(bench: &Bench<'_>, package: &Package, slots: &[Slot]) -> Value {
    let zone = &bench.business.tenant.timezone;
    let mut shown: Vec<Value> = Vec::new();
    let mut day: Option<(Date, usize)> = None;
    for slot in slots {
        let start = slot.start().to_zoned(zone.clone());
        let of_day = match day {
            Some((date, count)) if date == start.date() => count + 1,
            _ => 1,
        };
        day = Some((start.date(), of_day));
        if SLOTS_A_DAY < of_day {
            continue;
        }
        if SLOTS <= shown.len() {
            break;
        }
        let mut told = json!({
            "slotId": SlotId::of(bench.link_key, bench.business.tenant.id, slot).to_string(),
            "date": start.date().to_string(),
        });
        if package.kind() == Kind::Slot {
            told["time"] = json!(start.strftime("%H:%M").to_string());
        }
        told["label"] = json!(label(package.kind(), &start));
        shown.push(told);
    }
    let more = slots.len() - shown.len();
    json!({ "package": package.name.as_str(), "slots": shown, "moreSlots": more })
}

/// A slot's time for people: `Mon 23 Nov, 10:30`, or the day alone.
pub(super) fn label(kind: Kind, start: &jiff::Zoned) -> String {
    match kind {
        Kind::Date => start.strftime("%a %-d %b").to_string(),
        Kind::Slot => start.strftime("%a %-d %b, %H:%M").to_string(),
    }
}

/// Why nothing is free, for the model to pass on.
pub(super) fn reason(why: &WhyNone, bench: &Bench<'_>) -> String {
    let zone = &bench.business.tenant.timezone;
    match why {
        WhyNone::Closed => "The business is closed on that day of the week.".to_owned(),
        WhyNone::Holiday(Some(name)) => format!("The business is closed then: {name}."),
        WhyNone::Holiday(None) => "The business is closed on that date.".to_owned(),
        WhyNone::TooSoon { earliest } => {
            let earliest = earliest.to_zoned(zone.clone()).strftime("%a %-d %b, %H:%M");
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
