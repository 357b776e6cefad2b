//! A mailer that keeps what it is handed, and can be out of order.

use std::sync::Mutex;

use async_trait::async_trait;
use shared::domain::mail::Mail;
use shared::ports::{Mailer, SendError};

/// What a mailer does with mails.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Mood {
    /// It takes them.
    #[default]
    Well,
    /// It is out of reach.
    Down,
    /// It takes none to this address, for good.
    Refuses(&'static str),
    /// It sends the mail, and its answer gets lost.
    Mute,
}

/// A mailer that keeps its mails.
#[derive(Debug, Default)]
pub struct Post {
    mood: Mutex<Mood>,
    sent: Mutex<Vec<Mail>>,
}

impl Post {
    /// Changes what it does from now on.
    pub fn turn(&self, mood: Mood) {
        *self.mood.lock().unwrap() = mood;
    }

    /// Every mail so far, oldest first.
    #[must_use]
    pub fn sent(&self) -> Vec<Mail> {
        self.sent.lock().unwrap().clone()
    }

    /// Addresses and subjects of every mail so far, sorted: how often each went out.
    #[must_use]
    pub fn told(&self) -> Vec<(String, String)> {
        let told = |mail: &Mail| (mail.to.to_string(), mail.subject.to_string());
        let mut told: Vec<_> = self.sent().iter().map(told).collect();
        told.sort_unstable();
        told
    }
}

#[async_trait]
impl Mailer for Post {
    async fn send(&self, mail: &Mail) -> Result<(), SendError> {
        let mood = *self.mood.lock().unwrap();
        match mood {
            Mood::Down => return Err(SendError::Unavailable("no route to the mail service".into())),
            Mood::Refuses(address) if mail.to.as_str() == address => {
                return Err(SendError::Refused(format!("{address} is not verified").into()));
            }
            Mood::Well | Mood::Mute | Mood::Refuses(_) => self.sent.lock().unwrap().push(mail.clone()),
        }
        if mood == Mood::Mute { Err(SendError::Unavailable("the answer got lost".into())) } else { Ok(()) }
    }
}
