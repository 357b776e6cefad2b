//! The gate of every public route: the tenant's key, its allowed sites, and how often one network may call.
//!
//! The tenant comes from the key and from nothing else that the caller sends. What a call may do beyond that is
//! decided behind the gate.

use lambda_http::http::Method;
use lambda_http::{Body, Request, Response};

use super::cors::{Origin, check_origin};
use super::problem::ApiError;
use super::request::{header, source_network};
use super::respond::finish;
use crate::app::context::{ContextError, Contexts, Stamped};
use crate::domain::id::TenantId;
use crate::domain::meter::Rate;
use crate::domain::secret::{SecretHash, TenantKey};
use crate::ports::metric::{Metric, Metrics};
use crate::ports::{Clock, trace};
use crate::store::Store;

/// Everything the gate may touch.
#[derive(Clone, Copy)]
pub struct Deps<'a> {
    /// Keys, contexts and counters.
    pub store: &'a Store,
    /// Remembered business contexts.
    pub contexts: &'a Contexts,
    /// The time.
    pub clock: &'a dyn Clock,
    /// Counts who was turned away.
    pub metrics: &'a dyn Metrics,
    /// Whether networks are counted; only the local runner ever turns this off.
    pub limits_addresses: bool,
}

/// What a call is counted as, beside its key and its site.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Toll {
    /// Nothing here: a turn's own meter counts it, and tells whether the context has changed.
    Turn,
    /// Nothing: it reads what is the same for everybody and mostly remembered.
    Free,
    /// A call of its network, of which [`Rate::CALLS`] pass in a minute.
    Call,
}

/// A public request that was let in.
pub struct Admitted {
    /// The tenant's key.
    pub key: TenantKey,
    /// The tenant's context.
    pub business: Stamped,
    /// The site that may read the answer.
    pub origin: Option<Origin>,
}

/// Answers a request by `work`, if the gate lets it in.
pub async fn serve(
    deps: Deps<'_>,
    request: &Request,
    toll: Toll,
    work: impl AsyncFnOnce(&Admitted) -> Result<Response<Body>, ApiError>,
) -> Response<Body> {
    let admitted = match admit(deps, request, toll).await {
        Ok(admitted) => admitted,
        Err(problem) => return finish(request, None, Err(problem)),
    };
    // Counted behind the check of the site, so that its page can read that it has to wait.
    let counting = async {
        match toll {
            Toll::Call => count(deps, admitted.business.context.tenant.id, request, &Rate::CALLS).await,
            Toll::Turn | Toll::Free => Ok(()),
        }
    };
    let result = if request.method() == Method::GET {
        // What changes nothing need not wait to be counted.
        let (counted, answer) = tokio::join!(counting, work(&admitted));
        counted.and(answer)
    } else {
        match counting.await {
            Ok(()) => work(&admitted).await,
            Err(problem) => Err(problem),
        }
    };
    finish(request, admitted.origin.as_ref(), result)
}

/// Lets a request in by its `X-Tenant-Key` and its site.
///
/// # Errors
///
/// 401 for a key that opens nothing, 403 for a site that the tenant did not allow.
pub async fn admit(deps: Deps<'_>, request: &Request, toll: Toll) -> Result<Admitted, ApiError> {
    let refused = || ApiError::unauthorized("The tenant key is missing or opens nothing.");
    let key: TenantKey = header(request, "x-tenant-key").and_then(|key| key.parse().ok()).ok_or_else(refused)?;
    let (contexts, now) = (deps.contexts, deps.clock.now());
    let business = match toll {
        Toll::Turn => contexts.of_key(deps.store, &key, now).await,
        Toll::Free | Toll::Call => contexts.current_of_key(deps.store, &key, now).await,
    }?;
    trace::of_tenant(business.context.tenant.id);
    let origin = check_origin(request, &business.context.tenant.allowed_origins)?;
    Ok(Admitted { key, business, origin })
}

/// Counts a call of the request's network, for routes that know their tenant by a link instead of a key.
///
/// # Errors
///
/// 429 when `rate` is used up.
pub async fn count(deps: Deps<'_>, tenant: TenantId, request: &Request, rate: &Rate) -> Result<(), ApiError> {
    let Some(network) = source_network(request).filter(|_| deps.limits_addresses) else { return Ok(()) };
    let who = SecretHash::of(network.to_string().as_bytes());
    deps.store.count_at(tenant, rate, &who, deps.clock.now()).await?.map_err(|exceeded| {
        deps.metrics.count(Metric::LimitHit);
        ApiError::rate_limited("There are too many calls from your network. Please try again in a minute.", exceeded)
    })
}

impl From<ContextError> for ApiError {
    fn from(error: ContextError) -> Self {
        match error {
            ContextError::Refused => Self::unauthorized("The tenant key is missing or opens nothing."),
            ContextError::Store(error) => error.into(),
        }
    }
}
