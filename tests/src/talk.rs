//! Turns straight into the store, as the chat keeps them: for suites that need many, or on other days.

use std::time::Duration;

use jiff::Timestamp;
use shared::domain::conversation::{Conversation, Origin};
use shared::domain::figure::{Count, of_conversation, of_turn};
use shared::domain::id::{ConversationId, MessageId, TenantId};
use shared::domain::ledger::{PRICE_VERSION, TurnCost, Usage};
use shared::domain::message::{Answer, Outcome, Piece, Turn};
use shared::domain::money::MicroUsd;
use shared::domain::secret::SessionId;
use shared::domain::tenant::Limits;
use shared::runtime::Services;
use shared::store::meter::Ask;
use shared::store::turn::{Kept, TurnWrite};

/// What a turn of [`say`] costs, in micro-dollars.
pub const COST: u64 = 505;

/// Something that a visitor says, and that is answered.
#[derive(Debug, Clone)]
pub struct Said<'a> {
    /// Names the message: no two of a business are the same.
    pub key: &'a str,
    /// The words.
    pub text: &'a str,
    /// When.
    pub at: Timestamp,
    /// How long the answer takes.
    pub took: Duration,
    /// What is counted besides.
    pub rest: Vec<Count>,
}

impl<'a> Said<'a> {
    /// `text` at `at`, and nothing besides.
    #[must_use]
    pub fn new(key: &'a str, text: &'a str, at: Timestamp) -> Self {
        Self { key, text, at, took: Duration::from_secs(1), rest: Vec::new() }
    }
}

/// Limits that stand in nobody's way.
fn generous() -> Limits {
    Limits { messages_per_hour: 1_000_000, spend_per_month: MicroUsd::new(1_000_000_000_000), ..Limits::default() }
}

/// Keeps a turn: of a new conversation, or the next one of `before`. Returns which conversation it is of.
pub async fn say(
    services: &Services,
    tenant: TenantId,
    before: Option<ConversationId>,
    said: Said<'_>,
) -> ConversationId {
    let (store, ids, Said { key, text, at, took, rest }) = (&services.store, &services.ids, said);
    let conversation = match before {
        Some(id) => store.find_conversation(tenant, id).await.unwrap().unwrap(),
        None => {
            let session = SessionId::new(ConversationId::new(ids.ulid(at)), ids.secret());
            Conversation::begin(&session, Origin::default(), at)
        }
    };
    let ask = Ask { turn: key, address: None, limits: generous(), amount: MicroUsd::new(1_000), now: at };
    let admitted = store.admit_turn(tenant, &ask).await.unwrap().unwrap();
    let turn = Turn {
        id: MessageId::new(ids.ulid(at)),
        answer_id: MessageId::new(ids.ulid(at)),
        key: key.to_owned(),
        said: text.to_owned(),
        at,
        answer: [Piece::Text("Yes.".to_owned())].into_iter().collect::<Answer>(),
        exchange: None,
        sources: Vec::new(),
        outcome: Outcome::Answered,
        cost: TurnCost {
            usage: Usage { input: 100, output: 20, cache_read: 3_000, cache_write: 4 },
            model: "claude-haiku-4-5".to_owned(),
            price_version: PRICE_VERSION.to_owned(),
            cost: MicroUsd::new(i64::try_from(COST).unwrap()),
            first_token: None,
            total: took,
            tools: Vec::new(),
        },
    };
    let after = Conversation { messages: conversation.messages + 2, ..conversation.clone() };
    let counts = [of_turn(&turn), of_conversation(&conversation, &after), rest].concat();
    let write = TurnWrite {
        conversation: &conversation,
        is_new: before.is_none(),
        turn: &turn,
        summary: None,
        proposals: &[],
        escalation: None,
        challenge: None,
        proof: None,
        unanswered: None,
        status: None,
        settled: &admitted.settle(turn.cost.cost, &counts),
        events: &[],
        now: at,
    };
    assert_eq!(store.keep_turn(tenant, &write).await.unwrap(), Kept::Yes);
    conversation.id
}
