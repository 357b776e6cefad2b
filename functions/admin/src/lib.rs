//! Everything the console does: a business's own settings, what it offers, its bookings and conversations.
//!
//! Rules: [`shared::domain`]. Steps: [`shared::app::business`] and its neighbours. Who calls, for which
//! business and in which role, comes from the token only (`caller`); ids in paths say nothing about rights.

mod analytics;
mod article;
mod audit;
mod booking;
mod calendar;
mod caller;
mod canned_reply;
mod conversation;
mod customer;
mod escalation;
mod hours;
mod import;
mod inbox;
mod lesson;
mod money;
mod package;
mod platform;
mod refusal;
mod resource;
mod span;
mod tenant;
mod ticket;
mod unanswered;
mod waitlist;
mod webhook;
mod widget;

use lambda_http::http::header::{HeaderValue, VARY};
use lambda_http::{Body, Request, Response};
use serde::Serialize;
use shared::domain::booking::Attendance;
use shared::http::cors::reader;
use shared::http::problem::ApiError;
use shared::http::request::{route, span};
use shared::http::respond::finish;
use shared::runtime::Services;
use shared::store::cursor::{Listed, Position};
use tracing::Instrument as _;

use caller::Call;

/// A list, or a page of one.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Page<T> {
    items: Vec<T>,
    #[serde(skip_serializing_if = "Option::is_none")]
    next_cursor: Option<String>,
}

/// Where a page of the list `query` begins, as the cursor says; none: at the beginning.
fn after(call: &Call<'_>, query: &str) -> Result<Option<Position>, ApiError> {
    let text = shared::http::request::query(call.request, "cursor");
    let opened = text.map(|text| Position::open(text, &call.services.link_key, call.tenant, query)).transpose();
    opened.map_err(|_| {
        ApiError::invalid_field("/cursor", "invalid_value", "The cursor belongs to another list. Please begin anew.")
    })
}

impl<T> Page<T> {
    /// A page of the list `query`, whose cursor is good for it alone.
    fn of<F>(call: &Call<'_>, query: &str, listed: Listed<F>, shown: impl Fn(&F) -> T) -> Self {
        let next_cursor = listed.next.map(|next| next.seal(&call.services.link_key, call.tenant, query));
        Self { items: listed.items.iter().map(shown).collect(), next_cursor }
    }
}

impl<T> FromIterator<T> for Page<T> {
    fn from_iter<I: IntoIterator<Item = T>>(items: I) -> Self {
        Self { items: items.into_iter().collect(), next_cursor: None }
    }
}

/// Answers every route of this function. Only the console's own pages may read the answer.
pub async fn handle(services: &Services, request: Request) -> Response<Body> {
    let span = span(&request);
    answer(services, request).instrument(span).await
}

async fn answer(services: &Services, request: Request) -> Response<Body> {
    let result = dispatch(services, &request).await;
    let page = reader(&request, &services.console_origins);
    let mut response = finish(&request, page.as_ref(), result);
    response.headers_mut().entry(VARY).or_insert(HeaderValue::from_static("Origin"));
    response
}

async fn dispatch(services: &Services, request: &Request) -> Result<Response<Body>, ApiError> {
    let (method, path) = route(request);
    if path.starts_with("/v1/platform/") {
        return match (method.as_str(), path) {
            ("POST", "/v1/platform/tenants") => platform::add(services, request).await,
            _ => Err(ApiError::not_found()),
        };
    }
    let call = Call::identify(services, request).await?;
    match (method.as_str(), path) {
        ("GET", "/v1/admin/me") => tenant::me(&call).await,
        ("GET", "/v1/admin/tenant") => tenant::show(&call).await,
        ("PATCH", "/v1/admin/tenant") => tenant::change(&call).await,
        ("GET", "/v1/admin/packages") => package::list(&call).await,
        ("POST", "/v1/admin/packages") => package::add(&call).await,
        ("GET", "/v1/admin/packages/{id}") => package::show(&call).await,
        ("PATCH", "/v1/admin/packages/{id}") => package::change(&call).await,
        ("DELETE", "/v1/admin/packages/{id}") => package::remove(&call).await,
        ("GET", "/v1/admin/resources") => resource::list(&call).await,
        ("POST", "/v1/admin/resources") => resource::add(&call).await,
        ("GET", "/v1/admin/resources/{id}") => resource::show(&call).await,
        ("PATCH", "/v1/admin/resources/{id}") => resource::change(&call).await,
        ("DELETE", "/v1/admin/resources/{id}") => resource::remove(&call).await,
        ("GET", "/v1/admin/resources/{id}/calendar") => calendar::show(&call).await,
        ("PUT", "/v1/admin/resources/{id}/calendar") => calendar::import(&call).await,
        ("POST", "/v1/admin/resources/{id}/calendar") => calendar::make_link(&call).await,
        ("DELETE", "/v1/admin/resources/{id}/calendar") => calendar::end_link(&call).await,
        ("GET", "/v1/admin/articles") => article::list(&call).await,
        ("POST", "/v1/admin/articles") => article::add(&call).await,
        ("POST", "/v1/admin/articles/import") => import::take(&call).await,
        ("GET", "/v1/admin/articles/imports") => import::list(&call).await,
        ("GET", "/v1/admin/articles/imports/{id}") => import::show(&call).await,
        ("POST", "/v1/admin/articles/{id}/approve") => article::approve(&call).await,
        ("POST", "/v1/admin/articles/unanswered/{id}/propose-article") => lesson::of_question(&call).await,
        ("GET", "/v1/admin/articles/unanswered") => unanswered::list(&call).await,
        ("DELETE", "/v1/admin/articles/unanswered/{id}") => unanswered::dismiss(&call).await,
        ("GET", "/v1/admin/articles/{id}") => article::show(&call).await,
        ("PATCH", "/v1/admin/articles/{id}") => article::change(&call).await,
        ("DELETE", "/v1/admin/articles/{id}") => article::remove(&call).await,
        ("GET", "/v1/admin/canned-replies") => canned_reply::list(&call).await,
        ("POST", "/v1/admin/canned-replies") => canned_reply::add(&call).await,
        ("GET", "/v1/admin/canned-replies/{id}") => canned_reply::show(&call).await,
        ("PATCH", "/v1/admin/canned-replies/{id}") => canned_reply::change(&call).await,
        ("DELETE", "/v1/admin/canned-replies/{id}") => canned_reply::remove(&call).await,
        ("GET", "/v1/admin/webhooks") => webhook::list(&call).await,
        ("POST", "/v1/admin/webhooks") => webhook::add(&call).await,
        ("GET", "/v1/admin/webhooks/{id}") => webhook::show(&call).await,
        ("PATCH", "/v1/admin/webhooks/{id}") => webhook::change(&call).await,
        ("DELETE", "/v1/admin/webhooks/{id}") => webhook::remove(&call).await,
        ("POST", "/v1/admin/webhooks/{id}/secret") => webhook::rotate(&call).await,
        ("POST", "/v1/admin/webhooks/{id}/test") => webhook::test(&call).await,
        ("GET", "/v1/admin/webhooks/{id}/deliveries") => webhook::deliveries(&call).await,
        ("POST", "/v1/admin/webhooks/{id}/deliveries/{deliveryId}/replay") => webhook::replay(&call).await,
        ("GET", "/v1/admin/hours") => hours::show(&call).await,
        ("PUT", "/v1/admin/hours") => hours::set(&call).await,
        ("GET", "/v1/admin/widget-config") => widget::show(&call).await,
        ("PUT", "/v1/admin/widget-config") => widget::set(&call).await,
        ("GET", "/v1/admin/bookings") => booking::list(&call).await,
        ("GET", "/v1/admin/bookings/{id}") => booking::show(&call).await,
        ("PATCH", "/v1/admin/bookings/{id}") => booking::note(&call).await,
        ("POST", "/v1/admin/bookings/{id}/reschedule") => booking::reschedule(&call).await,
        ("POST", "/v1/admin/bookings/{id}/refund") => booking::refund(&call).await,
        ("POST", "/v1/admin/bookings/{id}/cancel") => booking::cancel(&call).await,
        ("POST", "/v1/admin/bookings/{id}/complete") => booking::mark(&call, Attendance::Came).await,
        ("POST", "/v1/admin/bookings/{id}/no-show") => booking::mark(&call, Attendance::Missed).await,
        ("GET", "/v1/admin/waitlist") => waitlist::list(&call).await,
        ("DELETE", "/v1/admin/waitlist/{id}") => waitlist::remove(&call).await,
        ("GET", "/v1/admin/conversations") => inbox::list(&call).await,
        ("GET", "/v1/admin/tickets") => inbox::tickets(&call).await,
        ("GET", "/v1/admin/analytics") => analytics::show(&call).await,
        ("GET", "/v1/admin/statement") => analytics::bill(&call).await,
        ("GET", "/v1/admin/conversations/{id}") => conversation::show(&call).await,
        ("PATCH", "/v1/admin/conversations/{id}") => ticket::change(&call).await,
        ("POST", "/v1/admin/conversations/{id}/take") => ticket::take(&call).await,
        ("POST", "/v1/admin/conversations/{id}/give-back") => ticket::give_back(&call).await,
        ("POST", "/v1/admin/conversations/{id}/propose-article") => lesson::of_conversation(&call).await,
        ("POST", "/v1/admin/conversations/{id}/reply") => ticket::reply(&call).await,
        ("GET", "/v1/admin/audit") => audit::list(&call).await,
        _ => Err(ApiError::not_found()),
    }
}
