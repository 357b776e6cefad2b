//! The gate of every public route: the tenant's key and its allowed sites.
//!
//! The tenant comes from the key and from nothing else that the caller sends.

use lambda_http::Request;

use super::cors::{Origin, check_origin};
use super::problem::ApiError;
use super::request::header;
use crate::app::context::{ContextError, Contexts, Stamped};
use crate::domain::secret::TenantKey;
use crate::ports::{Clock, trace};
use crate::store::Store;

/// A public request that was let in.
pub struct Admitted {
    /// The tenant's key.
    pub key: TenantKey,
    /// The tenant's context.
    pub business: Stamped,
    /// The site that may read the answer.
    pub origin: Option<Origin>,
}

/// Lets a request in by its `X-Tenant-Key` and its site. `is_current` asks whether the context has changed;
/// a turn leaves that out, because it learns it from the meter.
///
/// # Errors
///
/// 401 for a key that opens nothing, 403 for a site that the tenant did not allow.
pub async fn admit(
    (store, contexts, clock): (&Store, &Contexts, &dyn Clock),
    request: &Request,
    is_current: bool,
) -> Result<Admitted, ApiError> {
    let refused = || ApiError::unauthorized("The tenant key is missing or opens nothing.");
    let key: TenantKey = header(request, "x-tenant-key").and_then(|key| key.parse().ok()).ok_or_else(refused)?;
    let now = clock.now();
    let business = if is_current {
        contexts.current_of_key(store, &key, now).await
    } else {
        contexts.of_key(store, &key, now).await
    }?;
    trace::of_tenant(business.context.tenant.id);
    let origin = check_origin(request, &business.context.tenant.allowed_origins)?;
    Ok(Admitted { key, business, origin })
}

impl From<ContextError> for ApiError {
    fn from(error: ContextError) -> Self {
        match error {
            ContextError::Refused => Self::unauthorized("The tenant key is missing or opens nothing."),
            ContextError::Store(error) => error.into(),
        }
    }
}
