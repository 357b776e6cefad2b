//! The dependency tree: what a function carries, what must not be there twice, what nobody uses.
//!
//! It reads manifests and the lock file as text and asks neither cargo nor a registry.

use std::collections::{BTreeMap, BTreeSet};

use super::source::{self, File};
use super::{Finding, assert_none};

/// What runs only on a developer's machine: none of it may reach a Lambda.
const NEVER_IN_A_LAMBDA: [&str; 11] = [
    "sim",
    "local",
    "tests",
    "soak",
    "bench",
    "dynoxide-rs",
    "libsqlite3-sys",
    "rusqlite",
    "axum",
    "wiremock",
    "async-stripe",
];

/// Crates of which a second major brings a second stack: TLS and HTTP of the SDK's legacy default.
const ONE_OF: [&str; 4] = ["rustls", "hyper", "h2", "hyper-rustls"];

/// Other TLS stacks.
const NO_SUCH: [&str; 3] = ["openssl", "openssl-sys", "native-tls"];

/// Dependencies whose crate has another name than its package.
const RENAMED: [(&str, &str); 6] = [
    ("dynoxide-rs", "dynoxide"),
    ("async-stripe-checkout", "stripe_checkout"),
    ("async-stripe-client-core", "stripe_client_core"),
    ("async-stripe-core", "stripe_core"),
    ("async-stripe-shared", "stripe_shared"),
    ("async-stripe-types", "stripe_types"),
];

/// One package of `Cargo.lock`.
#[derive(Debug, Default)]
struct Package {
    name: String,
    version: String,
    /// Names, some followed by a version.
    needs: Vec<String>,
}

fn packages(lock: &str) -> Vec<Package> {
    let mut packages = Vec::new();
    for block in lock.split("[[package]]").skip(1) {
        let field = |key: &str| {
            block
                .lines()
                .find_map(|line| line.strip_prefix(key))
                .map(|value| value.trim_matches([' ', '=', '"']).to_owned())
        };
        let needs = block
            .split_once("dependencies = [")
            .and_then(|(_, rest)| rest.split_once(']'))
            .map_or("", |(list, _)| list);
        packages.push(Package {
            name: field("name").unwrap_or_default(),
            version: field("version").unwrap_or_default(),
            needs: needs
                .split(',')
                .map(|need| need.trim().trim_matches('"').to_owned())
                .filter(|need| !need.is_empty())
                .collect(),
        });
    }
    packages
}

/// The names below one `[section]` of a manifest.
fn section(manifest: &str, wanted: &str) -> Vec<String> {
    let mut inside = false;
    let mut names = Vec::new();
    for line in manifest.lines() {
        if line.starts_with('[') {
            inside = line.trim() == format!("[{wanted}]");
        } else if inside && line.starts_with(|c: char| c.is_ascii_alphanumeric()) {
            names.extend(line.split(['.', ' ', '=']).next().map(str::to_owned));
        }
    }
    names
}

/// Everything that `start` carries when it is built. Members' own tests' dependencies do not count.
fn carried(start: &str, members: &BTreeMap<String, String>, lock: &[Package]) -> BTreeSet<String> {
    let mut seen = BTreeSet::new();
    let mut open = vec![start.to_owned()];
    while let Some(next) = open.pop() {
        let name = next.split(' ').next().unwrap_or_default().to_owned();
        if !seen.insert(next.clone()) {
            continue;
        }
        if let Some(manifest) = members.get(&name) {
            open.extend(section(manifest, "dependencies"));
        } else {
            let version = next.split(' ').nth(1);
            let packages =
                lock.iter().filter(|package| package.name == name && version.is_none_or(|v| v == package.version));
            open.extend(packages.flat_map(|package| package.needs.clone()));
        }
    }
    seen.into_iter().map(|name| name.split(' ').next().unwrap_or_default().to_owned()).collect()
}

fn doubled(lock: &[Package]) -> Vec<Finding> {
    let mut findings = Vec::new();
    for name in ONE_OF {
        let versions: Vec<_> =
            lock.iter().filter(|package| package.name == name).map(|package| package.version.as_str()).collect();
        if versions.len() > 1 {
            findings.push(Finding::new(
                "Cargo.lock",
                format!(
                    "{name} is there {} times ({}): somebody's default features brought the legacy TLS stack back",
                    versions.len(),
                    versions.join(", ")
                ),
            ));
        }
    }
    for name in NO_SUCH {
        if lock.iter().any(|package| package.name == name) {
            findings
                .push(Finding::new("Cargo.lock", format!("{name} is a second TLS stack: use rustls with aws-lc-rs")));
        }
    }
    findings
}

fn unused(manifest: &File, sources: &[&File]) -> Vec<Finding> {
    let all: String = sources.iter().map(|file| file.text.as_str()).collect();
    ["dependencies", "dev-dependencies"]
        .iter()
        .flat_map(|kind| section(&manifest.text, kind))
        .filter(|name| {
            let renamed = RENAMED.iter().find(|(package, _)| package == name).map(|(_, name)| (*name).to_owned());
            let name = renamed.unwrap_or_else(|| name.replace('-', "_"));
            super::lexer::words(&all, &name).next().is_none()
        })
        .map(|name| {
            Finding::new(
                &manifest.path,
                format!("`{name}` is not used: remove it, every dependency is read, built and kept up to date"),
            )
        })
        .collect()
}

fn keeps_the_entropy_setting(config: &str) -> bool {
    let after_env = config.split_once("[env]").map_or("", |(_, rest)| rest);
    after_env.lines().any(|line| line.trim() == "AWS_LC_SYS_NO_JITTER_ENTROPY = \"1\"")
}

fn read(path: &str) -> String {
    std::fs::read_to_string(source::root().join(path)).unwrap()
}

fn members(files: &[File]) -> BTreeMap<String, String> {
    let manifests = files.iter().filter(|file| file.path.ends_with("/Cargo.toml"));
    manifests
        .map(|file| {
            let name = file.text.lines().find_map(|line| line.strip_prefix("name = ")).unwrap();
            (name.trim_matches('"').to_owned(), file.text.clone())
        })
        .collect()
}

#[test]
fn no_function_carries_a_simulator_or_the_embedded_database() {
    let files = source::files();
    let members = members(&files);
    let lock = packages(&read("Cargo.lock"));
    let functions: Vec<_> =
        files.iter().filter_map(|file| file.path.strip_prefix("functions/")?.strip_suffix("/Cargo.toml")).collect();
    assert!(!functions.is_empty());
    for function in functions {
        let carried = carried(function, &members, &lock);
        assert!(carried.contains("aws-lc-rs"), "the walk from {function} must reach the bottom of the tree");
        let findings: Vec<_> = NEVER_IN_A_LAMBDA
            .iter()
            .filter(|name| carried.contains(**name))
            .map(|name| {
                Finding::new(
                    format!("functions/{function}"),
                    format!("carries `{name}`, which must never be in a Lambda"),
                )
            })
            .collect();
        assert_none(&findings);
    }
}

#[test]
fn there_is_one_tls_stack() {
    let lock = packages(&read("Cargo.lock"));
    assert!(lock.iter().any(|package| package.name == "rustls"));
    assert_none(&doubled(&lock));
}

#[test]
fn every_dependency_is_used() {
    let files = source::files();
    let mut findings = Vec::new();
    for manifest in files.iter().filter(|file| file.path.ends_with("/Cargo.toml")) {
        let folder = manifest.path.trim_end_matches("Cargo.toml");
        let sources: Vec<_> = files.iter().filter(|file| file.is_rust() && file.path.starts_with(folder)).collect();
        findings.extend(unused(manifest, &sources));
    }
    assert_none(&findings);
}

#[test]
fn the_first_tls_handshake_stays_fast() {
    assert!(
        keeps_the_entropy_setting(&read(".cargo/config.toml")),
        "`.cargo/config.toml` must keep AWS_LC_SYS_NO_JITTER_ENTROPY = \"1\" under [env]: without it the first TLS handshake of a cold start takes 30 ms of CPU, and nothing else would tell"
    );
}

#[test]
fn a_bad_tree_is_found() {
    let lock = packages(
        "[[package]]\nname = \"shared-dep\"\nversion = \"1.0.0\"\ndependencies = [\n \"axum 0.8.1\",\n]\n\n[[package]]\nname = \"axum\"\nversion = \"0.8.1\"\n",
    );
    let members = BTreeMap::from([
        ("chat".to_owned(), "[dependencies]\nshared.workspace = true\n".to_owned()),
        (
            "shared".to_owned(),
            "[dependencies]\nshared-dep = \"1\"\n\n[dev-dependencies]\nsim.workspace = true\n".to_owned(),
        ),
    ]);
    let carried = carried("chat", &members, &lock);
    assert!(carried.contains("axum") && !carried.contains("sim"), "{carried:?}");

    let twice = packages(
        "[[package]]\nname = \"hyper\"\nversion = \"0.14.1\"\n\n[[package]]\nname = \"hyper\"\nversion = \"1.0.0\"\n\n[[package]]\nname = \"openssl\"\nversion = \"0.10.0\"\n",
    );
    assert_eq!(doubled(&twice).len(), 2);

    let manifest = File::new("chat/Cargo.toml", "[dependencies]\nserde.workspace = true\nfutures-util = \"1\"\n");
    let source = File::new("chat/src/lib.rs", "use futures_util::Stream; // deserde");
    assert_eq!(unused(&manifest, &[&source]).len(), 1);

    assert!(keeps_the_entropy_setting("[env]\nAWS_LC_SYS_NO_JITTER_ENTROPY = \"1\"\n"));
    assert!(!keeps_the_entropy_setting("[env]\n# AWS_LC_SYS_NO_JITTER_ENTROPY = \"1\"\n"));
    assert!(!keeps_the_entropy_setting("[env]\nAWS_LC_SYS_NO_JITTER_ENTROPY = \"0\"\n"));
}
