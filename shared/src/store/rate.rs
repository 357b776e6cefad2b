//! Rates: `pk = T#<tenant>#W#<what>#<hash of who>`, `sk = <window>`, how often in `n`.
//!
//! One conditional write counts and demands that there is room, so that however many ask at once, exactly as many
//! pass as may.

use jiff::{SignedDuration, Timestamp};

use super::Store;
use super::error::StoreError;
use super::expression::Update;
use super::key::Key;
use super::row::ttl;
use super::table::Written;
use crate::domain::id::TenantId;
use crate::domain::meter::{Exceeded, Rate};
use crate::domain::secret::SecretHash;

/// How long a row is kept after it last counted: longer than any window.
const KEPT: SignedDuration = SignedDuration::from_hours(2);

impl Store {
    /// Counts once more at `rate` for `who`, unless the window is full: then nothing is counted.
    ///
    /// # Errors
    ///
    /// As every write: [`StoreError`].
    pub async fn count_at(
        &self,
        tenant: TenantId,
        rate: &Rate,
        who: &SecretHash,
        now: Timestamp,
    ) -> Result<Result<(), Exceeded>, StoreError> {
        let update = Update::new(Key::rate(tenant, rate.what, who, &rate.window(now)))
            .add("n", 1_u64)
            .set("ttl", ttl(now) + KEPT.as_secs())
            .when_absent_or("n", "<", rate.most);
        Ok(match self.counters.update(&update).await? {
            Written::Done(_) => Ok(()),
            Written::Refused(_) => Err(rate.exceeded(now)),
        })
    }
}

#[cfg(test)]
mod tests {
    use futures::future::join_all;

    use super::*;
    use crate::domain::meter::Per;
    use crate::store::{Patience, TableNames, embedded};

    const RATE: Rate = Rate { what: "call", most: 300, per: Per::Minute };

    #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
    async fn of_a_thousand_at_once_exactly_the_limit_passes() {
        let store = Store::new(&embedded::client().await, &TableNames::prefixed(embedded::PREFIX), Patience::default());
        let (tenant, ann, bob) = (TenantId::new(ulid::Ulid(1)), SecretHash::of(b"ann"), SecretHash::of(b"bob"));
        let now: Timestamp = "2026-11-23T09:00:15Z".parse().unwrap();
        let crowd = join_all((0..1_000).map(|_| store.count_at(tenant, &RATE, &ann, now))).await;
        let passed = crowd.iter().filter(|told| matches!(told, Ok(Ok(())))).count();
        let waits: Vec<u64> =
            crowd.iter().filter_map(|told| Some(told.as_ref().ok()?.as_ref().err()?.retry_after.as_secs())).collect();
        assert_eq!((passed, waits.len()), (300, 700));
        assert!(waits.iter().all(|wait| *wait == 45), "until the minute is over");
        // Neither another one, nor another business, nor the next minute is concerned.
        let next = now + SignedDuration::from_secs(45);
        for (tenant, who, at) in [(1, &bob, now), (2, &ann, now), (1, &ann, next)] {
            assert_eq!(store.count_at(TenantId::new(ulid::Ulid(tenant)), &RATE, who, at).await.unwrap(), Ok(()));
        }
    }
}
