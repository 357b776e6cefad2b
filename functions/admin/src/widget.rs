//! `/v1/admin/widget-config`: how the widget looks and what it says.

use lambda_http::{Body, Response};
use serde::{Deserialize, Serialize};
use shared::app::business;
use shared::domain::widget::WidgetConfig;
use shared::domain::widget::draft::WidgetDraft;
use shared::http::problem::ApiError;
use shared::http::request::json;
use shared::http::respond::ok;

use crate::caller::Call;
use crate::hours::WeekSent;
use crate::refusal::refused;

/// The configuration as its owner writes it; what is left out is as in a new widget.
#[derive(Serialize, Deserialize)]
#[serde(default, deny_unknown_fields, rename_all = "camelCase")]
struct Sent {
    primary_color: String,
    secondary_color: String,
    header: String,
    greeting: String,
    position: String,
    /// CSS pixels.
    offset_x: u64,
    offset_y: u64,
    /// Seconds; 0: never.
    auto_open_delay: u64,
    show_typing: bool,
    show_read_receipts: bool,
    business_hours_enabled: bool,
    business_hours: WeekSent,
    offline_message: String,
    uploads: UploadsSent,
    proactive: ProactiveSent,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
struct UploadsSent {
    enabled: bool,
    max_mb: u64,
    types: Vec<String>,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
struct ProactiveSent {
    message: String,
    delay_seconds: u64,
    scroll_px: u64,
}

/// The configuration as it is.
#[derive(Serialize)]
struct Shown {
    #[serde(flatten)]
    widget: Sent,
    version: u64,
}

impl Default for Sent {
    fn default() -> Self {
        Self::from(&WidgetConfig::default())
    }
}

impl From<&WidgetConfig> for Sent {
    fn from(widget: &WidgetConfig) -> Self {
        Self {
            primary_color: widget.primary.to_string(),
            secondary_color: widget.secondary.to_string(),
            header: widget.header.to_string(),
            greeting: widget.greeting.to_string(),
            position: widget.position.as_str().to_owned(),
            offset_x: widget.offset_x.into(),
            offset_y: widget.offset_y.into(),
            auto_open_delay: widget.auto_open.map_or(0, |delay| delay.as_secs()),
            show_typing: widget.show_typing,
            show_read_receipts: widget.show_read_receipts,
            business_hours_enabled: widget.keeps_hours,
            business_hours: (&widget.business_hours).into(),
            offline_message: widget.offline_message.to_string(),
            uploads: UploadsSent {
                enabled: widget.uploads.on,
                max_mb: widget.uploads.max_mb.into(),
                types: widget.uploads.types.iter().map(|known| known.as_str().to_owned()).collect(),
            },
            proactive: ProactiveSent {
                message: widget.proactive.message.to_string(),
                delay_seconds: widget.proactive.delay.as_secs(),
                scroll_px: widget.proactive.scroll.into(),
            },
        }
    }
}

impl From<&WidgetConfig> for Shown {
    fn from(widget: &WidgetConfig) -> Self {
        Self { widget: widget.into(), version: widget.version }
    }
}

impl From<Sent> for WidgetDraft {
    fn from(sent: Sent) -> Self {
        Self {
            primary: sent.primary_color,
            secondary: sent.secondary_color,
            header: sent.header,
            greeting: sent.greeting,
            position: sent.position,
            offset_x: sent.offset_x,
            offset_y: sent.offset_y,
            auto_open_seconds: sent.auto_open_delay,
            show_typing: sent.show_typing,
            show_read_receipts: sent.show_read_receipts,
            keeps_hours: sent.business_hours_enabled,
            business_hours: sent.business_hours.into(),
            offline_message: sent.offline_message,
            uploads_on: sent.uploads.enabled,
            upload_max_mb: sent.uploads.max_mb,
            upload_types: sent.uploads.types,
            proactive_message: sent.proactive.message,
            proactive_seconds: sent.proactive.delay_seconds,
            proactive_scroll: sent.proactive.scroll_px,
        }
    }
}

pub(crate) async fn show(call: &Call<'_>) -> Result<Response<Body>, ApiError> {
    ok(&Shown::from(&call.business().await?.widget))
}

pub(crate) async fn set(call: &Call<'_>) -> Result<Response<Body>, ApiError> {
    call.demand_owner()?;
    let version = call.based_on(call.business().await?.widget.version)?;
    let sent: Sent = json(call.request)?;
    let widget = business::set_widget(call.deps(), call.tenant, version, &sent.into()).await.map_err(refused)?;
    ok(&Shown::from(&widget))
}
