//! Answering: model, tools, model, at most [`ROUNDS`] times. Has no effect by itself: what the tools
//! prepare is kept with the turn, or not at all.

use std::time::Duration;

use super::admission::ROUNDS;
use super::prompt::{about_business, about_visit};
use super::words::{Occasion, say};
use super::{Deps, Footing, Fresh, Heard, Shown};
use super::{escalating, history};
use crate::app::tools::{self, Bench, Effects};
use crate::clients::claude::{Answer as ModelAnswer, Block, ModelError, Prompt, PromptMessage, Stop, SystemBlock};
use crate::domain::injection;
use crate::domain::ledger::Usage;
use crate::domain::message::{Answer, Outcome, Piece};
use crate::store::conversation::Summary;

/// An answer that is not kept yet.
pub(super) struct Draft {
    pub(super) answer: Answer,
    pub(super) outcome: Outcome,
    pub(super) exchange: Vec<PromptMessage>,
    pub(super) summary: Option<Summary>,
    pub(super) effects: Effects,
    pub(super) calls: Vec<Usage>,
    pub(super) tools: Vec<String>,
    pub(super) first_token: Option<Duration>,
    pub(super) total: Duration,
}

/// An answer in the making, and who hears it.
struct Making<'a> {
    answer: Answer,
    heard: &'a mut (dyn FnMut(Heard) + Send),
}

impl Making<'_> {
    fn show(&mut self, piece: Piece, shown: Shown) {
        let place = self.answer.push(piece);
        (self.heard)(Heard { place, shown });
    }

    fn text(&mut self, text: &str) {
        self.show(Piece::Text(text.to_owned()), Shown::Text(text.to_owned()));
    }

    /// A sentence of our own, apart from words that stand right before it.
    fn sentence(&mut self, sentence: &str) {
        let follows_words = matches!(self.answer.pieces().last(), Some(Piece::Text(_)));
        if follows_words { self.text(&format!("\n\n{sentence}")) } else { self.text(sentence) }
    }
}

/// How one call of the model went on.
enum Next {
    /// Another round.
    Again,
    /// The answer is complete.
    Done(Outcome),
}

/// Answers `fresh`. Cannot fail: whatever happens to the model, the visitor gets a sentence.
pub(super) async fn answer(deps: Deps<'_>, fresh: &Fresh, heard: &mut (dyn FnMut(Heard) + Send)) -> Draft {
    let started = tokio::time::Instant::now();
    let locale = visitor_locale(fresh);
    let mut making = Making { answer: Answer::default(), heard };
    let mut draft = Draft {
        answer: Answer::default(),
        outcome: Outcome::Silent,
        exchange: Vec::new(),
        summary: None,
        effects: Effects::default(),
        calls: Vec::new(),
        tools: Vec::new(),
        first_token: None,
        total: Duration::ZERO,
    };
    match fresh.footing {
        Footing::Person => {}
        Footing::OverSpend => {
            making.sentence(say(Occasion::HandedOver, &locale));
            making.show(Piece::Handoff, Shown::Handoff);
            draft.outcome = Outcome::HandedOver;
        }
        Footing::Assistant if injection::detect(&fresh.said).is_attack() => {
            making.sentence(say(Occasion::Neutral, &locale));
            draft.outcome = Outcome::Deflected;
        }
        Footing::Assistant => {
            let conversing = converse(deps, fresh, &mut making, &mut draft, &locale);
            let (folded, ()) = tokio::join!(history::fold(deps.claude, fresh), conversing);
            draft.summary = folded.summary;
            draft.calls.extend(folded.calls);
        }
    }
    if escalating::escalate(deps, fresh, &making.answer, &mut draft) {
        making.show(Piece::Handoff, Shown::Handoff);
    }
    draft.answer = making.answer;
    draft.total = started.elapsed();
    draft
}

async fn converse(deps: Deps<'_>, fresh: &Fresh, making: &mut Making<'_>, draft: &mut Draft, locale: &str) {
    let messages = history::tell(fresh);
    let (conversation, summary) = (&fresh.thread.conversation, fresh.thread.summary.as_ref());
    let settings = &fresh.business.tenant.assistant;
    let specs = tools::specs();
    let system = vec![
        SystemBlock::stable(about_business(&fresh.business)),
        SystemBlock::fresh(about_visit(&fresh.business, conversation, summary, fresh.at)),
    ];
    draft.outcome = Outcome::Fallback;
    for round in 0..ROUNDS {
        let mut told = messages.clone();
        told.push(PromptMessage::user(&fresh.said));
        told.extend(draft.exchange.iter().cloned());
        let prompt = Prompt {
            model: settings.model.as_str(),
            max_tokens: settings.max_tokens,
            temperature: settings.temperature_hundredths.map(|hundredths| f32::from(hundredths) / 100.0),
            system: system.clone(),
            tools: &specs,
            messages: told,
        };
        let answered = deps.claude.answer(&prompt, &mut |text| making.text(text)).await;
        let next = match answered {
            Ok(answer) => go_on(deps, fresh, making, draft, answer, locale).await,
            Err(error) => {
                give_up(making, draft, error, locale);
                Next::Done(Outcome::Fallback)
            }
        };
        match next {
            Next::Done(outcome) => {
                draft.outcome = outcome;
                return;
            }
            Next::Again if round + 1 == ROUNDS => making.sentence(say(Occasion::Circles, locale)),
            Next::Again => {}
        }
    }
    // The last message of the exchange is a tool's: the sentence above closes it.
    draft.exchange.push(PromptMessage::assistant(say(Occasion::Circles, locale)));
}

/// Takes an answer of the model: runs its tools, or ends the turn.
async fn go_on(
    deps: Deps<'_>,
    fresh: &Fresh,
    making: &mut Making<'_>,
    draft: &mut Draft,
    answer: ModelAnswer,
    locale: &str,
) -> Next {
    draft.calls.extend(&answer.calls);
    if draft.first_token.is_none() {
        draft.first_token = answer.first_token;
    }
    match answer.stop {
        Stop::ToolUse if answer.tool_calls().next().is_some() => {
            let results = run_tools(deps, fresh, making, draft, &answer).await;
            draft.exchange.push(PromptMessage::answered(answer.blocks));
            draft.exchange.push(PromptMessage::results(results));
            Next::Again
        }
        Stop::PauseTurn if !answer.blocks.is_empty() => {
            draft.exchange.push(PromptMessage::answered(answer.blocks));
            draft.exchange.push(PromptMessage::user("Please go on."));
            Next::Again
        }
        Stop::EndTurn | Stop::Unknown(_) | Stop::PauseTurn if !answer.text().trim().is_empty() => {
            draft.exchange.push(PromptMessage::answered(words_of(answer.blocks)));
            Next::Done(Outcome::Answered)
        }
        Stop::MaxTokens => {
            let sentence = say(Occasion::CutShort, locale);
            making.sentence(sentence);
            close(draft, answer, sentence);
            Next::Done(if 0 < making.answer.places() { Outcome::Fallback } else { Outcome::Silent })
        }
        Stop::Refusal => {
            // A refused answer must not go back into the conversation.
            making.sentence(say(Occasion::Neutral, locale));
            draft.exchange.clear();
            Next::Done(Outcome::Fallback)
        }
        _ => {
            let sentence = say(Occasion::Unavailable, locale);
            making.sentence(sentence);
            close(draft, answer, sentence);
            Next::Done(Outcome::Fallback)
        }
    }
}

/// Ends the exchange with what was said and our own sentence.
fn close(draft: &mut Draft, answer: ModelAnswer, sentence: &str) {
    let mut blocks = words_of(answer.blocks);
    blocks.push(Block::Text { text: sentence.to_owned() });
    draft.exchange.push(PromptMessage::answered(blocks));
}

fn words_of(blocks: Vec<Block>) -> Vec<Block> {
    blocks.into_iter().filter(|block| matches!(block, Block::Text { .. })).collect()
}

async fn run_tools(
    deps: Deps<'_>,
    fresh: &Fresh,
    making: &mut Making<'_>,
    draft: &mut Draft,
    answer: &ModelAnswer,
) -> Vec<Block> {
    let mut results = Vec::new();
    for call in answer.tool_calls() {
        let bench = Bench {
            store: deps.store,
            ids: deps.ids,
            link_key: deps.link_key,
            business: &fresh.business,
            conversation: &fresh.thread.conversation,
            address: fresh.address.as_deref(),
            now: fresh.at,
        };
        let before = (draft.effects.proposals.len(), draft.effects.escalation.is_some());
        let result = tools::run(&bench, &mut draft.effects, call.name, call.input).await;
        draft.tools.push(crate::domain::text::cut(call.name, 64).to_owned());
        if tools::is_known(call.name) {
            making.show(Piece::Tool(call.name.to_owned()), Shown::Tool(call.name.to_owned()));
        }
        for proposal in draft.effects.proposals.iter().skip(before.0) {
            making.show(Piece::Proposal(proposal.id), Shown::Proposal(Box::new(proposal.clone())));
        }
        if !before.1 && draft.effects.escalation.is_some() {
            making.show(Piece::Handoff, Shown::Handoff);
        }
        results.push(match result {
            Ok(content) => Block::result(call.id, content),
            Err(reason) => {
                draft.effects.failed.push(crate::domain::text::cut(call.name, 64).to_owned());
                Block::failure(call.id, reason)
            }
        });
    }
    results
}

/// Says something kind when the model did not answer, and keeps what it had said and used.
fn give_up(making: &mut Making<'_>, draft: &mut Draft, error: ModelError, locale: &str) {
    tracing::warn!(error = %crate::domain::chain::Chain(&error), "the model did not answer");
    let occasion = match error {
        ModelError::Interrupted { partial, .. } => {
            draft.calls.extend(partial.calls);
            if draft.first_token.is_none() {
                draft.first_token = partial.first_token;
            }
            if partial.text.is_empty() { Occasion::Unavailable } else { Occasion::Interrupted }
        }
        _ => Occasion::Unavailable,
    };
    making.sentence(say(occasion, locale));
    // What was said is told to the model as the visitor saw it, without the broken exchange.
    draft.exchange.clear();
}

pub(super) fn visitor_locale(fresh: &Fresh) -> String {
    let said = fresh.thread.conversation.origin.locale.as_str();
    if said.is_empty() { fresh.business.tenant.locale.to_string() } else { said.to_owned() }
}
