//! The notifier: every mail of an event goes out, and goes out once.

use std::time::Duration;

use aws_lambda_events::sqs::{SqsBatchResponse, SqsEvent};
use serde_json::json;
use shared::domain::booking::CalledOffBy;
use shared::domain::event::{Event, Happening};
use shared::domain::id::{BookingId, ConversationId, EscalationId};
use shared::ports::metric::Unmeasured;
use tests::line::envelope;
use tests::post::{Mood, Post};
use tests::world::{ANN, BOOKING, World};

/// How long a message is out of sight after a failure, as the template says.
const OUT_OF_SIGHT: Duration = Duration::from_mins(6);

/// Messages as the queue delivers them: the position is the id.
fn batch(bodies: &[String]) -> SqsEvent {
    let record =
        |(n, body): (usize, &String)| json!({ "messageId": n.to_string(), "body": body, "eventSource": "aws:sqs" });
    serde_json::from_value(json!({ "Records": bodies.iter().enumerate().map(record).collect::<Vec<_>>() })).unwrap()
}

fn failed(answer: &SqsBatchResponse) -> Vec<&str> {
    answer.batch_item_failures.iter().map(|failure| failure.item_identifier.as_str()).collect()
}

async fn deliver(world: &World, post: &Post, events: &[&Event]) -> usize {
    let bodies: Vec<_> = events.iter().map(|event| envelope(event)).collect();
    notifier::handle(&world.services, post, batch(&bodies)).await.batch_item_failures.len()
}

/// Who was told how often.
fn readers(post: &Post) -> Vec<String> {
    post.told().into_iter().map(|(to, _)| to).collect()
}

async fn owner(world: &World) -> String {
    world.business().await.tenant.owner_email.to_string()
}

#[tokio::test]
async fn customer_and_owner_are_told_once_however_often_the_event_comes() {
    let (world, post) = (World::new().await, Post::default());
    let (_, event) = world.book(Happening::BookingConfirmed).await;
    assert_eq!(deliver(&world, &post, &[&event, &event]).await, 0);
    assert_eq!(deliver(&world, &post, &[&event]).await, 0);
    assert_eq!(readers(&post), [ANN.to_owned(), owner(&world).await]);
}

#[tokio::test]
async fn two_events_of_one_booking_in_any_order_are_two_mails_to_the_customer_and_one_to_the_owner() {
    let (world, post) = (World::new().await, Post::default());
    let (booking, received) = world.book(Happening::BookingReceived).await;
    let confirmed = world.event(Happening::BookingConfirmed(booking.id));
    assert_eq!(deliver(&world, &post, &[&confirmed, &received, &confirmed]).await, 0);
    let (ann, owner) = (ANN.to_owned(), owner(&world).await);
    assert_eq!(readers(&post), [ann.clone(), ann, owner], "the owner hears of it once it stands");
}

#[tokio::test]
async fn one_poisoned_message_in_ten_comes_back_alone() {
    let (world, post) = (World::new().await, Post::default());
    let mut bodies = Vec::new();
    for _ in 0..9 {
        bodies.push(envelope(&world.book(Happening::BookingConfirmed).await.1));
    }
    for poison in ["this is not JSON", "{}", r#"{"source":"aws.s3","detail-type":"x","detail":{}}"#] {
        let mut ten = bodies.clone();
        ten.insert(4, poison.to_owned());
        let answer = notifier::handle(&world.services, &post, batch(&ten)).await;
        assert_eq!(failed(&answer), ["4"], "{poison}");
    }
    assert_eq!(post.sent().len(), 18);
}

#[tokio::test]
async fn nothing_is_lost_and_nothing_told_twice_while_mail_is_down() {
    let (world, post) = (World::new().await, Post::default());
    let (_, event) = world.book(Happening::BookingConfirmed).await;
    post.turn(Mood::Down);
    for _ in 0..10 {
        assert_eq!(deliver(&world, &post, &[&event]).await, 1);
        world.wait(OUT_OF_SIGHT);
    }
    post.turn(Mood::Well);
    assert_eq!(deliver(&world, &post, &[&event, &event]).await, 0);
    assert_eq!(readers(&post), [ANN.to_owned(), owner(&world).await]);
}

#[tokio::test]
async fn a_mail_that_is_refused_for_good_stands_in_nobody_elses_way() {
    let (world, post) = (World::new().await, Post::default());
    let (_, event) = world.book(Happening::BookingConfirmed).await;
    post.turn(Mood::Refuses(ANN));
    assert_eq!(deliver(&world, &post, &[&event]).await, 1);
    assert_eq!(deliver(&world, &post, &[&event]).await, 1, "it fails until it is parked, where an alarm sees it");
    assert_eq!(readers(&post), [owner(&world).await]);
    post.turn(Mood::Well);
    assert_eq!(deliver(&world, &post, &[&event]).await, 0);
    assert_eq!(readers(&post), [ANN.to_owned(), owner(&world).await]);
}

/// Delivery is at least once: the one way to a second mail is that nobody knows of the first.
#[tokio::test]
async fn a_mail_whose_sending_is_not_known_of_goes_out_again() {
    let (world, post) = (World::new().await, Post::default());
    world.ask_for_a_person("I would rather talk").await;
    let escalation = relayed(&world).await.remove(0);
    post.turn(Mood::Mute);
    assert_eq!(deliver(&world, &post, &[&escalation]).await, 1);
    post.turn(Mood::Well);
    assert_eq!(deliver(&world, &post, &[&escalation]).await, 0);
    assert_eq!(readers(&post), vec![owner(&world).await; 2]);
}

#[tokio::test]
async fn work_of_a_function_that_died_is_taken_up_after_three_minutes() {
    let (world, post) = (World::new().await, Post::default());
    let (_, event) = world.book(Happening::BookingFlagged).await;
    let work = format!("{}:owner", event.id);
    world.store().begin_work(world.tenant, "notifier", &work, world.now()).await.unwrap();
    assert_eq!(deliver(&world, &post, &[&event]).await, 1, "somebody may still be at it");
    assert_eq!(post.sent().len(), 0);
    world.wait(Duration::from_secs(181));
    assert_eq!(deliver(&world, &post, &[&event]).await, 0);
    assert_eq!(readers(&post), [owner(&world).await]);
}

#[tokio::test]
async fn what_is_gone_is_told_to_nobody() {
    let (world, post) = (World::new().await, Post::default());
    let id = world.services.ids.ulid(world.now());
    let mut stranger = world.event(Happening::BookingConfirmed(BookingId::new(id)));
    let gone = [
        stranger.clone(),
        world.event(Happening::VerificationRequested(ConversationId::new(id))),
        world.event(Happening::EscalationRequested(ConversationId::new(id), EscalationId::new(id))),
    ];
    stranger.tenant = shared::domain::id::TenantId::new(id);
    assert_eq!(deliver(&world, &post, &[&gone[0], &gone[1], &gone[2], &stranger]).await, 0);
    assert_eq!(post.told(), []);
}

#[tokio::test]
async fn an_event_of_one_tenant_never_finds_anothers_booking() {
    let (world, post) = (World::new().await, Post::default());
    let (_, mut event) = world.book(Happening::BookingConfirmed).await;
    event.tenant = local::demo::MIRABELLE.parse().unwrap();
    assert_eq!(deliver(&world, &post, &[&event]).await, 0);
    assert_eq!(post.told(), []);
}

#[tokio::test]
async fn a_new_time_that_has_been_overtaken_is_not_told() {
    let (world, post) = (World::new().await, Post::default());
    let (booking, _) = world.book(Happening::BookingConfirmed).await;
    let first = world.event(Happening::BookingChanged(booking.id, 1));
    let moved = booking.moved(&booking.its_slot(), CalledOffBy::Owner, world.now(), world.now());
    world.write(Some(&booking), &moved, &[]).await;
    let second = world.event(Happening::BookingChanged(booking.id, 2));
    let again = moved.moved(&booking.its_slot(), CalledOffBy::Owner, world.now(), world.now());
    world.write(Some(&moved), &again, &[]).await;
    assert_eq!(deliver(&world, &post, &[&first]).await, 0);
    assert_eq!(post.told(), []);
    assert_eq!(deliver(&world, &post, &[&second, &first]).await, 0);
    assert_eq!(readers(&post), [ANN.to_owned(), owner(&world).await]);
}

#[tokio::test]
async fn only_the_newest_code_is_mailed_and_only_while_it_works() {
    let (world, post) = (World::new().await, Post::default());
    let conversation = world.begin().await;
    world.ask_for_code(&conversation).await;
    world.wait(Duration::from_secs(30));
    world.ask_for_code(&conversation).await;
    let events = relayed(&world).await;
    assert_eq!(events.len(), 2);
    assert_eq!(deliver(&world, &post, &[&events[0]]).await, 0);
    assert_eq!(post.told(), [], "the older code works no more");
    assert_eq!(deliver(&world, &post, &[&events[1], &events[0]]).await, 0);
    assert_eq!(readers(&post), [ANN]);

    let open =
        world.store().find_conversation(world.tenant, conversation.id).await.unwrap().unwrap().challenge.unwrap();
    let digits = open.code(&world.services.link_key, world.tenant, conversation.id);
    assert!(post.sent()[0].text.contains(&digits), "the digits are those that the visitor is asked for");
}

#[tokio::test]
async fn a_code_that_is_ten_minutes_old_is_no_longer_mailed() {
    let (world, post) = (World::new().await, Post::default());
    let conversation = world.begin().await;
    world.ask_for_code(&conversation).await;
    let events = relayed(&world).await;
    world.wait(Duration::from_mins(10));
    assert_eq!(deliver(&world, &post, &[&events[0]]).await, 0);
    assert_eq!(post.told(), []);
}

#[tokio::test]
async fn every_payload_of_the_bus_is_understood() {
    let folder = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("../events/notifier");
    let (world, post) = (World::new().await, Post::default());
    world.book_as(BOOKING.parse().unwrap(), Happening::BookingConfirmed).await;
    for file in std::fs::read_dir(folder).unwrap() {
        let path = file.unwrap().path();
        let payload: SqsEvent = serde_json::from_str(&std::fs::read_to_string(&path).unwrap()).unwrap();
        let poisoned = payload.records.iter().filter(|message| message.body.as_deref() == Some("this is not JSON"));
        let poisoned: Vec<_> = poisoned.map(|message| message.message_id.clone().unwrap()).collect();
        let answer = notifier::handle(&world.services, &post, payload).await;
        assert_eq!(failed(&answer), poisoned, "{}", path.display());
    }
    // Eight kinds, five of them told to Ann, and all but the unpaid one to the owner. Nobody has asked for a code or a person here.
    assert_eq!(readers(&post), [vec![ANN.to_owned(); 5], vec![owner(&world).await; 7]].concat());
}

#[tokio::test]
async fn late_news_of_a_cancelled_booking_promises_nothing() {
    let (world, post) = (World::new().await, Post::default());
    let (booking, received) = world.book(Happening::BookingReceived).await;
    world.write(Some(&booking), &booking.called_off(CalledOffBy::Owner, world.now(), world.now()), &[]).await;
    assert_eq!(deliver(&world, &post, &[&received]).await, 0);
    let told = post.sent().into_iter().find(|mail| mail.to.as_str() == ANN).unwrap();
    assert!(!told.text.contains("/v1/public/bookings/"), "no link to pay for what was called off: {}", told.text);
}

/// The events in the outbox, oldest first.
async fn relayed(world: &World) -> Vec<Event> {
    let line = tests::line::Line::default();
    event_relay::handle(&line, &Unmeasured, world.outbox_batch()).await;
    line.taken()
}
