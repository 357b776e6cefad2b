//! What a tenant keeps in its context: one row each for packages, resources and articles, as
//! `pk = T#<tenant>`, `sk = PACKAGE#<id>`, `RESOURCE#<id>`, `ARTICLE#<id>`.
//!
//! They are read together, as the business context. Every change demands the version that was read and
//! raises the context's stamp in the same transaction, so that no warm function keeps the old one.

mod article;
mod package;
mod resource;

use super::Store;
use super::error::StoreError;
use super::expression::{Delete, Item, Put};
use super::key::Key;
use super::table::{Transacted, item};
use crate::domain::article::Article;
use crate::domain::id::{ArticleId, PackageId, ResourceId, TenantId};
use crate::domain::import::Import;
use crate::domain::package::Package;
use crate::domain::resource::Resource;

pub(super) use article::article_of;
pub(super) use package::package_of;
pub(super) use resource::resource_of;

/// How a change of something that a tenant keeps ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Saved {
    /// It is done.
    Done,
    /// It has changed since it was read.
    Stale,
    /// It was to be new, and is there already.
    Exists,
    /// It was to be changed, and is not there.
    Missing,
}

/// Articles that are written together, on the business as it was read.
#[derive(Debug, Clone, Copy)]
pub struct ArticlesWrite<'a> {
    /// Those of version 1 are new; each other goes over the version before.
    pub articles: &'a [Article],
    /// The import that ends with them.
    pub import: Option<&'a Import>,
    /// The context's stamp under which the business was read.
    pub stamp: u64,
}

impl Store {
    /// Writes a package: a new one when no version is expected, else over the one of that version.
    ///
    /// # Errors
    ///
    /// As every write: [`StoreError`].
    pub async fn put_package(
        &self,
        tenant: TenantId,
        package: &Package,
        expected_version: Option<u64>,
    ) -> Result<Saved, StoreError> {
        let item = item(&Key::package(tenant, package.id), &package::Row::from(package), package::WHAT)?;
        self.save(tenant, item, expected_version).await
    }

    /// Removes the package of that version.
    ///
    /// # Errors
    ///
    /// As every write: [`StoreError`].
    pub async fn delete_package(
        &self,
        tenant: TenantId,
        id: PackageId,
        expected_version: u64,
    ) -> Result<Saved, StoreError> {
        self.remove(tenant, Key::package(tenant, id), expected_version).await
    }

    /// Writes a resource: a new one when no version is expected, else over the one of that version.
    ///
    /// # Errors
    ///
    /// As every write: [`StoreError`].
    pub async fn put_resource(
        &self,
        tenant: TenantId,
        resource: &Resource,
        expected_version: Option<u64>,
    ) -> Result<Saved, StoreError> {
        let item = item(&Key::resource(tenant, resource.id), &resource::Row::from(resource), resource::WHAT)?;
        self.save(tenant, item, expected_version).await
    }

    /// Removes the resource of that version.
    ///
    /// # Errors
    ///
    /// As every write: [`StoreError`].
    pub async fn delete_resource(
        &self,
        tenant: TenantId,
        id: ResourceId,
        expected_version: u64,
    ) -> Result<Saved, StoreError> {
        self.remove(tenant, Key::resource(tenant, id), expected_version).await
    }

    /// Writes an article: a new one when no version is expected, else over the one of that version.
    ///
    /// # Errors
    ///
    /// As every write: [`StoreError`].
    pub async fn put_article(
        &self,
        tenant: TenantId,
        article: &Article,
        expected_version: Option<u64>,
    ) -> Result<Saved, StoreError> {
        let item = item(&Key::article(tenant, article.id), &article::Row::from(article), article::WHAT)?;
        self.save(tenant, item, expected_version).await
    }

    /// Writes articles together: all of them or, when anything of the business has changed since it was read or the
    /// import has ended, none ([`Saved::Stale`]).
    ///
    /// # Errors
    ///
    /// As every write: [`StoreError`].
    pub async fn write_articles(&self, tenant: TenantId, write: &ArticlesWrite<'_>) -> Result<Saved, StoreError> {
        let mut actions = vec![self.restamping_from(tenant, write.stamp)?];
        for article in write.articles {
            actions.push(self.tenants.putting(article::put(tenant, article)?)?);
        }
        if let Some(import) = write.import {
            actions.push(self.ending_import(tenant, import)?);
        }
        let is_done = self.tenants.transact(actions).await? == Transacted::Done;
        Ok(if is_done { Saved::Done } else { Saved::Stale })
    }

    /// Writes an article in place of a proposal, which is removed at the version `proposed`: both or, when anything of
    /// the business has changed since it was read under `stamp`, neither ([`Saved::Stale`]).
    ///
    /// # Errors
    ///
    /// As every write: [`StoreError`].
    pub async fn replace_article(
        &self,
        tenant: TenantId,
        article: &Article,
        (proposal, proposed): (ArticleId, u64),
        stamp: u64,
    ) -> Result<Saved, StoreError> {
        let delete = Delete::new(Key::article(tenant, proposal)).when("version", "=", proposed);
        let actions = vec![
            self.restamping_from(tenant, stamp)?,
            self.tenants.putting(article::put(tenant, article)?)?,
            self.tenants.deleting(delete)?,
        ];
        let is_done = self.tenants.transact(actions).await? == Transacted::Done;
        Ok(if is_done { Saved::Done } else { Saved::Stale })
    }

    /// Removes the article of that version.
    ///
    /// # Errors
    ///
    /// As every write: [`StoreError`].
    pub async fn delete_article(
        &self,
        tenant: TenantId,
        id: ArticleId,
        expected_version: u64,
    ) -> Result<Saved, StoreError> {
        self.remove(tenant, Key::article(tenant, id), expected_version).await
    }

    /// Writes one row of the context and raises its stamp.
    pub(super) async fn save(
        &self,
        tenant: TenantId,
        item: Item,
        expected_version: Option<u64>,
    ) -> Result<Saved, StoreError> {
        let put = match expected_version {
            Some(version) => Put::new(item).when("version", "=", version),
            None => Put::fresh(item),
        };
        let actions = vec![self.tenants.putting(put)?, self.restamping(tenant)?];
        let told = self.tenants.transact(actions).await?;
        Ok(if expected_version.is_none() && told != Transacted::Done { Saved::Exists } else { saved(told) })
    }

    async fn remove(&self, tenant: TenantId, key: Key, expected_version: u64) -> Result<Saved, StoreError> {
        let delete = Delete::new(key).when("version", "=", expected_version);
        Ok(saved(self.tenants.transact(vec![self.tenants.deleting(delete)?, self.restamping(tenant)?]).await?))
    }
}

/// Of a change that demanded a version: a refusal that found no row says that there is none.
pub(super) fn saved(told: Transacted) -> Saved {
    match told {
        Transacted::Done => Saved::Done,
        Transacted::Refused(refusals) if refusals.iter().flatten().any(Option::is_some) => Saved::Stale,
        Transacted::Refused(_) => Saved::Missing,
    }
}

#[cfg(test)]
mod tests;
