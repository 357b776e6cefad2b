//! The mailbox: every mail that would have been sent, kept in memory for a developer to read.

use std::collections::VecDeque;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use async_trait::async_trait;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use jiff::Timestamp;
use serde_json::{Value, json};
use shared::domain::mail::Mail;
use shared::ports::{Clock, Mailer, SendError};

use crate::clock::MovableClock;

/// How many mails are kept; the oldest are forgotten first.
const KEPT: usize = 1_000;

/// A mail that arrived.
#[derive(Debug, Clone)]
pub struct Received {
    /// Counts from 1.
    pub number: u64,
    /// When it came.
    pub at: Timestamp,
    /// The mail.
    pub mail: Mail,
}

/// Keeps mails instead of sending them.
#[derive(Debug)]
pub struct Mailbox {
    clock: Arc<MovableClock>,
    mails: Mutex<Kept>,
    /// How many of the next mails cannot be sent: what a test asks for.
    failures: Mutex<usize>,
}

#[derive(Debug, Default)]
struct Kept {
    ever: u64,
    mails: VecDeque<Received>,
}

impl Mailbox {
    /// An empty mailbox.
    #[must_use]
    pub fn new(clock: Arc<MovableClock>) -> Self {
        Self { clock, mails: Mutex::default(), failures: Mutex::default() }
    }

    /// Every mail to `to`, or to anybody, oldest first.
    #[must_use]
    pub fn to(&self, to: Option<&str>) -> Vec<Received> {
        let wanted = to.map(|to| to.trim().to_lowercase());
        let kept = self.kept();
        kept.mails
            .iter()
            .filter(|received| wanted.as_deref().is_none_or(|to| received.mail.to.as_str() == to))
            .cloned()
            .collect()
    }

    /// The mail with that number.
    #[must_use]
    pub fn find(&self, number: u64) -> Option<Received> {
        self.kept().mails.iter().find(|received| received.number == number).cloned()
    }

    /// Lets the next `count` mails fail as if SES were out of reach.
    pub fn fail_next(&self, count: usize) {
        *self.failures.lock().unwrap_or_else(PoisonError::into_inner) = count;
    }

    /// Forgets every mail.
    pub fn clear(&self) {
        self.kept().mails.clear();
    }

    fn kept(&self) -> MutexGuard<'_, Kept> {
        self.mails.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Received {
    /// The mail as `GET /dev/mail.json` shows it.
    #[must_use]
    pub fn json(&self) -> Value {
        let mail = &self.mail;
        let attachments: Vec<Value> = mail
            .attachments
            .iter()
            .map(|file| {
                let text = std::str::from_utf8(&file.bytes).ok();
                json!({ "name": file.name, "type": file.mime, "size": file.bytes.len(), "text": text, "base64": STANDARD.encode(&file.bytes) })
            })
            .collect();
        json!({
            "id": self.number.to_string(),
            "receivedAt": self.at.to_string(),
            "to": mail.to.as_str(),
            "fromName": mail.from_name.as_str(),
            "replyTo": mail.reply_to.as_str(),
            "subject": mail.subject.as_str(),
            "text": mail.text,
            "html": mail.html,
            "attachments": attachments,
        })
    }
}

#[async_trait]
impl Mailer for Mailbox {
    async fn send(&self, mail: &Mail) -> Result<(), SendError> {
        {
            let mut failures = self.failures.lock().unwrap_or_else(PoisonError::into_inner);
            if 0 < *failures {
                *failures -= 1;
                return Err(SendError::Unavailable("the mailbox was told to fail".into()));
            }
        }
        let mut kept = self.kept();
        if kept.mails.len() == KEPT {
            kept.mails.pop_front();
        }
        kept.ever += 1;
        let received = Received { number: kept.ever, at: self.clock.now(), mail: mail.clone() };
        kept.mails.push_back(received);
        Ok(())
    }
}
