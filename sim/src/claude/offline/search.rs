//! Search: the slots that a look at the calendar found, and those of them that the visitor means.
//!
//! Never calls the calendar.

use jiff::civil::Date;
use serde_json::Value;

use super::days::{Days, WIDEST, later};
use super::facts::{self, Slot};
use super::times::Times;

/// The most slots that are shown at once.
const SHOWN: usize = 6;

/// The most slots of one day that are shown when there are several days.
const SHOWN_A_DAY: usize = 2;

/// When the visitor would like to come.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(super) struct Wish {
    pub(super) days: Option<Days>,
    pub(super) times: Option<Times>,
    /// Whatever comes first.
    pub(super) is_any: bool,
}

impl Wish {
    /// Takes in what a message adds. A new day alone forgets the time of the old one.
    pub(super) fn change(&mut self, days: Option<Days>, times: Option<Times>) {
        if days.is_some() && times.is_none() && self.days.is_some() {
            self.times = None;
        }
        self.days = days.or(self.days);
        self.times = times.or(self.times);
    }

    /// The days to look at.
    pub(super) fn span(&self, today: Date) -> Days {
        self.days.unwrap_or(Days::many(today, WIDEST))
    }

    fn holds(&self, slot: &Slot) -> bool {
        let on_day = self.days.is_none_or(|days| days.hold(slot.date));
        // A whole day has every time.
        let at_time = match (self.times, slot.time) {
            (Some(times), Some(time)) => times.hold(time),
            _ => true,
        };
        on_day && at_time
    }
}

/// One look at the calendar.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Search {
    pub(super) package: String,
    pub(super) days: Days,
    pub(super) slots: Vec<Slot>,
    /// There are more than were told.
    is_cut: bool,
    /// Why there are none.
    pub(super) reason: Option<String>,
}

impl Search {
    /// Reads a call of `check_availability` and its result.
    pub(super) fn of(input: &Value, result: &Value) -> Option<Self> {
        let from: Date = input["from"].as_str()?.parse().ok()?;
        let count = input["days"].as_i64().and_then(|days| i8::try_from(days).ok()).unwrap_or(1);
        Some(Self {
            package: input["packageId"].as_str()?.to_owned(),
            days: Days::many(from, count),
            slots: facts::slots(result),
            is_cut: result["moreSlots"].as_u64().is_some_and(|more| 0 < more),
            reason: result["reason"].as_str().map(str::to_owned),
        })
    }

    /// It told of all of `days`. What was cut shows some of each free day, so it tells all only of the
    /// days that it was asked for, and of days without any.
    pub(super) fn covers(&self, days: Days) -> bool {
        let inside =
            self.days.from <= days.from && later(days.from, days.count) <= later(self.days.from, self.days.count);
        let in_part = self.is_cut && self.days != days && self.slots.iter().any(|slot| days.hold(slot.date));
        inside && !in_part
    }

    /// The slots that `wish` means.
    pub(super) fn wished(&self, wish: &Wish) -> Vec<Slot> {
        self.slots.iter().filter(|slot| wish.holds(slot)).cloned().collect()
    }

    /// The slots to show: those that `wish` means, or else the nearest to it.
    pub(super) fn offers(&self, wish: &Wish) -> Vec<Slot> {
        let wished = self.wished(wish);
        if !wished.is_empty() {
            return spread(wished);
        }
        let same_day: Vec<Slot> =
            self.slots.iter().filter(|slot| wish.days.is_none_or(|days| days.hold(slot.date))).cloned().collect();
        let mut nearest = if same_day.is_empty() { self.slots.clone() } else { same_day };
        if let Some(times) = wish.times {
            nearest.sort_by_key(|slot| slot.time.map_or(0, |time| times.distance(time)));
            nearest.truncate(SHOWN);
            nearest.sort_by_key(|slot| (slot.date, slot.time));
        }
        spread(nearest)
    }

    /// The one slot that `wish` leaves no doubt about.
    pub(super) fn only(&self, wish: &Wish) -> Option<Slot> {
        let wished = self.wished(wish);
        if wish.is_any {
            return wished.into_iter().next();
        }
        let [only] = wished.as_slice() else {
            return self.only_shown(wish);
        };
        let is_one_day = wish.days.is_some_and(|days| days.count == 1);
        let is_exact = matches!(wish.times, Some(Times::At(_))) || (is_one_day && only.time.is_none());
        is_exact.then(|| only.clone())
    }

    /// «10:30» means the one that was shown, even when other days have such a time.
    fn only_shown(&self, wish: &Wish) -> Option<Slot> {
        let Some(Times::At(wanted)) = wish.times.filter(|_| wish.days.is_none_or(|days| days.count != 1)) else {
            return None;
        };
        let before = Wish { times: None, ..*wish };
        let mut shown = self.offers(&before).into_iter().filter(|slot| slot.time == Some(wanted));
        shown.next().filter(|_| shown.next().is_none())
    }
}

/// A few of many: evenly over one day, or the first of each of several.
fn spread(slots: Vec<Slot>) -> Vec<Slot> {
    if slots.len() <= SHOWN {
        return slots;
    }
    let is_one_day = slots.first().map(|slot| slot.date) == slots.last().map(|slot| slot.date);
    if is_one_day {
        let last = slots.len() - 1;
        return (0..SHOWN).map(|at| slots[at * last / (SHOWN - 1)].clone()).collect();
    }
    let mut shown: Vec<Slot> = Vec::new();
    for slot in slots {
        let of_day = shown.iter().filter(|other| other.date == slot.date).count();
        if of_day < SHOWN_A_DAY && shown.len() < SHOWN {
            shown.push(slot);
        }
    }
    shown
}

#[cfg(test)]
mod tests {
    use jiff::civil::{date, time};
    use serde_json::json;

    use super::*;

    /// A search of 14 days with slots at these dates and times.
    fn search(slots: &[(&str, &str)]) -> Search {
        let slots: Vec<Value> = slots
            .iter()
            .map(|(date, time)| json!({ "slotId": format!("{date}T{time}"), "date": date, "time": time }))
            .collect();
        let input = json!({ "packageId": "p1", "from": "2026-11-21", "days": 14 });
        Search::of(&input, &json!({ "slots": slots })).unwrap()
    }

    fn ids(slots: &[Slot]) -> Vec<&str> {
        slots.iter().map(|slot| slot.id.as_str()).collect()
    }

    const MONDAY: &str = "2026-11-23";
    const TUESDAY: &str = "2026-11-24";

    fn on_monday(times: Option<Times>) -> Wish {
        Wish { days: Some(Days::one(date(2026, 11, 23))), times, is_any: false }
    }

    #[test]
    fn an_exact_wish_leaves_no_doubt() {
        let search = search(&[(MONDAY, "10:00"), (MONDAY, "10:30"), (TUESDAY, "10:30")]);
        let half_past = Some(Times::At(time(10, 30, 0, 0)));
        assert_eq!(search.only(&on_monday(half_past)).unwrap().id, "2026-11-23T10:30");
        assert_eq!(search.only(&on_monday(None)), None);
        // Both were shown, so the time alone does not say which.
        assert_eq!(search.only(&Wish { times: half_past, ..Wish::default() }), None);
        let any = Wish { is_any: true, ..Wish::default() };
        assert_eq!(search.only(&any).unwrap().id, "2026-11-23T10:00");
    }

    #[test]
    fn without_a_match_the_nearest_are_offered() {
        let search = search(&[(MONDAY, "09:00"), (MONDAY, "15:00"), (TUESDAY, "12:00")]);
        let noon = on_monday(Some(Times::At(time(12, 0, 0, 0))));
        assert!(search.wished(&noon).is_empty());
        assert_eq!(ids(&search.offers(&noon)), ["2026-11-23T09:00", "2026-11-23T15:00"]);
        let sunday = Wish { days: Some(Days::one(date(2026, 11, 22))), ..Wish::default() };
        assert_eq!(search.offers(&sunday).len(), 3);
    }

    #[test]
    fn many_slots_are_shown_as_a_few() {
        let times: Vec<String> = (8..18).map(|hour| format!("{hour:02}:00")).collect();
        let day: Vec<(&str, &str)> = times.iter().map(|time| (MONDAY, time.as_str())).collect();
        let shown = search(&day).offers(&Wish::default());
        assert_eq!(shown.len(), SHOWN);
        assert_eq!((ids(&shown)[0], ids(&shown)[5]), ("2026-11-23T08:00", "2026-11-23T17:00"));
        let days: Vec<(&str, &str)> =
            [MONDAY, TUESDAY].iter().flat_map(|day| times.iter().map(|time| (*day, time.as_str()))).collect();
        let shown = search(&days).offers(&Wish::default());
        let expected = ["2026-11-23T08:00", "2026-11-23T09:00", "2026-11-24T08:00", "2026-11-24T09:00"];
        assert_eq!(ids(&shown), expected);
    }

    #[test]
    fn a_search_covers_the_days_it_looked_at() {
        let search = search(&[]);
        assert!(search.covers(Days::one(date(2026, 12, 4))));
        assert!(!search.covers(Days::one(date(2026, 12, 5))));
        assert!(!search.covers(Days::many(date(2026, 11, 20), 2)));
    }

    #[test]
    fn a_search_that_was_cut_is_asked_again_for_a_day_of_which_it_told_a_part() {
        let cut = Search { is_cut: true, ..search(&[(MONDAY, "09:00")]) };
        assert!(cut.covers(Days::many(date(2026, 11, 21), 14)));
        assert!(!cut.covers(Days::one(date(2026, 11, 23))));
        assert!(cut.covers(Days::one(date(2026, 11, 22))), "closed on Sunday");
    }

    #[test]
    fn a_new_day_forgets_the_time_of_the_old_one() {
        let noon = Some(Times::At(time(12, 0, 0, 0)));
        let day = |day| Some(Days::one(date(2026, 11, day)));
        let mut wish = Wish::default();
        wish.change(None, noon);
        wish.change(day(23), None);
        assert_eq!((wish.days, wish.times), (day(23), noon));
        wish.change(day(24), None);
        assert_eq!((wish.days, wish.times), (day(24), None));
    }
}
