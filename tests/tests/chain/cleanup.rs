//! The cleanup: what a run finds it puts right, and a second run finds nothing.

use std::sync::Arc;
use std::time::Duration;

use aws_sdk_dynamodb::types::AttributeValue;
use local::dynamodb::table_names;
use serde_json::Value;
use shared::app::cleanup::Counts;
use shared::clients::stripe::Stripe;
use shared::domain::booking::{CalledOffBy, Checkout, Status};
use shared::domain::event::Happening;
use shared::domain::id::TenantId;
use shared::domain::money::MicroUsd;
use shared::domain::tenant::Limits;
use shared::ports::Clock as _;
use shared::store::meter::Ask;
use sim::stripe::{Options, Outage, Simulator};
use tests::world::World;
use tokio::net::TcpListener;
use url::Url;

/// Puts a simulated Stripe into `world`: a cleanup asks it in each of its runs.
async fn simulate_stripe(world: &mut World) -> Simulator {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address: Url = format!("http://{}", listener.local_addr().unwrap()).parse().unwrap();
    let time = Arc::clone(&world.clock);
    let stripe = Simulator::new(Options {
        webhook_secret: "whsec_test".to_owned(),
        clock: Arc::new(move || time.now()),
        base_url: address.clone(),
        sink: Arc::new(|_| {}),
    });
    world.serve(stripe.clone().serve(listener));
    world.services.stripe = Stripe::new(reqwest::Client::new(), address, "sk_test_1".into());
    stripe
}

/// What the schedule sends.
fn hourly() -> Value {
    serde_json::from_str(include_str!("../../../events/cleanup/hourly.json")).unwrap()
}

/// A turn of `tenant` that dies with ten millionths set aside.
async fn lose_a_turn(world: &World, tenant: TenantId, turn: &str) {
    let ask = Ask { turn, address: None, limits: Limits::default(), amount: MicroUsd::new(10), now: world.now() };
    world.store().admit_turn(tenant, &ask).await.unwrap().unwrap();
}

async fn spoil_meter(world: &World, attribute: &str, value: AttributeValue) {
    let text = |text: String| AttributeValue::S(text);
    let update = world.dynamodb().client().update_item().table_name(table_names().counters);
    let update = update.key("pk", text(format!("T#{}", world.tenant))).key("sk", text("METER".to_owned()));
    let update = update.update_expression("SET #n = :v").expression_attribute_names("#n", attribute);
    update.expression_attribute_values(":v", value).send().await.unwrap();
}

fn tenants(world: &World) -> [TenantId; 3] {
    [world.tenant, local::demo::LINDEN.parse().unwrap(), local::demo::MIRABELLE.parse().unwrap()]
}

#[tokio::test]
async fn every_tenant_is_cleaned_and_the_second_run_finds_nothing() {
    let mut world = World::new().await;
    simulate_stripe(&mut world).await;
    for tenant in tenants(&world) {
        lose_a_turn(&world, tenant, "one").await;
        lose_a_turn(&world, tenant, "two").await;
    }
    world.wait(Duration::from_hours(1));
    let first = cleanup::handle(&world.services, hourly()).await.unwrap();
    assert_eq!(first, Counts { tenants: 3, lost_turns: 6, ..Counts::default() });
    for tenant in tenants(&world) {
        assert_eq!(world.store().spent(tenant, world.now()).await.unwrap(), MicroUsd::ZERO);
    }
    let second = cleanup::handle(&world.services, hourly()).await.unwrap();
    assert_eq!(second, Counts { tenants: 3, ..Counts::default() });
}

#[tokio::test]
async fn a_tenant_that_cannot_be_cleaned_keeps_no_other_from_it() {
    let mut world = World::new().await;
    simulate_stripe(&mut world).await;
    for tenant in tenants(&world) {
        lose_a_turn(&world, tenant, "one").await;
    }
    // The month's sum is no number any more: nothing can be given back to it.
    spoil_meter(&world, "c_202611", AttributeValue::S("spoilt".to_owned())).await;
    world.wait(Duration::from_hours(1));
    let unfinished = cleanup::handle(&world.services, hourly()).await.unwrap_err();
    assert_eq!(unfinished.counts, Counts { tenants: 3, lost_turns: 2, failures: 1, ..Counts::default() });
    spoil_meter(&world, "c_202611", AttributeValue::N("10".to_owned())).await;
    let mended = cleanup::handle(&world.services, hourly()).await.unwrap();
    assert_eq!(mended, Counts { tenants: 3, lost_turns: 1, ..Counts::default() });
}

#[tokio::test]
async fn an_unpaid_slot_is_free_again_once_its_hold_has_ended() {
    let mut world = World::new().await;
    simulate_stripe(&mut world).await;
    let (booking, _) = world.book(Happening::BookingReceived).await;
    let until = booking.hold_until.unwrap();
    world.wait(until.duration_since(world.now()).unsigned_abs() - Duration::from_secs(1));
    assert_eq!(cleanup::handle(&world.services, hourly()).await.unwrap().released_holds, 0, "a second is left");
    world.wait(Duration::from_secs(1));
    assert_eq!(cleanup::handle(&world.services, hourly()).await.unwrap().released_holds, 1);
    assert_eq!(cleanup::handle(&world.services, hourly()).await.unwrap(), Counts { tenants: 3, ..Counts::default() });

    let left = world.store().find_booking(world.tenant, booking.id).await.unwrap().unwrap();
    assert_eq!(left.status, Status::Expired);
    let (again, _) = world.book(Happening::BookingReceived).await;
    let moved = again.moved(&booking.its_slot(), CalledOffBy::Owner, world.now(), world.now());
    world.write(Some(&again), &moved, &[]).await;
}

#[tokio::test]
async fn a_hold_that_stripe_is_to_be_asked_about_waits_for_stripe_and_stops_no_other() {
    let mut world = World::new().await;
    simulate_stripe(&mut world).await.set_outage(Some(Outage::Status(503)));
    let (asked, _) = world.book(Happening::BookingReceived).await;
    let checkout = Checkout { session: "cs_1".to_owned(), url: String::new(), expires_at: asked.hold_until.unwrap() };
    world.write(Some(&asked), &asked.with_checkout(checkout, world.now()), &[]).await;
    for _ in 0..3 {
        world.book(Happening::BookingReceived).await;
    }
    lose_a_turn(&world, world.tenant, "one").await;
    world.wait(Duration::from_hours(1));
    let unfinished = cleanup::handle(&world.services, hourly()).await.unwrap_err();
    let done = Counts { tenants: 3, lost_turns: 1, released_holds: 3, failures: 2, ..Counts::default() };
    assert_eq!(unfinished.counts, done, "{unfinished:?}");
    let held = world.store().find_booking(world.tenant, asked.id).await.unwrap().unwrap();
    assert_eq!(held.status, Status::PendingPayment, "without Stripe's word nothing is released that may be paid");
}

#[tokio::test]
async fn the_counts_are_what_the_log_and_the_console_show() {
    let mut world = World::new().await;
    simulate_stripe(&mut world).await;
    let counts = cleanup::handle(&world.services, Value::Null).await.unwrap();
    let shown = serde_json::to_string(&counts).unwrap();
    assert_eq!(
        shown,
        r#"{"tenants":3,"lostTurns":0,"foldedDays":0,"recounted":0,"drifts":0,"calendars":0,"releasedHolds":0,"paidHolds":0,"compared":0,"differences":0,"failures":0}"#
    );
}
