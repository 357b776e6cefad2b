//! The notice that nothing is sent to a webhook any more.

use super::letter::{Envelope, Letter, Pill, Row, Tone};
use super::{MailError, Sender};
use crate::domain::mail::Mail;
use crate::domain::webhook::Webhook;
use crate::domain::webhook::health::Disabled;

/// Writes to the owner that `webhook` was switched off, and why. Its address is told by its host alone: the rest may be
/// a secret.
///
/// # Errors
///
/// [`MailError`], a bug.
pub fn webhook_disabled(from: &Sender<'_>, webhook: &Webhook, why: Disabled) -> Result<Mail, MailError> {
    let tenant = from.tenant;
    let subject = format!("A webhook of {} was switched off", tenant.name);
    let mut letter =
        Letter::headed(Pill { word: "Needs you", tone: Tone::Stop }, subject, "A webhook was switched off");
    let because = match why {
        Disabled::Gone => "Its address answered that it is gone for good (410).",
        Disabled::Failing => "For five days, nothing that was sent to it was taken.",
    };
    letter.preheader = because.to_owned();
    letter.paragraphs.push(format!("{because} Nothing more is sent to it."));
    letter.paragraphs.push(
        "Switch it on again in your console once it works; from there you can send again what it missed.".to_owned(),
    );
    letter.rows = vec![Row::line("Host", webhook.url.url().host_str().unwrap_or_default())];
    if !webhook.description.is_empty() {
        letter.rows.push(Row::line("For", webhook.description.as_str()));
    }
    letter.rows.push(Row::line("Webhook", webhook.id.to_string()));
    let envelope = Envelope {
        to: &tenant.owner_email,
        reply_to: &tenant.owner_email,
        why: format!("You get this notice because you run {}.", tenant.name),
    };
    letter.write(from, &envelope, Vec::new())
}
