//! Bookings: `pk = T#<tenant>#B#<booking>`, `sk = BOOKING`; codes: `pk = T#<tenant>#CODE#<code>`.
//!
//! Index `by_day` lists a tenant's bookings by start, `by_customer` one customer's, `by_deadline` what time
//! brings about: the end of an offer or hold, or the next reminder. Every change demands the version that was read and moves
//! the slot claims in the same transaction. The attributes are named in `row`.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::Store;
use super::claim::ResourceClaim;
use super::error::StoreError;
use super::expression::Put;
use super::key::Key;
use super::row::parse;
use super::table::{Action, Query, Transacted, item, read};
use crate::domain::address::Email;
use crate::domain::booking::Booking;
use crate::domain::claim::Claim;
use crate::domain::code::ConfirmationCode;
use crate::domain::event::Event;
use crate::domain::figure::{Count, Figure};
use crate::domain::id::{BookingId, ConversationId, ProposalId, TenantId};
use crate::ports::trace::announced;

mod cancellation;
mod due;
mod facts;
mod grant;
mod list;
mod reminder;
mod row;

pub(super) use cancellation::CancellationRow;
pub(super) use reminder::{reminders, seconds};
use row::Row;
pub(super) use row::instant;

pub use list::Span;

const WHAT: &str = "booking";

#[derive(Serialize, Deserialize)]
struct CodeRow {
    booking: String,
}

/// A change of a booking with everything that belongs to it.
#[derive(Debug)]
pub struct BookingWrite<'a> {
    /// The booking as it was read; none: it is new.
    pub before: Option<&'a Booking>,
    /// The booking as it shall be, one version higher.
    pub after: &'a Booking,
    /// The proposal that this does.
    pub proposal: Option<(ConversationId, ProposalId)>,
    /// Figures of the day that change by it.
    pub figures: &'a [(Figure, i64)],
    /// What others act on.
    pub events: &'a [Event],
    /// The present.
    pub now: Timestamp,
}

/// How changing a booking ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Booked {
    /// It is done.
    Done,
    /// Its slot is somebody else's.
    SlotTaken,
    /// The proposal no longer waits.
    ProposalMoved,
    /// The booking has changed since it was read.
    Stale,
    /// Another booking has this confirmation code.
    CodeTaken,
}

impl Store {
    /// Reads a booking.
    ///
    /// # Errors
    ///
    /// As every read: [`StoreError`].
    pub async fn find_booking(&self, tenant: TenantId, id: BookingId) -> Result<Option<Booking>, StoreError> {
        let row: Option<Row> = self.bookings.find(&Key::booking(tenant, id), WHAT).await?;
        row.map(Booking::try_from).transpose()
    }

    /// Finds the booking with a confirmation code. Where there is none, `nobody` is looked for in its place, so
    /// that both take as long; it must be an id of no booking.
    ///
    /// # Errors
    ///
    /// As every read: [`StoreError`].
    pub async fn find_booking_by_code(
        &self,
        tenant: TenantId,
        code: &ConfirmationCode,
        nobody: BookingId,
    ) -> Result<Option<Booking>, StoreError> {
        let row: Option<CodeRow> = self.bookings.find(&Key::code(tenant, code), "code").await?;
        let id = row.map_or(Ok(nobody), |row| parse(&row.booking, "code"))?;
        self.find_booking(tenant, id).await
    }

    /// Lists every booking of one customer that starts at `from` or later, by start, as of a moment ago.
    ///
    /// # Errors
    ///
    /// As every read: [`StoreError`].
    pub async fn list_bookings_of(
        &self,
        tenant: TenantId,
        email: &Email,
        from: Timestamp,
    ) -> Result<Vec<Booking>, StoreError> {
        let query =
            Query::index("by_customer", "gsi2pk", Key::by_customer(tenant, email)).at_least("gsi2sk", instant(from));
        self.bookings.all(query).await?.into_iter().map(booking_of).collect()
    }

    /// Makes or changes a booking in one transaction with its slot claims, its proposal, the day's
    /// figures and its events. Repeating it is safe: it demands the version that was read.
    ///
    /// # Errors
    ///
    /// As every write: [`StoreError`].
    pub async fn write_booking(&self, tenant: TenantId, write: &BookingWrite<'_>) -> Result<Booked, StoreError> {
        self.write_booking_with(tenant, write, Vec::new()).await
    }

    /// [`Store::write_booking`], in one transaction with what else belongs to it. Wherever a claim is released, it
    /// is told that its time is free, unless that is over.
    pub(super) async fn write_booking_with(
        &self,
        tenant: TenantId,
        write: &BookingWrite<'_>,
        beside: Vec<Action>,
    ) -> Result<Booked, StoreError> {
        let after = write.after;
        let put = Put::new(item(&Key::booking(tenant, after.id), &Row::of(tenant, after), WHAT)?);
        let put = match write.before {
            Some(before) => put.when("version", "=", before.version),
            None => put.when_absent("pk"),
        };
        let mut actions: Vec<(Booked, Action)> = vec![(Booked::Stale, self.bookings.putting(put)?)];
        actions.extend(beside.into_iter().map(|action| (Booked::Stale, action)));
        let released = write.released();
        let freed = write.before.filter(|before| released.is_some() && write.now < before.blocked.end());
        let freed = freed.map(|before| Event::freed(tenant, before, after.version, write.now));
        for action in self.moving(tenant, released, write.claimed()).await? {
            actions.push((Booked::SlotTaken, action));
        }
        if write.before.is_none() {
            let key = Key::code(tenant, &after.code);
            let row = CodeRow { booking: after.id.to_string() };
            actions.push((Booked::CodeTaken, self.bookings.putting(Put::fresh(item(&key, &row, "code")?))?));
        }
        if let Some((conversation, proposal)) = write.proposal {
            let action = self.executing(tenant, conversation, proposal, after.id, write.now)?;
            actions.push((Booked::ProposalMoved, action));
        }
        if !write.figures.is_empty() {
            let count = |(figure, by): &(Figure, i64)| Count { figure: figure.clone(), by: *by, at: write.now };
            actions.push((Booked::Stale, self.counting(tenant, write.figures.iter().map(count))?));
        }
        for event in write.events.iter().chain(&freed) {
            actions.push((Booked::Stale, self.announcing(event)?));
        }
        let (meanings, actions): (Vec<Booked>, Vec<Action>) = actions.into_iter().unzip();
        Ok(match self.bookings.transact(actions).await? {
            Transacted::Done => {
                write.events.iter().chain(&freed).for_each(announced);
                Booked::Done
            }
            Transacted::Refused(refusals) => {
                let stood: Vec<Booked> = meanings
                    .into_iter()
                    .zip(refusals)
                    .filter(|(_, refusal)| refusal.is_some())
                    .map(|(m, _)| m)
                    .collect();
                // A proposal or booking that moved on explains everything else.
                let order = [Booked::ProposalMoved, Booked::Stale, Booked::SlotTaken];
                order.into_iter().find(|meaning| stood.contains(meaning)).unwrap_or(Booked::CodeTaken)
            }
        })
    }

    /// Notes the Checkout Session that was opened for a booking; false when the booking has changed since.
    /// Repeating it is safe.
    ///
    /// # Errors
    ///
    /// As every write: [`StoreError`].
    pub async fn note_checkout(
        &self,
        tenant: TenantId,
        before: &Booking,
        after: &Booking,
        now: Timestamp,
    ) -> Result<bool, StoreError> {
        let write = BookingWrite { before: Some(before), after, proposal: None, figures: &[], events: &[], now };
        Ok(self.write_booking(tenant, &write).await? == Booked::Done)
    }
}

impl BookingWrite<'_> {
    /// The claim to give back: the old one, when the booking held its slot and no longer does, or holds another.
    fn released(&self) -> Option<ResourceClaim> {
        let before = self.before.filter(|before| before.status.holds_slot())?;
        let moved = claim_of(before) != claim_of(self.after);
        (moved || !self.after.status.holds_slot()).then(|| claim_of(before))
    }

    /// The claim to make: the new one, when the booking did not hold it before.
    fn claimed(&self) -> Option<ResourceClaim> {
        let holds = self.after.status.holds_slot();
        let held = self.before.is_some_and(|b| b.status.holds_slot() && claim_of(b) == claim_of(self.after));
        (holds && !held).then(|| claim_of(self.after))
    }
}

fn claim_of(booking: &Booking) -> ResourceClaim {
    ResourceClaim { resource: booking.resource, claim: Claim::of(booking) }
}

fn booking_of(found: super::expression::Item) -> Result<Booking, StoreError> {
    read::<Row>(found, WHAT)?.try_into()
}
