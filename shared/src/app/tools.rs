//! The assistant's tools: what the model may ask for, and what each call does.
//!
//! No tool trusts the model: tenant, conversation and customer come from the request, never from tool
//! input. Reading tools (T1) run at once; tools that change something (T3) only prepare a proposal;
//! `verify_email` and `request_human_help` (T2) take effect with the turn. Wrong input is answered with a
//! clear sentence, never with a panic.

use aws_lc_rs::hmac;
use jiff::Timestamp;
use serde::de::DeserializeOwned;
use serde_json::{Value, json};

use crate::domain::business::BusinessContext;
use crate::domain::clocks::Clocks;
use crate::domain::code::Challenge;
use crate::domain::conversation::Conversation;
use crate::domain::escalation::Escalation;
use crate::domain::message::Citation;
use crate::domain::proof::Proof;
use crate::domain::proposal::Proposal;
use crate::ports::Ids;
use crate::store::Store;

mod book;
mod business;
mod help;
mod join;
mod manage;
mod schedule;
mod spec;

pub use spec::specs;

/// What a tool may read.
#[derive(Clone, Copy)]
pub struct Bench<'a> {
    /// Claims and bookings.
    pub store: &'a Store,
    /// New ids.
    pub ids: &'a dyn Ids,
    /// Signs slot ids.
    pub link_key: &'a hmac::Key,
    /// The tenant's context: says whose data this is.
    pub business: &'a BusinessContext,
    /// The conversation: says who asks.
    pub conversation: &'a Conversation,
    /// A short hash of the network address that they ask from; none: addresses are not counted.
    pub address: Option<&'a str>,
    /// The present.
    pub now: Timestamp,
}

/// What the tools of a turn have prepared. It takes effect when the turn is kept.
#[derive(Debug, Default)]
pub struct Effects {
    /// To be confirmed by the customer.
    pub proposals: Vec<Proposal>,
    /// A request for a person.
    pub escalation: Option<Escalation>,
    /// A code to be mailed.
    pub challenge: Option<Challenge>,
    /// What the visitor has proven in this turn: the tools that follow act on it.
    pub proof: Option<Proof>,
    /// What was searched for first in the help articles.
    pub searched: Option<String>,
    /// The articles that were found.
    pub sources: Vec<Citation>,
    /// The tools that failed, with repetitions.
    pub failed: Vec<String>,
}

/// The most proposals of one turn: more cards would only confuse.
const MAX_PROPOSALS: usize = 3;

/// A tool's result for the model: JSON text, or why not.
pub type ToolResult = Result<String, String>;

impl Bench<'_> {
    /// The clocks on which this visitor is told times.
    fn clocks(&self) -> Clocks<'_> {
        Clocks::new(&self.business.tenant.timezone, self.conversation.origin.timezone.as_ref())
    }
}

impl Effects {
    /// Asks for a person, once a turn: the first request of it stands.
    pub fn ask_for_person(&mut self, escalation: Escalation) {
        self.escalation.get_or_insert(escalation);
    }

    fn propose(&mut self, proposal: Proposal) -> ToolResult {
        if MAX_PROPOSALS <= self.proposals.len() {
            return Err("There are enough cards in this answer. Let the visitor decide on those first.".to_owned());
        }
        let result = json!({
            "proposalId": proposal.id.to_string(),
            "message": "A card is shown to the visitor. Nothing has changed yet: it happens only when the visitor presses Confirm.",
        });
        self.proposals.push(proposal);
        Ok(result.to_string())
    }
}

/// Claims that there is such a tool.
#[must_use]
pub fn is_known(name: &str) -> bool {
    spec::NAMES.contains(&name)
}

/// Runs one call of the model.
///
/// # Errors
///
/// A sentence for the model: unknown tool, wrong input, or a rule that says no.
pub async fn run(bench: &Bench<'_>, effects: &mut Effects, name: &str, input: &Value) -> ToolResult {
    match name {
        "list_packages" => input_of::<Nothing>(input).map(|_| business::packages(bench)),
        "get_business_info" => input_of::<Nothing>(input).map(|_| business::info(bench)),
        "search_help" => help::search(bench, effects, &input_of(input)?),
        "check_availability" => schedule::check(bench, &input_of(input)?).await,
        "book_package" => book::propose(bench, effects, &input_of(input)?).await,
        "get_my_bookings" => {
            input_of::<Nothing>(input)?;
            manage::list(bench, effects).await
        }
        "cancel_booking" => manage::propose_cancel(bench, effects, &input_of(input)?).await,
        "reschedule_booking" => manage::propose_reschedule(bench, effects, &input_of(input)?).await,
        "join_waitlist" => join::propose(bench, effects, &input_of(input)?).await,
        "verify_email" => help::verify_email(bench, effects, &input_of(input)?).await,
        "request_human_help" => help::request_person(bench, effects, &input_of(input)?),
        _ => Err("There is no such tool.".to_owned()),
    }
}

/// A tool without input.
#[derive(serde::Deserialize)]
#[serde(deny_unknown_fields)]
struct Nothing {}

fn input_of<T: DeserializeOwned>(input: &Value) -> Result<T, String> {
    T::deserialize(input).map_err(|error| format!("The input is wrong: {error}."))
}

/// What the model is told when the store does not answer. The cause is logged, not told.
fn store_failed(error: crate::store::StoreError) -> String {
    tracing::warn!(error = %crate::domain::chain::Chain(&error), "a tool could not read");
    "This cannot be looked up right now. Please ask the visitor to try again in a moment.".to_owned()
}
