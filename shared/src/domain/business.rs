//! The business context: everything about a tenant that a turn reads, in one piece.
//!
//! Decides nothing; it is what the rules are asked about.

use super::article::{Article, Articles};
use super::hours::Hours;
use super::id::{ArticleId, PackageId, ResourceId};
use super::package::Package;
use super::resource::Resource;
use super::tenant::Tenant;
use super::widget::WidgetConfig;

/// Everything about a tenant that a turn reads.
#[derive(Debug, Clone, PartialEq)]
pub struct BusinessContext {
    /// The business itself.
    pub tenant: Tenant,
    /// What can be booked, also what no longer can; oldest first.
    pub packages: Vec<Package>,
    /// Who and what serves it, oldest first.
    pub resources: Vec<Resource>,
    /// When it is open.
    pub hours: Hours,
    /// What it says about itself, oldest first.
    pub articles: Articles,
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

    /// The article with this id.
    #[must_use]
    pub fn article(&self, id: ArticleId) -> Option<&Article> {
        self.articles.iter().find(|article| article.id == id)
    }
}
