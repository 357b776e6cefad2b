//! Why the runner does not start: one sentence each that says what to do.

use std::path::PathBuf;

use thiserror::Error;

use crate::template::InvalidTemplate;

/// A source of any type.
pub(crate) type Source = Box<dyn std::error::Error + Send + Sync>;

/// The runner cannot start.
#[derive(Debug, Error)]
pub enum StartError {
    /// `PORT` is no port.
    #[error("PORT is \"{0}\", which is not a port: use a number from 1 to 65535")]
    InvalidPort(String),
    /// Somebody else listens there.
    #[error("port {0} is taken: stop what uses it, or choose another with PORT=3001")]
    PortTaken(u16),
    /// The port cannot be had for another reason.
    #[error("port {port} cannot be used: {source}")]
    Port {
        /// The port.
        port: u16,
        /// What the system said.
        source: std::io::Error,
    },
    /// A key that cannot be one.
    #[error("{name} {why}")]
    BadKey {
        /// The variable.
        name: &'static str,
        /// What is wrong with it, and what to do.
        why: &'static str,
    },
    /// The data folder cannot be used.
    #[error("the data folder {} {why}: move it away, or choose another with FRONTDESK_DATA", folder.display())]
    Data {
        /// The folder.
        folder: PathBuf,
        /// What is wrong with it.
        why: DataFault,
    },
    /// The template cannot be run.
    #[error("{0}")]
    Template(#[from] InvalidTemplate),
    /// Anything else: a fault of the runner itself.
    #[error("{what} failed: {source}")]
    Internal {
        /// What was being done.
        what: &'static str,
        /// Why it failed.
        source: Source,
    },
}

/// What is wrong with a data folder.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
pub enum DataFault {
    /// No folder can be made or written there.
    #[error("cannot be written")]
    Unwritable,
    /// The file in it is no database.
    #[error("holds a file that is not a database of Frontdesk")]
    NotADatabase,
    /// Its form is another version's.
    #[error("was made by another version of Frontdesk")]
    OtherVersion,
    /// Another process has it.
    #[error("is in use by another process")]
    InUse,
}

impl StartError {
    /// Wraps a fault of the runner itself.
    pub(crate) fn internal<E: Into<Source>>(what: &'static str) -> impl FnOnce(E) -> Self {
        move |source| Self::Internal { what, source: source.into() }
    }
}
