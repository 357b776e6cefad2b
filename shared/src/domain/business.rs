//! The business context: everything about a tenant that a turn reads, in one piece.

use super::article::Article;
use super::hours::Hours;
use super::id::{PackageId, ResourceId};
use super::package::Package;
use super::resource::Resource;
use super::tenant::Tenant;
use super::widget::WidgetConfig;

/// Everything about a tenant that a turn reads.
#[derive(Debug, Clone, PartialEq)]
pub struct BusinessContext {
    /// The business itself.
    pub tenant: Tenant,
    /// What can be booked, also what no longer can.
    pub packages: Vec<Package>,
    /// Who and what serves it.
    pub resources: Vec<Resource>,
    /// When it is open.
    pub hours: Hours,
    /// What it says about itself.
    pub articles: Vec<Article>,
    /// How its widget looks.
    pub widget: WidgetConfig,
}

impl BusinessContext {
    /// The package with this id.
    #[must_use]
    pub fn package(&self, id: PackageId) -> Option<&Package> {
        self.packages.iter().find(|package| package.id == id)
    }

    /// The resource with this id.
    #[must_use]
    pub fn resource(&self, id: ResourceId) -> Option<&Resource> {
        self.resources.iter().find(|resource| resource.id == id)
    }
}
