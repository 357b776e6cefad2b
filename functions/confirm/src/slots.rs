//! The page to choose another time on: free times day by day, on the customer's own clock, too.
//!
//! Offers only what was free a moment ago; whether it still is, the button's press decides.

use askama::Template;
use jiff::civil::Date;
use lambda_http::http::StatusCode;
use lambda_http::{Body, Response};
use shared::app::confirm::link::{Found, Offer};
use shared::app::terms::of_moving;
use shared::domain::booking::CalledOffBy;
use shared::domain::package::Kind;
use shared::http::problem::ApiError;
use shared::http::respond;

use crate::page::{Look, Page, Tone};

#[derive(Template)]
#[template(path = "slots.html")]
struct Slots<'a> {
    page: &'a Page,
    alert: Option<&'static str>,
    days: Vec<DayLink>,
    shown: String,
    /// Whose time it is, for who may live in another.
    place: Option<String>,
    /// Whether the customer's own times stand beside it.
    has_own: bool,
    slots: Vec<Choice>,
    earlier: Option<String>,
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
    /// The same on the customer's own clock.
    own: Option<String>,
}

/// The page to choose another time on.
pub(crate) fn page(
    found: &Found,
    offer: &Offer,
    now: jiff::Timestamp,
    status: StatusCode,
    alert: Option<&'static str>,
) -> Result<Response<Body>, ApiError> {
    let (business, booking) = (&found.business, &found.booking);
    let clocks = booking.clocks(&business.tenant.timezone);
    let mut page = Page::about(business, booking, "Choose another time").of_time_only();
    if offer.why_none.is_some() {
        page = page.saying(format!("Nothing is free from {} to {}.", short(offer.first), short(offer.last())));
    }
    let kept = booking.fee_if_moved(CalledOffBy::Customer, now);
    if let Some(kept) = of_moving(booking, now) {
        page = page.row("Kept if you cancel", kept);
    }
    let day = |date: &Date| DayLink {
        link: format!("?from={}&day={date}", offer.first),
        label: short(*date),
        is_shown: *date == offer.day,
    };
    let choices = offer.slots.iter().map(|(id, slot)| Choice {
        id: id.to_string(),
        label: match booking.kind {
            Kind::Date => "The whole day".to_owned(),
            Kind::Slot => clocks.time(slot.start()),
        },
        own: clocks.own_time(slot.start()).filter(|_| booking.kind == Kind::Slot),
    });
    let choices: Vec<Choice> = choices.collect();
    let slots = Slots {
        page: &page,
        alert,
        days: offer.days.iter().map(day).collect(),
        shown: offer.day.strftime("%A, %-d %B %Y").to_string(),
        place: offer.slots.first().and_then(|(_, slot)| clocks.place(slot.start())),
        has_own: choices.iter().any(|choice| choice.own.is_some()),
        slots: choices,
        earlier: offer.earlier.map(|from| format!("?from={from}")),
        later: format!("?from={}", offer.later),
        told: kept.minor(),
    };
    Ok(respond::html(status, slots.render().map_err(ApiError::internal)?))
}

/// A day on a small button: `Mon 23 Nov`.
fn short(date: Date) -> String {
    date.strftime("%a %-d %b").to_string()
}
