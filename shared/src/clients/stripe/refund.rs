//! Refunds: gives a payment back, whole or in part.

use stripe_client_core::StripeRequest as _;
use stripe_core::refund::CreateRefund;

use super::checkout::of_account;
use super::transport::once;
use super::{Stripe, StripeError};
use crate::domain::money::Money;

/// What is to go back.
#[derive(Debug, Clone, Copy)]
pub struct RefundRequest<'a> {
    /// The payment, `pi_…`.
    pub payment_intent: &'a str,
    /// How much; all that is left when absent.
    pub amount: Option<Money>,
    /// The idempotency key: one per refund that is owed, and the same however often it is tried.
    pub key: &'a str,
    /// The business's own Stripe account; the platform's when absent.
    pub account: Option<&'a str>,
}

/// A refund that Stripe has taken on.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Refund {
    /// Its id, `re_…`.
    pub id: String,
    /// How much goes back, in minor units of the payment's currency.
    pub amount_minor: i64,
}

/// How a refund ended.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Refunded {
    /// The money is on its way back, now or since an earlier try.
    Made(Refund),
    /// All of the payment had gone back before.
    AlreadyDone,
}

#[derive(miniserde::Deserialize)]
struct RefundBody {
    id: String,
    amount: i64,
}

impl RefundRequest<'_> {
    /// The typed request.
    pub(super) fn build(&self) -> CreateRefund {
        let refund = CreateRefund::new().payment_intent(self.payment_intent);
        match self.amount {
            Some(amount) => refund.amount(amount.minor()),
            None => refund,
        }
    }
}

impl Stripe {
    /// Gives money back. Repeating it under the same key has no second effect.
    ///
    /// # Errors
    ///
    /// [`StripeError::Unavailable`] to repeat it later; [`StripeError::Refused`] when more is asked
    /// for than is left, or the payment or account is at fault.
    pub async fn refund(&self, request: &RefundRequest<'_>) -> Result<Refunded, StripeError> {
        let call = request.build().build().customize().request_strategy(once(request.key)?);
        match of_account(call, request.account).send::<Self>(self).await {
            Ok(RefundBody { id, amount }) => Ok(Refunded::Made(Refund { id, amount_minor: amount })),
            Err(err) if err.code() == Some("charge_already_refunded") => Ok(Refunded::AlreadyDone),
            Err(err) => Err(err),
        }
    }
}
