//! Dice: all that is left to chance in a run, and all of it from one seed.

use std::cell::RefCell;
use std::ops::Range;
use std::sync::{Arc, Mutex, PoisonError};

use jiff::Timestamp;
use shared::ports::Ids;
use ulid::Ulid;

/// Dice that show the same for the same seed.
#[derive(Debug)]
pub struct Dice(RefCell<fastrand::Rng>);

impl Dice {
    /// Dice for `seed`; `of` tells apart those of one run.
    #[must_use]
    pub fn new(seed: u64, of: u64) -> Self {
        Self(RefCell::new(fastrand::Rng::with_seed(seed.wrapping_mul(0x9E37_79B9_7F4A_7C15) ^ of)))
    }

    /// A number of `range`, which is not empty.
    pub fn of(&self, range: Range<usize>) -> usize {
        self.0.borrow_mut().usize(range)
    }

    /// A number of `range`, which is not empty.
    pub fn long(&self, range: Range<i64>) -> i64 {
        self.0.borrow_mut().i64(range)
    }

    /// Whether something happens that happens so many times in a thousand.
    pub fn permille(&self, chance: usize) -> bool {
        self.of(0..1000) < chance
    }

    /// One of `all`; none of nothing.
    pub fn one<'a, T>(&self, all: &'a [T]) -> Option<&'a T> {
        if all.is_empty() { None } else { all.get(self.of(0..all.len())) }
    }
}

/// Ids of a seed. Those of one moment sort in the order in which they were made, as the product's own do.
#[derive(Debug)]
pub struct SeededIds(Mutex<(fastrand::Rng, u64)>);

impl SeededIds {
    /// Ids for `seed`.
    #[must_use]
    pub fn new(seed: u64) -> Arc<Self> {
        Arc::new(Self(Mutex::new((fastrand::Rng::with_seed(seed ^ 0x1D5), 0))))
    }

    /// Twelve bytes for an id of Stripe's.
    #[must_use]
    pub fn twelve(&self) -> [u8; 12] {
        let mut own = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let mut bytes = [0; 12];
        own.0.fill(&mut bytes);
        bytes
    }
}

impl Ids for SeededIds {
    fn ulid(&self, now: Timestamp) -> Ulid {
        let mut own = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        own.1 += 1;
        let random = (u128::from(own.1) << 40) | u128::from(own.0.u64(0..1 << 40));
        Ulid::from_parts(u64::try_from(now.as_millisecond()).unwrap_or_default(), random)
    }

    fn secret(&self) -> [u8; 32] {
        let mut own = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let mut bytes = [0; 32];
        own.0.fill(&mut bytes);
        bytes
    }
}
