//! Stripe's API: Checkout Sessions, refunds and Payment Intents, on the real wire. Lists are in [`super::list`].

use axum::Router;
use axum::body::Bytes;
use axum::extract::{Path, Request, State};
use axum::http::HeaderMap;
use axum::middleware;
use axum::response::{IntoResponse as _, Response};
use axum::routing::{get, post};
use serde_json::Value;

use super::books::{Progress, Refund, Status};
use super::form::{Allowed, Form};
use super::refusal::Refusal;
use super::state::State as Stripe;
use super::{Simulator, list, order, outage, wire};

/// The routes of the API. `expand` is understood nowhere.
pub(super) fn router(stripe: &Simulator) -> Router<Simulator> {
    Router::new()
        .route("/checkout/sessions", post(create_session).get(list::sessions))
        .route("/checkout/sessions/{id}", get(find_session))
        .route("/checkout/sessions/{id}/expire", post(expire_session))
        .route("/refunds", post(create_refund).get(list::refunds))
        .route("/payment_intents/{id}", get(find_intent))
        .fallback(unknown_url)
        .layer(middleware::from_fn_with_state(stripe.clone(), outage::apply))
}

const NOTHING: Allowed = &[];
const REFUND: Allowed = &["payment_intent", "charge", "amount", "reason", "metadata[*]"];

async fn create_session(State(stripe): State<Simulator>, headers: HeaderMap, body: Bytes) -> Result<Response, Refusal> {
    let call = Call::new("/v1/checkout/sessions", &headers, &body, order::SESSION)?;
    call.answer(&stripe, |call, state, now| {
        let session = order::session(&call.form, call.account.clone(), state.fresh_id("cs_test"), now)?;
        let object = wire::session(&session, &state.books, &state.base_url);
        state.books.sessions.insert(session.id.clone(), session);
        Ok(object)
    })
}

async fn find_session(
    State(stripe): State<Simulator>,
    Path(id): Path<String>,
    headers: HeaderMap,
) -> Result<Response, Refusal> {
    let call = Call::new("/v1/checkout/sessions/:id", &headers, b"", NOTHING)?;
    call.answer(&stripe, |call, state, _| session_object(state, &id, call.account.as_deref()))
}

async fn expire_session(
    State(stripe): State<Simulator>,
    Path(id): Path<String>,
    headers: HeaderMap,
    body: Bytes,
) -> Result<Response, Refusal> {
    let call = Call::new(&format!("/v1/checkout/sessions/{id}/expire"), &headers, &body, NOTHING)?;
    call.answer(&stripe, |call, state, now| {
        let account = call.account.as_deref();
        let session = state.books.session(&id, account).ok_or_else(|| no_session(&id))?;
        if session.status != Status::Open {
            return Err(Refusal::state(format!(
                "Only Checkout Sessions with a status in [\"open\"] can be expired. This Checkout \
                 Session has a status of `{}`.",
                session.status.word()
            )));
        }
        state.books.expire(&id);
        state.announce_session("checkout.session.expired", &id, now);
        session_object(state, &id, account)
    })
}

async fn create_refund(State(stripe): State<Simulator>, headers: HeaderMap, body: Bytes) -> Result<Response, Refusal> {
    let call = Call::new("/v1/refunds", &headers, &body, REFUND)?;
    call.answer(&stripe, |call, state, now| {
        let (param, id) = match call.form.find("charge") {
            Some(charge) => ("charge", charge),
            None => ("payment_intent", call.form.required("payment_intent")?),
        };
        let is_meant =
            |intent: &&super::books::Intent| (intent.id == id || intent.charge == id) && intent.account == call.account;
        let Some(intent) = state.books.intents.values().find(is_meant) else {
            return Err(Refusal::no_such(param, param, id));
        };
        if intent.progress != Progress::Succeeded {
            let message = format!("This PaymentIntent ({id}) does not have a successful charge to refund.");
            return Err(Refusal::state(message));
        }
        let left = intent.amount - intent.refunded;
        if left <= 0 {
            let message = format!("Charge {} has already been refunded.", intent.charge);
            return Err(Refusal::coded("charge_already_refunded", param, message));
        }
        let amount = call.form.find_integer("amount")?.unwrap_or(left);
        if amount < 1 {
            return Err(Refusal::invalid("amount", "This value must be greater than or equal to 1."));
        }
        if amount > left {
            let message = format!("Refund amount ({amount}) is greater than unrefunded amount on charge ({left})");
            return Err(Refusal::invalid("amount", message));
        }
        let refund = Refund {
            id: state.fresh_id("re"),
            intent: intent.id.clone(),
            created: now,
            amount,
            reason: call.form.find("reason").map(str::to_owned),
            has_failed: false,
        };
        let object = wire::refund(&refund, intent);
        let intent = intent.id.clone();
        state.books.give_back(refund);
        state.announce_charge("charge.refunded", &intent, now);
        Ok(object)
    })
}

async fn find_intent(
    State(stripe): State<Simulator>,
    Path(id): Path<String>,
    headers: HeaderMap,
) -> Result<Response, Refusal> {
    let call = Call::new("/v1/payment_intents/:id", &headers, b"", NOTHING)?;
    call.answer(&stripe, |call, state, _| {
        let intent = state.books.intent(&id, call.account.as_deref());
        let intent = intent.ok_or_else(|| Refusal::no_such("payment_intent", "intent", &id))?;
        Ok(wire::intent(intent))
    })
}

async fn unknown_url(request: Request) -> Refusal {
    Refusal::unknown_url(request.method().as_str(), request.uri().path())
}

fn session_object(state: &Stripe, id: &str, account: Option<&str>) -> Result<Value, Refusal> {
    let session = state.books.session(id, account).ok_or_else(|| no_session(id))?;
    Ok(wire::session(session, &state.books, &state.base_url))
}

fn no_session(id: &str) -> Refusal {
    Refusal::no_such("checkout.session", "session", id)
}

/// One authorized call.
pub(super) struct Call {
    path: String,
    /// The connected account it is made for, if not the platform's own.
    pub(super) account: Option<String>,
    key: Option<String>,
    pub(super) form: Form,
}

impl Call {
    pub(super) fn new(path: &str, headers: &HeaderMap, body: &[u8], allowed: Allowed) -> Result<Self, Refusal> {
        let header = |name| headers.get(name).and_then(|value| value.to_str().ok());
        let bearer = header("authorization").and_then(|value| value.strip_prefix("Bearer "));
        let Some(key) = bearer else {
            return Err(Refusal::unauthenticated(
                "You did not provide an API key. You need to provide your API key in the \
                 Authorization header, using Bearer auth (e.g. 'Authorization: Bearer YOUR_SECRET_KEY').",
            ));
        };
        // A real key has no business here: the simulator takes test keys only.
        if !(key.starts_with("sk_test_") || key.starts_with("rk_test_")) {
            return Err(Refusal::unauthenticated("Invalid API Key provided: ****"));
        }
        Ok(Self {
            path: path.to_owned(),
            account: header("stripe-account").map(str::to_owned),
            key: header("idempotency-key").map(str::to_owned),
            form: Form::parse(body, allowed)?,
        })
    }

    /// Does `work`, unless it was done before under this call's key: then its answer is given again.
    pub(super) fn answer(
        self,
        stripe: &Simulator,
        work: impl FnOnce(&Self, &mut Stripe, i64) -> Result<Value, Refusal>,
    ) -> Result<Response, Refusal> {
        let (object, is_replayed) = stripe.act(|state, now| {
            let key = self.key.clone().map(|key| (self.account.clone(), key));
            if let Some(key) = &key
                && let Some(object) = state.answers.find(key, &self.path, &self.form, now)?
            {
                return Ok((object, true));
            }
            let object = work(&self, state, now)?;
            if let Some(key) = key {
                state.answers.keep(key, &self.path, self.form.clone(), object.clone(), now);
            }
            Ok((object, false))
        })?;
        let mut response = axum::Json(object).into_response();
        let headers = response.headers_mut();
        for (name, value) in [
            ("request-id", Some(stripe.lock().fresh_id("req"))),
            ("stripe-version", Some(wire::API_VERSION.to_owned())),
            ("idempotency-key", self.key),
            ("idempotent-replayed", is_replayed.then(|| "true".to_owned())),
        ] {
            if let Some(value) = value.and_then(|value| value.parse().ok()) {
                headers.insert(name, value);
            }
        }
        Ok(response)
    }
}
