//! Executables: the functions as they are deployed, built by cargo in the profile `lambda`, and their zips' sizes.

use std::fs;
use std::io::Write as _;
use std::path::PathBuf;
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
    /// Sooner, with what is built for the benchmark already: larger, and slower to start.
    Release,
}

/// Where cargo puts what it builds, and how functions are built.
pub(crate) struct Executables {
    target: PathBuf,
    profile: Profile,
}

impl Executables {
    /// The executables beside this one.
    ///
    /// # Errors
    ///
    /// When this program does not know where it is.
    pub(crate) fn beside_this(profile: Profile) -> Result<Self, Failure> {
        // <target>/release/bench
        let this = std::env::current_exe()?;
        let target = this.ancestors().nth(2).ok_or("the benchmark is not in cargo's target folder")?;
        Ok(Self { target: target.to_owned(), profile })
    }

    /// Builds one function, and gives its path.
    ///
    /// # Errors
    ///
    /// When it cannot be built.
    pub(crate) fn build(&self, package: &str) -> Result<PathBuf, Failure> {
        let (profile, beside): (_, &[&str]) = match self.profile {
            Profile::Lambda => ("lambda", &[]),
            // Together with this program, cargo chooses the features that are built already.
            Profile::Release => ("release", &["--package", "bench"]),
        };
        let arguments = ["build", "--quiet", "--locked", "--profile", profile, "--package", package];
        let built =
            Command::new("cargo").args(arguments).args(beside).arg("--target-dir").arg(&self.target).status()?;
        if !built.success() {
            return Err(format!("{package} cannot be built").into());
        }
        Ok(self.target.join(profile).join(package))
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
