//! Keys: the only place where a partition or sort key is spelled. Each constructor takes a [`TenantId`].
//!
//! The shapes, and which access pattern each serves, are listed in `docs/DATA.md`.

use aws_sdk_dynamodb::types::AttributeValue;
use jiff::civil::Date;

use super::expression::Item;
use crate::domain::address::Email;
use crate::domain::code::ConfirmationCode;
use crate::domain::conversation::TicketStatus;
use crate::domain::id::{
    ArticleId, AuditId, BookingId, CannedReplyId, ConversationId, DeliveryId, EscalationId, EventId, ImportId,
    MessageId, NoteId, PackageId, ProposalId, ResourceId, TenantId, WaitId, WebhookId,
};
use crate::domain::secret::SecretHash;
use crate::domain::unanswered::QuestionId;

mod deadline;

pub use deadline::DUE_SHARDS;
pub(super) use deadline::Deadline;

/// The primary key of an item. It cannot be made without a tenant, but for [`Key::of_tenant_key`].
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Key {
    pk: String,
    sk: String,
}

/// Sort keys of a conversation's own rows; `~` sorts behind every turn, so that one descending read
/// finds summary, meta and the newest turns.
pub(super) const META: &str = "~META";
/// The rolling summary of older turns.
pub(super) const SUMMARY: &str = "~SUMMARY";
/// What the sort key of each turn begins with.
pub(super) const TURN: &str = "TURN#";
/// What the sort key of each proposal begins with.
pub(super) const PROPOSAL: &str = "PROPOSAL#";

/// What the sort key of each request for a person begins with.
pub(super) const ESCALATION: &str = "ESCALATION#";
/// What the sort key of each hand-over begins with.
pub(super) const HANDOVER: &str = "HANDOVER#";
/// What the sort key of each note begins with.
pub(super) const NOTE: &str = "NOTE#";
/// What the sort key of each entry of the audit trail begins with.
pub(super) const AUDIT: &str = "AUDIT#";

/// The index of tickets and of what was changed of them.
pub(super) const INBOX_PK: &str = "gsi1pk";
/// What it is sorted by: ids, which are times.
pub(super) const INBOX_SK: &str = "gsi1sk";

/// Sort keys of a tenant's own rows.
pub(super) const PROFILE: &str = "PROFILE";
/// Its opening hours.
pub(super) const HOURS: &str = "HOURS";
/// Its widget's configuration.
pub(super) const WIDGET: &str = "WIDGET";
/// What the sort key of each package begins with.
pub(super) const PACKAGE: &str = "PACKAGE#";
/// What the sort key of each resource begins with.
pub(super) const RESOURCE: &str = "RESOURCE#";
/// What the sort key of each article begins with.
pub(super) const ARTICLE: &str = "ARTICLE#";

/// What the sort key of each place on the waitlist begins with, among what one customer has; `#` sorts before
/// every date, and so before their bookings.
pub(super) const WAIT: &str = "#WAIT#";

/// Partition of the list of all tenants.
pub(super) const TENANTS: &str = "TENANTS";

/// What the sort key of each day's figures begins with.
pub(super) const DAY: &str = "DAY#";

/// What the sort key of each delivery begins with.
pub(super) const DELIVERY: &str = "DELIVERY#";
/// Sort key of how a webhook fares.
pub(super) const HEALTH: &str = "HEALTH";
/// What the sort key of each recount of a day's turns begins with.
pub(super) const RECOUNT: &str = "RECOUNT#";

/// Sort key of an event in the outbox.
pub(super) const EVENT: &str = "EVENT";
/// Sort key of the last times of something.
pub(super) const LAST: &str = "LAST";

impl Key {
    fn new(pk: String, sk: impl Into<String>) -> Self {
        Self { pk, sk: sk.into() }
    }

    /// Partition key.
    pub(super) fn pk(&self) -> &str {
        &self.pk
    }

    /// Sort key.
    pub(super) fn sk(&self) -> &str {
        &self.sk
    }

    /// As a request names it.
    pub(super) fn item(&self) -> Item {
        Item::from([
            ("pk".to_owned(), AttributeValue::S(self.pk.clone())),
            ("sk".to_owned(), AttributeValue::S(self.sk.clone())),
        ])
    }

    // Tenants: one partition is the whole business context.

    pub(super) fn context(tenant: TenantId) -> String {
        format!("T#{tenant}")
    }

    /// Finds the tenant of a key: the one row that a request can name before its tenant is known.
    pub(super) fn of_tenant_key(hash: &SecretHash) -> Self {
        Self::new(format!("KEY#{}", hash.as_str()), "KEY")
    }

    pub(super) fn profile(tenant: TenantId) -> Self {
        Self::new(Self::context(tenant), PROFILE)
    }

    pub(super) fn hours(tenant: TenantId) -> Self {
        Self::new(Self::context(tenant), HOURS)
    }

    pub(super) fn widget(tenant: TenantId) -> Self {
        Self::new(Self::context(tenant), WIDGET)
    }

    pub(super) fn package(tenant: TenantId, id: PackageId) -> Self {
        Self::new(Self::context(tenant), format!("{PACKAGE}{id}"))
    }

    pub(super) fn resource(tenant: TenantId, id: ResourceId) -> Self {
        Self::new(Self::context(tenant), format!("{RESOURCE}{id}"))
    }

    pub(super) fn article(tenant: TenantId, id: ArticleId) -> Self {
        Self::new(Self::context(tenant), format!("{ARTICLE}{id}"))
    }

    /// Partition of imports from pages, which no turn reads.
    pub(super) fn imports(tenant: TenantId) -> String {
        format!("T#{tenant}#IMPORTS")
    }

    pub(super) fn import(tenant: TenantId, id: ImportId) -> Self {
        Self::new(Self::imports(tenant), id.to_string())
    }

    /// Partition of what a team says often.
    pub(super) fn canned_replies(tenant: TenantId) -> String {
        format!("T#{tenant}#CANNED")
    }

    pub(super) fn canned_reply(tenant: TenantId, id: CannedReplyId) -> Self {
        Self::new(Self::canned_replies(tenant), id.to_string())
    }

    /// Partition of the addresses that are told of events.
    pub(super) fn webhooks(tenant: TenantId) -> String {
        format!("T#{tenant}#WEBHOOKS")
    }

    pub(super) fn webhook(tenant: TenantId, id: WebhookId) -> Self {
        Self::new(Self::webhooks(tenant), id.to_string())
    }

    /// Names a tenant in the list of all tenants.
    pub(super) fn listing(tenant: TenantId) -> Self {
        Self::new(TENANTS.to_owned(), tenant.to_string())
    }

    // Conversations: one partition is the whole turn's context.

    pub(super) fn conversation(tenant: TenantId, id: ConversationId) -> String {
        format!("T#{tenant}#C#{id}")
    }

    pub(super) fn meta(tenant: TenantId, id: ConversationId) -> Self {
        Self::new(Self::conversation(tenant, id), META)
    }

    pub(super) fn summary(tenant: TenantId, id: ConversationId) -> Self {
        Self::new(Self::conversation(tenant, id), SUMMARY)
    }

    pub(super) fn turn(tenant: TenantId, conversation: ConversationId, id: MessageId) -> Self {
        Self::new(Self::conversation(tenant, conversation), format!("{TURN}{id}"))
    }

    pub(super) fn proposal(tenant: TenantId, conversation: ConversationId, id: ProposalId) -> Self {
        Self::new(Self::conversation(tenant, conversation), format!("{PROPOSAL}{id}"))
    }

    pub(super) fn escalation(tenant: TenantId, conversation: ConversationId, id: EscalationId) -> Self {
        Self::new(Self::conversation(tenant, conversation), format!("{ESCALATION}{id}"))
    }

    /// What somebody should know who takes the conversation over, by the request for them.
    pub(super) fn handover(tenant: TenantId, conversation: ConversationId, id: EscalationId) -> Self {
        Self::new(Self::conversation(tenant, conversation), format!("{HANDOVER}{id}"))
    }

    /// What the visitor thinks of the conversation; there is one at most.
    pub(super) fn feedback(tenant: TenantId, conversation: ConversationId) -> Self {
        Self::new(Self::conversation(tenant, conversation), "FEEDBACK")
    }

    /// A note of the people of the business.
    pub(super) fn note(tenant: TenantId, conversation: ConversationId, id: NoteId) -> Self {
        Self::new(Self::conversation(tenant, conversation), format!("{NOTE}{id}"))
    }

    /// What was changed of the ticket.
    pub(super) fn audit(tenant: TenantId, conversation: ConversationId, id: AuditId) -> Self {
        Self::new(Self::conversation(tenant, conversation), format!("{AUDIT}{id}"))
    }

    /// That a person's answer was sent, by the key that its sender gave it.
    pub(super) fn sent(tenant: TenantId, conversation: ConversationId, key: &str) -> Self {
        Self::new(Self::conversation(tenant, conversation), format!("SENT#{key}"))
    }

    /// Partition of the index that lists a tenant's tickets of one status.
    pub(super) fn by_status(tenant: TenantId, status: TicketStatus) -> String {
        format!("T#{tenant}#TICKET#{}", status.as_str())
    }

    /// Partition of the index that lists the turns of a later hour than the conversations they are of.
    pub(super) fn later_turns(tenant: TenantId) -> String {
        format!("T#{tenant}#LATER")
    }

    /// Partition of the index that lists the hand-overs that a model was paid for.
    pub(super) fn paid_handovers(tenant: TenantId) -> String {
        format!("T#{tenant}#HANDOVERS")
    }

    /// Partition of the index that lists all that was changed of a tenant's tickets.
    pub(super) fn all_audit(tenant: TenantId) -> String {
        format!("T#{tenant}#AUDIT")
    }

    // Bookings.

    pub(super) fn booking(tenant: TenantId, id: BookingId) -> Self {
        Self::new(format!("T#{tenant}#B#{id}"), "BOOKING")
    }

    pub(super) fn code(tenant: TenantId, code: &ConfirmationCode) -> Self {
        Self::new(format!("T#{tenant}#CODE#{code}"), "CODE")
    }

    pub(super) fn claims(tenant: TenantId, resource: ResourceId, day: Date) -> Self {
        Self::new(format!("T#{tenant}#R#{resource}"), format!("DAY#{day}"))
    }

    /// The calendars of a resource; in the partition of its days, and behind none of them in a read of days.
    pub(super) fn calendars(tenant: TenantId, resource: ResourceId) -> Self {
        Self::new(format!("T#{tenant}#R#{resource}"), "CALENDARS")
    }

    /// Partition of the index that lists a tenant's bookings by start.
    pub(super) fn by_day(tenant: TenantId) -> String {
        format!("T#{tenant}#DAY")
    }

    /// Partition of the index that lists one customer's bookings.
    pub(super) fn by_customer(tenant: TenantId, email: &Email) -> String {
        format!("T#{tenant}#E#{email}")
    }

    // The waitlist, beside the bookings.

    pub(super) fn entry(tenant: TenantId, id: WaitId) -> Self {
        Self::new(format!("T#{tenant}#WAIT#{id}"), "ENTRY")
    }

    /// A place in the line of a package. Places sort by their first day, so that the line of a few days is read
    /// in one stretch.
    pub(super) fn place(tenant: TenantId, package: PackageId, first: Date, id: WaitId) -> Self {
        Self::new(format!("T#{tenant}#LINE#{package}"), format!("{first}#{id}"))
    }

    /// What one email waits for.
    pub(super) fn wishes(tenant: TenantId, email: &Email) -> Self {
        Self::new(Self::by_customer(tenant, email), "WISHES")
    }

    /// Partition of the index that lists all who wait, by their first day.
    pub(super) fn all_waiting(tenant: TenantId) -> String {
        format!("T#{tenant}#WAITING")
    }

    // Records.

    /// Partition of what one webhook was told, and of how it fares.
    pub(super) fn deliveries(tenant: TenantId, webhook: WebhookId) -> String {
        format!("T#{tenant}#HOOK#{webhook}")
    }

    pub(super) fn delivery(tenant: TenantId, webhook: WebhookId, id: DeliveryId) -> Self {
        Self::new(Self::deliveries(tenant, webhook), format!("{DELIVERY}{id}"))
    }

    pub(super) fn health(tenant: TenantId, webhook: WebhookId) -> Self {
        Self::new(Self::deliveries(tenant, webhook), HEALTH)
    }

    // Counters.

    pub(super) fn meter(tenant: TenantId) -> Self {
        Self::new(format!("T#{tenant}"), "METER")
    }

    pub(super) fn day(tenant: TenantId, day: Date) -> Self {
        Self::new(format!("T#{tenant}"), format!("{DAY}{day}"))
    }

    pub(super) fn recount(tenant: TenantId, day: Date) -> Self {
        Self::new(format!("T#{tenant}"), format!("{RECOUNT}{day}"))
    }

    /// When something was last done by somebody, as codes mailed to one address.
    pub(super) fn window(tenant: TenantId, what: &str, who: &SecretHash) -> Self {
        Self::new(format!("T#{tenant}#W#{what}#{}", who.as_str()), LAST)
    }

    /// How often something was done by somebody in a window, as `202611231000`.
    pub(super) fn rate(tenant: TenantId, what: &str, who: &SecretHash, window: &str) -> Self {
        Self::new(format!("T#{tenant}#W#{what}#{}", who.as_str()), window)
    }

    /// Partition of the questions that nothing answered.
    pub(super) fn unanswered(tenant: TenantId) -> String {
        format!("T#{tenant}#UNANSWERED")
    }

    pub(super) fn question(tenant: TenantId, id: &QuestionId) -> Self {
        Self::new(Self::unanswered(tenant), id.to_string())
    }

    // Outbox.

    pub(super) fn event(tenant: TenantId, id: EventId) -> Self {
        Self::new(format!("T#{tenant}#EVENT#{id}"), EVENT)
    }

    pub(super) fn seen(tenant: TenantId, consumer: &str, what: &str) -> Self {
        Self::new(format!("T#{tenant}#SEEN#{consumer}"), what.to_owned())
    }
}

/// The conversation of a conversation's partition key, for rows that were found by an index.
pub(super) fn conversation_of(pk: &str) -> Option<&str> {
    pk.split_once("#C#").map(|(_, id)| id)
}

/// Tenant and booking of a booking's partition key, for rows that were found by their deadline.
pub(super) fn booking_of(pk: &str) -> Option<(&str, &str)> {
    pk.strip_prefix("T#")?.split_once("#B#")
}

/// Tenant and resource of a resource's partition key, for rows that were found by their deadline.
pub(super) fn resource_of(pk: &str) -> Option<(&str, &str)> {
    pk.strip_prefix("T#")?.split_once("#R#")
}

/// Tenant and webhook of a partition key of deliveries, for rows that were found by their deadline.
pub(super) fn webhook_of(pk: &str) -> Option<(&str, &str)> {
    pk.strip_prefix("T#")?.split_once("#HOOK#")
}
