//! Stripe's objects as JSON, with the fields that integrations read.
//!
//! One function per object; none of them changes anything.

use serde_json::{Value, json};

use super::books::{Books, Intent, Progress, Refund, Session, Status};

/// The API version the simulator speaks.
pub(super) const API_VERSION: &str = "2026-09-30.endive";

/// A `checkout.session`, whose page lies below `base_url`.
pub(super) fn session(session: &Session, books: &Books, base_url: &str) -> Value {
    let intent = session.payment_intent.as_ref().and_then(|id| books.intents.get(id));
    let is_paid = intent.is_some_and(|intent| intent.progress == Progress::Succeeded);
    let is_open = session.status == Status::Open;
    let total = session.total();
    json!({
        "id": session.id,
        "object": "checkout.session",
        "amount_subtotal": total,
        "amount_total": total,
        "cancel_url": session.cancel_url,
        "client_reference_id": session.client_reference_id,
        "created": session.created,
        "currency": session.currency,
        "customer": null,
        "customer_details": session.customer_email.as_ref().map(|email| json!({ "email": email })),
        "customer_email": session.customer_email,
        "expires_at": session.expires_at,
        "livemode": false,
        "metadata": session.metadata,
        "mode": "payment",
        "payment_intent": session.payment_intent,
        "payment_status": if is_paid { "paid" } else { "unpaid" },
        "status": session.status.word(),
        "success_url": session.success_url,
        "url": is_open.then(|| page(base_url, &session.id)),
    })
}

/// The public address of a session's page.
pub(super) fn page(base_url: &str, session: &str) -> String {
    format!("{}/checkout/{session}", base_url.trim_end_matches('/'))
}

/// A `payment_intent`.
pub(super) fn intent(intent: &Intent) -> Value {
    let has_succeeded = intent.progress == Progress::Succeeded;
    json!({
        "id": intent.id,
        "object": "payment_intent",
        "amount": intent.amount,
        "amount_received": if has_succeeded { intent.amount } else { 0 },
        "created": intent.created,
        "currency": intent.currency,
        "latest_charge": intent.charge,
        "livemode": false,
        "metadata": intent.metadata,
        "receipt_email": intent.email,
        "status": intent.progress.word(),
    })
}

/// A `charge`.
pub(super) fn charge(intent: &Intent) -> Value {
    let has_succeeded = intent.progress == Progress::Succeeded;
    json!({
        "id": intent.charge,
        "object": "charge",
        "amount": intent.amount,
        "amount_captured": if has_succeeded { intent.amount } else { 0 },
        "amount_refunded": intent.refunded,
        "billing_details": { "email": intent.email },
        "captured": has_succeeded,
        "created": intent.created,
        "currency": intent.currency,
        "disputed": intent.disputed,
        "livemode": false,
        "metadata": intent.metadata,
        "paid": has_succeeded,
        "payment_intent": intent.id,
        "refunded": intent.refunded >= intent.amount,
        "status": if has_succeeded { "succeeded" } else { "pending" },
    })
}

/// A `refund` of the payment `intent`.
pub(super) fn refund(refund: &Refund, intent: &Intent) -> Value {
    json!({
        "id": refund.id,
        "object": "refund",
        "amount": refund.amount,
        "charge": intent.charge,
        "created": refund.created,
        "currency": intent.currency,
        "metadata": {},
        "payment_intent": intent.id,
        "reason": refund.reason,
        "status": if refund.has_failed { "failed" } else { "succeeded" },
    })
}

/// A page of a list that lies at `url`.
pub(super) fn list(url: &str, data: Vec<Value>, has_more: bool) -> Value {
    json!({ "object": "list", "data": data, "has_more": has_more, "url": url })
}

/// A `dispute`. As at Stripe, it does not carry the payment's metadata.
pub(super) fn dispute(id: &str, intent: &Intent, now: i64) -> Value {
    json!({
        "id": id,
        "object": "dispute",
        "amount": intent.amount,
        "charge": intent.charge,
        "created": now,
        "currency": intent.currency,
        "livemode": false,
        "metadata": {},
        "payment_intent": intent.id,
        "reason": "fraudulent",
        "status": "needs_response",
    })
}

/// An `event` about `object`.
pub(super) fn event(id: &str, kind: &str, object: &Value, account: Option<&str>, now: i64) -> Value {
    let mut event = json!({
        "id": id,
        "object": "event",
        "api_version": API_VERSION,
        "created": now,
        "data": { "object": object },
        "livemode": false,
        "pending_webhooks": 1,
        "request": { "id": null, "idempotency_key": null },
        "type": kind,
    });
    if let Some(account) = account {
        event["account"] = account.into();
    }
    event
}
