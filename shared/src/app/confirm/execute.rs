//! A booking, made: the slot is claimed, the proposal done and everybody told, or none of it.

use jiff::tz::TimeZone;

use super::{Deps, Error};
use crate::app::booking::{choose, event, overtaken, taken, unavailable};
use crate::app::schedule::Outlook;
use crate::domain::availability::WhyNone;
use crate::domain::booking::{self, Booking, Customer, Status};
use crate::domain::business::BusinessContext;
use crate::domain::cancellation::Cancellation;
use crate::domain::clocks::Clocks;
use crate::domain::code::ConfirmationCode;
use crate::domain::event::Happening;
use crate::domain::figure::Figure;
use crate::domain::id::{BookingId, ConversationId, ProposalId};
use crate::domain::money::Money;
use crate::domain::package::Package;
use crate::domain::slot::Slot;
use crate::domain::tenant::Policies;
use crate::domain::text::Note;
use crate::store::booking::{Booked, BookingWrite};

/// How often a slot that was taken under our hands is looked for with another resource, or a code that is
/// another booking's replaced.
const TRIES: usize = 24;

/// What the customer confirmed.
pub(super) struct Order<'a> {
    pub(super) slot: &'a Slot,
    /// What they were shown.
    pub(super) shown: Shown,
    pub(super) customer: &'a Customer,
    /// Where they live, if that is known.
    pub(super) timezone: Option<&'a TimeZone>,
    pub(super) notes: &'a Note<900>,
}

/// What it costs, as a customer was shown.
#[derive(PartialEq, Eq)]
pub(super) struct Shown {
    pub(super) price: Money,
    /// What is to be paid at booking.
    pub(super) due: Money,
    pub(super) cancellation: Cancellation,
}

impl Shown {
    /// What is shown of `package` now.
    fn of(package: &Package, policies: &Policies) -> Self {
        Self { price: package.price, due: package.due_at_booking(), cancellation: package.cancellation(policies) }
    }
}

/// Books for the proposal, on the business's present terms.
pub(super) async fn book(
    deps: Deps<'_>,
    business: &BusinessContext,
    (conversation, proposal): (ConversationId, ProposalId),
    order: &Order<'_>,
) -> Result<Booking, Error> {
    let tenant = &business.tenant;
    let package = business.package(order.slot.package).filter(|package| package.active);
    let package = package.ok_or_else(|| unavailable(WhyNone::PackageInactive))?;
    if Shown::of(package, &tenant.policies) != order.shown {
        return Err(Error::PriceChanged);
    }
    for _ in 0..TRIES {
        let now = deps.clock.now();
        let outlook = Outlook::around(deps.store, business, package, order.slot, now, None).await?;
        let slot = match choose(&outlook, business, package, order.slot, now) {
            Ok(slot) => slot,
            Err(why) => {
                let clocks = Clocks::new(&tenant.timezone, order.timezone);
                return Err(taken(&outlook, business, (package, order.slot, why), &clocks, now).into());
            }
        };
        let wish = booking::Order {
            id: BookingId::new(deps.ids.ulid(now)),
            code: ConfirmationCode::new(deps.ids.secret().first_chunk().copied().unwrap_or_default()),
            package,
            slot,
            customer: order.customer.clone(),
            customer_timezone: order.timezone.cloned(),
            notes: order.notes,
            conversation,
            proposal,
        };
        let booking = Booking::place(wish, &tenant.policies, now);
        let what = match booking.status {
            Status::Confirmed => Happening::BookingConfirmed(booking.id),
            _ => Happening::BookingReceived(booking.id),
        };
        let write = BookingWrite {
            before: None,
            after: &booking,
            proposal: Some((conversation, proposal)),
            figures: &[(Figure::Bookings, 1), (Figure::ChatBookings, 1)],
            events: &[event(deps.booking(), tenant.id, what, now)],
            now,
        };
        match deps.store.write_booking(tenant.id, &write).await? {
            Booked::Done => return Ok(booking),
            Booked::ProposalMoved => return Err(Error::Booking(crate::app::booking::Error::ProposalMoved)),
            Booked::SlotTaken | Booked::CodeTaken | Booked::Stale => {}
        }
    }
    Err(overtaken().into())
}
