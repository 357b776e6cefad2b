//! A share of the histories that `make soak` plays, and proof that a seed is a history and a lie is noticed.

use std::collections::BTreeSet;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Mutex, PoisonError};

use soak::database::Sabotage;
use soak::outside::Betrayal;
use soak::play::{Report, Script, play};
use soak::report::{Coverage, failure, line};
use soak::world::Malice;

/// The seeds of the share, which reach all there is together, and how long each is.
const SEEDS: [u64; 10] = [1, 2, 3, 4, 5, 6, 7, 8, 11, 17];
const STEPS: u64 = 1_000;

/// A lie is noticed within so many seeds of so many steps.
const LIES: u64 = 4;
const LIE: u64 = 600;

fn script(seed: u64, steps: u64, malice: Malice) -> Script {
    Script { seed, steps, malice }
}

#[test]
fn every_history_keeps_every_promise_and_together_they_reach_all_there_is() {
    let (next, coverage) = (AtomicUsize::new(0), Mutex::new(Coverage::default()));
    let failed: Mutex<Vec<String>> = Mutex::default();
    std::thread::scope(|scope| {
        for _ in 0..2 {
            scope.spawn(|| {
                loop {
                    let Some(seed) = SEEDS.get(next.fetch_add(1, Ordering::Relaxed)) else { return };
                    let report = play(script(*seed, STEPS, Malice::default()));
                    println!("{}", line(&report));
                    coverage.lock().unwrap_or_else(PoisonError::into_inner).add(&report);
                    if !report.faults.is_empty() {
                        failed.lock().unwrap_or_else(PoisonError::into_inner).push(failure(&report));
                    }
                }
            });
        }
    });
    let coverage = coverage.into_inner().unwrap();
    println!("{}", coverage.table());
    let failed = failed.into_inner().unwrap();
    assert!(failed.is_empty(), "{}", failed.join("\n"));
    assert_eq!(coverage.missing(), Vec::<&str>::new(), "never reached");
}

#[test]
fn a_seed_is_a_history_to_the_letter() {
    let history = |report: &Report| -> Vec<String> {
        let log = report.world.log.borrow();
        log.entries().iter().map(|entry| format!("{} {} {}", entry.step, entry.at, entry.what)).collect()
    };
    let twice = [(); 2].map(|()| play(script(7, 150, Malice::default())));
    let [first, second] = twice.each_ref().map(history);
    assert!(300 < first.len());
    for (one, other) in first.iter().zip(&second) {
        assert_eq!(one, other);
    }
    assert_eq!(first.len(), second.len());
    let other = play(script(8, 150, Malice::default()));
    assert_ne!(history(&other), first);
}

/// Plays histories with this malice until one breaks `rule`; else says what they broke instead.
fn notice(malice: Malice, rule: &str) -> Result<(), BTreeSet<&'static str>> {
    let mut broken = BTreeSet::new();
    for seed in 1..=LIES {
        let report = play(script(seed, LIE, malice));
        broken.extend(report.faults.iter().map(|fault| fault.property));
        if broken.contains(rule) {
            return Ok(());
        }
    }
    Err(broken)
}

#[test]
fn a_database_that_lies_is_noticed() {
    for (sabotage, rule) in [
        (Sabotage::BlindClaims, "no live overlap"),
        (Sabotage::LostReleases, "claims are those of live bookings"),
        (Sabotage::BlindBookings, "no acknowledged change lost"),
        (Sabotage::LostWrites, "no acknowledged change lost"),
        (Sabotage::ForgetfulMails, "each mail at most once"),
    ] {
        let malice = Malice { database: Some(sabotage), ..Malice::default() };
        assert_eq!(notice(malice, rule), Ok(()), "{sabotage:?}");
    }
}

#[test]
fn a_stripe_and_a_mailer_that_lie_are_noticed() {
    for (betrayal, rule) in [
        (Betrayal::LostRefunds, "every payment has one booking or one refund"),
        (Betrayal::ShortRefunds, "every payment has one booking or one refund"),
        (Betrayal::DoubleMails, "each mail at most once"),
        (Betrayal::LostMails, "each mail that is due"),
    ] {
        let malice = Malice { outside: Some(betrayal), ..Malice::default() };
        assert_eq!(notice(malice, rule), Ok(()), "{betrayal:?}");
    }
}
