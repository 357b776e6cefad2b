//! Messages of the payment queue: Stripe's events as the webhook queued them, and events of our own.
//!
//! Stripe's event travels as it was signed, with `"kind":"stripe"` put in front of its fields. Ours come
//! in the envelope of the bus, which has no `kind`.

use serde::Deserialize;
use serde_json::{Map, Value};

use super::{Deps, Error, GivenBack, Recorded, close_checkout, open_checkout, record, refund};
use crate::clients::stripe::{Reading, read};
use crate::domain::event::Happening;
use crate::ports::event::from_envelope;
use crate::ports::trace;

/// What a message came to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Heard {
    /// Its effect happened now.
    Done,
    /// Its effect had happened before, or is no longer wanted.
    Duplicate,
    /// It is not about a booking of ours.
    Ignored,
    /// It names a booking that does not exist: no effect, and worth a look.
    Unknown,
}

/// A body that is no event of Stripe: signed or not, nobody could read it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("the body is not an event")]
pub struct NotQueueable;

#[derive(Deserialize)]
struct Kind {
    #[serde(default)]
    kind: String,
}

/// The message that carries Stripe's event `body` to the payment worker, its text untouched.
///
/// # Errors
///
/// [`NotQueueable`] unless it is a JSON object with fields, none of them `kind`.
pub(super) fn queued(body: &[u8]) -> Result<String, NotQueueable> {
    let text = str::from_utf8(body).map_err(|_| NotQueueable)?;
    let fields: Map<String, Value> = serde_json::from_str(text).map_err(|_| NotQueueable)?;
    let rest = text.trim_start().strip_prefix('{').ok_or(NotQueueable)?;
    if fields.is_empty() || fields.contains_key("kind") {
        return Err(NotQueueable);
    }
    Ok(format!(r#"{{"kind":"stripe",{rest}"#))
}

/// Does what the message `body` asks for. Repeating it is safe.
///
/// # Errors
///
/// [`enum@Error`]; one that is not passing will never succeed, and the message has to come before a person.
pub async fn hear(deps: Deps<'_>, body: &str) -> Result<Heard, Error> {
    let is_stripes = serde_json::from_str(body).is_ok_and(|Kind { kind }| kind == "stripe");
    if is_stripes {
        return hear_stripe(deps, body.as_bytes()).await;
    }
    let event = from_envelope(body)?;
    trace::of_event(&event);
    match event.what {
        Happening::CheckoutNeeded(booking) => Ok(match open_checkout(deps, event.tenant, booking).await? {
            true => Heard::Done,
            false => Heard::Duplicate,
        }),
        Happening::CheckoutObsolete(booking) => Ok(match close_checkout(deps, event.tenant, booking).await? {
            true => Heard::Done,
            false => Heard::Duplicate,
        }),
        Happening::RefundDue(booking) => Ok(match refund(deps, event.tenant, booking).await? {
            GivenBack::Now(_) => Heard::Done,
            GivenBack::NothingDue | GivenBack::Withheld => Heard::Duplicate,
        }),
        other => Err(Error::NotForUs(other.name())),
    }
}

async fn hear_stripe(deps: Deps<'_>, body: &[u8]) -> Result<Heard, Error> {
    let event = match read(body)? {
        Reading::Payment(event) => event,
        Reading::Ignored => return Ok(Heard::Ignored),
        Reading::Unaddressed(event) => {
            let account = event.origin().account.clone();
            match deps.stripe.find_booking_of(&event.payment_intent, account.as_deref()).await? {
                Some(booking) => event.about(booking),
                None => return Ok(Heard::Ignored),
            }
        }
    };
    trace::of_tenant(event.booking.tenant);
    trace::of_booking(event.booking.booking);
    Ok(match record(deps, &event).await? {
        Recorded::New(..) => Heard::Done,
        Recorded::Duplicate => Heard::Duplicate,
        Recorded::Unknown => Heard::Unknown,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_event_is_queued_as_it_was_signed() {
        let body = b" {\n  \"id\": \"evt_1\", \"amount\": 1.50, \"n\": 123456789012345678901234567890 }";
        let message = queued(body).unwrap();
        let expected =
            "{\"kind\":\"stripe\",\n  \"id\": \"evt_1\", \"amount\": 1.50, \"n\": 123456789012345678901234567890 }";
        assert_eq!(message, expected);
        assert!(serde_json::from_str(&message).is_ok_and(|Kind { kind }| kind == "stripe"));
    }

    #[test]
    fn what_is_no_event_is_not_queued() {
        for body in
            [&b""[..], b"{}", b"[]", b"null", b"{\"id\":1", b"{\"id\":1}}", b"{\"kind\":\"x\"}", b"{\"id\":\"\xff\"}"]
        {
            assert_eq!(queued(body), Err(NotQueueable), "{}", String::from_utf8_lossy(body));
        }
    }
}
