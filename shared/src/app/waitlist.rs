//! The waitlist: joining it, leaving it, and what a slot that came free does for those who wait.
//!
//! An offer is a booking that holds its slot ([`crate::domain::booking::Offer`]), made in one transaction with
//! the place in line that it is for. So two workers, a repetition and somebody who books meanwhile meet in the
//! conditions of the store, and whatever dies is continued by the next event or run, which sees what is left.
//! Never tells anybody whether an address waits for something; never mails: that is [`crate::app::notify`].
//!
//! Read [`join`] and [`leave`], then [`hear`] (a slot came free), [`take`] and [`pass`] (the answer), and
//! [`end_offers`] (there was none).

mod answer;
mod end;
mod offer;

use jiff::tz::TimeZone;
use thiserror::Error;

use crate::app::context::{ContextError, Contexts};
use crate::app::schedule::free_on;
use crate::domain::availability::{Availability, Days, WhyNone};
use crate::domain::booking::{Customer, NotOpen};
use crate::domain::business::BusinessContext;
use crate::domain::event::{Event, Happening};
use crate::domain::id::{ConversationId, EventId, PackageId, ProposalId, TenantId, WaitId};
use crate::domain::package::Package;
use crate::domain::waitlist::{Entry, NotJoined, Standing};
use crate::ports::event::NotAnEvent;
use crate::ports::{Clock, Ids};
use crate::store::waitlist::{Joined, Joining};
use crate::store::{Store, StoreError};

pub use answer::{pass, take};
pub use end::{Ended, Unfinished, end_offers};
pub use offer::{Offered, hear};

/// How often a change that was overtaken is decided anew.
const TRIES: usize = 12;

/// Everything the waitlist may touch.
#[derive(Clone, Copy)]
pub struct Deps<'a> {
    /// Places in line, bookings, claims and events.
    pub store: &'a Store,
    /// Remembered business contexts.
    pub contexts: &'a Contexts,
    /// The time.
    pub clock: &'a dyn Clock,
    /// Ids of places and events, and new codes.
    pub ids: &'a dyn Ids,
}

/// Why a place in line or an offer cannot be made or changed.
#[derive(Debug, Error)]
pub enum Error {
    /// There is none of that id in this tenant.
    #[error("there is no such place on the waitlist")]
    NotFound,
    /// It has changed since the caller saw it.
    #[error("the place has changed meanwhile")]
    Outdated,
    /// The offer was answered, or is over.
    #[error(transparent)]
    Offer(#[from] NotOpen),
    /// Waiting would not help: no slot that comes free could be booked.
    #[error("there is nothing to wait for")]
    Pointless(#[source] WhyNone),
    /// The proposal that asks for it no longer waits.
    #[error("the proposal no longer waits")]
    ProposalMoved,
    /// Others changed the same again and again.
    #[error("overtaken by other changes again and again")]
    Overtaken,
    /// A message that is no event of ours, for good.
    #[error("the message cannot be read")]
    NotAnEvent(#[from] NotAnEvent),
    /// An event that the waitlist has no business with.
    #[error("the event {0} is not for the waitlist")]
    NotForUs(&'static str),
    /// As the store says.
    #[error("the waitlist cannot be read or kept")]
    Store(#[from] StoreError),
}

impl Error {
    /// Claims that the same may succeed later. All else is for a person.
    #[must_use]
    pub const fn is_passing(&self) -> bool {
        match self {
            Self::Store(error) => error.is_passing(),
            Self::Overtaken => true,
            Self::NotFound
            | Self::Outdated
            | Self::Offer(_)
            | Self::Pointless(_)
            | Self::ProposalMoved
            | Self::NotAnEvent(_)
            | Self::NotForUs(_) => false,
        }
    }
}

/// What somebody waits for.
#[derive(Debug, Clone, Copy)]
pub struct Wish<'a> {
    /// The package.
    pub package: PackageId,
    /// On which local days.
    pub days: Days,
    /// Who waits.
    pub customer: &'a Customer,
    /// Where they live, if that is known.
    pub timezone: Option<&'a TimeZone>,
}

/// The package, if waiting for it on `days` makes sense: it is offered, some day can be booked, and what there
/// is that day is taken or free.
///
/// # Errors
///
/// [`Error::Pointless`] with the rule that says no.
pub async fn worth_waiting<'a>(
    store: &Store,
    business: &'a BusinessContext,
    (id, days): (PackageId, Days),
    now: jiff::Timestamp,
) -> Result<(&'a Package, Availability), Error> {
    let package = business.package(id).filter(|package| package.active);
    let package = package.ok_or(Error::Pointless(WhyNone::PackageInactive))?;
    match free_on(store, business, package, days, now).await? {
        Availability::Nothing(why) if why != WhyNone::FullyBooked => Err(Error::Pointless(why)),
        found => Ok((package, found)),
    }
}

/// Puts `wish` on the waitlist, for a proposal that its customer has confirmed. An email that waits for that
/// already, or for as much as it can, gets no further place and the same answer.
///
/// # Errors
///
/// [`Error::Pointless`]; [`Error::ProposalMoved`] when somebody else has done or declined the proposal.
pub async fn join(
    deps: Deps<'_>,
    business: &BusinessContext,
    proposal: (ConversationId, ProposalId),
    wish: Wish<'_>,
) -> Result<(), Error> {
    let (tenant, zone) = (business.tenant.id, &business.tenant.timezone);
    let Wish { package, days, customer, timezone } = wish;
    for _ in 0..TRIES {
        let now = deps.clock.now();
        let (package, _) = worth_waiting(deps.store, business, (package, days), now).await?;
        let entry = Entry {
            id: WaitId::new(deps.ids.ulid(now)),
            package: package.id,
            package_name: package.name.clone(),
            days,
            customer: customer.clone(),
            customer_timezone: timezone.cloned(),
            status: Standing::Waiting,
            joined_at: now,
            updated_at: now,
            version: 1,
        };
        let before = deps.store.find_wishes(tenant, &customer.email).await?;
        let after = match before.joined(entry.wish(), now.to_zoned(zone.clone()).date()) {
            Ok(after) => after,
            Err(NotJoined::IsThere | NotJoined::TooMany) => {
                return match deps.store.join_nothing(tenant, proposal, entry.id, now).await? {
                    true => Ok(()),
                    false => Err(Error::ProposalMoved),
                };
            }
        };
        let event = event(deps, tenant, Happening::WaitlistJoined(entry.id), now);
        let joining = Joining { entry: &entry, before: &before, after: &after, proposal, event: &event, now };
        match deps.store.join_waitlist(tenant, &joining).await? {
            Joined::Done => return Ok(()),
            Joined::ProposalMoved => return Err(Error::ProposalMoved),
            Joined::Stale => {}
        }
    }
    Err(Error::Overtaken)
}

/// Takes a place out of the line, and with it what is offered to it. Repeating it changes nothing, and what was
/// answered stays so. `version` is the one its caller saw; none: whichever.
///
/// # Errors
///
/// [`Error::NotFound`]; [`Error::Outdated`] when the place has another version.
pub async fn leave(deps: Deps<'_>, tenant: TenantId, id: WaitId, version: Option<u64>) -> Result<Entry, Error> {
    for _ in 0..TRIES {
        let before = find(deps, tenant, id).await?;
        if version.is_some_and(|seen| seen != before.version) {
            return Err(Error::Outdated);
        }
        match before.status {
            Standing::Waiting => {
                let after = before.becoming(Standing::Left, deps.clock.now());
                if deps.store.write_entry(tenant, &before, &after).await? {
                    return Ok(after);
                }
            }
            Standing::Offered => match answer::end(deps, tenant, before.booking(), Standing::Left).await {
                Ok(_) => return find(deps, tenant, id).await,
                // It was answered at the same time.
                Err(Error::Offer(_)) => {}
                Err(error) => return Err(error),
            },
            Standing::Taken | Standing::Passed | Standing::Left => return Ok(before),
        }
    }
    Err(Error::Overtaken)
}

/// Finds a place in line.
///
/// # Errors
///
/// [`Error::NotFound`]; [`Error::Store`].
pub async fn find(deps: Deps<'_>, tenant: TenantId, id: WaitId) -> Result<Entry, Error> {
    deps.store.find_entry(tenant, id).await?.ok_or(Error::NotFound)
}

/// An event of `tenant` that happens now.
fn event(deps: Deps<'_>, tenant: TenantId, what: Happening, now: jiff::Timestamp) -> Event {
    Event { id: EventId::new(deps.ids.ulid(now)), tenant, at: now, what }
}

/// The business as it is now; none when there is none, or it is closed for good.
async fn business(deps: Deps<'_>, tenant: TenantId) -> Result<Option<std::sync::Arc<BusinessContext>>, Error> {
    match deps.contexts.current(deps.store, tenant, deps.clock.now()).await {
        Ok(stamped) => Ok(Some(stamped.context)),
        Err(ContextError::Refused) => Ok(None),
        Err(ContextError::Store(error)) => Err(error.into()),
    }
}
