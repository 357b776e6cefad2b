//! `search_help`, `verify_email` and `request_human_help`.

use jiff::tz::TimeZone;
use serde::Deserialize;
use serde_json::json;

use super::{Bench, Effects, ToolResult, store_failed};
use crate::domain::address::Email;
use crate::domain::article;
use crate::domain::code::Challenge;
use crate::domain::fence::fence;
use crate::domain::secret::SecretHash;
use crate::domain::text::cut;

/// How many articles are told at once, and how much of each.
const ARTICLES: usize = 3;
const ARTICLE_CHARS: usize = 2_000;

/// How many codes are mailed to one address in an hour.
pub(crate) const CODES_PER_HOUR: u32 = 3;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Search {
    query: String,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Verify {
    email: String,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Person {
    reason: String,
}

pub(super) fn search(bench: &Bench<'_>, effects: &mut Effects, wish: &Search) -> ToolResult {
    let found = article::search(&bench.business.articles, cut(&wish.query, 300));
    let told: Vec<_> = found
        .iter()
        .take(ARTICLES)
        .map(|article| {
            let title = article.title.to_string();
            if !effects.sources.contains(&title) {
                effects.sources.push(title.clone());
            }
            json!({ "title": title, "text": fence("article", cut(article.body.as_str(), ARTICLE_CHARS)) })
        })
        .collect();
    Ok(json!({ "articles": told }).to_string())
}

/// Prepares a code. Says the same whether or not the address is known, and also when no more codes are
/// mailed to it this hour, so that nothing is learnt about an address.
pub(super) async fn verify_email(bench: &Bench<'_>, effects: &mut Effects, wish: &Verify) -> ToolResult {
    let email: Email =
        wish.email.parse().map_err(|_| "That is not an email address. Ask the visitor again.".to_owned())?;
    if effects.challenge.is_none() && may_mail_code(bench, &email).await.map_err(store_failed)? {
        let secret = bench.ids.secret();
        let nonce = secret.first_chunk().copied().unwrap_or_default();
        effects.challenge = Some(Challenge { email, nonce, sent_at: bench.now, tries: 0 });
    }
    let message = "If mail can be sent to that address, a six-digit code is on its way. The visitor types it into the field that the chat shows.";
    Ok(json!({ "message": message }).to_string())
}

async fn may_mail_code(bench: &Bench<'_>, email: &Email) -> Result<bool, crate::store::StoreError> {
    let hour = bench.now.to_zoned(TimeZone::UTC).strftime("%Y%m%d%H").to_string();
    let who = SecretHash::of(email.as_str().as_bytes());
    let tenant = bench.business.tenant.id;
    bench.store.count_in_window(tenant, "code", &who, &hour, CODES_PER_HOUR, bench.now).await
}

pub(super) fn request_person(bench: &Bench<'_>, effects: &mut Effects, wish: &Person) -> ToolResult {
    let reason = if wish.reason.trim().is_empty() { "The visitor asked for a person" } else { wish.reason.as_str() };
    let email = bench.conversation.proven.clone();
    effects.ask_for_person(bench.ids, bench.now, reason, email);
    let open = bench.business.hours.is_open(bench.now, &bench.business.tenant.timezone);
    let message = if open {
        "The team has been told and will get back to the visitor."
    } else {
        "The business is closed now; the team has been told and will get back to the visitor when it opens."
    };
    Ok(json!({ "message": message }).to_string())
}
