//! The pages behind the links in mails: plain HTML that works without JavaScript, on a phone and in the dark.
//!
//! Says everything in whole sentences; every string of a business or customer is escaped by the template.

use askama::Template;
use jiff::civil::Date;
use jiff::tz::TimeZone;
use lambda_http::http::header::REFRESH;
use lambda_http::http::{HeaderValue, StatusCode};
use lambda_http::{Body, Response};
use shared::app::confirm::link::{Dead, Found, Offer};
use shared::app::terms::{Terms, of_moving};
use shared::domain::booking::{Booking, CalledOffBy, Status};
use shared::domain::package::Kind;
use shared::domain::tenant::Tenant;
use shared::domain::waitlist::Entry;
use shared::http::problem::ApiError;
use shared::http::respond;

/// What every page has.
#[derive(Debug, Default)]
pub(crate) struct Page {
    pub(crate) business: String,
    pub(crate) heading: String,
    pub(crate) sentences: Vec<String>,
    pub(crate) rows: Vec<(&'static str, String)>,
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

#[derive(Template)]
#[template(path = "slots.html")]
struct Slots<'a> {
    page: &'a Page,
    alert: Option<&'static str>,
    days: Vec<DayLink>,
    shown: String,
    slots: Vec<Choice>,
    later: String,
    /// What its reader is told that is kept from then on, in minor units; sent along, so that it is no more.
    told: i64,
}

struct DayLink {
    link: String,
    label: String,
    is_shown: bool,
}

struct Choice {
    id: String,
    label: String,
}

impl Page {
    /// A page that is about no booking.
    pub(crate) fn plain(heading: &str, sentence: &str) -> Self {
        Self { heading: heading.to_owned(), sentences: vec![sentence.to_owned()], ..Self::default() }
    }

    /// A page about `booking`, as it is now.
    pub(crate) fn about(tenant: &Tenant, booking: &Booking, heading: &str) -> Self {
        let mut rows = vec![("What", booking.package_name.to_string()), ("When", booking.when(&tenant.timezone))];
        if !booking.price.is_free() {
            rows.extend(Terms::of(booking).price());
        }
        // Nobody needs the code of what is only offered.
        if booking.status != Status::Offered {
            rows.push(("Code", booking.code.to_string()));
        }
        Self { business: tenant.name.to_string(), heading: heading.to_owned(), sentences: Vec::new(), rows }
    }

    /// A page about a place in line.
    pub(crate) fn waiting(tenant: &Tenant, entry: &Entry, heading: &str) -> Self {
        let day = |date: Date| date.strftime("%a %-d %b %Y").to_string();
        let (first, last) = (entry.days.first(), entry.days.last());
        let when = if first == last { day(first) } else { format!("{} – {}", day(first), day(last)) };
        let rows = vec![("What", entry.package_name.to_string()), ("When", when)];
        Self { business: tenant.name.to_string(), heading: heading.to_owned(), sentences: Vec::new(), rows }
    }

    /// The same with one sentence more.
    pub(crate) fn saying(mut self, sentence: impl Into<String>) -> Self {
        self.sentences.push(sentence.into());
        self
    }

    /// The same with one row more.
    pub(crate) fn row(mut self, label: &'static str, value: impl Into<String>) -> Self {
        self.rows.push((label, value.into()));
        self
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
            ("This booking is canceled", "There is nothing left to do. If you still want to come, please book again.")
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
    Page::about(&found.business.tenant, &found.booking, heading).saying(sentence).answer(status, None)
}

/// The page to choose another time on.
pub(crate) fn slots(
    found: &Found,
    offer: &Offer,
    now: jiff::Timestamp,
    status: StatusCode,
    alert: Option<&'static str>,
) -> Result<Response<Body>, ApiError> {
    let (tenant, booking) = (&found.business.tenant, &found.booking);
    let mut page = Page::about(tenant, booking, "Choose another time");
    if offer.why_none.is_some() {
        page = page.saying("Nothing is free in these two weeks.");
    }
    let kept = booking.fee_if_moved(CalledOffBy::Customer, now);
    if let Some(kept) = of_moving(booking, now) {
        page = page.row("Kept if you cancel", kept);
    }
    let day = |date: &Date| DayLink {
        link: format!("?from={}&day={date}", offer.first),
        label: date.strftime("%a %-d %b").to_string(),
        is_shown: *date == offer.day,
    };
    let choices = offer.slots.iter().map(|(id, slot)| Choice {
        id: id.to_string(),
        label: match booking.kind {
            Kind::Date => "The whole day".to_owned(),
            Kind::Slot => local(slot.start(), &tenant.timezone).strftime("%H:%M").to_string(),
        },
    });
    let slots = Slots {
        page: &page,
        alert,
        days: offer.days.iter().map(day).collect(),
        shown: offer.day.strftime("%A, %-d %B %Y").to_string(),
        slots: choices.collect(),
        later: format!("?from={}", offer.later),
        told: kept.minor(),
    };
    Ok(respond::html(status, slots.render().map_err(ApiError::internal)?))
}

fn local(at: jiff::Timestamp, timezone: &TimeZone) -> jiff::Zoned {
    at.to_zoned(timezone.clone())
}
