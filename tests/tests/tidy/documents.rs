//! What the documents name exists: files, commands of the Makefile, headings, tests.

use std::collections::BTreeSet;

use super::source::{self, File};
use super::{Finding, assert_none};

/// Folders that are made, not kept.
const MADE: [&str; 6] = ["target/", ".local/", ".venv/", ".aws-sam/", "node_modules/", "dist/"];

/// What there is to be named.
struct Known {
    paths: BTreeSet<String>,
    commands: BTreeSet<String>,
    headings: BTreeSet<String>,
}

impl Known {
    fn of(files: &[File], paths: Vec<String>) -> Self {
        let mut known: BTreeSet<String> = paths.iter().cloned().collect();
        for path in paths {
            for (at, _) in path.match_indices('/') {
                known.insert(path[..at].to_owned());
            }
        }
        let makefile = files.iter().find(|file| file.path == "Makefile").map_or("", |file| file.text.as_str());
        let commands = makefile
            .lines()
            .filter(|line| !line.starts_with(['\t', ' ', '#', '.']))
            .filter_map(|line| line.split_once(':').map(|(names, _)| names))
            .flat_map(str::split_whitespace)
            .map(str::to_owned)
            .collect();
        let headings = files.iter().filter(|file| file.path.ends_with(".md")).flat_map(headings).collect();
        Self { paths: known, commands, headings }
    }

    fn has_path(&self, path: &str, from: &str) -> bool {
        let folder = from.rsplit_once('/').map_or("", |(folder, _)| folder);
        let path = path.trim_end_matches('/');
        let beside = resolve(folder, path);
        self.paths.contains(path)
            || self.paths.contains(&beside)
            || self.paths.iter().any(|known| known.ends_with(&format!("/{path}")))
    }
}

/// `file.md#slug` of each heading.
fn headings(file: &File) -> Vec<String> {
    let lines = file.text.lines().filter(|line| line.starts_with('#'));
    lines.map(|line| format!("{}#{}", file.path, slug(line.trim_start_matches('#').trim()))).collect()
}

/// A heading as a link names it.
fn slug(heading: &str) -> String {
    let kept = heading.to_lowercase();
    kept.chars()
        .filter(|c| c.is_alphanumeric() || *c == ' ' || *c == '-' || *c == '_')
        .map(|c| if c == ' ' { '-' } else { c })
        .collect()
}

/// `folder` joined with `path`, with its dots carried out.
fn resolve(folder: &str, path: &str) -> String {
    let mut parts: Vec<&str> = folder.split('/').filter(|part| !part.is_empty()).collect();
    for part in path.split('/') {
        match part {
            "." | "" => {}
            ".." => {
                parts.pop();
            }
            part => parts.push(part),
        }
    }
    parts.join("/")
}

fn is_document(path: &str) -> bool {
    path.ends_with(".md") && !path.contains("node_modules/")
}

/// The words in backticks outside of code blocks, and the targets of links, with where they stand.
fn named(text: &str) -> Vec<(usize, &str, bool)> {
    let mut named = Vec::new();
    let mut offset = 0;
    let mut fenced = false;
    for line in text.split_inclusive('\n') {
        if line.trim_start().starts_with("```") {
            fenced = !fenced;
        } else if !fenced {
            let mut at = offset;
            for (index, piece) in line.split('`').enumerate() {
                if index % 2 == 1 {
                    named.push((at, piece, false));
                }
                at += piece.len() + 1;
            }
            for (start, _) in line.match_indices("](") {
                let target = line[start + 2..].split(')').next().unwrap_or_default();
                named.push((offset + start, target, true));
            }
        }
        offset += line.len();
    }
    named
}

/// Whether a word in backticks is meant as a path of this project.
fn looks_like_a_path(word: &str) -> bool {
    const ENDS: [&str; 12] =
        [".rs", ".md", ".toml", ".yaml", ".yml", ".json", ".html", ".ts", ".py", ".sh", ".mjs", ".css"];
    let plain = word.chars().all(|c| c.is_ascii_alphanumeric() || "._-/".contains(c));
    let absolute = word.starts_with(['/', '.']) && !word.starts_with(".ci/") && !word.starts_with(".cargo/");
    let filed = ENDS.iter().any(|end| word.ends_with(end) && word.len() > end.len());
    let foldered = word.ends_with('/') && word.len() > 1;
    plain && !absolute && (filed || foldered) && !MADE.iter().any(|made| word.contains(made))
}

fn dangling(file: &File, known: &Known) -> Vec<Finding> {
    let mut findings = Vec::new();
    for (at, word, is_link) in named(&file.text) {
        if is_link {
            if word.contains("://") || word.starts_with("mailto:") {
                continue;
            }
            let (path, anchor) = word.split_once('#').unwrap_or((word, ""));
            let folder = file.path.rsplit_once('/').map_or("", |(folder, _)| folder);
            let target = if path.is_empty() { file.path.clone() } else { resolve(folder, path) };
            if !known.paths.contains(&target) {
                findings.push(Finding::new(file.place(at), format!("links to `{word}`, which does not exist")));
            } else if !anchor.is_empty() && !known.headings.contains(&format!("{target}#{anchor}")) {
                findings
                    .push(Finding::new(file.place(at), format!("links to `{word}`, a heading that does not exist")));
            }
        } else if let Some(command) = word.strip_prefix("make ") {
            let command = command.split_whitespace().next().unwrap_or_default();
            if !known.commands.contains(command) {
                findings
                    .push(Finding::new(file.place(at), format!("names `{word}`, which the Makefile does not know")));
            }
        } else if looks_like_a_path(word) && !known.has_path(word, &file.path) {
            findings.push(Finding::new(file.place(at), format!("names `{word}`, which does not exist")));
        }
    }
    findings
}

/// Whether a word in backticks is meant as a test: a sentence.
fn looks_like_a_test(word: &str) -> bool {
    let is_plain = word.chars().all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '_');
    is_plain && 5 <= word.split('_').filter(|part| !part.is_empty()).count()
}

/// The functions of all Rust and Python files.
fn functions(files: &[File]) -> BTreeSet<&str> {
    let declared = files.iter().flat_map(|file| {
        file.text.split(['\n', ' ']).collect::<Vec<_>>().windows(2).map(|pair| (pair[0], pair[1])).collect::<Vec<_>>()
    });
    let named = declared.filter(|(keyword, _)| matches!(*keyword, "fn" | "def"));
    named.filter_map(|(_, name)| name.split(['(', '<']).next()).collect()
}

fn untested(file: &File, functions: &BTreeSet<&str>) -> Vec<Finding> {
    let tests = named(&file.text).into_iter().filter(|(_, word, is_link)| !is_link && looks_like_a_test(word));
    let missing = tests.filter(|(_, word, _)| !functions.contains(word));
    missing
        .map(|(at, word, _)| Finding::new(file.place(at), format!("names the test `{word}`, which does not exist")))
        .collect()
}

#[test]
fn documents_name_only_tests_that_exist() {
    let files = source::files();
    let functions = functions(&files);
    let documents = files.iter().filter(|file| is_document(&file.path));
    let findings: Vec<_> = documents.flat_map(|file| untested(file, &functions)).collect();
    assert_none(&findings);
}

#[test]
fn a_test_that_is_gone_is_found() {
    let code = [
        File::new("a.rs", "#[test]\nfn nobody_is_ever_told_twice() {}\nfn of_each<T>(x: T) {}\n"),
        File::new("b.py", "def test_a_stack_can_be_made(desk):\n"),
    ];
    let functions = functions(&code);
    for text in ["see `nobody_is_ever_told_thrice`", "see `test_a_stack_can_be_unmade`"] {
        assert_eq!(untested(&File::new("docs/A.md", text), &functions).len(), 1, "{text}");
    }
    for text in [
        "see `nobody_is_ever_told_twice` and `test_a_stack_can_be_made`",
        "the role `lambda_basic_execution`",
        "`write_booking`",
    ] {
        assert_eq!(untested(&File::new("docs/A.md", text), &functions), [], "{text}");
    }
}

#[test]
fn documents_name_only_what_exists() {
    let files = source::files();
    let known = Known::of(&files, source::paths());
    let documents = files.iter().filter(|file| is_document(&file.path));
    let findings: Vec<_> = documents.flat_map(|file| dangling(file, &known)).collect();
    assert_none(&findings);
}

#[test]
fn a_dangling_name_is_found() {
    let makefile = File::new("Makefile", ".PHONY: run\nrun: web ## Starts it.\n\tcargo run\n");
    let guide = File::new("docs/GUIDE.md", "# Guide\n## Roll back now\n");
    let paths = ["Makefile", "docs/GUIDE.md", "shared/src/lib.rs"].map(str::to_owned).to_vec();
    let known = Known::of(&[makefile, guide], paths);
    for text in [
        "see `shared/src/gone.rs`",
        "see `gone.md`",
        "type `make fly`",
        "[text](gone.md)",
        "[text](GUIDE.md#roll-forward)",
        "in `gone/`",
    ] {
        assert_eq!(dangling(&File::new("docs/A.md", text), &known).len(), 1, "{text}");
    }
    for text in [
        "see `shared/src/lib.rs` and `lib.rs` and `shared/src/`",
        "type `make run`",
        "[text](GUIDE.md#roll-back-now) [more](../Makefile) [site](https://example.com)",
        "call `/v1/public/chat/config`, read `target/x.json`, `functions/<name>/src/lib.rs`",
        "```\ncat gone.md `gone.md`\n```",
    ] {
        assert_eq!(dangling(&File::new("docs/A.md", text), &known), [], "{text}");
    }
}
