//! What tenants and their catalogue promise, on an embedded table.

use jiff::Timestamp;
use ulid::Ulid;

use super::*;
use crate::domain::article::ArticleDraft;
use crate::domain::hours::draft::{HoursDraft, SpecialDraft, StretchDraft};
use crate::domain::hours::{Hours, WeeklyHours};
use crate::domain::package::draft::{CancellationDraft, PackageDraft};
use crate::domain::resource::ResourceDraft;
use crate::domain::secret::{SecretHash, TenantKey};
use crate::domain::tenant::Tenant;
use crate::domain::tenant::draft::{ContactDraft, TenantDraft};
use crate::domain::widget::WidgetConfig;
use crate::store::tenant::NewTenant;
use crate::store::{Patience, TableNames, embedded};

const NOW: Timestamp = Timestamp::constant(1_795_253_400, 0);

async fn store() -> Store {
    let names = TableNames::prefixed(embedded::PREFIX);
    Store::new(&embedded::client().await, &names, Patience::default())
}

fn id(n: u64) -> TenantId {
    TenantId::new(Ulid::from_parts(n, n.into()))
}

fn key(n: u8) -> SecretHash {
    TenantKey::new([n; 16]).hash()
}

fn tenant(n: u64) -> Tenant {
    let draft = TenantDraft {
        locale: "de-DE".to_owned(),
        contact: ContactDraft {
            address: "1 High Street\nTown".to_owned(),
            phone: "+49 30 1".to_owned(),
            website: "https://light.example".to_owned(),
        },
        allowed_origins: vec!["https://shop.example".to_owned()],
        stripe_account: Some("acct_1".to_owned()),
        ..TenantDraft::new("Bright Light", "Europe/Berlin", "EUR", "owner@demo.test")
    };
    draft.check(id(n), 1).unwrap()
}

fn hours() -> Hours {
    let stretch = || vec![StretchDraft { opens: "10:00".to_owned(), closes: "24:00".to_owned() }];
    let special = |date: &str, name: Option<&str>, open| SpecialDraft {
        date: date.to_owned(),
        name: name.map(str::to_owned),
        open,
    };
    let draft = HoursDraft {
        holidays: vec![("12-25".to_owned(), "Christmas".to_owned())],
        special: vec![
            special("2026-12-24", Some("Eve"), Vec::new()),
            special("2026-12-27", None, stretch()),
            special("2026-12-28", None, Vec::new()),
        ],
        ..HoursDraft::default()
    };
    Hours { weekly: WeeklyHours::office(), ..draft.check(1).unwrap() }
}

async fn make(store: &Store, n: u64, key: &SecretHash) -> Saved {
    let (tenant, widget) = (tenant(n), WidgetConfig { version: 1, ..WidgetConfig::default() });
    store.create_tenant(NewTenant { tenant: &tenant, key, widget: &widget, hours: &hours() }, NOW).await.unwrap()
}

fn resource(version: u64, name: &str) -> Resource {
    let draft = ResourceDraft { name: name.to_owned(), active: true };
    draft.check(ResourceId::new(Ulid::from_parts(1, 1)), version).unwrap()
}

fn slot_package() -> Package {
    let draft = PackageDraft {
        name: "Portrait hour".to_owned(),
        description: "Ten pictures.".to_owned(),
        price_minor: 25_000,
        currency: "EUR".to_owned(),
        kind: "SLOT".to_owned(),
        duration_minutes: Some(60),
        buffer_before_minutes: Some(5),
        buffer_after_minutes: Some(15),
        capacity: Some(3),
        resources: vec![resource(1, "Ann").id.to_string()],
        active: false,
        deposit_percent: Some(30),
        cancellation: CancellationDraft {
            free_until_minutes: Some(48 * 60),
            late_fee_percent: Some(80),
            no_show_percent: None,
        },
        images: vec!["https://cdn.example/a.jpg".to_owned()],
    };
    draft.check(PackageId::new(Ulid::from_parts(2, 2)), 1).unwrap()
}

fn date_package() -> Package {
    let draft = PackageDraft {
        name: "Wedding".to_owned(),
        description: String::new(),
        price_minor: 0,
        currency: "EUR".to_owned(),
        kind: "DATE".to_owned(),
        duration_minutes: None,
        buffer_before_minutes: None,
        buffer_after_minutes: None,
        capacity: None,
        resources: vec![resource(1, "Ann").id.to_string()],
        active: true,
        deposit_percent: None,
        cancellation: CancellationDraft::default(),
        images: Vec::new(),
    };
    draft.check(PackageId::new(Ulid::from_parts(3, 3)), 1).unwrap()
}

fn article() -> Article {
    let draft = ArticleDraft {
        title: "Parking".to_owned(),
        body: "Three places.\nBehind the house.".to_owned(),
        tags: vec!["car".to_owned()],
        published: true,
    };
    draft.check(ArticleId::new(Ulid::from_parts(4, 4)), 1).unwrap()
}

#[tokio::test]
async fn one_read_gives_back_all_that_was_kept() {
    let store = store().await;
    assert_eq!(make(&store, 1, &key(1)).await, Saved::Done);
    for package in [slot_package(), date_package()] {
        assert_eq!(store.put_package(id(1), &package, None).await.unwrap(), Saved::Done);
    }
    assert_eq!(store.put_resource(id(1), &resource(1, "Ann"), None).await.unwrap(), Saved::Done);
    assert_eq!(store.put_article(id(1), &article(), None).await.unwrap(), Saved::Done);
    let business = store.find_context(id(1)).await.unwrap().unwrap();
    assert_eq!(business.tenant, tenant(1));
    assert_eq!(business.packages, [slot_package(), date_package()]);
    assert_eq!(business.resources, [resource(1, "Ann")]);
    assert_eq!(*business.articles, [article()]);
    assert_eq!(business.hours, hours());
    assert_eq!(business.widget, WidgetConfig { version: 1, ..WidgetConfig::default() });
}

#[tokio::test]
async fn a_tenant_is_found_by_its_key_and_by_no_other() {
    let store = store().await;
    make(&store, 1, &key(1)).await;
    assert_eq!(store.find_tenant_of_key(&key(1)).await.unwrap(), Some(id(1)));
    assert_eq!(store.find_tenant_of_key(&key(2)).await.unwrap(), None);
    assert_eq!(store.find_context(id(2)).await.unwrap(), None);
}

#[tokio::test]
async fn a_taken_id_or_key_makes_nothing() {
    let store = store().await;
    make(&store, 1, &key(1)).await;
    assert_eq!(make(&store, 1, &key(2)).await, Saved::Exists);
    assert_eq!(make(&store, 2, &key(1)).await, Saved::Exists);
    assert_eq!(store.find_tenant_of_key(&key(2)).await.unwrap(), None);
    assert_eq!(store.find_tenant_of_key(&key(1)).await.unwrap(), Some(id(1)));
    assert_eq!(store.find_context(id(2)).await.unwrap(), None);
    assert_eq!(store.list_tenants(10, None).await.unwrap().items, [id(1)]);
}

#[tokio::test]
async fn every_tenant_is_listed_once_over_pages() {
    let store = store().await;
    for n in 1..=5 {
        make(&store, n, &key(u8::try_from(n).unwrap())).await;
    }
    let (mut seen, mut after) = (Vec::new(), None);
    loop {
        let page = store.list_tenants(2, after.as_ref()).await.unwrap();
        assert!(page.items.len() <= 2);
        seen.extend(page.items);
        after = page.next;
        if after.is_none() {
            break;
        }
    }
    assert_eq!(seen, [id(1), id(2), id(3), id(4), id(5)]);
}

#[tokio::test]
async fn a_change_demands_the_version_that_was_read() {
    let store = store().await;
    make(&store, 1, &key(1)).await;
    let put = |version, name, expected| {
        let (store, changed) = (&store, resource(version, name));
        async move { store.put_resource(id(1), &changed, expected).await.unwrap() }
    };
    assert_eq!(put(2, "Ann", Some(1)).await, Saved::Missing);
    assert_eq!(put(1, "Ann", None).await, Saved::Done);
    assert_eq!(put(1, "Bea", None).await, Saved::Exists);
    assert_eq!(put(2, "Cid", Some(1)).await, Saved::Done);
    assert_eq!(put(2, "Dot", Some(1)).await, Saved::Stale);
    assert_eq!(store.find_context(id(1)).await.unwrap().unwrap().resources, [resource(2, "Cid")]);
}

#[tokio::test]
async fn a_removal_demands_the_version_that_was_read() {
    let store = store().await;
    make(&store, 1, &key(1)).await;
    store.put_article(id(1), &article(), None).await.unwrap();
    assert_eq!(store.delete_article(id(1), article().id, 2).await.unwrap(), Saved::Stale);
    assert_eq!(store.delete_article(id(1), article().id, 1).await.unwrap(), Saved::Done);
    assert_eq!(store.delete_article(id(1), article().id, 1).await.unwrap(), Saved::Missing);
    assert!(store.find_context(id(1)).await.unwrap().unwrap().articles.is_empty());
}

#[tokio::test]
async fn nobody_changes_what_another_tenant_keeps() {
    let store = store().await;
    make(&store, 1, &key(1)).await;
    make(&store, 2, &key(2)).await;
    store.put_package(id(1), &slot_package(), None).await.unwrap();
    assert_eq!(store.put_package(id(2), &slot_package(), Some(1)).await.unwrap(), Saved::Missing);
    assert_eq!(store.delete_package(id(2), slot_package().id, 1).await.unwrap(), Saved::Missing);
    assert_eq!(store.find_context(id(1)).await.unwrap().unwrap().packages, [slot_package()]);
    assert_eq!(store.find_context(id(2)).await.unwrap().unwrap().packages, []);
}

#[tokio::test]
async fn every_change_raises_the_stamp_and_no_refusal_does() {
    let store = store().await;
    make(&store, 1, &key(1)).await;
    let mut stamp = store.context_stamp(id(1)).await.unwrap();
    let mut rose = async |is_done: bool| {
        let now = store.context_stamp(id(1)).await.unwrap();
        assert_eq!(now, stamp + u64::from(is_done));
        stamp = now;
    };
    store.put_package(id(1), &slot_package(), None).await.unwrap();
    rose(true).await;
    store.put_package(id(1), &slot_package(), None).await.unwrap();
    rose(false).await;
    store.put_profile(&Tenant { version: 2, ..tenant(1) }, 1).await.unwrap();
    rose(true).await;
    store.put_profile(&Tenant { version: 2, ..tenant(1) }, 1).await.unwrap();
    rose(false).await;
    store.put_hours(id(1), &Hours { version: 2, ..hours() }, 1).await.unwrap();
    rose(true).await;
    store.put_widget(id(1), &WidgetConfig { version: 2, ..WidgetConfig::default() }, 1).await.unwrap();
    rose(true).await;
    store.delete_package(id(1), slot_package().id, 1).await.unwrap();
    rose(true).await;
    store.delete_package(id(1), slot_package().id, 1).await.unwrap();
    rose(false).await;
}
