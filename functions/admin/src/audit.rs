//! `/v1/admin/audit`: who changed what of which conversation, newest first. Only the owner reads all of it; whoever
//! works on a conversation reads its own part there.

use lambda_http::{Body, Response};
use serde::Serialize;
use shared::domain::audit::{Actor, Entry};
use shared::http::problem::ApiError;
use shared::http::respond::ok;

use crate::caller::Call;
use crate::{Page, after};

/// How many entries one page holds.
const PAGE: u16 = 50;

/// What a cursor of this list is bound to.
const QUERY: &str = "audit";

/// One change.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct EntryShown {
    id: String,
    conversation_id: String,
    /// `person`, `assistant` or `visitor`.
    by: &'static str,
    /// The identity provider's id of the person.
    #[serde(skip_serializing_if = "Option::is_none")]
    person_id: Option<String>,
    at: String,
    changes: Vec<ChangeShown>,
}

#[derive(Serialize)]
struct ChangeShown {
    field: &'static str,
    from: String,
    to: String,
}

impl From<&Entry> for EntryShown {
    fn from(entry: &Entry) -> Self {
        let (by, person_id) = match &entry.by {
            Actor::Person(person) => ("person", Some(person.to_string())),
            Actor::Assistant => ("assistant", None),
            Actor::Visitor => ("visitor", None),
        };
        let changes = entry.altered.iter().map(|altered| ChangeShown {
            field: altered.what.as_str(),
            from: altered.from.clone(),
            to: altered.to.clone(),
        });
        Self {
            id: entry.id.to_string(),
            conversation_id: entry.conversation.to_string(),
            by,
            person_id,
            at: entry.at.to_string(),
            changes: changes.collect(),
        }
    }
}

pub(crate) async fn list(call: &Call<'_>) -> Result<Response<Body>, ApiError> {
    call.demand_owner()?;
    let after = after(call, QUERY)?;
    let listed = call.services.store.list_audit(call.tenant, PAGE, after.as_ref()).await?;
    ok(&Page::of(call, QUERY, listed, |entry| EntryShown::from(entry)))
}
