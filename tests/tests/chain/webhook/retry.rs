//! A receiver that does not take it: tried again for a day, given up, sent again by hand, and left alone in the end.

use std::time::Duration;

use serde_json::json;
use shared::app::webhook::{self, Error};
use shared::domain::event::Happening;
use shared::domain::webhook::WebhookDraft;
use shared::domain::webhook::delivery::{Answer, GivenUp, PAUSES, Status};
use shared::domain::webhook::health::Disabled;
use shared::ports::metric::Unmeasured;
use tests::line::{Line, envelope};
use tests::post::Post;
use tests::receiver::Receiver;
use tests::world::World;

use super::{add, batch, failed, log, run, send, world};

/// How often the five-minute run comes here: seldom enough for days to pass quickly.
const NOW_AND_THEN: Duration = Duration::from_mins(15);

/// Lets time pass, with runs in between.
async fn pass(world: &World, hours: u64) {
    for _ in 0..hours * 4 {
        world.wait(NOW_AND_THEN);
        run(world).await;
    }
}

#[tokio::test]
async fn a_receiver_that_comes_back_within_a_day_is_told_with_the_same_id() {
    let world = world().await;
    let receiver = Receiver::open(world.tasks()).await;
    let hook = add(&world, &receiver.url, "standard", &["booking.confirmed"]).await;
    receiver.answer_with(503);
    let (_, event) = world.book(Happening::BookingConfirmed).await;
    send(&world, &[&event]).await;
    pass(&world, 10).await;
    assert_eq!(receiver.heard().len(), 6, "at once, and after 1 and 5 minutes, half an hour, two hours, five hours");
    assert_eq!(log(&world, &hook).await[0].last.unwrap().1, Answer::Status(503));
    receiver.answer_with(200);
    pass(&world, 10).await;
    let heard = receiver.heard();
    assert_eq!(heard.len(), 7);
    assert!(heard.iter().all(|one| one.header("webhook-id") == heard[0].header("webhook-id")));
    let stamps: std::collections::BTreeSet<_> = heard.iter().map(|one| one.header("webhook-timestamp")).collect();
    assert_eq!(stamps.len(), 7, "each attempt is signed for its own time");
    let delivered = &log(&world, &hook).await[0];
    assert!(matches!(delivered.status, Status::Delivered { .. }));
    assert_eq!(delivered.attempts, 7);
    assert_eq!(run(&world).await, 0);
}

#[tokio::test]
async fn a_receiver_that_stays_away_is_given_up_after_a_day_and_can_be_told_again_by_hand() {
    let world = world().await;
    let receiver = Receiver::open(world.tasks()).await;
    let hook = add(&world, &receiver.url, "standard", &["booking.confirmed"]).await;
    receiver.answer_with(500);
    let (_, event) = world.book(Happening::BookingConfirmed).await;
    send(&world, &[&event]).await;
    pass(&world, 29).await;
    assert_eq!(receiver.heard().len(), PAUSES.len() + 1);
    let [lost] = &log(&world, &hook).await[..] else { panic!() };
    assert!(matches!(lost.status, Status::GivenUp { why: GivenUp::Exhausted, .. }), "{lost:?}");
    send(&world, &[&event]).await;
    assert_eq!(receiver.heard().len(), PAUSES.len() + 1, "the event alone begins nothing anew");

    receiver.answer_with(200);
    let replayed = webhook::replay(world.services.webhook(), world.tenant, &hook, lost.id).await.unwrap().unwrap();
    let due = world.event(Happening::WebhookDue(hook.webhook.id, replayed.id));
    send(&world, &[&due, &due]).await;
    send(&world, &[&due]).await;
    let heard = receiver.heard();
    assert_eq!(heard.len(), PAUSES.len() + 2);
    assert_eq!(heard[0].header("webhook-id"), heard[heard.len() - 1].header("webhook-id"));
    assert!(matches!(log(&world, &hook).await[0].status, Status::Delivered { .. }));
}

#[tokio::test]
async fn a_receiver_that_asks_for_time_is_given_it() {
    let world = world().await;
    let receiver = Receiver::open(world.tasks()).await;
    let hook = add(&world, &receiver.url, "standard", &["booking.confirmed"]).await;
    receiver.answer_with(429);
    receiver.ask_for_a_pause(3 * 3_600);
    let (_, event) = world.book(Happening::BookingConfirmed).await;
    send(&world, &[&event]).await;
    let Status::Waiting { due } = log(&world, &hook).await[0].status else { panic!() };
    assert_eq!(due, world.now() + Duration::from_hours(3));
    pass(&world, 2).await;
    assert_eq!(receiver.heard().len(), 1);
}

#[tokio::test]
async fn an_address_that_is_gone_is_told_nothing_more_and_its_owner_once() {
    let (world, post) = (world().await, Post::default());
    let receiver = Receiver::open(world.tasks()).await;
    let hook = add(&world, &receiver.url, "standard", &["booking.confirmed"]).await;
    receiver.answer_with(410);
    let (_, event) = world.book(Happening::BookingConfirmed).await;
    send(&world, &[&event]).await;
    let (_, later) = world.book(Happening::BookingConfirmed).await;
    send(&world, &[&later]).await;
    assert_eq!(receiver.heard().len(), 1);
    let health = world.store().find_health(world.tenant, hook.webhook.id).await.unwrap();
    assert_eq!(health.disabled_since(&hook.webhook), Some((world.now(), Disabled::Gone)));

    for _ in 0..2 {
        csat_sender::handle(&world.services, json!({})).await.unwrap();
    }
    let line = Line::default();
    event_relay::handle(&line, &Unmeasured, world.outbox_batch()).await;
    let off: Vec<String> =
        line.taken().iter().filter(|event| matches!(event.what, Happening::WebhookDisabled(_))).map(envelope).collect();
    assert_eq!(off.len(), 1);
    let answer = notifier::handle(&world.services, &post, batch(&off)).await;
    assert_eq!(failed(&answer), Vec::<&str>::new());
    let [mail] = &post.sent()[..] else { panic!() };
    assert!(mail.text.contains("gone for good (410)") && !mail.text.contains("/hook"), "{}", mail.text);

    // Its owner switches it on again: what comes then is told.
    let now_off = webhook::find(world.services.webhook(), world.tenant, hook.webhook.id).await.unwrap().unwrap();
    world.wait(Duration::from_secs(1));
    let draft = WebhookDraft {
        url: receiver.url.clone(),
        kind: "standard".to_owned(),
        events: vec!["booking.confirmed".to_owned()],
        description: String::new(),
        active: true,
    };
    let on = webhook::change(world.services.webhook(), world.tenant, &now_off, &draft).await.unwrap();
    assert!(on.health.is_on(&on.webhook));
    receiver.answer_with(200);
    let (_, event) = world.book(Happening::BookingConfirmed).await;
    send(&world, &[&event]).await;
    assert_eq!(receiver.heard().len(), 2);
}

#[tokio::test]
async fn five_days_of_failures_switch_a_webhook_off_and_end_what_was_to_be_sent() {
    let world = world().await;
    let hook = add(&world, "http://127.0.0.1:9/nobody", "standard", &["booking.confirmed"]).await;
    let (_, first) = world.book(Happening::BookingConfirmed).await;
    send(&world, &[&first]).await;
    world.wait(Duration::from_hours(5 * 24));
    let (_, last) = world.book(Happening::BookingConfirmed).await;
    send(&world, &[&last]).await;
    let health = world.store().find_health(world.tenant, hook.webhook.id).await.unwrap();
    assert_eq!(health.disabled_since(&hook.webhook).unwrap().1, Disabled::Failing);
    pass(&world, 1).await;
    for delivery in log(&world, &hook).await {
        assert!(matches!(delivery.status, Status::GivenUp { why: GivenUp::SwitchedOff, .. }), "{delivery:?}");
    }
    let off = webhook::find(world.services.webhook(), world.tenant, hook.webhook.id).await.unwrap().unwrap();
    let refused = webhook::test(world.services.webhook(), world.tenant, &off).await.unwrap_err();
    assert!(matches!(refused, Error::SwitchedOff), "{refused}");
}

#[tokio::test]
async fn deleting_a_webhook_ends_its_deliveries() {
    let world = world().await;
    let receiver = Receiver::open(world.tasks()).await;
    let hook = add(&world, &receiver.url, "standard", &["booking.confirmed"]).await;
    receiver.answer_with(500);
    let (_, event) = world.book(Happening::BookingConfirmed).await;
    send(&world, &[&event]).await;
    webhook::remove(world.services.webhook(), world.tenant, (hook.webhook.id, 1)).await.unwrap();
    receiver.answer_with(200);
    pass(&world, 1).await;
    assert_eq!(receiver.heard().len(), 1);
    assert_eq!(run(&world).await, 0, "and nobody looks at them any more");
}

#[tokio::test]
async fn an_address_that_hangs_or_leads_inward_holds_up_nobody_else_and_parks_nothing() {
    let mut world = world().await;
    let (good, slow) = (Receiver::open(world.tasks()).await, Receiver::open(world.tasks()).await);
    slow.hang();
    world.services.fetch = world.services.fetch.clone().within(Duration::from_millis(300));
    let inward = add(&world, "http://localhost:1/", "standard", &["booking.confirmed"]).await;
    let hanging = add(&world, &slow.url, "standard", &["booking.confirmed"]).await;
    let (_, event) = world.book(Happening::BookingConfirmed).await;
    let home = std::mem::replace(&mut world.tenant, local::demo::LINDEN.parse().unwrap());
    let other = add(&world, &good.url, "standard", &["conversation.escalated"]).await;
    world.ask_for_a_person("Hello").await;
    let line = Line::default();
    event_relay::handle(&line, &Unmeasured, world.outbox_batch()).await;
    let asked = line.taken().into_iter().find(|one| matches!(one.what, Happening::EscalationRequested(..))).unwrap();
    let bodies = [envelope(&event), envelope(&asked)];
    let answer = webhook_sender::handle(&world.services, batch(&bodies)).await;
    assert_eq!(failed(&answer), Vec::<&str>::new(), "what others' addresses do parks nothing of ours");
    assert!(matches!(log(&world, &other).await[0].status, Status::Delivered { .. }));
    world.tenant = home;
    assert_eq!(log(&world, &hanging).await[0].last.unwrap().1, Answer::TooSlow);
    assert_eq!(log(&world, &inward).await[0].last.unwrap().1, Answer::Unreachable);
}

#[tokio::test]
async fn an_address_that_comes_to_lead_inward_is_not_reached() {
    let mut world = world().await;
    let receiver = Receiver::open(world.tasks()).await;
    let hook = add(&world, &receiver.url, "standard", &["booking.confirmed"]).await;
    // A deployed function reaches the public internet alone, whatever was written down before.
    let lookup = std::sync::Arc::new(shared::clients::fetch::SystemLookup);
    world.services.fetch = shared::clients::fetch::Fetch::new(shared::clients::fetch::Reach::Public, lookup).unwrap();
    let (_, event) = world.book(Happening::BookingConfirmed).await;
    send(&world, &[&event]).await;
    assert_eq!(receiver.heard(), []);
    assert_eq!(log(&world, &hook).await[0].last.unwrap().1, Answer::AddressRefused);
}
