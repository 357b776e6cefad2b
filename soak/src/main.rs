//! `make soak`: plays seeds, as many at once as there are cores, and says of each what came of it.
//!
//! Takes `--seeds <how many>`, `--from <the first>`, `--seed <only one>`, `--steps <of each>`, `--history <file>`.
//! Ends with 1 when any seed failed.

use std::io::Write as _;
use std::num::NonZero;
use std::process::ExitCode;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Mutex, PoisonError};

use soak::play::{Report, Script, play};
use soak::report::{Coverage, failure, line, shrink};
use soak::world::Malice;

/// What is asked for.
#[derive(Debug)]
struct Wish {
    from: u64,
    seeds: u64,
    steps: u64,
    history: Option<String>,
}

impl Wish {
    fn read(mut words: impl Iterator<Item = String>) -> Result<Self, String> {
        let mut wish = Self { from: 1, seeds: 200, steps: 10_000, history: None };
        while let Some(word) = words.next() {
            let value = words.next().ok_or_else(|| format!("{word} needs a value"))?;
            let number = || value.parse::<u64>().map_err(|_| format!("{word} takes a number, not {value}"));
            match word.as_str() {
                "--from" => wish.from = number()?,
                "--seeds" => wish.seeds = number()?,
                "--steps" => wish.steps = number()?,
                "--seed" => (wish.from, wish.seeds) = (number()?, 1),
                "--history" => wish.history = Some(value),
                _ => return Err(format!("{word} is not known")),
            }
        }
        Ok(wish)
    }
}

fn main() -> ExitCode {
    let wish = match Wish::read(std::env::args().skip(1)) {
        Ok(wish) => wish,
        Err(why) => {
            eprintln!("{why}");
            return ExitCode::from(2);
        }
    };
    let threads = std::thread::available_parallelism().map_or(1, NonZero::get);
    let (next, failed) = (AtomicU64::new(wish.from), AtomicU64::new(0));
    let coverage = Mutex::new(Coverage::default());
    std::thread::scope(|scope| {
        for _ in 0..threads {
            scope.spawn(|| {
                loop {
                    let seed = next.fetch_add(1, Ordering::Relaxed);
                    if wish.from + wish.seeds <= seed {
                        return;
                    }
                    let report = play(Script { seed, steps: wish.steps, malice: Malice::default() });
                    println!("{}", line(&report));
                    coverage.lock().unwrap_or_else(PoisonError::into_inner).add(&report);
                    keep(&wish, &report);
                    if !report.faults.is_empty() {
                        failed.fetch_add(1, Ordering::Relaxed);
                        println!("{}", failure(&report));
                        let least = shrink(report.script);
                        println!("with the fewest steps:\n{}", failure(&least));
                    }
                }
            });
        }
    });
    let coverage = coverage.into_inner().unwrap_or_else(PoisonError::into_inner);
    println!("reached:\n{}", coverage.table());
    let failed = failed.into_inner();
    println!("{} seeds of {} steps, {failed} failed", wish.seeds, wish.steps);
    if failed == 0 { ExitCode::SUCCESS } else { ExitCode::FAILURE }
}

/// Writes the whole history of a run where it was asked for.
fn keep(wish: &Wish, report: &Report) {
    let Some(path) = &wish.history else { return };
    let written = std::fs::File::create(path).and_then(|file| {
        let mut file = std::io::BufWriter::new(file);
        for entry in report.world.log.borrow().entries() {
            writeln!(file, "{} {} {}", entry.step, entry.at, entry.what)?;
        }
        file.flush()
    });
    if let Err(error) = written {
        eprintln!("the history is not kept in {path}: {error}");
    }
}
