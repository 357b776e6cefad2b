//! The executor: does what a customer confirmed, once, after checking everything anew.
//!
//! A proposal decides nothing. At the click the package, its price, the slot and the customer are looked at
//! as they are now, and one transaction writes the booking, its slot claims, the proposal's end, the day's
//! figure and the events. Confirming again answers the same. Stripe is asked only after that transaction:
//! when it is out of reach the booking stands all the same, with a link to pay later.
//!
//! [`link`] and [`offer`] act for the holders of links in mails; [`checkout`] opens Checkout Sessions for all.
//! A proposal to join the waitlist makes no booking: it is done by [`waitlist`].

use aws_lc_rs::hmac;
use futures::FutureExt as _;
use thiserror::Error;

use crate::app::booking::{self, Told, Wish};
use crate::app::context::Contexts;
use crate::app::mail::Links;
use crate::app::payment::{self, checkout};
use crate::app::waitlist;
use crate::clients::stripe::Stripe;
use crate::domain::booking::{Booking, CalledOffBy, Status};
use crate::domain::business::BusinessContext;
use crate::domain::chain::Chain;
use crate::domain::conversation::Conversation;
use crate::domain::event::Happening;
use crate::domain::id::{BookingId, ProposalId};
use crate::domain::link::Purpose;
use crate::domain::proposal::{Operation, Proposal, ProposalRefused, ProposalStatus};
use crate::domain::secret::SessionId;
use crate::ports::metric::Metrics;
use crate::ports::{Clock, Ids};
use crate::store::booking::BookingWrite;
use crate::store::{Store, StoreError};

mod execute;
pub mod link;
pub mod offer;

/// How often a confirmation that was overtaken is decided anew.
const TRIES: usize = 8;

/// Everything the executor may touch.
#[derive(Clone, Copy)]
pub struct Deps<'a> {
    /// Conversations, proposals, bookings, claims and events.
    pub store: &'a Store,
    /// Remembered business contexts.
    pub contexts: &'a Contexts,
    /// Opens Checkout Sessions.
    pub stripe: &'a Stripe,
    /// The time.
    pub clock: &'a dyn Clock,
    /// New ids and codes.
    pub ids: &'a dyn Ids,
    /// What the business notices, counted.
    pub metrics: &'a dyn Metrics,
    /// Signs links and slot ids.
    pub link_key: &'a hmac::Key,
    /// Where customers reach this deployment, without a slash at the end.
    pub public_url: &'a str,
}

/// What a proposal came to.
#[derive(Debug, Clone, PartialEq)]
pub enum Done {
    /// A booking was made or changed.
    Booking(Box<Confirmed>),
    /// The customer asked for a place on the waitlist. Says nothing of what their email had there before.
    Waitlist(Box<Proposal>),
}

/// A proposal that was done to a booking.
#[derive(Debug, Clone, PartialEq)]
pub struct Confirmed {
    /// The proposal.
    pub proposal: Proposal,
    /// Its booking, as it is now.
    pub booking: Booking,
    /// Where the booking is paid, while it waits for that: Stripe's page, or else the link that leads there later.
    pub checkout_url: Option<String>,
}

/// Why a proposal is not done.
#[derive(Debug, Error)]
pub enum Error {
    /// No such proposal in this session: absent, another session's and another tenant's alike.
    #[error("there is no such proposal")]
    NotFound,
    /// Its time is over, it was declined, or (to decline it) it was confirmed.
    #[error(transparent)]
    Refused(#[from] ProposalRefused),
    /// The package costs something else by now, or is called off on other terms.
    #[error("the price has changed")]
    PriceChanged,
    /// The booking cannot be made or changed.
    #[error(transparent)]
    Booking(booking::Error),
    /// As the store says.
    #[error("the proposal cannot be read or kept")]
    Store(#[from] StoreError),
}

impl From<booking::Error> for Error {
    fn from(error: booking::Error) -> Self {
        match error {
            booking::Error::NotFound => Self::NotFound,
            booking::Error::Store(error) => Self::Store(error),
            error => Self::Booking(error),
        }
    }
}

impl From<waitlist::Error> for Error {
    fn from(error: waitlist::Error) -> Self {
        match error {
            waitlist::Error::Store(error) => Self::Store(error),
            waitlist::Error::Pointless(why) => Self::Booking(booking::unavailable(why)),
            waitlist::Error::ProposalMoved => Self::Booking(booking::Error::ProposalMoved),
            waitlist::Error::Overtaken => booking::overtaken().into(),
            waitlist::Error::NotFound => Self::NotFound,
            waitlist::Error::Outdated | waitlist::Error::Offer(_) => Self::Booking(booking::Error::Closed),
            waitlist::Error::NotAnEvent(_) | waitlist::Error::NotForUs(_) => Self::Store(StoreError::Bug(error.into())),
        }
    }
}

impl<'a> Deps<'a> {
    /// What changing a booking may touch.
    const fn booking(&self) -> booking::Deps<'a> {
        booking::Deps { store: self.store, contexts: self.contexts, clock: self.clock, ids: self.ids }
    }

    /// What the waitlist may touch.
    const fn waitlist(&self) -> waitlist::Deps<'a> {
        waitlist::Deps { store: self.store, contexts: self.contexts, clock: self.clock, ids: self.ids }
    }

    /// What opening and closing Checkout Sessions may touch.
    const fn payment(&self) -> payment::Deps<'a> {
        payment::Deps {
            store: self.store,
            contexts: self.contexts,
            stripe: self.stripe,
            clock: self.clock,
            ids: self.ids,
            metrics: self.metrics,
            public_url: self.public_url,
        }
    }

    /// The signed link that leads to the payment later.
    fn pay_link(&self, business: &BusinessContext, booking: &Booking) -> Option<String> {
        let links = Links::new(self.public_url, self.link_key.clone()).ok()?;
        links.find(Purpose::Pay, business.tenant.id, booking, self.clock.now())
    }
}

/// Does what the proposal says, for the holder of `session`. Repeating it has no further effect and answers
/// the same, with the booking as it is by then. `business` must be the tenant's context as it is now.
///
/// # Errors
///
/// [`Error::NotFound`] alike for an unknown, foreign or expired session, proposal or booking;
/// [`Error::Refused`] when the proposal's time is over or it was declined; [`Error::PriceChanged`];
/// [`booking::Error::SlotTaken`] with what is free instead.
pub async fn confirm(
    deps: Deps<'_>,
    business: &BusinessContext,
    session: &SessionId,
    id: ProposalId,
) -> Result<Done, Error> {
    for _ in 0..TRIES {
        let (conversation, proposal) = find(deps, business, session, id).await?;
        let done = proposal.confirmable(deps.clock.now())?;
        if let (Some(_), Operation::Join { .. }) = (done, &proposal.operation) {
            return Ok(Done::Waitlist(Box::new(proposal)));
        }
        if let Some(done) = done {
            let booking = booking::find(deps.booking(), business.tenant.id, done).await?;
            return Ok(answer(deps, business, proposal, booking, false).await);
        }
        match execute(deps, business, &conversation, &proposal).await {
            Ok(Some(booking)) => return Ok(answer(deps, business, proposal, booking, true).await),
            Ok(None) => return Ok(Done::Waitlist(Box::new(proposal))),
            Err(Error::Booking(booking::Error::ProposalMoved)) => {}
            Err(refused @ Error::Booking(booking::Error::SlotTaken { .. })) => {
                // What took the slot may be this very proposal, confirmed at the same time.
                let (_, now) = find(deps, business, session, id).await?;
                if now.status == ProposalStatus::Pending {
                    return Err(refused);
                }
            }
            Err(error) => return Err(error),
        }
    }
    Err(booking::overtaken().into())
}

/// Declines a proposal for the holder of `session`. Repeating it changes nothing.
///
/// # Errors
///
/// [`Error::NotFound`] as [`confirm`]; [`ProposalRefused::Confirmed`] when it was done before.
pub async fn decline(
    deps: Deps<'_>,
    business: &BusinessContext,
    session: &SessionId,
    id: ProposalId,
) -> Result<(), Error> {
    let (conversation, proposal) = find(deps, business, session, id).await?;
    if proposal.status == ProposalStatus::Pending
        && deps.store.decline_proposal(business.tenant.id, conversation.id, id).await?
    {
        return Ok(());
    }
    let (_, now) = find(deps, business, session, id).await?;
    match now.status {
        ProposalStatus::Executed(_) => Err(ProposalRefused::Confirmed.into()),
        ProposalStatus::Declined | ProposalStatus::Pending => Ok(()),
    }
}

/// The proposal with its conversation, if `session` opens that.
async fn find(
    deps: Deps<'_>,
    business: &BusinessContext,
    session: &SessionId,
    id: ProposalId,
) -> Result<(Conversation, Proposal), Error> {
    let (tenant, conversation) = (business.tenant.id, session.conversation());
    let (conversation, proposal) = tokio::join!(
        deps.store.find_conversation(tenant, conversation),
        deps.store.find_proposal(tenant, conversation, id),
    );
    let conversation = conversation?.ok_or(Error::NotFound)?;
    conversation.admit(session, deps.clock.now()).map_err(|_| Error::NotFound)?;
    Ok((conversation, proposal?.ok_or(Error::NotFound)?))
}

/// Does it, and answers the booking that it is about; none on the waitlist.
async fn execute(
    deps: Deps<'_>,
    business: &BusinessContext,
    conversation: &Conversation,
    proposal: &Proposal,
) -> Result<Option<Booking>, Error> {
    let tenant = business.tenant.id;
    let wish = Wish {
        // The fee that the customer was shown is the one they agreed to.
        told_at: Some(proposal.created_at),
        proposal: Some((conversation.id, proposal.id)),
        ..Wish::of(CalledOffBy::Customer)
    };
    let timezone = conversation.origin.timezone.as_ref();
    match &proposal.operation {
        Operation::Book { slot, price, due, cancellation, customer, notes } => {
            let shown = execute::Shown { price: *price, due: *due, cancellation: *cancellation };
            let order = execute::Order { slot, shown, customer, timezone, notes };
            execute::book(deps, business, (conversation.id, proposal.id), &order).await.map(Some)
        }
        Operation::Cancel { booking, back } => {
            own(deps, business, conversation, *booking).await?;
            let wish = Wish { told: Some(Told::Back(*back)), ..wish };
            Ok(Some(booking::call_off(deps.booking(), tenant, *booking, &wish).await?))
        }
        Operation::Reschedule { booking, slot, fee } => {
            own(deps, business, conversation, *booking).await?;
            let wish = Wish { told: Some(Told::Fee(*fee)), ..wish };
            Ok(Some(booking::relocate(deps.booking(), tenant, *booking, slot, &wish).await?))
        }
        Operation::Join { package, days, customer } => {
            let wish = waitlist::Wish { package: *package, days: *days, customer, timezone };
            let joined = waitlist::join(deps.waitlist(), business, (conversation.id, proposal.id), wish).await;
            joined.map(|()| None).map_err(Error::from)
        }
    }
}

/// Demands that what this conversation's visitor has proven opens the booking.
async fn own(
    deps: Deps<'_>,
    business: &BusinessContext,
    conversation: &Conversation,
    id: BookingId,
) -> Result<(), Error> {
    let proven = conversation.proven.as_ref().ok_or(Error::NotFound)?;
    let booking = booking::find(deps.booking(), business.tenant.id, id).await?;
    if proven.opens(&booking) { Ok(()) } else { Err(Error::NotFound) }
}

/// The answer about a proposal that was done, with where to pay while that is open. Never fails: the
/// booking stands, whatever Stripe says.
async fn answer(
    deps: Deps<'_>,
    business: &BusinessContext,
    proposal: Proposal,
    booking: Booking,
    is_new: bool,
) -> Done {
    let proposal = Proposal { status: ProposalStatus::Executed(booking.id), ..proposal };
    let confirmed = if booking.status == Status::PendingPayment {
        // Boxed, since its future holds whole bookings and its hosts nest it deeply.
        payable(deps, business, proposal, booking, is_new).boxed().await
    } else {
        Confirmed { proposal, booking, checkout_url: None }
    };
    Done::Booking(Box::new(confirmed))
}

/// [`answer`] about a booking that waits for its payment.
async fn payable(
    deps: Deps<'_>,
    business: &BusinessContext,
    proposal: Proposal,
    booking: Booking,
    is_new: bool,
) -> Confirmed {
    match checkout::open(deps.payment(), business, booking.clone()).await {
        Ok(checkout::Opened::Open { booking, url }) => {
            Confirmed { proposal, booking: *booking, checkout_url: Some(url) }
        }
        Ok(checkout::Opened::Closed(booking)) => Confirmed { proposal, booking: *booking, checkout_url: None },
        Err(error) => {
            tracing::warn!(booking.id = %booking.id, error = %Chain(&error), "no checkout session yet: the booking stands");
            if is_new {
                ask_later(deps, business, &booking).await;
            }
            let checkout_url = deps.pay_link(business, &booking);
            Confirmed { proposal, booking, checkout_url }
        }
    }
}

/// Queues another try at the Checkout Session, unless the booking has changed: then it has been tried.
async fn ask_later(deps: Deps<'_>, business: &BusinessContext, booking: &Booking) {
    let now = deps.clock.now();
    let events = [booking::event(deps.booking(), business.tenant.id, Happening::CheckoutNeeded(booking.id), now)];
    let after = booking.changed(now);
    let write =
        BookingWrite { before: Some(booking), after: &after, proposal: None, figures: &[], events: &events, now };
    if let Err(error) = deps.store.write_booking(business.tenant.id, &write).await {
        tracing::warn!(booking.id = %booking.id, error = %Chain(&error), "another try at the checkout session was not queued");
    }
}
