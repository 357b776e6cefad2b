//! How often codes are mailed, and confirmation codes tried, in any hour.
//!
//! Mails to one address are few, whoever asks for them: nobody's mailbox is filled from here. What one session
//! and one network address may ask for is bounded over all addresses together. A session that asks too often is
//! told so, which tells nothing of an address; that an address has had its mails is never told.

use jiff::{SignedDuration, Timestamp};

use super::Error;
use crate::domain::address::Email;
use crate::domain::conversation::Conversation;
use crate::domain::id::TenantId;
use crate::domain::meter::Quota;
use crate::domain::secret::SecretHash;
use crate::store::Store;

const HOUR: SignedDuration = SignedDuration::from_hours(1);

/// Codes mailed to one email.
const MAILS: Quota = Quota { what: "code", most: 3, span: HOUR };
/// Codes that one session asks for, to whatever emails.
const MAILS_OF_SESSION: Quota = Quota { what: "code-session", most: 5, span: HOUR };
/// Codes that one network address asks for.
const MAILS_OF_ADDRESS: Quota = Quota { what: "code-address", most: 20, span: HOUR };

/// Confirmation codes tried with one email, by whomever.
const TRIES: Quota = Quota { what: "try", most: 10, span: HOUR };
/// Confirmation codes that one session tries.
const TRIES_OF_SESSION: Quota = Quota { what: "try-session", most: 5, span: HOUR };
/// Confirmation codes that one network address tries.
const TRIES_OF_ADDRESS: Quota = Quota { what: "try-address", most: 20, span: HOUR };

/// Who asks: a session, and where it calls from.
#[derive(Debug, Clone, Copy)]
pub struct Asker<'a> {
    /// The conversation that the session opens.
    pub conversation: &'a Conversation,
    /// A short hash of the network address; none: addresses are not counted.
    pub address: Option<&'a str>,
}

/// Claims that one more code may be mailed to `email`, and counts it.
pub(super) async fn may_mail(
    store: &Store,
    tenant: TenantId,
    asker: Asker<'_>,
    email: &Email,
    now: Timestamp,
) -> Result<bool, Error> {
    count(store, tenant, asker, (&MAILS_OF_SESSION, &MAILS_OF_ADDRESS), now).await?;
    Ok(store.count_within(tenant, &MAILS, &of(email), now).await?.is_ok())
}

/// Demands that one more confirmation code may be tried with `email`, and counts it.
pub(super) async fn may_try(
    store: &Store,
    tenant: TenantId,
    asker: Asker<'_>,
    email: &Email,
    now: Timestamp,
) -> Result<(), Error> {
    count(store, tenant, asker, (&TRIES_OF_SESSION, &TRIES_OF_ADDRESS), now).await?;
    store.count_within(tenant, &TRIES, &of(email), now).await?.map_err(Error::Limited)
}

async fn count(
    store: &Store,
    tenant: TenantId,
    asker: Asker<'_>,
    (of_session, of_address): (&Quota, &Quota),
    now: Timestamp,
) -> Result<(), Error> {
    let session = SecretHash::of(asker.conversation.id.to_string().as_bytes());
    store.count_within(tenant, of_session, &session, now).await?.map_err(Error::Limited)?;
    let Some(address) = asker.address else { return Ok(()) };
    let address = SecretHash::of(address.as_bytes());
    store.count_within(tenant, of_address, &address, now).await?.map_err(Error::Limited)
}

/// The mailbox that `email` leads to: what stands behind a plus is the reader's own affair, and would make any
/// number of addresses of one.
fn of(email: &Email) -> SecretHash {
    let (local, domain) = email.as_str().rsplit_once('@').unwrap_or((email.as_str(), ""));
    let mailbox = local.split_once('+').map_or(local, |(mailbox, _)| mailbox);
    SecretHash::of(format!("{mailbox}@{domain}").as_bytes())
}
