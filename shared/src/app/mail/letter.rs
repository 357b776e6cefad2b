//! A letter: the parts that mails are built from, and how they become HTML, text and a [`Mail`].

use askama::Template;
use url::Url;

use super::{MailError, Sender};
use crate::domain::address::Email;
use crate::domain::brand::Brand;
use crate::domain::mail::{Attachment, Mail};
use crate::domain::text::{Line, cut};

/// Longest subject that is sent.
const SUBJECT_CHARS: usize = 200;
/// Where values begin in the text part.
const LABEL_WIDTH: usize = 14;

/// Whom a mail goes to, and why they get it.
pub(super) struct Envelope<'a> {
    pub(super) to: &'a Email,
    pub(super) reply_to: &'a Email,
    /// The last sentence of the mail: why this reader gets it.
    pub(super) why: String,
}

/// What a mail says.
pub(super) struct Letter {
    pub(super) subject: String,
    /// What a mailbox shows beside the subject.
    pub(super) preheader: String,
    pub(super) pill: Pill,
    pub(super) title: String,
    pub(super) paragraphs: Vec<String>,
    pub(super) button: Option<Action>,
    pub(super) rows: Vec<Row>,
    /// Somebody else's words, line by line.
    pub(super) quote: Vec<String>,
    pub(super) actions: Vec<Action>,
    pub(super) small: Vec<String>,
}

/// The state, in a word and a colour.
pub(super) struct Pill {
    pub(super) word: &'static str,
    pub(super) tone: Tone,
}

/// What a state means for the reader.
#[derive(Clone, Copy)]
pub(super) enum Tone {
    Good,
    Wait,
    Stop,
    Info,
    Calm,
}

/// A link that does something.
pub(super) struct Action {
    pub(super) label: &'static str,
    pub(super) url: String,
}

/// One fact.
pub(super) struct Row {
    pub(super) label: &'static str,
    pub(super) lines: Vec<String>,
    pub(super) look: Look,
}

/// How a fact is shown.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Look {
    /// As facts are.
    Plain,
    /// As what the mail is about.
    Lead,
    /// Letter by letter, to be read out.
    Code,
    /// Struck out: it no longer holds.
    Gone,
}

/// A code to be typed in.
pub(super) struct Code {
    pub(super) title: &'static str,
    pub(super) lead: String,
    pub(super) digits: String,
    pub(super) small: Vec<String>,
}

/// What stands around every mail.
struct Frame<'a> {
    subject: &'a str,
    preheader: &'a str,
    business: &'a str,
    brand: Brand,
    /// The first letter of the business, in place of a logo: images are blocked in many mailboxes.
    initial: String,
    address: Vec<&'a str>,
    phone: &'a str,
    website: Option<Website<'a>>,
    why: &'a str,
}

/// The business's web address; a link only if it is one of the web.
struct Website<'a> {
    text: &'a str,
    is_link: bool,
}

#[derive(Template)]
#[template(path = "mail/letter.html")]
struct LetterHtml<'a> {
    frame: &'a Frame<'a>,
    letter: &'a Letter,
}

#[derive(Template)]
#[template(path = "mail/letter.txt")]
struct LetterText<'a> {
    frame: &'a Frame<'a>,
    letter: &'a Letter,
}

#[derive(Template)]
#[template(path = "mail/code.html")]
struct CodeHtml<'a> {
    frame: &'a Frame<'a>,
    code: &'a Code,
}

#[derive(Template)]
#[template(path = "mail/code.txt")]
struct CodeText<'a> {
    frame: &'a Frame<'a>,
    code: &'a Code,
}

impl Letter {
    /// Puts the letter on paper.
    pub(super) fn write(
        &self,
        from: &Sender<'_>,
        envelope: &Envelope<'_>,
        attachments: Vec<Attachment>,
    ) -> Result<Mail, MailError> {
        let subject = Line::new(cut(&self.subject, SUBJECT_CHARS))?;
        let frame = Frame::new(from, subject.as_str(), &self.preheader, &envelope.why);
        let html = LetterHtml { frame: &frame, letter: self }.render()?;
        let text = LetterText { frame: &frame, letter: self }.render()?;
        Ok(mail(from, envelope, subject, html, text, attachments))
    }
}

impl Code {
    /// Puts the code on paper.
    pub(super) fn write(&self, from: &Sender<'_>, subject: &str, envelope: &Envelope<'_>) -> Result<Mail, MailError> {
        let subject = Line::new(cut(subject, SUBJECT_CHARS))?;
        let frame = Frame::new(from, subject.as_str(), &self.lead, &envelope.why);
        let html = CodeHtml { frame: &frame, code: self }.render()?;
        let text = CodeText { frame: &frame, code: self }.render()?;
        Ok(mail(from, envelope, subject, html, text, Vec::new()))
    }
}

impl<'a> Frame<'a> {
    fn new(from: &Sender<'a>, subject: &'a str, preheader: &'a str, why: &'a str) -> Self {
        let tenant = from.tenant;
        let website = tenant.contact.website.as_str();
        Self {
            subject,
            preheader,
            business: tenant.name.as_str(),
            brand: from.brand,
            initial: tenant.name.as_str().chars().find(|c| c.is_alphanumeric()).unwrap_or('•').to_uppercase().collect(),
            address: tenant.contact.address.as_str().lines().collect(),
            phone: tenant.contact.phone.as_str(),
            website: (!website.is_empty()).then(|| Website {
                text: website,
                is_link: Url::parse(website).is_ok_and(|url| matches!(url.scheme(), "http" | "https")),
            }),
            why,
        }
    }
}

impl Tone {
    /// Its class, which the dark colours hang on.
    pub(super) const fn class(self) -> &'static str {
        match self {
            Self::Good => "good",
            Self::Wait => "wait",
            Self::Stop => "stop",
            Self::Info => "info",
            Self::Calm => "calm",
        }
    }

    /// Its light colours; text on ground has a contrast of at least 6:1.
    pub(super) const fn style(self) -> &'static str {
        match self {
            Self::Good => "background:#e1f0e7;color:#1d573a;",
            Self::Wait => "background:#fbefd5;color:#6f4a00;",
            Self::Stop => "background:#f9e4e0;color:#8a2c20;",
            Self::Info => "background:#e2ecf7;color:#214b77;",
            Self::Calm => "background:#ebe9e4;color:#4a524d;",
        }
    }
}

impl Look {
    /// Its type and light colour. The dark colours hang on classes.
    pub(super) const fn style(self) -> &'static str {
        match self {
            Self::Plain => "font-size:15px;font-weight:600;color:#1f2924;",
            Self::Lead => "font-size:18px;font-weight:700;color:#1f2924;",
            Self::Code => {
                "font-family:ui-monospace,SFMono-Regular,Menlo,Consolas,monospace;font-size:17px;letter-spacing:0.08em;font-weight:600;color:#1f2924;"
            }
            Self::Gone => "font-size:15px;font-weight:400;color:#5b655f;",
        }
    }
}

impl Row {
    /// A fact on one line.
    pub(super) fn line(label: &'static str, text: impl Into<String>) -> Self {
        Self { label, lines: vec![text.into()], look: Look::Plain }
    }

    /// The row in the text part: the label, and the lines below one another.
    pub(super) fn text(&self) -> String {
        let label = format!("{:<LABEL_WIDTH$}", self.label);
        format!("{label}{}", self.lines.join(&format!("\n{:LABEL_WIDTH$}", "")))
    }
}

/// Claims that mailboxes would make a link of `name`: then it is left out of what a customer gets,
/// since a stranger may have typed it in to have us mail a link to somebody else.
pub(super) fn reads_as_an_address(name: &str) -> bool {
    let is_host = |(before, after): (&str, &str)| {
        before.ends_with(char::is_alphanumeric) && after.chars().take_while(|c| c.is_alphanumeric()).nth(1).is_some()
    };
    name.contains(['/', '@', ':']) || name.split('.').zip(name.split('.').skip(1)).any(is_host)
}

fn mail(
    from: &Sender<'_>,
    envelope: &Envelope<'_>,
    subject: Line<200>,
    html: String,
    text: String,
    attachments: Vec<Attachment>,
) -> Mail {
    Mail {
        to: envelope.to.clone(),
        from_name: from.tenant.name.clone(),
        reply_to: envelope.reply_to.clone(),
        subject,
        html,
        text,
        attachments,
    }
}
