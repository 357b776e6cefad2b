//! The widget's configuration as an owner writes it, checked into [`WidgetConfig`] whole or not at all.

use std::time::Duration;

use super::{
    MAX_DELAY, MAX_OFFSET, MAX_SCROLL, MAX_UPLOAD_MB, MAX_UPLOAD_TYPES, MediaType, Proactive, Uploads, WidgetConfig,
};
use crate::domain::field::{Faults, InvalidDraft};
use crate::domain::hours::draft::WeekDraft;
use crate::domain::text::{InvalidText, Line, Note};

/// The configuration as its owner wrote it. Its fields bear the names of the wire in [`InvalidDraft`].
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct WidgetDraft {
    /// `/primaryColor`.
    pub primary: String,
    /// `/secondaryColor`.
    pub secondary: String,
    /// `/header`.
    pub header: String,
    /// `/greeting`.
    pub greeting: String,
    /// `/position`.
    pub position: String,
    /// `/offsetX`.
    pub offset_x: u64,
    /// `/offsetY`.
    pub offset_y: u64,
    /// `/autoOpenDelay`, in seconds; 0: never.
    pub auto_open_seconds: u64,
    /// `/showTyping`.
    pub show_typing: bool,
    /// `/showReadReceipts`.
    pub show_read_receipts: bool,
    /// `/businessHoursEnabled`.
    pub keeps_hours: bool,
    /// `/businessHours/<monday…sunday>/<n>`.
    pub business_hours: WeekDraft,
    /// `/offlineMessage`.
    pub offline_message: String,
    /// `/uploads/enabled`.
    pub uploads_on: bool,
    /// `/uploads/maxMb`.
    pub upload_max_mb: u64,
    /// `/uploads/types/<n>`.
    pub upload_types: Vec<String>,
    /// `/proactive/message`; empty: none.
    pub proactive_message: String,
    /// `/proactive/delaySeconds`.
    pub proactive_seconds: u64,
    /// `/proactive/scrollPx`.
    pub proactive_scroll: u64,
}

impl WidgetDraft {
    /// Makes the configuration, with the version that its store gives it.
    ///
    /// # Errors
    ///
    /// [`InvalidDraft`] with every field that is refused.
    pub fn check(&self, version: u64) -> Result<WidgetConfig, InvalidDraft> {
        let mut faults = Faults::default();
        for (pointer, value, bounds) in [
            ("/offsetX", self.offset_x, (0, MAX_OFFSET.into())),
            ("/offsetY", self.offset_y, (0, MAX_OFFSET.into())),
            ("/autoOpenDelay", self.auto_open_seconds, (0, MAX_DELAY.as_secs())),
            ("/uploads/maxMb", self.upload_max_mb, (1, MAX_UPLOAD_MB.into())),
            ("/proactive/delaySeconds", self.proactive_seconds, (0, MAX_DELAY.as_secs())),
            ("/proactive/scrollPx", self.proactive_scroll, (0, MAX_SCROLL.into())),
        ] {
            faults.bounded(pointer, value, bounds);
        }
        let primary = faults.parsed("/primaryColor", self.primary.parse());
        let secondary = faults.parsed("/secondaryColor", self.secondary.parse());
        let header = faults.parsed("/header", Line::<80>::new(&self.header)).map(|line| Note::cut(line.as_str()));
        let greeting = faults.parsed("/greeting", written(&self.greeting));
        let position = faults.parsed("/position", self.position.parse());
        let business_hours = self.business_hours.read("/businessHours", &mut faults);
        let offline_message = faults.parsed("/offlineMessage", written(&self.offline_message));
        let types = self.types(&mut faults);
        let message = faults.parsed("/proactive/message", Note::new(&self.proactive_message));
        let made = || {
            Some(WidgetConfig {
                primary: primary?,
                secondary: secondary?,
                header: header?,
                greeting: greeting?,
                position: position?,
                offset_x: u16::try_from(self.offset_x).ok()?,
                offset_y: u16::try_from(self.offset_y).ok()?,
                auto_open: Some(Duration::from_secs(self.auto_open_seconds)).filter(|delay| !delay.is_zero()),
                show_typing: self.show_typing,
                show_read_receipts: self.show_read_receipts,
                keeps_hours: self.keeps_hours,
                business_hours,
                offline_message: offline_message?,
                uploads: Uploads { on: self.uploads_on, max_mb: u8::try_from(self.upload_max_mb).ok()?, types },
                proactive: Proactive {
                    message: message?,
                    delay: Duration::from_secs(self.proactive_seconds),
                    scroll: u16::try_from(self.proactive_scroll).ok()?,
                },
                version,
            })
        };
        faults.settle(made())
    }

    fn types(&self, faults: &mut Faults) -> Vec<MediaType> {
        if self.upload_types.is_empty() {
            faults.add("/uploads/types", "required", "name a type, or turn uploads off");
        }
        if MAX_UPLOAD_TYPES < self.upload_types.len() {
            faults.add("/uploads/types", "too_many", format_args!("at most {MAX_UPLOAD_TYPES} types"));
        }
        let types = self.upload_types.iter().enumerate().take(MAX_UPLOAD_TYPES);
        types.filter_map(|(n, text)| faults.parsed(format!("/uploads/types/{n}"), text.parse())).collect()
    }
}

/// Text that must say something.
fn written<const MAX: usize>(text: &str) -> Result<Note<MAX>, InvalidText> {
    Note::new(text).and_then(|note| if note.is_empty() { Err(InvalidText::Empty) } else { Ok(note) })
}

#[cfg(test)]
mod tests;
