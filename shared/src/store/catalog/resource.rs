//! The stored form of a resource.

use serde::{Deserialize, Serialize};

use crate::domain::resource::{Resource, ResourceDraft};
use crate::store::error::{StoreError, corrupt};
use crate::store::expression::Item;
use crate::store::row::parse;
use crate::store::table::read;

pub(super) const WHAT: &str = "resource";

/// The stored form. Renaming a field here is a migration.
#[derive(Serialize, Deserialize)]
pub(super) struct Row {
    id: String,
    name: String,
    active: bool,
    version: u64,
}

impl From<&Resource> for Row {
    fn from(resource: &Resource) -> Self {
        Self {
            id: resource.id.to_string(),
            name: resource.name.to_string(),
            active: resource.active,
            version: resource.version,
        }
    }
}

pub(in crate::store) fn resource_of(item: Item) -> Result<Resource, StoreError> {
    let row: Row = read(item, WHAT)?;
    let draft = ResourceDraft { name: row.name, active: row.active };
    draft.check(parse(&row.id, WHAT)?, row.version).map_err(corrupt(WHAT))
}
