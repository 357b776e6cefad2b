//! Waitlist order is kept: what came free went to nobody while somebody before them waited for it, and each
//! place has come to what its booking has.

use jiff::Timestamp;
use jiff::tz::TimeZone;

use super::{Evidence, Fault};
use crate::business::zone_of;
use crate::record::Queued;

const RULE: &str = "waitlist order kept";

/// How long a worker may have looked at the line before it wrote what it saw: who joined meanwhile may be before
/// the one who is offered, by their id.
const LOOKS: i64 = 60_000;

/// Where a place may go from each standing.
const ROADS: [(&str, &[&str]); 6] = [
    ("", &["WAITING"]),
    ("WAITING", &["OFFERED", "LEFT"]),
    ("OFFERED", &["TAKEN", "PASSED", "LEFT"]),
    ("TAKEN", &[]),
    ("PASSED", &[]),
    ("LEFT", &[]),
];

/// Checks it.
#[must_use]
pub fn check(evidence: &Evidence) -> Vec<Fault> {
    let mut faults = Vec::new();
    for (id, versions) in &evidence.places {
        let mut before = ("", 0);
        for queued in versions {
            let (status, version) = (queued.place.status.as_str(), queued.place.version);
            let roads = ROADS.iter().find(|(from, _)| *from == before.0).map_or(&[][..], |(_, to)| to);
            if version != before.1 + 1 || !roads.contains(&status) {
                faults.push(Fault::new(
                    RULE,
                    id.clone(),
                    format!("{status} v{version} follows {} v{}", before.0, before.1),
                ));
            }
            before = (status, version);
        }
        faults.extend(ended(evidence, id, before.0));
        faults.extend(
            versions
                .iter()
                .filter(|queued| queued.place.status == "OFFERED")
                .filter_map(|queued| overtaken(evidence, queued)),
        );
    }
    faults
}

/// Whether what became of a place is what became of its booking, and it stands in line exactly while it waits.
fn ended(evidence: &Evidence, id: &str, status: &str) -> Option<Fault> {
    let stands = evidence.standing.iter().filter(|standing| *standing == id).count();
    if stands != usize::from(status == "WAITING") {
        return Some(Fault::new(RULE, id, format!("it is {status} and stands in line {stands} times")));
    }
    let versions = evidence.versions.get(id).map(Vec::as_slice).unwrap_or_default();
    let was = |status: &str| versions.iter().any(|written| written.row.status == status);
    let was_taken = was("PENDING_PAYMENT") || was("CONFIRMED");
    let booking = versions.last().map_or("none", |written| written.row.status.as_str());
    let fits = match status {
        "WAITING" => versions.is_empty(),
        "OFFERED" => booking == "OFFERED",
        "TAKEN" => was("OFFERED") && was_taken,
        "PASSED" => was("OFFERED") && booking == "EXPIRED" && !was_taken,
        _ => versions.is_empty() || (booking == "EXPIRED" && !was_taken),
    };
    (!fits).then(|| Fault::new(RULE, id, format!("it is {status}, and its booking is {booking}")))
}

/// Whoever stood before the one who was offered something, and waited for just that.
fn overtaken(evidence: &Evidence, offered: &Queued) -> Option<Fault> {
    let Queued { at, place } = offered;
    let offer = evidence.versions.get(&place.id)?.first()?;
    let date = local_date(offer.row.start, &place.tenant);
    let waits = |versions: &&Vec<Queued>| {
        let Some(first) = versions.first() else { return false };
        let other = &first.place;
        let is_before = other.id < place.id && other.tenant == place.tenant && other.package == place.package;
        let wants = other.days.0 <= date && date <= other.days.1;
        let since = first.at.as_millisecond() < at.as_millisecond() - LOOKS;
        let until = versions.iter().find(|queued| queued.place.status != "WAITING").map(|queued| queued.at);
        is_before && wants && since && until.is_none_or(|until| *at < until)
    };
    let other = evidence.places.values().find(waits)?;
    let other = &other.first()?.place.id;
    Some(Fault::new(RULE, place.id.clone(), format!("it was offered {date} while {other} waited for that before it")))
}

fn local_date(start: i64, tenant: &str) -> String {
    let zone = TimeZone::get(zone_of(tenant)).unwrap_or(TimeZone::UTC);
    Timestamp::from_millisecond(start).map(|at| at.to_zoned(zone).date().to_string()).unwrap_or_default()
}
