//! Offering: what came free goes to the first in line whom it fits.
//!
//! The event says when and with whom something came free; what is free now, and who waits now, is read anew
//! for each offer. So an event that comes twice, late or never alone does no harm: it finds what is left to do.

use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp};

use super::{Deps, Error, business, event};
use crate::app::schedule::free_on;
use crate::domain::availability::{Availability, Days};
use crate::domain::booking::{Booking, Offer};
use crate::domain::business::BusinessContext;
use crate::domain::code::ConfirmationCode;
use crate::domain::event::Happening;
use crate::domain::id::{EventId, PackageId, ResourceId, TenantId, WaitId};
use crate::domain::package::{Package, Terms};
use crate::domain::slot::{Interval, Slot};
use crate::domain::waitlist::{Place, Standing, first_in_line};
use crate::ports::event::from_envelope;
use crate::ports::trace;
use crate::store::booking::{Booked, BookingWrite};

/// How many offers one event brings at most: more than a day of one resource has slots. What is left then
/// comes with the same event once more.
const MOST_OFFERS: usize = 96;

/// What came of an event.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Offered {
    /// Which event it was.
    pub event: EventId,
    /// How many slots are offered to somebody by it.
    pub offers: usize,
}

/// Where to look for what can be offered.
enum Opening {
    /// Wherever this time of this resource matters.
    Freed(ResourceId, Interval),
    /// On the days of a place that was just taken: a slot may have come free before it was in line.
    Joined(PackageId, Days),
}

/// The line and what is free for it, as they are now.
#[derive(Default)]
struct View {
    line: Vec<Place>,
    free: Vec<Slot>,
}

/// Does what the message `body` asks for. Repeating it is safe.
///
/// # Errors
///
/// [`enum@Error`]; one that is not passing will never succeed, and the message has to come before a person.
pub async fn hear(deps: Deps<'_>, body: &str) -> Result<Offered, Error> {
    let told = from_envelope(body)?;
    trace::of_event(&told);
    let opening = match told.what {
        Happening::SlotFreed(resource, time) => Some(Opening::Freed(resource, time)),
        Happening::WaitlistJoined(id) => {
            let entry = deps.store.find_entry(told.tenant, id).await?;
            let waits = entry.filter(|entry| entry.status == Standing::Waiting);
            waits.map(|entry| Opening::Joined(entry.package, entry.days))
        }
        other => return Err(Error::NotForUs(other.name())),
    };
    let offers = match opening {
        Some(opening) => fill(deps, told.tenant, &opening).await?,
        None => 0,
    };
    Ok(Offered { event: told.id, offers })
}

/// Offers what is free to the first in line, until nobody is left whom something fits. Being overtaken means that
/// somebody else has offered or booked something, so that happens no more often than there is something to have.
async fn fill(deps: Deps<'_>, tenant: TenantId, opening: &Opening) -> Result<usize, Error> {
    let (mut offers, mut overtaken) = (0, 0);
    while offers < MOST_OFFERS && overtaken < MOST_OFFERS {
        let now = deps.clock.now();
        let Some(business) = business(deps, tenant).await? else { return Ok(offers) };
        if business.tenant.suspended {
            return Ok(offers);
        }
        let view = look(deps, &business, opening, now).await?;
        let zone = &business.tenant.timezone;
        let first = first_in_line(&view.line, &view.free, |slot| slot.start().to_zoned(zone.clone()).date());
        let Some((place, slot)) = first else { return Ok(offers) };
        match make(deps, &business, (place.id, slot), now).await? {
            true => (offers, overtaken) = (offers + 1, 0),
            false => overtaken += 1,
        }
    }
    Err(Error::Overtaken)
}

async fn look(deps: Deps<'_>, business: &BusinessContext, opening: &Opening, now: Timestamp) -> Result<View, Error> {
    let zone = &business.tenant.timezone;
    let mut view = View::default();
    for package in business.packages.iter().filter(|package| package.active) {
        let Some(days) = opening.days(package, zone) else { continue };
        let line = deps.store.list_line(business.tenant.id, package.id, days).await?;
        if line.is_empty() {
            continue;
        }
        if let Availability::Free(slots) = free_on(deps.store, business, package, days, now).await? {
            view.free.extend(slots.into_iter().filter(|slot| opening.concerns(slot)));
        }
        view.line.extend(line);
    }
    Ok(view)
}

/// Offers `slot` to a place in line; false when either has moved on since it was read.
async fn make(
    deps: Deps<'_>,
    business: &BusinessContext,
    (id, slot): (WaitId, Slot),
    now: Timestamp,
) -> Result<bool, Error> {
    let (tenant, policies) = (business.tenant.id, &business.tenant.policies);
    let entry = deps.store.find_entry(tenant, id).await?.filter(|entry| entry.status == Standing::Waiting);
    let (Some(entry), Some(package)) = (entry, business.package(slot.package)) else { return Ok(false) };
    let offer = Offer {
        id: entry.booking(),
        code: ConfirmationCode::new(deps.ids.secret().first_chunk().copied().unwrap_or_default()),
        package,
        slot,
        customer: entry.customer.clone(),
        customer_timezone: entry.customer_timezone.clone(),
    };
    let booking = Booking::offer(offer, policies, now);
    let events = [event(deps, tenant, Happening::BookingOffered(booking.id), now)];
    let write = BookingWrite { before: None, after: &booking, proposal: None, figures: &[], events: &events, now };
    let after = entry.becoming(Standing::Offered, now);
    Ok(deps.store.write_offer(tenant, &write, (&entry, &after)).await? == Booked::Done)
}

impl Opening {
    /// The local days on which slots of `package` can begin that this opening makes possible; none: it does not
    /// concern the package.
    fn days(&self, package: &Package, zone: &TimeZone) -> Option<Days> {
        match self {
            Self::Joined(id, days) => (*id == package.id).then_some(*days),
            Self::Freed(resource, time) => {
                let date = |at: Timestamp| at.to_zoned(zone.clone()).date();
                let (reach, before) = reach(package);
                let first = date(time.start().saturating_sub(reach).ok()?);
                let last = date(time.end().saturating_add(before).ok()?);
                let days = Days::new(first, last).ok()?;
                package.resources.contains(resource).then_some(days)
            }
        }
    }

    /// Claims that `slot` is made of what came free.
    fn concerns(&self, slot: &Slot) -> bool {
        match self {
            Self::Joined(..) => true,
            Self::Freed(_, time) => slot.blocked.overlaps(time),
        }
    }
}

/// How long before the end of what it takes a slot of `package` begins, and how long after its beginning.
fn reach(package: &Package) -> (SignedDuration, SignedDuration) {
    let signed = |length| SignedDuration::try_from(length).unwrap_or_default();
    match package.terms {
        // A day has 25 hours at most.
        Terms::Date => (SignedDuration::from_hours(25), SignedDuration::ZERO),
        Terms::Slot(terms) => (signed(terms.duration() + terms.buffers().after), signed(terms.buffers().before)),
    }
}
