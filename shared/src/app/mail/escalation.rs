//! The notice that a visitor asks for a person.

use super::letter::{Envelope, Letter, Pill, Row, Tone};
use super::{MailError, Sender};
use crate::domain::clocks::Clocks;
use crate::domain::escalation::Escalation;
use crate::domain::id::ConversationId;
use crate::domain::mail::Mail;

/// Writes to the owner that a visitor of `conversation` asks for a person.
///
/// # Errors
///
/// [`MailError`], a bug.
pub fn escalation(from: &Sender<'_>, conversation: ConversationId, asked: &Escalation) -> Result<Mail, MailError> {
    let tenant = from.tenant;
    let subject = format!("A visitor asks for a person ({})", tenant.name);
    let mut letter =
        Letter::headed(Pill { word: "Needs you", tone: Tone::Wait }, subject, "A visitor asks for a person");
    let (who, next) = match &asked.email {
        Some(email) => {
            (email.as_str(), "Reply to this mail to write to them, or take the conversation in your console.")
        }
        None => ("not given", "They left no address: take the conversation in your console."),
    };
    letter.preheader = asked.reason.as_str().split_whitespace().collect::<Vec<_>>().join(" ");
    letter.paragraphs.push(next.to_owned());
    letter.rows = vec![
        Row::line("Email", who),
        Row::line("Asked", Clocks::of_business(&tenant.timezone).moment(asked.at)),
        Row::line("Conversation", conversation.to_string()),
    ];
    letter.quote = asked.reason.as_str().lines().map(str::to_owned).collect();
    let envelope = Envelope {
        to: &tenant.owner_email,
        reply_to: asked.email.as_ref().unwrap_or(&tenant.owner_email),
        why: format!("You get this notice because you run {}.", tenant.name),
    };
    letter.write(from, &envelope, Vec::new())
}
