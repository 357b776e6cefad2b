//! The notice that a conversation needs a person, with what they should know.

use super::letter::{Envelope, Letter, Look, Pill, Row, Tone};
use super::{MailError, Sender};
use crate::domain::clocks::Clocks;
use crate::domain::escalation::Escalation;
use crate::domain::handover::{Handover, MadeBy};
use crate::domain::id::ConversationId;
use crate::domain::mail::Mail;

/// What stands below a hand-over of the model's.
const MODELS: &str = "The assistant wrote this summary; the conversation itself is in your console.";

/// Writes to the owner that `conversation` needs a person, and what was said in it.
///
/// # Errors
///
/// [`MailError`], a bug.
pub fn escalation(
    from: &Sender<'_>,
    conversation: ConversationId,
    asked: &Escalation,
    handover: Option<&Handover>,
) -> Result<Mail, MailError> {
    let tenant = from.tenant;
    let title =
        if asked.source.is_automatic() { "A conversation needs a person" } else { "A visitor asks for a person" };
    let subject = format!("{title} ({})", tenant.name);
    let mut letter = Letter::headed(Pill { word: "Needs you", tone: Tone::Wait }, subject, title);
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
    if let Some(handover) = handover {
        letter.rows.extend(summary(handover));
        let is_models = handover.made_by == MadeBy::Model;
        letter.small.extend(is_models.then(|| MODELS.to_owned()));
    }
    letter.quote = asked.reason.as_str().lines().map(str::to_owned).collect();
    let envelope = Envelope {
        to: &tenant.owner_email,
        reply_to: asked.email.as_ref().unwrap_or(&tenant.owner_email),
        why: format!("You get this notice because you run {}.", tenant.name),
    };
    letter.write(from, &envelope, Vec::new())
}

/// What a hand-over says, line by line; nothing where it has nothing to say.
fn summary(handover: &Handover) -> impl Iterator<Item = Row> {
    let parts = [
        ("Wanted", handover.asked.as_str()),
        ("Tried", handover.tried.as_str()),
        ("Promised", handover.promised.as_str()),
        ("Open", handover.open.as_str()),
    ];
    let said = parts.into_iter().filter(|(_, text)| !text.is_empty());
    said.map(|(label, text)| Row { label, lines: text.lines().map(str::to_owned).collect(), look: Look::Plain })
}
