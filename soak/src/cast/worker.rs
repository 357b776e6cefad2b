//! Workers: the functions behind queues, stream, schedules and Stripe's deliveries.

use std::rc::Rc;
use std::sync::{Arc, PoisonError};

use aws_lambda_events::sqs::{SqsBatchResponse, SqsEvent};
use jiff::SignedDuration;
use lambda_http::Body;
use local::dynamodb::Records;
use serde_json::Value;
use sim::stripe::Delivery;

use super::{Cue, came};
use crate::queue::{Batch, Queue};
use crate::world::World;

/// The most records of one batch of the stream.
const RECORDS: usize = 100;

/// How many of a thousand events of Checkout Sessions Stripe gives up and never delivers. What only an event
/// tells of soon (a dispute, a refund by hand) is found by the reconciliation in the hours it looks at, which
/// no jump of the clock may leave out.
const LOST: usize = 40;

/// Whether an event may be lost: it tells what became of a Checkout Session, and is true.
fn may_be_lost(world: &World, delivery: &Delivery) -> bool {
    let event: Value = serde_json::from_str(&delivery.body).unwrap_or_default();
    let is_of_a_session = event["type"].as_str().is_some_and(|name| name.starts_with("checkout.session."));
    let booking = event["data"]["object"]["client_reference_id"].as_str().unwrap_or_default();
    is_of_a_session && !world.odd.borrow().contains_key(booking)
}

/// Stripe delivers one of its events, in no order; none when there is none.
pub fn deliver(world: &Rc<World>) -> Option<Cue> {
    let delivery = loop {
        let delivery = next(world)?;
        if !may_be_lost(world, &delivery) || !world.dice.permille(LOST) {
            break delivery;
        }
        came(world, "deliver", "never");
    };
    let world = Rc::clone(world);
    let (back, again) = (Rc::clone(&world), delivery.clone());
    let act = async move {
        world.note(format!("stripe delivers {}", delivery.event_id));
        let signature = world.stripe.sign(&delivery.body, world.now());
        let request = http::Request::builder().method("POST").uri("/v1/webhooks/stripe");
        let request = request.header("content-type", "application/json").header("stripe-signature", signature);
        let Ok(request) = request.body(Body::from(delivery.body.clone())) else { return };
        let answer = stripe_webhook::handle(world.function(), &*world.office, request).await;
        let is_taken = answer.status().is_success();
        came(&world, "deliver", if is_taken { "taken" } else { "refused" });
        if !is_taken || world.dice.permille(40) {
            world.deliveries.lock().unwrap_or_else(PoisonError::into_inner).push(delivery);
        }
    };
    let death = move || back.deliveries.lock().unwrap_or_else(PoisonError::into_inner).push(again);
    let cue = Cue::request("deliver", act);
    Some(Cue { life: SignedDuration::from_secs(10), death: Box::new(death), ..cue })
}

/// Any of what Stripe has to deliver.
fn next(world: &World) -> Option<Delivery> {
    let mut waiting = world.deliveries.lock().unwrap_or_else(PoisonError::into_inner);
    let n = (!waiting.is_empty()).then(|| world.dice.of(0..waiting.len()))?;
    Some(waiting.swap_remove(n))
}

/// The relay takes the next records of the outbox's stream; none when there are none, or it is at it.
pub fn relay(world: &Rc<World>) -> Option<Cue> {
    let from = world.relayed.get();
    let records = world.record.stream(from, RECORDS);
    if records.is_empty() || world.is_relaying.replace(true) {
        return None;
    }
    let world = Rc::clone(world);
    let back = Rc::clone(&world);
    let act = async move {
        if let Ok(batch) = Records::event(&records) {
            let metrics = &*world.function().metrics;
            let answer = event_relay::handle(&*world.office, metrics, batch).await;
            let failed = answer.batch_item_failures.first().and_then(|item| item.item_identifier.clone());
            let next = failed.and_then(|number| number.parse().ok()).unwrap_or(from + records.len());
            // Lambda may forget how far it was.
            let next = if world.dice.permille(20) { from } else { next };
            world.relayed.set(next);
            came(&world, "relay", if next == from + records.len() { "all" } else { "some" });
        }
        world.is_relaying.set(false);
    };
    let death = move || back.is_relaying.set(false);
    let cue = Cue::request("relay", act);
    Some(Cue { life: SignedDuration::from_secs(60), death: Box::new(death), ..cue })
}

/// The payment worker takes a batch; none when there is nothing to see.
pub fn pay(world: &Rc<World>, is_fair: bool) -> Option<Cue> {
    let queue = Arc::clone(&world.payments);
    work(world, "payment worker", queue, is_fair, 30, |world, event| async move {
        payment_worker::handle(world.function(), event).await
    })
}

/// The notifier takes a batch; none when there is nothing to see.
pub fn notify(world: &Rc<World>, is_fair: bool) -> Option<Cue> {
    let queue = Arc::clone(&world.notices);
    work(world, "notifier", queue, is_fair, 60, |world, event| async move {
        notifier::handle(world.function(), &*world.office, event).await
    })
}

/// The waitlist's worker takes a batch; none when there is nothing to see.
pub fn offer(world: &Rc<World>, is_fair: bool) -> Option<Cue> {
    let queue = Arc::clone(&world.openings);
    work(world, "waitlist worker", queue, is_fair, 30, |world, event| async move {
        waitlist_worker::handle(world.function(), event).await
    })
}

fn work<F>(
    world: &Rc<World>,
    name: &'static str,
    queue: Arc<Queue>,
    is_fair: bool,
    seconds: i64,
    handle: impl FnOnce(Rc<World>, SqsEvent) -> F + 'static,
) -> Option<Cue>
where
    F: Future<Output = SqsBatchResponse> + 'static,
{
    let batch: Batch = queue.take(&world.dice, world.now(), is_fair)?;
    let is_mortal = !batch.is_tired;
    let world = Rc::clone(world);
    let act = async move {
        let ids = batch.ids();
        world.note(format!("{name} takes {}", ids.join(" ")));
        if let Ok(event) = batch.event() {
            let answer = handle(Rc::clone(&world), event).await;
            let failed = answer.batch_item_failures.len();
            came(&world, name, if failed == 0 { "all" } else { "some" });
            queue.end(&ids, &answer, &world.dice);
        }
    };
    let cue = Cue::request(name, act);
    Some(Cue { life: SignedDuration::from_secs(seconds), is_mortal, ..cue })
}

/// The hourly cleanup.
pub fn clean(world: &Rc<World>) -> Cue {
    let world = Rc::clone(world);
    let cue = Cue::request("cleanup", async move {
        let cleaned = cleanup::handle(world.function(), Value::Null).await;
        came(&world, "cleanup", if cleaned.is_ok() { "all" } else { "some" });
    });
    Cue { life: SignedDuration::from_secs(300), ..cue }
}

/// The reminders' run.
pub fn remind(world: &Rc<World>) -> Cue {
    let world = Rc::clone(world);
    let cue = Cue::request("reminders", async move {
        let sent = csat_sender::handle(world.function(), Value::Null).await;
        came(&world, "reminders", if sent.is_ok() { "all" } else { "some" });
    });
    Cue { life: SignedDuration::from_secs(120), ..cue }
}
