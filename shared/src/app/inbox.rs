//! The inbox: which conversations a person of the business looks for, as they are now.
//!
//! The index tells which may be meant, the conversations themselves which are. Text is looked for in what was said
//! on all sides and noted: of a page of conversations each thread is read, so a page may hold few hits or none while
//! its cursor goes on.

use futures::future::try_join_all;

use super::business::Deps;
use crate::domain::conversation::Conversation;
use crate::domain::id::{ConversationId, TenantId};
use crate::store::StoreError;
use crate::store::cursor::{Listed, Position};
use crate::store::inbox::Wanted;

/// How many conversations one page holds at most. Their threads are read beside one another where text is looked for.
pub const PAGE: u16 = 25;

/// What to look for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Search {
    /// Which tickets.
    pub wanted: Wanted,
    /// Words that have to be in them, whatever their case; empty: all.
    pub text: String,
}

/// Lists conversations, the newest beginning first.
///
/// # Errors
///
/// As every read: [`StoreError`].
pub async fn list(
    deps: Deps<'_>,
    tenant: TenantId,
    search: &Search,
    after: Option<&Position>,
) -> Result<Listed<Conversation>, StoreError> {
    let listed = deps.store.list_inbox(tenant, &search.wanted, PAGE, after).await?;
    let found = try_join_all(listed.items.into_iter().map(|id| read(deps, tenant, id, search))).await?;
    Ok(Listed { items: found.into_iter().flatten().collect(), next: listed.next })
}

/// The conversation, if it is what is looked for by now.
async fn read(
    deps: Deps<'_>,
    tenant: TenantId,
    id: ConversationId,
    search: &Search,
) -> Result<Option<Conversation>, StoreError> {
    let found = deps.store.find_conversation(tenant, id).await?;
    let Some(found) = found.filter(|found| is_wanted(found, search)) else { return Ok(None) };
    let text = folded(&search.text);
    if text.is_empty() || beside(&found).any(|beside| folded(&beside).contains(&text)) {
        return Ok(Some(found));
    }
    let (turns, notes) = tokio::try_join!(deps.store.list_turns(tenant, id, None), deps.store.list_notes(tenant, id))?;
    let said =
        turns.iter().any(|turn| [&turn.said, &turn.answer.text()].iter().any(|said| folded(said).contains(&text)));
    let noted = notes.iter().any(|note| folded(note.text.as_str()).contains(&text));
    Ok((said || noted).then_some(found))
}

fn is_wanted(found: &Conversation, search: &Search) -> bool {
    let assignee = found.assignee.as_ref().map(|person| person.as_str());
    let labels = found.labels.iter().map(ToString::to_string);
    search.wanted.statuses.contains(&found.status) && search.wanted.includes(assignee, labels)
}

/// What a conversation is found by beside what was said in it.
fn beside(found: &Conversation) -> impl Iterator<Item = String> {
    let mails =
        [found.mailbox().map(ToString::to_string), found.proven.as_ref().map(|proof| proof.email().to_string())];
    mails.into_iter().flatten().chain(found.labels.iter().map(ToString::to_string))
}

fn folded(text: &str) -> String {
    text.to_lowercase().split_whitespace().collect::<Vec<_>>().join(" ")
}
