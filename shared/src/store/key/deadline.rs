//! The partitions of the deadline index, which all timed work shares.

use crate::domain::id::{BookingId, ResourceId};

/// Over how many partitions the deadlines of all tenants are spread, for each kind of them.
pub const DUE_SHARDS: u8 = 8;

/// What is to happen by itself at a time.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::store) enum Deadline {
    /// An offer to the first on the waitlist ends.
    Offer,
    /// An unpaid hold ends.
    Hold,
    /// A customer is reminded.
    Reminder,
    /// A resource's calendars are looked at.
    Calendar,
    /// A delivery is tried again, or its owner told that there are none any more.
    Webhook,
}

impl Deadline {
    /// Partition of the deadline index that a booking falls into.
    pub(in crate::store) fn of(self, id: BookingId) -> String {
        let [.., last] = id.ulid().to_bytes();
        self.shard(last % DUE_SHARDS)
    }

    /// Partition of the deadline index that a resource falls into.
    pub(in crate::store) fn of_resource(self, id: ResourceId) -> String {
        let [.., last] = id.ulid().to_bytes();
        self.shard(last % DUE_SHARDS)
    }

    /// Partition of the deadline index that a delivery, or a webhook's health, falls into.
    pub(in crate::store) fn of_webhook(self, id: ulid::Ulid) -> String {
        let [.., last] = id.to_bytes();
        self.shard(last % DUE_SHARDS)
    }

    /// A partition of the deadline index. Its rows are of all tenants; each names its own in its key.
    pub(in crate::store) fn shard(self, shard: u8) -> String {
        match self {
            Self::Offer => format!("OFFER#{shard}"),
            Self::Hold => format!("DUE#{shard}"),
            Self::Reminder => format!("REMIND#{shard}"),
            Self::Calendar => format!("CALENDAR#{shard}"),
            Self::Webhook => format!("HOOK#{shard}"),
        }
    }
}
