//! Packages: what can be booked, for how much, for how long, and by whom it is served.
//!
//! A draft becomes a package only whole: every bound is checked here and nowhere else. Whether the named
//! resources exist in the tenant is asked by the use case; when a package can be had, by `availability`.

use std::fmt;
use std::str::FromStr;
use std::time::Duration;

use thiserror::Error;
use url::Url;

use super::field::{Faults, InvalidDraft};
use super::id::{PackageId, ResourceId};
use super::money::{Currency, Money};
use super::text::{Line, Note};

/// The most resources that can serve one package.
pub const MAX_RESOURCES: usize = 20;
/// The most images of one package.
pub const MAX_IMAGES: usize = 10;

/// Something that can be booked.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Package {
    /// Its id.
    pub id: PackageId,
    /// As customers know it.
    pub name: Line<120>,
    /// What is in it.
    pub description: Note<1000>,
    /// What it costs: a `DATE` or a seat.
    pub price: Money,
    /// What it takes: a day, or a time with buffers and seats.
    pub terms: Terms,
    /// Who or what can serve it, in the owner's order; 1 to [`MAX_RESOURCES`], none twice.
    pub resources: Vec<ResourceId>,
    /// Only active packages are offered and booked.
    pub active: bool,
    /// The share of the price that is due at booking (1–100); none: all of it.
    pub deposit_percent: Option<u8>,
    /// At most [`MAX_IMAGES`].
    pub images: Vec<ImageUrl>,
    /// Rises with each change; what `If-Match` compares.
    pub version: u64,
}

/// Whether a package takes a time or a whole day.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Kind {
    /// One whole day in the business's time zone.
    Date,
    /// A stretch of minutes.
    Slot,
}

/// What a package takes of its resource.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Terms {
    /// One whole local day, for one customer.
    Date,
    /// A stretch of minutes.
    Slot(SlotTerms),
}

/// Length, buffers and seats of a `SLOT` package. Whole minutes; with both buffers at most 24 hours, so
/// that a claim touches two UTC days at most.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct SlotTerms {
    duration: Duration,
    buffers: Buffers,
    capacity: u16,
}

/// Time that the resource is taken for beside the customer's own.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub struct Buffers {
    /// To prepare.
    pub before: Duration,
    /// To clear up.
    pub after: Duration,
}

/// Terms outside their bounds.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
pub enum InvalidTerms {
    /// Not whole minutes from [`SlotTerms::SHORTEST`] to [`SlotTerms::LONGEST`].
    #[error("a duration is from 5 minutes to 12 hours, in whole minutes")]
    Duration,
    /// Not whole minutes up to [`SlotTerms::LONGEST_BUFFER`].
    #[error("a buffer is at most 6 hours, in whole minutes")]
    BufferBefore,
    /// Not whole minutes up to [`SlotTerms::LONGEST_BUFFER`].
    #[error("a buffer is at most 6 hours, in whole minutes")]
    BufferAfter,
    /// Not from 1 to [`SlotTerms::MAX_CAPACITY`].
    #[error("a capacity is from 1 to 500 seats")]
    Capacity,
}

impl Kind {
    /// Its word on the wire and in the store.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Date => "DATE",
            Self::Slot => "SLOT",
        }
    }
}

/// Text that is not a kind of package.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
#[error("a kind is DATE or SLOT")]
pub struct InvalidKind;

impl FromStr for Kind {
    type Err = InvalidKind;

    fn from_str(text: &str) -> Result<Self, InvalidKind> {
        [Self::Date, Self::Slot].into_iter().find(|kind| kind.as_str() == text).ok_or(InvalidKind)
    }
}

impl Terms {
    /// How many bookings one slot takes.
    #[must_use]
    pub const fn capacity(&self) -> u16 {
        match self {
            Self::Date => 1,
            Self::Slot(terms) => terms.capacity,
        }
    }
}

impl SlotTerms {
    /// The shortest duration.
    pub const SHORTEST: Duration = Duration::from_mins(5);
    /// The longest duration.
    pub const LONGEST: Duration = Duration::from_hours(12);
    /// The longest of either buffer.
    pub const LONGEST_BUFFER: Duration = Duration::from_hours(6);
    /// The most seats of one slot.
    pub const MAX_CAPACITY: u16 = 500;

    /// Makes terms within the bounds above.
    ///
    /// # Errors
    ///
    /// [`InvalidTerms`] names the first one that is out of its bounds or not whole minutes.
    pub fn new(duration: Duration, buffers: Buffers, capacity: u16) -> Result<Self, InvalidTerms> {
        let whole = |length: Duration| length.as_secs().is_multiple_of(60) && length.subsec_nanos() == 0;
        let fits = |buffer: Duration| whole(buffer) && buffer <= Self::LONGEST_BUFFER;
        if !whole(duration) || !(Self::SHORTEST..=Self::LONGEST).contains(&duration) {
            return Err(InvalidTerms::Duration);
        }
        if !fits(buffers.before) {
            return Err(InvalidTerms::BufferBefore);
        }
        if !fits(buffers.after) {
            return Err(InvalidTerms::BufferAfter);
        }
        if !(1..=Self::MAX_CAPACITY).contains(&capacity) {
            return Err(InvalidTerms::Capacity);
        }
        Ok(Self { duration, buffers, capacity })
    }

    /// How long the customer is there.
    #[must_use]
    pub const fn duration(&self) -> Duration {
        self.duration
    }

    /// What is kept free around it.
    #[must_use]
    pub const fn buffers(&self) -> Buffers {
        self.buffers
    }

    /// How many bookings share one slot.
    #[must_use]
    pub const fn capacity(&self) -> u16 {
        self.capacity
    }
}

impl Package {
    /// Whether it takes a time or a whole day.
    #[must_use]
    pub const fn kind(&self) -> Kind {
        match self.terms {
            Terms::Date => Kind::Date,
            Terms::Slot(_) => Kind::Slot,
        }
    }

    /// What is to be paid at booking: the deposit, or the whole price. Never nothing of a price.
    #[must_use]
    pub fn due_at_booking(&self) -> Money {
        let share = self.price.percent(self.deposit_percent.unwrap_or(100));
        if share.is_free() { self.price } else { share }
    }
}

/// Where an image is: an absolute `https` address of at most 2,048 characters, without user or password.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct ImageUrl(String);

/// Text that is not the address of an image.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
#[error("an image is an https address of at most 2048 characters")]
pub struct InvalidImageUrl;

impl ImageUrl {
    /// The address.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl FromStr for ImageUrl {
    type Err = InvalidImageUrl;

    fn from_str(text: &str) -> Result<Self, InvalidImageUrl> {
        let url = Url::parse(text).map_err(|_| InvalidImageUrl)?;
        let plain = url.scheme() == "https" && url.username().is_empty() && url.password().is_none();
        if plain && url.as_str().len() <= 2048 { Ok(Self(url.into())) } else { Err(InvalidImageUrl) }
    }
}

impl fmt::Display for ImageUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// A package as its owner wrote it, before any rule. Its fields bear the names of the wire in [`InvalidDraft`].
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PackageDraft {
    /// `/name`.
    pub name: String,
    /// `/description`.
    pub description: String,
    /// `/price/amount`, in minor units.
    pub price_minor: i64,
    /// `/price/currency`.
    pub currency: String,
    /// `/kind`.
    pub kind: String,
    /// `/durationMinutes`: `SLOT` only, and there required.
    pub duration_minutes: Option<u32>,
    /// `/bufferBeforeMinutes`: `SLOT` only; none is 0.
    pub buffer_before_minutes: Option<u32>,
    /// `/bufferAfterMinutes`: `SLOT` only; none is 0.
    pub buffer_after_minutes: Option<u32>,
    /// `/capacity`: `SLOT` only; none is 1.
    pub capacity: Option<u32>,
    /// `/resources/<n>`.
    pub resources: Vec<String>,
    /// `/active`.
    pub active: bool,
    /// `/depositPercent`.
    pub deposit_percent: Option<u32>,
    /// `/images/<n>`.
    pub images: Vec<String>,
}

impl PackageDraft {
    /// Makes the package, with the id and version that its store gives it.
    ///
    /// # Errors
    ///
    /// [`InvalidDraft`] with every field that is refused.
    pub fn check(&self, id: PackageId, version: u64) -> Result<Package, InvalidDraft> {
        let mut faults = Faults::default();
        let name = faults.parsed("/name", Line::new(&self.name));
        let description = faults.parsed("/description", Note::new(&self.description));
        let price = self.price(&mut faults);
        let terms = self.terms(&mut faults);
        let resources = self.resources(&mut faults);
        let deposit = self.deposit_percent.inspect(|percent| faults.bounded("/depositPercent", u64::from(*percent), (1, 100)));
        let images = self.images(&mut faults);
        let made = || {
            Some(Package {
                id,
                name: name?,
                description: description?,
                price: price?,
                terms: terms?,
                resources,
                active: self.active,
                deposit_percent: deposit.and_then(|percent| u8::try_from(percent).ok()),
                images,
                version,
            })
        };
        faults.settle(made())
    }

    fn price(&self, faults: &mut Faults) -> Option<Money> {
        let currency = faults.parsed("/price/currency", self.currency.parse::<Currency>())?;
        faults.parsed("/price/amount", Money::new(self.price_minor, currency))
    }

    fn terms(&self, faults: &mut Faults) -> Option<Terms> {
        match faults.parsed("/kind", self.kind.parse::<Kind>())? {
            Kind::Date => {
                for (pointer, value) in [
                    ("/durationMinutes", self.duration_minutes),
                    ("/bufferBeforeMinutes", self.buffer_before_minutes),
                    ("/bufferAfterMinutes", self.buffer_after_minutes),
                    ("/capacity", self.capacity),
                ] {
                    if value.is_some() {
                        faults.add(pointer, "not_allowed", "a DATE package takes one whole day for one customer");
                    }
                }
                Some(Terms::Date)
            }
            Kind::Slot => {
                let Some(duration) = self.duration_minutes else {
                    faults.add("/durationMinutes", "required", "a SLOT package needs a duration");
                    return None;
                };
                let minutes = |count: u32| Duration::from_mins(u64::from(count));
                let buffers = Buffers {
                    before: minutes(self.buffer_before_minutes.unwrap_or(0)),
                    after: minutes(self.buffer_after_minutes.unwrap_or(0)),
                };
                let capacity = u16::try_from(self.capacity.unwrap_or(1)).unwrap_or(u16::MAX);
                SlotTerms::new(minutes(duration), buffers, capacity)
                    .map(Terms::Slot)
                    .map_err(|refusal| faults.add(refusal.pointer(), "out_of_range", refusal))
                    .ok()
            }
        }
    }

    fn resources(&self, faults: &mut Faults) -> Vec<ResourceId> {
        if self.resources.is_empty() {
            faults.add("/resources", "required", "a package needs someone or something that serves it");
        }
        if MAX_RESOURCES < self.resources.len() {
            faults.add("/resources", "too_many", format_args!("at most {MAX_RESOURCES} resources serve a package"));
        }
        let mut resources = Vec::new();
        for (n, text) in self.resources.iter().enumerate().take(MAX_RESOURCES) {
            let pointer = format!("/resources/{n}");
            match faults.parsed(pointer.as_str(), text.parse::<ResourceId>()) {
                Some(id) if resources.contains(&id) => faults.add(pointer, "duplicate", "it is named twice"),
                Some(id) => resources.push(id),
                None => {}
            }
        }
        resources
    }

    fn images(&self, faults: &mut Faults) -> Vec<ImageUrl> {
        if MAX_IMAGES < self.images.len() {
            faults.add("/images", "too_many", format_args!("a package has at most {MAX_IMAGES} images"));
        }
        let images = self.images.iter().enumerate().take(MAX_IMAGES);
        images.filter_map(|(n, text)| faults.parsed(format!("/images/{n}"), text.parse())).collect()
    }
}

impl InvalidTerms {
    const fn pointer(self) -> &'static str {
        match self {
            Self::Duration => "/durationMinutes",
            Self::BufferBefore => "/bufferBeforeMinutes",
            Self::BufferAfter => "/bufferAfterMinutes",
            Self::Capacity => "/capacity",
        }
    }
}

#[cfg(test)]
mod tests;
