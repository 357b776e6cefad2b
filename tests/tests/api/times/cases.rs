//! Bookings around every change of the clocks of New York and Auckland.
//!
//! Every instant below was worked out by hand, from these rules of 2026 and 2027:
//!
//! - New York goes from EDT (UTC−4) to EST (UTC−5) on Sunday, 1 November 2026, at 06:00Z: 02:00 EDT is 01:00 EST,
//!   so that the hour from 01:00 comes twice; and back on Sunday, 14 March 2027, at 07:00Z: 02:00 EST is 03:00
//!   EDT, so that the hour from 02:00 never comes.
//! - Auckland goes from NZST (UTC+12) to NZDT (UTC+13) on Sunday, 27 September 2026, at 02:00, which is 14:00Z on
//!   the 26th; and back on Sunday, 4 April 2027, at 03:00, which is 14:00Z on the 3rd.

/// A booking, as each side must be told of it.
pub(super) struct Case {
    /// A whole day, and not an hour.
    pub(super) is_day: bool,
    /// The day in New York.
    pub(super) date: &'static str,
    /// How the assistant names the start.
    pub(super) label: &'static str,
    /// From when to when.
    pub(super) instants: [&'static str; 2],
    /// In New York: the day, and the time.
    pub(super) there: [&'static str; 2],
    /// In Auckland.
    pub(super) here: [&'static str; 2],
}

/// An hour.
const fn hour(date: &'static str, label: &'static str, instants: [&'static str; 2]) -> Case {
    Case { is_day: false, date, label, instants, there: [""; 2], here: [""; 2] }
}

/// A whole day.
const fn day(date: &'static str, label: &'static str, instants: [&'static str; 2]) -> Case {
    Case { is_day: true, ..hour(date, label, instants) }
}

impl Case {
    const fn reads(self, there: [&'static str; 2], here: [&'static str; 2]) -> Self {
        Self { there, here, ..self }
    }
}

pub(super) const CASES: [Case; 15] = [
    // 09:30 EDT = 13:30Z = 01:30 NZST; an hour later, 14:30Z, Auckland has gone from 02:00 to 03:00: 03:30 NZDT.
    hour(
        "2026-09-26",
        "Sat 26 Sep, 09:30 EDT (Sun 27 Sep, 01:30 for you)",
        ["2026-09-26T13:30:00Z", "2026-09-26T14:30:00Z"],
    )
    .reads(
        ["Saturday, 26 September 2026", "09:30–10:30 EDT"],
        ["Sunday, 27 September 2026", "01:30 NZST – 03:30 NZDT"],
    ),
    // A day later both are on their summer time: 13:30Z = 02:30 NZDT.
    hour(
        "2026-09-27",
        "Sun 27 Sep, 09:30 EDT (Mon 28 Sep, 02:30 for you)",
        ["2026-09-27T13:30:00Z", "2026-09-27T14:30:00Z"],
    )
    .reads(["Sunday, 27 September 2026", "09:30–10:30 EDT"], ["Monday, 28 September 2026", "02:30–03:30 NZDT"]),
    // The day before New York's change: 10:00 EDT = 14:00Z = 03:00 NZDT.
    hour(
        "2026-10-31",
        "Sat 31 Oct, 10:00 EDT (Sun 1 Nov, 03:00 for you)",
        ["2026-10-31T14:00:00Z", "2026-10-31T15:00:00Z"],
    )
    .reads(["Saturday, 31 October 2026", "10:00–11:00 EDT"], ["Sunday, 1 November 2026", "03:00–04:00 NZDT"]),
    // Up to the hour that comes twice: 00:00 EDT = 04:00Z = 17:00 NZDT.
    hour(
        "2026-11-01",
        "Sun 1 Nov, 00:00 EDT (Sun 1 Nov, 17:00 for you)",
        ["2026-11-01T04:00:00Z", "2026-11-01T05:00:00Z"],
    )
    .reads(["Sunday, 1 November 2026", "00:00–01:00 EDT"], ["Sunday, 1 November 2026", "17:00–18:00 NZDT"]),
    // From its first half-hour past into its second: 01:30 EDT = 05:30Z, an hour later 06:30Z = 01:30 EST.
    hour(
        "2026-11-01",
        "Sun 1 Nov, 01:30 EDT (Sun 1 Nov, 18:30 for you)",
        ["2026-11-01T05:30:00Z", "2026-11-01T06:30:00Z"],
    )
    .reads(["Sunday, 1 November 2026", "01:30 EDT – 01:30 EST"], ["Sunday, 1 November 2026", "18:30–19:30 NZDT"]),
    // The second 01:30, right behind: 06:30Z = 19:30 NZDT.
    hour(
        "2026-11-01",
        "Sun 1 Nov, 01:30 EST (Sun 1 Nov, 19:30 for you)",
        ["2026-11-01T06:30:00Z", "2026-11-01T07:30:00Z"],
    )
    .reads(["Sunday, 1 November 2026", "01:30–02:30 EST"], ["Sunday, 1 November 2026", "19:30–20:30 NZDT"]),
    // The day after it: 10:00 EST = 15:00Z = 04:00 NZDT, an hour later than two days before.
    hour(
        "2026-11-02",
        "Mon 2 Nov, 10:00 EST (Tue 3 Nov, 04:00 for you)",
        ["2026-11-02T15:00:00Z", "2026-11-02T16:00:00Z"],
    )
    .reads(["Monday, 2 November 2026", "10:00–11:00 EST"], ["Tuesday, 3 November 2026", "04:00–05:00 NZDT"]),
    // The day before the spring change: 10:00 EST = 15:00Z = 04:00 NZDT.
    hour(
        "2027-03-13",
        "Sat 13 Mar, 10:00 EST (Sun 14 Mar, 04:00 for you)",
        ["2027-03-13T15:00:00Z", "2027-03-13T16:00:00Z"],
    )
    .reads(["Saturday, 13 March 2027", "10:00–11:00 EST"], ["Sunday, 14 March 2027", "04:00–05:00 NZDT"]),
    // Over the hour that never comes: 01:30 EST = 06:30Z, an hour later 07:30Z = 03:30 EDT.
    hour(
        "2027-03-14",
        "Sun 14 Mar, 01:30 EST (Sun 14 Mar, 19:30 for you)",
        ["2027-03-14T06:30:00Z", "2027-03-14T07:30:00Z"],
    )
    .reads(["Sunday, 14 March 2027", "01:30 EST – 03:30 EDT"], ["Sunday, 14 March 2027", "19:30–20:30 NZDT"]),
    // The same day at ten: 10:00 EDT = 14:00Z = 03:00 NZDT.
    hour(
        "2027-03-14",
        "Sun 14 Mar, 10:00 EDT (Mon 15 Mar, 03:00 for you)",
        ["2027-03-14T14:00:00Z", "2027-03-14T15:00:00Z"],
    )
    .reads(["Sunday, 14 March 2027", "10:00–11:00 EDT"], ["Monday, 15 March 2027", "03:00–04:00 NZDT"]),
    // 09:30 EDT = 13:30Z = 02:30 NZDT; an hour later, 14:30Z, it is 02:30 once more, now NZST.
    hour(
        "2027-04-03",
        "Sat 3 Apr, 09:30 EDT (Sun 4 Apr, 02:30 for you)",
        ["2027-04-03T13:30:00Z", "2027-04-03T14:30:00Z"],
    )
    .reads(["Saturday, 3 April 2027", "09:30–10:30 EDT"], ["Sunday, 4 April 2027", "02:30 NZDT – 02:30 NZST"]),
    // A day later Auckland is back on winter time: 13:30Z = 01:30 NZST.
    hour(
        "2027-04-04",
        "Sun 4 Apr, 09:30 EDT (Mon 5 Apr, 01:30 for you)",
        ["2027-04-04T13:30:00Z", "2027-04-04T14:30:00Z"],
    )
    .reads(["Sunday, 4 April 2027", "09:30–10:30 EDT"], ["Monday, 5 April 2027", "01:30–02:30 NZST"]),
    // A day of 25 hours: from 00:00 EDT = 04:00Z to 00:00 EST = 05:00Z.
    day("2026-11-01", "Sun 1 Nov", ["2026-11-01T04:00:00Z", "2026-11-02T05:00:00Z"]).reads(
        ["Sunday, 1 November 2026", "the whole day"],
        ["Sunday, 1 November 2026", "17:00 – Mon 2 Nov, 18:00 NZDT"],
    ),
    // A day of 23 hours: from 00:00 EST = 05:00Z to 00:00 EDT = 04:00Z.
    day("2027-03-14", "Sun 14 Mar", ["2027-03-14T05:00:00Z", "2027-03-15T04:00:00Z"])
        .reads(["Sunday, 14 March 2027", "the whole day"], ["Sunday, 14 March 2027", "18:00 – Mon 15 Mar, 17:00 NZDT"]),
    // A day in which Auckland's clocks go back: from 04:00Z = 17:00 NZDT to 04:00Z = 16:00 NZST.
    day("2027-04-03", "Sat 3 Apr", ["2027-04-03T04:00:00Z", "2027-04-04T04:00:00Z"]).reads(
        ["Saturday, 3 April 2027", "the whole day"],
        ["Saturday, 3 April 2027", "17:00 NZDT – Sun 4 Apr, 16:00 NZST"],
    ),
];
