//! The widget's configuration: how it looks, what it says, and when it says that people are there.
//!
//! Bounded here so that no tenant's setting can break the page it stands on. How it is drawn, the widget decides.

pub mod draft;

use std::fmt;
use std::str::FromStr;
use std::time::Duration;

use jiff::Timestamp;
use jiff::tz::TimeZone;
use thiserror::Error;

use super::hours::WeeklyHours;
use super::text::Note;

/// The furthest that the launcher stands from the window's edge, in CSS pixels.
pub const MAX_OFFSET: u16 = 400;
/// The longest delay of what opens by itself.
pub const MAX_DELAY: Duration = Duration::from_hours(1);
/// The furthest scroll that the proactive bubble waits for, in CSS pixels.
pub const MAX_SCROLL: u16 = 20_000;
/// The largest upload that can be allowed, in megabytes.
pub const MAX_UPLOAD_MB: u8 = 25;
/// The most types of files that can be allowed.
pub const MAX_UPLOAD_TYPES: usize = 20;

/// What a tenant may set about its widget.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct WidgetConfig {
    /// Of the launcher, the header and the visitor's own words.
    pub primary: Colour,
    /// Of what stands beside it.
    pub secondary: Colour,
    /// At the top of the panel: one line, not empty.
    pub header: Note<80>,
    /// The first message of every conversation.
    pub greeting: Note<500>,
    /// In which corner it stands.
    pub position: Position,
    /// From the window's side, in CSS pixels, at most [`MAX_OFFSET`].
    pub offset_x: u16,
    /// From the window's bottom, in CSS pixels, at most [`MAX_OFFSET`].
    pub offset_y: u16,
    /// When the panel opens by itself, in whole seconds; none: never.
    pub auto_open: Option<Duration>,
    /// Show that the other side types.
    pub show_typing: bool,
    /// Show that the other side has read.
    pub show_read_receipts: bool,
    /// Whether people are there in `business_hours` only, or always.
    pub keeps_hours: bool,
    /// When people are there.
    pub business_hours: WeeklyHours,
    /// What visitors are told when nobody is.
    pub offline_message: Note<500>,
    /// What files visitors may send.
    pub uploads: Uploads,
    /// The bubble that speaks first.
    pub proactive: Proactive,
    /// Rises with each change; what `If-Match` compares.
    pub version: u64,
}

/// A colour, `#rrggbb` in lower case.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Colour([u8; 3]);

/// Text that is not a colour.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
#[error("a colour is # and six hexadecimal digits")]
pub struct InvalidColour;

/// The corner that the widget stands in.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Position {
    /// `bottom-right`.
    BottomRight,
    /// `bottom-left`.
    BottomLeft,
}

/// Text that is not a corner.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
#[error("a position is bottom-right or bottom-left")]
pub struct InvalidPosition;

/// What files visitors may send.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Uploads {
    /// Whether any.
    pub on: bool,
    /// The largest one, in megabytes (1 to [`MAX_UPLOAD_MB`]).
    pub max_mb: u8,
    /// Of which types; at least one.
    pub types: Vec<MediaType>,
}

/// A type of files, `image/*` or `application/pdf`, in lower case.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct MediaType(String);

/// Text that is not a type of files.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
#[error("a type is as image/* or application/pdf")]
pub struct InvalidMediaType;

/// The bubble that speaks first: once a visit, closable, never while the chat is open.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Proactive {
    /// What it says; empty: there is none.
    pub message: Note<200>,
    /// How long after the page was opened, in whole seconds.
    pub delay: Duration,
    /// After how much scrolling, in CSS pixels.
    pub scroll: u16,
}

impl WidgetConfig {
    /// Claims that people are there at `now`, by the business's clock.
    #[must_use]
    pub fn is_online(&self, now: Timestamp, timezone: &TimeZone) -> bool {
        !self.keeps_hours || self.business_hours.is_open(now, timezone)
    }
}

impl Colour {
    /// The colour of these parts: red, green, blue.
    #[must_use]
    pub const fn new(parts: [u8; 3]) -> Self {
        Self(parts)
    }

    /// Red, green, blue.
    #[must_use]
    pub const fn parts(self) -> [u8; 3] {
        self.0
    }
}

impl FromStr for Colour {
    type Err = InvalidColour;

    fn from_str(text: &str) -> Result<Self, InvalidColour> {
        let digits = text.strip_prefix('#').filter(|digits| digits.len() == 6).ok_or(InvalidColour)?;
        if !digits.bytes().all(|b| b.is_ascii_hexdigit()) {
            return Err(InvalidColour);
        }
        let [_, red, green, blue] = u32::from_str_radix(digits, 16).map_err(|_| InvalidColour)?.to_be_bytes();
        Ok(Self([red, green, blue]))
    }
}

impl fmt::Display for Colour {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let [red, green, blue] = self.0;
        write!(f, "#{red:02x}{green:02x}{blue:02x}")
    }
}

impl Position {
    /// Its word on the wire and in the store.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::BottomRight => "bottom-right",
            Self::BottomLeft => "bottom-left",
        }
    }
}

impl FromStr for Position {
    type Err = InvalidPosition;

    fn from_str(text: &str) -> Result<Self, InvalidPosition> {
        [Self::BottomRight, Self::BottomLeft].into_iter().find(|corner| corner.as_str() == text).ok_or(InvalidPosition)
    }
}

impl MediaType {
    /// The type.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Claims that a file of the type `other`, as `image/png`, is one of these.
    #[must_use]
    pub fn covers(&self, other: &str) -> bool {
        let other = other.to_ascii_lowercase();
        match self.0.strip_suffix('*') {
            Some(family) => other.strip_prefix(family).is_some_and(|rest| !rest.is_empty()),
            None => self.0 == other,
        }
    }
}

impl FromStr for MediaType {
    type Err = InvalidMediaType;

    fn from_str(text: &str) -> Result<Self, InvalidMediaType> {
        let text = text.trim().to_ascii_lowercase();
        let (family, kind) = text.split_once('/').ok_or(InvalidMediaType)?;
        let word = |part: &str| {
            let known = |b: u8| b.is_ascii_alphanumeric() || b"!#$&-^_.+".contains(&b);
            (1..=127).contains(&part.len()) && part.bytes().all(known)
        };
        if word(family) && (kind == "*" || word(kind)) { Ok(Self(text)) } else { Err(InvalidMediaType) }
    }
}

impl Default for WidgetConfig {
    fn default() -> Self {
        Self {
            primary: Colour([0x37, 0x4d, 0x42]),
            secondary: Colour([0x3d, 0x3d, 0x3d]),
            header: Note::cut("Chat with us"),
            greeting: Note::cut("Hi! How can we help you today?"),
            position: Position::BottomRight,
            offset_x: 20,
            offset_y: 20,
            auto_open: None,
            show_typing: true,
            show_read_receipts: true,
            keeps_hours: false,
            business_hours: WeeklyHours::office(),
            offline_message: Note::cut("We're currently offline. Leave a message!"),
            uploads: Uploads {
                on: true,
                max_mb: 10,
                types: ["image/*", "application/pdf"].map(|text| MediaType(text.to_owned())).to_vec(),
            },
            proactive: Proactive {
                message: Note::cut("Have a question? We're happy to help."),
                delay: Duration::from_secs(30),
                scroll: 300,
            },
            version: 0,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_colour_is_six_digits_and_nothing_that_could_be_a_style() {
        assert_eq!("#ABCdef".parse::<Colour>().unwrap().to_string(), "#abcdef");
        for text in ["", "#", "374d42", "#374d4", "#374d421", "#37é42", "red", "#+12345", "#000;}*{", "url(//x)"] {
            assert_eq!(text.parse::<Colour>(), Err(InvalidColour), "{text:?}");
        }
    }

    #[test]
    fn a_type_of_files_is_a_family_or_one_of_it() {
        let images: MediaType = "Image/*".parse().unwrap();
        assert!(images.covers("image/png") && images.covers("IMAGE/JPEG"));
        assert!(!images.covers("image/") && !images.covers("imagery/png") && !images.covers("text/html"));
        let pdf: MediaType = "application/pdf".parse().unwrap();
        assert!(pdf.covers("application/pdf") && !pdf.covers("application/pdf2"));
        for text in ["", "*", "*/*", "image", "image/", "/png", "image/p ng", "image/png;q=1", "a/b/c"] {
            assert_eq!(text.parse::<MediaType>(), Err(InvalidMediaType), "{text:?}");
        }
    }

    #[test]
    fn people_are_always_there_unless_the_business_keeps_hours() {
        let sunday: Timestamp = "2026-11-22T12:00:00Z".parse().unwrap();
        let mut config = WidgetConfig::default();
        assert!(config.is_online(sunday, &TimeZone::UTC));
        config.keeps_hours = true;
        assert!(!config.is_online(sunday, &TimeZone::UTC));
        for (now, online) in
            [("2026-11-23T08:59:59Z", false), ("2026-11-23T09:00:00Z", true), ("2026-11-23T17:00:00Z", false)]
        {
            assert_eq!(config.is_online(now.parse().unwrap(), &TimeZone::UTC), online, "{now}");
        }
    }
}
