//! Webhooks, deliveries and how they fare survive the table, and overtake nobody.

use jiff::{SignedDuration, Timestamp};
use ulid::Ulid;

use super::*;
use crate::domain::event::{Event, Happening};
use crate::domain::id::{BookingId, DeliveryId, EventId};
use crate::domain::webhook::delivery::{Answer, Delivery, GivenUp, KEPT};
use crate::domain::webhook::health::Health;
use crate::domain::webhook::secret::SigningSecret;
use crate::domain::webhook::{Topic, WebhookDraft};
use crate::store::embedded;
use crate::store::{DUE_SHARDS, Patience, TableNames};

fn now() -> Timestamp {
    "2026-11-22T10:00:00Z".parse().unwrap()
}

fn tenant() -> TenantId {
    TenantId::new(Ulid::from_parts(1, 1))
}

fn webhook() -> Webhook {
    let draft = WebhookDraft {
        url: "https://hooks.example.com/a".to_owned(),
        kind: "standard".to_owned(),
        events: vec!["booking.confirmed".to_owned(), "conversation.escalated".to_owned()],
        description: "Our books".to_owned(),
        active: true,
    };
    let secrets = Secrets::new(SigningSecret::new([1; 32])).rotated(SigningSecret::new([2; 32]), now());
    Webhook::new(WebhookId::new(Ulid::from_parts(2, 2)), draft.check(|_| true).unwrap(), Some(secrets), now())
}

fn event(n: u64) -> Event {
    let what = Happening::BookingConfirmed(BookingId::new(Ulid::from_parts(9, 9)));
    Event { id: EventId::new(Ulid::from_parts(n, n.into())), tenant: tenant(), at: now(), what }
}

fn begun(n: u64) -> Delivery {
    Delivery::begun(&event(n), Topic::BookingConfirmed, webhook().id, now())
}

async fn store() -> Store {
    let names = TableNames::prefixed(embedded::PREFIX);
    Store::new(&embedded::client().await, &names, Patience::default())
}

/// What is due at `at`, of all shards.
async fn due(store: &Store, at: Timestamp) -> Vec<Due> {
    let mut all = Vec::new();
    for shard in 0..DUE_SHARDS {
        let page = store.list_due_deliveries(shard, at, 100, None).await.unwrap();
        all.extend(page.items.into_iter().map(Result::unwrap));
    }
    all
}

#[tokio::test]
async fn a_webhook_survives_the_table_with_both_its_secrets() {
    let (store, webhook) = (store().await, webhook());
    assert_eq!(store.put_webhook(tenant(), &webhook, None).await.unwrap(), Saved::Done);
    assert_eq!(store.put_webhook(tenant(), &webhook, None).await.unwrap(), Saved::Exists);
    assert_eq!(store.find_webhook(tenant(), webhook.id).await.unwrap(), Some(webhook.clone()));
    assert_eq!(store.list_webhooks(tenant()).await.unwrap(), std::slice::from_ref(&webhook));
    let other = TenantId::new(Ulid::from_parts(1, 2));
    assert_eq!(store.find_webhook(other, webhook.id).await.unwrap(), None);
    let changed = Webhook { version: 2, ..webhook.clone() };
    assert_eq!(store.put_webhook(tenant(), &changed, Some(2)).await.unwrap(), Saved::Stale);
    assert_eq!(store.put_webhook(tenant(), &changed, Some(1)).await.unwrap(), Saved::Done);
    assert_eq!(store.delete_webhook(tenant(), webhook.id, 1).await.unwrap(), Saved::Stale);
    assert_eq!(store.delete_webhook(tenant(), webhook.id, 2).await.unwrap(), Saved::Done);
    assert_eq!(store.delete_webhook(tenant(), webhook.id, 2).await.unwrap(), Saved::Missing);
}

#[tokio::test]
async fn a_delivery_is_begun_once_and_changed_by_whoever_has_seen_it() {
    let (store, fresh) = (store().await, begun(5));
    assert_eq!(store.begin_delivery(tenant(), &fresh).await.unwrap(), None);
    assert_eq!(store.begin_delivery(tenant(), &fresh).await.unwrap(), Some(fresh.clone()));
    let waiting = fresh.answered(Answer::Status(503), None, now(), 7);
    assert!(store.write_delivery(tenant(), fresh.version, &waiting).await.unwrap());
    assert!(!store.write_delivery(tenant(), fresh.version, &waiting).await.unwrap());
    assert_eq!(store.find_delivery(tenant(), fresh.webhook, fresh.id).await.unwrap(), Some(waiting.clone()));
    let over = waiting.given_up(GivenUp::SwitchedOff, now());
    assert!(store.write_delivery(tenant(), waiting.version, &over).await.unwrap());
    assert_eq!(store.find_delivery(tenant(), fresh.webhook, fresh.id).await.unwrap(), Some(over));
}

#[tokio::test]
async fn what_is_not_over_is_due_when_it_says_and_what_is_over_never() {
    let (store, fresh) = (store().await, begun(5));
    store.begin_delivery(tenant(), &fresh).await.unwrap();
    let wake = fresh.wake.unwrap();
    assert_eq!(due(&store, wake - SignedDuration::from_secs(1)).await, []);
    let named = Due { tenant: tenant(), webhook: fresh.webhook, delivery: Some(fresh.id) };
    assert_eq!(due(&store, wake).await, [named]);
    let announced = fresh.announced(wake).unwrap();
    assert!(store.announce_delivery(tenant(), Some(fresh.version), &announced, &event(6)).await.unwrap());
    assert!(!store.announce_delivery(tenant(), Some(fresh.version), &announced, &event(7)).await.unwrap());
    assert_eq!(due(&store, wake).await, []);
    let delivered = announced.answered(Answer::Status(200), None, now(), 0);
    assert!(store.write_delivery(tenant(), announced.version, &delivered).await.unwrap());
    assert_eq!(due(&store, now() + SignedDuration::from_hours(1_000)).await, []);
}

#[tokio::test]
async fn how_a_webhook_fares_is_kept_beside_its_deliveries_and_told_once() {
    let (store, webhook) = (store().await, webhook());
    let unknown = store.find_health(tenant(), webhook.id).await.unwrap();
    assert_eq!(unknown, Health::unknown(webhook.id));
    let gone = unknown.after(&webhook, Answer::Status(410), now()).unwrap();
    assert!(store.write_health(tenant(), 0, &gone).await.unwrap());
    assert!(!store.write_health(tenant(), 0, &gone).await.unwrap());
    assert_eq!(store.find_health(tenant(), webhook.id).await.unwrap(), gone);
    assert_eq!(due(&store, now()).await, [Due { tenant: tenant(), webhook: webhook.id, delivery: None }]);
    let told = gone.told(now()).unwrap();
    assert!(store.announce_health(tenant(), gone.version, &told, &event(6)).await.unwrap());
    assert_eq!(due(&store, now()).await, []);
    let listed = store.list_deliveries(tenant(), webhook.id, (now(), 10), None).await.unwrap();
    assert_eq!(listed.items, [], "and is no delivery");
}

#[tokio::test]
async fn deliveries_are_listed_newest_first_a_page_at_a_time_and_for_thirty_days() {
    let store = store().await;
    for n in 1..=5 {
        store.begin_delivery(tenant(), &begun(n)).await.unwrap();
    }
    let ids = |items: &[Delivery]| items.iter().map(|one| one.id).collect::<Vec<DeliveryId>>();
    let (mut seen, mut after) = (Vec::new(), None);
    loop {
        let page = store.list_deliveries(tenant(), webhook().id, (now(), 2), after.as_ref()).await.unwrap();
        seen.extend(ids(&page.items));
        after = page.next;
        if after.is_none() {
            break;
        }
    }
    assert_eq!(seen, (1..=5).rev().map(|n| begun(n).id).collect::<Vec<_>>());
    let late = store.list_deliveries(tenant(), webhook().id, (now() + KEPT, 10), None).await.unwrap();
    assert_eq!(late.items, [], "what its time to live has passed is gone, swept or not");
}
