//! What people do with a conversation: `PATCH …/{id}` its status, assignee and labels with a note, `POST …/take` and
//! `…/give-back` who speaks, and `POST …/reply` an answer to its visitor.
//!
//! Each change names the version it is based on; an answer names its own id instead, by which it is sent once.

use lambda_http::{Body, Response};
use serde::{Deserialize, Serialize};
use shared::app::ticket::{self, Answer, Error, Of};
use shared::domain::conversation::{Conversation, TicketStatus};
use shared::domain::id::ConversationId;
use shared::domain::text::{Line, Note};
use shared::domain::ticket::{Label, MOST_LABELS, PersonId, Refused, Wish};
use shared::http::problem::ApiError;
use shared::http::request::{if_match, json, merged, path};
use shared::http::respond::{created, ok};

use crate::caller::Call;

/// A ticket's own fields as they are.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct TicketShown {
    status: &'static str,
    mode: &'static str,
    escalated: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    assignee: Option<String>,
    labels: Vec<String>,
    message_count: u64,
    version: u64,
}

/// What can be changed of it; `notes` is a note to be added.
#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Sent {
    status: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    assignee: Option<String>,
    #[serde(default)]
    labels: Vec<String>,
    #[serde(default)]
    notes: String,
}

/// A ticket after a change.
#[derive(Serialize)]
struct Shown {
    id: String,
    #[serde(flatten)]
    ticket: TicketShown,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
struct ReplySent {
    message: String,
    client_message_id: String,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct ReplyShown {
    message_id: String,
    created_at: String,
    /// Whether the visitor has left and gets it by mail too.
    mailed: bool,
}

impl From<&Conversation> for TicketShown {
    fn from(of: &Conversation) -> Self {
        Self {
            status: of.status.as_str(),
            mode: of.mode.as_str(),
            escalated: of.is_escalated,
            assignee: of.assignee.as_ref().map(ToString::to_string),
            labels: of.labels.iter().map(ToString::to_string).collect(),
            message_count: of.messages,
            version: of.version,
        }
    }
}

impl From<&Conversation> for Sent {
    fn from(of: &Conversation) -> Self {
        let TicketShown { status, assignee, labels, .. } = of.into();
        Self { status: status.to_owned(), assignee, labels, notes: String::new() }
    }
}

impl Sent {
    fn wish(&self) -> Result<(Wish, Note<4000>), ApiError> {
        let status: TicketStatus = self.status.parse().map_err(|wrong| invalid("/status", &wrong))?;
        let assignee = self.assignee.as_deref().map(PersonId::new).transpose();
        let assignee = assignee.map_err(|wrong| invalid("/assignee", &wrong))?;
        let label = |(n, label): (usize, &String)| {
            label.parse::<Label>().map_err(|wrong| invalid(&format!("/labels/{n}"), &wrong))
        };
        let labels = self.labels.iter().take(10 * MOST_LABELS).enumerate().map(label).collect::<Result<_, _>>()?;
        let note = Note::new(&self.notes).map_err(|wrong| invalid("/notes", &wrong))?;
        Ok((Wish { status, assignee, labels }, note))
    }
}

pub(crate) async fn change(call: &Call<'_>) -> Result<Response<Body>, ApiError> {
    let of = of(call)?;
    let before = call.services.store.find_conversation(call.tenant, of.id).await?.ok_or_else(ApiError::not_found)?;
    call.based_on(before.version)?;
    let (wish, note) = merged::<Sent>(call.request, &Sent::from(&before))?.wish()?;
    shown(ticket::change(call.deps(), &of, wish, note).await)
}

pub(crate) async fn take(call: &Call<'_>) -> Result<Response<Body>, ApiError> {
    shown(ticket::take(call.deps(), &of(call)?).await)
}

pub(crate) async fn give_back(call: &Call<'_>) -> Result<Response<Body>, ApiError> {
    shown(ticket::give_back(call.deps(), &of(call)?).await)
}

pub(crate) async fn reply(call: &Call<'_>) -> Result<Response<Body>, ApiError> {
    let id: ConversationId = path(call.request, "id")?;
    let sent: ReplySent = json(call.request)?;
    let client_id = Line::new(&sent.client_message_id).map_err(|wrong| invalid("/clientMessageId", &wrong))?;
    let answer = Answer { message: sent.message, client_id };
    let answered = ticket::answer(call.deps(), (call.tenant, id, &call.person.subject), &answer).await;
    let answered = answered.map_err(refused)?;
    created(&ReplyShown {
        message_id: answered.reply.id.to_string(),
        created_at: answered.reply.at.to_string(),
        mailed: answered.is_mailed,
    })
}

/// Who changes which ticket.
fn of<'a>(call: &'a Call<'_>) -> Result<Of<'a>, ApiError> {
    let (id, version) = (path(call.request, "id")?, if_match(call.request)?);
    Ok(Of { tenant: call.tenant, id, person: &call.person.subject, version })
}

fn shown(changed: Result<Conversation, Error>) -> Result<Response<Body>, ApiError> {
    let ticket = changed.map_err(refused)?;
    ok(&Shown { id: ticket.id.to_string(), ticket: (&ticket).into() })
}

fn refused(error: Error) -> ApiError {
    match error {
        Error::Missing => ApiError::not_found(),
        Error::Stale => ApiError::stale_version(),
        Error::Refused(why @ (Refused::Status { .. } | Refused::NotTaken)) => {
            ApiError::conflict(format!("Not possible: {why}."))
        }
        Error::Refused(why @ Refused::TooManyLabels) => invalid("/labels", &why),
        Error::Message(why) => invalid("/message", &why),
        Error::Store(error) => error.into(),
    }
}

fn invalid(pointer: &str, wrong: &dyn std::error::Error) -> ApiError {
    ApiError::invalid_field(pointer, "invalid_value", format!("Please check this: {wrong}."))
}
