//! Payment Intents: which booking a payment was made for.

use std::collections::BTreeMap;

use stripe_client_core::{RequestBuilder, StripeMethod};

use super::checkout::of_account;
use super::event::booking;
use super::{Stripe, StripeError};
use crate::domain::payment::BookingRef;

#[derive(miniserde::Deserialize)]
struct IntentBody {
    metadata: BTreeMap<String, String>,
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
        let path = format!("/payment_intents/{payment_intent}");
        let call = RequestBuilder::new(StripeMethod::Get, path).customize::<IntentBody>();
        match of_account(call, account).send(self).await {
            Ok(body) => Ok(booking(&body.metadata)),
            Err(err) if err.is_absent() => Ok(None),
            Err(err) => Err(err),
        }
    }
}
