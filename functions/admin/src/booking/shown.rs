//! A booking as the console is shown it.

use jiff::Timestamp;
use serde::Serialize;
use shared::domain::booking::{Booking, Grant};
use shared::domain::cancellation::Cancellation;

use crate::customer::CustomerShown;
use crate::money::MoneySent;

/// A booking as it is.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Shown {
    id: String,
    confirmation_code: String,
    status: &'static str,
    package_id: String,
    package_name: String,
    kind: &'static str,
    resource_id: String,
    starts_at: String,
    ends_at: String,
    price: MoneySent,
    /// What is paid at booking: the price, or the deposit.
    due_at_booking: MoneySent,
    paid: MoneySent,
    due_at_visit: MoneySent,
    /// What the business keeps in any case, by a late change, cancellation or absence.
    fee: MoneySent,
    /// What still has to go back.
    #[serde(skip_serializing_if = "Option::is_none")]
    refund_due: Option<MoneySent>,
    cancellation: CancellationShown,
    refunded: MoneySent,
    /// What the owner could still give back.
    refundable: MoneySent,
    /// What the owner gave back of their own accord, oldest first.
    grants: Vec<GrantShown>,
    /// Whether a person has to look at its payment.
    flagged: bool,
    customer: CustomerShown,
    notes: String,
    source: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    conversation_id: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    hold_until: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    paid_at: Option<String>,
    created_at: String,
    updated_at: String,
    version: u64,
}

/// The terms that were agreed at booking.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct CancellationShown {
    free_until_minutes: u64,
    late_fee_percent: u8,
    no_show_percent: u8,
}

/// Money that the owner gave back, under the key of their request.
#[derive(Serialize)]
struct GrantShown {
    key: String,
    amount: MoneySent,
    at: String,
}

impl From<&Cancellation> for CancellationShown {
    fn from(terms: &Cancellation) -> Self {
        Self {
            free_until_minutes: terms.free_until.as_secs() / 60,
            late_fee_percent: terms.late_fee_percent,
            no_show_percent: terms.no_show_percent,
        }
    }
}

impl From<&Grant> for GrantShown {
    fn from(grant: &Grant) -> Self {
        Self { key: grant.key.to_string(), amount: grant.amount.into(), at: grant.at.to_string() }
    }
}

impl From<&Booking> for Shown {
    fn from(booking: &Booking) -> Self {
        let text = |at: Timestamp| at.to_string();
        Self {
            id: booking.id.to_string(),
            confirmation_code: booking.code.to_string(),
            status: booking.status.as_str(),
            package_id: booking.package.to_string(),
            package_name: booking.package_name.to_string(),
            kind: booking.kind.as_str(),
            resource_id: booking.resource.to_string(),
            starts_at: text(booking.slot.start()),
            ends_at: text(booking.slot.end()),
            price: booking.price.into(),
            due_at_booking: booking.due.into(),
            paid: booking.paid().into(),
            due_at_visit: booking.due_at_visit().into(),
            fee: booking.fee.into(),
            refund_due: booking.refund_due.map(Into::into),
            cancellation: (&booking.cancellation).into(),
            refunded: MoneySent {
                amount: booking.facts.refunded_minor(),
                currency: booking.price.currency().to_string(),
            },
            refundable: booking.grantable().into(),
            grants: booking.grants.iter().map(Into::into).collect(),
            flagged: !booking.facts.concerns(booking.due).is_empty(),
            customer: CustomerShown::of(&booking.customer, booking.customer_timezone.as_ref()),
            notes: booking.notes.to_string(),
            source: booking.source.to_string(),
            conversation_id: booking.conversation.map(|id| id.to_string()),
            hold_until: booking.hold_until.map(text),
            paid_at: booking.paid_at.map(text),
            created_at: text(booking.created_at),
            updated_at: text(booking.updated_at),
            version: booking.version,
        }
    }
}
