//! The project's files, as git knows them: tracked, or new and not ignored.

use std::path::{Path, PathBuf};
use std::process::Command;

use super::lexer;

/// One text file of the project.
#[derive(Debug)]
pub(super) struct File {
    /// From the root, with forward slashes.
    pub(super) path: String,
    pub(super) text: String,
}

impl File {
    pub(super) fn new(path: &str, text: &str) -> Self {
        Self { path: path.to_owned(), text: text.to_owned() }
    }

    pub(super) fn is_rust(&self) -> bool {
        self.path.ends_with(".rs")
    }

    /// Rust that is compiled into what we ship or run, not only into tests.
    pub(super) fn is_production(&self) -> bool {
        self.is_rust()
            && !self.path.starts_with("tests/")
            && !self.path.contains("/tests/")
            && !self.path.ends_with("/tests.rs")
    }

    /// The code without comments, contents of strings, and test modules; line numbers stay.
    pub(super) fn code(&self) -> String {
        lexer::without_tests(&lexer::code(&self.text))
    }

    /// `path:line` of the byte at `offset` of the text or of [`File::code`].
    pub(super) fn place(&self, offset: usize) -> String {
        let line = self.text.bytes().take(offset).filter(|byte| *byte == b'\n').count() + 1;
        format!("{}:{line}", self.path)
    }
}

/// The root of the workspace.
pub(super) fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap().to_owned()
}

/// Paths of all files of the project.
pub(super) fn paths() -> Vec<String> {
    let listed = Command::new("git")
        .args(["ls-files", "-z", "--cached", "--others", "--exclude-standard"])
        .current_dir(root())
        .output()
        .expect("git lists the project's files");
    assert!(listed.status.success(), "git could not list the project's files");
    let listed = String::from_utf8(listed.stdout).unwrap();
    listed.split('\0').filter(|path| !path.is_empty() && root().join(path).is_file()).map(str::to_owned).collect()
}

/// All text files of the project.
pub(super) fn files() -> Vec<File> {
    paths()
        .into_iter()
        .filter_map(|path| {
            let text = std::fs::read_to_string(root().join(&path)).ok()?; // What is not UTF-8 is a picture.
            Some(File { path, text })
        })
        .collect()
}

/// All Rust files that are not tests.
pub(super) fn production() -> Vec<File> {
    files().into_iter().filter(File::is_production).collect()
}
