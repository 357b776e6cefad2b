//! `/v1/admin/webhooks`: the addresses that are told of events, and what they were told.
//!
//! Addresses and secrets are the owner's alone. A secret is shown by whoever makes it, once.

use lambda_http::{Body, Response};
use serde::{Deserialize, Serialize};
use shared::app::webhook::{self, Error, Shown};
use shared::domain::id::{DeliveryId, WebhookId};
use shared::domain::webhook::delivery::{Delivery, Status};
use shared::domain::webhook::{Webhook, WebhookDraft};
use shared::http::problem::ApiError;
use shared::http::request::{json, merged, path};
use shared::http::respond::{accepted, created, no_content, ok};

use crate::caller::Call;
use crate::{Page, after};

/// How many deliveries one page holds.
const PAGE: u16 = 50;

/// A webhook as its owner writes it.
#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Sent {
    url: String,
    kind: String,
    events: Vec<String>,
    #[serde(default)]
    description: String,
    #[serde(default = "on")]
    active: bool,
}

const fn on() -> bool {
    true
}

/// A webhook as it is.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct WebhookShown {
    id: String,
    #[serde(flatten)]
    webhook: Sent,
    /// Why nothing is sent to it although its owner wanted that: `gone` or `failing`.
    #[serde(skip_serializing_if = "Option::is_none")]
    disabled_reason: Option<&'static str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    disabled_at: Option<String>,
    /// Since when nothing was taken.
    #[serde(skip_serializing_if = "Option::is_none")]
    failing_since: Option<String>,
    /// Until when the secret before signs too.
    #[serde(skip_serializing_if = "Option::is_none")]
    previous_secret_until: Option<String>,
    created_at: String,
    version: u64,
    /// What it signs with; only in the answer to whoever made it.
    #[serde(skip_serializing_if = "Option::is_none")]
    secret: Option<String>,
}

/// Something that a webhook was told, or is to be.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct DeliveryShown {
    id: String,
    event: &'static str,
    /// When it happened.
    at: String,
    /// `waiting`, `sending`, `delivered` or `given_up`.
    status: &'static str,
    attempts: u32,
    /// What the receiver answered the last time.
    #[serde(skip_serializing_if = "Option::is_none")]
    last_status: Option<u16>,
    /// Why it could not be asked: `address_refused`, `unreachable` or `too_slow`.
    #[serde(skip_serializing_if = "Option::is_none")]
    last_error: Option<&'static str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    last_attempt_at: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    next_attempt_at: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    delivered_at: Option<String>,
    /// Why it will not be sent: `exhausted`, `gone`, `switched_off` or `subject_gone`.
    #[serde(skip_serializing_if = "Option::is_none")]
    given_up_reason: Option<&'static str>,
}

impl Sent {
    fn of(shown: &Shown) -> Self {
        let Webhook { url, form, topics, description, .. } = &shown.webhook;
        Self {
            url: url.url().to_string(),
            kind: form.as_str().to_owned(),
            events: topics.iter().map(|topic| topic.as_str().to_owned()).collect(),
            description: description.to_string(),
            active: shown.health.is_on(&shown.webhook),
        }
    }
}

impl From<Sent> for WebhookDraft {
    fn from(sent: Sent) -> Self {
        let Sent { url, kind, events, description, active } = sent;
        Self { url, kind, events, description, active }
    }
}

impl WebhookShown {
    fn of(call: &Call<'_>, shown: &Shown) -> Self {
        let Shown { webhook, health } = shown;
        let disabled = health.disabled_since(webhook);
        let overlap = webhook.secrets.as_ref().and_then(|secrets| secrets.overlap_until(call.now));
        Self {
            id: webhook.id.to_string(),
            webhook: Sent::of(shown),
            disabled_reason: disabled.map(|(_, why)| why.as_str()),
            disabled_at: disabled.map(|(at, _)| at.to_string()),
            failing_since: health.failing_since(webhook).map(|at| at.to_string()),
            previous_secret_until: overlap.map(|until| until.to_string()),
            created_at: webhook.created_at.to_string(),
            version: webhook.version,
            secret: None,
        }
    }

    /// The same for whoever has just made its secret.
    fn with_secret(call: &Call<'_>, shown: &Shown) -> Self {
        let secret = shown.webhook.secrets.as_ref().map(|secrets| secrets.current.reveal());
        Self { secret, ..Self::of(call, shown) }
    }
}

impl From<&Delivery> for DeliveryShown {
    fn from(delivery: &Delivery) -> Self {
        let (status, next, delivered, why) = match delivery.status {
            Status::Waiting { due } => ("waiting", Some(due), None, None),
            Status::Sending { .. } => ("sending", None, None, None),
            Status::Delivered { at } => ("delivered", None, Some(at), None),
            Status::GivenUp { why, .. } => ("given_up", None, None, Some(why.as_str())),
        };
        let last = delivery.last;
        Self {
            id: delivery.id.to_string(),
            event: delivery.news.name(),
            at: delivery.at.to_string(),
            status,
            attempts: delivery.attempts,
            last_status: last.and_then(|(_, answer)| answer.status()),
            last_error: last.and_then(|(_, answer)| answer.failure()),
            last_attempt_at: last.map(|(at, _)| at.to_string()),
            next_attempt_at: next.map(|at| at.to_string()),
            delivered_at: delivered.map(|at| at.to_string()),
            given_up_reason: why,
        }
    }
}

pub(crate) async fn list(call: &Call<'_>) -> Result<Response<Body>, ApiError> {
    call.demand_owner()?;
    let all = webhook::list(call.services.webhook(), call.tenant).await?;
    ok(&all.iter().map(|shown| WebhookShown::of(call, shown)).collect::<Page<_>>())
}

pub(crate) async fn show(call: &Call<'_>) -> Result<Response<Body>, ApiError> {
    ok(&WebhookShown::of(call, &find(call).await?))
}

pub(crate) async fn add(call: &Call<'_>) -> Result<Response<Body>, ApiError> {
    call.demand_owner()?;
    let sent: Sent = json(call.request)?;
    let added = webhook::add(call.services.webhook(), call.tenant, &sent.into()).await.map_err(refused)?;
    created(&WebhookShown::with_secret(call, &added))
}

pub(crate) async fn change(call: &Call<'_>) -> Result<Response<Body>, ApiError> {
    let before = find(call).await?;
    call.based_on(before.webhook.version)?;
    let sent: Sent = merged(call.request, &Sent::of(&before))?;
    let changed = webhook::change(call.services.webhook(), call.tenant, &before, &sent.into()).await;
    ok(&WebhookShown::of(call, &changed.map_err(refused)?))
}

pub(crate) async fn remove(call: &Call<'_>) -> Result<Response<Body>, ApiError> {
    let before = find(call).await?;
    let version = call.based_on(before.webhook.version)?;
    let removed = webhook::remove(call.services.webhook(), call.tenant, (before.webhook.id, version)).await;
    removed.map_err(refused)?;
    Ok(no_content())
}

pub(crate) async fn rotate(call: &Call<'_>) -> Result<Response<Body>, ApiError> {
    let before = find(call).await?;
    call.based_on(before.webhook.version)?;
    let rotated = webhook::rotate(call.services.webhook(), call.tenant, &before).await.map_err(refused)?;
    ok(&WebhookShown::with_secret(call, &rotated))
}

pub(crate) async fn test(call: &Call<'_>) -> Result<Response<Body>, ApiError> {
    let shown = find(call).await?;
    let delivery = webhook::test(call.services.webhook(), call.tenant, &shown).await.map_err(refused)?;
    accepted(&DeliveryShown::from(&delivery))
}

pub(crate) async fn deliveries(call: &Call<'_>) -> Result<Response<Body>, ApiError> {
    let id = find(call).await?.webhook.id;
    let query = format!("webhooks/{id}/deliveries");
    let after = after(call, &query)?;
    let store = &call.services.store;
    let listed = store.list_deliveries(call.tenant, id, (call.now, PAGE), after.as_ref()).await?;
    ok(&Page::of(call, &query, listed, |delivery| DeliveryShown::from(delivery)))
}

pub(crate) async fn replay(call: &Call<'_>) -> Result<Response<Body>, ApiError> {
    let shown = find(call).await?;
    let id = path::<DeliveryId>(call.request, "deliveryId")?;
    let replayed = webhook::replay(call.services.webhook(), call.tenant, &shown, id).await.map_err(refused)?;
    accepted(&DeliveryShown::from(&replayed.ok_or_else(ApiError::not_found)?))
}

/// The webhook of the path, for its owner.
async fn find(call: &Call<'_>) -> Result<Shown, ApiError> {
    call.demand_owner()?;
    let id = path::<WebhookId>(call.request, "id")?;
    webhook::find(call.services.webhook(), call.tenant, id).await?.ok_or_else(ApiError::not_found)
}

fn refused(error: Error) -> ApiError {
    match error {
        Error::Business(error) => crate::refusal::refused(error),
        Error::SignsNothing => ApiError::conflict("This kind of webhook has no secret."),
        Error::SwitchedOff => ApiError::conflict("This webhook is switched off."),
        Error::Busy(_) => ApiError::conflict("This is being sent at this moment."),
    }
}
