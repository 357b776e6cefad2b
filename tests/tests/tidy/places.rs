//! What may be done in one place only: read the environment, look at the clock, give up.

use super::lexer::words;
use super::source::{self, File};
use super::{Finding, assert_none};

/// A way of writing that has few homes.
struct Home {
    words: &'static [&'static str],
    homes: &'static [&'static str],
    rule: &'static str,
}

const HOMES: [Home; 6] = [
    Home {
        words: &["std::env", "env::var", "env::vars"],
        homes: &["shared/src/config.rs", "local/src/", "sim/src/main.rs", "soak/src/main.rs", "bench/src/"],
        rule: "the environment is read only in shared/src/config.rs (and by the programs `local`, `sim`, `soak` and `bench`), so that one file lists all of it",
    },
    Home {
        words: &["Timestamp::now", "SystemTime::now", "Zoned::now", "Utc::now"],
        homes: &["shared/src/runtime.rs", "local/src/", "sim/src/", "bench/src/"],
        rule: "the system clock is read only in shared/src/runtime.rs: take `now` from the Clock port, so that tests can hold time still",
    },
    Home {
        words: &[".scan(", "::scan(", "Operation::Scan", "ScanInput"],
        // What a checker of histories compares with what every key said.
        homes: &["local/src/dynamodb/inline.rs"],
        rule: "no scan: it reads and bills the whole table. Every access has a key; docs/DATA.md lists them",
    },
    Home {
        words: &[".unwrap(", ".expect(", "unreachable!", "panic!", "todo!", "unimplemented!"],
        homes: &["bench/src/", "soak/src/"],
        rule: "no panic outside tests: one bad request must not take its environment down. An impossible state is a typed error",
    },
    Home { words: &["thread::sleep"], homes: &[], rule: "nobody sleeps a thread: wait for the thing itself" },
    Home {
        words: &["println!", "eprintln!", "dbg!"],
        homes: &["local/src/", "sim/src/main.rs", "soak/src/main.rs", "bench/src/"],
        rule: "functions log through `tracing`, as JSON with fields; what is printed has neither level nor request id",
    },
];

/// Iterators also have a `scan`; one that hands in a start value and a closure is no table's.
fn is_iterators_scan(code: &str, at: usize) -> bool {
    code[at..].starts_with(".scan(")
        && code[at + ".scan(".len()..].split(')').next().is_some_and(|inside| inside.contains('|'))
}

fn strays(file: &File) -> Vec<Finding> {
    let code = file.code();
    let mut findings = Vec::new();
    for home in HOMES.iter().filter(|home| !home.homes.iter().any(|place| file.path.starts_with(place))) {
        for word in home.words {
            let found = words(&code, word).filter(|at| !is_iterators_scan(&code, *at));
            findings.extend(found.map(|at| Finding::new(file.place(at), format!("`{word}`: {}", home.rule))));
        }
    }
    findings
}

/// A test that is switched off, or that waits for time to pass, proves nothing.
fn lazy_tests(file: &File) -> Vec<Finding> {
    let ignored = ["#[ig", "nore"].concat();
    let slept = ["thread::", "sleep"].concat();
    [
        (ignored, "a test that does not run proves nothing: repair or remove it"),
        (slept, "tests do not sleep: they wait for the thing itself"),
    ]
    .iter()
    .flat_map(|(word, rule)| {
        file.text.match_indices(word.as_str()).map(move |(at, _)| Finding::new(file.place(at), *rule))
    })
    .collect()
}

#[test]
fn environment_clock_and_panics_keep_to_their_homes() {
    let findings: Vec<_> = source::production().iter().flat_map(strays).collect();
    assert_none(&findings);
}

#[test]
fn no_test_is_switched_off_or_sleeps() {
    let files = source::files();
    let rust = files.iter().filter(|file| file.is_rust() && file.path != "tests/tests/tidy/places.rs");
    let findings: Vec<_> = rust.flat_map(lazy_tests).collect();
    assert_none(&findings);
}

#[test]
fn a_stray_is_found_and_a_home_is_left_alone() {
    for text in [
        "let key = std::env::var(\"KEY\");",
        "let now = Timestamp::now();",
        "client.scan().send().await;",
        "let x = y.unwrap();",
        "let x = y.expect(\"why\");",
        "println!(\"{x}\");",
    ] {
        assert!(!strays(&File::new("shared/src/app/turn.rs", text)).is_empty(), "{text}");
    }
    for text in [
        "// std::env::var",
        "let text = \".unwrap()\";",
        "#[cfg(test)]\nmod tests { fn t() { x.unwrap(); } }",
        "let x = y.unwrap_or(1);",
        "#[expect(dead_code)] fn f() {}",
        "let sums = x.iter().scan(0, |sum, n| Some(*sum + n));",
    ] {
        assert_eq!(strays(&File::new("shared/src/app/turn.rs", text)), [], "{text}");
    }
    assert_eq!(strays(&File::new("shared/src/config.rs", "std::env::var(name)")), []);
    assert_eq!(strays(&File::new("shared/src/runtime.rs", "Timestamp::now()")), []);
}

#[test]
fn a_lazy_test_is_found() {
    let text = ["#[ig", "nore]\nfn later() { std::thread::", "sleep(second); }"].concat();
    assert_eq!(lazy_tests(&File::new("tests/tests/api.rs", &text)).len(), 2);
    assert_eq!(lazy_tests(&File::new("tests/tests/api.rs", "fn now() {}")), []);
}
