//! Ids: what names a tenant, a conversation, a booking and the rest.
//!
//! Every id is its own type, so one cannot be passed for another. An id says nothing about rights:
//! the tenant always comes from the key or the token, never from an id that a caller sent.

use std::fmt;
use std::str::FromStr;

use thiserror::Error;
use ulid::Ulid;

/// Text that is not an id of the kind it was parsed as.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
#[error("not a valid {kind} id")]
pub struct InvalidId {
    kind: &'static str,
}

macro_rules! ulid_id {
    ($(#[$doc:meta])* $name:ident, $kind:literal) => {
        $(#[$doc])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
        pub struct $name(Ulid);

        impl $name {
            /// Wraps a fresh ULID.
            #[must_use]
            pub const fn new(ulid: Ulid) -> Self {
                Self(ulid)
            }

            /// The ULID inside: sortable by its creation time.
            #[must_use]
            pub const fn ulid(self) -> Ulid {
                self.0
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                self.0.fmt(f)
            }
        }

        impl FromStr for $name {
            type Err = InvalidId;

            /// Takes the canonical form only: 26 upper-case characters, so that one id has one spelling.
            fn from_str(text: &str) -> Result<Self, InvalidId> {
                Ulid::from_string(text)
                    .ok()
                    .filter(|ulid| ulid.to_string() == text)
                    .map(Self)
                    .ok_or(InvalidId { kind: $kind })
            }
        }
    };
}

ulid_id!(
    /// A business that uses Frontdesk. Keys of every table begin with it.
    TenantId,
    "tenant"
);
ulid_id!(
    /// One chat thread, which is also the support ticket. Public inside the tenant.
    ConversationId,
    "conversation"
);
ulid_id!(
    /// One message of a conversation. Sorts by time, which is the order everybody sees.
    MessageId,
    "message"
);
ulid_id!(
    /// A change that the assistant prepared and the customer must confirm.
    ProposalId,
    "proposal"
);
ulid_id!(
    /// A booking.
    BookingId,
    "booking"
);
ulid_id!(
    /// Something that can be booked.
    PackageId,
    "package"
);
ulid_id!(
    /// A person or room that serves packages.
    ResourceId,
    "resource"
);
ulid_id!(
    /// A help article.
    ArticleId,
    "article"
);
ulid_id!(
    /// An import of articles from a page.
    ImportId,
    "import"
);
ulid_id!(
    /// A canned reply.
    CannedReplyId,
    "canned reply"
);
ulid_id!(
    /// An address that a business wants to be told of events at.
    WebhookId,
    "webhook"
);
ulid_id!(
    /// One event that one webhook is told of. Sorts by when the event happened.
    DeliveryId,
    "delivery"
);
ulid_id!(
    /// A domain event in the outbox.
    EventId,
    "event"
);
ulid_id!(
    /// A request for a person.
    EscalationId,
    "escalation"
);
ulid_id!(
    /// Somebody's place on the waitlist. Sorts by when they joined, which is the order of the line.
    WaitId,
    "waitlist"
);

ulid_id!(
    /// A note that the people of a business keep on a ticket.
    NoteId,
    "note"
);
ulid_id!(
    /// An entry of the audit trail.
    AuditId,
    "audit"
);

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_id_has_exactly_one_spelling() {
        let id = "01JD7Q4ZJ2M6S1V0B7T3K9XN5R";
        assert_eq!(id.parse::<BookingId>().unwrap().to_string(), id);
        for other in
            ["01jd7q4zj2m6s1v0b7t3k9xn5r", "01JD7Q4ZJ2M6S1V0B7T3K9XN5", "", "../x", "01JD7Q4ZJ2M6S1V0B7T3K9XN5R "]
        {
            assert_eq!(other.parse::<BookingId>(), Err(InvalidId { kind: "booking" }), "{other:?}");
        }
    }
}
