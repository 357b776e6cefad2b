//! Packages as an owner writes them, checked into [`Package`] whole or not at all.

use std::time::Duration;

use super::{Buffers, ImageUrl, InvalidTerms, Kind, MAX_IMAGES, MAX_RESOURCES, Package, SlotTerms, Terms};
use crate::domain::cancellation::OwnCancellation;
use crate::domain::field::{Faults, InvalidDraft};
use crate::domain::id::{PackageId, ResourceId};
use crate::domain::money::{Currency, Money};
use crate::domain::tenant::draft::LONGEST_NOTICE_MINUTES;
use crate::domain::text::{Line, Note};

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
    /// `/depositPercent`: 1 to 100.
    pub deposit_percent: Option<u32>,
    /// `/cancellation`.
    pub cancellation: CancellationDraft,
    /// `/images/<n>`.
    pub images: Vec<String>,
}

/// Where a package is called off otherwise than its business says, as written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct CancellationDraft {
    /// `/cancellation/freeUntilMinutes`: 0 to 30 days.
    pub free_until_minutes: Option<u32>,
    /// `/cancellation/lateFeePercent`: 0 to 100.
    pub late_fee_percent: Option<u32>,
    /// `/cancellation/noShowPercent`: 0 to 100.
    pub no_show_percent: Option<u32>,
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
        let deposit =
            self.deposit_percent.inspect(|percent| faults.bounded("/depositPercent", u64::from(*percent), (1, 100)));
        let cancellation = self.cancellation.check(&mut faults);
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
                cancellation,
                images,
                version,
            })
        };
        faults.settle(made())
    }

    fn price(&self, faults: &mut Faults) -> Option<Money> {
        let currency = faults.parsed("/price/currency", self.currency.parse::<Currency>())?;
        let price = faults.parsed("/price/amount", Money::new(self.price_minor, currency))?;
        if price.is_free() || price.can_be_charged() {
            return Some(price);
        }
        match Money::new(currency.least_charge(), currency) {
            Ok(least) if price.minor() < least.minor() => {
                let why = format_args!("a price is nothing, or at least {least}: less cannot be charged");
                faults.add("/price/amount", "out_of_range", why);
            }
            _ => {
                let step = currency.step();
                faults.add("/price/amount", "invalid_value", format_args!("{currency} is charged in steps of {step}"));
            }
        }
        None
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

impl CancellationDraft {
    fn check(self, faults: &mut Faults) -> OwnCancellation {
        for (pointer, value, most) in [
            ("/cancellation/freeUntilMinutes", self.free_until_minutes, LONGEST_NOTICE_MINUTES),
            ("/cancellation/lateFeePercent", self.late_fee_percent, 100),
            ("/cancellation/noShowPercent", self.no_show_percent, 100),
        ] {
            if let Some(value) = value {
                faults.bounded(pointer, value.into(), (0, most));
            }
        }
        let percent = |percent: Option<u32>| percent.and_then(|percent| u8::try_from(percent).ok());
        OwnCancellation {
            free_until: self.free_until_minutes.map(|count| Duration::from_mins(count.into())),
            late_fee_percent: percent(self.late_fee_percent),
            no_show_percent: percent(self.no_show_percent),
        }
    }
}

impl From<&OwnCancellation> for CancellationDraft {
    fn from(own: &OwnCancellation) -> Self {
        let minutes = |length: Duration| u32::try_from(length.as_secs() / 60).unwrap_or(u32::MAX);
        Self {
            free_until_minutes: own.free_until.map(minutes),
            late_fee_percent: own.late_fee_percent.map(u32::from),
            no_show_percent: own.no_show_percent.map(u32::from),
        }
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
