//! A mail, ready to be sent: what it holds, not how it travels.

use super::address::Email;
use super::text::Line;

/// One mail to one address.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Mail {
    /// The reader.
    pub to: Email,
    /// The business's name, shown as the sender. One line, so that it cannot forge a header.
    pub from_name: Line<120>,
    /// Where an answer goes: to the business from its customers, and to the customer from the business's notices.
    pub reply_to: Email,
    /// One line, so that it cannot forge a header.
    pub subject: Line<200>,
    /// The HTML part; every user string in it is escaped.
    pub html: String,
    /// The plain text part, complete by itself.
    pub text: String,
    /// Files, such as the calendar entry.
    pub attachments: Vec<Attachment>,
}

/// A file in a mail.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Attachment {
    /// File name as shown, ASCII.
    pub name: String,
    /// MIME type, as `text/calendar; method=REQUEST; charset=utf-8`.
    pub mime: String,
    /// The content.
    pub bytes: Vec<u8>,
}
