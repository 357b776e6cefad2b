//! What consumers have done: `pk = T#<tenant>#SEEN#<consumer>`, `sk = <what>`.
//!
//! Delivery is at least once. A consumer begins a piece of work here and marks it done after; work that
//! was begun and never finished is taken up again, so an effect without a key of its own can happen
//! twice only if its function dies between the effect and the mark.

use jiff::{SignedDuration, Timestamp};

use super::Store;
use super::error::StoreError;
use super::expression::{Put, Update};
use super::key::Key;
use super::outbox::expiry;
use super::row::ms;
use super::table::{Transacted, Written};
use crate::domain::event::Event;
use crate::domain::id::TenantId;
use crate::ports::trace::announced;

/// How long work may be under way before somebody else takes it up.
const UNDER_WAY: SignedDuration = SignedDuration::from_mins(3);

/// The name under which is remembered which differences were reported.
const RECONCILIATION: &str = "reconciliation";

/// Whether a piece of work is to be done.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Turnout {
    /// Do it.
    Begin,
    /// It was done.
    Done,
    /// Somebody is at it: come back later.
    UnderWay,
}

impl Store {
    /// Begins `what` for `consumer`, unless it is done or under way.
    ///
    /// # Errors
    ///
    /// As every write: [`StoreError`].
    pub async fn begin_work(
        &self,
        tenant: TenantId,
        consumer: &str,
        what: &str,
        now: Timestamp,
    ) -> Result<Turnout, StoreError> {
        let key = Key::seen(tenant, consumer, what);
        let mut row = key.item();
        row.insert("begun".to_owned(), super::expression::IntoValue::into_value(ms(now)));
        row.insert("ttl".to_owned(), super::expression::IntoValue::into_value(expiry(now)));
        let put = Put::new(row).when_so(|terms| {
            let (pk, begun, done) = (terms.name("pk"), terms.name("begun"), terms.name("done"));
            let stale = terms.value(ms(now - UNDER_WAY));
            format!("(attribute_not_exists({pk}) OR (attribute_not_exists({done}) AND {begun} < {stale}))")
        });
        Ok(match self.outbox.put(&put).await? {
            Written::Done(_) => Turnout::Begin,
            Written::Refused(Some(item)) if item.contains_key("done") => Turnout::Done,
            Written::Refused(_) => Turnout::UnderWay,
        })
    }

    /// Marks work as done.
    ///
    /// # Errors
    ///
    /// As every write: [`StoreError`].
    pub async fn finish_work(
        &self,
        tenant: TenantId,
        consumer: &str,
        what: &str,
        now: Timestamp,
    ) -> Result<(), StoreError> {
        let update = Update::new(Key::seen(tenant, consumer, what)).set("done", ms(now)).when_present("pk");
        self.outbox.update(&update).await?;
        Ok(())
    }

    /// Announces the difference `what` that `event` tells of, unless it was announced in the last 30 days; true
    /// when it was now. Repeating it is safe.
    ///
    /// # Errors
    ///
    /// As every write: [`StoreError`].
    pub async fn report_difference(&self, event: &Event, what: &str) -> Result<bool, StoreError> {
        let key = Key::seen(event.tenant, RECONCILIATION, what);
        let mut row = key.item();
        row.insert("done".to_owned(), super::expression::IntoValue::into_value(ms(event.at)));
        row.insert("ttl".to_owned(), super::expression::IntoValue::into_value(expiry(event.at)));
        let actions = vec![self.outbox.putting(Put::fresh(row))?, self.announcing(event)?];
        let is_new = self.outbox.transact(actions).await? == Transacted::Done;
        if is_new {
            announced(event);
        }
        Ok(is_new)
    }

    /// Lets work be begun again at once: it failed in a way that can be tried again.
    ///
    /// # Errors
    ///
    /// As every write: [`StoreError`].
    pub async fn drop_work(&self, tenant: TenantId, consumer: &str, what: &str) -> Result<(), StoreError> {
        let update = Update::new(Key::seen(tenant, consumer, what)).set("begun", 0_i64).when_absent("done");
        self.outbox.update(&update).await?;
        Ok(())
    }
}
