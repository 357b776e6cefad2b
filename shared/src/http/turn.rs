//! The turn on the wire: what a visitor sends, and how proposals, hand-overs and refusals are told. Shared by
//! the two functions that host it.

use jiff::Timestamp;
use lambda_http::Request;
use serde::{Deserialize, Serialize};

use super::gate::Admitted;
use super::problem::ApiError;
use super::request::{json, source_network};
use crate::app::turn::{Ask, Error};
use crate::domain::business::BusinessContext;
use crate::domain::clocks::zone_named;
use crate::domain::conversation::{Origin, Source};
use crate::domain::message::Citation;
use crate::domain::meter::Exceeded;
use crate::domain::proposal::Proposal;
use crate::domain::secret::SessionId;
use crate::domain::text::Note;
use crate::ports::trace;

/// The longest id that a client may give its message.
const CLIENT_ID_CHARS: usize = 100;

/// The body of both message routes.
#[derive(Deserialize)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
struct Sent {
    session_id: Option<String>,
    message: String,
    client_message_id: Option<String>,
    source: Option<String>,
    page_url: Option<String>,
    referrer: Option<String>,
    visitor_id: Option<String>,
    user_id: Option<String>,
    locale: Option<String>,
    timezone: Option<String>,
}

/// Where a conversation begins, in the words of the visitor's browser.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
pub struct OriginSent {
    source: Option<String>,
    page_url: Option<String>,
    referrer: Option<String>,
    visitor_id: Option<String>,
    user_id: Option<String>,
    locale: Option<String>,
    timezone: Option<String>,
}

/// A proposal as the visitor is shown it.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct ProposalTold {
    id: String,
    operation: &'static str,
    trust_tier: &'static str,
    preview: PreviewTold,
    expires_at: Timestamp,
}

#[derive(Debug, Serialize)]
struct PreviewTold {
    title: String,
    lines: Vec<LineTold>,
}

#[derive(Debug, Serialize)]
struct LineTold {
    label: String,
    value: String,
}

/// A hand-over as the visitor is told of it.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct HandoffTold {
    /// Whether people are there now.
    pub online: bool,
    /// One sentence.
    pub message: String,
}

/// An article that an answer leans on, as the visitor is shown it.
#[derive(Debug, Serialize)]
pub struct SourceTold {
    id: String,
    title: String,
}

impl From<&Citation> for SourceTold {
    fn from(citation: &Citation) -> Self {
        Self { id: citation.article.to_string(), title: citation.title.clone() }
    }
}

impl From<&Proposal> for ProposalTold {
    fn from(proposal: &Proposal) -> Self {
        let lines = proposal.preview.lines.iter();
        Self {
            id: proposal.id.to_string(),
            operation: proposal.operation.name(),
            trust_tier: "T3",
            preview: PreviewTold {
                title: proposal.preview.title.clone(),
                lines: lines.map(|(label, value)| LineTold { label: label.clone(), value: value.clone() }).collect(),
            },
            expires_at: proposal.expires_at,
        }
    }
}

impl OriginSent {
    /// Reads it; what is too long is cut, and a time zone that we do not know left out, since none of it is needed.
    ///
    /// # Errors
    ///
    /// 400 for a source that is none.
    pub fn read(self) -> Result<Origin, ApiError> {
        let invalid = |_| ApiError::invalid_field("/source", "invalid_value", "The source is not a known one.");
        let source = self.source.map(|source| source.parse::<Source>()).transpose().map_err(invalid)?;
        let text = |text: Option<String>| text.unwrap_or_default();
        Ok(Origin {
            source: source.unwrap_or_default(),
            page_url: Note::cut(&text(self.page_url)),
            referrer: Note::cut(&text(self.referrer)),
            visitor: Note::cut(&text(self.visitor_id)),
            user: Note::cut(&text(self.user_id)),
            locale: Note::cut(&text(self.locale)),
            timezone: self.timezone.as_deref().and_then(zone_named),
        })
    }
}

/// Reads what a visitor asks.
///
/// # Errors
///
/// 400 for a body that is malformed, and for a session id that is none.
pub fn ask(request: &Request, admitted: &Admitted) -> Result<Ask, ApiError> {
    let sent: Sent = json(request)?;
    let session = sent.session_id.as_deref().map(session_of).transpose()?;
    if sent.client_message_id.as_ref().is_some_and(|id| id.is_empty() || CLIENT_ID_CHARS < id.chars().count()) {
        return Err(ApiError::invalid_field(
            "/clientMessageId",
            "out_of_range",
            "A client message id has 1 to 100 characters.",
        ));
    }
    let origin = OriginSent {
        source: sent.source,
        page_url: sent.page_url,
        referrer: sent.referrer,
        visitor_id: sent.visitor_id,
        user_id: sent.user_id,
        locale: sent.locale,
        timezone: sent.timezone,
    };
    Ok(Ask {
        key: admitted.key.clone(),
        session,
        message: sent.message,
        client_id: sent.client_message_id,
        address: source_network(request).map(|address| address.to_string()),
        origin: origin.read()?,
    })
}

/// Reads a session id.
///
/// # Errors
///
/// 400 `session_invalid`, the same as for one that is unknown.
pub fn session_of(text: &str) -> Result<SessionId, ApiError> {
    let session: SessionId = text.parse().map_err(|_| ApiError::session_invalid())?;
    trace::of_conversation(session.conversation());
    Ok(session)
}

/// What a visitor is told whose wish goes to a person.
#[must_use]
pub fn handoff(business: &BusinessContext, now: Timestamp) -> HandoffTold {
    let online = business.hours.is_open(now, &business.tenant.timezone);
    let message = if online {
        "The team has been told. Somebody will get back to you here or by email."
    } else {
        "We are closed right now. The team has your message and will get back to you."
    };
    HandoffTold { online, message: message.to_owned() }
}

/// 429 in plain words.
#[must_use]
pub fn limited(exceeded: Exceeded) -> ApiError {
    ApiError::rate_limited("This business has reached its chat limit. Please try again later.", exceeded)
}

/// 429 for a visitor whose request for a person is there already.
#[must_use]
pub fn already_asked(exceeded: Exceeded) -> ApiError {
    ApiError::rate_limited("Your request is already with the team. Somebody will get back to you.", exceeded)
}

impl From<Error> for ApiError {
    fn from(error: Error) -> Self {
        match error {
            Error::Context(error) => error.into(),
            Error::Session(_) => Self::session_invalid(),
            Error::Message(reason) => {
                Self::invalid_field("/message", "out_of_range", format!("Please check the message: {reason}."))
            }
            Error::Limited(exceeded) => limited(exceeded),
            Error::Ended => Self::session_invalid(),
            Error::Store(error) => error.into(),
        }
    }
}

impl From<crate::app::session::Error> for ApiError {
    fn from(error: crate::app::session::Error) -> Self {
        match error {
            crate::app::session::Error::Context(error) => error.into(),
            crate::app::session::Error::Session(_) => Self::session_invalid(),
            crate::app::session::Error::Limited(exceeded) => limited(exceeded),
            crate::app::session::Error::Store(error) => error.into(),
        }
    }
}
