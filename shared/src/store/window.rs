//! Windows that slide: `pk = T#<tenant>#W#<what>#<hash of who>`, `sk = LAST`, the last few times in `t0`, `t1`, ….
//!
//! One conditional write shifts the times by one and demands that the oldest is over: so in no stretch of the
//! quota's length, wherever it begins, is there one more than it allows, however many ask at once.

use jiff::{SignedDuration, Timestamp};

use super::Store;
use super::error::StoreError;
use super::expression::{Item, Update};
use super::key::Key;
use super::meter::signed;
use super::row::{ms, ttl};
use super::table::Written;
use crate::domain::id::TenantId;
use crate::domain::meter::{Exceeded, Quota};
use crate::domain::secret::SecretHash;

/// How long a row is kept after it last counted.
const KEPT: SignedDuration = SignedDuration::from_hours(48);

/// Stands for a time that never was.
const NEVER: i64 = 0;

impl Store {
    /// Counts once more of `quota` for `who`, unless that would be one too many: then nothing is counted.
    ///
    /// # Errors
    ///
    /// As every write: [`StoreError`].
    pub async fn count_within(
        &self,
        tenant: TenantId,
        quota: &Quota,
        who: &SecretHash,
        now: Timestamp,
    ) -> Result<Result<(), Exceeded>, StoreError> {
        let (oldest, newest) = (place(0), place(quota.most.saturating_sub(1)));
        let mut update = Update::new(Key::window(tenant, quota.what, who))
            .set("ttl", ttl(now) + KEPT.as_secs())
            .when_absent_or(&oldest, "<=", ms(now - quota.span));
        for n in 1..quota.most {
            update = update.set_from(&place(n - 1), &place(n), NEVER);
        }
        Ok(match self.counters.update(&update.set(&newest, ms(now))).await? {
            Written::Done(_) => Ok(()),
            Written::Refused(item) => {
                let first = signed(&item.unwrap_or_else(Item::new), &oldest);
                Err(quota.exceeded(Timestamp::from_millisecond(first).unwrap_or(now), now))
            }
        })
    }
}

/// The attribute of the `n`-th time, the oldest first.
fn place(n: u32) -> String {
    format!("t{n}")
}

#[cfg(test)]
mod tests {
    use futures::future::join_all;

    use super::*;
    use crate::store::{Patience, TableNames, embedded};

    const THREE: Quota = Quota { what: "code", most: 3, span: SignedDuration::from_hours(1) };

    async fn store() -> Store {
        Store::new(&embedded::client().await, &TableNames::prefixed(embedded::PREFIX), Patience::default())
    }

    fn at(text: &str) -> Timestamp {
        format!("2026-11-23T{text}Z").parse().unwrap()
    }

    #[tokio::test]
    async fn no_hour_has_more_than_three_wherever_it_begins() {
        let store = store().await;
        let (tenant, ann) = (TenantId::new(ulid::Ulid(1)), SecretHash::of(b"ann"));
        let mut told = Vec::new();
        for time in ["09:10:00", "09:50:00", "09:59:59.999", "10:00:00", "10:09:59.999", "10:10:00", "10:10:01"] {
            told.push(
                store.count_within(tenant, &THREE, &ann, at(time)).await.unwrap().map_err(|e| e.retry_after.as_secs()),
            );
        }
        assert_eq!(told, [Ok(()), Ok(()), Ok(()), Err(600), Err(1), Ok(()), Err(2_399)]);
    }

    #[tokio::test]
    async fn who_is_refused_counts_for_nothing_and_others_are_not_concerned() {
        let store = store().await;
        let (tenant, now) = (TenantId::new(ulid::Ulid(1)), at("09:00:00"));
        let ann = SecretHash::of(b"ann");
        let crowd = join_all((0..1_000).map(|_| store.count_within(tenant, &THREE, &ann, now))).await;
        assert_eq!(crowd.into_iter().filter(|told| matches!(told, Ok(Ok(())))).count(), 3);
        for (tenant, who) in [(2, ann.clone()), (1, SecretHash::of(b"bob"))] {
            assert_eq!(store.count_within(TenantId::new(ulid::Ulid(tenant)), &THREE, &who, now).await.unwrap(), Ok(()));
        }
        assert_eq!(store.count_within(tenant, &THREE, &ann, at("10:00:00")).await.unwrap(), Ok(()));
    }
}
