//! Requests for a person as the console shows them, with their thread, and what whoever takes over should know.

use serde::Serialize;
use shared::domain::escalation::{Deed, Escalation};
use shared::store::handover::Kept;

use crate::conversation::CostShown;

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

/// What somebody should know who takes the conversation over.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct HandoverShown {
    asked: String,
    tried: String,
    promised: String,
    open: String,
    made_by: &'static str,
    escalation_id: String,
    created_at: String,
    /// What the model used for it.
    #[serde(skip_serializing_if = "Option::is_none")]
    cost: Option<CostShown>,
}

impl From<&Kept> for HandoverShown {
    fn from(kept: &Kept) -> Self {
        let handover = &kept.handover;
        Self {
            asked: handover.asked.to_string(),
            tried: handover.tried.to_string(),
            promised: handover.promised.to_string(),
            open: handover.open.to_string(),
            made_by: handover.made_by.as_str(),
            escalation_id: kept.escalation.to_string(),
            created_at: kept.at.to_string(),
            cost: kept.cost.as_ref().map(CostShown::from),
        }
    }
}
