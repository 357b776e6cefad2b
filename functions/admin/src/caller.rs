//! Who calls: the person behind the token, the one business they may see, and what their role allows.
//!
//! Nothing that a caller sends beside the token can name another business.

use std::sync::Arc;

use jiff::Timestamp;
use lambda_http::Request;
use shared::app::business;
use shared::app::context::ContextError;
use shared::domain::business::BusinessContext;
use shared::domain::id::TenantId;
use shared::http::problem::ApiError;
use shared::http::request::if_match;
use shared::http::token::{Person, Role, TokenRefused};
use shared::ports::trace;
use shared::runtime::Services;

/// How long to wait when the signing keys are out of reach.
const KEYS_RETRY: std::time::Duration = std::time::Duration::from_secs(5);

/// A request of a person who may see one business.
pub(crate) struct Call<'a> {
    pub(crate) services: &'a Services,
    pub(crate) request: &'a Request,
    pub(crate) person: Person,
    pub(crate) tenant: TenantId,
    pub(crate) now: Timestamp,
}

/// Recognises the person behind the token.
pub(crate) async fn recognise(services: &Services, request: &Request) -> Result<Person, ApiError> {
    let known = services.tokens.person(request.headers(), services.clock.now()).await;
    known.map_err(|refused| match refused {
        TokenRefused::Invalid(_) => ApiError::unauthorized("Please sign in.").because(refused),
        TokenRefused::KeysUnavailable(_) => ApiError::unavailable(KEYS_RETRY, refused),
    })
}

/// What changing a business may touch.
pub(crate) fn business_deps(services: &Services) -> business::Deps<'_> {
    business::Deps { store: &services.store, clock: &*services.clock, ids: &*services.ids }
}

impl<'a> Call<'a> {
    /// Recognises the caller, who must be an owner or an agent of a business.
    pub(crate) async fn identify(services: &'a Services, request: &'a Request) -> Result<Self, ApiError> {
        let person = recognise(services, request).await?;
        match (person.role, person.tenant) {
            (Role::Owner | Role::Agent, Some(tenant)) => {
                trace::of_tenant(tenant);
                Ok(Self { services, request, person, tenant, now: services.clock.now() })
            }
            _ => Err(ApiError::forbidden("Only people of a business may do this.")),
        }
    }

    /// Demands that the caller may change the business.
    pub(crate) fn demand_owner(&self) -> Result<(), ApiError> {
        match self.person.role {
            Role::Owner => Ok(()),
            Role::Agent | Role::Platform => Err(ApiError::forbidden("Only the owner may change this.")),
        }
    }

    /// Everything about the business as it is now.
    pub(crate) async fn business(&self) -> Result<Arc<BusinessContext>, ApiError> {
        let contexts = &self.services.contexts;
        match contexts.current(&self.services.store, self.tenant, self.now).await {
            Ok(stamped) => Ok(stamped.context),
            Err(ContextError::Refused) => Err(ApiError::not_found()),
            Err(ContextError::Store(error)) => Err(error.into()),
        }
    }

    /// The version that a change is based on, which must be `current`.
    pub(crate) fn based_on(&self, current: u64) -> Result<u64, ApiError> {
        if if_match(self.request)? == current { Ok(current) } else { Err(ApiError::stale_version()) }
    }

    /// What changing the business may touch.
    pub(crate) fn deps(&self) -> business::Deps<'a> {
        business_deps(self.services)
    }
}
