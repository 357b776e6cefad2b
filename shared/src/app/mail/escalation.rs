//! The notice that a visitor asks for a person.

use jiff::Timestamp;

use super::letter::{Envelope, Letter, Pill, Row, Tone};
use super::{MailError, Sender, when};
use crate::domain::address::Email;
use crate::domain::id::ConversationId;
use crate::domain::mail::Mail;
use crate::domain::text::Note;

/// What is known of a visitor who asks for a person.
#[derive(Debug, Clone, Copy)]
pub struct Escalation<'a> {
    /// Where it was asked.
    pub conversation: ConversationId,
    /// Why, in the visitor's or the assistant's words; may be empty.
    pub reason: &'a Note<500>,
    /// The address that the visitor gave, if any.
    pub email: Option<&'a Email>,
    /// When.
    pub asked_at: Timestamp,
}

/// Writes to the owner that a visitor asks for a person.
///
/// # Errors
///
/// [`MailError`], a bug.
pub fn escalation(from: &Sender<'_>, asked: &Escalation<'_>) -> Result<Mail, MailError> {
    let tenant = from.tenant;
    let subject = format!("A visitor asks for a person ({})", tenant.name);
    let mut letter = Letter::headed(Pill { word: "Needs you", tone: Tone::Wait }, subject, "A visitor asks for a person");
    let (who, next) = match asked.email {
        Some(email) => (email.as_str(), "Reply to this mail to write to them, or take the conversation in your console."),
        None => ("not given", "They left no address: take the conversation in your console."),
    };
    letter.preheader = asked.reason.as_str().split_whitespace().collect::<Vec<_>>().join(" ");
    letter.paragraphs.push(next.to_owned());
    letter.rows = vec![
        Row::line("Email", who),
        Row::line("Asked", when::moment(asked.asked_at, &tenant.timezone)),
        Row::line("Conversation", asked.conversation.to_string()),
    ];
    letter.quote = asked.reason.as_str().lines().map(str::to_owned).collect();
    let envelope = Envelope {
        to: &tenant.owner_email,
        reply_to: asked.email.unwrap_or(&tenant.owner_email),
        why: format!("You get this notice because you run {}.", tenant.name),
    };
    letter.write(from, &envelope, Vec::new())
}
