//! The data folder: where a run leaves its database and its keys for the next one.
//!
//! One process at a time. What another version made is refused, never changed.

use std::fs::{self, File, TryLockError};
use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};

use crate::error::{DataFault, StartError};
use crate::keys::Keys;

/// Rises when an older folder can no longer be read.
const FORMAT: u32 = 1;

/// A folder that this process has to itself.
#[derive(Debug)]
pub struct Folder {
    path: PathBuf,
    /// What the last run left, or what this one made.
    pub keys: Keys,
    /// Held as long as the process runs.
    _lock: File,
}

/// `frontdesk.json`.
#[derive(Serialize, Deserialize)]
struct Marker {
    format: u32,
    #[serde(flatten)]
    keys: Keys,
}

impl Folder {
    /// Opens the folder, or makes it.
    ///
    /// # Errors
    ///
    /// [`StartError::Data`] when it cannot be used, and says why.
    pub fn open(path: &Path) -> Result<Self, StartError> {
        let fault = |why| StartError::Data { folder: path.to_owned(), why };
        let unwritable = |_| fault(DataFault::Unwritable);
        fs::create_dir_all(path).map_err(unwritable)?;
        let lock =
            File::options().create(true).truncate(false).write(true).open(path.join("lock")).map_err(unwritable)?;
        lock.try_lock().map_err(|error| match error {
            TryLockError::WouldBlock => fault(DataFault::InUse),
            TryLockError::Error(_) => fault(DataFault::Unwritable),
        })?;
        let marker = path.join("frontdesk.json");
        let keys = match fs::read(&marker) {
            Ok(text) => {
                let marker: serde_json::Value =
                    serde_json::from_slice(&text).map_err(|_| fault(DataFault::NotADatabase))?;
                if marker["format"] != FORMAT {
                    return Err(fault(DataFault::OtherVersion));
                }
                serde_json::from_value::<Marker>(marker).map_err(|_| fault(DataFault::NotADatabase))?.keys
            }
            Err(_) if path.join("frontdesk.db").exists() => return Err(fault(DataFault::OtherVersion)),
            Err(_) => {
                let keys = Keys::random().map_err(StartError::internal("making keys"))?;
                let text = serde_json::to_vec_pretty(&Marker { format: FORMAT, keys: keys.clone() });
                fs::write(&marker, text.map_err(StartError::internal("writing keys"))?).map_err(unwritable)?;
                keys
            }
        };
        Ok(Self { path: path.to_owned(), keys, _lock: lock })
    }

    /// Where the database is.
    #[must_use]
    pub fn database(&self) -> PathBuf {
        self.path.join("frontdesk.db")
    }

    /// Says of this folder that `why`.
    #[must_use]
    pub fn fault(&self, why: DataFault) -> StartError {
        StartError::Data { folder: self.path.clone(), why }
    }
}
