//! The business itself: profile, hours, widget, and how it is made.

use serde_json::json;
use shared::domain::secret::TenantKey;

use super::world::{OPERATOR, OWNER, world};

#[tokio::test]
async fn the_caller_is_told_who_they_are() {
    let world = world().await;
    let me = world.by(OWNER, "me").send().await;
    assert_eq!(
        me.body,
        json!({
            "subject": "local|owner@demo.test", "email": OWNER, "role": "owner", "tenantId": world.tenant().to_string(),
            "businessName": "Business 1", "timezone": "Europe/Berlin", "currency": "EUR", "locale": "en",
        })
    );
}

#[tokio::test]
async fn the_owner_changes_a_part_of_the_profile_and_nothing_else() {
    let world = world().await;
    let before = world.by(OWNER, "tenant").send().await.body;
    let body = json!({ "policies": { "noticeMinutes": 0 }, "stripeAccount": "acct_1" });
    let changed = world.by(OWNER, "change-tenant").version(1).body(&body).send().await;
    let mut expected = before;
    expected["policies"]["noticeMinutes"] = json!(0);
    expected["stripeAccount"] = json!("acct_1");
    expected["version"] = json!(2);
    assert_eq!((changed.status, &changed.body), (200, &expected));
    assert_eq!(world.by(OWNER, "tenant").send().await.body, expected);
    assert_eq!(world.by(OWNER, "change-tenant").version(1).send().await.status, 412);
}

#[tokio::test]
async fn the_owner_cannot_lift_a_suspension_nor_break_the_assistant_or_the_prices() {
    let world = world().await;
    world.by(OWNER, "add-package").send().await;
    for (body, fault) in [
        (json!({ "suspended": false }), ("/suspended", "unknown_field")),
        (json!({ "id": "01KAFR0NTDESK000000000DEM2" }), ("/id", "unknown_field")),
        (json!({ "assistant": { "model": "gpt" } }), ("/assistant/model", "unknown")),
        (json!({ "currency": "USD" }), ("/currency", "in_use")),
        (json!({ "limits": { "messagesPerHour": 0 } }), ("/limits/messagesPerHour", "out_of_range")),
        (json!({ "policies": { "reminderMinutes": [14] } }), ("/policies/reminderMinutes", "invalid")),
        (json!({ "timezone": "Mars/Base" }), ("/timezone", "invalid")),
        (json!({ "name": null }), ("/name", "missing_field")),
    ] {
        let refused = world.by(OWNER, "change-tenant").version(1).body(&body).send().await;
        assert_eq!((refused.status, refused.faults()), (400, vec![fault]), "{body}");
    }
    assert_eq!(world.by(OWNER, "tenant").send().await.body["version"], 1);
}

#[tokio::test]
async fn the_owner_says_when_customers_are_reminded_or_that_they_are_not() {
    let world = world().await;
    assert_eq!(world.by(OWNER, "tenant").send().await.body["policies"]["reminderMinutes"], json!([1440, 120]));
    for (version, sent, kept) in [(1, json!([60, 2880]), json!([2880, 60])), (2, json!([]), json!([]))] {
        let body = json!({ "policies": { "reminderMinutes": sent } });
        let changed = world.by(OWNER, "change-tenant").version(version).body(&body).send().await;
        assert_eq!((changed.status, &changed.body["policies"]["reminderMinutes"]), (200, &kept));
        assert_eq!(world.by(OWNER, "tenant").send().await.body, changed.body);
    }
}

#[tokio::test]
async fn hours_are_replaced_as_a_whole() {
    let world = world().await;
    let set = world.by(OWNER, "set-hours").version(1).send().await;
    assert_eq!(set.status, 200, "{set:?}");
    assert_eq!(set.body["weekly"]["tuesday"], json!([]));
    assert_eq!(set.body["holidays"], json!([{ "day": "12-25", "name": "Christmas" }]));
    assert_eq!(set.body["version"], 2);
    assert_eq!(world.by(OWNER, "show-hours").send().await.body, set.body);
    assert_eq!(world.by(OWNER, "set-hours").version(1).send().await.status, 412);
    let wrong = json!({ "weekly": { "monday": [{ "opens": "17:00", "closes": "09:00" }] }, "holidays": [{ "day": "02-30", "name": "x" }] });
    let refused = world.by(OWNER, "set-hours").version(2).body(&wrong).send().await;
    assert_eq!(refused.faults(), [("/weekly/monday/0", "invalid"), ("/holidays/0/day", "invalid")]);
}

#[tokio::test]
async fn the_widget_is_replaced_and_what_is_left_out_is_as_new() {
    let world = world().await;
    let fresh = world.by(OWNER, "show-widget-config").send().await.body;
    let red = json!({ "primaryColor": "#AA0000" });
    let set = world.by(OWNER, "set-widget-config").version(1).body(&red).send().await;
    let mut expected = fresh.clone();
    expected["primaryColor"] = json!("#aa0000");
    expected["version"] = json!(2);
    assert_eq!((set.status, &set.body), (200, &expected));
    assert_eq!(world.by(OWNER, "show-widget-config").send().await.body, expected);
    let back = world.by(OWNER, "set-widget-config").version(2).send().await;
    assert_eq!(back.body["primaryColor"], fresh["primaryColor"]);
    let wrong = json!({ "primaryColor": "red;}", "offsetX": 401 });
    let refused = world.by(OWNER, "set-widget-config").version(3).body(&wrong).send().await;
    assert_eq!(refused.faults(), [("/offsetX", "out_of_range"), ("/primaryColor", "invalid")]);
}

#[tokio::test]
async fn an_operator_makes_a_business_with_a_key_of_its_own() {
    let world = world().await;
    let made = world.by(OPERATOR, "add-tenant").send().await;
    assert_eq!(made.status, 201, "{made:?}");
    let key: TenantKey = made.body["tenantKey"].as_str().unwrap().parse().unwrap();
    let tenant = world.services.store.find_tenant_of_key(&key.hash()).await.unwrap().unwrap();
    assert_eq!(tenant.to_string(), made.body["tenantId"]);
    let business = world.services.store.find_context(tenant).await.unwrap().unwrap();
    assert_eq!(business.tenant.name.as_str(), "Corner Salon");
    assert_eq!(business.tenant.allowed_origins, ["https://salon.example"]);
    let again = world.by(OPERATOR, "add-tenant").send().await;
    assert_ne!(again.body["tenantKey"], made.body["tenantKey"]);
}
