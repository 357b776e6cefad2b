//! `/v1/admin/conversations` and `/v1/admin/tickets`: the inbox, the newest beginning first.
//!
//! A page may hold fewer conversations than the next one, or none: whether the list goes on says its cursor alone.

use std::collections::BTreeSet;

use lambda_http::{Body, Response};
use serde::Serialize;
use shared::app::inbox::{Search, list as search};
use shared::domain::conversation::{Conversation, TicketStatus};
use shared::domain::text::cut;
use shared::domain::ticket::{Label, PersonId};
use shared::http::problem::ApiError;
use shared::http::request::{parsed_query, query};
use shared::http::respond::ok;
use shared::store::inbox::{Assigned, Wanted};

use crate::caller::Call;
use crate::span::end;
use crate::ticket::TicketShown;
use crate::{Page, after};

/// The longest text that is looked for.
const TEXT_CHARS: usize = 200;

/// Stands for nobody where an assignee is named.
const NOBODY: &str = "none";

/// A conversation as the inbox shows it.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Shown {
    id: String,
    #[serde(flatten)]
    ticket: TicketShown,
    source: &'static str,
    locale: String,
    /// Where the visitor can be answered, proven or not.
    #[serde(skip_serializing_if = "Option::is_none")]
    email: Option<String>,
    tokens: u64,
    cost_micro_usd: i64,
    created_at: String,
    active_at: String,
}

impl From<&Conversation> for Shown {
    fn from(of: &Conversation) -> Self {
        Self {
            id: of.id.to_string(),
            ticket: of.into(),
            source: of.origin.source.as_str(),
            locale: of.origin.locale.to_string(),
            email: of.mailbox().map(ToString::to_string),
            tokens: of.tokens,
            cost_micro_usd: of.cost.get(),
            created_at: of.created_at.to_string(),
            active_at: of.active_at.to_string(),
        }
    }
}

/// Every conversation, or those of one status.
pub(crate) async fn list(call: &Call<'_>) -> Result<Response<Body>, ApiError> {
    let status: Option<TicketStatus> = parsed_query(call.request, "status")?;
    let statuses = status.map_or_else(|| TicketStatus::ALL.into(), |status| BTreeSet::from([status]));
    page(call, "conversations", statuses).await
}

/// Those that need a person.
pub(crate) async fn tickets(call: &Call<'_>) -> Result<Response<Body>, ApiError> {
    page(call, "tickets", TicketStatus::ALL.into_iter().filter(|status| status.needs_person()).collect()).await
}

async fn page(
    call: &Call<'_>,
    name: &'static str,
    statuses: BTreeSet<TicketStatus>,
) -> Result<Response<Body>, ApiError> {
    let asked = |name| query(call.request, name).unwrap_or_default();
    let names = ["status", "assignee", "label", "q", "from", "to"];
    let bound = names.iter().fold(name.to_owned(), |bound, name| format!("{bound}&{name}={:?}", asked(name)));
    let after = after(call, &bound)?;
    let business = call.business().await?;
    let timezone = &business.tenant.timezone;
    let assignee = match asked("assignee") {
        "" => None,
        NOBODY => Some(Assigned::Nobody),
        person => Some(Assigned::To(PersonId::new(person).map_err(|_| unknown("/assignee"))?)),
    };
    let label = query(call.request, "label").map(|label| label.parse::<Label>()).transpose();
    let wanted = Wanted {
        statuses,
        assignee,
        label: label.map_err(|_| unknown("/label"))?,
        from: end(call.request, "from", timezone, false)?,
        to: end(call.request, "to", timezone, true)?,
    };
    let wish = Search { wanted, text: cut(asked("q"), TEXT_CHARS).to_owned() };
    let listed = search(call.deps(), call.tenant, &wish, after.as_ref()).await?;
    ok(&Page::of(call, &bound, listed, |conversation| Shown::from(conversation)))
}

fn unknown(pointer: &str) -> ApiError {
    ApiError::invalid_field(pointer, "invalid_value", "Nothing can have this.")
}
