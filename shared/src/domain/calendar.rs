//! The calendars of a resource: the feed that its owner reads, and those whose busy times keep bookings out.
//!
//! Says which calendars there are and how the last look at each went. What stands in one is fetched and read
//! in `app`; which cells it makes busy is kept beside the claims (`claim`).

use std::fmt;
use std::str::FromStr;

use jiff::civil::Date;
use jiff::{SignedDuration, Timestamp, ToSpan as _};
use thiserror::Error;
use url::Url;

use super::id::ResourceId;
use super::secret::SecretHash;

/// The most calendars that one resource's busy times come from.
pub const MOST_SOURCES: usize = 3;

/// How often a calendar is looked at.
pub const REFRESH: SignedDuration = SignedDuration::from_hours(1);

/// How many days beyond the horizon a calendar is read, so that one which says that nothing has changed need
/// not be read anew every day.
const RESERVE_DAYS: i64 = 7;

/// The most characters of an address.
const MOST_CHARS: usize = 1_000;

/// The address of a calendar, `https` (or `http`, which only a local desk fetches).
///
/// Such an address is mostly a secret: whoever has it can read the calendar. Its `Debug` form hides it.
#[derive(Clone, PartialEq, Eq, Hash)]
pub struct CalendarUrl(Url);

/// Text that is not the address of a calendar.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
pub enum InvalidCalendarUrl {
    /// It is too long, or no absolute address.
    #[error("this is not the address of a calendar")]
    NotAnAddress,
    /// It is fetched in another way.
    #[error("the address must begin with https://")]
    Scheme,
    /// It holds a user name or a password.
    #[error("the address must not hold a user name or a password")]
    Credentials,
}

impl CalendarUrl {
    /// The address.
    #[must_use]
    pub const fn url(&self) -> &Url {
        &self.0
    }

    /// Names it among the calendars of its resource, and tells nothing of it.
    #[must_use]
    pub fn id(&self) -> String {
        SecretHash::of(self.0.as_str().as_bytes()).as_str().chars().take(12).collect()
    }
}

impl FromStr for CalendarUrl {
    type Err = InvalidCalendarUrl;

    /// Takes `https:` and `http:`, and `webcal:` as `https:`. A fragment is dropped.
    fn from_str(text: &str) -> Result<Self, InvalidCalendarUrl> {
        let text = text.trim();
        if MOST_CHARS < text.chars().count() {
            return Err(InvalidCalendarUrl::NotAnAddress);
        }
        let (scheme, rest) = text.split_once(':').ok_or(InvalidCalendarUrl::NotAnAddress)?;
        let text = match scheme.to_ascii_lowercase().as_str() {
            "webcal" | "webcals" => format!("https:{rest}"),
            "https" | "http" => text.to_owned(),
            _ => return Err(InvalidCalendarUrl::Scheme),
        };
        let mut url = Url::parse(&text).map_err(|_| InvalidCalendarUrl::NotAnAddress)?;
        if !url.username().is_empty() || url.password().is_some() {
            return Err(InvalidCalendarUrl::Credentials);
        }
        if !url.has_host() {
            return Err(InvalidCalendarUrl::NotAnAddress);
        }
        url.set_fragment(None);
        Ok(Self(url))
    }
}

impl fmt::Debug for CalendarUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("CalendarUrl(…)")
    }
}

/// Why a calendar could not be used. What was known of it before still counts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Problem {
    /// Its address leads to where nothing may be fetched from.
    AddressRefused,
    /// Nobody answers there.
    Unreachable,
    /// It took too long.
    TooSlow,
    /// It is larger than what is read of a calendar.
    TooLarge,
    /// It leads on and on.
    TooManyRedirects,
    /// It is not there, or not for us: the answer was another than "here it is".
    NotThere,
    /// What is there is not a calendar.
    NotACalendar,
    /// It has more entries than are read of one.
    TooManyEntries,
}

/// Text that is not the name of a problem.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
#[error("not a problem of a calendar")]
pub struct InvalidProblem;

impl Problem {
    /// All of them.
    pub const ALL: [Self; 8] = [
        Self::AddressRefused,
        Self::Unreachable,
        Self::TooSlow,
        Self::TooLarge,
        Self::TooManyRedirects,
        Self::NotThere,
        Self::NotACalendar,
        Self::TooManyEntries,
    ];

    /// Its word.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::AddressRefused => "address_refused",
            Self::Unreachable => "unreachable",
            Self::TooSlow => "too_slow",
            Self::TooLarge => "too_large",
            Self::TooManyRedirects => "too_many_redirects",
            Self::NotThere => "not_there",
            Self::NotACalendar => "not_a_calendar",
            Self::TooManyEntries => "too_many_entries",
        }
    }
}

impl FromStr for Problem {
    type Err = InvalidProblem;

    fn from_str(text: &str) -> Result<Self, InvalidProblem> {
        Self::ALL.into_iter().find(|problem| problem.as_str() == text).ok_or(InvalidProblem)
    }
}

/// What a server said to recognise a calendar by when it is asked for again.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Validators {
    /// Its `ETag`.
    pub etag: Option<String>,
    /// Its `Last-Modified`.
    pub last_modified: Option<String>,
}

/// A calendar whose busy times keep bookings out, and how the last look at it went.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Source {
    /// Where it is.
    pub url: CalendarUrl,
    /// When it was last looked at, in vain or not.
    pub tried_at: Option<Timestamp>,
    /// When what is known of it was last true.
    pub fetched_at: Option<Timestamp>,
    /// What was wrong the last time.
    pub problem: Option<Problem>,
    /// How many of its entries could not be understood, and keep nothing out.
    pub skipped: u32,
    /// The last UTC day up to which it was read.
    pub reaches: Option<Date>,
    /// What its server knows it by.
    pub validators: Validators,
}

impl Source {
    /// A calendar that nobody has looked at.
    #[must_use]
    pub fn new(url: CalendarUrl) -> Self {
        Self {
            url,
            tried_at: None,
            fetched_at: None,
            problem: None,
            skipped: 0,
            reaches: None,
            validators: Validators::default(),
        }
    }

    /// What to ask its server with: nothing, when even an unchanged calendar has to be read as far as `needed`.
    #[must_use]
    pub fn asking(&self, needed: Date) -> Validators {
        if self.reaches.is_some_and(|reaches| needed <= reaches) {
            self.validators.clone()
        } else {
            Validators::default()
        }
    }
}

/// The feed of a resource's bookings.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Feed {
    /// Rises with each link that is made, and never falls.
    pub stamp: u32,
    /// Whether the link of this stamp opens it.
    pub is_live: bool,
}

/// The calendars of one resource.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Calendars {
    /// Whose they are.
    pub resource: ResourceId,
    /// What the owner reads.
    pub feed: Feed,
    /// Where busy times come from.
    pub sources: Vec<Source>,
    /// When they are to be looked at again; none: there are none.
    pub due: Option<Timestamp>,
    /// Rises with each change of the owner's; what `If-Match` compares.
    pub version: u64,
    /// Rises with each write; a look at calendars that has been overtaken is thrown away by it.
    pub revision: u64,
}

impl Calendars {
    /// A resource without any.
    #[must_use]
    pub const fn none(resource: ResourceId) -> Self {
        Self {
            resource,
            feed: Feed { stamp: 0, is_live: false },
            sources: Vec::new(),
            due: None,
            version: 0,
            revision: 0,
        }
    }

    /// With a new link to its feed; an older one opens nothing from then on.
    #[must_use]
    pub fn with_link(self) -> Self {
        let feed = Feed { stamp: self.feed.stamp.saturating_add(1), is_live: true };
        Self { feed, ..self }.changed()
    }

    /// Without any link to its feed.
    #[must_use]
    pub fn without_link(self) -> Self {
        let feed = Feed { is_live: false, ..self.feed };
        Self { feed, ..self }.changed()
    }

    /// With busy times from `urls` and nowhere else. What is known of one that stays is kept.
    #[must_use]
    pub fn importing(self, urls: Vec<CalendarUrl>, now: Timestamp) -> Self {
        let mut known = self.sources.clone();
        let mut take = |url: CalendarUrl| match known.iter().position(|source| source.url == url) {
            Some(at) => known.swap_remove(at),
            None => Source::new(url),
        };
        let sources = urls.into_iter().map(&mut take).collect();
        // Also without any: what the last ones made busy is still to be taken back.
        Self { sources, due: Some(now), ..self }.changed()
    }

    /// The last UTC day that has to be known at `now`, and the last that is read.
    #[must_use]
    pub fn reach(now: Timestamp, horizon_days: u16) -> (Date, Date) {
        // A local day lies in two UTC days.
        let needed = utc_day(now).saturating_add(i64::from(horizon_days).days()).saturating_add(1.day());
        (needed, needed.saturating_add(RESERVE_DAYS.days()))
    }

    fn changed(self) -> Self {
        Self { version: self.version + 1, revision: self.revision + 1, ..self }
    }
}

/// The UTC day that holds `at`.
#[must_use]
pub fn utc_day(at: Timestamp) -> Date {
    jiff::tz::Offset::UTC.to_datetime(at).date()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn url(text: &str) -> CalendarUrl {
        text.parse().unwrap()
    }

    #[test]
    fn an_address_is_https_and_names_nobody() {
        for (text, taken) in [
            (" https://calendar.test/a.ics?key=1#x ", Ok("https://calendar.test/a.ics?key=1")),
            ("webcal://calendar.test/a.ics", Ok("https://calendar.test/a.ics")),
            ("WEBCAL://calendar.test/a.ics", Ok("https://calendar.test/a.ics")),
            ("http://127.0.0.1:8080/a.ics", Ok("http://127.0.0.1:8080/a.ics")),
            ("ftp://calendar.test/a.ics", Err(InvalidCalendarUrl::Scheme)),
            ("file:///etc/passwd", Err(InvalidCalendarUrl::Scheme)),
            ("https://ann:pw@calendar.test/", Err(InvalidCalendarUrl::Credentials)),
            ("https://ann@calendar.test/", Err(InvalidCalendarUrl::Credentials)),
            ("calendar.test/a.ics", Err(InvalidCalendarUrl::NotAnAddress)),
            ("https://", Err(InvalidCalendarUrl::NotAnAddress)),
            ("", Err(InvalidCalendarUrl::NotAnAddress)),
        ] {
            let read = text.parse::<CalendarUrl>();
            assert_eq!(read.as_ref().map(|url| url.url().as_str()).map_err(|error| *error), taken, "{text:?}");
        }
        assert!(format!("https://calendar.test/{}", "x".repeat(MOST_CHARS)).parse::<CalendarUrl>().is_err());
        assert_eq!(format!("{:?}", url("https://calendar.test/secret")), "CalendarUrl(…)");
    }

    #[test]
    fn what_is_known_of_a_calendar_stays_with_its_address() {
        let now: Timestamp = "2026-11-23T10:00:00Z".parse().unwrap();
        let (a, b) = (url("https://a.test/"), url("https://b.test/"));
        let mut calendars = Calendars::none(ResourceId::new(ulid::Ulid(1))).importing(vec![a.clone()], now);
        calendars.sources[0].fetched_at = Some(now);
        let both = calendars.importing(vec![b.clone(), a.clone()], now);
        let fetched: Vec<_> = both.sources.iter().map(|source| (source.url.clone(), source.fetched_at)).collect();
        assert_eq!(fetched, [(b, None), (a, Some(now))]);
        assert_eq!((both.version, both.revision), (2, 2));
        assert_eq!(both.importing(Vec::new(), now).due, Some(now), "what they made busy is still to be taken back");
    }

    #[test]
    fn an_unchanged_calendar_is_read_anew_when_it_was_not_read_far_enough() {
        let now: Timestamp = "2026-11-23T23:59:00Z".parse().unwrap();
        let (needed, last) = Calendars::reach(now, 30);
        assert_eq!((needed.to_string().as_str(), last.to_string().as_str()), ("2026-12-24", "2026-12-31"));
        let known = Validators { etag: Some("\"1\"".into()), last_modified: None };
        let source = |reaches| Source { reaches, validators: known.clone(), ..Source::new(url("https://a.test/")) };
        assert_eq!(source(None).asking(needed), Validators::default());
        assert_eq!(source(needed.yesterday().ok()).asking(needed), Validators::default());
        assert_eq!(source(Some(needed)).asking(needed), known);
    }

    #[test]
    fn a_feeds_stamp_never_falls() {
        let first = Calendars::none(ResourceId::new(ulid::Ulid(1))).with_link();
        let ended = first.clone().without_link();
        let again = ended.clone().with_link();
        let feed = |calendars: &Calendars| (calendars.feed.stamp, calendars.feed.is_live);
        assert_eq!((feed(&first), feed(&ended), feed(&again)), ((1, true), (1, false), (2, true)));
    }

    #[test]
    fn every_problem_has_a_word_of_its_own() {
        for problem in Problem::ALL {
            assert_eq!(problem.as_str().parse(), Ok(problem));
        }
        assert_eq!("".parse::<Problem>(), Err(InvalidProblem));
    }
}
