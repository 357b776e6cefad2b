//! `docs/DATA.md` names the function of every access pattern: none is missing there, none is gone here.

use std::collections::BTreeSet;

use super::source::{self, File};
use super::{Finding, assert_none};

const DOCUMENT: &str = "docs/DATA.md";

/// Public functions that reach a table, with where they stand.
fn functions(file: &File) -> Vec<(String, String)> {
    let code = file.code();
    let word = "pub async fn ";
    let name = |at: usize| code[at + word.len()..].chars().take_while(|c| c.is_alphanumeric() || *c == '_').collect();
    code.match_indices(word).map(|(at, _)| (name(at), file.place(at))).collect()
}

/// The functions that the tables of the document name in their second column.
fn named(document: &str) -> BTreeSet<&str> {
    let cells = document.lines().filter(|line| line.starts_with('|')).filter_map(|line| line.split('|').nth(2));
    let name = |cell: &'_ str| -> Option<(usize, usize)> {
        let inside = cell.trim().strip_prefix('`')?.strip_suffix('`')?;
        let is_name =
            !inside.is_empty() && inside.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'_');
        let at = cell.find(inside)?;
        is_name.then_some((at, at + inside.len()))
    };
    cells.filter_map(|cell| name(cell).map(|(from, to)| &cell[from..to])).collect()
}

fn differences(files: &[File], document: &str) -> Vec<Finding> {
    let named = named(document);
    let store = files.iter().filter(|file| file.path.starts_with("shared/src/store/") && file.is_production());
    let functions: Vec<_> = store.flat_map(functions).collect();
    let unnamed = functions.iter().filter(|(name, _)| !named.contains(name.as_str())).map(|(name, place)| {
        Finding::new(
            place,
            format!(
                "`{name}` is in no table of {DOCUMENT}: say which access pattern it serves, by which keys, at what cost"
            ),
        )
    });
    let gone = named
        .iter()
        .filter(|named| !functions.iter().any(|(name, _)| name == **named))
        .map(|name| Finding::new(DOCUMENT, format!("`{name}` is no function of shared/src/store any more")));
    unnamed.chain(gone).collect()
}

#[test]
fn every_access_pattern_is_documented_and_every_documented_one_exists() {
    let files = source::files();
    let document = files.iter().find(|file| file.path == DOCUMENT).expect("docs/DATA.md is there");
    assert!(named(&document.text).len() > 40, "the walk must find the tables");
    assert_none(&differences(&files, &document.text));
}

#[test]
fn a_missing_and_a_gone_function_are_found() {
    let file = File::new(
        "shared/src/store/note.rs",
        "impl Store {\n    pub async fn find_note(&self) {}\n    fn own(&self) {}\n}",
    );
    let document =
        "| pattern | function | keys |\n|---|---|---|\n| a note | `find_note` | get |\n| none | `PROFILE` | get |\n";
    assert_eq!(differences(std::slice::from_ref(&file), document), []);
    let found = differences(std::slice::from_ref(&file), &document.replace("find_note", "find_notes"));
    assert_eq!(
        found.iter().map(|found| found.place.as_str()).collect::<Vec<_>>(),
        ["shared/src/store/note.rs:2", DOCUMENT]
    );
    let elsewhere = File::new("shared/src/app/note.rs", "pub async fn find_note() {}");
    assert_eq!(differences(&[file, elsewhere], document), []);
}
