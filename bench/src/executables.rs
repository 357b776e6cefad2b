//! Executables: the functions as they are deployed, built by cargo in the profile `lambda`, and their zips' sizes.

use std::fs;
use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::process::Command;

use flate2::Compression;
use flate2::write::DeflateEncoder;

use crate::Failure;

/// What a zip has beside the compressed bytes of its one file, `bootstrap`: headers of entry and directory.
const ZIP_FRAME_BYTES: usize = 130;

/// How functions are built.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Profile {
    /// As they are deployed, each by itself.
    Lambda,
    /// As this program was, with what is built for it already: sooner, but larger and slower to start.
    Same,
}

/// Where cargo puts what it builds, and how functions are built.
pub(crate) struct Executables {
    target: PathBuf,
    /// The folder in `target` that this program is in.
    own: String,
    profile: Profile,
}

impl Executables {
    /// The executables beside this one.
    ///
    /// # Errors
    ///
    /// When this program does not know where it is.
    pub(crate) fn beside_this(profile: Profile) -> Result<Self, Failure> {
        // As `target/release/bench`.
        let this = std::env::current_exe()?;
        let mut folders = this.ancestors().skip(1);
        let own = folders.next().and_then(Path::file_name).ok_or("the benchmark is in no folder")?;
        let target = folders.next().ok_or("the benchmark is not in cargo's target folder")?;
        Ok(Self { target: target.to_owned(), own: own.to_string_lossy().into_owned(), profile })
    }

    /// Builds one function, and gives its path.
    ///
    /// # Errors
    ///
    /// When it cannot be built.
    pub(crate) fn build(&self, package: &str) -> Result<PathBuf, Failure> {
        let (folder, beside): (&str, &[&str]) = match self.profile {
            Profile::Lambda => ("lambda", &[]),
            // Together with this program, cargo chooses the features that are built already.
            Profile::Same => (&self.own, &["--package", "bench"]),
        };
        let profile = if folder == "debug" { "dev" } else { folder };
        let arguments = ["build", "--quiet", "--locked", "--profile", profile, "--package", package];
        let built =
            Command::new("cargo").args(arguments).args(beside).arg("--target-dir").arg(&self.target).status()?;
        if !built.success() {
            return Err(format!("{package} cannot be built").into());
        }
        Ok(self.target.join(folder).join(package))
    }

    /// Bytes of the zip that `package` is deployed as, for this machine's processor.
    ///
    /// # Errors
    ///
    /// When it cannot be built or read.
    pub(crate) fn zip_bytes(&self, package: &str) -> Result<usize, Failure> {
        let mut deflated = DeflateEncoder::new(Vec::new(), Compression::default());
        deflated.write_all(&fs::read(self.build(package)?)?)?;
        Ok(deflated.finish()?.len() + ZIP_FRAME_BYTES)
    }
}
