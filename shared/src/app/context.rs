//! The business context: everything about a tenant that a turn reads, cached in the warm function.
//!
//! Cached for five minutes and dropped at once when its tenant changes it: every change raises a stamp
//! on the tenant's meter, which a turn reads anyway when it is admitted.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

use jiff::{SignedDuration, Timestamp};
use thiserror::Error;

pub use crate::domain::business::BusinessContext;
use crate::domain::id::TenantId;
use crate::domain::secret::TenantKey;
use crate::store::{Store, StoreError};

/// How long a context is believed without asking.
const LIFE: SignedDuration = SignedDuration::from_mins(5);

/// How many tenants one warm function remembers.
const MOST: usize = 512;

/// A tenant key that opens nothing.
#[derive(Debug, Error)]
pub enum ContextError {
    /// Nobody has this key, or its tenant is suspended.
    #[error("the tenant key opens nothing")]
    Refused,
    /// As the store says.
    #[error("the business context cannot be read")]
    Store(#[from] StoreError),
}

/// The contexts that a warm function remembers.
#[derive(Debug, Default)]
pub struct Contexts {
    known: Mutex<HashMap<TenantId, Known>>,
    keys: Mutex<HashMap<TenantKey, TenantId>>,
}

#[derive(Debug, Clone)]
struct Known {
    context: Arc<BusinessContext>,
    stamp: u64,
    read_at: Timestamp,
}

/// A context and the stamp it was read under.
#[derive(Debug, Clone)]
pub struct Stamped {
    /// The context.
    pub context: Arc<BusinessContext>,
    /// The stamp; an admitted turn that sees another one must read again.
    pub stamp: u64,
}

impl Contexts {
    /// The context behind a key, as far as it is remembered; the caller compares its stamp.
    ///
    /// # Errors
    ///
    /// [`ContextError::Refused`] for an unknown key and a suspended tenant.
    pub async fn of_key(&self, store: &Store, key: &TenantKey, now: Timestamp) -> Result<Stamped, ContextError> {
        let tenant = self.tenant_of(store, key).await?;
        let known = lock(&self.known).get(&tenant).cloned().filter(|known| now < known.read_at + LIFE);
        let stamped = match known {
            Some(known) => Stamped { context: known.context, stamp: known.stamp },
            None => self.read(store, tenant, now).await?,
        };
        admit(stamped)
    }

    /// The context behind a key as it is now: one small read more than [`Contexts::of_key`].
    ///
    /// # Errors
    ///
    /// As [`Contexts::of_key`].
    pub async fn current_of_key(
        &self,
        store: &Store,
        key: &TenantKey,
        now: Timestamp,
    ) -> Result<Stamped, ContextError> {
        let tenant = self.tenant_of(store, key).await?;
        admit(self.current(store, tenant, now).await?)
    }

    /// The context of a tenant as it is now, suspended or not.
    ///
    /// # Errors
    ///
    /// [`ContextError::Refused`] for a tenant that does not exist.
    pub async fn current(&self, store: &Store, tenant: TenantId, now: Timestamp) -> Result<Stamped, ContextError> {
        let known = lock(&self.known).get(&tenant).cloned().filter(|known| now < known.read_at + LIFE);
        if let Some(known) = known
            && store.context_stamp(tenant).await? == known.stamp
        {
            return Ok(Stamped { context: known.context, stamp: known.stamp });
        }
        self.read(store, tenant, now).await
    }

    /// Reads a context anew, because its stamp has changed.
    ///
    /// # Errors
    ///
    /// As [`Contexts::of_key`].
    pub async fn refreshed(&self, store: &Store, key: &TenantKey, now: Timestamp) -> Result<Stamped, ContextError> {
        lock(&self.keys).remove(key);
        let tenant = self.tenant_of(store, key).await?;
        admit(self.read(store, tenant, now).await?)
    }

    async fn tenant_of(&self, store: &Store, key: &TenantKey) -> Result<TenantId, ContextError> {
        if let Some(tenant) = lock(&self.keys).get(key) {
            return Ok(*tenant);
        }
        let tenant = store.find_tenant_of_key(&key.hash()).await?.ok_or(ContextError::Refused)?;
        let mut keys = lock(&self.keys);
        if MOST <= keys.len() {
            keys.clear();
        }
        keys.insert(key.clone(), tenant);
        Ok(tenant)
    }

    async fn read(&self, store: &Store, tenant: TenantId, now: Timestamp) -> Result<Stamped, ContextError> {
        // The stamp first: a change in between makes the context newer than its stamp, and it is read once more.
        let stamp = store.context_stamp(tenant).await?;
        let context = store.find_context(tenant).await?.ok_or(ContextError::Refused)?;
        let known = Known { context: Arc::new(context), stamp, read_at: now };
        let stamped = Stamped { context: Arc::clone(&known.context), stamp };
        let mut contexts = lock(&self.known);
        if MOST <= contexts.len() {
            contexts.clear();
        }
        contexts.insert(tenant, known);
        Ok(stamped)
    }
}

fn admit(stamped: Stamped) -> Result<Stamped, ContextError> {
    if stamped.context.tenant.suspended { Err(ContextError::Refused) } else { Ok(stamped) }
}

fn lock<T>(mutex: &Mutex<T>) -> std::sync::MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
