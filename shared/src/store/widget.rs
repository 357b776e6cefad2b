//! The widget's configuration: `pk = T#<tenant>`, `sk = WIDGET`; read as part of the business context.

use serde::{Deserialize, Serialize};

use super::Store;
use super::catalog::Saved;
use super::error::{StoreError, corrupt};
use super::expression::Item;
use super::hours::{WeekRow, week_of, week_row};
use super::key::Key;
use super::row::parse;
use super::table::{item, read};
use crate::domain::id::TenantId;
use crate::domain::text::Note;
use crate::domain::widget::{Proactive, Uploads, WidgetConfig};

const WHAT: &str = "widget configuration";

/// The stored form. Renaming a field here is a migration.
#[derive(Serialize, Deserialize)]
struct Row {
    primary: String,
    secondary: String,
    header: String,
    greeting: String,
    position: String,
    /// CSS pixels.
    offset_x: u16,
    offset_y: u16,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    auto_open_seconds: Option<u64>,
    show_typing: bool,
    show_read_receipts: bool,
    keeps_hours: bool,
    business_hours: WeekRow,
    offline_message: String,
    uploads: UploadsRow,
    proactive: ProactiveRow,
    version: u64,
}

#[derive(Serialize, Deserialize)]
struct UploadsRow {
    on: bool,
    max_mb: u8,
    types: Vec<String>,
}

#[derive(Serialize, Deserialize)]
struct ProactiveRow {
    message: String,
    seconds: u64,
    /// CSS pixels.
    scroll: u16,
}

impl From<&WidgetConfig> for Row {
    fn from(widget: &WidgetConfig) -> Self {
        let Uploads { on, max_mb, types } = &widget.uploads;
        Self {
            primary: widget.primary.to_string(),
            secondary: widget.secondary.to_string(),
            header: widget.header.to_string(),
            greeting: widget.greeting.to_string(),
            position: widget.position.as_str().to_owned(),
            offset_x: widget.offset_x,
            offset_y: widget.offset_y,
            auto_open_seconds: widget.auto_open.map(|delay| delay.as_secs()),
            show_typing: widget.show_typing,
            show_read_receipts: widget.show_read_receipts,
            keeps_hours: widget.keeps_hours,
            business_hours: week_row(&widget.business_hours),
            offline_message: widget.offline_message.to_string(),
            uploads: UploadsRow {
                on: *on,
                max_mb: *max_mb,
                types: types.iter().map(|known| known.as_str().to_owned()).collect(),
            },
            proactive: ProactiveRow {
                message: widget.proactive.message.to_string(),
                seconds: widget.proactive.delay.as_secs(),
                scroll: widget.proactive.scroll,
            },
            version: widget.version,
        }
    }
}

pub(super) fn widget_of(item: Item) -> Result<WidgetConfig, StoreError> {
    let row: Row = read(item, WHAT)?;
    let types = row.uploads.types.iter().map(|text| parse(text, WHAT)).collect::<Result<_, _>>()?;
    Ok(WidgetConfig {
        primary: parse(&row.primary, WHAT)?,
        secondary: parse(&row.secondary, WHAT)?,
        header: Note::new(&row.header).map_err(corrupt(WHAT))?,
        greeting: Note::new(&row.greeting).map_err(corrupt(WHAT))?,
        position: parse(&row.position, WHAT)?,
        offset_x: row.offset_x,
        offset_y: row.offset_y,
        auto_open: row.auto_open_seconds.map(std::time::Duration::from_secs),
        show_typing: row.show_typing,
        show_read_receipts: row.show_read_receipts,
        keeps_hours: row.keeps_hours,
        business_hours: week_of(row.business_hours)?,
        offline_message: Note::new(&row.offline_message).map_err(corrupt(WHAT))?,
        uploads: Uploads { on: row.uploads.on, max_mb: row.uploads.max_mb, types },
        proactive: Proactive {
            message: Note::new(&row.proactive.message).map_err(corrupt(WHAT))?,
            delay: std::time::Duration::from_secs(row.proactive.seconds),
            scroll: row.proactive.scroll,
        },
        version: row.version,
    })
}

pub(super) fn widget_item(tenant: TenantId, widget: &WidgetConfig) -> Result<Item, StoreError> {
    item(&Key::widget(tenant), &Row::from(widget), WHAT)
}

impl Store {
    /// Writes a tenant's widget configuration over that of the expected version.
    ///
    /// # Errors
    ///
    /// As every write: [`StoreError`].
    pub async fn put_widget(
        &self,
        tenant: TenantId,
        widget: &WidgetConfig,
        expected_version: u64,
    ) -> Result<Saved, StoreError> {
        self.save(tenant, widget_item(tenant, widget)?, Some(expected_version)).await
    }
}
