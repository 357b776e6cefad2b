//! What must not be in a file that others read: the machine it was written on, registries' hosts, secrets.

use super::source::{self, File};
use super::{Finding, assert_none};

/// Paths of one machine and hosts of one registry: elsewhere both are wrong. In halves, so that this file passes.
const MACHINE: [(&str, &str); 8] = [
    ("/wo", "rk/"),
    ("/ro", "ot/"),
    ("index.cra", "tes.io"),
    ("static.cra", "tes.io"),
    ("pypi", ".org"),
    ("pythonhos", "ted.org"),
    ("registry.np", "mjs.org"),
    ("deb.deb", "ian.org"),
];

/// How real credentials begin, and how many characters follow at least.
const SECRETS: [(&str, &str, usize); 9] = [
    ("sk_li", "ve_", 12),
    ("rk_li", "ve_", 12),
    ("sk_te", "st_", 20),
    ("sk-a", "nt-", 20),
    ("whs", "ec_", 24),
    ("AK", "IA", 16),
    ("gh", "p_", 30),
    ("xo", "xb-", 20),
    ("PRIVATE", " KEY-----", 0),
];

fn machine(file: &File) -> Vec<Finding> {
    MACHINE
        .iter()
        .flat_map(|(left, right)| {
            let word = [*left, right].concat();
            let found: Vec<_> = file.text.match_indices(&word).map(|(at, _)| at).collect();
            found.into_iter().map(move |at| (at, word.clone()))
        })
        .map(|(at, word)| {
            Finding::new(
                file.place(at),
                format!("`{word}` is of one machine or one registry: name a thing, not where somebody got it"),
            )
        })
        .collect()
}

fn secrets(file: &File) -> Vec<Finding> {
    let mut findings = Vec::new();
    for (left, right, least) in SECRETS {
        let start = [left, right].concat();
        for (at, _) in file.text.match_indices(&start) {
            let rest = &file.text[at + start.len()..];
            let length = rest.chars().take_while(|c| c.is_ascii_alphanumeric() || *c == '_' || *c == '-').count();
            if length >= least {
                findings.push(Finding::new(
                    file.place(at),
                    format!(
                        "looks like a secret (`{start}…`): it belongs in the environment, and is burnt once it was here"
                    ),
                ));
            }
        }
    }
    findings
}

#[test]
fn no_file_names_a_machine_or_a_registry() {
    let findings: Vec<_> = source::files().iter().flat_map(machine).collect();
    assert_none(&findings);
}

#[test]
fn no_file_holds_a_secret() {
    let findings: Vec<_> = source::files().iter().flat_map(secrets).collect();
    assert_none(&findings);
}

#[test]
fn a_leak_is_found() {
    for (left, right) in MACHINE {
        assert_eq!(machine(&File::new("README.md", &format!("see {left}{right}x"))).len(), 1, "{left}{right}");
    }
    for (left, right, least) in SECRETS {
        let secret = format!("key = {left}{right}{}", "A1".repeat(least.div_ceil(2)));
        assert_eq!(secrets(&File::new("README.md", &secret)).len(), 1, "{secret}");
    }
    assert_eq!(secrets(&File::new("README.md", &["set whs", "ec_… to yours"].concat())), []);
}
