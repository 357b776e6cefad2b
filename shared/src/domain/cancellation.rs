//! Cancellation: what it costs a customer to call a booking off late, or not to come.
//!
//! Terms are agreed at booking and stay with the booking: an owner who changes them changes those of later
//! bookings. Here is only how much; what was paid, and what goes back of it, is the booking's matter.

use std::time::Duration;

use jiff::Timestamp;

use super::money::Money;

/// On what terms a booking can be called off.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Cancellation {
    /// Calling off is free until this long before the start, that moment included.
    pub free_until: Duration,
    /// After that, this share of the price is kept, in percent (0–100).
    pub late_fee_percent: u8,
    /// When the customer does not come, this share of the price is kept, in percent (0–100).
    pub no_show_percent: u8,
}

/// What a package demands otherwise than its business does; none: as the business.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub struct OwnCancellation {
    /// Until how long before the start calling off is free.
    pub free_until: Option<Duration>,
    /// The share that is kept after that, in percent (0–100).
    pub late_fee_percent: Option<u8>,
    /// The share that is kept when the customer does not come, in percent (0–100).
    pub no_show_percent: Option<u8>,
}

impl Cancellation {
    /// Terms under which nothing is ever kept.
    pub const FREE: Self = Self { free_until: Duration::ZERO, late_fee_percent: 0, no_show_percent: 0 };

    /// Until when a booking that begins at `start` can be called off for free; none: it never could.
    #[must_use]
    pub fn free_until(&self, start: Timestamp) -> Option<Timestamp> {
        start.checked_sub(self.free_until).ok()
    }

    /// What calling off at `now` costs of `price` when the start is at `start`.
    #[must_use]
    pub fn late_fee(&self, price: Money, start: Timestamp, now: Timestamp) -> Money {
        match self.free_until(start) {
            Some(until) if now <= until => Money::zero(price.currency()),
            _ => price.percent(self.late_fee_percent),
        }
    }

    /// What not coming costs of `price`.
    #[must_use]
    pub fn no_show_fee(&self, price: Money) -> Money {
        price.percent(self.no_show_percent)
    }
}

impl OwnCancellation {
    /// The terms of a package whose business has `general` ones.
    #[must_use]
    pub fn over(&self, general: Cancellation) -> Cancellation {
        Cancellation {
            free_until: self.free_until.unwrap_or(general.free_until),
            late_fee_percent: self.late_fee_percent.unwrap_or(general.late_fee_percent),
            no_show_percent: self.no_show_percent.unwrap_or(general.no_show_percent),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const GENERAL: Cancellation =
        Cancellation { free_until: Duration::from_hours(24), late_fee_percent: 50, no_show_percent: 100 };

    fn price() -> Money {
        Money::new(12_000, "EUR".parse().unwrap()).unwrap()
    }

    fn at(text: &str) -> Timestamp {
        text.parse().unwrap()
    }

    #[test]
    fn calling_off_is_free_until_the_last_millisecond_of_the_notice() {
        let start = at("2026-11-23T09:30:00Z");
        for (now, fee) in [
            ("2026-11-21T09:30:00Z", 0),
            ("2026-11-22T09:30:00Z", 0),
            ("2026-11-22T09:30:00.001Z", 6_000),
            ("2026-11-23T09:30:00Z", 6_000),
        ] {
            assert_eq!(GENERAL.late_fee(price(), start, at(now)).minor(), fee, "{now}");
        }
    }

    #[test]
    fn a_notice_that_begins_before_time_is_never_kept() {
        let for_ever = Cancellation { free_until: Duration::MAX, ..GENERAL };
        assert_eq!(for_ever.late_fee(price(), Timestamp::UNIX_EPOCH, Timestamp::UNIX_EPOCH).minor(), 6_000);
    }

    #[test]
    fn nothing_is_kept_on_free_terms() {
        let now = at("2026-11-21T09:30:00Z");
        assert!(Cancellation::FREE.late_fee(price(), now, now).is_free());
        assert!(Cancellation::FREE.no_show_fee(price()).is_free());
    }

    #[test]
    fn a_package_changes_only_what_it_names() {
        assert_eq!(OwnCancellation::default().over(GENERAL), GENERAL);
        let strict = OwnCancellation { late_fee_percent: Some(80), ..OwnCancellation::default() };
        assert_eq!(strict.over(GENERAL), Cancellation { late_fee_percent: 80, ..GENERAL });
        let lenient = OwnCancellation { free_until: Some(Duration::ZERO), no_show_percent: Some(0), ..strict };
        let expected = Cancellation { free_until: Duration::ZERO, late_fee_percent: 80, no_show_percent: 0 };
        assert_eq!(lenient.over(GENERAL), expected);
    }
}
