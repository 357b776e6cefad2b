//! Webhooks: signs events as Stripe does and hands them on, now or when told, in order or not.
//!
//! It never talks HTTP: where a delivery goes is up to the sink.

use aws_lc_rs::hmac;
use serde_json::Value;

/// One attempt to deliver an event.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Delivery {
    /// The event's id, for [`Simulator::replay`](super::Simulator::replay).
    pub event_id: String,
    /// The raw body; the signature is over exactly these bytes.
    pub body: String,
    /// The value of the `Stripe-Signature` header.
    pub signature: String,
}

/// In which order held deliveries are let go.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Order {
    /// As they happened.
    AsSent,
    /// The last one first.
    Reversed,
}

/// Signs `body` at `t` (seconds since the Unix epoch), once with each secret.
pub(super) fn sign(secrets: &[String], body: &str, t: i64) -> String {
    let payload = format!("{t}.{body}");
    let mut header = format!("t={t}");
    for secret in secrets {
        let key = hmac::Key::new(hmac::HMAC_SHA256, secret.as_bytes());
        header.push_str(",v1=");
        for byte in hmac::sign(&key, payload.as_bytes()).as_ref() {
            header.push_str(&format!("{byte:02x}"));
        }
    }
    header
}

/// Every event so far, and those that are kept back.
#[derive(Debug, Default)]
pub(super) struct Outgoing {
    events: Vec<(String, String)>,
    held: Option<Vec<Delivery>>,
}

impl Outgoing {
    /// Remembers an event under its id; answers its raw body.
    pub(super) fn record(&mut self, event: &Value) -> (String, String) {
        let id = event["id"].as_str().unwrap_or_default().to_owned();
        let recorded = (id, event.to_string());
        self.events.push(recorded.clone());
        recorded
    }

    /// The raw body of the newest event of that id.
    pub(super) fn find(&self, id: &str) -> Option<&str> {
        self.events.iter().rev().find(|event| event.0 == id).map(|event| event.1.as_str())
    }

    /// Every event so far, oldest first.
    pub(super) fn bodies(&self) -> impl Iterator<Item = &str> {
        self.events.iter().map(|event| event.1.as_str())
    }

    /// Keeps deliveries back from now on.
    pub(super) fn hold(&mut self) {
        self.held.get_or_insert_default();
    }

    /// Keeps `delivery` back, or gives it back because nothing is held.
    pub(super) fn pass(&mut self, delivery: Delivery) -> Option<Delivery> {
        match &mut self.held {
            Some(held) => {
                held.push(delivery);
                None
            }
            None => Some(delivery),
        }
    }

    /// Ends the holding and gives everything that was held.
    pub(super) fn release(&mut self, order: Order) -> Vec<Delivery> {
        let mut held = self.held.take().unwrap_or_default();
        if order == Order::Reversed {
            held.reverse();
        }
        held
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_signature_is_the_one_stripe_publishes() {
        // Computed with `openssl dgst -sha256 -hmac whsec_test` over `1700000000.{"id":"evt_1"}`.
        let header = sign(&["whsec_test".into()], r#"{"id":"evt_1"}"#, 1_700_000_000);
        assert_eq!(header, "t=1700000000,v1=c89214b5b5da833daed6f0b8c5bb6bd58cea9022bd80ccc78230f3942d632925");
    }

    #[test]
    fn a_rolled_secret_signs_twice() {
        let header = sign(&["whsec_old".into(), "whsec_new".into()], "{}", 1);
        assert_eq!(header.matches(",v1=").count(), 2);
    }
}
