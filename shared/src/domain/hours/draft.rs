//! Hours as an owner writes them: times and dates as text, checked into [`Hours`] whole or not at all.

use jiff::civil::{Date, Weekday};

use super::{Hours, OpenDay, Special, Stretch, WeeklyHours};
use crate::domain::field::{Faults, InvalidDraft};
use crate::domain::text::Line;

/// The most holidays and the most special dates that a business keeps.
pub const MAX_DATES: usize = 400;

/// One stretch: `{ opens, closes }`, both `HH:MM`, the end up to `24:00`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StretchDraft {
    /// `…/opens`.
    pub opens: String,
    /// `…/closes`.
    pub closes: String,
}

/// Monday to Sunday.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct WeekDraft(pub [Vec<StretchDraft>; 7]);

/// A date that is different.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SpecialDraft {
    /// `…/date`, as `2026-12-24`.
    pub date: String,
    /// `…/name` of what closes it; text only where `open` is absent.
    pub name: Option<String>,
    /// `…/open`: the hours of that date; absent or empty: closed.
    pub open: Vec<StretchDraft>,
}

/// All of a business's hours.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct HoursDraft {
    /// `/weekly/<monday…sunday>/<n>`.
    pub weekly: WeekDraft,
    /// `/holidays/<n>`: day of the year as `12-25`, and its name.
    pub holidays: Vec<(String, String)>,
    /// `/special/<n>`.
    pub special: Vec<SpecialDraft>,
}

impl HoursDraft {
    /// Makes the hours, with the version that the store gives them.
    ///
    /// # Errors
    ///
    /// [`InvalidDraft`] with every field that is refused.
    pub fn check(&self, version: u64) -> Result<Hours, InvalidDraft> {
        let mut faults = Faults::default();
        let mut hours = Hours { weekly: self.weekly.read("/weekly", &mut faults), version, ..Hours::default() };
        for (pointer, count) in [("/holidays", self.holidays.len()), ("/special", self.special.len())] {
            if MAX_DATES < count {
                faults.add(pointer, "too_many", format_args!("at most {MAX_DATES} dates are kept"));
                return faults.settle(None);
            }
        }
        for (n, (day, name)) in self.holidays.iter().enumerate() {
            let day = faults.parsed(format!("/holidays/{n}/day"), day.parse());
            let name = faults.parsed(format!("/holidays/{n}/name"), Line::new(name));
            if let Some((day, name)) = day.zip(name)
                && hours.holidays.insert(day, name).is_some()
            {
                faults.add(format!("/holidays/{n}/day"), "duplicate", "that day is there twice");
            }
        }
        for (n, draft) in self.special.iter().enumerate() {
            let pointer = format!("/special/{n}");
            if let Some((date, special)) = draft.read(&pointer, &mut faults)
                && hours.special.insert(date, special).is_some()
            {
                faults.add(format!("{pointer}/date"), "duplicate", "that date is there twice");
            }
        }
        faults.settle(Some(hours))
    }
}

impl SpecialDraft {
    fn read(&self, pointer: &str, faults: &mut Faults) -> Option<(Date, Special)> {
        let date = faults.parsed(format!("{pointer}/date"), self.date.parse::<Date>().map_err(|_| "not a date"));
        let named = self.name.as_ref().map(|name| faults.parsed(format!("{pointer}/name"), Line::new(name)));
        if self.open.is_empty() {
            return Some((date?, Special::Closed(named.flatten())));
        }
        if named.is_some() {
            faults.add(format!("{pointer}/name"), "not_allowed", "only a closed date has a name");
        }
        Some((date?, Special::Open(read_day(&self.open, &format!("{pointer}/open"), faults)?)))
    }
}

impl WeekDraft {
    /// The week's hours; what is refused is noted below `pointer` and left out.
    #[must_use]
    pub fn read(&self, pointer: &str, faults: &mut Faults) -> WeeklyHours {
        let mut days: [OpenDay; 7] = Default::default();
        for ((day, draft), name) in days.iter_mut().zip(&self.0).zip(WEEKDAYS) {
            *day = read_day(draft, &format!("{pointer}/{name}"), faults).unwrap_or_default();
        }
        WeeklyHours::new(days)
    }
}

const WEEKDAYS: [&str; 7] = ["monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"];

/// A weekday's word on the wire, as `monday`.
#[must_use]
pub fn weekday_name(weekday: Weekday) -> &'static str {
    let index = usize::try_from(weekday.to_monday_zero_offset()).unwrap_or(0);
    WEEKDAYS.get(index).copied().unwrap_or_default()
}

fn read_day(draft: &[StretchDraft], pointer: &str, faults: &mut Faults) -> Option<OpenDay> {
    let stretches: Vec<Option<Stretch>> = draft
        .iter()
        .enumerate()
        .map(|(n, stretch)| {
            let opens = faults.parsed(format!("{pointer}/{n}/opens"), stretch.opens.parse());
            let closes = faults.parsed(format!("{pointer}/{n}/closes"), stretch.closes.parse());
            faults.parsed(format!("{pointer}/{n}"), Stretch::new(opens?, closes?))
        })
        .collect();
    let stretches: Option<Vec<_>> = stretches.into_iter().collect();
    faults.parsed(pointer, OpenDay::new(stretches?))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::hours::YearDay;

    fn stretch(opens: &str, closes: &str) -> StretchDraft {
        StretchDraft { opens: opens.to_owned(), closes: closes.to_owned() }
    }

    fn monday(stretches: &[(&str, &str)]) -> HoursDraft {
        let mut draft = HoursDraft::default();
        draft.weekly.0[0] = stretches.iter().map(|(opens, closes)| stretch(opens, closes)).collect();
        draft
    }

    fn faults(draft: &HoursDraft) -> Vec<(String, &'static str)> {
        draft.check(1).map_or_else(|e| e.0.into_iter().map(|f| (f.pointer, f.code)).collect(), |_| Vec::new())
    }

    #[test]
    fn a_day_is_stretches_in_order_with_breaks_between() {
        for good in [
            &[][..],
            &[("00:00", "24:00")],
            &[("09:00", "12:00"), ("13:00", "17:30")],
            &[("09:00", "12:00"), ("12:00", "13:00")],
        ] {
            assert_eq!(faults(&monday(good)), [], "{good:?}");
        }
        for (bad, pointer) in [
            (&[("09:00", "09:00")][..], "/weekly/monday/0"),
            (&[("17:00", "09:00")], "/weekly/monday/0"),
            (&[("09:00", "12:00"), ("11:59", "17:00")], "/weekly/monday"),
            (&[("13:00", "17:00"), ("09:00", "12:00")], "/weekly/monday"),
            (&[("09:00", "24:01")], "/weekly/monday/0/closes"),
            (&[("9:00", "10:00")], "/weekly/monday/0/opens"),
            (&[("09:60", "10:00")], "/weekly/monday/0/opens"),
            (&[("+9:00", "10:00")], "/weekly/monday/0/opens"),
        ] {
            assert_eq!(faults(&monday(bad)), [(pointer.to_owned(), "invalid")], "{bad:?}");
        }
    }

    #[test]
    fn a_day_has_at_most_twelve_stretches() {
        let times: Vec<_> = (0..13).map(|n| (format!("{n:02}:00"), format!("{n:02}:30"))).collect();
        let pairs: Vec<_> = times.iter().map(|(a, b)| (a.as_str(), b.as_str())).collect();
        assert_eq!(faults(&monday(&pairs[..12])), []);
        assert_eq!(faults(&monday(&pairs)), [("/weekly/monday".to_owned(), "invalid")]);
    }

    #[test]
    fn dates_are_named_once_and_exist() {
        let special = |date: &str| SpecialDraft { date: date.to_owned(), name: None, open: Vec::new() };
        let draft = HoursDraft {
            holidays: vec![
                ("02-29".to_owned(), "Leap".to_owned()),
                ("02-30".to_owned(), "None".to_owned()),
                ("02-29".to_owned(), " ".to_owned()),
            ],
            special: vec![special("2026-12-24"), special("2026-12-24"), special("2026-02-29")],
            ..HoursDraft::default()
        };
        let expected = [
            ("/holidays/1/day", "invalid"),
            ("/holidays/2/name", "invalid"),
            ("/special/1/date", "duplicate"),
            ("/special/2/date", "invalid"),
        ];
        assert_eq!(faults(&draft), expected.map(|(pointer, code)| (pointer.to_owned(), code)));
    }

    #[test]
    fn a_special_date_is_either_closed_or_open() {
        let eve = SpecialDraft { date: "2026-12-24".to_owned(), name: Some("Eve".to_owned()), open: Vec::new() };
        let holidays = vec![("12-25".to_owned(), "Christmas".to_owned())];
        let mut draft = HoursDraft { special: vec![eve], holidays, ..HoursDraft::default() };
        let hours = draft.check(3).unwrap();
        assert_eq!(hours.special[&Date::constant(2026, 12, 24)], Special::Closed(Some(Line::new("Eve").unwrap())));
        assert_eq!(hours.holidays.keys().copied().collect::<Vec<_>>(), [YearDay::new(12, 25).unwrap()]);
        draft.special[0].open.push(stretch("09:00", "12:00"));
        assert_eq!(faults(&draft), [("/special/0/name".to_owned(), "not_allowed")]);
    }

    #[test]
    fn weekdays_have_the_names_of_the_wire() {
        assert_eq!((weekday_name(Weekday::Monday), weekday_name(Weekday::Sunday)), ("monday", "sunday"));
    }
}
