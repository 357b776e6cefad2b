//! Health: how a webhook's address fares, and when it is left alone.
//!
//! Pure. It lies beside the deliveries and not in the webhook, so that what connects to foreign addresses can write
//! the one and never the other.

use std::str::FromStr;

use jiff::{SignedDuration, Timestamp};

use super::Webhook;
use super::delivery::{Answer, UnknownWord};
use crate::domain::id::WebhookId;

/// How long nothing but failures may come before a webhook is switched off.
pub const PATIENCE: SignedDuration = SignedDuration::from_hours(5 * 24);

/// How a webhook fares.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Health {
    /// Whose health it is.
    pub webhook: WebhookId,
    /// Since when every attempt failed; none: the last one did not.
    pub failing_since: Option<Timestamp>,
    /// When and why it was switched off.
    pub disabled: Option<(Timestamp, Disabled)>,
    /// When its owner is to be told that it was switched off; none: they know, or it was not.
    pub wake: Option<Timestamp>,
    /// Rises with each change; 0 before anything is known.
    pub version: u64,
}

/// Why a webhook was switched off by itself.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Disabled {
    /// Its receiver said that it is gone for good.
    Gone,
    /// Everything failed for [`PATIENCE`].
    Failing,
}

impl Disabled {
    /// Its word.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Gone => "gone",
            Self::Failing => "failing",
        }
    }
}

impl FromStr for Disabled {
    type Err = UnknownWord;

    fn from_str(text: &str) -> Result<Self, UnknownWord> {
        [Self::Gone, Self::Failing].into_iter().find(|why| why.as_str() == text).ok_or(UnknownWord)
    }
}

impl Health {
    /// Of a webhook of which nothing is known.
    #[must_use]
    pub const fn unknown(webhook: WebhookId) -> Self {
        Self { webhook, failing_since: None, disabled: None, wake: None, version: 0 }
    }

    /// Claims that `webhook` is told of events.
    #[must_use]
    pub fn is_on(&self, webhook: &Webhook) -> bool {
        webhook.is_active && self.disabled_since(webhook).is_none()
    }

    /// When and why `webhook` was switched off by itself; none once its owner has switched it on again.
    #[must_use]
    pub fn disabled_since(&self, webhook: &Webhook) -> Option<(Timestamp, Disabled)> {
        self.disabled.filter(|(at, _)| webhook.armed_at <= *at)
    }

    /// Since when every attempt failed, as far as it counts against `webhook`.
    #[must_use]
    pub fn failing_since(&self, webhook: &Webhook) -> Option<Timestamp> {
        self.failing_since.filter(|since| webhook.armed_at <= *since)
    }

    /// The health once an attempt ended with `answer` at `now`; none: as it was.
    #[must_use]
    pub fn after(&self, webhook: &Webhook, answer: Answer, now: Timestamp) -> Option<Self> {
        let version = self.version + 1;
        if answer.is_success() {
            self.failing_since?;
            return Some(Self { failing_since: None, version, ..self.clone() });
        }
        if self.disabled_since(webhook).is_some() {
            return None;
        }
        let since = self.failing_since(webhook);
        let why = if answer.is_gone() {
            Some(Disabled::Gone)
        } else {
            since.filter(|since| *since + PATIENCE <= now).map(|_| Disabled::Failing)
        };
        match (why, since) {
            (Some(why), _) => {
                let failing_since = since.or(Some(now));
                Some(Self { failing_since, disabled: Some((now, why)), wake: Some(now), version, ..self.clone() })
            }
            (None, Some(_)) => None,
            (None, None) => Some(Self { failing_since: Some(now), version, ..self.clone() }),
        }
    }

    /// The health once its owner is told; none when there is nothing to tell at `now`.
    #[must_use]
    pub fn told(&self, now: Timestamp) -> Option<Self> {
        self.wake.filter(|wake| *wake <= now)?;
        Some(Self { wake: None, version: self.version + 1, ..self.clone() })
    }
}

#[cfg(test)]
mod tests;
