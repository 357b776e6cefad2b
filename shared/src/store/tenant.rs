//! To come.
use super::{Store, StoreError};
use crate::domain::business::BusinessContext;
use crate::domain::id::TenantId;
use crate::domain::secret::SecretHash;

impl Store {
    /// To come.
    pub async fn find_tenant_of_key(&self, _: &SecretHash) -> Result<Option<TenantId>, StoreError> {
        Ok(None)
    }

    /// To come.
    pub async fn find_context(&self, _: TenantId) -> Result<Option<BusinessContext>, StoreError> {
        Ok(None)
    }
}
