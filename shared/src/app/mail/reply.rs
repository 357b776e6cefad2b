//! A person's answer to a visitor who has left the chat. Holds nothing that the visitor wrote: the address may be
//! one that they only typed in.

use super::letter::{Envelope, Letter, Pill, Tone};
use super::{MailError, Sender};
use crate::domain::address::Email;
use crate::domain::mail::Mail;

/// Writes the answer `said` to the visitor at `to`. An answer to the mail reaches the business.
///
/// # Errors
///
/// [`MailError`], a bug.
pub fn reply(from: &Sender<'_>, to: &Email, said: &str) -> Result<Mail, MailError> {
    let business = &from.tenant.name;
    let mut letter = Letter::headed(
        Pill { word: "Answer", tone: Tone::Info },
        format!("{business} answered you"),
        "You have an answer",
    );
    letter.preheader = said.split_whitespace().collect::<Vec<_>>().join(" ");
    letter.paragraphs.push(format!("You wrote to {business} in the chat on their website. They answered:"));
    letter.quote = said.lines().map(str::to_owned).collect();
    letter.small.push("Reply to this mail to write back.".to_owned());
    let envelope = Envelope {
        to,
        reply_to: &from.tenant.owner_email,
        why: format!("You get this mail because this address was given in the chat of {business}."),
    };
    letter.write(from, &envelope, Vec::new())
}
