//! The stored form of a package.

use std::time::Duration;

use serde::{Deserialize, Serialize};

use crate::domain::package::draft::{CancellationDraft, PackageDraft};
use crate::domain::package::{Package, Terms};
use crate::store::error::{StoreError, corrupt};
use crate::store::expression::Item;
use crate::store::row::parse;
use crate::store::table::read;

pub(super) const WHAT: &str = "package";

/// The stored form. Renaming a field here is a migration.
#[derive(Serialize, Deserialize)]
pub(super) struct Row {
    id: String,
    name: String,
    description: String,
    /// Minor units.
    price: i64,
    currency: String,
    kind: String,
    /// Of a `SLOT` package only.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    slot: Option<SlotRow>,
    resources: Vec<String>,
    active: bool,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    deposit_percent: Option<u32>,
    #[serde(default)]
    cancellation: CancellationRow,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    images: Vec<String>,
    version: u64,
}

/// Lengths in minutes.
#[derive(Serialize, Deserialize)]
struct SlotRow {
    duration: u32,
    before: u32,
    after: u32,
    capacity: u32,
}

/// What is otherwise than in the business's policies. Length in minutes.
#[derive(Serialize, Deserialize, Default)]
struct CancellationRow {
    #[serde(default, skip_serializing_if = "Option::is_none")]
    free_until: Option<u32>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    late_fee_percent: Option<u32>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    no_show_percent: Option<u32>,
}

impl From<CancellationDraft> for CancellationRow {
    fn from(own: CancellationDraft) -> Self {
        Self {
            free_until: own.free_until_minutes,
            late_fee_percent: own.late_fee_percent,
            no_show_percent: own.no_show_percent,
        }
    }
}

impl From<CancellationRow> for CancellationDraft {
    fn from(row: CancellationRow) -> Self {
        Self {
            free_until_minutes: row.free_until,
            late_fee_percent: row.late_fee_percent,
            no_show_percent: row.no_show_percent,
        }
    }
}

impl From<&Package> for Row {
    fn from(package: &Package) -> Self {
        let minutes = |length: Duration| u32::try_from(length.as_secs() / 60).unwrap_or(u32::MAX);
        let slot = match &package.terms {
            Terms::Date => None,
            Terms::Slot(terms) => Some(SlotRow {
                duration: minutes(terms.duration()),
                before: minutes(terms.buffers().before),
                after: minutes(terms.buffers().after),
                capacity: terms.capacity().into(),
            }),
        };
        Self {
            id: package.id.to_string(),
            name: package.name.to_string(),
            description: package.description.to_string(),
            price: package.price.minor(),
            currency: package.price.currency().to_string(),
            kind: package.kind().as_str().to_owned(),
            slot,
            resources: package.resources.iter().map(ToString::to_string).collect(),
            active: package.active,
            deposit_percent: package.deposit_percent.map(u32::from),
            cancellation: CancellationDraft::from(&package.cancellation).into(),
            images: package.images.iter().map(ToString::to_string).collect(),
            version: package.version,
        }
    }
}

pub(in crate::store) fn package_of(item: Item) -> Result<Package, StoreError> {
    let row: Row = read(item, WHAT)?;
    let slot = row.slot.as_ref();
    let draft = PackageDraft {
        name: row.name,
        description: row.description,
        price_minor: row.price,
        currency: row.currency,
        kind: row.kind,
        duration_minutes: slot.map(|slot| slot.duration),
        buffer_before_minutes: slot.map(|slot| slot.before),
        buffer_after_minutes: slot.map(|slot| slot.after),
        capacity: slot.map(|slot| slot.capacity),
        resources: row.resources,
        active: row.active,
        deposit_percent: row.deposit_percent,
        cancellation: row.cancellation.into(),
        images: row.images,
    };
    draft.check(parse(&row.id, WHAT)?, row.version).map_err(corrupt(WHAT))
}
