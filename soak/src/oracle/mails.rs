//! Each mail at most once, and each that is due at least once.
//!
//! The one exception is the notifier's named one: a mail whose sender died, or lost an answer, between sending
//! and noting that it was sent may come again. Each such mail is known by name, and only it is excused.

use std::collections::{BTreeMap, BTreeSet};

use super::{Evidence, Fault};

const ONCE: &str = "each mail at most once";
const DUE: &str = "each mail that is due";

/// Events that happen to a booking once, and who has to be told of each.
const TOLD: [(&str, &[&str]); 9] = [
    ("booking.received", &["customer"]),
    ("booking.confirmed", &["customer", "owner"]),
    ("booking.changed", &["customer", "owner"]),
    ("booking.cancelled", &["customer", "owner"]),
    ("booking.refunded", &["customer", "owner"]),
    ("booking.granted", &["customer"]),
    ("booking.missed", &["customer"]),
    ("booking.disputed", &["owner"]),
    ("booking.flagged", &["owner"]),
];

/// Events that are told while they are still so, and happen once.
const FLEETING: [&str; 2] = ["booking.offered", "waitlist.joined"];

/// How often a booking is reminded of under one sequence: a day and two hours before.
const REMINDERS: usize = 2;

/// Checks both.
#[must_use]
pub fn check(evidence: &Evidence) -> Vec<Fault> {
    let mut faults = events(evidence);
    let mut by_work: BTreeMap<&str, Vec<&crate::record::Sent>> = BTreeMap::new();
    for mail in &evidence.mails {
        by_work.entry(&mail.work).or_default().push(mail);
    }
    for (work, mails) in &by_work {
        let about = evidence.told.iter().find(|told| work.starts_with(&told.id));
        let subject = about.map_or_else(|| (*work).to_owned(), |told| told.subject.clone());
        if about.is_none() {
            faults.push(Fault::new(ONCE, subject.clone(), format!("a mail of no event: {work}")));
        }
        let plain = mails.iter().filter(|mail| !mail.is_excused).count();
        if 1 < plain {
            let what = format!("{work} came {} times, {plain} of them without an excuse", mails.len());
            faults.push(Fault::new(ONCE, subject.clone(), what));
        }
        let of_booking = about.filter(|told| told.name.starts_with("booking."));
        if let Some(row) = of_booking.and_then(|told| evidence.row(&told.subject)) {
            let wrong = mails.iter().find(|mail| work.ends_with(":customer") && mail.to != row.email);
            if let Some(mail) = wrong {
                faults.push(Fault::new(ONCE, subject.clone(), format!("{work} went to {}", mail.to)));
            }
            // An offer is no booking yet, and has no code to show.
            let has_code = about.is_some_and(|told| told.name != "booking.offered");
            if has_code && mails.iter().any(|mail| !mail.words.contains(&row.code)) {
                faults.push(Fault::new(ONCE, subject, format!("{work} does not name the booking's code")));
            }
        }
    }
    for told in &evidence.told {
        let readers = TOLD.iter().find(|(name, _)| *name == told.name).map_or(&[][..], |(_, readers)| readers);
        let is_overtaken = told.name == "booking.changed"
            && evidence
                .row(&told.subject)
                .is_some_and(|row| told.detail.parse().is_ok_and(|of: i64| of < row.sequence));
        for reader in readers.iter().filter(|_| !is_overtaken) {
            if !by_work.contains_key(format!("{}:{reader}", told.id).as_str()) {
                let what = format!("the {reader} was never told {}", told.name);
                faults.push(Fault::new(DUE, told.subject.clone(), what));
            }
        }
    }
    faults
}

/// No event is written twice: two of one kind would be two mails.
fn events(evidence: &Evidence) -> Vec<Fault> {
    let mut count: BTreeMap<(&str, &str, &str), usize> = BTreeMap::new();
    for told in &evidence.told {
        *count.entry((&told.name, &told.subject, &told.detail)).or_default() += 1;
    }
    let many = count.into_iter().filter(|((name, subject, _), count)| {
        let most = match *name {
            "booking.reminder" => REMINDERS,
            // Once for each kind of thing that does not fit.
            "booking.flagged" => evidence.odd.get(*subject).map_or(1, BTreeSet::len),
            _ => 1,
        };
        let is_known = TOLD.iter().any(|(known, _)| known == name) || FLEETING.contains(name);
        (*name == "booking.reminder" || is_known) && most < *count
    });
    many.map(|((name, subject, detail), count)| {
        Fault::new(ONCE, subject, format!("{name} {detail} happened {count} times"))
    })
    .collect()
}
