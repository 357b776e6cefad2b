//! Escalating: the assistant asks for a person of its own accord, in the turn's own transaction.
//!
//! What counts as being sent away, and as failing, is decided in [`crate::domain::escalation`].

use super::answering::Draft;
use super::{Deps, Footing, Fresh};
use crate::app::handover::failed;
use crate::domain::escalation::failure::{TOOL_FAILURES, is_repeated, tool_in_circles};
use crate::domain::escalation::referral::refers;
use crate::domain::escalation::{Escalation, Source};
use crate::domain::id::EscalationId;
use crate::domain::message::{Answer, Outcome};
use crate::domain::proof::Proof;

/// Has a turn that was answered ask for a person where its visitor needs one and nobody was asked; true when the
/// visitor is yet to be told so.
pub(super) fn escalate(deps: Deps<'_>, fresh: &Fresh, answer: &Answer, draft: &mut Draft) -> bool {
    let conversation = &fresh.thread.conversation;
    let Some((source, reason)) = cause(fresh, answer, draft).filter(|(source, _)| conversation.is_news(*source)) else {
        return false;
    };
    if draft.effects.escalation.is_some() {
        return false;
    }
    let email = conversation.proven.as_ref().and_then(Proof::mailbox).cloned();
    let id = EscalationId::new(deps.ids.ulid(fresh.at));
    draft.effects.ask_for_person(Escalation::new(id, source, fresh.at).because(&reason).reachable_at(email));
    source != Source::Spend
}

/// What calls for a person in this turn, and why in words; none: nothing. An empty reason is the usual one.
fn cause(fresh: &Fresh, answer: &Answer, draft: &Draft) -> Option<(Source, String)> {
    let last = fresh.thread.turns.last();
    if fresh.footing == Footing::OverSpend {
        return Some((Source::Spend, String::new()));
    }
    if is_repeated(last.map(|turn| turn.outcome), draft.outcome) {
        return Some((Source::Failure, "The assistant could not answer twice in a row".to_owned()));
    }
    let before = last.map(failed).unwrap_or_default();
    if let Some(tool) = tool_in_circles(&before, &draft.effects.failed) {
        return Some((Source::Failure, format!("The assistant's tool {tool} failed {TOOL_FAILURES} times or more")));
    }
    (draft.outcome == Outcome::Answered && refers(&answer.text())).then(|| (Source::Words, String::new()))
}
