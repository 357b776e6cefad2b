//! The widget's configuration on the wire, in the words of section 5.2 of the product's description.

use jiff::civil::Weekday;
use serde::Serialize;

use crate::domain::hours::{OpenDay, WeeklyHours};
use crate::domain::widget::WidgetConfig;

/// How the widget looks and behaves, as it is told to the page.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct WidgetTold {
    primary_color: String,
    secondary_color: String,
    header: String,
    greeting: String,
    position: &'static str,
    offset_x: u16,
    offset_y: u16,
    /// Seconds.
    #[serde(skip_serializing_if = "Option::is_none")]
    auto_open_delay: Option<u64>,
    show_typing: bool,
    show_read_receipts: bool,
    business_hours: HoursTold,
    offline_message: String,
    uploads: UploadsTold,
    proactive: ProactiveTold,
}

#[derive(Debug, Serialize)]
struct HoursTold {
    enabled: bool,
    weekly: Vec<DayTold>,
}

#[derive(Debug, Serialize)]
struct DayTold {
    day: String,
    open: Vec<StretchTold>,
}

#[derive(Debug, Serialize)]
struct StretchTold {
    opens: String,
    closes: String,
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
struct UploadsTold {
    enabled: bool,
    max_mb: u8,
    types: Vec<String>,
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
struct ProactiveTold {
    message: String,
    delay_seconds: u64,
    scroll_px: u16,
}

impl From<&WidgetConfig> for WidgetTold {
    fn from(widget: &WidgetConfig) -> Self {
        Self {
            primary_color: widget.primary.to_string(),
            secondary_color: widget.secondary.to_string(),
            header: widget.header.to_string(),
            greeting: widget.greeting.to_string(),
            position: widget.position.as_str(),
            offset_x: widget.offset_x,
            offset_y: widget.offset_y,
            auto_open_delay: widget.auto_open.map(|delay| delay.as_secs()),
            show_typing: widget.show_typing,
            show_read_receipts: widget.show_read_receipts,
            business_hours: HoursTold { enabled: widget.keeps_hours, weekly: week(&widget.business_hours) },
            offline_message: widget.offline_message.to_string(),
            uploads: UploadsTold {
                enabled: widget.uploads.on,
                max_mb: widget.uploads.max_mb,
                types: widget.uploads.types.iter().map(|kind| kind.as_str().to_owned()).collect(),
            },
            proactive: ProactiveTold {
                message: widget.proactive.message.to_string(),
                delay_seconds: widget.proactive.delay.as_secs(),
                scroll_px: widget.proactive.scroll,
            },
        }
    }
}

fn week(hours: &WeeklyHours) -> Vec<DayTold> {
    let days = Weekday::Monday.cycle_forward().take(7);
    days.map(|day| DayTold { day: format!("{day:?}").to_lowercase(), open: stretches(hours.on(day)) }).collect()
}

fn stretches(day: &OpenDay) -> Vec<StretchTold> {
    let told = |s: &crate::domain::hours::Stretch| StretchTold {
        opens: s.opens().to_string(),
        closes: s.closes().to_string(),
    };
    day.stretches().iter().map(told).collect()
}
