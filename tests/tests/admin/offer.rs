//! What a business offers: packages, resources, articles.

use serde_json::json;

use super::world::{OWNER, STUDIO, world};

#[tokio::test]
async fn a_package_is_added_listed_shown_changed_and_removed() {
    let world = world().await;
    let added = world.by(OWNER, "add-package").send().await;
    assert_eq!((added.status, &added.body["version"]), (201, &json!(1)), "{added:?}");
    assert_eq!(added.body["price"], json!({ "amount": 25000, "currency": "EUR" }));
    assert_eq!(world.listed("list-packages").await, std::slice::from_ref(&added.body));
    assert_eq!(world.by(OWNER, "show-package").id(added.id()).send().await.body, added.body);
    let changed = world.by(OWNER, "change-package").id(added.id()).version(1).send().await;
    let mut expected = added.body.clone();
    expected["price"]["amount"] = json!(27000);
    expected["version"] = json!(2);
    assert_eq!((changed.status, &changed.body), (200, &expected));
    assert_eq!(world.listed("list-packages").await, [expected]);
    let removed = world.by(OWNER, "remove-package").id(added.id()).version(2).send().await;
    assert_eq!(removed.status, 204);
    assert!(world.listed("list-packages").await.is_empty());
    assert_eq!(world.by(OWNER, "show-package").id(added.id()).send().await.status, 404);
}

#[tokio::test]
async fn a_resource_and_an_article_are_added_changed_and_removed() {
    let world = world().await;
    for (noun, field) in [("resource", "name"), ("article", "body")] {
        let added = world.by(OWNER, &format!("add-{noun}")).send().await;
        assert_eq!(added.status, 201, "{noun}: {added:?}");
        let changed = world.by(OWNER, &format!("change-{noun}")).id(added.id()).version(1).send().await;
        assert_eq!((changed.status, &changed.body["version"]), (200, &json!(2)), "{noun}: {changed:?}");
        assert_ne!(changed.body[field], added.body[field]);
        assert_eq!(world.by(OWNER, &format!("show-{noun}")).id(added.id()).send().await.body, changed.body);
        assert!(world.listed(&format!("list-{noun}s")).await.contains(&changed.body));
        assert_eq!(world.by(OWNER, &format!("remove-{noun}")).id(added.id()).version(2).send().await.status, 204);
        assert!(!world.listed(&format!("list-{noun}s")).await.contains(&changed.body));
    }
}

#[tokio::test]
async fn a_change_names_the_version_it_is_based_on() {
    let world = world().await;
    let added = world.by(OWNER, "add-package").send().await;
    for case in ["change-package", "remove-package"] {
        let stale = world.by(OWNER, case).id(added.id()).version(2).send().await;
        assert_eq!((stale.status, stale.code()), (412, "stale_version"), "{case}");
        let blind = world.by(OWNER, case).id(added.id()).without("If-Match").send().await;
        assert_eq!((blind.status, blind.code()), (400, "malformed"), "{case}");
    }
    assert_eq!(world.listed("list-packages").await, [added.body]);
}

#[tokio::test]
async fn of_two_changes_of_one_version_one_is_refused() {
    let world = world().await;
    let added = world.by(OWNER, "add-package").send().await;
    let change = |amount: i64| {
        let body = json!({ "price": { "amount": amount } });
        world.by(OWNER, "change-package").id(added.id()).version(1).body(&body).send()
    };
    let (one, other) = tokio::join!(change(100), change(200));
    let mut statuses = [one.status, other.status];
    statuses.sort_unstable();
    assert_eq!(statuses, [200, 412]);
    assert_eq!(world.listed("list-packages").await[0]["version"], 2);
}

#[tokio::test]
async fn every_fault_of_a_package_is_told_at_its_field() {
    let world = world().await;
    let package = json!({
        "name": " ", "kind": "SLOT", "price": { "amount": -1, "currency": "EUR" }, "durationMinutes": 3,
        "resources": [STUDIO, "nobody"], "depositPercent": 101, "images": ["http://x.test/a.png"],
    });
    let refused = world.by(OWNER, "add-package").body(&package).send().await;
    assert_eq!((refused.status, refused.code()), (400, "invalid"));
    assert_eq!(
        refused.faults(),
        [
            ("/name", "invalid"),
            ("/price/amount", "invalid"),
            ("/durationMinutes", "out_of_range"),
            ("/resources/1", "invalid"),
            ("/depositPercent", "out_of_range"),
            ("/images/0", "invalid"),
        ]
    );
}

#[tokio::test]
async fn a_package_is_served_and_priced_by_its_own_business() {
    let world = world().await;
    let add = |name: &str, value: serde_json::Value| {
        let mut package = json!({ "name": "Hour", "kind": "DATE", "price": { "amount": 100, "currency": "EUR" }, "resources": [STUDIO] });
        package[name] = value;
        world.by(OWNER, "add-package").body(&package).send()
    };
    let unknown = add("resources", json!([STUDIO, "01KAJ9G7T1W3Y5A7C9E1G3J5M8"])).await;
    assert_eq!(unknown.faults(), [("/resources/1", "unknown")]);
    let dollars = add("price", json!({ "amount": 100, "currency": "USD" })).await;
    assert_eq!(dollars.faults(), [("/price/currency", "wrong_currency")]);
    let odd = add("colour", json!("red")).await;
    assert_eq!(odd.faults(), [("/colour", "unknown_field")]);
    assert!(world.listed("list-packages").await.is_empty());
}

#[tokio::test]
async fn a_resource_that_serves_a_package_stays() {
    let world = world().await;
    let package = world.by(OWNER, "add-package").send().await;
    let refused = world.by(OWNER, "remove-resource").version(1).send().await;
    assert_eq!((refused.status, refused.code()), (409, "conflict"));
    world.by(OWNER, "remove-package").id(package.id()).version(1).send().await;
    assert_eq!(world.by(OWNER, "remove-resource").version(1).send().await.status, 204);
}
