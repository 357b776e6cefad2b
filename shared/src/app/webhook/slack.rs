//! The same news as a line of text for a channel, as Slack's incoming webhooks and those that imitate them take it.
//!
//! What people wrote cannot address anybody, link anywhere or begin a line: `&`, `<` and `>` are escaped as Slack asks,
//! and it stands on one line.

use serde_json::{Value, json};

use super::payload::News;
use crate::domain::booking::Booking;
use crate::domain::tenant::Tenant;
use crate::domain::text::cut;
use crate::domain::webhook::Topic;
use crate::domain::webhook::delivery::{Delivery, News as What};

/// How much of what a person wrote is told.
const MOST_CHARS: usize = 300;

/// The message, as `{ "text": … }`.
pub(super) fn message(tenant: &Tenant, delivery: &Delivery, news: &News) -> Value {
    let text = match news {
        News::Test => format!("This is a test: {} reaches this channel.", written(tenant.name.as_str())),
        News::Booking(booking) => format!("{}: {}", headline(delivery), summary(tenant, booking)),
        News::Escalated(_, asked) => {
            let from = asked.email.as_ref().map(|email| format!(" (answer to {})", written(email.as_str())));
            let reason = written(asked.reason.as_str());
            let reason = if reason.is_empty() { "no reason given".to_owned() } else { reason };
            format!("{}{}: {reason}", headline(delivery), from.unwrap_or_default())
        }
        News::Replied(conversation, _) => format!("{}: conversation {}", headline(delivery), conversation.id),
    };
    json!({ "text": text })
}

/// What, for whom and when.
fn summary(tenant: &Tenant, booking: &Booking) -> String {
    let (name, email) = (written(booking.customer.name.as_str()), written(booking.customer.email.as_str()));
    let package = written(booking.package_name.as_str());
    format!("{package} for {name} ({email}), {}", booking.when(&tenant.timezone))
}

/// What happened, in words of ours.
const fn headline(delivery: &Delivery) -> &'static str {
    let What::Happened(_, topic) = delivery.news else { return "Test" };
    match topic {
        Topic::BookingReceived => "Booking received, not paid yet",
        Topic::BookingConfirmed => "Booking confirmed",
        Topic::BookingChanged => "Booking moved",
        Topic::BookingReminder => "Booking coming up",
        Topic::BookingCancelled => "Booking cancelled",
        Topic::BookingRefunded => "Booking refunded",
        Topic::BookingGranted => "Money given back",
        Topic::BookingMissed => "Customer did not come",
        Topic::BookingDisputed => "Payment disputed",
        Topic::BookingFlagged => "Payment needs a look",
        Topic::BookingDiffers => "Payment differs from Stripe's",
        Topic::BookingOverlaps => "Booking overlaps your calendar",
        Topic::BookingOffered => "Slot offered to the waitlist",
        Topic::ConversationEscalated => "A visitor asks for a person",
        Topic::ConversationReplied => "A visitor was answered",
    }
}

/// What a person wrote, on one line and inert.
fn written(text: &str) -> String {
    let line = text.split_whitespace().collect::<Vec<_>>().join(" ");
    cut(&line, MOST_CHARS).replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_people_wrote_addresses_nobody_and_links_nowhere() {
        for (text, told) in [
            ("Tom & Jerry", "Tom &amp; Jerry"),
            ("<!channel> hi", "&lt;!channel&gt; hi"),
            ("<https://evil.example|your bank>", "&lt;https://evil.example|your bank&gt;"),
            ("&lt;!here&gt;", "&amp;lt;!here&amp;gt;"),
            ("a\n> quoted\r\n\tb", "a &gt; quoted b"),
            ("", ""),
        ] {
            assert_eq!(written(text), told, "{text:?}");
        }
        assert_eq!(written(&"<".repeat(MOST_CHARS + 1)).len(), 4 * MOST_CHARS, "what is cut is never half an escape");
    }
}
