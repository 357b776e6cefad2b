//! Payment Intents: which booking a payment was made for, and what became of a Checkout Session's.

use std::collections::BTreeMap;

use stripe_client_core::{RequestBuilder, StripeMethod};

use super::checkout::of_account;
use super::event::booking;
use super::{CheckoutState, CheckoutStatus, Stripe, StripeError};
use crate::domain::payment::{BookingRef, PaymentEventKind};

#[derive(miniserde::Deserialize)]
struct IntentBody {
    metadata: BTreeMap<String, String>,
    status: String,
}

impl Stripe {
    /// Finds the booking that a payment of `account` was made for, by the metadata we gave it;
    /// `None` when there is no such payment, or it is none of ours.
    ///
    /// # Errors
    ///
    /// [`StripeError::Unavailable`] to ask again later; [`StripeError::Refused`] when the account
    /// is at fault.
    pub async fn find_booking_of(
        &self,
        payment_intent: &str,
        account: Option<&str>,
    ) -> Result<Option<BookingRef>, StripeError> {
        Ok(self.find_intent(payment_intent, account).await?.and_then(|intent| booking(&intent.metadata)))
    }

    /// What the webhook tells, or will, of a Checkout Session of `account` that was found as `state`;
    /// `None` while it is open. It asks Stripe only whether the bank has refused a payment that is not there.
    ///
    /// # Errors
    ///
    /// As [`Stripe::find_booking_of`].
    pub async fn outcome(
        &self,
        state: CheckoutState,
        account: Option<&str>,
    ) -> Result<Option<PaymentEventKind>, StripeError> {
        let CheckoutState { session, status, paid, payment_intent, .. } = state;
        Ok(match (status, paid) {
            (CheckoutStatus::Open, _) => None,
            (CheckoutStatus::Expired, _) => Some(PaymentEventKind::Expired { session }),
            (CheckoutStatus::Complete, Some(paid)) => Some(PaymentEventKind::Completed(paid)),
            (CheckoutStatus::Complete, None) => {
                let intent = match payment_intent {
                    Some(intent) => self.find_intent(&intent, account).await?,
                    None => None,
                };
                let has_failed = |intent: IntentBody| matches!(&*intent.status, "requires_payment_method" | "canceled");
                Some(match intent.is_some_and(has_failed) {
                    true => PaymentEventKind::AsyncFailed { session },
                    false => PaymentEventKind::CompletedUnpaid { session },
                })
            }
        })
    }

    async fn find_intent(&self, id: &str, account: Option<&str>) -> Result<Option<IntentBody>, StripeError> {
        let call = RequestBuilder::new(StripeMethod::Get, format!("/payment_intents/{id}")).customize::<IntentBody>();
        match of_account(call, account).send(self).await {
            Ok(body) => Ok(Some(body)),
            Err(err) if err.is_absent() => Ok(None),
            Err(err) => Err(err),
        }
    }
}
