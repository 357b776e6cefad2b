//! Conversations: `pk = T#<tenant>#C#<conversation>`, `sk = ~META` and `~SUMMARY`.
//!
//! One descending read of the partition finds summary, meta and the newest turns.

use jiff::Timestamp;
use jiff::tz::TimeZone;
use serde::{Deserialize, Serialize};

use super::Store;
use super::error::{StoreError, corrupt};
use super::escalation::{requests_of, words_of};
use super::expression::{IntoValue as _, Item, Update};
use super::key::{INBOX_PK, INBOX_SK, Key, META, SUMMARY, TURN};
use super::proof::{ChallengeRow, proof_of};
use super::row::{at, ms, parse, ttl};
use super::table::{Action, Query, Written, item, read};
use super::turn::turn_of;
use crate::domain::clocks::zone_named;
use crate::domain::code::Challenge;
use crate::domain::conversation::{Conversation, Mode, Origin, mark};
use crate::domain::id::{ConversationId, MessageId, TenantId};
use crate::domain::message::Turn;
use crate::domain::money::MicroUsd;
use crate::domain::proof::Proof;
use crate::domain::secret::SecretHash;
use crate::domain::text::{Line, Note};

const WHAT: &str = "conversation";

/// How many turns the one read of a turn takes. While a turn has no more than 0.7 KB, they come to less than
/// 8 KB with meta and summary: two read units.
pub const READ_TURNS: usize = 9;

/// All rows of that read: summary, meta and the newest turns.
const READ: u16 = 2 + READ_TURNS as u16;

/// How long a conversation is kept after the visitor's last sign.
const KEPT_DAYS: i64 = 365;

/// The stored form. Renaming a field here is a migration.
#[derive(Serialize, Deserialize)]
struct Row {
    id: String,
    session: String,
    source: String,
    #[serde(default, skip_serializing_if = "String::is_empty")]
    page_url: String,
    #[serde(default, skip_serializing_if = "String::is_empty")]
    referrer: String,
    #[serde(default, skip_serializing_if = "String::is_empty")]
    visitor: String,
    #[serde(default, skip_serializing_if = "String::is_empty")]
    user: String,
    #[serde(default, skip_serializing_if = "String::is_empty")]
    locale: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    timezone: Option<String>,
    status: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    assignee: Option<String>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    labels: Vec<String>,
    /// Of the ticket. Rows that are older than tickets have the first.
    #[serde(default = "first_version")]
    version: u64,
    escalated: bool,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    requests: Vec<String>,
    mode: String,
    owner: u64,
    messages: u64,
    tokens: u64,
    /// Micro-dollars.
    cost: i64,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    proven: Option<String>,
    /// The only booking that the proof opens; none: every one of the address.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    proven_booking: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    contact: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    challenge: Option<ChallengeRow>,
    #[serde(default)]
    recent: Vec<String>,
    /// Milliseconds since the Unix epoch, as all times here.
    created_at: i64,
    active_at: i64,
    ttl: i64,
}

const fn first_version() -> u64 {
    1
}

#[derive(Serialize, Deserialize)]
struct SummaryRow {
    text: String,
    through: String,
    ttl: i64,
}

/// The turns that are no longer told verbatim, in short.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Summary {
    /// What they said.
    pub text: String,
    /// The newest turn in it.
    pub through: MessageId,
}

impl Summary {
    /// How long its text may be: with all around it the row stays below 1 KB, one write unit.
    pub const MAX_BYTES: usize = 880;
}

/// All that a turn needs to know of its conversation.
#[derive(Debug, Clone, PartialEq)]
pub struct Thread {
    /// The conversation.
    pub conversation: Conversation,
    /// What came before [`Thread::turns`].
    pub summary: Option<Summary>,
    /// The turns after the summary, oldest first.
    pub turns: Vec<Turn>,
}

impl From<&Conversation> for Row {
    fn from(c: &Conversation) -> Self {
        Self {
            id: c.id.to_string(),
            session: c.session.as_str().to_owned(),
            source: c.origin.source.as_str().to_owned(),
            page_url: c.origin.page_url.as_str().to_owned(),
            referrer: c.origin.referrer.as_str().to_owned(),
            visitor: c.origin.visitor.as_str().to_owned(),
            user: c.origin.user.as_str().to_owned(),
            locale: c.origin.locale.as_str().to_owned(),
            timezone: c.origin.timezone.as_ref().and_then(TimeZone::iana_name).map(str::to_owned),
            status: c.status.as_str().to_owned(),
            assignee: c.assignee.as_ref().map(ToString::to_string),
            labels: c.labels.iter().map(ToString::to_string).collect(),
            version: c.version,
            escalated: c.is_escalated,
            requests: words_of(&c.requests),
            mode: c.mode.as_str().to_owned(),
            owner: c.owner,
            messages: c.messages,
            tokens: c.tokens,
            cost: c.cost.get(),
            proven: c.proven.as_ref().map(|proof| proof.email().to_string()),
            proven_booking: c.proven.as_ref().and_then(Proof::only).map(|id| id.to_string()),
            contact: c.contact.as_ref().map(ToString::to_string),
            challenge: c.challenge.as_ref().map(ChallengeRow::from),
            recent: c.recent.clone(),
            created_at: ms(c.created_at),
            active_at: ms(c.active_at),
            ttl: expiry(c.active_at),
        }
    }
}

impl TryFrom<Row> for Conversation {
    type Error = StoreError;

    fn try_from(row: Row) -> Result<Self, StoreError> {
        Ok(Self {
            id: parse(&row.id, WHAT)?,
            session: SecretHash::stored(row.session),
            origin: Origin {
                source: parse(&row.source, WHAT)?,
                page_url: Note::cut(&row.page_url),
                referrer: Note::cut(&row.referrer),
                visitor: Note::cut(&row.visitor),
                user: Note::cut(&row.user),
                locale: Note::cut(&row.locale),
                timezone: row.timezone.as_deref().and_then(zone_named),
            },
            status: parse(&row.status, WHAT)?,
            assignee: row.assignee.as_deref().map(Line::new).transpose().map_err(corrupt(WHAT))?,
            labels: row.labels.iter().map(|label| parse(label, WHAT)).collect::<Result<_, _>>()?,
            version: row.version,
            is_escalated: row.escalated,
            requests: requests_of(&row.requests)?,
            mode: parse(&row.mode, WHAT)?,
            owner: row.owner,
            messages: row.messages,
            tokens: row.tokens,
            cost: MicroUsd::new(row.cost),
            proven: proof_of(row.proven.as_deref(), row.proven_booking.as_deref())?,
            contact: row.contact.as_deref().map(|email| parse(email, WHAT)).transpose()?,
            challenge: row.challenge.map(Challenge::try_from).transpose()?,
            recent: row.recent,
            created_at: at(row.created_at, WHAT)?,
            active_at: at(row.active_at, WHAT)?,
        })
    }
}

/// When a conversation whose visitor gave their last sign then may go, and what hangs on it.
pub(super) fn expiry(active_at: Timestamp) -> i64 {
    ttl(active_at) + KEPT_DAYS * 24 * 3_600
}

fn conversation_of(item: Item) -> Result<Conversation, StoreError> {
    read::<Row>(item, WHAT)?.try_into()
}

impl Store {
    /// Reads a conversation with its summary and the turns after it, in one round trip unless the
    /// turns since the last summary are unusually many. While a person has the conversation nobody is told
    /// of its turns, so only the newest are read.
    ///
    /// # Errors
    ///
    /// As every read: [`StoreError`].
    pub async fn find_thread(&self, tenant: TenantId, id: ConversationId) -> Result<Option<Thread>, StoreError> {
        let mut query = Query::partition(Key::conversation(tenant, id))
            .between("sk", TURN, format!("{SUMMARY}~"))
            .descending()
            .limit(READ);
        let (mut conversation, mut summary, mut turns) = (None, None::<Summary>, Vec::new());
        loop {
            let page = self.conversations.page(&query).await?;
            for found in page.items {
                match found.get("sk").and_then(|sk| sk.as_s().ok()).map(String::as_str) {
                    Some(META) => conversation = Some(conversation_of(found)?),
                    Some(SUMMARY) => {
                        let row: SummaryRow = read(found, "summary")?;
                        summary = Some(Summary { through: parse(&row.through, "summary")?, text: row.text });
                    }
                    _ => turns.push(turn_of(found)?),
                }
            }
            let told = |turn: &Turn| summary.as_ref().is_some_and(|summary| turn.id <= summary.through);
            let reached = turns.last().is_some_and(told);
            turns.retain(|turn| !told(turn));
            match page.next {
                Some(next) if !reached && conversation.as_ref().is_some_and(is_told) => query = query.after(Some(next)),
                _ => break,
            }
        }
        turns.reverse();
        Ok(conversation.map(|conversation| Thread { conversation, summary, turns }))
    }

    /// Reads a conversation without its turns.
    ///
    /// # Errors
    ///
    /// As every read: [`StoreError`].
    pub async fn find_conversation(
        &self,
        tenant: TenantId,
        id: ConversationId,
    ) -> Result<Option<Conversation>, StoreError> {
        let row: Option<Row> = self.conversations.find(&Key::meta(tenant, id), WHAT).await?;
        row.map(Conversation::try_from).transpose()
    }

    /// Keeps a new conversation.
    ///
    /// # Errors
    ///
    /// As every write: [`StoreError`]. A second one with the same id is a bug: ids are random.
    pub async fn begin_conversation(&self, tenant: TenantId, new: &Conversation) -> Result<(), StoreError> {
        let put = super::expression::Put::fresh(conversation_item(tenant, new)?);
        match self.conversations.put(&put).await? {
            Written::Done(_) => Ok(()),
            Written::Refused(_) => Err(corrupt(WHAT)("a conversation with this id exists")),
        }
    }

    /// Notes how far the visitor has read; an older mark changes nothing.
    ///
    /// # Errors
    ///
    /// As every write: [`StoreError`].
    pub async fn note_read(&self, tenant: TenantId, id: ConversationId, up_to: MessageId) -> Result<(), StoreError> {
        let update = Update::new(Key::meta(tenant, id))
            .set("read_to", up_to.to_string())
            .when_present("pk")
            .when_absent_or("read_to", "<", up_to.to_string());
        self.conversations.update(&update).await?;
        Ok(())
    }

    /// Ends a conversation: the visitor closed it. Repeating changes nothing.
    ///
    /// # Errors
    ///
    /// As every write: [`StoreError`].
    pub async fn end_conversation(
        &self,
        tenant: TenantId,
        id: ConversationId,
        now: Timestamp,
    ) -> Result<(), StoreError> {
        let update =
            Update::new(Key::meta(tenant, id)).set("mode", "ended").set("ended_at", ms(now)).when_present("pk");
        self.conversations.update(&update).await?;
        Ok(())
    }

    /// Keeps a summary, in the transaction of the turn that made it.
    pub(super) fn summarizing(
        &self,
        tenant: TenantId,
        id: ConversationId,
        summary: &Summary,
        now: Timestamp,
    ) -> Result<Action, StoreError> {
        let key = Key::summary(tenant, id);
        let row = SummaryRow { text: summary.text.clone(), through: summary.through.to_string(), ttl: expiry(now) };
        let put = super::expression::Put::new(item(&key, &row, "summary")?).when_absent_or(
            "through",
            "<",
            summary.through.to_string(),
        );
        self.conversations.putting(put)
    }
}

/// A whole new row, with its place in the inbox.
pub(super) fn conversation_item(tenant: TenantId, new: &Conversation) -> Result<Item, StoreError> {
    let mut row = item(&Key::meta(tenant, new.id), &Row::from(new), WHAT)?;
    row.insert(INBOX_PK.to_owned(), Key::by_status(tenant, new.status).into_value());
    row.insert(INBOX_SK.to_owned(), new.id.to_string().into_value());
    Ok(row)
}

/// Claims that the assistant may be told of the turns.
fn is_told(conversation: &Conversation) -> bool {
    conversation.mode == Mode::Assistant
}

/// What a turn changes of its conversation. Demands that nobody took the conversation and that the
/// same message was not answered meanwhile.
pub(super) fn turn_update(tenant: TenantId, before: &Conversation, turn: &Turn, now: Timestamp) -> Update {
    let recent = before.remembering(&turn.key).into_iter().map(aws_sdk_dynamodb::types::AttributeValue::S).collect();
    let usage = turn.cost.usage;
    let mark = mark(&turn.key).to_owned();
    Update::new(Key::meta(tenant, before.id))
        .set("recent", aws_sdk_dynamodb::types::AttributeValue::L(recent))
        .set("active_at", ms(now))
        .set("ttl", expiry(now))
        .add("messages", turn.messages())
        .add("tokens", usage.prompt() + usage.output)
        .add("cost", turn.cost.cost.get())
        .when("owner", "=", before.owner)
        .when_so(|terms| {
            let (recent, mark) = (terms.name("recent"), terms.value(mark));
            format!("NOT contains({recent}, {mark})")
        })
}

/// Demands that a conversation is as it was read in all that the day's figures count of it, so that each of them
/// counts it once: see [`crate::domain::figure::of_conversation`].
pub(super) fn unmoved(update: Update, before: &Conversation) -> Update {
    let update = update.when("status", "=", before.status.as_str()).when("escalated", "=", before.is_escalated);
    if before.messages == 0 { update.when("messages", "=", 0_u64) } else { update }
}
