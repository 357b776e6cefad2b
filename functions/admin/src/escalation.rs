//! Requests for a person as the console shows them, with their thread.

use serde::Serialize;
use shared::domain::escalation::{Deed, Escalation};

/// A request for a person, and how far the team is with it.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct EscalationShown {
    id: String,
    source: &'static str,
    reason: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    email: Option<String>,
    status: &'static str,
    created_at: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    acknowledged: Option<DeedShown>,
    #[serde(skip_serializing_if = "Option::is_none")]
    resolved: Option<DeedShown>,
}

/// Who did it, and when.
#[derive(Serialize)]
struct DeedShown {
    by: String,
    at: String,
}

impl From<&Deed> for DeedShown {
    fn from(deed: &Deed) -> Self {
        Self { by: deed.by.to_string(), at: deed.at.to_string() }
    }
}

impl From<&Escalation> for EscalationShown {
    fn from(asked: &Escalation) -> Self {
        Self {
            id: asked.id.to_string(),
            source: asked.source.as_str(),
            reason: asked.reason.to_string(),
            email: asked.email.as_ref().map(ToString::to_string),
            status: asked.status().as_str(),
            created_at: asked.at.to_string(),
            acknowledged: asked.acknowledged.as_ref().map(DeedShown::from),
            resolved: asked.resolved.as_ref().map(DeedShown::from),
        }
    }
}
