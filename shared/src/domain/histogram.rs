//! Histograms: how many durations fell where, so that a year's median can be told from its days' counts.
//!
//! Decides which bucket a duration falls into and what a quantile is said to be. Whole numbers only: the same
//! durations give the same answer in any order, on any machine, and histograms of days merge into that of
//! their period exactly. Never keeps a duration.
//!
//! Durations below 16 ms have a bucket each; above, every doubling is cut into eight buckets of equal width. A
//! quantile is therefore off by at most one part in [`ERROR_PARTS`] of itself, and exact below 16 ms.

use std::collections::BTreeMap;

/// A quantile errs by less than one in so many parts of the true one: 5.9 %.
pub const ERROR_PARTS: u64 = 17;

/// The longest duration that is told apart, in milliseconds: 4 minutes 22 seconds. A longer one counts as this.
pub const LONGEST_MS: u64 = (1 << (TOP_OCTAVE + 1)) - 1;

/// Each doubling is cut into 2 to the power of this.
const CUT_BITS: u32 = 3;

/// The doubling that begins at 16 ms, the first in which a bucket is wider than 1 ms.
const FIRST_OCTAVE: u32 = CUT_BITS + 1;

/// The doubling that begins at 131,072 ms, the last.
const TOP_OCTAVE: u32 = 17;

/// Where a duration falls. Buckets sort as their durations do.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Bucket(u8);

/// How many durations fell into each bucket.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Histogram(BTreeMap<Bucket, u64>);

impl Bucket {
    /// How many buckets there are.
    pub const COUNT: u8 = 128;

    /// The bucket of a duration.
    #[must_use]
    pub fn of_ms(ms: u64) -> Self {
        let ms = ms.min(LONGEST_MS);
        let octave = ms.checked_ilog2().filter(|octave| FIRST_OCTAVE <= *octave);
        let index = octave.map_or(ms, |octave| {
            let within = (ms >> (octave - CUT_BITS)) & ((1 << CUT_BITS) - 1);
            (1 << FIRST_OCTAVE) + u64::from((octave - FIRST_OCTAVE) << CUT_BITS) + within
        });
        Self(u8::try_from(index).unwrap_or(Self::COUNT - 1))
    }

    /// The bucket with this number, if there is one.
    #[must_use]
    pub fn numbered(number: u8) -> Option<Self> {
        (number < Self::COUNT).then_some(Self(number))
    }

    /// Its number: below [`Bucket::COUNT`].
    #[must_use]
    pub const fn number(self) -> u8 {
        self.0
    }

    /// The shortest and the longest duration in it, in milliseconds.
    #[must_use]
    pub fn bounds_ms(self) -> (u64, u64) {
        let number = u32::from(self.0);
        match number.checked_sub(1 << FIRST_OCTAVE) {
            None => (number.into(), number.into()),
            Some(above) => {
                let (octave, within) = (FIRST_OCTAVE + (above >> CUT_BITS), above & ((1 << CUT_BITS) - 1));
                let width = 1_u64 << (octave - CUT_BITS);
                let first = (1 << octave) + u64::from(within) * width;
                (first, first + width - 1)
            }
        }
    }

    /// What a duration in it is said to be, in milliseconds: the value from which both bounds are equally far, each
    /// in parts of itself.
    #[must_use]
    pub fn told_ms(self) -> u64 {
        let (first, last) = self.bounds_ms();
        match first + last {
            0 => 0,
            sum => (2 * first * last + sum / 2) / sum,
        }
    }
}

impl Histogram {
    /// Counts `by` durations of a bucket.
    pub fn add(&mut self, bucket: Bucket, by: u64) {
        if by != 0 {
            let count = self.0.entry(bucket).or_default();
            *count = count.saturating_add(by);
        }
    }

    /// Counts all that `other` has counted.
    pub fn merge(&mut self, other: &Self) {
        other.0.iter().for_each(|(bucket, by)| self.add(*bucket, *by));
    }

    /// How many durations were counted.
    #[must_use]
    pub fn count(&self) -> u64 {
        self.0.values().fold(0, |sum, count| sum.saturating_add(*count))
    }

    /// The shortest duration that at least `percent` of all did not exceed, in milliseconds, within one part in
    /// [`ERROR_PARTS`]; none when nothing was counted.
    #[must_use]
    pub fn percentile_ms(&self, percent: u8) -> Option<u64> {
        let rank = (u128::from(self.count()) * u128::from(percent.min(100))).div_ceil(100).max(1);
        let mut passed = 0_u128;
        let found = self.0.iter().find(|(_, count)| {
            passed += u128::from(**count);
            rank <= passed
        });
        found.map(|(bucket, _)| bucket.told_ms())
    }
}

impl FromIterator<u64> for Histogram {
    /// Counts durations in milliseconds.
    fn from_iter<I: IntoIterator<Item = u64>>(durations: I) -> Self {
        let mut histogram = Self::default();
        durations.into_iter().for_each(|ms| histogram.add(Bucket::of_ms(ms), 1));
        histogram
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn merged(one: &Histogram, other: &Histogram) -> Histogram {
        let mut both = one.clone();
        both.merge(other);
        both
    }

    fn is_within_bound(told: u64, exact: u64) -> bool {
        told.abs_diff(exact) * ERROR_PARTS <= exact
    }

    #[test]
    fn every_duration_is_told_within_the_bound_and_none_lies_outside_its_bucket() {
        let mut before = Bucket::of_ms(0);
        for ms in 0..=LONGEST_MS {
            let bucket = Bucket::of_ms(ms);
            let (first, last) = bucket.bounds_ms();
            assert!(first <= ms && ms <= last, "{ms} in {bucket:?}");
            assert!(is_within_bound(bucket.told_ms(), ms), "{ms} is told as {}", bucket.told_ms());
            assert!(bucket == before || bucket.number() == before.number() + 1, "no bucket is left out before {ms}");
            before = bucket;
        }
        assert_eq!(before.number(), Bucket::COUNT - 1);
        assert_eq!(Bucket::of_ms(u64::MAX), before, "what is longer counts as the longest");
        assert_eq!((Bucket::numbered(127), Bucket::numbered(128)), (Some(before), None));
    }

    #[test]
    fn of_nothing_there_is_no_median() {
        assert_eq!(Histogram::default().percentile_ms(50), None);
    }

    #[test]
    fn a_percentile_is_the_duration_at_its_rank() {
        let few = Histogram::from_iter([3, 1, 2, 10]);
        let told = [0, 25, 26, 50, 51, 75, 76, 100].map(|percent| few.percentile_ms(percent).unwrap());
        assert_eq!(told, [1, 1, 2, 2, 3, 3, 10, 10]);
    }

    fn durations() -> impl Strategy<Value = Vec<u64>> {
        prop::collection::vec(prop_oneof![0..64_u64, 200..5_000_u64, 0..LONGEST_MS], 1..200)
    }

    proptest! {
        #[test]
        fn a_percentile_errs_by_no_more_than_the_bound(durations in durations(), percent in 1..=100_u8) {
            let mut sorted = durations.clone();
            sorted.sort_unstable();
            let rank = (sorted.len() * usize::from(percent)).div_ceil(100);
            let exact = sorted[rank - 1];
            let told = Histogram::from_iter(durations).percentile_ms(percent).unwrap();
            prop_assert!(is_within_bound(told, exact), "{told} for {exact}");
        }

        #[test]
        fn however_days_are_merged_they_are_what_was_counted_at_once(
            a in durations(), b in durations(), c in durations(),
        ) {
            let whole = Histogram::from_iter(a.iter().chain(&b).chain(&c).copied());
            let [a, b, c] = [a, b, c].map(Histogram::from_iter);
            prop_assert_eq!(merged(&merged(&a, &b), &c), whole.clone());
            prop_assert_eq!(merged(&a, &merged(&b, &c)), whole.clone());
            prop_assert_eq!(merged(&c, &merged(&b, &a)), whole.clone());
            prop_assert_eq!(merged(&whole, &Histogram::default()), whole);
        }
    }
}
