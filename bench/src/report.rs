//! Report: figures beside their goals, as a table that can be pasted into docs/BENCH.md. Asserts nothing.

use std::fmt;

/// What a figure should be.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) enum Goal {
    /// This or less.
    AtMost(f64),
    /// This or more.
    AtLeast(f64),
    /// Anything: it explains another figure.
    Told,
}

impl Goal {
    fn is_met(self, measured: f64) -> Option<bool> {
        match self {
            Self::AtMost(most) => Some(measured <= most),
            Self::AtLeast(least) => Some(least <= measured),
            Self::Told => None,
        }
    }
}

/// One measured figure.
#[derive(Debug, Clone)]
pub(crate) struct Figure {
    /// What was measured.
    pub what: String,
    /// How much.
    pub measured: f64,
    /// In what, as `ms`.
    pub unit: &'static str,
    /// What it should be.
    pub goal: Goal,
    /// What it is made of; where the goal is missed, what stands in the way.
    pub note: String,
}

impl Figure {
    /// A figure with a goal.
    pub(crate) fn new(what: impl Into<String>, measured: f64, unit: &'static str, goal: Goal) -> Self {
        Self { what: what.into(), measured, unit, goal, note: String::new() }
    }

    /// A figure that only explains.
    pub(crate) fn told(what: impl Into<String>, measured: f64, unit: &'static str) -> Self {
        Self::new(what, measured, unit, Goal::Told)
    }

    /// The same with a note.
    #[must_use]
    pub(crate) fn noted(self, note: impl Into<String>) -> Self {
        Self { note: note.into(), ..self }
    }

    /// The same with a note that is said only when the goal is missed.
    #[must_use]
    pub(crate) fn hindered(self, note: impl Into<String>) -> Self {
        if self.goal.is_met(self.measured) == Some(false) { self.noted(note) } else { self }
    }
}

/// All figures.
#[derive(Debug, Default)]
pub(crate) struct Report(Vec<Figure>);

impl Report {
    /// Adds figures.
    pub(crate) fn add(&mut self, figures: impl IntoIterator<Item = Figure>) {
        self.0.extend(figures);
    }
}

impl fmt::Display for Report {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "| figure | measured | goal | | |\n|---|---:|---:|---|---|")?;
        for figure in &self.0 {
            let Figure { what, measured, unit, goal, note } = figure;
            let measured_text = format!("{} {unit}", amount(*measured));
            let goal_text = match goal {
                Goal::AtMost(most) => format!("≤ {} {unit}", amount(*most)),
                Goal::AtLeast(least) => format!("≥ {} {unit}", amount(*least)),
                Goal::Told => String::new(),
            };
            let verdict = match goal.is_met(*measured) {
                Some(true) => "met",
                Some(false) => "**missed**",
                None => "",
            };
            writeln!(f, "| {what} | {measured_text} | {goal_text} | {verdict} | {note} |")?;
        }
        Ok(())
    }
}

/// A number with as many digits as say something.
fn amount(number: f64) -> String {
    if number.fract() == 0.0 || 100.0 <= number.abs() {
        format!("{number:.0}")
    } else if 10.0 <= number.abs() {
        format!("{number:.1}")
    } else {
        format!("{number:.2}")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_goal_is_met_on_its_edge() {
        assert_eq!(Goal::AtMost(3.0).is_met(3.0), Some(true));
        assert_eq!(Goal::AtMost(3.0).is_met(3.01), Some(false));
        assert_eq!(Goal::AtLeast(500.0).is_met(500.0), Some(true));
        assert_eq!(Goal::AtLeast(500.0).is_met(499.0), Some(false));
        assert_eq!(Goal::Told.is_met(1.0), None);
    }

    #[test]
    fn what_stands_in_the_way_is_said_only_where_something_does() {
        let mut report = Report::default();
        report.add([
            Figure::new("calls", 3.0, "calls", Goal::AtMost(3.0)).hindered("never said"),
            Figure::new("zip", 4.25, "MB", Goal::AtMost(4.0)).hindered("the SDK"),
        ]);
        let table = report.to_string();
        assert!(table.contains("| calls | 3 calls | ≤ 3 calls | met |  |"), "{table}");
        assert!(table.contains("| zip | 4.25 MB | ≤ 4 MB | **missed** | the SDK |"), "{table}");
    }
}
