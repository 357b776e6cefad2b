//! What a Checkout Session may be: reads the order of a merchant and checks it by Stripe's rules.

#[cfg(test)]
use std::collections::BTreeMap;

use url::Url;

use super::books::{LineItem, Session, Status};
use super::form::{Allowed, Form};
use super::refusal::Refusal;

/// What the simulator understands of `POST /v1/checkout/sessions`.
pub(super) const SESSION: Allowed = &[
    "mode",
    "success_url",
    "cancel_url",
    "customer_email",
    "client_reference_id",
    "expires_at",
    "metadata[*]",
    "payment_intent_data[metadata][*]",
    "line_items[][quantity]",
    "line_items[][price_data][currency]",
    "line_items[][price_data][unit_amount]",
    "line_items[][price_data][product_data][name]",
    "line_items[][price_data][product_data][description]",
];

/// A session lives from 30 minutes to 24 hours.
const LIFETIME_SECONDS: std::ops::RangeInclusive<i64> = 30 * 60..=24 * 60 * 60;

/// Below it a charge costs more than it brings.
const MIN_TOTAL_MINOR: i64 = 50;

/// Stripe's limit of eight digits.
const MAX_TOTAL_MINOR: i64 = 99_999_999;

/// Reads the order in `form` as a new open session.
pub(super) fn session(form: &Form, account: Option<String>, id: String, now: i64) -> Result<Session, Refusal> {
    match form.required("mode")? {
        "payment" => {}
        other => {
            let message = format!("The simulator knows the mode payment only, not {other}");
            return Err(Refusal::invalid("mode", message));
        }
    }
    let (currency, line_items) = line_items(form)?;
    let session = Session {
        id,
        account,
        created: now,
        expires_at: expires_at(form, now)?,
        status: Status::Open,
        currency,
        line_items,
        customer_email: email(form)?,
        client_reference_id: client_reference_id(form)?,
        metadata: form.metadata("metadata")?,
        payment_metadata: form.metadata("payment_intent_data[metadata]")?,
        success_url: address("success_url", form.required("success_url")?)?,
        cancel_url: form.find("cancel_url").map(|url| address("cancel_url", url)).transpose()?,
        payment_intent: None,
    };
    let total = session.total();
    if total < MIN_TOTAL_MINOR {
        let message = "The Checkout Session's total amount must convert to at least 50 cents.";
        return Err(Refusal::coded("amount_too_small", "line_items", message));
    }
    if total > MAX_TOTAL_MINOR {
        let message = "The Checkout Session's total amount must be no more than 99999999.";
        return Err(Refusal::coded("amount_too_large", "line_items", message));
    }
    Ok(session)
}

fn line_items(form: &Form) -> Result<(String, Vec<LineItem>), Refusal> {
    let mut currency: Option<&str> = None;
    let mut items = Vec::new();
    while form.has(&format!("line_items[{}]", items.len())) {
        let at = |field: &str| format!("line_items[{}]{field}", items.len());
        let path = at("[price_data][currency]");
        let stated = form.required(&path)?;
        if stated.len() != 3 || !stated.bytes().all(|letter| letter.is_ascii_lowercase()) {
            return Err(Refusal::invalid(&path, format!("Invalid currency: {stated}.")));
        }
        if currency.is_some_and(|first| first != stated) {
            return Err(Refusal::invalid(&path, "All line items must have the same currency."));
        }
        currency = Some(stated);
        let path = at("[price_data][unit_amount]");
        let unit_amount = form.find_integer(&path)?.ok_or_else(|| Refusal::missing(&path))?;
        if unit_amount < 0 {
            return Err(Refusal::invalid(&path, "This value must be greater than or equal to 0."));
        }
        let path = at("[quantity]");
        let quantity = form.find_integer(&path)?.ok_or_else(|| Refusal::missing(&path))?;
        if quantity < 1 {
            return Err(Refusal::invalid(&path, "This value must be greater than or equal to 1."));
        }
        let name = form.required(&at("[price_data][product_data][name]"))?.to_owned();
        let description = form.find(&at("[price_data][product_data][description]"));
        items.push(LineItem { name, description: description.map(str::to_owned), unit_amount, quantity });
    }
    match currency {
        Some(currency) => Ok((currency.to_owned(), items)),
        None => Err(Refusal::missing("line_items")),
    }
}

fn expires_at(form: &Form, now: i64) -> Result<i64, Refusal> {
    let Some(at) = form.find_integer("expires_at")? else {
        return Ok(now + LIFETIME_SECONDS.end());
    };
    if at - now < *LIFETIME_SECONDS.start() {
        let message = "The `expires_at` timestamp must be at least 30 minutes from Checkout Session creation.";
        return Err(Refusal::invalid("expires_at", message));
    }
    if at - now > *LIFETIME_SECONDS.end() {
        let message = "The `expires_at` timestamp must be less than 24 hours from Checkout Session creation.";
        return Err(Refusal::invalid("expires_at", message));
    }
    Ok(at)
}

fn email(form: &Form) -> Result<Option<String>, Refusal> {
    let Some(email) = form.find("customer_email") else { return Ok(None) };
    let is_plain = email.split_once('@').is_some_and(|(local, domain)| {
        !local.is_empty() && domain.contains('.') && !email.contains(char::is_whitespace)
    });
    if !is_plain {
        let message = format!("Invalid email address: {email}");
        return Err(Refusal::coded("email_invalid", "customer_email", message));
    }
    Ok(Some(email.to_owned()))
}

fn client_reference_id(form: &Form) -> Result<Option<String>, Refusal> {
    let reference = form.find("client_reference_id");
    if reference.is_some_and(|reference| reference.chars().count() > 200) {
        let message = "Invalid string: must be at most 200 characters";
        return Err(Refusal::invalid("client_reference_id", message));
    }
    Ok(reference.map(str::to_owned))
}

fn address(param: &str, url: &str) -> Result<String, Refusal> {
    let is_web = Url::parse(url).is_ok_and(|url| matches!(url.scheme(), "http" | "https"));
    if !is_web {
        return Err(Refusal::coded("url_invalid", param, "Not a valid URL"));
    }
    Ok(url.to_owned())
}

/// An order as merchants send it, for tests.
#[cfg(test)]
pub(super) fn example() -> BTreeMap<&'static str, String> {
    [
        ("mode", "payment"),
        ("success_url", "https://shop.test/thanks?session={CHECKOUT_SESSION_ID}"),
        ("cancel_url", "https://shop.test/back"),
        ("customer_email", "ann@example.com"),
        ("client_reference_id", "BOOKING1"),
        ("metadata[bookingId]", "BOOKING1"),
        ("payment_intent_data[metadata][bookingId]", "BOOKING1"),
        ("line_items[0][quantity]", "1"),
        ("line_items[0][price_data][currency]", "eur"),
        ("line_items[0][price_data][unit_amount]", "12000"),
        ("line_items[0][price_data][product_data][name]", "Portrait session"),
    ]
    .map(|(path, value)| (path, value.to_owned()))
    .into()
}

#[cfg(test)]
mod tests {
    use super::*;

    const NOW: i64 = 1_700_000_000;

    /// The order with `path` set to `value`, or without it.
    fn ordered(path: &'static str, value: Option<&str>) -> Result<Session, Refusal> {
        let mut order = example();
        match value {
            Some(value) => order.insert(path, value.to_owned()),
            None => order.remove(path),
        };
        let body = url::form_urlencoded::Serializer::new(String::new()).extend_pairs(order).finish();
        session(&Form::parse(body.as_bytes(), SESSION)?, None, "cs_test_1".into(), NOW)
    }

    #[test]
    fn an_order_becomes_an_open_session_for_24_hours() {
        let session = ordered("cancel_url", None).unwrap();
        assert_eq!((session.total(), session.expires_at), (12_000, NOW + 86_400));
        assert_eq!(session.payment_metadata["bookingId"], "BOOKING1");
    }

    #[test]
    fn what_stripe_refuses_is_refused_at_the_same_bound() {
        let amount = "line_items[0][price_data][unit_amount]";
        for (path, taken, refused) in [
            ("expires_at", NOW + 1_800, (NOW + 1_799).to_string()),
            ("expires_at", NOW + 86_400, (NOW + 86_401).to_string()),
            (amount, 50, "49".to_owned()),
            (amount, 99_999_999, "100000000".to_owned()),
            (amount, 50, "-1".to_owned()),
            (amount, 50, "12.5".to_owned()),
            ("line_items[0][quantity]", 1, "0".to_owned()),
        ] {
            assert!(ordered(path, Some(&taken.to_string())).is_ok(), "{path} {taken}");
            assert!(ordered(path, Some(&refused)).is_err(), "{path} {refused}");
        }
    }

    #[test]
    fn a_wrong_or_missing_field_is_named() {
        let currency = "line_items[0][price_data][currency]";
        for (path, value, code, param) in [
            ("mode", None, "parameter_missing", "mode"),
            ("success_url", None, "parameter_missing", "success_url"),
            ("success_url", Some("/thanks"), "url_invalid", "success_url"),
            ("cancel_url", Some("javascript:alert(1)"), "url_invalid", "cancel_url"),
            ("customer_email", Some("ann"), "email_invalid", "customer_email"),
            ("coupon", Some("x"), "parameter_unknown", "coupon"),
            (currency, None, "parameter_missing", currency),
        ] {
            let body = ordered(path, value).unwrap_err().body();
            assert_eq!(body["error"]["code"], code, "{path}");
            assert_eq!(body["error"]["param"], param, "{path}");
        }
    }
}
