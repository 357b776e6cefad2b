//! The business context: all of `pk = T#<tenant>` in one read, consistently.
//!
//! Rows of kinds that are not part of it are passed over.

use super::Store;
use super::catalog::{article_of, package_of, resource_of};
use super::error::StoreError;
use super::hours::hours_of;
use super::key::{ARTICLE, HOURS, Key, PACKAGE, PROFILE, RESOURCE, WIDGET};
use super::table::Query;
use super::tenant::tenant_of;
use super::widget::widget_of;
use crate::domain::article::Articles;
use crate::domain::business::BusinessContext;
use crate::domain::hours::Hours;
use crate::domain::id::TenantId;
use crate::domain::widget::WidgetConfig;

impl Store {
    /// Reads everything about a tenant; none: there is no such tenant.
    ///
    /// # Errors
    ///
    /// As every read: [`StoreError`].
    pub async fn find_context(&self, tenant: TenantId) -> Result<Option<BusinessContext>, StoreError> {
        let (mut profile, mut hours, mut widget) = (None, Hours::default(), WidgetConfig::default());
        let (mut packages, mut resources, mut articles) = (Vec::new(), Vec::new(), Vec::new());
        for item in self.tenants.all(Query::partition(Key::context(tenant))).await? {
            let kind = item.get("sk").and_then(|sk| sk.as_s().ok()).cloned().unwrap_or_default();
            match kind.as_str() {
                PROFILE => profile = Some(tenant_of(item)?),
                HOURS => hours = hours_of(item)?,
                WIDGET => widget = widget_of(item)?,
                kind if kind.starts_with(PACKAGE) => packages.push(package_of(item)?),
                kind if kind.starts_with(RESOURCE) => resources.push(resource_of(item)?),
                kind if kind.starts_with(ARTICLE) => articles.push(article_of(item)?),
                _ => {}
            }
        }
        Ok(profile.map(|tenant| {
            let articles = Articles::new(articles, tenant.locale.as_str());
            BusinessContext { tenant, packages, resources, hours, articles, widget }
        }))
    }
}
