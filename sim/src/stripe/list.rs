//! Stripe's lists: newest first, a page at a time, each going on behind the last item of the one before.

use axum::extract::{RawQuery, State};
use axum::http::HeaderMap;
use axum::response::Response;
use serde_json::Value;

use super::Simulator;
use super::api::Call;
use super::form::{Allowed, Form};
use super::refusal::Refusal;
use super::wire;

const SESSIONS: Allowed =
    &["created[gte]", "created[gt]", "created[lte]", "created[lt]", "limit", "starting_after", "payment_intent"];
const REFUNDS: Allowed = SESSIONS;

/// One item of a list: its id, when it was made, and its object.
struct Item {
    id: String,
    created: i64,
    object: Value,
}

pub(super) async fn sessions(
    State(stripe): State<Simulator>,
    headers: HeaderMap,
    RawQuery(query): RawQuery,
) -> Result<Response, Refusal> {
    let call = Call::new("/v1/checkout/sessions", &headers, query.unwrap_or_default().as_bytes(), SESSIONS)?;
    call.answer(&stripe, |call, state, _| {
        let wanted = call.form.find("payment_intent");
        let meant = state.books.sessions.values().filter(|session| {
            session.account == call.account && wanted.is_none_or(|id| session.payment_intent.as_deref() == Some(id))
        });
        let items = meant.map(|session| Item {
            id: session.id.clone(),
            created: session.created,
            object: wire::session(session, &state.books, &state.base_url),
        });
        page("/v1/checkout/sessions", &call.form, items.collect())
    })
}

pub(super) async fn refunds(
    State(stripe): State<Simulator>,
    headers: HeaderMap,
    RawQuery(query): RawQuery,
) -> Result<Response, Refusal> {
    let call = Call::new("/v1/refunds", &headers, query.unwrap_or_default().as_bytes(), REFUNDS)?;
    call.answer(&stripe, |call, state, _| {
        let wanted = call.form.find("payment_intent");
        let items = state.books.refunds.iter().filter(|refund| wanted.is_none_or(|id| refund.intent == id));
        let items = items.filter_map(|refund| {
            let intent = state.books.intent(&refund.intent, call.account.as_deref())?;
            Some(Item { id: refund.id.clone(), created: refund.created, object: wire::refund(refund, intent) })
        });
        page("/v1/refunds", &call.form, items.collect())
    })
}

/// The page of `items`, given in the order in which they were made or any other, that `form` asks for.
fn page(url: &str, form: &Form, mut items: Vec<Item>) -> Result<Value, Refusal> {
    let limit = form.find_integer("limit")?.unwrap_or(10);
    if !(1..=100).contains(&limit) {
        return Err(Refusal::invalid("limit", "This value must be between 1 and 100."));
    }
    let bound = |name: &str| form.find_integer(&format!("created[{name}]"));
    let (gte, gt, lte, lt) = (bound("gte")?, bound("gt")?, bound("lte")?, bound("lt")?);
    items.retain(|item| {
        gte.is_none_or(|at| at <= item.created)
            && gt.is_none_or(|at| at < item.created)
            && lte.is_none_or(|at| item.created <= at)
            && lt.is_none_or(|at| item.created < at)
    });
    items.sort_by(|one, other| (other.created, &other.id).cmp(&(one.created, &one.id)));
    if let Some(after) = form.find("starting_after") {
        let Some(position) = items.iter().position(|item| item.id == after) else {
            return Err(Refusal::no_such("object", "starting_after", after));
        };
        items.drain(..=position);
    }
    let limit = usize::try_from(limit).unwrap_or(10);
    let has_more = limit < items.len();
    Ok(wire::list(url, items.into_iter().take(limit).map(|item| item.object).collect(), has_more))
}
