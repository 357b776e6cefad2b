//! Links in mails: what their holder is shown, and what happens when they press the button.
//!
//! Mail scanners open links, so looking changes nothing. A link is proof by itself, works once, and is dead
//! when the booking has another calendar sequence than the mail it was in.

use std::sync::Arc;

use jiff::ToSpan as _;
use jiff::civil::Date;
use thiserror::Error;

use super::Deps;
use crate::app::booking::{self, Told, Wish};
use crate::app::context::ContextError;
use crate::app::payment::checkout::Opened;
use crate::app::payment::{self, checkout};
use crate::app::schedule::{claim_of, read_claims};
use crate::app::waitlist;
use crate::domain::availability::{Availability, Days, MAX_DAYS, Query, WhyNone, days_to_read, free_slots};
use crate::domain::booking::{Booking, CalledOffBy, NotOpen, Status};
use crate::domain::business::BusinessContext;
use crate::domain::link::{self, Grant, InvalidLink, Purpose};
use crate::domain::package::Package;
use crate::domain::payment::Standing;
use crate::domain::slot::Slot;
use crate::domain::slot_id::SlotId;
use crate::ports::trace;
use crate::store::StoreError;

/// What a link leads to.
#[derive(Debug, Clone)]
pub struct Found {
    /// Whose booking it is.
    pub business: Arc<BusinessContext>,
    /// The booking as it is now.
    pub booking: Booking,
    /// Whether the link still does what it was made for.
    pub use_of: Result<(), Dead>,
    pub(super) grant: Grant,
}

/// Why a link does nothing any more.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
pub enum Dead {
    /// The booking was called off.
    #[error("the booking was called off")]
    CalledOff,
    /// It was not paid in time.
    #[error("the booking was not paid in time")]
    Expired,
    /// The customer has done their part, and a bank or a person decides.
    #[error("the payment is being confirmed")]
    Confirming,
    /// Nothing is to be paid any more.
    #[error("the booking is paid")]
    Paid,
    /// The booking has changed since that mail.
    #[error("the booking has changed since the mail was written")]
    Outdated,
    /// The booking has begun or is over.
    #[error("the booking has begun")]
    Over,
    /// The offer was taken.
    #[error("the offer was taken")]
    Taken,
    /// The offer was not taken, and its time is over.
    #[error("the offer has passed")]
    Passed,
}

/// Why a link cannot be used.
#[derive(Debug, Error)]
pub enum Error {
    /// It was not made here, or its time is over.
    #[error(transparent)]
    Link(#[from] InvalidLink),
    /// The slot was never offered, or is of another package.
    #[error("the slot was not offered")]
    NotOffered,
    /// The booking cannot be changed.
    #[error(transparent)]
    Booking(#[from] booking::Error),
    /// There is no Checkout Session.
    #[error(transparent)]
    Checkout(#[from] payment::Error),
    /// The offer was answered otherwise, or is over.
    #[error("the offer is no longer open")]
    Offer(#[from] NotOpen),
    /// As the store says.
    #[error("the booking cannot be read")]
    Store(#[from] StoreError),
}

impl From<waitlist::Error> for Error {
    fn from(error: waitlist::Error) -> Self {
        match error {
            waitlist::Error::Offer(error) => Self::Offer(error),
            waitlist::Error::NotFound => Self::Link(InvalidLink::NotOurs),
            waitlist::Error::Store(error) => Self::Store(error),
            waitlist::Error::Overtaken => Self::Booking(booking::overtaken()),
            error => Self::Store(StoreError::Bug(error.into())),
        }
    }
}

/// The free slots of one day, and which days have any.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Offer {
    /// The first local day that was looked at.
    pub first: Date,
    /// The local day that is shown.
    pub day: Date,
    /// Its free slots, by start, each under its opaque id.
    pub slots: Vec<(SlotId, Slot)>,
    /// The days with free slots in the fortnight from the first one looked at.
    pub days: Vec<Date>,
    /// Why there is none in all that time.
    pub why_none: Option<WhyNone>,
    /// Where the fortnight before begins; none: there is none before.
    pub earlier: Option<Date>,
    /// Where the next fortnight begins.
    pub later: Date,
}

impl Offer {
    /// The last local day that was looked at.
    #[must_use]
    pub fn last(&self) -> Date {
        self.later.saturating_sub(1.day())
    }
}

/// Looks at what the link `token` is for. Changes nothing.
///
/// # Errors
///
/// [`Error::Link`] for a link that was not made here, of a booking that is gone, or too old.
pub async fn look(deps: Deps<'_>, purpose: Purpose, token: &str) -> Result<Found, Error> {
    let now = deps.clock.now();
    let grant = link::open(deps.link_key, purpose, token, now)?;
    let (context, booking) = tokio::join!(
        deps.contexts.current(deps.store, grant.tenant, now),
        deps.store.find_booking(grant.tenant, grant.booking),
    );
    trace::of_tenant(grant.tenant);
    trace::of_booking(grant.booking);
    let business = context.map_err(|error| match error {
        ContextError::Refused => Error::Link(InvalidLink::NotOurs),
        ContextError::Store(error) => Error::Store(error),
    })?;
    let booking = booking?.ok_or(InvalidLink::NotOurs)?;
    let use_of = judge(&booking, &grant, now);
    Ok(Found { business: business.context, booking, use_of, grant })
}

/// Calls the booking off for the holder of the link, who was `told` what that means. The same link pressed
/// twice at once has one effect.
///
/// # Errors
///
/// [`booking::Error::TermsChanged`] when it would cost more than told; else as [`booking::cancel`].
pub async fn cancel(deps: Deps<'_>, found: &Found, told: Option<Told>) -> Result<Booking, Error> {
    let (tenant, booking) = (found.grant.tenant, found.grant.booking);
    Ok(booking::call_off(deps.booking(), tenant, booking, &found.wish(told)).await?)
}

/// Moves the booking to an offered slot for the holder of the link, who was `told` what that means.
///
/// # Errors
///
/// [`Error::NotOffered`] for a slot id that was not offered for it; [`booking::Error::TermsChanged`] when it
/// would keep more than told; else as [`booking::reschedule`].
pub async fn reschedule(deps: Deps<'_>, found: &Found, slot: &str, told: Option<Told>) -> Result<Booking, Error> {
    let business = &*found.business;
    let id: SlotId = slot.parse().map_err(|_| Error::NotOffered)?;
    let resources = business.resources.iter().map(|resource| resource.id);
    let opened = id.open((deps.link_key, business.tenant.id), [found.booking.package], resources);
    let opened = opened.map_err(|_| Error::NotOffered)?;
    let package = business.package(opened.package).ok_or(Error::NotOffered)?;
    let slot = Slot::at(package, opened.resource, opened.start, &business.tenant.timezone);
    let slot = slot.map_err(|_| Error::NotOffered)?;
    let (tenant, booking) = (found.grant.tenant, found.grant.booking);
    Ok(booking::relocate(deps.booking(), tenant, booking, &slot, &found.wish(told)).await?)
}

/// Finds or opens the Checkout Session for the holder of the link, and answers its address, or why there is
/// nothing to pay.
///
/// # Errors
///
/// [`Error::Checkout`] when Stripe is out of reach: the same link works later.
pub async fn pay(deps: Deps<'_>, found: &Found) -> Result<Result<String, Dead>, Error> {
    match checkout::open(deps.payment(), &found.business, found.booking.clone()).await? {
        Opened::Open { url, .. } => Ok(Ok(url)),
        Opened::Closed(booking) => {
            let why = judge(&booking, &found.grant, deps.clock.now());
            Ok(Err(why.err().unwrap_or(Dead::Expired)))
        }
    }
}

/// The free slots to move the booking to, in the fortnight from `from` (or from its own day): those of `day`,
/// or of the first day that has any.
///
/// # Errors
///
/// [`Error::Store`].
pub async fn offer(deps: Deps<'_>, found: &Found, from: Option<Date>, day: Option<Date>) -> Result<Offer, Error> {
    let business = &*found.business;
    let (zone, now) = (&business.tenant.timezone, deps.clock.now());
    let today = now.to_zoned(zone.clone()).date();
    let first = from.unwrap_or(found.booking.slot.start().to_zoned(zone.clone()).date()).max(today);
    let last = first.saturating_add(i64::from(MAX_DAYS - 1).days());
    let later = last.saturating_add(1.day());
    let earlier = first.saturating_sub(i64::from(MAX_DAYS).days()).max(today);
    let earlier = (today < first).then_some(earlier);
    let nothing =
        |why| Offer { first, day: first, slots: Vec::new(), days: Vec::new(), why_none: Some(why), earlier, later };
    let Some(package) = business.package(found.booking.package) else {
        return Ok(nothing(WhyNone::PackageInactive));
    };
    let Ok(days) = Days::new(first, last) else { return Ok(nothing(WhyNone::FullyBooked)) };
    let free = match free(deps, found, package, days).await? {
        Availability::Free(slots) => slots,
        Availability::Nothing(why) => return Ok(nothing(why)),
    };
    let date_of = |slot: &Slot| slot.start().to_zoned(zone.clone()).date();
    let elsewhere = free.into_iter().filter(|slot| slot.interval != found.booking.slot);
    let free: Vec<Slot> = elsewhere.collect();
    let mut with_slots: Vec<Date> = free.iter().map(date_of).collect();
    with_slots.dedup();
    let shown = match day {
        Some(day) if with_slots.contains(&day) => day,
        _ => with_slots.first().copied().unwrap_or(first),
    };
    let slots = free.into_iter().filter(|slot| date_of(slot) == shown);
    let slots = slots.map(|slot| (SlotId::of(deps.link_key, business.tenant.id, &slot), slot)).collect();
    let why_none = with_slots.is_empty().then_some(WhyNone::FullyBooked);
    Ok(Offer { first, day: shown, slots, days: with_slots, why_none, earlier, later })
}

async fn free(deps: Deps<'_>, found: &Found, package: &Package, days: Days) -> Result<Availability, Error> {
    let business = &*found.business;
    let zone = &business.tenant.timezone;
    let own = claim_of(&found.booking);
    let mut resources = package.resources.clone();
    if !resources.contains(&own.resource) {
        resources.push(own.resource);
    }
    let claims = read_claims(deps.store, business.tenant.id, &resources, days_to_read(days, zone)).await?;
    let claims = claims.without(own.resource, &own.claim);
    let query = Query {
        package,
        resources: &business.resources,
        hours: &business.hours,
        timezone: zone,
        policies: &business.tenant.policies,
        now: deps.clock.now(),
        claims: &claims,
    };
    Ok(free_slots(&query, days))
}

impl Found {
    /// The wish of a customer who saw the booking as it was in the mail.
    const fn wish(&self, told: Option<Told>) -> Wish {
        Wish { sequence: Some(self.grant.sequence), told, ..Wish::of(CalledOffBy::Customer) }
    }
}

fn judge(booking: &Booking, grant: &Grant, now: jiff::Timestamp) -> Result<(), Dead> {
    if matches!(grant.purpose, Purpose::Take | Purpose::Pass) {
        return judge_offer(booking, now);
    }
    let standing = booking.standing();
    match (booking.status, grant.purpose) {
        // Nobody was sent such a link to an offer, and a place in line is left elsewhere.
        (Status::Offered, _) | (_, Purpose::Take | Purpose::Pass | Purpose::Leave) => return Err(Dead::Outdated),
        (Status::Canceled | Status::Refunded, _) => return Err(Dead::CalledOff),
        (Status::Expired, _) => return Err(Dead::Expired),
        (Status::Completed | Status::NoShow, _) => return Err(Dead::Over),
        (Status::Confirmed, Purpose::Pay) => return Err(Dead::Paid),
        (Status::PendingPayment, Purpose::Pay) if booking.payable_until(now).is_none() => {
            let is_confirming = matches!(standing, Standing::Settling | Standing::Mismatched);
            return Err(if is_confirming { Dead::Confirming } else { Dead::Expired });
        }
        (Status::PendingPayment | Status::Confirmed, _) => {}
    }
    if booking.sequence != grant.sequence {
        return Err(Dead::Outdated);
    }
    if booking.slot.start() <= now { Err(Dead::Over) } else { Ok(()) }
}

/// Whether an offer can still be answered. It has one sequence as long as it can.
fn judge_offer(booking: &Booking, now: jiff::Timestamp) -> Result<(), Dead> {
    match booking.status {
        Status::Offered if booking.open_offer(now).is_ok() => Ok(()),
        Status::Offered | Status::Expired => Err(Dead::Passed),
        Status::PendingPayment | Status::Confirmed | Status::Completed | Status::NoShow => Err(Dead::Taken),
        Status::Canceled | Status::Refunded => Err(Dead::CalledOff),
    }
}
