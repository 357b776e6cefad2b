//! Reads events: only the fields we need, so that an event of any API version can be read.
//!
//! The signature has been verified before ([`super::webhook::verify`]). What an event means for a
//! booking is not decided here.

use std::collections::BTreeMap;

use jiff::Timestamp;
use serde::Deserialize;
use serde::de::DeserializeOwned;
use serde_json::Value;
use thiserror::Error;

use super::SOURCE;
use crate::domain::money::Money;
use crate::domain::payment::{BookingRef, ChargeRefund, Origin, PaymentEvent, PaymentEventKind, SessionPayment};

/// What became of reading an event.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Reading {
    /// It tells something of a booking.
    Payment(PaymentEvent),
    /// It tells something of a payment, and does not say for which booking.
    Unaddressed(Unaddressed),
    /// It is of no concern to us: another type, or not about a booking of ours.
    Ignored,
}

/// An event that names a payment but no booking: a dispute does not carry the payment's metadata.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Unaddressed {
    /// The payment, `pi_…`; [`super::Stripe::find_booking_of`] knows its booking.
    pub payment_intent: String,
    id: String,
    origin: Origin,
    at: Timestamp,
    kind: PaymentEventKind,
}

impl Unaddressed {
    /// Where it comes from.
    #[must_use]
    pub const fn origin(&self) -> &Origin {
        &self.origin
    }

    /// The same event, now that its booking is known.
    #[must_use]
    pub fn about(self, booking: BookingRef) -> PaymentEvent {
        let Self { id, origin, at, kind, .. } = self;
        PaymentEvent { id, origin, booking, at, kind }
    }
}

/// An event that claims to be ours and cannot be read. Reading it again gives the same.
#[derive(Debug, Error)]
pub enum Unreadable {
    /// A field is missing or has another type.
    #[error("the event does not have the shape of its type")]
    Shape(#[from] serde_json::Error),
    /// A time outside the calendar.
    #[error("the event has an impossible time")]
    Time(#[from] jiff::Error),
    /// An amount or currency that cannot be charged.
    #[error("the event has an impossible amount")]
    Amount,
    /// A payment status that does not exist.
    #[error("the session has an unknown payment status")]
    Status,
    /// Our own mark, and no booking with it.
    #[error("the event does not name its booking")]
    Booking,
}

#[derive(Deserialize)]
struct EventBody {
    id: String,
    #[serde(rename = "type")]
    kind: String,
    created: i64,
    #[serde(default)]
    livemode: bool,
    account: Option<String>,
    data: EventData,
}

#[derive(Deserialize)]
struct EventData {
    object: Value,
}

#[derive(Deserialize)]
struct SessionObject {
    id: String,
    amount_total: Option<i64>,
    currency: Option<String>,
    payment_status: Option<String>,
    payment_intent: Option<String>,
    metadata: Option<BTreeMap<String, String>>,
}

#[derive(Deserialize)]
struct ChargeObject {
    id: String,
    created: i64,
    amount: i64,
    amount_refunded: i64,
    currency: String,
    payment_intent: Option<String>,
    metadata: Option<BTreeMap<String, String>>,
}

#[derive(Deserialize)]
struct DisputeObject {
    id: String,
    payment_intent: Option<String>,
}

/// Reads the event in `body`.
///
/// # Errors
///
/// [`Unreadable`], for good: the event has to be parked for a person.
pub fn read(body: &[u8]) -> Result<Reading, Unreadable> {
    let EventBody { id, kind, created, livemode, account, data } = serde_json::from_slice(body)?;
    let (origin, at) = (Origin { account, livemode }, Timestamp::from_second(created)?);
    let (kind, metadata) = match kind.as_str() {
        "charge.refunded" => {
            let charge: ChargeObject = object(data)?;
            let Some(payment_intent) = charge.payment_intent else { return Ok(Reading::Ignored) };
            let refund = ChargeRefund {
                charge: charge.id,
                payment_intent,
                charged_at: Timestamp::from_second(charge.created)?,
                charged: money(charge.amount, &charge.currency)?,
                refunded: money(charge.amount_refunded, &charge.currency)?,
            };
            (PaymentEventKind::Refunded(refund), charge.metadata)
        }
        "charge.dispute.created" => {
            let dispute: DisputeObject = object(data)?;
            let Some(payment_intent) = dispute.payment_intent else { return Ok(Reading::Ignored) };
            (PaymentEventKind::Disputed { dispute: dispute.id, payment_intent }, None)
        }
        name if name.starts_with("checkout.session.") => {
            let session: SessionObject = object(data)?;
            let metadata = session.metadata.clone().unwrap_or_default();
            if booking(&metadata).is_none() && !is_marked(&metadata) {
                return Ok(Reading::Ignored);
            }
            match session_kind(name, session)? {
                Some(kind) => (kind, Some(metadata)),
                None => return Ok(Reading::Ignored),
            }
        }
        _ => return Ok(Reading::Ignored),
    };
    let metadata = metadata.unwrap_or_default();
    if let Some(booking) = booking(&metadata) {
        return Ok(Reading::Payment(PaymentEvent { id, origin, booking, at, kind }));
    }
    if is_marked(&metadata) {
        return Err(Unreadable::Booking);
    }
    let payment_intent = match &kind {
        PaymentEventKind::Refunded(refund) => refund.payment_intent.clone(),
        PaymentEventKind::Disputed { payment_intent, .. } => payment_intent.clone(),
        _ => return Ok(Reading::Ignored),
    };
    Ok(Reading::Unaddressed(Unaddressed { payment_intent, id, origin, at, kind }))
}

/// The booking that `metadata` names, if it names one.
pub(super) fn booking(metadata: &BTreeMap<String, String>) -> Option<BookingRef> {
    let tenant = metadata.get("tenantId")?.parse().ok()?;
    let booking = metadata.get("bookingId")?.parse().ok()?;
    Some(BookingRef { tenant, booking })
}

fn is_marked(metadata: &BTreeMap<String, String>) -> bool {
    metadata.get("source").is_some_and(|source| source == SOURCE)
}

fn object<T: DeserializeOwned>(data: EventData) -> Result<T, Unreadable> {
    Ok(serde_json::from_value(data.object)?)
}

fn money(minor: i64, currency: &str) -> Result<Money, Unreadable> {
    let currency = currency.parse().map_err(|_| Unreadable::Amount)?;
    Money::new(minor, currency).map_err(|_| Unreadable::Amount)
}

/// What an event of type `name` about `session` tells; `None` for types we do not follow.
fn session_kind(name: &str, session: SessionObject) -> Result<Option<PaymentEventKind>, Unreadable> {
    let id = session.id.clone();
    Ok(Some(match name {
        "checkout.session.completed" => match session.payment_status.as_deref() {
            // Nothing was due, which is never the price of a booking that went to Checkout.
            Some("paid" | "no_payment_required") => PaymentEventKind::Completed(paid(session)?),
            Some("unpaid") => PaymentEventKind::CompletedUnpaid { session: id },
            _ => return Err(Unreadable::Status),
        },
        "checkout.session.async_payment_succeeded" => PaymentEventKind::AsyncSucceeded(paid(session)?),
        "checkout.session.async_payment_failed" => PaymentEventKind::AsyncFailed { session: id },
        "checkout.session.expired" => PaymentEventKind::Expired { session: id },
        _ => return Ok(None),
    }))
}

fn paid(session: SessionObject) -> Result<SessionPayment, Unreadable> {
    payment(session.id, session.payment_intent, session.amount_total, session.currency.as_deref())
}

/// The payment that a session took, by the session's own fields.
pub(super) fn payment(
    session: String,
    payment_intent: Option<String>,
    minor: Option<i64>,
    currency: Option<&str>,
) -> Result<SessionPayment, Unreadable> {
    let amount = money(minor.ok_or(Unreadable::Amount)?, currency.ok_or(Unreadable::Amount)?)?;
    // A session that took nothing has no Payment Intent; its own id keeps it apart.
    let payment_intent = payment_intent.unwrap_or_else(|| session.clone());
    Ok(SessionPayment { session, payment_intent, amount })
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    const NOW: i64 = 1_795_000_000;
    const TENANT: &str = "01JD7Q4ZJ2M6S1V0B7T3K9XN5R";
    const BOOKING: &str = "01JD7Q4ZJ2M6S1V0B7T3K9XN5S";

    /// A completed session as an event, to be spoilt.
    fn completed() -> Value {
        json!({
            "id": "evt_1", "type": "checkout.session.completed", "created": NOW, "livemode": true,
            "data": { "object": {
                "id": "cs_1", "amount_total": 12_000, "currency": "eur", "payment_status": "paid",
                "payment_intent": "pi_1",
                "metadata": { "tenantId": TENANT, "bookingId": BOOKING, "source": SOURCE },
            } },
        })
    }

    /// The event with the value at `pointer` replaced.
    fn spoilt(pointer: &str, value: Value) -> Vec<u8> {
        let mut event = completed();
        *event.pointer_mut(pointer).unwrap() = value;
        event.to_string().into_bytes()
    }

    #[test]
    fn what_is_not_about_a_booking_is_ignored() {
        for (pointer, value) in [
            ("/type", json!("invoice.paid")),
            ("/type", json!("checkout.session.renamed")),
            ("/data/object/metadata", json!({})),
            ("/data/object/metadata", json!(null)),
            ("/data/object/metadata", json!({ "bookingId": "42", "source": "their shop" })),
        ] {
            assert_eq!(read(&spoilt(pointer, value.clone())).unwrap(), Reading::Ignored, "{value}");
        }
        let other = json!({ "id": "evt_1", "type": "charge.dispute.created", "created": NOW,
            "data": { "object": { "id": "dp_1", "payment_intent": null } } });
        assert_eq!(read(other.to_string().as_bytes()).unwrap(), Reading::Ignored);
    }

    #[test]
    fn what_claims_to_be_ours_and_cannot_be_read_is_unreadable() {
        for (pointer, value) in [
            ("/created", json!("yesterday")),
            ("/created", json!(i64::MAX)),
            ("/data/object/amount_total", json!(null)),
            ("/data/object/amount_total", json!(-1)),
            ("/data/object/amount_total", json!(100_000_000)),
            ("/data/object/amount_total", json!(120.5)),
            ("/data/object/currency", json!("euro")),
            ("/data/object/payment_status", json!(null)),
            ("/data/object/payment_status", json!("nearly")),
            ("/data/object/metadata/bookingId", json!("42")),
            ("/data/object/metadata/tenantId", json!("")),
        ] {
            let body = spoilt(pointer, value);
            assert!(read(&body).is_err(), "{}", String::from_utf8_lossy(&body));
        }
        for body in [b"".as_slice(), b"{", b"[]", b"null", b"{\"id\":1}", b"\xff"] {
            assert!(read(body).is_err());
        }
    }

    #[test]
    fn fields_of_another_api_version_do_no_harm() {
        let mut event = completed();
        event["something_new"] = json!({ "deep": [1, 2] });
        event["data"]["object"]["payment_method_options"] = json!({ "card": {} });
        event["data"]["previous_attributes"] = json!({});
        assert!(matches!(read(event.to_string().as_bytes()).unwrap(), Reading::Payment(_)));
    }
}
