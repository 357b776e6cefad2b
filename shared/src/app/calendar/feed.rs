//! Feed: one resource's bookings as a calendar that its owner's app reads again and again.
//!
//! It holds what an owner needs to know where to be: what, when, where and the customer's name. No address of
//! a customer, no note, price or code, and no link, since calendars are shared. A booking that no longer holds
//! its time is not in it, which takes it out of a calendar that follows the feed.

use aws_lc_rs::digest::{SHA256, digest};
use aws_lc_rs::hmac;
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use jiff::SignedDuration;
use thiserror::Error;

use crate::app::context::{ContextError, Contexts};
use crate::app::mail::feed_file;
use crate::domain::booking::Booking;
use crate::domain::feed::{FeedGrant, open};
use crate::ports::{Clock, trace};
use crate::store::booking::Span;
use crate::store::{Store, StoreError};

/// How long a booking stays in the feed after it began.
const PAST: SignedDuration = SignedDuration::from_hours(30 * 24);

/// How far ahead the feed reaches: owners may book past their own horizon.
const AHEAD: SignedDuration = SignedDuration::from_hours(10 * 366 * 24);

/// How many bookings are read at once, and how often.
const PAGE: u16 = 250;
const MOST_PAGES: usize = 40;

/// Everything this use case may touch.
#[derive(Clone, Copy)]
pub struct Deps<'a> {
    /// Calendars and bookings.
    pub store: &'a Store,
    /// Remembered business contexts.
    pub contexts: &'a Contexts,
    /// The time.
    pub clock: &'a dyn Clock,
    /// Signs the links of feeds.
    pub link_key: &'a hmac::Key,
    /// What the ids of entries end with.
    pub host: &'a str,
}

/// A feed as it is now.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FeedFile {
    /// The calendar.
    pub text: String,
    /// Changes when anything in it does, as `ETag` spells it.
    pub etag: String,
}

/// Why there is no feed.
#[derive(Debug, Error)]
pub enum Error {
    /// The link is not ours, was replaced or ended, or what it was for is gone.
    #[error("there is no such feed")]
    NoSuchFeed,
    /// As the store says.
    #[error("the feed cannot be read")]
    Store(#[from] StoreError),
}

/// Reads the feed whose link's file is called `file`.
///
/// # Errors
///
/// [`enum@Error`].
pub async fn read(deps: Deps<'_>, file: &str) -> Result<FeedFile, Error> {
    let grant = open(deps.link_key, file).map_err(|_| Error::NoSuchFeed)?;
    let FeedGrant { tenant, resource, stamp } = grant;
    trace::of_tenant(tenant);
    let calendars = deps.store.find_calendars(tenant, resource).await?.ok_or(Error::NoSuchFeed)?;
    if !calendars.feed.is_live || calendars.feed.stamp != stamp {
        return Err(Error::NoSuchFeed);
    }
    let now = deps.clock.now();
    let business = match deps.contexts.current(deps.store, tenant, now).await {
        Ok(stamped) => stamped.context,
        Err(ContextError::Refused) => return Err(Error::NoSuchFeed),
        Err(ContextError::Store(error)) => return Err(error.into()),
    };
    let shown = business.resource(resource).ok_or(Error::NoSuchFeed)?;
    let span = Span { from: now - PAST, to: now + AHEAD, status: None };
    let (mut bookings, mut after) = (Vec::new(), None);
    for _ in 0..MOST_PAGES {
        let page = deps.store.list_bookings(tenant, &span, PAGE, after.as_ref()).await?;
        let theirs = |booking: &Booking| booking.resource == resource && booking.status.holds_slot();
        bookings.extend(page.items.into_iter().filter(theirs));
        after = page.next;
        if after.is_none() {
            break;
        }
    }
    if after.is_some() {
        tracing::warn!("a feed ends before its last booking");
    }
    let text = feed_file(&business.tenant, &shown.name, deps.host, &bookings);
    let etag = format!("\"{}\"", URL_SAFE_NO_PAD.encode(digest(&SHA256, text.as_bytes())));
    Ok(FeedFile { text, etag })
}
