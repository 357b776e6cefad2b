//! Benchmarks: measures in one run, prints figures beside their goals, asserts nothing.
//!
//! Reading order: [`peers`] is what functions talk to, [`lambda`] how they are started; then one file a
//! figure: [`cold`], [`turns`], [`memory`], [`capacity`], [`help`], and the zips of [`executables`].
//! `--all` also builds every function for the size of its zip; `--quick` starts functions that are not built
//! as they are deployed, which takes minutes less, and leaves the zips out; `--search` asks help articles alone, which
//! takes seconds.

mod capacity;
mod cold;
mod event;
mod executables;
mod help;
mod lambda;
mod memory;
mod peers;
mod process;
mod report;
mod tls;
mod turns;

use std::process::ExitCode;
use std::time::Duration;

use executables::{Executables, Profile};
use peers::Peers;
use report::{Figure, Goal, Report};

/// Why nothing can be measured, in a sentence.
type Failure = Box<dyn std::error::Error + Send + Sync>;

/// The largest zip that should be deployed, in megabytes.
const ZIP_GOAL_MB: f64 = 4.0;

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let mut report = Report::default();
    let measured = measure(&arguments, &mut report);
    // What was measured before a failure still counts.
    println!("{report}");
    match measured {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("the benchmark cannot go on: {error}");
            ExitCode::FAILURE
        }
    }
}

fn measure(arguments: &[String], report: &mut Report) -> Result<(), Failure> {
    if let Some(unknown) =
        arguments.iter().find(|argument| !["--all", "--quick", "--search"].contains(&argument.as_str()))
    {
        return Err(format!("{unknown} is unknown: there are --all, --quick and --search").into());
    }
    let says = |flag: &str| arguments.iter().any(|argument| argument == flag);
    if says("--search") {
        report.add(help::measure()?);
        return Ok(());
    }
    let profile = if says("--quick") { Profile::Same } else { Profile::Lambda };
    let executables = Executables::beside_this(profile)?;
    eprintln!("building `hello` and `chat`: minutes, the first time");
    let (hello, chat) = (executables.build("hello")?, executables.build("chat")?);
    let peers = Peers::open()?;
    let driver = peers::runtime("driver", 1)?;
    eprintln!("cold starts");
    report.add(driver.block_on(cold::measure(&peers, &hello, &chat))?);
    eprintln!("calls and capacity");
    report.add(driver.block_on(capacity::measure(&peers))?);
    eprintln!("questions to help articles");
    report.add(help::measure()?);
    eprintln!("turns per second");
    report.add(turns::measure(&peers)?);
    eprintln!("memory: a minute at most");
    report.add(driver.block_on(memory::measure(&peers, &chat))?);
    if profile == Profile::Lambda {
        let packages: &[&str] = if says("--all") { &local::functions::NAMES } else { &["chat"] };
        for package in packages {
            report.add([zip(&executables, package)?]);
        }
    }
    Ok(())
}

fn zip(executables: &Executables, package: &str) -> Result<Figure, Failure> {
    // Exact up to 2^53 bytes.
    let megabytes = executables.zip_bytes(package)? as f64 / 1e6;
    let what = format!("`{package}`: zip for {}", std::env::consts::ARCH);
    Ok(Figure::new(what, megabytes, "MB", Goal::AtMost(ZIP_GOAL_MB)).hindered("the AWS SDK and the TLS library"))
}

/// A time in milliseconds.
fn millis(time: Duration) -> f64 {
    time.as_secs_f64() * 1e3
}
