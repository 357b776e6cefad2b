//! Sending: one attempt at each delivery that an event calls for.
//!
//! An attempt is begun, made and ended. Beginning it is a write that one worker wins, and for as long as one attempt can
//! take nobody else begins another; a worker that dies in between leaves it to the five-minute run ([`super::due`]). So
//! a receiver may be told twice, by the same id, and never twice at once.
//!
//! It reads what it tells of, and writes deliveries and how their address fares: nothing else.

use futures::future::join_all;
use jiff::Timestamp;
use thiserror::Error;

use super::payload::{self, News};
use super::slack;
use crate::app::context::{ContextError, Contexts};
use crate::clients::fetch::{Fetch, FetchError, Posted};
use crate::domain::business::BusinessContext;
use crate::domain::chain::Chain;
use crate::domain::event::{Event, Happening};
use crate::domain::id::{DeliveryId, TenantId, WebhookId};
use crate::domain::webhook::delivery::{Answer, Delivery, GivenUp, Status, Turn};
use crate::domain::webhook::{Form, Topic, Webhook};
use crate::ports::event::{NotAnEvent, from_envelope};
use crate::ports::metric::{Metric, Metrics};
use crate::ports::{Clock, Ids, trace};
use crate::store::{Store, StoreError};

/// How often keeping how an address fares is tried when others keep it at the same time.
const MOST_TRIES: usize = 5;

/// Everything this use case may touch.
#[derive(Clone, Copy)]
pub struct Deps<'a> {
    /// Webhooks, deliveries, and what they tell of.
    pub store: &'a Store,
    /// Remembered business contexts.
    pub contexts: &'a Contexts,
    /// Carries the messages.
    pub fetch: &'a Fetch,
    /// What was delivered, and what was not.
    pub metrics: &'a dyn Metrics,
    /// The time.
    pub clock: &'a dyn Clock,
    /// Chance, to spread later attempts.
    pub ids: &'a dyn Ids,
}

/// What came of a message.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Sent {
    /// Deliveries that their receiver took.
    pub delivered: usize,
    /// Attempts that failed, and come again.
    pub failed: usize,
    /// Deliveries that will not be sent.
    pub given_up: usize,
    /// Deliveries at which nothing was to be done.
    pub moot: usize,
}

/// A message that is to be tried again, or never makes sense. A receiver that does not answer is no error.
#[derive(Debug, Error)]
pub enum Error {
    /// The message is no event: reading it again changes nothing.
    #[error("the message is not an event")]
    NotAnEvent(#[from] NotAnEvent),
    /// It is an event that somebody else acts on.
    #[error("an event {0} is not for webhooks")]
    NotForUs(&'static str),
    /// As the store says.
    #[error("what webhooks are told cannot be read or written")]
    Store(#[from] StoreError),
}

impl Error {
    /// Claims that the same message may succeed later.
    #[must_use]
    pub const fn is_passing(&self) -> bool {
        matches!(self, Self::Store(error) if error.is_passing())
    }
}

/// Tells webhooks of the event in `body`, a message as the bus puts it into a queue. Repeating it is safe.
///
/// # Errors
///
/// [`enum@Error`] for the first delivery that is in doubt; the others of the same event are tried all the same.
pub async fn hear(deps: Deps<'_>, body: &str) -> Result<Sent, Error> {
    let event = from_envelope(body)?;
    trace::of_event(&event);
    match (event.what, Topic::of(&event.what)) {
        (Happening::WebhookDue(webhook, delivery), _) => resume(deps, event.tenant, webhook, delivery).await,
        (_, Some(topic)) => tell(deps, &event, topic).await,
        (other, None) => Err(Error::NotForUs(other.name())),
    }
}

/// Begins a delivery of `event` to each webhook that wants it.
async fn tell(deps: Deps<'_>, event: &Event, topic: Topic) -> Result<Sent, Error> {
    let webhooks = deps.store.list_webhooks(event.tenant).await?;
    let wanted = webhooks.iter().filter(|webhook| webhook.wants(topic, event.at));
    let told = join_all(wanted.map(|webhook| tell_one(deps, event, topic, webhook))).await;
    let mut sent = Sent::default();
    let mut failed = None;
    for told in told {
        match told {
            Ok(status) => sent.count(status),
            Err(error) => failed = failed.or(Some(error)),
        }
    }
    failed.map_or(Ok(sent), Err)
}

async fn tell_one(deps: Deps<'_>, event: &Event, topic: Topic, webhook: &Webhook) -> Result<Option<Status>, Error> {
    if !deps.store.find_health(event.tenant, webhook.id).await?.is_on(webhook) {
        return Ok(None);
    }
    let now = deps.clock.now();
    let fresh = Delivery::begun(event, topic, webhook.id, now);
    match deps.store.begin_delivery(event.tenant, &fresh).await? {
        None => attempt(deps, event.tenant, webhook, &fresh).await.map(Some),
        Some(known) => take_up(deps, event.tenant, webhook, &known).await,
    }
}

/// Tries a delivery again, if its time has come.
async fn resume(deps: Deps<'_>, tenant: TenantId, webhook: WebhookId, id: DeliveryId) -> Result<Sent, Error> {
    let mut sent = Sent::default();
    let Some(known) = deps.store.find_delivery(tenant, webhook, id).await? else { return Ok(sent) };
    let now = deps.clock.now();
    let webhook = deps.store.find_webhook(tenant, webhook).await?;
    let status = match &webhook {
        Some(webhook) if deps.store.find_health(tenant, webhook.id).await?.is_on(webhook) => {
            take_up(deps, tenant, webhook, &known).await?
        }
        _ if known.wake.is_none() => None,
        _ => Some(end(deps, tenant, known.version, known.given_up(GivenUp::SwitchedOff, now)).await?),
    };
    sent.count(status);
    Ok(sent)
}

/// Begins an attempt at a delivery that is there; none when there is nothing to do.
async fn take_up(
    deps: Deps<'_>,
    tenant: TenantId,
    webhook: &Webhook,
    known: &Delivery,
) -> Result<Option<Status>, Error> {
    match known.turn(deps.clock.now()) {
        Turn::NotNow => Ok(None),
        Turn::Over(over) => end(deps, tenant, known.version, over).await.map(Some),
        Turn::Send(begun) => match deps.store.write_delivery(tenant, known.version, &begun).await? {
            true => attempt(deps, tenant, webhook, &begun).await.map(Some),
            false => Ok(None),
        },
    }
}

/// Makes the attempt that was begun, and keeps how it ended.
async fn attempt(deps: Deps<'_>, tenant: TenantId, webhook: &Webhook, begun: &Delivery) -> Result<Status, Error> {
    let business = match deps.contexts.current(deps.store, tenant, deps.clock.now()).await {
        Ok(stamped) => Some(stamped.context),
        Err(ContextError::Refused) => None,
        Err(ContextError::Store(error)) => return Err(error.into()),
    };
    let news = match &business {
        Some(_) => payload::news(deps.store, tenant, begun).await?,
        None => None,
    };
    let (Some(business), Some(news)) = (business, news) else {
        return end(deps, tenant, begun.version, begun.given_up(GivenUp::SubjectGone, deps.clock.now())).await;
    };
    let (answer, pause) = hand_over(deps, &business, webhook, begun, &news).await;
    let now = deps.clock.now();
    note_health(deps, tenant, webhook, answer, now).await?;
    let [chance, ..] = deps.ids.secret();
    end(deps, tenant, begun.version, begun.answered(answer, pause, now, chance)).await
}

async fn hand_over(
    deps: Deps<'_>,
    business: &BusinessContext,
    webhook: &Webhook,
    begun: &Delivery,
    news: &News,
) -> (Answer, Option<jiff::SignedDuration>) {
    let now = deps.clock.now();
    let body = match webhook.form {
        Form::Standard => payload::standard(begun, news),
        Form::Slack => slack::message(&business.tenant, begun, news),
    }
    .to_string();
    let mut headers = Vec::new();
    if let Some(secrets) = &webhook.secrets {
        headers.push(("webhook-id", begun.id.to_string()));
        headers.push(("webhook-timestamp", now.as_second().to_string()));
        headers.push(("webhook-signature", secrets.signatures(begun.id, &body, now)));
    }
    let posted = Posted { url: webhook.url.url(), headers, body: body.into(), now };
    match deps.fetch.post(posted).await {
        Ok(answered) => (Answer::Status(answered.status), answered.retry_after),
        Err(error) => {
            tracing::info!(webhook.id = %webhook.id, error = %Chain(&error), "a webhook cannot be reached");
            (Answer::from(error), None)
        }
    }
}

/// Keeps how the webhook's address fares, before the delivery is ended: should this die in between, the attempt is
/// made again, and nothing is forgotten.
async fn note_health(
    deps: Deps<'_>,
    tenant: TenantId,
    webhook: &Webhook,
    answer: Answer,
    now: Timestamp,
) -> Result<(), StoreError> {
    for _ in 0..MOST_TRIES {
        let before = deps.store.find_health(tenant, webhook.id).await?;
        let Some(after) = before.after(webhook, answer, now) else { return Ok(()) };
        if deps.store.write_health(tenant, before.version, &after).await? {
            return Ok(());
        }
    }
    // So many others keep the same at this moment.
    Ok(())
}

/// Keeps how an attempt ended, and counts it. Where somebody else has taken the delivery up meanwhile, theirs stands.
async fn end(deps: Deps<'_>, tenant: TenantId, before: u64, after: Delivery) -> Result<Status, Error> {
    if deps.store.write_delivery(tenant, before, &after).await? {
        let metric = match after.status {
            Status::Delivered { .. } => Metric::WebhookDelivered,
            Status::GivenUp { .. } => Metric::WebhookGivenUp,
            Status::Waiting { .. } | Status::Sending { .. } => Metric::WebhookFailed,
        };
        deps.metrics.count(metric);
    }
    Ok(after.status)
}

impl Sent {
    fn count(&mut self, status: Option<Status>) {
        let of_kind = match status {
            Some(Status::Delivered { .. }) => &mut self.delivered,
            Some(Status::Waiting { .. }) => &mut self.failed,
            Some(Status::GivenUp { .. }) => &mut self.given_up,
            Some(Status::Sending { .. }) | None => &mut self.moot,
        };
        *of_kind += 1;
    }
}

impl From<FetchError> for Answer {
    fn from(error: FetchError) -> Self {
        match error {
            FetchError::Refused => Self::AddressRefused,
            FetchError::TooSlow => Self::TooSlow,
            FetchError::Status(status) => Self::Status(status),
            FetchError::Unreachable(_) | FetchError::TooLarge | FetchError::TooManyRedirects | FetchError::Kind => {
                Self::Unreachable
            }
        }
    }
}
