//! The Checkout page: what the customer sees, and the buttons that stand for what a bank does.
//!
//! Plain HTML and forms, no script. It says on its face that no money moves.

use askama::Template;
use axum::Router;
use axum::extract::{Path, State};
use axum::http::{StatusCode, header};
use axum::response::{Html, IntoResponse as _, Redirect, Response};
use axum::routing::{get, post};
use jiff::Timestamp;
use url::Url;

use super::Simulator;
use super::books::{Books, Progress, Session, Status};

/// Nothing may be loaded but the style sheet beside the page.
const POLICY: &str = "default-src 'none'; style-src 'self'; base-uri 'none'; frame-ancestors 'none'";

/// The page, its style and its buttons.
pub(super) fn router() -> Router<Simulator> {
    Router::new()
        .route("/checkout/style.css", get(style))
        .route("/checkout/{id}", get(show))
        .route("/checkout/{id}/pay", post(pay))
        .route("/checkout/{id}/pay-later", post(pay_later))
        .route("/checkout/{id}/cancel", post(cancel))
        .route("/checkout/{id}/settle", post(settle))
        .route("/checkout/{id}/fail", post(fail))
}

/// What the page shows of a session.
#[derive(Template)]
#[template(path = "checkout.html")]
struct Page<'a> {
    id: &'a str,
    view: View,
    lines: Vec<Line<'a>>,
    total: String,
    email: Option<&'a str>,
    reference: Option<&'a str>,
    open_until: String,
    success_url: String,
    cancel_url: Option<&'a str>,
}

struct Line<'a> {
    name: &'a str,
    description: Option<&'a str>,
    quantity: i64,
    amount: String,
}

/// Which of its states the page is in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum View {
    Open,
    Paid,
    Settling,
    Failed,
    Expired,
}

impl View {
    fn of(session: &Session, books: &Books) -> Self {
        let intent = session.payment_intent.as_ref().and_then(|id| books.intents.get(id));
        match (session.status, intent.map(|intent| intent.progress)) {
            (Status::Open, _) => Self::Open,
            (Status::Expired, _) => Self::Expired,
            (Status::Complete, Some(Progress::Processing)) => Self::Settling,
            (Status::Complete, Some(Progress::Failed)) => Self::Failed,
            (Status::Complete, _) => Self::Paid,
        }
    }
}

/// There is no such session: it may be from before a restart.
#[derive(Template)]
#[template(path = "checkout_unknown.html")]
struct Unknown;

async fn style() -> Response {
    let css = include_str!("../../templates/checkout.css");
    ([(header::CONTENT_TYPE, "text/css; charset=utf-8")], css).into_response()
}

async fn show(State(stripe): State<Simulator>, Path(id): Path<String>) -> Response {
    stripe.act(|state, _| match state.books.sessions.get(&id) {
        Some(session) => page(session, &state.books),
        None => html(StatusCode::NOT_FOUND, &Unknown),
    })
}

async fn pay(State(stripe): State<Simulator>, Path(id): Path<String>) -> Response {
    finish(&stripe, &id, Progress::Succeeded)
}

async fn pay_later(State(stripe): State<Simulator>, Path(id): Path<String>) -> Response {
    finish(&stripe, &id, Progress::Processing)
}

/// Finishes an open session. One that is finished already is not charged again.
fn finish(stripe: &Simulator, id: &str, progress: Progress) -> Response {
    stripe.act(|state, now| {
        if state.books.sessions.get(id).is_some_and(|session| session.status == Status::Open) {
            state.complete(id, progress, now);
        }
        match state.books.sessions.get(id) {
            Some(session) if session.status == Status::Complete => leave(&success_url(session)),
            _ => back(id),
        }
    })
}

/// Leaves the page. As at Stripe, the session stays open.
async fn cancel(State(stripe): State<Simulator>, Path(id): Path<String>) -> Response {
    stripe.act(|state, _| {
        let session = state.books.sessions.get(&id);
        match session.and_then(|session| session.cancel_url.as_ref()) {
            Some(url) => leave(url),
            None => back(&id),
        }
    })
}

async fn settle(State(stripe): State<Simulator>, Path(id): Path<String>) -> Response {
    answer_of_bank(&stripe, &id, true)
}

async fn fail(State(stripe): State<Simulator>, Path(id): Path<String>) -> Response {
    answer_of_bank(&stripe, &id, false)
}

/// Lets the bank answer, if it still has to, and shows the page again.
fn answer_of_bank(stripe: &Simulator, id: &str, has_succeeded: bool) -> Response {
    stripe.act(|state, now| {
        let session = state.books.sessions.get(id);
        if session.is_some_and(|session| View::of(session, &state.books) == View::Settling) {
            state.settle(id, has_succeeded, now);
        }
        back(id)
    })
}

/// Shows the page again. Relative to a button's address, so that it holds under any prefix and host.
fn back(id: &str) -> Response {
    Redirect::to(&format!("../{id}")).into_response()
}

/// Sends the customer to the business.
fn leave(url: &str) -> Response {
    let ascii = Url::parse(url).map_or_else(|_| url.to_owned(), String::from);
    Redirect::to(&ascii).into_response()
}

fn page(session: &Session, books: &Books) -> Response {
    let view = View::of(session, books);
    let line = |item: &'_ super::books::LineItem| item.unit_amount.saturating_mul(item.quantity);
    let page = Page {
        id: &session.id,
        view,
        lines: session
            .line_items
            .iter()
            .map(|item| Line {
                name: &item.name,
                description: item.description.as_deref(),
                quantity: item.quantity,
                amount: money(line(item), &session.currency),
            })
            .collect(),
        total: money(session.total(), &session.currency),
        email: session.customer_email.as_deref(),
        reference: session.client_reference_id.as_deref(),
        open_until: Timestamp::from_second(session.expires_at)
            .map(|at| at.strftime("%-d %b %Y, %H:%M UTC").to_string())
            .unwrap_or_default(),
        success_url: success_url(session),
        cancel_url: session.cancel_url.as_deref(),
    };
    let status = if view == View::Expired { StatusCode::GONE } else { StatusCode::OK };
    html(status, &page)
}

fn html(status: StatusCode, page: &impl Template) -> Response {
    let headers = [
        (header::CONTENT_SECURITY_POLICY, POLICY),
        (header::CACHE_CONTROL, "no-store"),
        (header::REFERRER_POLICY, "no-referrer"),
    ];
    match page.render() {
        Ok(text) => (status, headers, Html(text)).into_response(),
        Err(err) => (StatusCode::INTERNAL_SERVER_ERROR, err.to_string()).into_response(),
    }
}

/// Where the customer goes after paying; Stripe fills the session's id in.
fn success_url(session: &Session) -> String {
    session.success_url.replace("{CHECKOUT_SESSION_ID}", &session.id)
}

/// An amount for people: `EUR 120.00`, `JPY 500`.
fn money(minor: i64, currency: &str) -> String {
    let digits = match currency {
        "bif" | "clp" | "djf" | "gnf" | "jpy" | "kmf" | "krw" | "mga" | "pyg" | "rwf" | "ugx" | "vnd" | "vuv"
        | "xaf" | "xof" | "xpf" => 0,
        "bhd" | "jod" | "kwd" | "omr" | "tnd" => 3,
        _ => 2,
    };
    let code = currency.to_ascii_uppercase();
    if digits == 0 {
        return format!("{code} {minor}");
    }
    let unit = 10_i64.pow(digits);
    let width = digits as usize;
    format!("{code} {}.{:0width$}", minor / unit, minor % unit)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn amounts_have_the_digits_of_their_currency() {
        for (minor, currency, text) in
            [(12_005, "eur", "EUR 120.05"), (500, "jpy", "JPY 500"), (1_234, "kwd", "KWD 1.234")]
        {
            assert_eq!(money(minor, currency), text);
        }
    }
}
