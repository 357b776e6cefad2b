//! Meters: `pk = T#<tenant>`, `sk = METER`. One item counts everything a tenant's visitors use up.
//!
//! Attributes are named by their window, so nothing has to be reset: `i_<minute>_<address>` and
//! `h_<hour>` count messages, `c_<month>` is what is spent and reserved, `r_<turn>` is a turn under
//! way, `d<day><figure>` are the day's figures, `v` rises with every change of the business
//! context and `f` whenever figures leave. A settling turn removes the windows that have passed.

use std::collections::BTreeMap;

use aws_sdk_dynamodb::types::AttributeValue;
use jiff::Timestamp;

use super::Store;
use super::error::StoreError;
use super::expression::{Item, Update};
use super::figure::on_meter;
use super::key::Key;
use super::row::ms;
use super::table::{Action, Written};
use crate::domain::figure::{Count, day_of};
use crate::domain::id::TenantId;
use crate::domain::meter::{Barred, Exceeded, Reservation, TURN_LIFE, Windows};
use crate::domain::money::MicroUsd;
use crate::domain::tenant::Limits;

/// What a turn asks for before it begins.
#[derive(Debug, Clone)]
pub struct Ask<'a> {
    /// The turn, as its lock.
    pub turn: &'a str,
    /// A short hash of the visitor's address; none: the limit per address is off.
    pub address: Option<&'a str>,
    /// The tenant's limits.
    pub limits: Limits,
    /// The worst case of its cost; zero when the model will not be asked.
    pub amount: MicroUsd,
    /// The present.
    pub now: Timestamp,
}

/// A turn may begin.
#[derive(Debug, Clone, PartialEq)]
pub struct Admitted {
    /// What was set aside.
    pub reservation: Reservation,
    /// The stamp of the business context: another one than the cached means it has changed.
    pub context: u64,
    /// Windows that have passed.
    stale: Vec<String>,
}

/// What a finished turn gives back and counts.
#[derive(Debug, Clone, PartialEq)]
pub struct Settled {
    admitted: Admitted,
    cost: MicroUsd,
    figures: BTreeMap<String, i64>,
}

/// Why nothing was set aside.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Held {
    /// The month's spend could pass its limit.
    BySpend,
    /// It was under this name, a moment ago: somebody is at that work.
    UnderWay,
    /// It was under this name, and whoever did so is long gone: it has been given back.
    Left,
}

/// An admission that was not granted.
struct Refused {
    /// What the same turn had set aside before it died.
    lost: Option<Reservation>,
    /// What stands in the way.
    barred: Barred,
}

impl Admitted {
    /// Settles at `cost`, and counts.
    #[must_use]
    pub fn settle(&self, cost: MicroUsd, counts: &[Count]) -> Settled {
        Settled { admitted: self.clone(), cost, figures: by_attribute(counts) }
    }
}

impl Store {
    /// Counts a message and sets its worst case aside, unless a limit stands in the way. One conditional
    /// write, so that no number of simultaneous turns passes a limit.
    ///
    /// # Errors
    ///
    /// As every write: [`StoreError`].
    pub async fn admit_turn(&self, tenant: TenantId, ask: &Ask<'_>) -> Result<Result<Admitted, Barred>, StoreError> {
        let barred = match self.try_admit(tenant, ask).await? {
            Ok(admitted) => return Ok(Ok(admitted)),
            Err(Refused { lost: None, barred }) => barred,
            Err(Refused { lost: Some(lost), .. }) => {
                // The turn was begun before and died: what it had set aside comes back before it begins anew.
                self.give_back(tenant, lost).await?;
                return Ok(self.try_admit(tenant, ask).await?.map_err(|refused| refused.barred));
            }
        };
        Ok(Err(barred))
    }

    async fn try_admit(&self, tenant: TenantId, ask: &Ask<'_>) -> Result<Result<Admitted, Refused>, StoreError> {
        let windows = Windows::of(ask.now);
        let (spent, hour) = (format!("c_{}", windows.month), format!("h_{}", windows.hour));
        let under_way = format!("r_{}", ask.turn);
        let mut update = Update::new(Key::meter(tenant))
            .add(&hour, 1_u64)
            .set(&under_way, reservation_value(ask.amount, ask.now))
            .when_absent_or(&hour, "<", ask.limits.messages_per_hour)
            .when_absent(&under_way);
        if ask.amount != MicroUsd::ZERO {
            let room = ask.limits.spend_per_month.saturating_sub(ask.amount);
            update = update.add(&spent, ask.amount.get()).when_absent_or(&spent, "<=", room.get());
            if room < MicroUsd::ZERO {
                update = update.when_present(&spent);
            }
        }
        let by_address = ask.address.map(|address| format!("i_{}_{address}", windows.minute));
        if let Some(counter) = &by_address {
            let limit = ask.limits.messages_per_minute_and_ip;
            update = update.add(counter, 1_u64).when_absent_or(counter, "<", limit);
        }
        let item = match self.counters.update(&update).await? {
            Written::Done(item) => item.unwrap_or_default(),
            Written::Refused(item) => {
                let item = item.unwrap_or_default();
                let lost = item.get(&under_way).and_then(|value| lost_reservation(ask.turn, value, ask.now));
                let barred = barred(&item, ask, &under_way, by_address.as_deref(), &hour);
                return Ok(Err(Refused { lost, barred }));
            }
        };
        let reservation =
            Reservation { turn: ask.turn.to_owned(), month: windows.month.clone(), amount: ask.amount, at: ask.now };
        let stale = stale(&item, ask.now);
        Ok(Ok(Admitted { reservation, context: number(&item, "v"), stale }))
    }

    /// Sets `amount` aside under `name` for work that no visitor waits for, unless that passes `limit`, the month's
    /// spend. What was set aside under that name and left behind is given back, and said.
    ///
    /// # Errors
    ///
    /// As every write: [`StoreError`].
    pub async fn set_aside(
        &self,
        tenant: TenantId,
        name: &str,
        (amount, limit): (MicroUsd, MicroUsd),
        now: Timestamp,
    ) -> Result<Result<Admitted, Held>, StoreError> {
        let month = Windows::of(now).month;
        let (spent, under_way) = (format!("c_{month}"), format!("r_{name}"));
        let room = limit.saturating_sub(amount);
        let mut update = Update::new(Key::meter(tenant))
            .set(&under_way, reservation_value(amount, now))
            .add(&spent, amount.get())
            .when_absent(&under_way)
            .when_absent_or(&spent, "<=", room.get());
        if room < MicroUsd::ZERO {
            update = update.when_present(&spent);
        }
        let item = match self.counters.update(&update).await? {
            Written::Done(_) => {
                let reservation = Reservation { turn: name.to_owned(), month, amount, at: now };
                return Ok(Ok(Admitted { reservation, context: 0, stale: Vec::new() }));
            }
            Written::Refused(item) => item.unwrap_or_default(),
        };
        let Some(value) = item.get(&under_way) else { return Ok(Err(Held::BySpend)) };
        let Some(lost) = lost_reservation(name, value, now) else { return Ok(Err(Held::UnderWay)) };
        self.give_back(tenant, lost).await?;
        Ok(Err(Held::Left))
    }

    /// Gives back what a turn that never ended had set aside; false when somebody else did.
    async fn give_back(&self, tenant: TenantId, lost: Reservation) -> Result<bool, StoreError> {
        let settled = Admitted { reservation: lost, context: 0, stale: Vec::new() }.settle(MicroUsd::ZERO, &[]);
        Ok(matches!(self.counters.update(&settling(tenant, &settled)).await?, Written::Done(_)))
    }

    /// Gives a reservation back when the turn cannot go on. Repeating is safe: it is only given back while it is there.
    ///
    /// # Errors
    ///
    /// As every write: [`StoreError`].
    pub async fn release_turn(&self, tenant: TenantId, admitted: &Admitted) -> Result<(), StoreError> {
        let settled = admitted.settle(MicroUsd::ZERO, &[]);
        self.counters.update(&settling(tenant, &settled)).await?;
        Ok(())
    }

    /// Settles a turn, in its transaction. Demands that the reservation is still this turn's.
    pub(super) fn settling(&self, tenant: TenantId, settled: &Settled) -> Result<Action, StoreError> {
        self.counters.updating(settling(tenant, settled))
    }

    /// Adds to the figures of days, in somebody's transaction.
    pub(super) fn counting(
        &self,
        tenant: TenantId,
        counts: impl IntoIterator<Item = Count>,
    ) -> Result<Action, StoreError> {
        let counts: Vec<Count> = counts.into_iter().collect();
        let counted = by_attribute(&counts);
        let update = counted.iter().fold(Update::new(Key::meter(tenant)), |update, (name, by)| update.add(name, *by));
        self.counters.updating(update)
    }

    /// Raises the stamp of the business context, in the transaction that changes it.
    pub(super) fn restamping(&self, tenant: TenantId) -> Result<Action, StoreError> {
        self.counters.updating(Update::new(Key::meter(tenant)).add("v", 1_u64))
    }

    /// The same, on the condition that nothing of it has changed since it was read under `stamp`.
    pub(super) fn restamping_from(&self, tenant: TenantId, stamp: u64) -> Result<Action, StoreError> {
        self.counters.updating(Update::new(Key::meter(tenant)).add("v", 1_u64).when("v", "=", stamp))
    }

    /// The present stamp of the business context.
    ///
    /// # Errors
    ///
    /// As every read: [`StoreError`].
    pub async fn context_stamp(&self, tenant: TenantId) -> Result<u64, StoreError> {
        let meter = self.counters.find_item(&Key::meter(tenant)).await?;
        Ok(number(&meter.unwrap_or_default(), "v"))
    }

    /// Gives back what turns have set aside that never ended, and says how many. For the hourly cleanup:
    /// each is removed on the condition that it is still the one that was seen.
    ///
    /// # Errors
    ///
    /// As every read and write: [`StoreError`].
    pub async fn release_lost_turns(&self, tenant: TenantId, now: Timestamp) -> Result<usize, StoreError> {
        let meter: Option<Item> = self.counters.find_item(&Key::meter(tenant)).await?;
        let mut released = 0;
        for lost in lost_reservations(&meter.unwrap_or_default(), now) {
            released += usize::from(self.give_back(tenant, lost).await?);
        }
        Ok(released)
    }

    /// What this tenant has spent and reserved in the month of `now`.
    ///
    /// # Errors
    ///
    /// As every read: [`StoreError`].
    pub async fn spent(&self, tenant: TenantId, now: Timestamp) -> Result<MicroUsd, StoreError> {
        let meter: Option<Item> = self.counters.find_item(&Key::meter(tenant)).await?;
        let name = format!("c_{}", Windows::of(now).month);
        Ok(MicroUsd::new(signed(&meter.unwrap_or_default(), &name)))
    }
}

/// What is counted, by the meter's attributes: an update may name each of them once.
fn by_attribute(counts: &[Count]) -> BTreeMap<String, i64> {
    counts.iter().fold(BTreeMap::new(), |mut sums, Count { figure, by, at }| {
        *sums.entry(on_meter(day_of(*at), figure)).or_default() += by;
        sums
    })
}

fn reservation_value(amount: MicroUsd, at: Timestamp) -> AttributeValue {
    let number = |n: i64| AttributeValue::N(n.to_string());
    AttributeValue::M([("a".to_owned(), number(amount.get())), ("t".to_owned(), number(ms(at)))].into())
}

/// What turns have set aside that never ended, by the turn's name: an item keeps its attributes in no
/// order, and two cleanups at once shall do the same each time that a history is played.
fn lost_reservations(item: &Item, now: Timestamp) -> Vec<Reservation> {
    let under_way = item.iter().filter_map(|(name, value)| Some((name.strip_prefix("r_")?, value)));
    let mut lost: Vec<_> = under_way.filter_map(|(turn, value)| lost_reservation(turn, value, now)).collect();
    lost.sort_unstable_by(|one, other| one.turn.cmp(&other.turn));
    lost
}

fn lost_reservation(turn: &str, value: &AttributeValue, now: Timestamp) -> Option<Reservation> {
    let fields = value.as_m().ok()?;
    let at = Timestamp::from_millisecond(signed(fields, "t")).ok()?;
    let month = Windows::of(at).month;
    let lost = at + TURN_LIFE < now;
    lost.then(|| Reservation { turn: turn.to_owned(), month, amount: MicroUsd::new(signed(fields, "a")), at })
}

fn settling(tenant: TenantId, settled: &Settled) -> Update {
    let Admitted { reservation, stale, .. } = &settled.admitted;
    let under_way = format!("r_{}", reservation.turn);
    let mut update = Update::new(Key::meter(tenant)).remove(&under_way).when(
        &under_way,
        "=",
        reservation_value(reservation.amount, reservation.at),
    );
    let back = settled.cost.saturating_sub(reservation.amount);
    if back != MicroUsd::ZERO {
        update = update.add(&format!("c_{}", reservation.month), back.get());
    }
    for name in stale {
        update = update.remove(name);
    }
    settled.figures.iter().fold(update, |update, (figure, by)| update.add(figure, *by))
}

/// Which limit stood in the way, from the item as it was.
fn barred(item: &Item, ask: &Ask<'_>, under_way: &str, by_address: Option<&str>, hour: &str) -> Barred {
    let started = item.get(under_way).and_then(|value| value.as_m().ok()).map(|fields| signed(fields, "t"));
    if started.is_some_and(|at| ms(ask.now - TURN_LIFE) <= at) {
        return Barred::InProgress;
    }
    let (per_address, per_tenant) = (ask.limits.messages_per_minute_and_ip, ask.limits.messages_per_hour);
    if by_address.is_some_and(|counter| u64::from(per_address) <= number(item, counter)) {
        return Barred::ByAddress(Exceeded::per_minute(per_address, ask.now));
    }
    if u64::from(per_tenant) <= number(item, hour) {
        return Barred::ByTenant(Exceeded::per_hour(per_tenant, ask.now));
    }
    Barred::BySpend
}

/// Names of windows that have passed, sorted. The last minute stays, for clocks that differ a little.
fn stale(item: &Item, now: Timestamp) -> Vec<String> {
    let (windows, before) = (Windows::of(now), Windows::of(now - jiff::SignedDuration::from_mins(1)));
    let passed = |name: &&String| {
        let minute = name.strip_prefix("i_").and_then(|rest| rest.split_once('_'));
        minute.is_some_and(|(minute, _)| minute < before.minute.as_str())
            || name.strip_prefix("h_").is_some_and(|hour| hour < windows.hour.as_str() && hour < before.hour.as_str())
    };
    let mut names: Vec<String> = item.keys().filter(passed).cloned().collect();
    names.sort_unstable();
    names.truncate(50);
    names
}

fn number(item: &Item, name: &str) -> u64 {
    item.get(name).and_then(|value| value.as_n().ok()).and_then(|n| n.parse().ok()).unwrap_or_default()
}

pub(super) fn signed(item: &Item, name: &str) -> i64 {
    item.get(name).and_then(|value| value.as_n().ok()).and_then(|n| n.parse().ok()).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use jiff::SignedDuration;

    use super::*;

    #[test]
    fn what_lost_turns_and_passed_windows_leave_comes_in_the_order_of_their_names() {
        let now: Timestamp = "2026-03-02T09:30:00Z".parse().unwrap();
        let long_ago = now - TURN_LIFE - SignedDuration::from_secs(1);
        let turns: Vec<String> = (10..60).map(|turn| format!("turn-{turn}")).collect();
        let hours: Vec<String> = (10..90).map(|day| format!("h_20250{day}")).collect();
        let one = || AttributeValue::N("1".to_owned());
        let item: Item = turns
            .iter()
            .map(|turn| (format!("r_{turn}"), reservation_value(MicroUsd::new(5), long_ago)))
            .chain(hours.iter().map(|hour| (hour.clone(), one())))
            .chain([("r_under_way".to_owned(), reservation_value(MicroUsd::new(5), now))])
            .collect();
        let lost: Vec<String> = lost_reservations(&item, now).into_iter().map(|lost| lost.turn).collect();
        assert_eq!(lost, turns);
        assert_eq!(stale(&item, now), hours[..50]);
    }
}
