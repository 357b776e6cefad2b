//! Reconciliation: compares what Stripe has taken and given back with our bookings, and reports every
//! difference to a person. It mends nothing.
//!
//! Every hour looks at what is as old as [`SESSIONS_AT`] and [`REFUNDS_AT`] say, two hours' worth each. So a run
//! is as small as those hours were busy, whatever came before; nothing has to be remembered between runs; and
//! what one run did not get to, the next one does, or the same hour's next look on another day. A Checkout
//! Session is over by then, and what was told of it has arrived: a difference is none of timing. A difference
//! is reported once.

use std::collections::BTreeSet;

use futures::{FutureExt as _, StreamExt as _, stream};
use jiff::{SignedDuration, Timestamp};

use super::{Deps, Error, account, business};
use crate::clients::stripe::{ListedRefund, ListedSession, Page, Wanted};
use crate::domain::booking::Booking;
use crate::domain::chain::Chain;
use crate::domain::event::{Event, Happening};
use crate::domain::id::{EventId, TenantId};
use crate::domain::payment::{BookingRef, Difference};
use crate::ports::metric::Metric;

/// How old Checkout Sessions are when they are looked at: none lives longer than a day.
const SESSIONS_AT: [SignedDuration; 2] = [SignedDuration::from_hours(25), SignedDuration::from_hours(73)];

/// How old refunds are when they are looked at: banks send one back after days.
const REFUNDS_AT: [SignedDuration; 3] =
    [SignedDuration::from_hours(2), SignedDuration::from_hours(3 * 24), SignedDuration::from_hours(10 * 24)];

/// How much each look covers: twice the time between two runs, so that one run that did not happen leaves
/// nothing out.
const COVERS: SignedDuration = SignedDuration::from_hours(2);

/// The most pages of one look: five thousand objects in two hours of one account. What is beyond is said to be.
const PAGES: usize = 50;

/// How many tenants one page lists.
const TENANTS: u16 = 100;

/// How many accounts, and how many objects of each, are looked at at once: within Stripe's 25 calls a second.
const AT_ONCE: usize = 4;

/// What is looked at.
enum Look {
    Sessions,
    Refunds,
}

/// What a run came to.
#[derive(Debug, Default)]
pub struct Reconciled {
    /// Sessions and refunds of ours that were compared.
    pub compared: u32,
    /// Differences that are reported now, and were not before.
    pub differences: u32,
    /// Accounts that could not be looked at, wholly or in part; a later look makes up for it.
    pub failed: Vec<Error>,
}

/// Compares Stripe with our bookings, in every account that a business takes money in. Repeating it is safe.
///
/// # Errors
///
/// [`Error::Store`] when the businesses cannot be listed. What fails for one account is in
/// [`Reconciled::failed`].
pub async fn reconcile(deps: Deps<'_>, now: Timestamp) -> Result<Reconciled, Error> {
    let mut sum = Reconciled::default();
    let accounts = accounts(deps).await?;
    let work = accounts.into_iter().map(|account| look_at(deps, account, now).boxed());
    let mut looks = stream::iter(work).buffer_unordered(AT_ONCE);
    while let Some(Reconciled { compared, differences, failed }) = looks.next().await {
        sum.compared += compared;
        sum.differences += differences;
        sum.failed.extend(failed);
    }
    Ok(sum)
}

/// Every account: the platform's own, and each business's own once.
async fn accounts(deps: Deps<'_>) -> Result<BTreeSet<Option<String>>, Error> {
    let mut accounts = BTreeSet::from([None]);
    let mut after = None;
    loop {
        let page = deps.store.list_tenants(TENANTS, after.as_ref()).await?;
        for tenant in page.items {
            let business = business(deps, tenant).await?;
            accounts.extend(business.as_deref().map(|business| account(business).map(str::to_owned)));
        }
        after = page.next;
        if after.is_none() {
            return Ok(accounts);
        }
    }
}

/// Looks at one account. A look that fails leaves the others to be done, unless Stripe itself does not answer:
/// then they would only fail as well.
async fn look_at(deps: Deps<'_>, account: Option<String>, now: Timestamp) -> Reconciled {
    let account = account.as_deref();
    let mut sum = Reconciled::default();
    let looks = SESSIONS_AT.map(|age| (Look::Sessions, age)).into_iter();
    for (look, age) in looks.chain(REFUNDS_AT.map(|age| (Look::Refunds, age))) {
        let looked = match look {
            Look::Sessions => sessions(deps, account, now, now - age, &mut sum).await,
            Look::Refunds => refunds(deps, account, now, now - age, &mut sum).await,
        };
        let Err(error) = looked else { continue };
        let account = account.unwrap_or("platform");
        tracing::error!(stripe.account = account, error = %Chain(&error), "an account was not reconciled");
        let is_mute = matches!(error, Error::Stripe(_));
        sum.failed.push(error);
        if is_mute {
            break;
        }
    }
    sum
}

async fn sessions(
    deps: Deps<'_>,
    account: Option<&str>,
    now: Timestamp,
    to: Timestamp,
    sum: &mut Reconciled,
) -> Result<(), Error> {
    let mut after = None;
    for _ in 0..PAGES {
        let wanted = Wanted { from: to - COVERS, to, after: after.as_deref(), account };
        let Page { items, next } = deps.stripe.list_sessions(wanted).await?;
        let work = items.into_iter().map(|session| compare_session(deps, account, session, now).boxed());
        count(sum, stream::iter(work).buffer_unordered(AT_ONCE).collect().await)?;
        after = next;
        if after.is_none() {
            return Ok(());
        }
    }
    Err(Error::TooMany)
}

async fn refunds(
    deps: Deps<'_>,
    account: Option<&str>,
    now: Timestamp,
    to: Timestamp,
    sum: &mut Reconciled,
) -> Result<(), Error> {
    let mut after = None;
    for _ in 0..PAGES {
        let wanted = Wanted { from: to - COVERS, to, after: after.as_deref(), account };
        let Page { items, next } = deps.stripe.list_refunds(wanted).await?;
        let payments: BTreeSet<String> = items.into_iter().filter_map(payment).collect();
        let work = payments.into_iter().map(|payment| compare_refunds(deps, account, payment, now).boxed());
        count(sum, stream::iter(work).buffer_unordered(AT_ONCE).collect().await)?;
        after = next;
        if after.is_none() {
            return Ok(());
        }
    }
    Err(Error::TooMany)
}

fn payment(refund: ListedRefund) -> Option<String> {
    refund.payment_intent
}

/// Adds what the comparisons of a page came to: how many differences of each were new, `None` for what is
/// none of ours.
fn count(sum: &mut Reconciled, compared: Vec<Result<Option<u32>, Error>>) -> Result<(), Error> {
    let mut first = Ok(());
    for result in compared {
        match result {
            Ok(Some(differences)) => {
                sum.compared += 1;
                sum.differences += differences;
            }
            Ok(None) => {}
            Err(error) => first = first.and(Err(error)),
        }
    }
    first
}

async fn compare_session(
    deps: Deps<'_>,
    account: Option<&str>,
    listed: ListedSession,
    now: Timestamp,
) -> Result<Option<u32>, Error> {
    let ListedSession { session, booking: about, state } = listed;
    if !speaks_for(deps, account, about.tenant).await? {
        return Ok(None);
    }
    let booking = deps.store.find_booking(about.tenant, about.booking).await?;
    let found = match &state {
        None => Some(Difference::Unreadable),
        Some(state) => Difference::of_session(booking.as_ref(), &session, state.paid.as_ref()),
    };
    let overdue = booking.as_ref().and_then(|booking| Difference::of_due(booking, now));
    let mut new = 0;
    for difference in found.into_iter().chain(overdue) {
        new += report(deps, &about, booking.as_ref(), (difference, &session), now).await?;
    }
    Ok(Some(new))
}

async fn compare_refunds(
    deps: Deps<'_>,
    account: Option<&str>,
    payment: String,
    now: Timestamp,
) -> Result<Option<u32>, Error> {
    let Some(about) = deps.stripe.find_booking_of(&payment, account).await? else { return Ok(None) };
    if !speaks_for(deps, account, about.tenant).await? {
        return Ok(None);
    }
    let Some(booking) = deps.store.find_booking(about.tenant, about.booking).await? else {
        return Ok(Some(report(deps, &about, None, (Difference::UnknownBooking, &payment), now).await?));
    };
    let back = deps.stripe.refunded_of(&payment, account).await?;
    match Difference::of_refunds(&booking, &payment, back) {
        Some(difference) => {
            let what = format!("{payment}-{back}");
            Ok(Some(report(deps, &about, Some(&booking), (difference, &what), now).await?))
        }
        None => Ok(Some(0)),
    }
}

/// Whether what lies in an account may tell of a business's bookings: whoever owns an account writes there what
/// they like. Of a business that is gone the platform's own account may.
async fn speaks_for(deps: Deps<'_>, holder: Option<&str>, tenant: TenantId) -> Result<bool, Error> {
    let business = business(deps, tenant).await?;
    Ok(business.as_deref().and_then(account) == holder)
}

/// Logs a difference, and brings it before a person unless that was done before; how many are new: one or none.
/// Of a booking that does not exist there is nobody to tell but the operator.
async fn report(
    deps: Deps<'_>,
    about: &BookingRef,
    booking: Option<&Booking>,
    (difference, what): (Difference, &str),
    now: Timestamp,
) -> Result<u32, Error> {
    let BookingRef { tenant, booking: id } = *about;
    let is_new = match booking {
        None => true,
        Some(_) => {
            let event = event(deps, tenant, Happening::BookingDiffers(id, difference), now);
            deps.store.report_difference(&event, &format!("{}#{what}", difference.as_str())).await?
        }
    };
    if is_new {
        let difference = difference.as_str();
        tracing::error!(tenant.id = %tenant, booking.id = %id, stripe.id = what, difference, "stripe and a booking differ");
        deps.metrics.count(Metric::PaymentDiffers);
    }
    Ok(u32::from(is_new))
}

fn event(deps: Deps<'_>, tenant: TenantId, what: Happening, now: Timestamp) -> Event {
    Event { id: EventId::new(deps.ids.ulid(now)), tenant, at: now, what }
}
