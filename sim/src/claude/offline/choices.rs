//! Choices: what the visitor has decided on, by name, by position, or because there is only one.
//!
//! The part of [`Memory`] that draws conclusions. Never asks.

use super::days::{Days, days};
use super::facts::{Booking, Package, Slot};
use super::intent::Topic;
use super::memory::{Goal, Memory};
use super::picks::{Pick, named};
use super::times::Times;
use super::words::Words;

/// The list that the visitor was shown last, and so chooses from.
pub(super) enum Shown {
    Slots(Vec<Slot>),
    Packages,
    Bookings,
    Nothing,
}

impl Memory {
    /// What the visitor chooses from.
    pub(super) fn shown(&self) -> Shown {
        match self.goal {
            Some(Goal::Book | Goal::Move) if self.slot.is_none() && self.search_of_package().is_some() => {
                Shown::Slots(self.offers())
            }
            Some(Goal::Book) | None if self.package.is_none() && !self.packages.is_empty() => Shown::Packages,
            Some(Goal::Cancel | Goal::Move) if self.booking.is_none() && !self.bookings.is_empty() => Shown::Bookings,
            _ => Shown::Nothing,
        }
    }

    /// Turns to another package.
    pub(super) fn choose_package(&mut self, package: Option<Package>) {
        let Some(package) = package.filter(|_| !matches!(self.goal, Some(Goal::Move | Goal::Cancel))) else { return };
        if self.package.as_ref() != Some(&package) {
            self.package = Some(package);
            self.slot = None;
        }
    }

    /// Takes in a day or a time.
    pub(super) fn wish_for(&mut self, days: Option<Days>, times: Option<Times>) {
        if days.is_none() && times.is_none() {
            return;
        }
        self.slot = None;
        self.wish.is_any = false;
        self.wish.change(days, times);
    }

    /// Takes in a choice by position, out of what was shown.
    pub(super) fn choose(&mut self, pick: Option<Pick>, shown: &Shown) {
        let Some(pick) = pick else { return };
        match shown {
            Shown::Slots(slots) => self.slot = pick.among(slots.len()).map(|at| slots[at].clone()),
            Shown::Packages if pick != Pick::Any => {
                self.package = pick.among(self.packages.len()).map(|at| self.packages[at].clone());
                if self.goal.is_none() && self.topic == Topic::Detail {
                    self.start(Goal::Book);
                }
            }
            Shown::Bookings if pick != Pick::Any => {
                let open = self.open_bookings();
                self.booking = pick.among(open.len()).map(|at| open[at].clone());
            }
            _ if pick == Pick::Any => self.wish.is_any = true,
            _ => {}
        }
    }

    /// Draws the conclusions that need no question.
    pub(super) fn settle(&mut self) {
        match self.goal {
            Some(Goal::Book) => self.settle_package(),
            Some(Goal::Cancel | Goal::Move) => self.settle_booking(),
            _ => return,
        }
        if self.slot.is_none() && self.outcome("book_package").is_none() {
            self.slot = self.search_of_package().and_then(|search| search.only(&self.wish));
        }
    }

    fn settle_package(&mut self) {
        if self.package.is_none() {
            self.package = match self.packages.as_slice() {
                [only] => Some(only.clone()),
                _ => self.newest_first().find_map(|words| self.package_named(words)),
            };
        }
    }

    fn settle_booking(&mut self) {
        if self.booking.is_none() {
            self.booking = self.booking_named();
        }
        let Some(booking) = self.booking.clone().filter(|_| self.goal == Some(Goal::Move)) else { return };
        let name = Words::of(&booking.package);
        self.package = self.package_named(&name);
        if self.wish.days.is_none() && self.wish.times.is_some() {
            // «Move it to 3 pm» stays on its day.
            self.wish.days = days(&Words::of(&booking.when), self.now.date());
        }
    }

    /// The only open booking, or the one that the newest message speaks of.
    fn booking_named(&self) -> Option<Booking> {
        let open = self.open_bookings();
        if let [only] = open.as_slice() {
            return Some(only.clone());
        }
        let words = self.newest_first().next()?;
        let by_id = open.iter().find(|booking| words.say(&booking.id.to_lowercase()));
        let names: Vec<&str> = open.iter().map(|booking| booking.package.as_str()).collect();
        let by_name = || named(words, &names).map(|at| &open[at]);
        let day = |words: &Words| days(words, self.now.date());
        let by_day = || {
            let wanted = day(words).filter(|_| self.goal == Some(Goal::Cancel))?;
            open.iter().find(|booking| day(&Words::of(&booking.when)) == Some(wanted))
        };
        by_id.or_else(by_name).or_else(by_day).cloned()
    }
}
