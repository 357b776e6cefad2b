//! Slot ids: the opaque names under which slots are offered, so that only an offered slot can be asked for.
//!
//! An id proves that this deployment named this start for this tenant. It does not promise that the slot is
//! still free, nor that the package still has the same terms: `availability::still_bookable` asks again.
//!
//! The text is 38 characters of URL-safe base64 over 28 bytes: a fingerprint of the package (4), one of the
//! resource (4), the start in minutes since the epoch (4), and 16 bytes of an HMAC-SHA-256 over tenant,
//! package, resource and start in full. Fingerprints only find candidates among the tenant's own; where two
//! ids share one, each pair is tried, and the HMAC tells which was meant.

use std::fmt;
use std::str::FromStr;

use aws_lc_rs::constant_time::verify_slices_are_equal;
use aws_lc_rs::digest::{SHA256, digest};
use aws_lc_rs::hmac;
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use jiff::Timestamp;
use thiserror::Error;
use ulid::Ulid;

use super::id::{PackageId, ResourceId, TenantId};
use super::slot::{Minute, Slot};

/// Keeps these HMACs apart from all others made with the same key.
const PURPOSE: &[u8] = b"frontdesk slot id 1\0";

/// An opaque slot id, which may still be forged until it is opened.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct SlotId {
    package: [u8; 4],
    resource: [u8; 4],
    start: Minute,
    seal: [u8; 16],
}

/// Not a slot id, forged, another tenant's, or of a package or resource that is gone. Never says which.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
#[error("not a slot that was offered here")]
pub struct InvalidSlotId;

/// What a slot id names; [`Slot::at`] makes the slot of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Opened {
    /// What is booked.
    pub package: PackageId,
    /// Who or what serves it.
    pub resource: ResourceId,
    /// When it starts.
    pub start: Timestamp,
}

impl SlotId {
    /// Names `slot` for customers of `tenant`. The same slot always has the same id.
    #[must_use]
    pub fn of(key: &hmac::Key, tenant: TenantId, slot: &Slot) -> Self {
        let start = Minute::of(slot.start());
        Self {
            package: fingerprint(slot.package.ulid()),
            resource: fingerprint(slot.resource.ulid()),
            start,
            seal: seal(key, tenant, (slot.package, slot.resource, start)),
        }
    }

    /// What it names among the tenant's `packages` and `resources`.
    ///
    /// # Errors
    ///
    /// [`InvalidSlotId`] unless [`SlotId::of`] made it with this key for this tenant, of these.
    pub fn open(
        &self,
        (key, tenant): (&hmac::Key, TenantId),
        packages: impl IntoIterator<Item = PackageId>,
        resources: impl IntoIterator<Item = ResourceId>,
    ) -> Result<Opened, InvalidSlotId> {
        let start = self.start.start().ok_or(InvalidSlotId)?;
        let alike = |resource: &ResourceId| fingerprint(resource.ulid()) == self.resource;
        let resources: Vec<_> = resources.into_iter().filter(alike).collect();
        packages
            .into_iter()
            .filter(|package| fingerprint(package.ulid()) == self.package)
            .flat_map(|package| resources.iter().map(move |resource| (package, *resource)))
            .find(|(package, resource)| {
                let expected = seal(key, tenant, (*package, *resource, self.start));
                verify_slices_are_equal(&expected, &self.seal).is_ok()
            })
            .map(|(package, resource)| Opened { package, resource, start })
            .ok_or(InvalidSlotId)
    }
}

impl fmt::Display for SlotId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let start = self.start.get().to_be_bytes();
        let bytes = [self.package.as_slice(), &self.resource, &start, &self.seal].concat();
        f.write_str(&URL_SAFE_NO_PAD.encode(bytes))
    }
}

impl FromStr for SlotId {
    type Err = InvalidSlotId;

    fn from_str(text: &str) -> Result<Self, InvalidSlotId> {
        let bytes = URL_SAFE_NO_PAD.decode(text).map_err(|_| InvalidSlotId)?;
        let (package, rest) = bytes.split_first_chunk().ok_or(InvalidSlotId)?;
        let (resource, rest) = rest.split_first_chunk().ok_or(InvalidSlotId)?;
        let (start, seal) = rest.split_first_chunk().ok_or(InvalidSlotId)?;
        Ok(Self {
            package: *package,
            resource: *resource,
            start: Minute::from(u32::from_be_bytes(*start)),
            seal: seal.try_into().map_err(|_| InvalidSlotId)?,
        })
    }
}

/// The first four bytes of an id's SHA-256: ids made in one moment share their own first bytes.
fn fingerprint(ulid: Ulid) -> [u8; 4] {
    let hash = digest(&SHA256, &ulid.to_bytes());
    hash.as_ref().first_chunk().copied().unwrap_or_default()
}

fn seal(key: &hmac::Key, tenant: TenantId, (package, resource, start): (PackageId, ResourceId, Minute)) -> [u8; 16] {
    let mut context = hmac::Context::with_key(key);
    context.update(PURPOSE);
    for ulid in [tenant.ulid(), package.ulid(), resource.ulid()] {
        context.update(&ulid.to_bytes());
    }
    context.update(&start.get().to_be_bytes());
    context.sign().as_ref().first_chunk().copied().unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::slot::Interval;

    fn key(secret: &[u8]) -> hmac::Key {
        hmac::Key::new(hmac::HMAC_SHA256, secret)
    }

    const TENANT: TenantId = TenantId::new(Ulid(1));
    const OTHERS: TenantId = TenantId::new(Ulid(2));

    fn slot(package: u128, resource: u128, start: &str) -> Slot {
        let start: Timestamp = start.parse().unwrap();
        let interval = Interval::new(start, start + jiff::SignedDuration::from_mins(60)).unwrap();
        let (package, resource) = (PackageId::new(Ulid(package)), ResourceId::new(Ulid(resource)));
        Slot { package, resource, interval, blocked: interval }
    }

    fn open(text: &str, key: &hmac::Key, tenant: TenantId) -> Result<Opened, InvalidSlotId> {
        let ids = 10..200_u128;
        let packages = ids.clone().map(|n| PackageId::new(Ulid(n)));
        text.parse::<SlotId>()?.open((key, tenant), packages, ids.map(|n| ResourceId::new(Ulid(n))))
    }

    #[test]
    fn a_slot_id_leads_back_to_its_slot() {
        for start in ["2026-11-23T09:05:00Z", "1970-01-01T00:00:00Z", "9999-12-30T20:00:00Z"] {
            let slot = slot(20, 30, start);
            let text = SlotId::of(&key(b"k"), TENANT, &slot).to_string();
            assert_eq!(text.len(), 38, "{text}");
            assert!(text.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-' || b == b'_'), "{text}");
            let opened = Opened { package: slot.package, resource: slot.resource, start: slot.start() };
            assert_eq!(open(&text, &key(b"k"), TENANT), Ok(opened));
        }
    }

    #[test]
    fn another_key_tenant_package_or_resource_opens_nothing() {
        let of = |package, resource| {
            SlotId::of(&key(b"k"), TENANT, &slot(package, resource, "2026-11-23T09:00:00Z")).to_string()
        };
        assert!(open(&of(20, 30), &key(b"k"), TENANT).is_ok());
        assert_eq!(open(&of(20, 30), &key(b"other"), TENANT), Err(InvalidSlotId));
        assert_eq!(open(&of(20, 30), &key(b"k"), OTHERS), Err(InvalidSlotId));
        assert_eq!(open(&of(9, 30), &key(b"k"), TENANT), Err(InvalidSlotId), "a package that is not the tenant's");
        assert_eq!(open(&of(20, 200), &key(b"k"), TENANT), Err(InvalidSlotId), "a resource that is not the tenant's");
    }

    #[test]
    fn no_single_character_can_be_changed() {
        let text = SlotId::of(&key(b"k"), TENANT, &slot(20, 30, "2026-11-23T09:00:00Z")).to_string();
        for at in 0..text.len() {
            for other in ['A', 'B', '-', '='] {
                let forged: String = text.chars().enumerate().map(|(n, c)| if n == at { other } else { c }).collect();
                if forged != text {
                    assert_eq!(open(&forged, &key(b"k"), TENANT), Err(InvalidSlotId), "{forged}");
                }
            }
        }
        for text in ["", "A", &text[1..], &format!("{text}A"), "2026-11-23T09:00:00Z"] {
            assert_eq!(open(text, &key(b"k"), TENANT), Err(InvalidSlotId), "{text:?}");
        }
    }

    #[test]
    fn ids_that_share_a_fingerprint_are_told_apart() {
        // Found by search: the SHA-256 of both begins alike.
        let twins = twins();
        assert_eq!(fingerprint(Ulid(twins[0])), fingerprint(Ulid(twins[1])));
        let packages = twins.map(|n| PackageId::new(Ulid(n)));
        let resources = twins.map(|n| ResourceId::new(Ulid(n)));
        for package in twins {
            for resource in twins {
                let slot = slot(package, resource, "2026-11-23T09:00:00Z");
                let opened =
                    SlotId::of(&key(b"k"), TENANT, &slot).open((&key(b"k"), TENANT), packages, resources).unwrap();
                assert_eq!((opened.package, opened.resource), (slot.package, slot.resource));
            }
        }
    }

    /// Two numbers whose fingerprints collide: the birthday of 32 bits is near 80,000.
    fn twins() -> [u128; 2] {
        let mut seen = std::collections::HashMap::new();
        (0..).find_map(|n| seen.insert(fingerprint(Ulid(n)), n).map(|twin| [twin, n])).unwrap()
    }
}
