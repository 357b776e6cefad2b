//! Names: resolved once for a connection, every address checked, and the connection made to those and no other.
//!
//! The HTTP client asks here for the addresses that it then connects to, so there is no second look-up that
//! could answer something else.

use std::net::{IpAddr, SocketAddr};
use std::sync::Arc;

use async_trait::async_trait;
use reqwest::dns::{Addrs, Name, Resolve, Resolving};
use thiserror::Error;

use super::reach::Reach;

/// Finds the addresses of a name.
#[async_trait]
pub trait Lookup: Send + Sync {
    /// Every address that `host` has now.
    async fn addresses(&self, host: &str) -> std::io::Result<Vec<IpAddr>>;
}

/// The machine's own way to find names.
#[derive(Debug, Clone, Copy, Default)]
pub struct SystemLookup;

#[async_trait]
impl Lookup for SystemLookup {
    async fn addresses(&self, host: &str) -> std::io::Result<Vec<IpAddr>> {
        Ok(tokio::net::lookup_host((host, 0)).await?.map(|address| address.ip()).collect())
    }
}

/// A name that has an address which must not be reached.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
#[error("the name has an address that is not reached from here")]
pub(super) struct OutOfReach;

/// Answers with addresses that were checked; with none when one of them must not be reached: a name that
/// answers a public address beside a private one wants to be misunderstood.
pub(super) struct Checked {
    pub(super) lookup: Arc<dyn Lookup>,
    pub(super) reach: Reach,
}

impl Resolve for Checked {
    fn resolve(&self, name: Name) -> Resolving {
        let (lookup, reach) = (Arc::clone(&self.lookup), self.reach);
        Box::pin(async move {
            let found = lookup.addresses(name.as_str()).await?;
            if !found.iter().all(|address| reach.allows(*address)) {
                return Err(OutOfReach.into());
            }
            let addresses: Addrs = Box::new(found.into_iter().map(|address| SocketAddr::new(address, 0)));
            Ok(addresses)
        })
    }
}
