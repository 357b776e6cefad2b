//! Webhooks as their owner keeps them: made, changed, tried, and what they were told.
//!
//! Nothing is sent here. A test and a replay are written with the event that has them sent ([`send`]), which is how
//! later attempts come about too ([`due`]). A secret is told when it is made, and never again.

pub mod due;
pub mod payload;
pub mod send;
mod slack;

use futures::future::try_join_all;
use jiff::Timestamp;
use thiserror::Error;

use super::business::{self, settled};
use crate::clients::fetch::Fetch;
use crate::domain::event::{Event, Happening};
use crate::domain::id::{DeliveryId, EventId, TenantId, WebhookId};
use crate::domain::webhook::delivery::{Busy, Delivery};
use crate::domain::webhook::health::Health;
use crate::domain::webhook::secret::{Secrets, SigningSecret};
use crate::domain::webhook::{Form, MOST, Webhook, WebhookDraft, WebhookUrl, Wish};
use crate::ports::{Clock, Ids};
use crate::store::{Store, StoreError};

/// Everything that keeping webhooks may touch.
#[derive(Clone, Copy)]
pub struct Deps<'a> {
    /// Webhooks, deliveries and the outbox.
    pub store: &'a Store,
    /// The time.
    pub clock: &'a dyn Clock,
    /// New ids and secrets.
    pub ids: &'a dyn Ids,
    /// Knows which addresses are out of reach. Setting one up asks nobody.
    pub fetch: &'a Fetch,
}

/// A webhook, and how it fares.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Shown {
    /// The webhook.
    pub webhook: Webhook,
    /// How it fares.
    pub health: Health,
}

/// Why a webhook is not changed or tried.
#[derive(Debug, Error)]
pub enum Error {
    /// As every change of a business.
    #[error(transparent)]
    Business(#[from] business::Error),
    /// Its form has no signature.
    #[error("the webhook signs nothing")]
    SignsNothing,
    /// Nothing is sent to it.
    #[error("the webhook is switched off")]
    SwitchedOff,
    /// Somebody is at the delivery.
    #[error(transparent)]
    Busy(#[from] Busy),
}

impl From<StoreError> for Error {
    fn from(error: StoreError) -> Self {
        Self::Business(error.into())
    }
}

/// Lists the webhooks of a tenant, the oldest first.
///
/// # Errors
///
/// As every read: [`StoreError`].
pub async fn list(deps: Deps<'_>, tenant: TenantId) -> Result<Vec<Shown>, StoreError> {
    let webhooks = deps.store.list_webhooks(tenant).await?;
    try_join_all(webhooks.into_iter().map(|webhook| with_health(deps, tenant, webhook))).await
}

/// Reads a webhook; none when there is no such one.
///
/// # Errors
///
/// As every read: [`StoreError`].
pub async fn find(deps: Deps<'_>, tenant: TenantId, id: WebhookId) -> Result<Option<Shown>, StoreError> {
    match deps.store.find_webhook(tenant, id).await? {
        Some(webhook) => with_health(deps, tenant, webhook).await.map(Some),
        None => Ok(None),
    }
}

/// Adds a webhook. Its secret is in what is answered, to be shown now or never.
///
/// # Errors
///
/// [`business::Error`]: invalid, too many, or as the store says.
pub async fn add(deps: Deps<'_>, tenant: TenantId, draft: &WebhookDraft) -> Result<Shown, Error> {
    let wish = checked(deps, draft)?;
    if MOST <= deps.store.list_webhooks(tenant).await?.len() {
        return Err(business::Error::TooMany { most: MOST }.into());
    }
    let now = deps.clock.now();
    let secrets = match wish.form {
        Form::Standard => Some(Secrets::new(SigningSecret::new(deps.ids.secret()))),
        Form::Slack => None,
    };
    let webhook = Webhook::new(WebhookId::new(deps.ids.ulid(now)), wish, secrets, now);
    let health = Health::unknown(webhook.id);
    Ok(settled(deps.store.put_webhook(tenant, &webhook, None).await?, Shown { webhook, health })?)
}

/// Changes a webhook that was read as `before`. One that was switched off by itself is switched on again by asking for
/// it to be active.
///
/// # Errors
///
/// [`business::Error`]: invalid, stale, missing, or as the store says.
pub async fn change(deps: Deps<'_>, tenant: TenantId, before: &Shown, draft: &WebhookDraft) -> Result<Shown, Error> {
    let wish = checked(deps, draft)?;
    if wish.form != before.webhook.form {
        let detail = "what listens understands one kind: add another webhook";
        return Err(business::refused("/kind", "fixed", detail).into());
    }
    let was_on = before.health.is_on(&before.webhook);
    put(deps, tenant, before, before.webhook.changed(wish, was_on, deps.clock.now())).await
}

/// Gives a webhook another secret, which is in what is answered. The one before signs beside it for a day.
///
/// # Errors
///
/// [`Error::SignsNothing`]; [`business::Error`]: stale, missing, or as the store says.
pub async fn rotate(deps: Deps<'_>, tenant: TenantId, before: &Shown) -> Result<Shown, Error> {
    let secrets = before.webhook.secrets.as_ref().ok_or(Error::SignsNothing)?;
    let secrets = Some(secrets.rotated(SigningSecret::new(deps.ids.secret()), deps.clock.now()));
    let after = Webhook { secrets, version: before.webhook.version + 1, ..before.webhook.clone() };
    put(deps, tenant, before, after).await
}

/// Removes the webhook of version `version`. Nothing more is sent to it, whatever was still to be.
///
/// # Errors
///
/// [`business::Error`]: stale, missing, or as the store says.
pub async fn remove(deps: Deps<'_>, tenant: TenantId, (id, version): (WebhookId, u64)) -> Result<(), Error> {
    Ok(settled(deps.store.delete_webhook(tenant, id, version).await?, ())?)
}

/// Has a message sent that says nothing but that it works. Repeating it sends another.
///
/// # Errors
///
/// [`Error::SwitchedOff`]; [`business::Error::Store`].
pub async fn test(deps: Deps<'_>, tenant: TenantId, shown: &Shown) -> Result<Delivery, Error> {
    if !shown.health.is_on(&shown.webhook) {
        return Err(Error::SwitchedOff);
    }
    let now = deps.clock.now();
    let delivery = Delivery::test(DeliveryId::new(deps.ids.ulid(now)), shown.webhook.id, now);
    announce(deps, tenant, None, delivery, now).await
}

/// Has a delivery sent again, with a fresh series of attempts; its receiver sees the same id. None when there is no such
/// delivery.
///
/// # Errors
///
/// [`Error::SwitchedOff`], [`Error::Busy`]; [`business::Error`]: stale, or as the store says.
pub async fn replay(
    deps: Deps<'_>,
    tenant: TenantId,
    shown: &Shown,
    id: DeliveryId,
) -> Result<Option<Delivery>, Error> {
    let Some(before) = deps.store.find_delivery(tenant, shown.webhook.id, id).await? else { return Ok(None) };
    if !shown.health.is_on(&shown.webhook) {
        return Err(Error::SwitchedOff);
    }
    let now = deps.clock.now();
    announce(deps, tenant, Some(before.version), before.replayed(now)?, now).await.map(Some)
}

async fn announce(
    deps: Deps<'_>,
    tenant: TenantId,
    before: Option<u64>,
    delivery: Delivery,
    now: Timestamp,
) -> Result<Delivery, Error> {
    let event = due_event(deps.ids, tenant, &delivery, now);
    match deps.store.announce_delivery(tenant, before, &delivery, &event).await? {
        true => Ok(delivery),
        false => Err(business::Error::Stale.into()),
    }
}

/// The event that has a delivery tried.
fn due_event(ids: &dyn Ids, tenant: TenantId, delivery: &Delivery, at: Timestamp) -> Event {
    let what = Happening::WebhookDue(delivery.webhook, delivery.id);
    Event { id: EventId::new(ids.ulid(at)), tenant, at, what }
}

fn checked(deps: Deps<'_>, draft: &WebhookDraft) -> Result<Wish, Error> {
    let is_within_reach = |url: &WebhookUrl| deps.fetch.check(url.url()).is_ok();
    Ok(draft.check(is_within_reach).map_err(business::Error::from)?)
}

async fn put(deps: Deps<'_>, tenant: TenantId, before: &Shown, webhook: Webhook) -> Result<Shown, Error> {
    let saved = deps.store.put_webhook(tenant, &webhook, Some(before.webhook.version)).await?;
    Ok(settled(saved, Shown { webhook, health: before.health.clone() })?)
}

async fn with_health(deps: Deps<'_>, tenant: TenantId, webhook: Webhook) -> Result<Shown, StoreError> {
    let health = deps.store.find_health(tenant, webhook.id).await?;
    Ok(Shown { webhook, health })
}
