//! A worker that dies between any two calls: what it left is taken up, and ends as if nobody had died.

use std::collections::BTreeSet;
use std::future::poll_fn;
use std::task::Poll;
use std::time::Duration;

use shared::domain::event::Happening;
use shared::domain::webhook::delivery::{Status, id_of};
use tests::line::envelope;
use tests::receiver::Receiver;

use super::{add, batch, run, send, world};

/// `work`, which dies when it is asked for the `most`-th time whether it is done; whether it came to its end.
async fn dying<T>(work: impl Future<Output = T>, most: usize) -> Option<T> {
    let (mut work, mut asked) = (Box::pin(work), 0);
    poll_fn(|context| {
        if asked == most {
            return Poll::Ready(None);
        }
        asked += 1;
        work.as_mut().poll(context).map(Some)
    })
    .await
}

#[tokio::test]
async fn wherever_a_worker_dies_the_message_is_delivered_in_the_end_and_by_one_id() {
    let world = world().await;
    let receiver = Receiver::open(world.tasks()).await;
    let hook = add(&world, &receiver.url, "standard", &["booking.confirmed"]).await;
    let (mut deaths, mut twice) = (0, 0);
    for most in 0.. {
        let (_, event) = world.book(Happening::BookingConfirmed).await;
        let before = receiver.heard().len();
        let ended = dying(webhook_sender::handle(&world.services, batch(&[envelope(&event)])), most).await;
        // The five-minute run comes first, then the queue shows the message again.
        world.wait(Duration::from_mins(5));
        run(&world).await;
        world.wait(Duration::from_mins(1));
        send(&world, &[&event]).await;
        let delivery = world.store().find_delivery(world.tenant, hook.webhook.id, id_of(event.id, hook.webhook.id));
        let delivery = delivery.await.unwrap().unwrap();
        assert!(matches!(delivery.status, Status::Delivered { .. }), "after {most}: {delivery:?}");
        let heard = receiver.heard().split_off(before);
        let ids: BTreeSet<_> = heard.iter().map(|one| one.header("webhook-id")).collect();
        assert_eq!(ids, BTreeSet::from([delivery.id.to_string().as_str()]), "after {most}");
        assert!((1..=2).contains(&heard.len()), "after {most}: {heard:?}");
        twice += heard.len() - 1;
        if ended.is_some() {
            assert_eq!(heard.len(), 1);
            break;
        }
        deaths += 1;
    }
    assert!(10 < deaths && 0 < twice, "{deaths} deaths, of which {twice} were behind the sending");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn of_many_workers_at_one_attempt_one_sends() {
    let world = world().await;
    let receiver = Receiver::open(world.tasks()).await;
    let hook = add(&world, &receiver.url, "standard", &["booking.confirmed"]).await;
    receiver.answer_with(500);
    let (_, event) = world.book(Happening::BookingConfirmed).await;
    futures::future::join_all((0..16).map(async |_| send(&world, &[&event]).await)).await;
    assert_eq!(receiver.heard().len(), 1);
    world.wait(Duration::from_mins(5));
    let due = world.event(Happening::WebhookDue(hook.webhook.id, id_of(event.id, hook.webhook.id)));
    futures::future::join_all((0..16).map(async |_| send(&world, &[&due]).await)).await;
    assert_eq!(receiver.heard().len(), 2);
}
