//! What an owner sets aside when they move a booking themselves: rules that protect the business, and that it
//! may therefore break. What protects others, an occupied resource above all, is never set aside.

use std::borrow::Cow;
use std::time::Duration;

use crate::domain::business::BusinessContext;
use crate::domain::hours::{Hours, WeeklyHours};

/// The rules that are set aside, each said by name.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Waived {
    /// How soon before its start a slot can be booked; what has begun is past all the same.
    pub notice: bool,
    /// How far ahead can be booked.
    pub horizon: bool,
    /// Opening hours and holidays.
    pub hours: bool,
}

impl Waived {
    /// Every rule holds.
    pub const NOTHING: Self = Self { notice: false, horizon: false, hours: false };

    /// `business` as if it had not the rules that are set aside.
    pub(super) fn of(self, business: &BusinessContext) -> Cow<'_, BusinessContext> {
        if self == Self::NOTHING {
            return Cow::Borrowed(business);
        }
        let mut lenient = business.clone();
        if self.notice {
            lenient.tenant.policies.notice = Duration::ZERO;
        }
        if self.horizon {
            lenient.tenant.policies.horizon_days = u16::MAX;
        }
        if self.hours {
            lenient.hours = Hours { weekly: WeeklyHours::always(), ..Hours::default() };
        }
        Cow::Owned(lenient)
    }
}
