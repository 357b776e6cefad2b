//! Memory: what the assistant knows after reading the conversation from its start.
//!
//! The service keeps no state, so every request is replayed: each message is heard and each result
//! learnt, in order. Never decides what to do next: that is [`super::steps`].

use jiff::civil::DateTime;
use serde_json::Value;

use super::contact;
use super::days::{Days, days};
use super::facts::{self, Booking, Package, Slot};
use super::intent::{Clues, Topic, is_question, topic};
use super::picks::{named, pick};
use super::search::{Search, Wish};
use super::times::{Times, times};
use super::words::Words;

/// What the visitor is after.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Goal {
    Book,
    Show,
    Cancel,
    Move,
}

/// What came of one tool call of the running turn.
#[derive(Debug, Clone)]
pub(super) struct Outcome {
    pub(super) tool: String,
    pub(super) value: Value,
    /// Why it failed, if it did.
    pub(super) failure: Option<String>,
}

/// Everything known so far.
#[derive(Debug)]
pub(super) struct Memory {
    pub(super) now: DateTime,
    pub(super) goal: Option<Goal>,
    /// They asked to book, not only whether they could.
    pub(super) is_eager: bool,
    pub(super) packages: Vec<Package>,
    pub(super) package: Option<Package>,
    pub(super) wish: Wish,
    pub(super) search: Option<Search>,
    pub(super) slot: Option<Slot>,
    pub(super) bookings: Vec<Booking>,
    pub(super) booking: Option<Booking>,
    pub(super) name: Option<String>,
    pub(super) email: Option<String>,
    pub(super) code_sent_to: Option<String>,
    /// The last thing that was done is a card that waits for Confirm.
    pub(super) has_card: bool,
    /// The newest message.
    pub(super) said: String,
    pub(super) topic: Topic,
    /// What was done since.
    pub(super) turn: Vec<Outcome>,
    /// The messages since the last card, newest last.
    heard: Vec<Words>,
}

impl Memory {
    /// Nothing known but the time.
    pub(super) fn new(now: DateTime) -> Self {
        Self {
            now,
            goal: None,
            is_eager: false,
            packages: Vec::new(),
            package: None,
            wish: Wish::default(),
            search: None,
            slot: None,
            bookings: Vec::new(),
            booking: None,
            name: None,
            email: None,
            code_sent_to: None,
            has_card: false,
            said: String::new(),
            topic: Topic::Other,
            turn: Vec::new(),
            heard: Vec::new(),
        }
    }

    /// The newest outcome of `tool` in this turn.
    pub(super) fn outcome(&self, tool: &str) -> Option<&Outcome> {
        self.turn.iter().rev().find(|outcome| outcome.tool == tool)
    }

    /// How often `tool` was called in this turn.
    pub(super) fn count(&self, tool: &str) -> usize {
        self.turn.iter().filter(|outcome| outcome.tool == tool).count()
    }

    /// Takes in a message.
    pub(super) fn hear(&mut self, text: &str) {
        let text = facts::without_fence(text);
        let words = Words::of(&text);
        self.turn.clear();
        let shown = self.shown();
        let (days, times) = self.when(&words);
        let pick = pick(&words);
        let is_asked = self.goal == Some(Goal::Book) && self.slot.is_some() && self.name.is_none();
        let name = contact::name(&words, is_asked);
        let email = contact::email(&words);
        let package = self.package_named(&words);
        let clues = Clues {
            has_when: days.is_some() || times.is_some(),
            has_detail: pick.is_some() || name.is_some() || email.is_some(),
            has_package: package.is_some(),
        };
        self.topic = topic(&words, clues);
        self.said = text;
        self.aim(&words);
        self.name = name.or(self.name.take());
        self.email = email.or(self.email.take());
        if self.is_about_a_booking() {
            self.choose_package(package);
            self.wish_for(days, times);
            self.choose(pick, &shown);
        }
        self.heard.push(words);
        self.settle();
    }

    /// Takes in what was said long ago, of which only the person counts.
    pub(super) fn recall(&mut self, text: &str) {
        self.hear(text);
        self.abandon();
        self.has_card = false;
    }

    /// Takes in the result of a tool.
    pub(super) fn learn(&mut self, tool: &str, input: &Value, result: (&str, bool)) {
        let (text, is_error) = result;
        let value = facts::value(text);
        let failure = facts::failure(&value, text, is_error);
        let succeeded = failure.is_none();
        match tool {
            "list_packages" if succeeded => self.packages = facts::packages(&value),
            "check_availability" if succeeded => self.search = Search::of(input, &value),
            "get_my_bookings" if succeeded => self.bookings = facts::bookings(&value),
            "verify_email" if succeeded => self.code_sent_to = input["email"].as_str().map(str::to_owned),
            "book_package" | "reschedule_booking" | "cancel_booking" if succeeded => self.finish(),
            "book_package" | "reschedule_booking" => self.slot = None,
            _ => {}
        }
        self.turn.push(Outcome { tool: tool.to_owned(), value, failure });
        self.settle();
    }

    /// The messages, newest first.
    pub(super) fn newest_first(&self) -> impl Iterator<Item = &Words> {
        self.heard.iter().rev()
    }

    /// The packages that the newest message names: one, or none.
    pub(super) fn packages_spoken_of(&self) -> Vec<Package> {
        self.newest_first().next().and_then(|words| self.package_named(words)).into_iter().collect()
    }

    /// The message is about booking, and not only about the business.
    fn is_about_a_booking(&self) -> bool {
        !matches!(
            self.topic,
            Topic::Hours | Topic::Contact | Topic::Policy | Topic::Human | Topic::About | Topic::NeverMind
        )
    }

    /// Which day and time a message means; when moving, where to and not where from.
    fn when(&self, words: &Words) -> (Option<Days>, Option<Times>) {
        let read = |words: &Words| (days(words, self.now.date()), times(words));
        let target = (1..words.count())
            .filter(|at| words.before(*at) == "to")
            .map(|at| read(&words.after(at)))
            .find(|(days, times)| days.is_some() || times.is_some());
        let is_move = self.goal == Some(Goal::Move) || words.say("move|reschedule|change|from");
        target.filter(|_| is_move && !words.say("between")).unwrap_or_else(|| read(words))
    }

    pub(super) fn package_named(&self, words: &Words) -> Option<Package> {
        let names: Vec<&str> = self.packages.iter().map(|package| package.name.as_str()).collect();
        named(words, &names).map(|at| self.packages[at].clone())
    }

    /// Turns to what the message asks for.
    fn aim(&mut self, words: &Words) {
        let is_choosing = self.goal == Some(Goal::Move) && !words.say("book|new");
        match self.topic {
            // «Cancel» in the middle of booking calls that off.
            Topic::Cancel if self.goal == Some(Goal::Book) && words.count() <= 2 => {
                self.topic = Topic::NeverMind;
                self.abandon();
            }
            Topic::Cancel => self.start(Goal::Cancel),
            Topic::Move if self.goal == Some(Goal::Move) => {}
            Topic::Move => self.start(Goal::Move),
            Topic::Show => self.start(Goal::Show),
            Topic::Book if is_choosing => {}
            Topic::Book => {
                self.start(Goal::Book);
                self.is_eager = true;
            }
            Topic::Availability => {
                if !matches!(self.goal, Some(Goal::Book | Goal::Move)) {
                    self.start(Goal::Book);
                }
                // «Haircut, Monday at 10» is a wish, «Is Monday at 10 free?» a question.
                self.is_eager |= !is_question(words);
            }
            Topic::NeverMind => self.abandon(),
            Topic::No => self.slot = None,
            Topic::Yes | Topic::Detail => self.is_eager = true,
            _ => {}
        }
    }

    /// Sets out for `goal`.
    pub(super) fn start(&mut self, goal: Goal) {
        self.has_card = false;
        if self.goal != Some(goal) {
            self.goal = Some(goal);
            self.is_eager = false;
            self.slot = None;
            self.booking = None;
            self.wish = Wish::default();
        }
    }

    fn abandon(&mut self) {
        self.goal = None;
        self.package = None;
        self.slot = None;
        self.booking = None;
        self.wish = Wish::default();
        self.heard.clear();
    }

    /// A card is shown: the rest is the visitor's click.
    fn finish(&mut self) {
        self.abandon();
        self.search = None;
        self.has_card = true;
    }

    /// The bookings that can still be changed.
    pub(super) fn open_bookings(&self) -> Vec<Booking> {
        self.bookings.iter().filter(|booking| booking.is_open()).cloned().collect()
    }

    /// What was searched for the chosen package.
    pub(super) fn search_of_package(&self) -> Option<&Search> {
        let package = self.package.as_ref()?;
        self.search.as_ref().filter(|search| search.package == package.id)
    }

    /// The slots to show: those wished for, or else the nearest.
    pub(super) fn offers(&self) -> Vec<Slot> {
        self.search_of_package().map(|search| search.offers(&self.wish)).unwrap_or_default()
    }
}
