//! The log: what happened in which order, for whoever reads a failure, and as one number that tells two runs apart.

use std::collections::BTreeMap;
use std::hash::{DefaultHasher, Hash as _, Hasher as _};

use jiff::Timestamp;

/// One thing that happened.
#[derive(Debug, Clone)]
pub struct Entry {
    /// The step it happened in.
    pub step: u64,
    /// When.
    pub at: Timestamp,
    /// What.
    pub what: String,
}

/// All that happened, and how often each kind of it.
#[derive(Debug, Default)]
pub struct Log {
    /// The present step.
    pub step: u64,
    entries: Vec<Entry>,
    reached: BTreeMap<String, u64>,
    hasher: DefaultHasher,
}

impl Log {
    /// Notes what happened.
    pub fn note(&mut self, at: Timestamp, what: String) {
        (self.step, at.as_nanosecond(), &what).hash(&mut self.hasher);
        self.entries.push(Entry { step: self.step, at, what });
    }

    /// Counts a kind of thing that happened.
    pub fn reach(&mut self, kind: impl Into<String>) {
        *self.reached.entry(kind.into()).or_default() += 1;
    }

    /// How often each kind happened.
    #[must_use]
    pub const fn reached(&self) -> &BTreeMap<String, u64> {
        &self.reached
    }

    /// The history as a number: two runs that differ anywhere have another one.
    #[must_use]
    pub fn fingerprint(&self) -> u64 {
        self.hasher.finish()
    }

    /// The last `most` entries that mention `subject`, oldest first.
    #[must_use]
    pub fn about(&self, subject: &str, most: usize) -> Vec<Entry> {
        let about = self.entries.iter().rev().filter(|entry| entry.what.contains(subject)).take(most);
        let mut about: Vec<Entry> = about.cloned().collect();
        about.reverse();
        about
    }

    /// Everything, oldest first.
    #[must_use]
    pub fn entries(&self) -> &[Entry] {
        &self.entries
    }
}
