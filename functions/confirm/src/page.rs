//! The pages behind the links in mails: plain HTML that works without JavaScript, on a phone and in the dark.
//!
//! Says everything in whole sentences; every string of a business or customer is escaped by the template.

use askama::Template;
use lambda_http::http::header::REFRESH;
use lambda_http::http::{HeaderValue, StatusCode};
use lambda_http::{Body, Response};
use shared::app::confirm::link::{Dead, Found};
use shared::app::mail::mailto;
use shared::app::terms::Terms;
use shared::domain::booking::{Booking, Status};
use shared::domain::brand::Brand;
use shared::domain::business::BusinessContext;
use shared::domain::clocks::Clocks;
use shared::domain::waitlist::Entry;
use shared::domain::widget::WidgetConfig;
use shared::http::problem::ApiError;
use shared::http::respond;
use url::Url;

/// What every page has.
#[derive(Debug)]
pub(crate) struct Page {
    pub(crate) business: String,
    pub(crate) brand: Brand,
    pub(crate) tone: Tone,
    pub(crate) heading: String,
    pub(crate) sentences: Vec<String>,
    pub(crate) facts: Vec<Fact>,
    pub(crate) contact: Vec<Contact>,
}

/// What a page brings: the sign above its heading.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Tone {
    /// It asks, and needs no sign.
    Asks,
    /// What its reader wanted is done.
    Done,
    /// Nothing can be done here.
    Over,
}

/// One line about the booking.
#[derive(Debug)]
pub(crate) struct Fact {
    pub(crate) label: &'static str,
    pub(crate) lines: Vec<String>,
    pub(crate) look: Look,
}

/// How a fact is shown.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Look {
    Plain,
    /// What the page is about.
    Lead,
    /// It no longer holds.
    Gone,
    /// Letter by letter.
    Code,
}

/// A way to reach the business.
#[derive(Debug)]
pub(crate) struct Contact {
    pub(crate) text: String,
    pub(crate) link: Option<String>,
}

/// The one thing that can be done on a page.
pub(crate) struct Button {
    pub(crate) label: &'static str,
    pub(crate) is_grave: bool,
    /// What happens when it is not pressed.
    pub(crate) otherwise: &'static str,
    /// What its reader is told that it brings, in minor units; sent along, so that it brings no less.
    pub(crate) told: Option<i64>,
}

#[derive(Template)]
#[template(path = "notice.html")]
struct Notice<'a> {
    page: &'a Page,
    act: Option<Act<'a>>,
}

/// What a page has its reader do.
enum Act<'a> {
    /// Press a button.
    Press(Button),
    /// Follow a link.
    Follow { url: &'a str, label: &'static str },
}

impl Look {
    /// Its class.
    pub(crate) const fn class(self) -> &'static str {
        match self {
            Self::Plain => "plain",
            Self::Lead => "lead",
            Self::Gone => "gone",
            Self::Code => "code",
        }
    }
}

impl Page {
    /// A page that is about no booking.
    pub(crate) fn plain(heading: &str, sentence: &str) -> Self {
        Self {
            business: String::new(),
            brand: Brand::of(WidgetConfig::default().primary),
            tone: Tone::Over,
            heading: heading.to_owned(),
            sentences: vec![sentence.to_owned()],
            facts: Vec::new(),
            contact: Vec::new(),
        }
    }

    /// A page about `booking`, as it is now.
    pub(crate) fn about(business: &BusinessContext, booking: &Booking, heading: &str) -> Self {
        let clocks = booking.clocks(&business.tenant.timezone);
        let when = if booking.status.holds_slot() { Look::Lead } else { Look::Gone };
        let mut page = Self::of(business, heading).row("What", booking.package_name.to_string());
        page.facts.push(Fact { label: "When", lines: clocks.lines(booking.kind, &booking.slot), look: when });
        let own = clocks.own_lines(&booking.slot).filter(|_| booking.status.holds_slot());
        page.facts.extend(own.map(|lines| Fact { label: "Your time", lines, look: Look::Plain }));
        // Nobody needs the code of what is only offered.
        if booking.status != Status::Offered {
            page.facts.push(Fact { label: "Code", lines: vec![booking.code.to_string()], look: Look::Code });
        }
        let price = if booking.price.is_free() { Vec::new() } else { Terms::of(booking).price() };
        price.into_iter().fold(page, |page, (label, value)| page.row(label, value))
    }

    /// A page about a place in line.
    pub(crate) fn waiting(business: &BusinessContext, entry: &Entry, heading: &str) -> Self {
        let days = Clocks::new(&business.tenant.timezone, entry.customer_timezone.as_ref()).days(entry.days);
        let page = Self::of(business, heading).row("What", entry.package_name.to_string());
        if entry.status.is_live() { page.lead("When", days) } else { page.row("When", days) }
    }

    /// A page of `business` that tells nothing yet.
    fn of(business: &BusinessContext, heading: &str) -> Self {
        Self {
            business: business.tenant.name.to_string(),
            brand: Brand::of(business.widget.primary),
            tone: Tone::Asks,
            heading: heading.to_owned(),
            sentences: Vec::new(),
            facts: Vec::new(),
            contact: contact(business),
        }
    }

    /// The same with what it is and when, and no more: for who chooses another time, or has lost this one.
    pub(crate) fn of_time_only(mut self) -> Self {
        self.facts.retain(|fact| matches!(fact.label, "What" | "When" | "Your time"));
        self
    }

    /// The same with its sign.
    pub(crate) const fn toned(mut self, tone: Tone) -> Self {
        self.tone = tone;
        self
    }

    /// The same with one sentence more.
    pub(crate) fn saying(mut self, sentence: impl Into<String>) -> Self {
        self.sentences.push(sentence.into());
        self
    }

    /// The same with one row more.
    pub(crate) fn row(mut self, label: &'static str, value: impl Into<String>) -> Self {
        self.facts.push(Fact { label, lines: vec![value.into()], look: Look::Plain });
        self
    }

    /// The same with one row more, which is what the page is about.
    pub(crate) fn lead(mut self, label: &'static str, value: impl Into<String>) -> Self {
        self.facts.push(Fact { label, lines: vec![value.into()], look: Look::Lead });
        self
    }

    /// The same of a booking that has just been moved, with the time it had.
    pub(crate) fn moved(mut self, business: &BusinessContext, booking: &Booking) -> Self {
        let Some(before) = booking.moved_from else { return self };
        let lines = booking.clocks(&business.tenant.timezone).lines(booking.kind, &before);
        let at = self.facts.iter().position(|fact| fact.look == Look::Lead).map_or(self.facts.len(), |at| at + 1);
        self.facts.insert(at, Fact { label: "Before", lines, look: Look::Gone });
        self
    }

    /// The first letter of the business, in place of a logo.
    pub(crate) fn initial(&self) -> String {
        self.business.chars().find(|c| c.is_alphanumeric()).unwrap_or('•').to_uppercase().collect()
    }

    /// The page as an answer, with the one thing that can be done on it.
    pub(crate) fn answer(&self, status: StatusCode, button: Option<Button>) -> Result<Response<Body>, ApiError> {
        let html = Notice { page: self, act: button.map(Act::Press) }.render().map_err(ApiError::internal)?;
        Ok(respond::html(status, html))
    }

    /// The page with a button that leads on to the origin `onward`.
    pub(crate) fn leading_to(&self, onward: &str, button: Button) -> Result<Response<Body>, ApiError> {
        let html = Notice { page: self, act: Some(Act::Press(button)) }.render().map_err(ApiError::internal)?;
        Ok(respond::html_leading_to(StatusCode::OK, html, onward))
    }

    /// The page that goes on to `url` by itself, and by its link where browsers do not.
    pub(crate) fn going_on(&self, url: &str, label: &'static str) -> Result<Response<Body>, ApiError> {
        let html = Notice { page: self, act: Some(Act::Follow { url, label }) }.render().map_err(ApiError::internal)?;
        let mut response = respond::html(StatusCode::OK, html);
        let refresh = HeaderValue::from_str(&format!("0; url={url}")).map_err(ApiError::internal)?;
        response.headers_mut().insert(REFRESH, refresh);
        Ok(response)
    }
}

/// The page of a link that does nothing any more.
pub(crate) fn dead(found: &Found, why: Dead) -> Result<Response<Body>, ApiError> {
    let (heading, sentence) = match why {
        Dead::CalledOff => {
            ("This booking is cancelled", "There is nothing left to do. If you still want to come, please book again.")
        }
        Dead::Expired => (
            "This booking was not paid in time",
            "Its time has been given free. If you still want to come, please book again.",
        ),
        Dead::Confirming => (
            "Your payment is being confirmed",
            "There is nothing left to do. Your time is kept for you, and we write to you as soon as it is certain.",
        ),
        Dead::Paid => ("This booking is paid", "There is nothing left to pay. We look forward to seeing you."),
        Dead::Outdated => (
            "This link is of an older mail",
            "The booking has changed since then. Please use the links in the newest mail.",
        ),
        Dead::Taken => ("You have taken this place", "Everything about it is in the mail that we have sent you since."),
        Dead::Passed => (
            "This offer is over",
            "It was not taken in time, so the place went to the next in line. To wait again, please ask in the chat.",
        ),
        Dead::Over => {
            ("This booking can no longer be changed", "Its time has come. Please contact us if something is not right.")
        }
    };
    let status = match why {
        Dead::Paid | Dead::Confirming | Dead::Taken => StatusCode::OK,
        _ => StatusCode::GONE,
    };
    let tone = if status == StatusCode::OK { Tone::Done } else { Tone::Over };
    let page = Page::about(&found.business, &found.booking, heading).toned(tone).saying(sentence);
    // What was never taken had no code and no price for its reader.
    let page = if why == Dead::Passed { page.of_time_only() } else { page };
    page.answer(status, None)
}

/// How a customer reaches the business: whoever is stuck on a page needs a person.
fn contact(business: &BusinessContext) -> Vec<Contact> {
    let (tenant, contact) = (&business.tenant, &business.tenant.contact);
    let plain = |text: &str| Contact { text: text.to_owned(), link: None };
    let mut ways: Vec<Contact> = contact.address.as_str().lines().map(plain).collect();
    let digits: String = contact.phone.as_str().chars().filter(|c| c.is_ascii_digit() || *c == '+').collect();
    if !contact.phone.is_empty() {
        ways.push(Contact { link: Some(format!("tel:{digits}")), ..plain(contact.phone.as_str()) });
    }
    ways.push(Contact { link: Some(mailto(&tenant.owner_email)), ..plain(tenant.owner_email.as_str()) });
    if !contact.website.is_empty() {
        let site = contact.website.as_str();
        let is_link = Url::parse(site).is_ok_and(|url| matches!(url.scheme(), "http" | "https"));
        ways.push(Contact { link: is_link.then(|| site.to_owned()), ..plain(site) });
    }
    ways
}
