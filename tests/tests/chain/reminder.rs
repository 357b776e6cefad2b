//! Reminders: each comes once and in time, to whoever still has the appointment.

use std::time::Duration;

use aws_lambda_events::sqs::SqsEvent;
use aws_sdk_dynamodb::types::AttributeValue;
use local::dynamodb::table_names;
use serde_json::{Value, json};
use shared::app::reminder::Counts;
use shared::domain::booking::{Booking, CalledOffBy, Status};
use shared::domain::event::{Event, Happening};
use shared::ports::metric::Unmeasured;
use tests::line::{Line, envelope};
use tests::post::Post;
use tests::world::{ANN, World};

const HOUR: Duration = Duration::from_hours(1);

/// What the schedule sends.
fn due() -> Value {
    serde_json::from_str(include_str!("../../../events/csat-sender/due.json")).unwrap()
}

/// A run that goes well, and what it has done.
async fn run(world: &World) -> Counts {
    csat_sender::handle(&world.services, due()).await.unwrap().reminders
}

fn reminded(reminded: u32) -> Counts {
    Counts { reminded, ..Counts::default() }
}

/// Ann books, in two days or later, and has paid.
async fn booked(world: &World) -> Booking {
    let (held, _) = world.book(Happening::BookingReceived).await;
    let now = world.now();
    let booking = Booking { status: Status::Confirmed, hold_until: None, reminded_until: now, ..held.changed(now) };
    world.write(Some(&held), &booking, &[]).await;
    booking
}

async fn present(world: &World, booking: &Booking) -> Booking {
    world.store().find_booking(world.tenant, booking.id).await.unwrap().unwrap()
}

/// Lets time pass until `before` the booking begins.
fn wait_until(world: &World, booking: &Booking, before: Duration) {
    let at = booking.slot.start() - before;
    world.wait(at.duration_since(world.now()).unsigned_abs());
}

/// The reminders that the relay has carried so far.
async fn told(world: &World) -> Vec<Event> {
    let line = Line::default();
    event_relay::handle(&line, &Unmeasured, world.outbox_batch()).await;
    line.taken().into_iter().filter(|event| matches!(event.what, Happening::BookingReminder(..))).collect()
}

/// Hands every reminder so far to the notifier.
async fn mail(world: &World, post: &Post) {
    let events = told(world).await;
    let record = |event| json!({ "messageId": "0", "body": envelope(event), "eventSource": "aws:sqs" });
    let batch: SqsEvent =
        serde_json::from_value(json!({ "Records": events.iter().map(record).collect::<Vec<_>>() })).unwrap();
    assert!(notifier::handle(&world.services, post, batch).await.batch_item_failures.is_empty());
}

#[tokio::test]
async fn a_customer_is_reminded_a_day_and_two_hours_before_and_never_again() {
    let (world, post) = (World::new().await, Post::default());
    let booking = booked(&world).await;
    wait_until(&world, &booking, 24 * HOUR + Duration::from_secs(1));
    assert_eq!(run(&world).await, reminded(0), "a second is left");
    world.wait(Duration::from_secs(1));
    assert_eq!((run(&world).await, run(&world).await), (reminded(1), reminded(0)));
    mail(&world, &post).await;
    wait_until(&world, &booking, 2 * HOUR);
    assert_eq!((run(&world).await, run(&world).await), (reminded(1), reminded(0)));
    for _ in 0..2 {
        mail(&world, &post).await;
    }
    wait_until(&world, &booking, Duration::ZERO);
    assert_eq!(run(&world).await, reminded(0));

    let sent = post.sent();
    assert_eq!(sent.iter().map(|mail| mail.to.as_str()).collect::<Vec<_>>(), [ANN, ANN]);
    let when = booking.when(&world.business().await.tenant.timezone);
    for mail in &sent {
        assert!(mail.subject.as_str().starts_with("Reminder: ") && mail.subject.as_str().contains(&when));
        for link in ["/cancel", "/reschedule"] {
            assert!(mail.text.contains(link), "{link} in {}", mail.text);
        }
    }
}

#[tokio::test]
async fn runs_at_the_same_time_tell_each_customer_once() {
    let world = World::new().await;
    let mut last = booked(&world).await;
    for _ in 0..11 {
        last = booked(&world).await;
    }
    wait_until(&world, &last, 24 * HOUR);
    let runs = futures::future::join_all((0..4).map(|_| run(&world))).await;
    assert_eq!(runs.iter().map(|counts| counts.reminded + counts.missed).sum::<u32>(), 12, "{runs:?}");
    let events = told(&world).await;
    assert_eq!(events.len(), usize::try_from(runs.iter().map(|counts| counts.reminded).sum::<u32>()).unwrap());
    assert_eq!(run(&world).await, Counts::default());
}

#[tokio::test]
async fn a_moved_booking_is_reminded_of_anew_and_a_cancelled_one_never() {
    let (world, post) = (World::new().await, Post::default());
    let (moved, cancelled) = (booked(&world).await, booked(&world).await);
    wait_until(&world, &moved, 24 * HOUR);
    assert_eq!(run(&world).await, reminded(1));
    let before = present(&world, &moved).await;
    let mut slot = before.its_slot();
    slot.interval = cancelled.slot;
    slot.blocked = cancelled.blocked;
    let now = world.now();
    let off = cancelled.called_off(CalledOffBy::Customer, now, now);
    world.write(Some(&cancelled), &off, &[]).await;
    let after = before.moved(&slot, CalledOffBy::Customer, now, now);
    world.write(Some(&before), &after, &[]).await;
    mail(&world, &post).await;
    assert_eq!(post.told(), [], "the reminder that was under way was of a time that is no more");

    wait_until(&world, &after, 24 * HOUR);
    assert_eq!(run(&world).await, reminded(1), "one stands, and one was called off");
    mail(&world, &post).await;
    assert_eq!(post.sent().len(), 1);
}

#[tokio::test]
async fn what_was_called_off_while_its_reminder_waited_is_not_told() {
    let (world, post) = (World::new().await, Post::default());
    let booking = booked(&world).await;
    wait_until(&world, &booking, 24 * HOUR);
    assert_eq!(run(&world).await, reminded(1));
    let before = present(&world, &booking).await;
    let off = before.called_off(CalledOffBy::Owner, world.now(), world.now());
    world.write(Some(&before), &off, &[]).await;
    mail(&world, &post).await;
    assert_eq!(post.told(), []);
}

#[tokio::test]
async fn a_reminder_that_waited_until_the_start_is_not_told() {
    let (world, post) = (World::new().await, Post::default());
    let booking = booked(&world).await;
    wait_until(&world, &booking, 2 * HOUR);
    assert_eq!(run(&world).await, reminded(1), "of two that are late one is told");
    wait_until(&world, &booking, Duration::ZERO);
    mail(&world, &post).await;
    assert_eq!(post.told(), []);
}

#[tokio::test]
async fn an_unpaid_booking_is_not_reminded_of() {
    let world = World::new().await;
    let (held, _) = world.book(Happening::BookingReceived).await;
    wait_until(&world, &held, HOUR);
    assert_eq!(run(&world).await, reminded(0));
}

#[tokio::test]
async fn a_run_that_comes_after_the_start_tells_nobody_and_leaves_nothing_due() {
    let world = World::new().await;
    let booking = booked(&world).await;
    wait_until(&world, &booking, Duration::ZERO);
    assert_eq!(run(&world).await, Counts { missed: 1, ..Counts::default() });
    assert_eq!(run(&world).await, Counts::default());
    assert_eq!(told(&world).await, []);
}

#[tokio::test]
async fn a_booking_that_cannot_be_read_keeps_no_other_from_its_reminder() {
    let world = World::new().await;
    let (spoilt, good) = (booked(&world).await, booked(&world).await);
    let text = |text: String| AttributeValue::S(text);
    let update = world.dynamodb().client().update_item().table_name(table_names().bookings);
    let update = update.key("pk", text(format!("T#{}#B#{}", world.tenant, spoilt.id)));
    let update = update.key("sk", text("BOOKING".to_owned())).update_expression("SET #n = :v");
    let update = update.expression_attribute_names("#n", "status");
    update.expression_attribute_values(":v", text("SPOILT".to_owned())).send().await.unwrap();
    wait_until(&world, &good, 24 * HOUR);
    let unfinished = csat_sender::handle(&world.services, due()).await.unwrap_err();
    let csat_sender::Unfinished::Reminders(unfinished) = unfinished else { panic!("{unfinished:?}") };
    assert_eq!(unfinished.counts, Counts { reminded: 1, failures: 1, ..Counts::default() });
}

#[tokio::test]
async fn a_run_with_nothing_due_reads_as_little_with_many_bookings_as_with_none() {
    let world = World::new().await;
    for _ in 0..20 {
        booked(&world).await;
    }
    world.store().usage().reset();
    assert_eq!(run(&world).await, Counts::default());
    let tally = world.store().usage().tally();
    // Eight pages each of reminders, of offers and of deliveries.
    assert_eq!((tally.calls, tally.by_operation.get("Query").copied()), (24, Some(24)), "{tally:?}");
    assert!(tally.read_units <= 12.0, "{tally:?}");
}
