//! Turns: `pk = T#<tenant>#C#<conversation>`, `sk = TURN#<message>`. One item is the visitor's words,
//! the answer and the ledger's entry, since a transaction pays double for each item.
//!
//! Everything a turn does happens in the one transaction here, or not at all.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::Store;
use super::conversation::{Summary, conversation_item, turn_update, unmoved};
use super::error::{StoreError, corrupt};
use super::escalation::escalated;
use super::expression::{IntoValue as _, Item, Put};
use super::key::{INBOX_PK, INBOX_SK, Key, TURN};
use super::ledger::LedgerRow;
use super::meter::Settled;
use super::proof::{proving, value_of};
use super::row::{at, ms, parse, ttl};
use super::table::{Transacted, item, read};
use super::ticket::placed;
use crate::domain::audit::{Actor, Altered, Entry, Field};
use crate::domain::code::Challenge;
use crate::domain::conversation::{Conversation, TicketStatus};
use crate::domain::escalation::Escalation;
use crate::domain::event::Event;
use crate::domain::id::{AuditId, ConversationId, TenantId};
use crate::domain::message::{Answer, Citation, Outcome, Piece, Turn};
use crate::domain::proof::Proof;
use crate::domain::proposal::Proposal;
use crate::domain::recount::is_later;
use crate::domain::unanswered::Unanswered;
use crate::ports::trace;

mod hours;
mod list;

pub(super) use hours::{before, least, listed_at};

const WHAT: &str = "turn";

/// How long a turn is kept.
const KEPT_DAYS: i64 = 365;

/// The stored form. Renaming a field here is a migration.
#[derive(Serialize, Deserialize)]
struct Row {
    /// Names the visitor's message.
    #[serde(skip_serializing)]
    sk: String,
    answer_id: String,
    /// None: the message's own id.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    key: Option<String>,
    said: String,
    /// Milliseconds since the Unix epoch.
    at: i64,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    answer: Vec<PieceRow>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    exchange: Option<String>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    cited: Vec<CitationRow>,
    outcome: String,
    ledger: LedgerRow,
    ttl: i64,
}

#[derive(Serialize, Deserialize)]
struct CitationRow {
    article: String,
    title: String,
}

#[derive(Serialize, Deserialize)]
enum PieceRow {
    #[serde(rename = "x")]
    Text(String),
    #[serde(rename = "t")]
    Tool(String),
    #[serde(rename = "p")]
    Proposal(String),
    #[serde(rename = "h")]
    Handoff(bool),
}

impl From<&Turn> for Row {
    fn from(turn: &Turn) -> Self {
        let pieces = turn.answer.pieces().iter().map(|piece| match piece {
            Piece::Text(text) => PieceRow::Text(text.clone()),
            Piece::Tool(name) => PieceRow::Tool(name.clone()),
            Piece::Proposal(id) => PieceRow::Proposal(id.to_string()),
            Piece::Handoff => PieceRow::Handoff(true),
        });
        let id = turn.id.to_string();
        Self {
            sk: String::new(),
            answer_id: turn.answer_id.to_string(),
            key: (turn.key != id).then(|| turn.key.clone()),
            said: turn.said.clone(),
            at: ms(turn.at),
            answer: pieces.collect(),
            exchange: turn.exchange.clone(),
            cited: turn.sources.iter().map(CitationRow::from).collect(),
            outcome: turn.outcome.as_str().to_owned(),
            ledger: LedgerRow::from(&turn.cost),
            ttl: ttl(turn.at) + KEPT_DAYS * 24 * 3_600,
        }
    }
}

impl TryFrom<Row> for Turn {
    type Error = StoreError;

    fn try_from(row: Row) -> Result<Self, StoreError> {
        let piece = |piece| {
            Ok::<_, StoreError>(match piece {
                PieceRow::Text(text) => Piece::Text(text),
                PieceRow::Tool(name) => Piece::Tool(name),
                PieceRow::Proposal(id) => Piece::Proposal(parse(&id, WHAT)?),
                PieceRow::Handoff(_) => Piece::Handoff,
            })
        };
        let id = row.sk.strip_prefix(TURN).ok_or_else(|| corrupt(WHAT)("not the key of a turn"))?;
        Ok(Self {
            id: parse(id, WHAT)?,
            answer_id: parse(&row.answer_id, WHAT)?,
            key: row.key.unwrap_or_else(|| id.to_owned()),
            said: row.said,
            at: at(row.at, WHAT)?,
            answer: row.answer.into_iter().map(piece).collect::<Result<Answer, _>>()?,
            exchange: row.exchange,
            sources: row.cited.into_iter().map(Citation::try_from).collect::<Result<_, _>>()?,
            outcome: Outcome::stored(&row.outcome).ok_or_else(|| corrupt(WHAT)("unknown outcome"))?,
            cost: row.ledger.into(),
        })
    }
}

impl From<&Citation> for CitationRow {
    fn from(citation: &Citation) -> Self {
        Self { article: citation.article.to_string(), title: citation.title.clone() }
    }
}

impl TryFrom<CitationRow> for Citation {
    type Error = StoreError;

    fn try_from(row: CitationRow) -> Result<Self, StoreError> {
        Ok(Self { article: parse(&row.article, WHAT)?, title: row.title })
    }
}

pub(super) fn turn_of(item: Item) -> Result<Turn, StoreError> {
    read::<Row>(item, WHAT)?.try_into()
}

/// Everything that one turn does.
#[derive(Debug)]
pub struct TurnWrite<'a> {
    /// The conversation as it was read, or the new one.
    pub conversation: &'a Conversation,
    /// Whether the conversation begins with this turn.
    pub is_new: bool,
    /// The turn.
    pub turn: &'a Turn,
    /// A newer summary of what came before.
    pub summary: Option<&'a Summary>,
    /// What the customer is asked to confirm.
    pub proposals: &'a [Proposal],
    /// A request for a person.
    pub escalation: Option<&'a Escalation>,
    /// A code to be mailed.
    pub challenge: Option<&'a Challenge>,
    /// What the visitor has proven by it.
    pub proof: Option<&'a Proof>,
    /// What the visitor asked that nothing answered.
    pub unanswered: Option<&'a Unanswered>,
    /// Where the ticket goes, if it moves.
    pub status: Option<TicketStatus>,
    /// What to give back of the reservation, and what to count.
    pub settled: &'a Settled,
    /// What others act on.
    pub events: &'a [Event],
    /// When it ends.
    pub now: Timestamp,
}

/// How keeping a turn ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kept {
    /// All of it is kept.
    Yes,
    /// Somebody took the conversation or moved its ticket meanwhile, or the same message was answered elsewhere, or
    /// the reservation was taken over: nothing of it is kept.
    Overtaken,
}

impl Store {
    /// Keeps a turn with all its effects in one transaction.
    ///
    /// Repeating it is safe because the turn's key is demanded to be new.
    ///
    /// # Errors
    ///
    /// As every write: [`StoreError`].
    pub async fn keep_turn(&self, tenant: TenantId, write: &TurnWrite<'_>) -> Result<Kept, StoreError> {
        let before = write.conversation;
        let mut actions = vec![self.conversations.putting(Put::fresh(turn_item(tenant, before.id, write.turn)?))?];
        if write.is_new {
            actions.push(self.conversations.putting(Put::fresh(conversation_item(tenant, &first(write))?))?);
        } else {
            let mut update = turn_update(tenant, before, write.turn, write.now);
            update = unmoved(update, before);
            if let Some(status) = write.status {
                // The ticket moves, so whoever changes it at the same time must hear of it.
                update = placed(update, tenant, before.id, status).set("version", before.version + 1).when_absent_or(
                    "version",
                    "=",
                    before.version,
                );
            }
            if let Some(escalation) = write.escalation {
                update = escalated(update, before, escalation);
            }
            if let Some(challenge) = write.challenge {
                update = update.set("challenge", value_of(challenge)?);
            }
            if let Some(proof) = write.proof {
                update = proving(update, proof);
            }
            actions.push(self.conversations.updating(update)?);
        }
        actions.push(self.settling(tenant, write.settled)?);
        if let Some(status) = write.status {
            actions.push(self.auditing(tenant, &moved_to(write, status))?);
        }
        for proposal in write.proposals {
            actions.push(self.proposing(tenant, before.id, proposal)?);
        }
        if let Some(escalation) = write.escalation {
            actions.push(self.escalating(tenant, before.id, escalation)?);
        }
        if let Some(question) = write.unanswered {
            actions.push(self.noting(tenant, question, write.now)?);
        }
        for event in write.events {
            actions.push(self.announcing(event)?);
        }
        let kept = match write.summary {
            None => self.conversations.transact(actions).await?,
            Some(summary) => {
                let summarizing = self.summarizing(tenant, before.id, summary, write.now)?;
                let others = actions.len();
                let with_summary = actions.iter().cloned().chain([summarizing]).collect();
                match self.conversations.transact(with_summary).await? {
                    // Another turn of this conversation has folded as far meanwhile: its summary stands.
                    Transacted::Refused(refused) if refused.iter().take(others).all(Option::is_none) => {
                        self.conversations.transact(actions).await?
                    }
                    kept => kept,
                }
            }
        };
        match kept {
            Transacted::Done => {
                write.events.iter().for_each(trace::announced);
                Ok(Kept::Yes)
            }
            Transacted::Refused(_) => Ok(Kept::Overtaken),
        }
    }
}

/// A whole new row. One of a later hour than its conversation is listed in the index, so that an hour's turns are found.
pub(super) fn turn_item(tenant: TenantId, conversation: ConversationId, turn: &Turn) -> Result<Item, StoreError> {
    let mut row = item(&Key::turn(tenant, conversation, turn.id), &Row::from(turn), WHAT)?;
    if is_later(conversation, turn.at) {
        row.insert(INBOX_PK.to_owned(), Key::later_turns(tenant).into_value());
        row.insert(INBOX_SK.to_owned(), listed_at(turn.at, turn.id.ulid()).into_value());
    }
    Ok(row)
}

/// What the audit trail tells of a turn that moves its ticket.
fn moved_to(write: &TurnWrite<'_>, status: TicketStatus) -> Entry {
    let altered = Altered {
        what: Field::Status,
        from: write.conversation.status.as_str().to_owned(),
        to: status.as_str().to_owned(),
    };
    Entry {
        id: AuditId::new(write.turn.answer_id.ulid()),
        conversation: write.conversation.id,
        by: Actor::Assistant,
        at: write.now,
        altered: vec![altered],
    }
}

/// The conversation as its first turn leaves it.
fn first(write: &TurnWrite<'_>) -> Conversation {
    let mut begun = write.conversation.clone();
    let usage = write.turn.cost.usage;
    begun.messages = write.turn.messages().unsigned_abs();
    begun.tokens = usage.prompt() + usage.output;
    begun.cost = write.turn.cost.cost;
    begun.recent = begun.remembering(&write.turn.key);
    begun.active_at = write.now;
    begun.is_escalated = write.escalation.is_some();
    begun.requests = write.escalation.map(|escalation| begun.requesting(escalation.id)).unwrap_or_default();
    begun.contact = write.escalation.and_then(|escalation| escalation.email.clone());
    begun.challenge = write.challenge.cloned();
    begun.proven = write.proof.cloned().or(begun.proven);
    if let Some(status) = write.status {
        begun.status = status;
        begun.version += 1;
    }
    begun
}
