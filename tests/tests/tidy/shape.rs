//! The shape of a file: what it opens with, how long it is, what it is called.

use super::source::{self, File};
use super::{Finding, assert_none};

/// Lines of code, without its tests, that one file may have.
const MOST_LINES: usize = 400;

/// Files that are longer for a reason. Remove a line here as soon as its file is short enough.
const LONGER: [(&str, usize, &str); 2] = [
    ("shared/src/app/mail/tests.rs", 470, "one table of every mail, checked from every side"),
    ("shared/src/domain/availability/tests.rs", 460, "one calendar that all its tests share"),
];

/// Names that say nothing about what is inside.
const EMPTY_NAMES: [&str; 8] = ["util", "utils", "helper", "helpers", "common", "manager", "misc", "stuff"];

fn undocumented(file: &File) -> Vec<Finding> {
    if file.text.starts_with("//!") {
        return Vec::new();
    }
    vec![Finding::new(&file.path, "begin with `//!`: what this file decides, and what it never does")]
}

fn lines_of_code(file: &File) -> usize {
    let code = file.code();
    code.trim_end().lines().count()
}

fn too_long(file: &File, longer: &[(&str, usize, &str)]) -> Vec<Finding> {
    let lines = lines_of_code(file);
    let listed = longer.iter().find(|(path, ..)| *path == file.path);
    let most = listed.map_or(MOST_LINES, |(_, most, _)| *most);
    if lines > most {
        return vec![Finding::new(&file.path, format!("{lines} lines of code, at most {most}: split it by noun"))];
    }
    if listed.is_some() && lines <= MOST_LINES {
        return vec![Finding::new(&file.path, "short enough now: remove it from LONGER")];
    }
    Vec::new()
}

fn thick_main(file: &File) -> Vec<Finding> {
    if !(file.path.starts_with("functions/") && file.path.ends_with("/main.rs")) {
        return Vec::new();
    }
    let lines = file.text.lines().map(str::trim).filter(|line| !line.is_empty() && !line.starts_with("//")).count();
    if lines <= 15 {
        return Vec::new();
    }
    vec![Finding::new(&file.path, format!("{lines} lines, at most 15: `main` binds the handler and nothing else"))]
}

fn badly_named(path: &str) -> Vec<Finding> {
    let name = path.rsplit('/').next().unwrap_or(path);
    let stem = name.split('.').next().unwrap_or(name);
    let code = [".rs", ".ts", ".tsx", ".py", ".sh"].iter().any(|end| name.ends_with(end));
    if code && EMPTY_NAMES.contains(&stem) {
        return vec![Finding::new(path, "name a file after the one noun it is about")];
    }
    if path.ends_with(".rs") && stem.chars().any(|c| !(c.is_ascii_lowercase() || c.is_ascii_digit() || c == '_')) {
        return vec![Finding::new(path, "modules are named in snake_case")];
    }
    Vec::new()
}

#[test]
fn every_file_says_first_what_it_is_for() {
    let files = source::files();
    let findings: Vec<_> = files.iter().filter(|file| file.is_rust()).flat_map(undocumented).collect();
    assert_none(&findings);
}

#[test]
fn files_are_short() {
    let files = source::files();
    let findings: Vec<_> =
        files.iter().filter(|file| file.is_rust()).flat_map(|file| too_long(file, &LONGER)).collect();
    assert_none(&findings);
    let gone: Vec<_> = LONGER
        .iter()
        .filter(|(path, ..)| !files.iter().any(|file| file.path == *path))
        .map(|(path, ..)| Finding::new(*path, "gone: remove it from LONGER"))
        .collect();
    assert_none(&gone);
}

#[test]
fn a_function_only_binds_its_handler() {
    let findings: Vec<_> = source::files().iter().flat_map(thick_main).collect();
    assert_none(&findings);
}

#[test]
fn names_say_what_is_inside() {
    let findings: Vec<_> = source::paths().iter().flat_map(|path| badly_named(path)).collect();
    assert_none(&findings);
}

#[test]
fn a_file_of_bad_shape_is_found() {
    assert_eq!(undocumented(&File::new("shared/src/a.rs", "use x;\n//! Late.")).len(), 1);
    assert_eq!(undocumented(&File::new("shared/src/a.rs", "//! Says what it is.\n")), []);

    let long = "fn f();\n".repeat(MOST_LINES + 1);
    let exact = "fn f();\n".repeat(MOST_LINES);
    assert_eq!(too_long(&File::new("shared/src/a.rs", &long), &[]).len(), 1);
    assert_eq!(too_long(&File::new("shared/src/a.rs", &exact), &[]), []);
    assert_eq!(too_long(&File::new("shared/src/a.rs", &format!("{exact}#[cfg(test)]\nmod tests {{\n}}\n")), &[]), []);
    assert_eq!(too_long(&File::new("shared/src/a.rs", &long), &[("shared/src/a.rs", 500, "a table")]), []);
    assert_eq!(too_long(&File::new("shared/src/a.rs", &exact), &[("shared/src/a.rs", 500, "a table")]).len(), 1);

    let main = format!("//! Binds.\n{}", "f();\n".repeat(16));
    assert_eq!(thick_main(&File::new("functions/chat/src/main.rs", &main)).len(), 1);
    assert_eq!(thick_main(&File::new("local/src/main.rs", &main)), []);

    assert_eq!(badly_named("shared/src/app/utils.rs").len(), 1);
    assert_eq!(badly_named("shared/src/app/BookingRow.rs").len(), 1);
    assert_eq!(badly_named("shared/src/app/booking.rs"), []);
}
