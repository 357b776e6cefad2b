//! Mails: what is written in them, to whom, with which links and files.
//!
//! Pure rendering: nothing here sends, stores, or asks for the time. Words come from us, names and
//! notes from people: those are escaped in HTML, quoted in text, and never become a link. Of what a
//! customer wrote, only the name is ever mailed to the address that the customer typed in.

mod booking;
mod calendar;
mod customer;
mod escalation;
mod letter;
mod links;
mod owner;
mod reply;
mod verification;
mod waitlist;
mod webhook;

#[cfg(test)]
mod tests;

use jiff::Timestamp;
use thiserror::Error;

use crate::domain::brand::Brand;
use crate::domain::tenant::Tenant;
use crate::domain::text::InvalidText;

pub use booking::{BookingMail, Reader, booking};
pub(crate) use calendar::feed as feed_file;
pub use escalation::escalation;
pub use links::{InvalidPublicUrl, Links, mailto};
pub use reply::reply;
pub use verification::verification;
pub use waitlist::joined;
pub use webhook::webhook_disabled;

/// Who writes, and when: what every mail needs to know.
#[derive(Debug, Clone, Copy)]
pub struct Sender<'a> {
    /// The business in whose name the mail is written.
    pub tenant: &'a Tenant,
    /// In whose colour.
    pub brand: Brand,
    /// Makes the links that go into it.
    pub links: &'a Links,
    /// When it is written: decides what still can be done, and stamps the calendar entry.
    pub at: Timestamp,
}

/// A mail that could not be written. A bug of ours: no data that passed its parser causes it.
#[derive(Debug, Error)]
pub enum MailError {
    /// A template failed.
    #[error("the mail could not be rendered")]
    Template(#[from] askama::Error),
    /// The subject came out empty.
    #[error("the mail has no subject")]
    Subject(#[from] InvalidText),
}
