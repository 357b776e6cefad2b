//! Bookings after they were made: found, called off and moved.
//!
//! Each change is one transaction of booking, slot claims and events, and demands the booking as it was
//! read; when somebody was quicker, it is read again and decided anew. Never talks to Stripe: what has to
//! go back is written down with its event, and the payment worker gives it back.

use jiff::Timestamp;
use thiserror::Error;

use crate::app::context::{ContextError, Contexts};
use crate::domain::availability::WhyNone;
use crate::domain::booking::{Booking, CalledOffBy, NotGranted, Status};
use crate::domain::event::{Event, Happening};
use crate::domain::id::{BookingId, ConversationId, EventId, ProposalId, ResourceId, TenantId};
use crate::domain::money::Money;
use crate::domain::slot::Slot;
use crate::ports::{Clock, Ids};
use crate::store::booking::{Booked, BookingWrite};
use crate::store::{Store, StoreError};

mod grant;
mod note;
mod relocate;
mod waive;

pub use grant::{GrantWish, grant};
pub use note::note;
pub(crate) use relocate::{choose, relocate, taken, unavailable};
pub use waive::Waived;

/// How often a change that was overtaken is decided anew.
const TRIES: usize = 12;

/// Everything these use cases may touch.
#[derive(Clone, Copy)]
pub struct Deps<'a> {
    /// Bookings, claims and events.
    pub store: &'a Store,
    /// Remembered business contexts.
    pub contexts: &'a Contexts,
    /// The time.
    pub clock: &'a dyn Clock,
    /// Ids of events.
    pub ids: &'a dyn Ids,
}

/// A free slot near the one that was wanted.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Alternative {
    /// The slot.
    pub slot: Slot,
    /// When it is, for people: `Mon 23 Nov, 10:30`, or the day alone.
    pub label: String,
}

/// Why a booking cannot be shown or changed.
#[derive(Debug, Error)]
pub enum Error {
    /// There is none of that id in this tenant.
    #[error("there is no such booking")]
    NotFound,
    /// It took place, or ended otherwise.
    #[error("the booking can no longer be changed")]
    Closed,
    /// It has changed since the caller saw it.
    #[error("the booking has changed meanwhile")]
    Outdated,
    /// Its business gives nothing back by that wish.
    #[error(transparent)]
    NotGranted(#[from] NotGranted),
    /// It would cost the customer more than they were told.
    #[error("the booking's terms have changed since the customer was told them")]
    TermsChanged,
    /// The proposal that asks for it no longer waits.
    #[error("the proposal no longer waits")]
    ProposalMoved,
    /// The wanted slot cannot be booked.
    #[error("the slot cannot be booked")]
    SlotTaken {
        /// The first rule that says no.
        #[source]
        why: WhyNone,
        /// The free ones nearest to it.
        alternatives: Vec<Alternative>,
    },
    /// The business is gone.
    #[error(transparent)]
    Context(#[from] ContextError),
    /// As the store says.
    #[error("the booking cannot be read or kept")]
    Store(#[from] StoreError),
}

/// Who wants a booking changed, and on what grounds.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Wish {
    /// Who.
    pub(crate) by: CalledOffBy,
    /// The moment whose terms count: when the customer was told them. None: now.
    pub(crate) told_at: Option<Timestamp>,
    /// The calendar sequence that the customer saw; another one now means that they saw something else.
    pub(crate) sequence: Option<u32>,
    /// What the customer was told that it means for their money; none: they were told nothing.
    pub(crate) told: Option<Told>,
    /// The proposal that does it.
    pub(crate) proposal: Option<(ConversationId, ProposalId)>,
    /// The version that an owner saw; another one now means that they saw something else.
    pub(crate) version: Option<u64>,
    /// Who shall serve it, and nobody else in their place.
    pub(crate) with: Option<ResourceId>,
    /// The rules of the business that its owner sets aside.
    pub(crate) waived: Waived,
}

/// What a customer was told that a change means for their money. What is worse for them is refused.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Told {
    /// So much comes back; none: nothing.
    Back(Option<Money>),
    /// So much is kept in any case from then on; none: nothing.
    Fee(Option<Money>),
}

impl Told {
    /// Demands that no less than told comes back.
    fn allows_back(self, back: Option<Money>) -> Result<(), Error> {
        match self {
            Self::Back(told) if minor(back) < minor(told) => Err(Error::TermsChanged),
            _ => Ok(()),
        }
    }

    /// Demands that no more than told is kept.
    fn allows_fee(self, fee: Money) -> Result<(), Error> {
        match self {
            Self::Fee(told) if minor(told) < fee.minor() => Err(Error::TermsChanged),
            _ => Ok(()),
        }
    }
}

fn minor(amount: Option<Money>) -> i64 {
    amount.map_or(0, |amount| amount.minor())
}

impl Wish {
    /// A wish of `by`, as things are now.
    pub(crate) const fn of(by: CalledOffBy) -> Self {
        Self {
            by,
            told_at: None,
            sequence: None,
            told: None,
            proposal: None,
            version: None,
            with: None,
            waived: Waived::NOTHING,
        }
    }
}

/// Finds a booking.
///
/// # Errors
///
/// [`Error::NotFound`]; [`Error::Store`].
pub async fn find(deps: Deps<'_>, tenant: TenantId, id: BookingId) -> Result<Booking, Error> {
    deps.store.find_booking(tenant, id).await?.ok_or(Error::NotFound)
}

/// Calls an open booking off: its slot is free at once, and what has to go back of a payment is due.
/// Repeating it answers the same and changes nothing.
///
/// # Errors
///
/// [`Error::NotFound`]; [`Error::Closed`] when it took place, has expired, or (for a customer) has begun.
pub async fn cancel(deps: Deps<'_>, tenant: TenantId, id: BookingId, by: CalledOffBy) -> Result<Booking, Error> {
    call_off(deps, tenant, id, &Wish::of(by)).await
}

/// Gives an open booking the time and resource of `slot`, a slot of its own package; if that resource is
/// taken and another one that serves the package is free at the same start, then the other. Never does it
/// hold both slots, or none. Moving it to where it is answers the same and changes nothing.
///
/// # Errors
///
/// [`Error::SlotTaken`] with what is free instead; else as [`cancel`].
pub async fn reschedule(
    deps: Deps<'_>,
    tenant: TenantId,
    id: BookingId,
    slot: &Slot,
    by: CalledOffBy,
) -> Result<Booking, Error> {
    relocate(deps, tenant, id, slot, &Wish::of(by)).await
}

/// How an owner moves a booking.
#[derive(Debug, Clone, Copy)]
pub struct OwnersMove {
    /// The version that they saw.
    pub version: u64,
    /// Who shall serve it; none: who does now, or whoever else is free.
    pub with: Option<ResourceId>,
    /// The rules that they set aside.
    pub waived: Waived,
}

/// [`reschedule`] as the owner wants it.
///
/// # Errors
///
/// As [`reschedule`], and [`Error::Outdated`] when it has another version, unless it is there already.
pub async fn move_as(
    deps: Deps<'_>,
    tenant: TenantId,
    id: BookingId,
    slot: &Slot,
    how: OwnersMove,
) -> Result<Booking, Error> {
    let OwnersMove { version, with, waived } = how;
    let wish = Wish { version: Some(version), with, waived, ..Wish::of(CalledOffBy::Owner) };
    relocate(deps, tenant, id, slot, &wish).await
}

/// [`cancel`], on the grounds of `wish`.
pub(crate) async fn call_off(deps: Deps<'_>, tenant: TenantId, id: BookingId, wish: &Wish) -> Result<Booking, Error> {
    for _ in 0..TRIES {
        let now = deps.clock.now();
        let before = find(deps, tenant, id).await?;
        if matches!(before.status, Status::Canceled | Status::Refunded) {
            return Ok(before);
        }
        check(&before, wish, now)?;
        let after = before.called_off(wish.by, wish.told_at.unwrap_or(now), now);
        wish.told.map_or(Ok(()), |told| told.allows_back(after.refund_due))?;
        let mut events = vec![event(deps, tenant, Happening::BookingCancelled(id), now)];
        if after.refund_due.is_some() {
            events.push(event(deps, tenant, Happening::RefundDue(id), now));
        }
        // Nobody shall pay for it any more; and who has paid a moment ago may never be told of by a webhook.
        if before.paid_at.is_none() && before.checkout.is_some() {
            events.push(event(deps, tenant, Happening::CheckoutObsolete(id), now));
        }
        if write(deps, tenant, (&before, &after), wish, &events, now).await? {
            return Ok(after);
        }
    }
    Err(overtaken())
}

/// An event of `tenant` that happens now.
pub(crate) fn event(deps: Deps<'_>, tenant: TenantId, what: Happening, now: Timestamp) -> Event {
    Event { id: EventId::new(deps.ids.ulid(now)), tenant, at: now, what }
}

/// Gives up on a change that was overtaken again and again: too many want the same at once.
pub(crate) fn overtaken() -> Error {
    Error::Store(StoreError::Throttled("overtaken by other changes again and again".into()))
}

/// Asks whether `booking` may be changed at all.
fn check(booking: &Booking, wish: &Wish, now: Timestamp) -> Result<(), Error> {
    let has_moved_on = wish.sequence.is_some_and(|seen| seen != booking.sequence)
        || wish.version.is_some_and(|seen| seen != booking.version);
    if has_moved_on {
        return Err(Error::Outdated);
    }
    let has_begun = wish.by == CalledOffBy::Customer && booking.slot.start() <= now;
    if booking.status.is_open() && !has_begun { Ok(()) } else { Err(Error::Closed) }
}

/// Writes a change; false when the booking or its claims have moved on since they were read.
async fn write(
    deps: Deps<'_>,
    tenant: TenantId,
    (before, after): (&Booking, &Booking),
    wish: &Wish,
    events: &[Event],
    now: Timestamp,
) -> Result<bool, Error> {
    let change = BookingWrite { before: Some(before), after, proposal: wish.proposal, figures: &[], events, now };
    match deps.store.write_booking(tenant, &change).await? {
        Booked::Done => Ok(true),
        Booked::Stale | Booked::SlotTaken | Booked::CodeTaken => Ok(false),
        Booked::ProposalMoved => Err(Error::ProposalMoved),
    }
}
