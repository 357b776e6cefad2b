//! The oracle: says whether what happened may have happened. It asks nobody who was part of it.
//!
//! Its [`Evidence`] is what stood outside: raw rows, every version that was ever written, Stripe's books, the
//! mailbox, and what people were told. It has its own arithmetic of times and money, written from the rules
//! and not from the code. [`look`] checks what holds at every moment, [`judge`] what holds in the end.

pub mod acknowledged;
pub mod line;
pub mod mails;
pub mod money;
pub mod overlap;
pub mod rest;

use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value;
use sim::stripe::Charge;

use crate::record::{Queued, Sent, Written};
use crate::row::{self, Day, Row, Told};
use crate::world::World;

/// Something that may not have happened.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fault {
    /// Which rule it breaks.
    pub property: &'static str,
    /// The booking, resource or mail that it is about.
    pub subject: String,
    /// What is wrong.
    pub what: String,
}

impl Fault {
    pub(crate) fn new(property: &'static str, subject: impl Into<String>, what: impl Into<String>) -> Self {
        Self { property, subject: subject.into(), what: what.into() }
    }
}

/// What somebody was told of a booking.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Word {
    /// What they had asked for: `booked`, `canceled`, `moved`, `attended`, `missed`, `granted`.
    pub what: &'static str,
    /// The booking as they were told it is.
    pub booking: Row,
}

/// All that the oracle looks at.
#[derive(Debug, Default)]
pub struct Evidence {
    /// Every booking as it is stored.
    pub rows: Vec<Row>,
    /// What every resource is taken for.
    pub days: Vec<Day>,
    /// Every version of every booking, in the order of writing.
    pub versions: BTreeMap<String, Vec<Written>>,
    /// Every version of every place on the waitlist, in the order of writing.
    pub places: BTreeMap<String, Vec<Queued>>,
    /// The ids of those who stand in a line, as stored.
    pub standing: Vec<String>,
    /// What people were told.
    pub words: Vec<Word>,
    /// Stripe's books.
    pub charges: Vec<Charge>,
    /// Every event of the outbox.
    pub told: Vec<Told>,
    /// Every mail.
    pub mails: Vec<Sent>,
    /// Bookings of which Stripe was made to tell what is not so, and what.
    pub odd: BTreeMap<String, BTreeSet<&'static str>>,
    /// What was given up, or is still under way.
    pub left: Vec<String>,
}

impl Evidence {
    /// The rows alone, as they are now.
    ///
    /// # Panics
    ///
    /// When the database cannot be read.
    #[must_use]
    pub fn of_rows(world: &World) -> Self {
        let items = world.door.inline().rows("Bookings").unwrap();
        let items: Vec<Value> = items.into_iter().map(|item| Value::Object(item.into_iter().collect())).collect();
        Self {
            rows: items.iter().filter_map(Row::read).collect(),
            days: items.iter().filter_map(Day::read).collect(),
            standing: items.iter().filter_map(row::standing).collect(),
            ..Self::default()
        }
    }

    /// All of it.
    #[must_use]
    pub fn of(world: &World) -> Self {
        let words =
            world.acks.borrow().iter().map(|ack| Word { what: ack.what, booking: row_of(&ack.booking) }).collect();
        let mut left = world.record.given_up();
        for queue in [&world.payments, &world.notices, &world.openings] {
            left.extend(queue.parked().into_iter().map(|body| format!("parked in {}: {body}", queue.name)));
        }
        for (what, count) in [
            ("messages of payments", world.payments.depth()),
            ("messages of mails", world.notices.depth()),
            ("messages of the waitlist", world.openings.depth()),
            ("records of the stream", world.record.stream_end() - world.relayed.get()),
        ] {
            if 0 < count {
                left.push(format!("{count} {what} are still on their way"));
            }
        }
        Self {
            versions: world.record.versions(),
            places: world.record.places(),
            words,
            charges: world.stripe.charges(),
            told: world.record.told(),
            mails: world.record.mails(),
            odd: world.odd.borrow().clone(),
            left,
            ..Self::of_rows(world)
        }
    }

    /// The stored booking of that id.
    #[must_use]
    pub fn row(&self, id: &str) -> Option<&Row> {
        self.rows.iter().find(|row| row.id == id)
    }

    /// Whether an event of that name was written about a booking.
    #[must_use]
    pub fn was_told(&self, name: &str, booking: &str) -> bool {
        self.told.iter().any(|told| told.name == name && told.subject == booking)
    }
}

/// What somebody was shown, as the row it must have come from.
fn row_of(booking: &shared::domain::booking::Booking) -> Row {
    let ms = |at: jiff::Timestamp| at.as_millisecond();
    Row {
        id: booking.id.to_string(),
        resource: booking.resource.to_string(),
        status: booking.status.as_str().to_owned(),
        start: ms(booking.slot.start()),
        end: ms(booking.slot.end()),
        fee: booking.fee.minor(),
        refund_due: booking.refund_due.map_or(0, |due| due.minor()),
        granted: booking.granted_minor(),
        sequence: i64::from(booking.sequence),
        version: i64::try_from(booking.version).unwrap_or_default(),
        ..Row::default()
    }
}

/// A rule: what of the evidence breaks it.
type Rule = fn(&Evidence) -> Vec<Fault>;

/// What holds in the end.
const RULES: [Rule; 6] = [overlap::check, acknowledged::check, money::check, mails::check, line::check, rest::check];

/// Checks what holds at every moment.
#[must_use]
pub fn look(world: &World) -> Vec<Fault> {
    overlap::check(&Evidence::of_rows(world))
}

/// Checks what holds in the end.
#[must_use]
pub fn judge(world: &World) -> Vec<Fault> {
    let evidence = Evidence::of(world);
    for row in &evidence.rows {
        world.reach(format!("end {}", row.status));
    }
    RULES.iter().flat_map(|rule| rule(&evidence)).collect()
}

#[cfg(test)]
mod tests;
