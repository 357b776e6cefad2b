//! The mail to somebody who joined the waitlist: what they wait for, and how to leave.

use super::letter::{Action, Envelope, Letter, Look, Pill, Row, Tone, reads_as_an_address};
use super::{MailError, Sender};
use crate::domain::clocks::Clocks;
use crate::domain::mail::Mail;
use crate::domain::waitlist::Entry;

/// Writes to the customer that they are on the list.
///
/// # Errors
///
/// [`MailError`], a bug.
pub fn joined(from: &Sender<'_>, entry: &Entry) -> Result<Mail, MailError> {
    let (tenant, when) = (from.tenant, entry.days.to_string());
    let subject = format!("You are on the waitlist: {}, {when}", entry.package_name);
    let mut letter = Letter::headed(Pill { word: "Waiting", tone: Tone::Info }, subject, "You are on the waitlist");
    letter.preheader = format!("{}, {when}", entry.package_name);
    let name = entry.customer.name.as_str();
    let hello = if reads_as_an_address(name) { "Hello,".to_owned() } else { format!("Hello {name},") };
    let minutes = tenant.policies.offer.as_secs() / 60;
    letter.paragraphs = vec![
        hello,
        "Nothing is booked yet. If a place comes free, it is offered in the order in which people joined.".to_owned(),
        format!(
            "When it is your turn you get a mail, and {minutes} minutes to take the place. Nothing is charged before."
        ),
    ];
    let days = Clocks::new(&tenant.timezone, entry.customer_timezone.as_ref()).days(entry.days);
    letter.rows = vec![
        Row::line("Waiting for", entry.package_name.as_str()),
        Row { label: "When", lines: vec![days], look: Look::Lead },
    ];
    let leave = from.links.leave(tenant, entry);
    letter.actions.extend(leave.map(|url| Action { label: "Leave the waitlist", url }));
    let why = format!(
        "You get this mail because this address was given for the waitlist of {}. You did not do that? Leave the list with the link above.",
        tenant.name
    );
    letter.write(from, &Envelope { to: &entry.customer.email, reply_to: &tenant.owner_email, why }, Vec::new())
}
