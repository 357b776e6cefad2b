//! The links in mails: `GET` shows a page and changes nothing, `POST` does what its button says.
//!
//! Whoever asks is a person with a browser: every refusal and failure is a page, too.

use lambda_http::http::header::RETRY_AFTER;
use lambda_http::http::{HeaderValue, Method, StatusCode};
use lambda_http::{Body, Request, Response};
use shared::app::booking::{self, Told};
use shared::app::confirm::link::{self, Error, Found};
use shared::app::terms::{Terms, of_calling_off};
use shared::domain::booking::CalledOffBy;
use shared::domain::link::{InvalidLink, Purpose};
use shared::domain::meter::Rate;
use shared::domain::money::Money;
use shared::http::gate;
use shared::http::problem::{ApiError, Chain};
use shared::http::{request, respond};
use shared::runtime::Services;
use url::Url;

use crate::offer;
use crate::page::{self, Button, Page, Tone};
use crate::slots;

/// Answers one request for what `purpose` says.
pub(crate) async fn answer(services: &Services, request: &Request, purpose: Purpose) -> Response<Body> {
    let result = match serve(services, request, purpose).await {
        Ok(response) => Ok(response),
        Err(error) => failed(&error),
    };
    respond::finish(request, None, result)
}

async fn serve(services: &Services, request: &Request, purpose: Purpose) -> Result<Response<Body>, Failure> {
    let token = request::path_text(request, "token")?;
    let found = link::look(services.confirm(), purpose, token).await?;
    gate::count(services.gate(), found.business.tenant.id, request, &Rate::CALLS).await?;
    if purpose == Purpose::Take || purpose == Purpose::Pass {
        return offer::serve(services, request, &found, purpose).await;
    }
    if let Err(why) = found.use_of {
        return Ok(page::dead(&found, why)?);
    }
    match (request.method(), purpose) {
        (&Method::GET | &Method::HEAD, purpose) => show(services, request, &found, purpose).await,
        (&Method::POST, Purpose::Cancel) => cancel(services, request, &found).await,
        (&Method::POST, Purpose::Reschedule) => reschedule(services, request, &found).await,
        (&Method::POST, Purpose::Pay) => pay(services, &found).await,
        _ => Err(ApiError::method_not_allowed().into()),
    }
}

async fn show(
    services: &Services,
    request: &Request,
    found: &Found,
    purpose: Purpose,
) -> Result<Response<Body>, Failure> {
    let (tenant, booking) = (&found.business.tenant, &found.booking);
    match purpose {
        Purpose::Cancel => Ok(ask(services, found, StatusCode::OK)?),
        Purpose::Reschedule => offer(services, request, found, StatusCode::OK, None).await,
        Purpose::Pay => {
            let page = Page::about(&found.business, booking, "Pay for your booking");
            let mut page = page.saying("Your time is held for you. You pay on the secure page of Stripe.");
            if let Some(line) = Terms::of(booking).cancelling(&booking.clocks(&tenant.timezone), services.clock.now()) {
                page = page.saying(line);
            }
            let button = Button {
                label: "Go to payment",
                is_grave: false,
                otherwise: "Without a payment the time is given free again.",
                told: None,
            };
            Ok(page.leading_to(&services.stripe.checkout_origin(), button)?)
        }
        Purpose::Take | Purpose::Pass | Purpose::Leave => Err(ApiError::not_found().into()),
    }
}

/// The page that asks whether the booking is to be called off, and says what comes back.
fn ask(services: &Services, found: &Found, status: StatusCode) -> Result<Response<Body>, ApiError> {
    let (booking, now) = (&found.booking, services.clock.now());
    let mut page = Page::about(&found.business, booking, "Cancel this booking?");
    if status == StatusCode::CONFLICT {
        page = page.saying("What comes back to you has changed since you opened this page. Nothing is cancelled yet.");
    }
    let mut told = of_calling_off(booking, now);
    // The last line is what the click is about.
    let last = told.pop();
    page = told.into_iter().fold(page, |page, (label, value)| page.row(label, value));
    page = last.into_iter().fold(page, |page, (label, value)| page.lead(label, value));
    let back = booking.if_called_off(CalledOffBy::Customer, now).back;
    let button = Button {
        label: "Cancel booking",
        is_grave: true,
        otherwise: "To keep it, just close this page.",
        told: Some(back.map_or(0, |back| back.minor())),
    };
    page.answer(status, Some(button))
}

async fn cancel(services: &Services, request: &Request, found: &Found) -> Result<Response<Body>, Failure> {
    let told = told(request, found)?.map(|back| Told::Back(Some(back)));
    let canceled = match link::cancel(services.confirm(), found, told).await {
        Err(Error::Booking(booking::Error::TermsChanged)) => return Ok(ask(services, found, StatusCode::CONFLICT)?),
        canceled => canceled?,
    };
    let mut page = Page::about(&found.business, &canceled, "Your booking is cancelled")
        .toned(Tone::Done)
        .saying("We have sent you a mail about it.");
    if !canceled.fee.is_free() {
        page = page.row("Cancellation fee", canceled.fee.to_string());
    }
    if let Some(back) = canceled.refund_due {
        page = page
            .saying("The money goes back the way you paid. That can take a few days.")
            .lead("You get back", back.to_string());
    }
    Ok(page.answer(StatusCode::OK, None)?)
}

/// What the page that was sent back had told its reader; none when it does not say.
fn told(request: &Request, found: &Found) -> Result<Option<Money>, ApiError> {
    let minor = field(request, "told")?.and_then(|minor| minor.parse().ok());
    Ok(minor.and_then(|minor| Money::new(minor, found.booking.price.currency()).ok()))
}

/// A field of the form that was sent.
fn field(request: &Request, name: &str) -> Result<Option<String>, ApiError> {
    let form = request::body(request)?;
    let mut fields = url::form_urlencoded::parse(form);
    Ok(fields.find(|(field, _)| field == name).map(|(_, value)| value.into_owned()))
}

async fn reschedule(services: &Services, request: &Request, found: &Found) -> Result<Response<Body>, Failure> {
    let Some(chosen) = field(request, "slot")? else {
        return offer(services, request, found, StatusCode::BAD_REQUEST, Some("Please choose a time first.")).await;
    };
    let told = told(request, found)?.map(|fee| Told::Fee(Some(fee)));
    match link::reschedule(services.confirm(), found, &chosen, told).await {
        Ok(moved) => {
            let page = Page::about(&found.business, &moved, "Your booking has a new time");
            Ok(page
                .toned(Tone::Done)
                .moved(&found.business, &moved)
                .saying("We have sent you a mail with the new date for your calendar.")
                .answer(StatusCode::OK, None)?)
        }
        Err(Error::Booking(booking::Error::SlotTaken { .. })) => {
            let alert = "That time has just been taken. Your booking stays as it is; please choose another time.";
            offer(services, request, found, StatusCode::CONFLICT, Some(alert)).await
        }
        Err(Error::Booking(booking::Error::TermsChanged)) => {
            let alert = "What is kept if you cancel has changed meanwhile. Your booking stays as it is so far.";
            offer(services, request, found, StatusCode::CONFLICT, Some(alert)).await
        }
        Err(Error::NotOffered) => {
            let alert = "That time cannot be booked. Please choose one of these.";
            offer(services, request, found, StatusCode::BAD_REQUEST, Some(alert)).await
        }
        Err(error) => Err(error.into()),
    }
}

async fn pay(services: &Services, found: &Found) -> Result<Response<Body>, Failure> {
    match link::pay(services.confirm(), found).await {
        Ok(Ok(url)) => go_on(services, found, &url),
        Ok(Err(why)) => Ok(page::dead(found, why)?),
        Err(Error::Checkout(error)) => {
            tracing::warn!(error = %Chain(&error), "a checkout session could not be opened");
            let page = Page::about(&found.business, &found.booking, "Payment is not possible right now");
            let page = page
                .saying("The payment service does not answer. Your booking stands; please try again in a few minutes.");
            let mut response = page.answer(StatusCode::SERVICE_UNAVAILABLE, None)?;
            response.headers_mut().insert(RETRY_AFTER, HeaderValue::from_static("60"));
            Ok(response)
        }
        Err(error) => Err(error.into()),
    }
}

/// Leads to Stripe's page. A browser follows the button's redirect only to the origin that its page named;
/// to an account's own domain, which nobody knows before the session is open, it goes by a page instead.
pub(crate) fn go_on(services: &Services, found: &Found, url: &str) -> Result<Response<Body>, Failure> {
    let origin = Url::parse(url).map(|url| url.origin().ascii_serialization());
    if origin.is_ok_and(|origin| origin == services.stripe.checkout_origin()) {
        return Ok(respond::redirect(url)?);
    }
    let page = Page::about(&found.business, &found.booking, "Your payment page is ready");
    Ok(page.saying("It opens by itself in a moment.").going_on(url, "Go to payment")?)
}

async fn offer(
    services: &Services,
    request: &Request,
    found: &Found,
    status: StatusCode,
    alert: Option<&'static str>,
) -> Result<Response<Body>, Failure> {
    let date = |name| request::query(request, name).and_then(|date| date.parse().ok());
    let free = link::offer(services.confirm(), found, date("from"), date("day")).await?;
    Ok(slots::page(found, &free, services.clock.now(), status, alert)?)
}

/// Why there is no page of a booking.
pub(crate) enum Failure {
    Link(Error),
    Edge(ApiError),
}

impl From<Error> for Failure {
    fn from(error: Error) -> Self {
        Self::Link(error)
    }
}

impl From<ApiError> for Failure {
    fn from(error: ApiError) -> Self {
        Self::Edge(error)
    }
}

/// The page that says so.
pub(crate) fn failed(failure: &Failure) -> Result<Response<Body>, ApiError> {
    let (status, heading, sentence) = match failure {
        Failure::Link(Error::Link(InvalidLink::NotOurs)) => (
            StatusCode::NOT_FOUND,
            "This link does not work",
            "It may be cut off. Please open it from the mail once more.",
        ),
        Failure::Link(Error::Link(InvalidLink::Expired)) => {
            (StatusCode::GONE, "This link is too old", "The booking it was for has begun or is over.")
        }
        Failure::Link(Error::Booking(booking::Error::Outdated | booking::Error::Closed)) => {
            (StatusCode::GONE, "This booking has just changed", "Please use the links in the newest mail.")
        }
        Failure::Link(Error::Offer(_)) => {
            (StatusCode::GONE, "This offer is over", "It was answered, or its time has run out.")
        }
        Failure::Edge(error) if error.kind().status() == StatusCode::TOO_MANY_REQUESTS => {
            let page = Page::plain("Please wait a minute", "This page was opened too often from your network.");
            let mut response = page.answer(StatusCode::TOO_MANY_REQUESTS, None)?;
            error.say_when(response.headers_mut());
            return Ok(response);
        }
        Failure::Edge(error) if error.kind().status().is_client_error() => {
            (error.kind().status(), "This did not work", "Please open the link from the mail once more.")
        }
        Failure::Link(error) => {
            tracing::error!(error = %Chain(error), "a page of a booking was not served");
            (StatusCode::SERVICE_UNAVAILABLE, "This is not working right now", "Please try again in a moment.")
        }
        Failure::Edge(error) => {
            tracing::error!(code = error.kind().code(), "a page of a booking was not served");
            (StatusCode::INTERNAL_SERVER_ERROR, "Something went wrong", "It is our fault. Please try again later.")
        }
    };
    Page::plain(heading, sentence).answer(status, None)
}
