//! `search_help`, `verify_email` and `request_human_help`.

use serde::Deserialize;
use serde_json::json;

use super::{Bench, Effects, ToolResult, store_failed};
use crate::app::verification::{self, Asker, Pair, may_mail, shown};
use crate::domain::address::Email;
use crate::domain::code::Challenge;
use crate::domain::escalation::{Escalation, Source};
use crate::domain::fence::fence;
use crate::domain::id::{BookingId, EscalationId};
use crate::domain::message::Citation;
use crate::domain::proof::Proof;
use crate::domain::text::cut;

/// How much of a question counts, in characters.
const QUESTION: usize = 300;
/// What the model is told when no article answers.
const NOTHING: &str = "No article answers this. Unless another tool does, say that you do not know and offer to ask the team (request_human_help). Do not answer from what you know of businesses in general.";

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Search {
    query: String,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
pub(super) struct Verify {
    email: String,
    confirmation_code: Option<String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Person {
    reason: String,
}

/// Tells the passages that answer, each to be cited by its article's title; the model is told as plainly that there
/// are none.
pub(super) fn search(bench: &Bench<'_>, effects: &mut Effects, wish: &Search) -> ToolResult {
    let question = cut(&wish.query, QUESTION);
    effects.searched.get_or_insert_with(|| question.to_owned());
    let found = bench.business.articles.search(question);
    if found.is_empty() {
        return Ok(json!({ "articles": [], "message": NOTHING }).to_string());
    }
    let told: Vec<_> = found
        .iter()
        .map(|found| {
            let citation = Citation { article: found.article.id, title: found.article.title.to_string() };
            let told = json!({ "title": citation.title, "text": fence("article", &found.passages.join("\n\n")) });
            if !effects.sources.contains(&citation) {
                effects.sources.push(citation);
            }
            told
        })
        .collect();
    Ok(json!({ "articles": told }).to_string())
}

/// Prepares a code, or takes a confirmation code. Says the same whether or not the address is known, and also
/// when no more codes are mailed to it this hour, so that nothing is learnt about an address.
pub(super) async fn verify_email(bench: &Bench<'_>, effects: &mut Effects, wish: &Verify) -> ToolResult {
    let email: Email =
        wish.email.parse().map_err(|_| "That is not an email address. Ask the visitor again.".to_owned())?;
    match wish.confirmation_code.as_deref() {
        Some(code) => take_code(bench, effects, &email, code).await,
        None => mail_code(bench, effects, email).await,
    }
}

async fn mail_code(bench: &Bench<'_>, effects: &mut Effects, email: Email) -> ToolResult {
    let tenant = bench.business.tenant.id;
    if effects.challenge.is_none()
        && may_mail(bench.store, tenant, asker(bench), &email, bench.now).await.map_err(unproven)?
    {
        effects.challenge = Some(Challenge::new(email, bench.ids.secret(), bench.now));
    }
    let message = "If mail can be sent to that address, a six-digit code is on its way. The visitor types it into the field that the chat shows.";
    Ok(json!({ "message": message }).to_string())
}

async fn take_code(bench: &Bench<'_>, effects: &mut Effects, email: &Email, code: &str) -> ToolResult {
    let pair = Pair { email, code, at: bench.now };
    let nobody = BookingId::new(bench.ids.ulid(bench.now));
    let proof = shown(bench.store, bench.business.tenant.id, asker(bench), pair, nobody).await.map_err(unproven)?;
    effects.proof = Some(proof.beside(effects.proof.as_ref()));
    let message = "The booking of that confirmation code is open to the visitor now. Use get_my_bookings.";
    Ok(json!({ "message": message }).to_string())
}

const fn asker<'a>(bench: &Bench<'a>) -> Asker<'a> {
    Asker { conversation: bench.conversation, address: bench.address }
}

/// Why nothing is proven, for the model to pass on.
fn unproven(error: verification::Error) -> String {
    match error {
        verification::Error::Store(error) => store_failed(error),
        verification::Error::Limited(_) => {
            "That was tried too often. The visitor can try again in an hour, or ask for a person.".to_owned()
        }
        verification::Error::Wrong | verification::Error::Spent => {
            "That email and that confirmation code do not belong together. The visitor may check both, or prove the email by a mailed code (verify_email without confirmationCode).".to_owned()
        }
    }
}

pub(super) fn request_person(bench: &Bench<'_>, effects: &mut Effects, wish: &Person) -> ToolResult {
    if !bench.conversation.may_request(bench.now) {
        let message = "The team has been asked already and will get back to the visitor. Asking again changes nothing.";
        return Ok(json!({ "message": message }).to_string());
    }
    let email = bench.conversation.proven.as_ref().and_then(Proof::mailbox).cloned();
    let asked = Escalation::new(EscalationId::new(bench.ids.ulid(bench.now)), Source::Tool, bench.now);
    effects.ask_for_person(asked.because(&wish.reason).reachable_at(email));
    let open = bench.business.hours.is_open(bench.now, &bench.business.tenant.timezone);
    let message = if open {
        "The team has been told and will get back to the visitor."
    } else {
        "The business is closed now; the team has been told and will get back to the visitor when it opens."
    };
    Ok(json!({ "message": message }).to_string())
}
