//! Lists: what Stripe has of Checkout Sessions and refunds, a page at a time, newest first.

use jiff::Timestamp;
use stripe_checkout::checkout_session::ListCheckoutSession;
use stripe_client_core::StripeRequest as _;
use stripe_core::refund::ListRefund;
use stripe_types::{RangeBoundsTs, RangeQueryTs};

use super::checkout::{SessionBody, of_account, timestamp};
use super::event::booking;
use super::{CheckoutState, Stripe, StripeError};
use crate::domain::payment::BookingRef;

/// The most that Stripe gives at once.
const PAGE: i64 = 100;

/// A page of a list, of which only what is ours is kept.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Page<T> {
    /// What is on it.
    pub items: Vec<T>,
    /// The id of the last one, behind which the next page begins; none: this was the last.
    pub next: Option<String>,
}

/// From when, until when and behind which item a list goes on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Wanted<'a> {
    /// The first second that counts.
    pub from: Timestamp,
    /// The first second that no longer counts.
    pub to: Timestamp,
    /// The item behind which the page begins.
    pub after: Option<&'a str>,
    /// The business's own Stripe account; the platform's when absent.
    pub account: Option<&'a str>,
}

/// A Checkout Session on a list.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ListedSession {
    /// Its id, `cs_…`.
    pub session: String,
    /// The booking it was opened for.
    pub booking: BookingRef,
    /// How it stands; none: what Stripe says of it cannot be read.
    pub state: Option<CheckoutState>,
}

/// A refund on a list.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ListedRefund {
    /// Its id, `re_…`.
    pub id: String,
    /// The payment it is taken from, `pi_…`; none: of something that is no payment of ours.
    pub payment_intent: Option<String>,
    /// How much, in minor units of the payment's currency.
    pub amount_minor: i64,
    /// When it was made.
    pub created: Timestamp,
    /// Claims that the customer has the money, or will: it neither failed nor was taken back.
    pub is_good: bool,
}

#[derive(miniserde::Deserialize)]
struct ListBody<T> {
    data: Vec<T>,
    has_more: bool,
}

#[derive(miniserde::Deserialize)]
struct RefundBody {
    id: String,
    amount: i64,
    created: i64,
    payment_intent: Option<String>,
    status: Option<String>,
}

impl Stripe {
    /// Lists the Checkout Sessions that were opened in a stretch of time.
    ///
    /// # Errors
    ///
    /// [`StripeError::Unavailable`] to ask again later; [`StripeError::Refused`] when the account is at fault,
    /// or the item to go on behind is gone.
    pub async fn list_sessions(&self, wanted: Wanted<'_>) -> Result<Page<ListedSession>, StripeError> {
        let mut list = ListCheckoutSession::new().created(wanted.range()).limit(PAGE);
        if let Some(after) = wanted.after {
            list = list.starting_after(after);
        }
        let call = list.build().customize::<ListBody<SessionBody>>();
        let body = of_account(call, wanted.account).send(self).await?;
        let next = body.data.last().filter(|_| body.has_more).map(|last| last.id.clone());
        Ok(Page { items: body.data.into_iter().filter_map(ListedSession::of).collect(), next })
    }

    /// Lists the refunds that were made in a stretch of time.
    ///
    /// # Errors
    ///
    /// As [`Stripe::list_sessions`].
    pub async fn list_refunds(&self, wanted: Wanted<'_>) -> Result<Page<ListedRefund>, StripeError> {
        let mut list = ListRefund::new().created(wanted.range()).limit(PAGE);
        if let Some(after) = wanted.after {
            list = list.starting_after(after);
        }
        self.refunds(list, wanted.account).await
    }

    /// How much of a payment went back so far, in minor units: of every refund that has not failed.
    ///
    /// # Errors
    ///
    /// As [`Stripe::list_sessions`].
    pub async fn refunded_of(&self, payment_intent: &str, account: Option<&str>) -> Result<i64, StripeError> {
        let (mut sum, mut after) = (0, None::<String>);
        loop {
            let mut list = ListRefund::new().payment_intent(payment_intent).limit(PAGE);
            if let Some(after) = &after {
                list = list.starting_after(after.as_str());
            }
            let page = self.refunds(list, account).await?;
            sum += page.items.iter().filter(|refund| refund.is_good).map(|refund| refund.amount_minor).sum::<i64>();
            after = page.next;
            if after.is_none() {
                return Ok(sum);
            }
        }
    }

    async fn refunds(&self, list: ListRefund, account: Option<&str>) -> Result<Page<ListedRefund>, StripeError> {
        let call = list.build().customize::<ListBody<RefundBody>>();
        let body = of_account(call, account).send(self).await?;
        let next = body.data.last().filter(|_| body.has_more).map(|last| last.id.clone());
        let items: Result<_, StripeError> = body.data.into_iter().map(ListedRefund::of).collect();
        Ok(Page { items: items?, next })
    }
}

impl Wanted<'_> {
    fn range(&self) -> RangeQueryTs {
        let bounds = RangeBoundsTs {
            gte: Some(self.from.as_second()),
            lt: Some(self.to.as_second()),
            ..RangeBoundsTs::default()
        };
        RangeQueryTs::Bounds(bounds)
    }
}

impl ListedSession {
    /// A session of ours; those of other products in the same account are no concern of ours.
    fn of(body: SessionBody) -> Option<Self> {
        let booking = booking(body.metadata.as_ref()?)?;
        let session = body.id.clone();
        Some(Self { session, booking, state: CheckoutState::of(body).ok() })
    }
}

impl ListedRefund {
    fn of(body: RefundBody) -> Result<Self, StripeError> {
        Ok(Self {
            created: timestamp(body.created)?,
            id: body.id,
            payment_intent: body.payment_intent,
            amount_minor: body.amount,
            is_good: !matches!(body.status.as_deref(), Some("failed" | "canceled")),
        })
    }
}
