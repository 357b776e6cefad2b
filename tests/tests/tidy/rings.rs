//! The rings point inward only: `functions` → `http`, `runtime` → `app` → `store`, `clients`, `ports` → `domain`.

use super::lexer::{self, words};
use super::source::{self, File};
use super::{Finding, assert_none};

/// Each ring of `shared`, and the rings that it may name besides itself.
const RINGS: [(&str, &[&str]); 9] = [
    ("domain", &[]),
    ("ports", &["domain"]),
    ("store", &["domain", "ports"]),
    ("clients", &["domain", "ports"]),
    ("app", &["domain", "ports", "store", "clients"]),
    ("http", &["domain", "ports", "store", "clients", "app"]),
    ("adapters", &["domain", "ports"]),
    ("config", &["domain", "store"]),
    ("runtime", &["domain", "ports", "store", "clients", "app", "http", "adapters", "config"]),
];

/// What the functions may not name: they parse, call a use case and answer.
const BEHIND_THE_FUNCTIONS: [&str; 3] = ["shared::adapters", "shared::clients", "aws_sdk_"];

/// What keeps the domain pure.
const IMPURE: [(&str, &str); 12] = [
    ("async", "async code"),
    ("serde", "serialization: stored and sent shapes are other types"),
    ("tokio", "the runtime"),
    ("tracing", "logging"),
    ("reqwest", "the network"),
    ("aws_config", "the SDK"),
    ("aws_sdk_dynamodb", "the SDK"),
    ("lambda_http", "HTTP"),
    ("lambda_runtime", "Lambda"),
    ("std::env", "the environment"),
    ("std::fs", "files"),
    ("aws_lc_rs::rand", "randomness"),
];

/// Words of HTTP, which only `http`, `clients` and the functions know.
const HTTP_WORDS: [&str; 3] = ["lambda_http", "StatusCode", "HeaderMap"];

fn ring_of(path: &str) -> Option<&str> {
    let inside = path.strip_prefix("shared/src/")?;
    let first = inside.split('/').next()?;
    let name = first.strip_suffix(".rs").unwrap_or(first);
    RINGS.iter().map(|(ring, _)| *ring).find(|ring| *ring == name)
}

/// The modules named right after `prefix`, one or a group in braces, with where.
fn named_after(code: &str, prefix: &str) -> Vec<(usize, String)> {
    let mut named = Vec::new();
    for at in words(code, prefix) {
        let rest = &code[at + prefix.len()..];
        if let Some(group) = rest.strip_prefix('{') {
            named.extend(top_level(group).into_iter().map(|name| (at, name)));
        } else {
            named.push((at, first_name(rest)));
        }
    }
    named
}

fn first_name(text: &str) -> String {
    text.trim_start().chars().take_while(|c| c.is_alphanumeric() || *c == '_').collect()
}

/// The first names of a brace group's members: of `a::{b, c}, d}` they are `a` and `d`.
fn top_level(group: &str) -> Vec<String> {
    let mut names = Vec::new();
    let mut depth = 0_usize;
    let mut start = 0;
    for (at, c) in group.char_indices() {
        match c {
            '{' => depth += 1,
            '}' if depth == 0 => {
                names.push(first_name(&group[start..at]));
                break;
            }
            '}' => depth -= 1,
            ',' if depth == 0 => {
                names.push(first_name(&group[start..at]));
                start = at + 1;
            }
            _ => {}
        }
    }
    names
}

fn outward(file: &File) -> Vec<Finding> {
    let Some(ring) = ring_of(&file.path) else { return Vec::new() };
    let allowed = RINGS.iter().find(|(name, _)| *name == ring).map_or(&[][..], |(_, inner)| *inner);
    let code = file.code();
    let mut named = named_after(&code, "crate::");
    named.extend(named_after(&code, "super::super::"));
    named
        .into_iter()
        .filter(|(_, name)| RINGS.iter().any(|(other, _)| other == name))
        .filter(|(_, name)| name != ring && !allowed.contains(&name.as_str()))
        .map(|(at, name)| {
            let rule = format!("`{ring}` may not name `{name}`: imports go inward only, so that a ring can be read, tested and changed without those around it");
            Finding::new(file.place(at), rule)
        })
        .collect()
}

fn impure(file: &File) -> Vec<Finding> {
    let code = file.code();
    let found =
        |word: &'static str, why: String| words(&code, word).map(move |at| (at, why.clone())).collect::<Vec<_>>();
    let mut findings = Vec::new();
    match ring_of(&file.path) {
        Some("domain") => {
            for (word, what) in IMPURE {
                findings.extend(found(word, format!("the domain is pure and knows nothing of {what} (`{word}`)")));
            }
        }
        Some("app" | "store") => {}
        _ => return findings.into_iter().map(|(at, rule)| Finding::new(file.place(at), rule)).collect(),
    }
    for word in HTTP_WORDS {
        findings.extend(found(word, format!("`{word}` is a word of HTTP: only `http`, `clients` and the functions know those, so that a use case can be hosted anywhere")));
    }
    findings.into_iter().map(|(at, rule)| Finding::new(file.place(at), rule)).collect()
}

fn thick(file: &File) -> Vec<Finding> {
    if !file.path.starts_with("functions/") {
        return Vec::new();
    }
    let code = file.code();
    BEHIND_THE_FUNCTIONS
        .iter()
        .flat_map(|word| code.match_indices(word))
        .map(|(at, word)| Finding::new(file.place(at), format!("a function may not name `{word}`: it parses, calls one use case and answers; `runtime` builds what the use case needs")))
        .collect()
}

/// Key strings live in `store`; elsewhere they would be a second schema.
fn spells_keys(file: &File) -> Vec<Finding> {
    if file.path.starts_with("shared/src/store/") {
        return Vec::new();
    }
    let code = file.code();
    file.text
        .match_indices("\"T#")
        .filter(|(at, _)| !file.is_rust() || !in_test_or_comment(&file.text, &code, *at))
        .map(|(at, _)| {
            Finding::new(file.place(at), "key strings are spelled only in `store`, which builds them from typed values")
        })
        .collect()
}

/// Whether `at`, where a string begins, was blanked with more than its own string: the whole line is blank then.
fn in_test_or_comment(text: &str, code: &str, at: usize) -> bool {
    let start = text[..at].rfind('\n').map_or(0, |newline| newline + 1);
    code[start..at].trim().is_empty() && !text[start..at].trim().is_empty()
}

#[test]
fn imports_go_inward_only() {
    let findings: Vec<_> = source::production().iter().flat_map(outward).collect();
    assert_none(&findings);
}

#[test]
fn the_domain_is_pure_and_http_stays_at_the_edge() {
    let findings: Vec<_> = source::production().iter().flat_map(impure).collect();
    assert_none(&findings);
}

#[test]
fn functions_are_thin() {
    let findings: Vec<_> = source::production().iter().flat_map(thick).collect();
    assert_none(&findings);
}

#[test]
fn keys_are_spelled_only_in_the_store() {
    let findings: Vec<_> = source::production().iter().flat_map(spells_keys).collect();
    assert_none(&findings);
}

#[test]
fn an_outward_import_is_found_however_it_is_written() {
    for text in [
        "use crate::app::turn;",
        "use crate::{domain::id::TenantId, app::{turn, session}};",
        "fn f() { crate::http::ok() }",
        "use super::super::runtime;",
    ] {
        assert_eq!(outward(&File::new("shared/src/store/turn.rs", text)).len(), 1, "{text}");
    }
    for text in
        ["use crate::domain::id;", "// crate::app", "#[cfg(test)]\nmod tests { use crate::app; }", "use super::table;"]
    {
        assert_eq!(outward(&File::new("shared/src/store/turn.rs", text)), [], "{text}");
    }
    assert_eq!(outward(&File::new("shared/src/runtime.rs", "use crate::adapters::ses;")), []);
    assert_eq!(outward(&File::new("shared/src/app/mail.rs", "use crate::adapters::ses;")).len(), 1);
}

#[test]
fn impurity_in_the_domain_is_found() {
    for text in ["pub async fn f() {}", "use serde::Serialize;", "std::env::args();", "use lambda_http::Body;"] {
        assert!(!impure(&File::new("shared/src/domain/slot.rs", text)).is_empty(), "{text}");
    }
    assert_eq!(impure(&File::new("shared/src/domain/slot.rs", "//! Not async.\nfn asynchronous() {}")), []);
    assert_eq!(impure(&File::new("shared/src/app/turn.rs", "use http::StatusCode;")).len(), 1);
}

#[test]
fn a_thick_function_and_a_stray_key_are_found() {
    assert_eq!(thick(&File::new("functions/chat/src/lib.rs", "use aws_sdk_dynamodb::Client;")).len(), 1);
    assert_eq!(thick(&File::new("functions/chat/src/lib.rs", "use shared::app::turn;")), []);
    let key = ["let pk = format!(\"T", "#{tenant}\");"].concat();
    assert_eq!(spells_keys(&File::new("shared/src/app/turn.rs", &key)).len(), 1);
    assert_eq!(spells_keys(&File::new("shared/src/store/key.rs", &key)), []);
    assert_eq!(spells_keys(&File::new("shared/src/app/turn.rs", &format!("// {key}"))), []);
    assert_eq!(lexer::code(&key).find('T'), None);
}
