//! The pages of an offer: `GET` shows what is offered, `POST` takes it or lets it pass.

use lambda_http::http::{Method, StatusCode};
use lambda_http::{Body, Request, Response};
use shared::app::confirm::link::{Dead, Error, Found};
use shared::app::confirm::offer;
use shared::app::terms::Terms;
use shared::domain::booking::{Booking, Status};
use shared::domain::link::Purpose;
use shared::http::problem::{ApiError, Chain};
use shared::runtime::Services;

use crate::link::{Failure, go_on};
use crate::page::{self, Button, Page, Tone};

/// Answers one request about the offer that was `found`.
pub(crate) async fn serve(
    services: &Services,
    request: &Request,
    found: &Found,
    purpose: Purpose,
) -> Result<Response<Body>, Failure> {
    match (request.method(), purpose, found.use_of) {
        // The button pressed twice leads to the same place.
        (&Method::POST, Purpose::Take, Ok(()) | Err(Dead::Taken)) => take(services, found).await,
        (_, _, Err(why)) => Ok(page::dead(found, why)?),
        (&Method::POST, _, Ok(())) => pass(services, found).await,
        (&Method::GET | &Method::HEAD, _, Ok(())) => show(services, found, purpose),
        _ => Err(ApiError::method_not_allowed().into()),
    }
}

fn show(services: &Services, found: &Found, purpose: Purpose) -> Result<Response<Body>, Failure> {
    let (business, booking) = (&found.business, &found.booking);
    let clocks = booking.clocks(&business.tenant.timezone);
    if purpose == Purpose::Pass {
        let page = Page::about(business, booking, "Let this place pass?");
        let button = Button {
            label: "Let it pass",
            is_grave: true,
            otherwise: "To think about it, just close this page.",
            told: None,
        };
        let page = page.saying("It goes to the next in line, and you leave the waitlist.");
        return Ok(page.answer(StatusCode::OK, Some(button))?);
    }
    let until = booking.hold_until.map(|until| clocks.moment(until)).unwrap_or_default();
    let mut page = Page::about(business, booking, "A place came free")
        .saying(format!("It is held for you until {until}. Then it goes to the next in line."));
    if let Some(line) = Terms::of(booking).cancelling(&clocks, services.clock.now()) {
        page = page.saying(line);
    }
    let otherwise = "Without an answer you leave the waitlist, and nothing is charged.";
    let button = Button { label: "Take this place", is_grave: false, otherwise, told: None };
    match booking.due.is_free() {
        true => Ok(page.answer(StatusCode::OK, Some(button))?),
        false => {
            let page = page.saying("You pay on the secure page of Stripe.");
            Ok(page.leading_to(&services.stripe.checkout_origin(), button)?)
        }
    }
}

async fn take(services: &Services, found: &Found) -> Result<Response<Body>, Failure> {
    let taken = match offer::take(services.confirm(), found).await {
        Ok(taken) => taken,
        Err(Error::Offer(_)) => return Ok(page::dead(found, Dead::Passed)?),
        Err(error) => return Err(error.into()),
    };
    match offer::pay(services.confirm(), found, taken.clone()).await {
        Ok(Some(url)) => go_on(services, found, &url),
        Ok(None) => stands(found, &taken),
        Err(Error::Checkout(error)) => {
            tracing::warn!(error = %Chain(&error), "a checkout session could not be opened");
            let page = Page::about(&found.business, &taken, "This place is yours to pay");
            let page = page.saying(
                "The payment service does not answer right now. We have sent you a mail with a link to pay later.",
            );
            Ok(page.answer(StatusCode::OK, None)?)
        }
        Err(error) => Err(error.into()),
    }
}

fn stands(found: &Found, taken: &Booking) -> Result<Response<Body>, Failure> {
    if taken.status != Status::Confirmed {
        return Ok(page::dead(found, Dead::Taken)?);
    }
    let page = Page::about(&found.business, taken, "You are booked").toned(Tone::Done);
    Ok(page.saying("We have sent you a mail with the date for your calendar.").answer(StatusCode::OK, None)?)
}

async fn pass(services: &Services, found: &Found) -> Result<Response<Body>, Failure> {
    let passed = match offer::pass(services.confirm(), found).await {
        Ok(passed) => passed,
        Err(Error::Offer(_)) => return Ok(page::dead(found, Dead::Taken)?),
        Err(error) => return Err(error.into()),
    };
    let page = Page::about(&found.business, &passed, "You have let this place pass").of_time_only();
    Ok(page
        .toned(Tone::Done)
        .saying("It goes to the next in line. To wait again, please ask in the chat.")
        .answer(StatusCode::OK, None)?)
}
