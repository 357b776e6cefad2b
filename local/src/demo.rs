//! The demo tenants.

use jiff::Timestamp;
use shared::store::{Store, StoreError};

/// Id of Atelier Linden, `pk_demo`.
pub const LINDEN: &str = "01KAFR0NTDESK000000000DEM1";

/// Id of Salon Mirabelle, `pk_demo2`.
pub const MIRABELLE: &str = "01KAFR0NTDESK000000000DEM2";

/// Makes what is missing.
pub async fn seed(_store: &Store, _port: u16, _now: Timestamp) -> Result<(), StoreError> {
    Ok(())
}
