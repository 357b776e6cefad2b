//! Checkout Sessions: opens one for a booking, finds it, and closes it.

use std::collections::{BTreeMap, HashMap};
use std::time::Duration;

use jiff::Timestamp;
use jiff::civil::Date;
use stripe_checkout::checkout_session::{
    CreateCheckoutSession, CreateCheckoutSessionLineItems, CreateCheckoutSessionLineItemsPriceData,
    CreateCheckoutSessionPaymentIntentData, ExpireCheckoutSession, ProductData, RetrieveCheckoutSession,
};
use stripe_client_core::{CustomizableStripeRequest, StripeRequest as _};
use stripe_shared::{AccountId, CheckoutSessionMode};
use stripe_types::Currency;
use url::Url;

use super::event::payment;
use super::transport::once;
use super::{SOURCE, Stripe, StripeError};
use crate::domain::address::Email;
use crate::domain::booking::Checkout;
use crate::domain::code::ConfirmationCode;
use crate::domain::id::{BookingId, PackageId, TenantId};
use crate::domain::money::Money;
use crate::domain::payment::SessionPayment;

/// The shortest time that Stripe keeps a Checkout Session open, counted from when the call arrives.
/// A hold has to outlast it by the time that may pass before the call.
pub const MIN_LIFETIME: Duration = Duration::from_mins(30);

/// What a customer is to pay, and where they go afterwards.
///
/// Everything here must be the same when an attempt is repeated, `expires_at` too: Stripe refuses
/// another request under the same idempotency key.
#[derive(Debug, Clone, Copy)]
pub struct CheckoutRequest<'a> {
    /// Whose booking it is.
    pub tenant: TenantId,
    /// The booking.
    pub booking: BookingId,
    /// What was booked.
    pub package: PackageId,
    /// What is paid for, as the customer sees it.
    pub label: &'a str,
    /// What is to be paid. Stripe takes nothing below 50 cents or the like.
    pub amount: Money,
    /// The day of the booking, in the business's time zone.
    pub event_date: Date,
    /// Who pays.
    pub email: &'a Email,
    /// The customer's name.
    pub customer_name: &'a str,
    /// The booking's confirmation code.
    pub code: &'a ConfirmationCode,
    /// Where the customer goes after paying.
    pub success_url: &'a Url,
    /// Where the customer goes who does not pay.
    pub cancel_url: &'a Url,
    /// When the session closes: from [`MIN_LIFETIME`] to 24 hours ahead.
    pub expires_at: Timestamp,
    /// The business's own Stripe account; the platform's when absent.
    pub account: Option<&'a str>,
    /// 1 for the first session of a booking; one more for each that follows an ended one.
    pub attempt: u32,
}

/// A Checkout Session as it is now.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CheckoutState {
    /// Its id, `cs_…`.
    pub session: String,
    /// Where the customer pays; only while it is open.
    pub url: Option<String>,
    /// When it closes.
    pub expires_at: Timestamp,
    /// Where it stands.
    pub status: CheckoutStatus,
    /// What was paid, once the money is there.
    pub paid: Option<SessionPayment>,
    /// The payment, once there is one.
    pub payment_intent: Option<String>,
}

/// Where a Checkout Session stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum CheckoutStatus {
    /// It can be paid.
    Open,
    /// The customer finished it; the money may still be on its way.
    Complete,
    /// It can no longer be paid.
    Expired,
}

/// What we read of Stripe's answer.
#[derive(miniserde::Deserialize)]
pub(super) struct SessionBody {
    pub(super) id: String,
    url: Option<String>,
    expires_at: i64,
    status: Option<String>,
    payment_status: Option<String>,
    payment_intent: Option<String>,
    amount_total: Option<i64>,
    currency: Option<String>,
    pub(super) metadata: Option<BTreeMap<String, String>>,
}

impl CheckoutRequest<'_> {
    /// The idempotency key of this attempt.
    #[must_use]
    pub fn key(&self) -> String {
        match self.attempt {
            0 | 1 => format!("chatbot-booking-{}", self.booking),
            later => format!("chatbot-booking-{}-{later}", self.booking),
        }
    }

    fn metadata(&self) -> HashMap<String, String> {
        HashMap::from([
            ("tenantId".to_owned(), self.tenant.to_string()),
            ("bookingId".to_owned(), self.booking.to_string()),
            ("packageId".to_owned(), self.package.to_string()),
            ("eventDate".to_owned(), self.event_date.to_string()),
            ("email".to_owned(), self.email.to_string()),
            ("customerName".to_owned(), self.customer_name.to_owned()),
            ("confirmationCode".to_owned(), self.code.as_str().to_owned()),
            ("source".to_owned(), SOURCE.to_owned()),
        ])
    }

    /// The typed request.
    pub(super) fn build(&self) -> CreateCheckoutSession {
        let code = self.amount.currency().code().to_ascii_lowercase();
        let currency = code.parse().unwrap_or(Currency::Unknown(code));
        let mut price = CreateCheckoutSessionLineItemsPriceData::new(currency);
        price.unit_amount = Some(self.amount.minor());
        price.product_data = Some(ProductData::new(self.label));
        let mut line = CreateCheckoutSessionLineItems::new();
        line.price_data = Some(price);
        line.quantity = Some(1);
        // Stripe copies these to the charge, so that events about the charge name the booking too.
        let mut payment = CreateCheckoutSessionPaymentIntentData::new();
        payment.metadata = Some(self.metadata());
        CreateCheckoutSession::new()
            .mode(CheckoutSessionMode::Payment)
            .line_items(vec![line])
            .payment_intent_data(payment)
            .metadata(self.metadata())
            .client_reference_id(self.booking.to_string())
            .customer_email(self.email.as_str())
            .success_url(self.success_url.as_str())
            .cancel_url(self.cancel_url.as_str())
            .expires_at(self.expires_at.as_second())
    }
}

impl Stripe {
    /// Opens a Checkout Session. Repeating an attempt gives the session of the first time, even if
    /// it has ended since; a new one takes the next [`CheckoutRequest::attempt`].
    ///
    /// # Errors
    ///
    /// [`StripeError::Unavailable`] to repeat the same attempt later; [`StripeError::Refused`] when
    /// the request or the account is at fault.
    pub async fn create_checkout(&self, request: &CheckoutRequest<'_>) -> Result<Checkout, StripeError> {
        let call = request.build().build().customize().request_strategy(once(&request.key())?);
        let body: SessionBody = of_account(call, request.account).send(self).await?;
        let expires_at = timestamp(body.expires_at)?;
        let url = body.url.ok_or_else(|| unreadable("a session without an address"))?;
        Ok(Checkout { session: body.id, url, expires_at })
    }

    /// Finds a Checkout Session of `account`; `None` when there is none of that id. [`Stripe::outcome`] says what came of it.
    ///
    /// # Errors
    ///
    /// As [`Stripe::create_checkout`].
    pub async fn find_checkout(
        &self,
        session: &str,
        account: Option<&str>,
    ) -> Result<Option<CheckoutState>, StripeError> {
        let call = RetrieveCheckoutSession::new(session).build().customize::<SessionBody>();
        match of_account(call, account).send(self).await {
            Ok(body) => CheckoutState::of(body).map(Some),
            Err(err) if err.is_absent() => Ok(None),
            Err(err) => Err(err),
        }
    }

    /// Closes a Checkout Session, so that it can no longer be paid, and says how it ended: one that
    /// was paid first stays complete. `None` when there is none of that id. Repeating it is safe.
    ///
    /// # Errors
    ///
    /// As [`Stripe::create_checkout`].
    pub async fn expire_checkout(
        &self,
        session: &str,
        account: Option<&str>,
    ) -> Result<Option<CheckoutState>, StripeError> {
        let call = ExpireCheckoutSession::new(session).build().customize::<SessionBody>();
        let err = match of_account(call, account).send(self).await {
            Ok(body) => return CheckoutState::of(body).map(Some),
            Err(err) => err,
        };
        if err.is_absent() {
            return Ok(None);
        }
        if !matches!(err, StripeError::Refused { .. }) {
            return Err(err);
        }
        // Stripe refuses to close what is not open, without a code that says so.
        match self.find_checkout(session, account).await? {
            Some(state) if state.status == CheckoutStatus::Open => Err(err),
            ended => Ok(ended),
        }
    }
}

impl CheckoutState {
    pub(super) fn of(body: SessionBody) -> Result<Self, StripeError> {
        let paid = match body.payment_status.as_deref() {
            Some("paid" | "no_payment_required") => {
                let intent = body.payment_intent.clone();
                Some(payment(body.id.clone(), intent, body.amount_total, body.currency.as_deref())?)
            }
            _ => None,
        };
        Ok(Self {
            expires_at: timestamp(body.expires_at)?,
            session: body.id,
            url: body.url,
            paid,
            status: match body.status.as_deref() {
                Some("open") => CheckoutStatus::Open,
                Some("complete") => CheckoutStatus::Complete,
                Some("expired") => CheckoutStatus::Expired,
                _ => return Err(unreadable("a session of unknown status")),
            },
            payment_intent: body.payment_intent,
        })
    }
}

/// Makes the call in the business's own account, if it has one.
pub(super) fn of_account<T>(call: CustomizableStripeRequest<T>, account: Option<&str>) -> CustomizableStripeRequest<T> {
    match account {
        Some(account) => call.account_id(AccountId::from(account)),
        None => call,
    }
}

pub(super) fn timestamp(second: i64) -> Result<Timestamp, StripeError> {
    Timestamp::from_second(second).map_err(|err| StripeError::Unavailable(Box::new(err)))
}

fn unreadable(what: &'static str) -> StripeError {
    StripeError::Unavailable(what.into())
}
