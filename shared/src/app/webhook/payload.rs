//! What a message says: `{ type, timestamp, data }`, where `data` is its subject as it is when the message is sent.
//!
//! `docs/WEBHOOKS.md` shows an example of each, which a test compares. The owner's customers are in it, since they are
//! whom the owner deals with; what opens something is not: no session, no confirmation code, no link. Nor is what
//! people wrote to each other: whoever wants it reads the conversation.

use serde::Serialize;
use serde_json::{Value, json};

use crate::domain::booking::Booking;
use crate::domain::conversation::Conversation;
use crate::domain::escalation::Escalation;
use crate::domain::event::Happening;
use crate::domain::id::{BookingId, ConversationId, MessageId, TenantId};
use crate::domain::money::Money;
use crate::domain::webhook::delivery::{Delivery, News as What};
use crate::store::{Store, StoreError};

/// What a delivery tells of, as it is now.
#[derive(Debug, Clone)]
pub enum News {
    /// That the webhook works.
    Test,
    /// A booking.
    Booking(Box<Booking>),
    /// A conversation in which a person is asked for.
    Escalated(Box<Conversation>, Escalation),
    /// A conversation in which a person has answered.
    Replied(Box<Conversation>, MessageId),
}

/// A booking.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct BookingShown {
    id: String,
    status: &'static str,
    package_id: String,
    package_name: String,
    resource_id: String,
    starts_at: String,
    ends_at: String,
    price: MoneyShown,
    due_at_booking: MoneyShown,
    #[serde(skip_serializing_if = "Option::is_none")]
    paid_at: Option<String>,
    customer: CustomerShown,
    notes: String,
    source: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    conversation_id: Option<String>,
    created_at: String,
    updated_at: String,
}

#[derive(Serialize)]
struct MoneyShown {
    amount: i64,
    currency: String,
}

#[derive(Serialize)]
struct CustomerShown {
    name: String,
    email: String,
}

/// A conversation.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct ConversationShown {
    id: String,
    status: &'static str,
    escalated: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    customer_email: Option<String>,
    locale: String,
    page_url: String,
    created_at: String,
}

/// A request for a person.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct EscalationShown {
    id: String,
    reason: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    customer_email: Option<String>,
    created_at: String,
}

/// Reads what `delivery` tells of as it is now; none when it is no more.
///
/// # Errors
///
/// As every read: [`StoreError`].
pub async fn news(store: &Store, tenant: TenantId, delivery: &Delivery) -> Result<Option<News>, StoreError> {
    let What::Happened(happening, _) = delivery.news else { return Ok(Some(News::Test)) };
    match happening {
        Happening::EscalationRequested(id, escalation) => {
            let Some(conversation) = conversation(store, tenant, id).await? else { return Ok(None) };
            let asked = store.find_escalation(tenant, id, escalation).await?;
            Ok(asked.map(|asked| News::Escalated(conversation, asked)))
        }
        Happening::ConversationReplied(id, message) => {
            Ok(conversation(store, tenant, id).await?.map(|found| News::Replied(found, message)))
        }
        other => match booking_of(&other) {
            Some(id) => Ok(store.find_booking(tenant, id).await?.map(|found| News::Booking(Box::new(found)))),
            None => Ok(None),
        },
    }
}

async fn conversation(
    store: &Store,
    tenant: TenantId,
    id: ConversationId,
) -> Result<Option<Box<Conversation>>, StoreError> {
    Ok(store.find_conversation(tenant, id).await?.map(Box::new))
}

/// The booking that an event is about.
const fn booking_of(happening: &Happening) -> Option<BookingId> {
    match happening {
        Happening::BookingReceived(id)
        | Happening::BookingConfirmed(id)
        | Happening::BookingCancelled(id)
        | Happening::BookingChanged(id, _)
        | Happening::BookingReminder(id, _)
        | Happening::BookingRefunded(id)
        | Happening::BookingGranted(id, _)
        | Happening::BookingMissed(id)
        | Happening::BookingDisputed(id)
        | Happening::BookingFlagged(id)
        | Happening::BookingDiffers(id, _)
        | Happening::BookingOverlaps(id, _)
        | Happening::BookingOffered(id) => Some(*id),
        _ => None,
    }
}

/// The message after the Standard Webhooks specification.
#[must_use]
pub fn standard(delivery: &Delivery, news: &News) -> Value {
    let data = match news {
        News::Test => json!({ "webhook": { "id": delivery.webhook.to_string() } }),
        News::Booking(booking) => json!({ "booking": BookingShown::from(&**booking) }),
        News::Escalated(conversation, asked) => json!({
            "conversation": ConversationShown::from(&**conversation), "escalation": EscalationShown::from(asked),
        }),
        News::Replied(conversation, message) => json!({
            "conversation": ConversationShown::from(&**conversation), "message": { "id": message.to_string() },
        }),
    };
    json!({ "type": delivery.news.name(), "timestamp": delivery.at.to_string(), "data": data })
}

impl From<&Booking> for BookingShown {
    fn from(booking: &Booking) -> Self {
        Self {
            id: booking.id.to_string(),
            status: booking.status.as_str(),
            package_id: booking.package.to_string(),
            package_name: booking.package_name.to_string(),
            resource_id: booking.resource.to_string(),
            starts_at: booking.slot.start().to_string(),
            ends_at: booking.slot.end().to_string(),
            price: booking.price.into(),
            due_at_booking: booking.due.into(),
            paid_at: booking.paid_at.map(|at| at.to_string()),
            customer: CustomerShown {
                name: booking.customer.name.to_string(),
                email: booking.customer.email.to_string(),
            },
            notes: booking.notes.to_string(),
            source: booking.source.to_string(),
            conversation_id: booking.conversation.map(|id| id.to_string()),
            created_at: booking.created_at.to_string(),
            updated_at: booking.updated_at.to_string(),
        }
    }
}

impl From<Money> for MoneyShown {
    fn from(money: Money) -> Self {
        Self { amount: money.minor(), currency: money.currency().code().to_owned() }
    }
}

impl From<&Conversation> for ConversationShown {
    fn from(conversation: &Conversation) -> Self {
        Self {
            id: conversation.id.to_string(),
            status: conversation.status.as_str(),
            escalated: conversation.is_escalated,
            customer_email: conversation.mailbox().map(ToString::to_string),
            locale: conversation.origin.locale.to_string(),
            page_url: conversation.origin.page_url.to_string(),
            created_at: conversation.created_at.to_string(),
        }
    }
}

impl From<&Escalation> for EscalationShown {
    fn from(asked: &Escalation) -> Self {
        Self {
            id: asked.id.to_string(),
            reason: asked.reason.to_string(),
            customer_email: asked.email.as_ref().map(ToString::to_string),
            created_at: asked.at.to_string(),
        }
    }
}
