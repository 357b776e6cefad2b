//! Cursors: a page of a list, and where the list goes on, as text that only we can make, for one tenant and one query.

use std::collections::BTreeMap;

use aws_lc_rs::hmac;
use aws_sdk_dynamodb::types::AttributeValue;
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use thiserror::Error;

use super::expression::Item;
use crate::domain::id::TenantId;

/// A page of a list.
#[derive(Debug, Clone, PartialEq)]
pub struct Listed<T> {
    /// What was found.
    pub items: Vec<T>,
    /// Where the next page begins; none: this was the last.
    pub next: Option<Position>,
}

/// Where a list goes on: the key of the last item seen.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Position(BTreeMap<String, String>);

/// Text that is no cursor of this tenant's query.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
#[error("not a cursor of this list")]
pub struct InvalidCursor;

impl Position {
    /// Of a key; every key attribute here is a string.
    pub(super) fn of(key: &Item) -> Option<Self> {
        let part = |(name, value): (&String, &AttributeValue)| Some((name.clone(), value.as_s().ok()?.clone()));
        key.iter().map(part).collect::<Option<_>>().map(Self)
    }

    pub(super) fn item(&self) -> Item {
        self.0.iter().map(|(name, value)| (name.clone(), AttributeValue::S(value.clone()))).collect()
    }

    /// As text, bound to `tenant` and `query`, which names the list and its filters.
    #[must_use]
    pub fn seal(&self, key: &hmac::Key, tenant: TenantId, query: &str) -> String {
        let body = serde_json::to_vec(&self.0).unwrap_or_default();
        let mut sealed = tag(key, tenant, query, &body);
        sealed.extend_from_slice(&body);
        URL_SAFE_NO_PAD.encode(sealed)
    }

    /// Opens what [`Position::seal`] made.
    ///
    /// # Errors
    ///
    /// [`InvalidCursor`] for anything else, also for a cursor of another tenant or query.
    pub fn open(text: &str, key: &hmac::Key, tenant: TenantId, query: &str) -> Result<Self, InvalidCursor> {
        let sealed = URL_SAFE_NO_PAD.decode(text).map_err(|_| InvalidCursor)?;
        let (seal, body) = sealed.split_at_checked(32).ok_or(InvalidCursor)?;
        aws_lc_rs::constant_time::verify_slices_are_equal(seal, &tag(key, tenant, query, body))
            .map_err(|_| InvalidCursor)?;
        serde_json::from_slice(body).map(Self).map_err(|_| InvalidCursor)
    }
}

fn tag(key: &hmac::Key, tenant: TenantId, query: &str, body: &[u8]) -> Vec<u8> {
    let mut context = hmac::Context::with_key(key);
    context.update(format!("cursor\0{tenant}\0{}\0{query}", query.len()).as_bytes());
    context.update(body);
    context.sign().as_ref().to_vec()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_cursor_opens_for_its_own_tenant_and_query_only() {
        let key = hmac::Key::new(hmac::HMAC_SHA256, b"secret");
        let tenant = |n| TenantId::new(ulid::Ulid::from_parts(n, n.into()));
        let position = Position([("pk".to_owned(), "T#1".to_owned())].into());
        let text = position.seal(&key, tenant(1), "bookings");
        assert_eq!(Position::open(&text, &key, tenant(1), "bookings"), Ok(position));
        assert_eq!(Position::open(&text, &key, tenant(2), "bookings"), Err(InvalidCursor));
        assert_eq!(Position::open(&text, &key, tenant(1), "audit"), Err(InvalidCursor));
        assert_eq!(Position::open("AAAA", &key, tenant(1), "bookings"), Err(InvalidCursor));
    }
}
