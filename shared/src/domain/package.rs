//! Packages: what can be booked, for how much, for how long, and by whom it is served.
//!
//! A draft becomes a package only whole: every bound is checked here and nowhere else. Whether the named
//! resources exist in the tenant is asked by the use case; when a package can be had, by `availability`.

pub mod draft;

use std::fmt;
use std::str::FromStr;
use std::time::Duration;

use thiserror::Error;
use url::Url;

use super::cancellation::{Cancellation, OwnCancellation};
use super::id::{PackageId, ResourceId};
use super::money::Money;
use super::tenant::Policies;
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
    /// On what terms it is called off, where not on those of the business.
    pub cancellation: OwnCancellation,
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

    /// What is to be paid at booking: the deposit, or the whole price. A deposit below what can be charged
    /// at once is raised to that, or to the price if that is less; so it is never nothing of a price.
    #[must_use]
    pub fn due_at_booking(&self) -> Money {
        let currency = self.price.currency();
        let share = self.price.percent(self.deposit_percent.unwrap_or(100));
        Money::new(currency.least_charge(), currency).map_or(share, |least| share.at_least(least)).at_most(self.price)
    }

    /// On what terms a booking of it is called off, in a business with `policies`.
    #[must_use]
    pub fn cancellation(&self, policies: &Policies) -> Cancellation {
        self.cancellation.over(policies.cancellation())
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn terms_are_whole_minutes() {
        let buffers = Buffers::default();
        assert_eq!(SlotTerms::new(Duration::from_secs(3601), buffers, 1), Err(InvalidTerms::Duration));
        let odd = Buffers { before: Duration::from_millis(60_001), after: Duration::ZERO };
        assert_eq!(SlotTerms::new(Duration::from_mins(60), odd, 1), Err(InvalidTerms::BufferBefore));
    }

    #[test]
    fn the_deposit_is_a_share_of_the_price_that_can_be_charged() {
        let due = |minor, code: &str, deposit_percent| {
            let price = Money::new(minor, code.parse().unwrap()).unwrap();
            Package { price, deposit_percent, ..package() }.due_at_booking().minor()
        };
        for (minor, code, percent, expected) in [
            (12_000, "EUR", None, 12_000),
            (12_000, "EUR", Some(30), 3_600),
            (12_000, "EUR", Some(100), 12_000),
            (9_999, "EUR", Some(25), 2_500),
            (12_000, "EUR", Some(1), 120),
            (1_000, "EUR", Some(1), 50),
            (1_000, "EUR", Some(5), 50),
            (1_000, "EUR", Some(6), 60),
            (40, "EUR", Some(10), 40),
            (500, "JPY", Some(1), 50),
            (20_000, "KWD", Some(33), 6_600),
            (0, "EUR", Some(30), 0),
            (0, "EUR", None, 0),
        ] {
            assert_eq!(due(minor, code, percent), expected, "{percent:?}% of {minor} {code}");
        }
    }

    fn package() -> Package {
        Package {
            id: PackageId::new(ulid::Ulid(1)),
            name: Line::new("Portrait").unwrap(),
            description: Note::default(),
            price: Money::zero("EUR".parse().unwrap()),
            terms: Terms::Date,
            resources: Vec::new(),
            active: true,
            deposit_percent: None,
            cancellation: OwnCancellation::default(),
            images: Vec::new(),
            version: 1,
        }
    }

    #[test]
    fn an_image_is_reached_by_https_and_carries_no_password() {
        assert!("https://shop.example/a b.jpg".parse::<ImageUrl>().is_ok());
        assert!(format!("https://s.example/{}", "a".repeat(2030)).parse::<ImageUrl>().is_ok());
        for text in ["", "/a.jpg", "http://s.example/", "data:image/png;base64,AA", "https://u:p@s.example/"] {
            assert_eq!(text.parse::<ImageUrl>(), Err(InvalidImageUrl), "{text:?}");
        }
        assert!(format!("https://s.example/{}", "a".repeat(2031)).parse::<ImageUrl>().is_err());
    }
}
