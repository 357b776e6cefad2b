//! A business and its settings: made by the platform, changed by its owner.
//!
//! Also what every change of what a business offers has in common: what it may touch, and how it is refused.

use jiff::Timestamp;
use thiserror::Error;

use crate::domain::business::BusinessContext;
use crate::domain::field::{InvalidDraft, InvalidField};
use crate::domain::hours::{Hours, WeeklyHours};
use crate::domain::id::TenantId;
use crate::domain::ledger;
use crate::domain::secret::TenantKey;
use crate::domain::tenant::Tenant;
use crate::domain::tenant::draft::TenantDraft;
use crate::domain::widget::WidgetConfig;
use crate::domain::widget::draft::WidgetDraft;
use crate::ports::{Clock, Ids};
use crate::store::catalog::Saved;
use crate::store::tenant::NewTenant;
use crate::store::{Store, StoreError};

/// Everything that a change of a business may touch.
#[derive(Clone, Copy)]
pub struct Deps<'a> {
    /// The tenant's own rows.
    pub store: &'a Store,
    /// The time.
    pub clock: &'a dyn Clock,
    /// New ids and keys.
    pub ids: &'a dyn Ids,
}

/// Why a change does not happen.
#[derive(Debug, Error)]
pub enum Error {
    /// There is no such thing in this tenant, or no such tenant.
    #[error("there is no such thing here")]
    Missing,
    /// It has changed since it was read.
    #[error("it has changed since it was read")]
    Stale,
    /// Something else still needs it.
    #[error("it is still in use")]
    InUse,
    /// There are as many as there may be.
    #[error("there are {most} already")]
    TooMany {
        /// How many there may be.
        most: usize,
    },
    /// Fields are refused.
    #[error(transparent)]
    Invalid(#[from] InvalidDraft),
    /// As the store says.
    #[error("the business cannot be read or changed")]
    Store(#[from] StoreError),
}

/// Turns how a write ended into `done` or a refusal.
pub(super) fn settled<T>(saved: Saved, done: T) -> Result<T, Error> {
    match saved {
        Saved::Done => Ok(done),
        Saved::Stale | Saved::Exists => Err(Error::Stale),
        Saved::Missing => Err(Error::Missing),
    }
}

/// Refuses one field by a rule that needs more than the draft.
pub(super) fn refused(pointer: impl Into<String>, code: &'static str, detail: &str) -> Error {
    Error::Invalid(InvalidDraft(vec![InvalidField::new(pointer, code, detail)]))
}

/// Reads everything about a tenant as it is now.
///
/// # Errors
///
/// [`Error::Missing`] for a tenant that does not exist; [`Error::Store`].
pub async fn load(deps: Deps<'_>, tenant: TenantId) -> Result<BusinessContext, Error> {
    deps.store.find_context(tenant).await?.ok_or(Error::Missing)
}

/// Makes a tenant with default settings, office hours and a key of its own. The key is told only here.
///
/// Repeating makes another tenant.
///
/// # Errors
///
/// [`Error::Invalid`] with every field that is refused; [`Error::Store`].
pub async fn create(deps: Deps<'_>, draft: &TenantDraft) -> Result<(Tenant, TenantKey), Error> {
    let now = deps.clock.now();
    let tenant = draft.check(TenantId::new(deps.ids.ulid(now)), 1)?;
    knows_price(&tenant, now)?;
    let [random, _] = halves(deps.ids.secret());
    let key = TenantKey::new(random);
    let widget = WidgetConfig { version: 1, ..WidgetConfig::default() };
    let hours = Hours { weekly: WeeklyHours::office(), version: 1, ..Hours::default() };
    let new = NewTenant { tenant: &tenant, key: &key.hash(), widget: &widget, hours: &hours };
    let saved = deps.store.create_tenant(new, now).await?;
    settled(saved, (tenant, key))
}

/// Changes the profile of version `version`.
///
/// # Errors
///
/// [`Error::Invalid`] with every field that is refused, also a currency that packages are not priced in;
/// [`Error::Stale`], [`Error::Missing`], [`Error::Store`].
pub async fn change(deps: Deps<'_>, tenant: TenantId, version: u64, draft: &TenantDraft) -> Result<Tenant, Error> {
    let changed = draft.check(tenant, version + 1)?;
    knows_price(&changed, deps.clock.now())?;
    let business = load(deps, tenant).await?;
    if business.packages.iter().any(|package| package.price.currency() != changed.currency) {
        return Err(refused("/currency", "in_use", "there are packages with prices in another currency"));
    }
    settled(deps.store.put_profile(&changed, version).await?, changed)
}

/// Replaces the widget's configuration of version `version`.
///
/// # Errors
///
/// [`Error::Invalid`] with every field that is refused; [`Error::Stale`], [`Error::Missing`], [`Error::Store`].
pub async fn set_widget(
    deps: Deps<'_>,
    tenant: TenantId,
    version: u64,
    draft: &WidgetDraft,
) -> Result<WidgetConfig, Error> {
    let widget = draft.check(version + 1)?;
    settled(deps.store.put_widget(tenant, &widget, version).await?, widget)
}

/// Refuses a model whose cost could not be reserved: every turn would be handed to people.
fn knows_price(tenant: &Tenant, now: Timestamp) -> Result<(), Error> {
    match ledger::cost(tenant.assistant.model.as_str(), &[], now) {
        Ok(_) => Ok(()),
        Err(ledger::UnknownModel) => Err(refused("/assistant/model", "unknown", "there is no price for this model")),
    }
}

fn halves(secret: [u8; 32]) -> [[u8; 16]; 2] {
    let mut halves = [[0; 16]; 2];
    for (half, bytes) in halves.iter_mut().zip(secret.chunks_exact(16)) {
        half.copy_from_slice(bytes);
    }
    halves
}
