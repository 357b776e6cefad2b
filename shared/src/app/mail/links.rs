//! Links in mails: signed for one booking and one purpose, good until the booking begins, an offer ends, or the
//! last day that somebody waits for is over.

use std::fmt;

use aws_lc_rs::hmac;
use jiff::Timestamp;
use thiserror::Error;
use url::Url;

use crate::domain::address::Email;
use crate::domain::booking::{Booking, Status};
use crate::domain::hours::local_day;
use crate::domain::id::TenantId;
use crate::domain::link::{Grant, LinkToken, Purpose};
use crate::domain::tenant::Tenant;
use crate::domain::waitlist::Entry;

/// Makes links to the public pages. Its `Debug` form hides the key.
#[derive(Clone)]
pub struct Links {
    base: String,
    host: String,
    key: hmac::Key,
}

/// A public address that no link can begin with.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
#[error("the public address must be http or https and name a host")]
pub struct InvalidPublicUrl;

impl Links {
    /// Links below `public_url`, signed with `key`.
    ///
    /// # Errors
    ///
    /// [`InvalidPublicUrl`] unless it is an absolute `http` or `https` address. Query and fragment are dropped.
    pub fn new(public_url: &str, key: hmac::Key) -> Result<Self, InvalidPublicUrl> {
        let mut url = Url::parse(public_url).map_err(|_| InvalidPublicUrl)?;
        url.set_query(None);
        url.set_fragment(None);
        let host = url.host_str().ok_or(InvalidPublicUrl)?.to_owned();
        if !matches!(url.scheme(), "http" | "https") {
            return Err(InvalidPublicUrl);
        }
        Ok(Self { base: url.as_str().trim_end_matches('/').to_owned(), host, key })
    }

    /// The host of the public address: what makes a booking's calendar id unique in the world.
    #[must_use]
    pub fn host(&self) -> &str {
        &self.host
    }

    /// The link to do `purpose` with `booking`, while that makes sense: none once the booking has
    /// begun at `now`, is called off, or (to pay) waits for no payment.
    #[must_use]
    pub fn find(&self, purpose: Purpose, tenant: TenantId, booking: &Booking, now: Timestamp) -> Option<String> {
        let is_sensible = match purpose {
            Purpose::Pay => booking.status == Status::PendingPayment,
            Purpose::Cancel | Purpose::Reschedule => booking.status.is_open(),
            Purpose::Take | Purpose::Pass => booking.status == Status::Offered,
            Purpose::Leave => false,
        };
        (is_sensible && now < booking.slot.start()).then(|| self.make(purpose, tenant, booking))
    }

    /// The link to leave the waitlist, as long as the place can come to something.
    #[must_use]
    pub fn leave(&self, tenant: &Tenant, entry: &Entry) -> Option<String> {
        let expires_at = local_day(entry.days.last(), &tenant.timezone)?.end();
        let grant =
            Grant { tenant: tenant.id, booking: entry.booking(), purpose: Purpose::Leave, sequence: 0, expires_at };
        entry.status.is_live().then(|| self.of(&grant))
    }

    fn make(&self, purpose: Purpose, tenant: TenantId, booking: &Booking) -> String {
        let (sequence, expires_at) = (booking.sequence, booking.slot.start());
        self.of(&Grant { tenant, booking: booking.id, purpose, sequence, expires_at })
    }

    fn of(&self, grant: &Grant) -> String {
        let place = match grant.purpose {
            Purpose::Pay | Purpose::Cancel | Purpose::Reschedule => "bookings",
            Purpose::Take | Purpose::Pass | Purpose::Leave => "waitlist",
        };
        let token = LinkToken::sign(&self.key, grant);
        format!("{}/v1/public/{place}/{token}/{}", self.base, grant.purpose.as_str())
    }
}

impl fmt::Debug for Links {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Links({})", self.base)
    }
}

/// `email` as a `mailto:` address. Everything that has a meaning in an address of that kind is escaped.
#[must_use]
pub fn mailto(email: &Email) -> String {
    let mut uri = String::from("mailto:");
    for b in email.as_str().bytes() {
        match b {
            b'a'..=b'z' | b'0'..=b'9' | b'@' | b'.' | b'-' | b'_' | b'+' | b'~' | b'\'' => uri.push(char::from(b)),
            _ => uri.push_str(&format!("%{b:02X}")),
        }
    }
    uri
}
