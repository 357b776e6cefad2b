//! The six digits that prove an address. Holds nothing that a visitor wrote: anybody can have one sent anywhere.

use super::letter::{Code, Envelope};
use super::{MailError, Sender};
use crate::domain::address::Email;
use crate::domain::code::CODE_LIFE;
use crate::domain::mail::Mail;

/// Writes `digits` to `to`.
///
/// # Errors
///
/// [`MailError`], a bug.
pub fn verification(from: &Sender<'_>, to: &Email, digits: &str) -> Result<Mail, MailError> {
    let business = &from.tenant.name;
    let code = Code {
        title: "Is this you?",
        lead: format!("Type this code into the chat with {business} to show that this address is yours."),
        digits: digits.to_owned(),
        small: vec![
            format!(
                "It works for {} minutes, in the chat that asked for it. Nobody from {business} will ever ask you for it.",
                CODE_LIFE.as_mins()
            ),
            "You did not ask for it? Then ignore this mail: without the code nothing happens.".to_owned(),
        ],
    };
    let envelope = Envelope {
        to,
        reply_to: &from.tenant.owner_email,
        why: format!("You get this mail because this address was typed into the chat of {business}."),
    };
    code.write(from, &format!("Your code for {business}"), &envelope)
}
