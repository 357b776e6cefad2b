//! The bus: events go into the queues of the rules they match, in EventBridge's envelope.

use std::sync::{Arc, Mutex, PoisonError};

use async_trait::async_trait;
use serde_json::{Value, json};
use shared::domain::event::Event;
use shared::ports::event::{SOURCE, to_json};
use shared::ports::{Bus, SendError};

use crate::queue::Queue;
use crate::template::Rule;

/// The function whose queue takes payment work straight from the webhook.
const PAYMENT_WORKER: &str = "payment-worker";

/// A bus inside the process.
#[derive(Debug)]
pub struct LocalBus {
    /// Names of events, and where they go.
    rules: Vec<(Vec<String>, Arc<Queue>)>,
    payments: Arc<Queue>,
    /// Notes about events that can never be carried.
    lost: Mutex<Vec<String>>,
}

impl LocalBus {
    /// A bus with the template's `rules` over `queues`, each with the function that works on it. None when
    /// a rule names another queue, or nobody does payment work.
    #[must_use]
    pub fn new(rules: &[Rule], queues: &[(String, Arc<Queue>)]) -> Option<Self> {
        let named =
            |name: &str| queues.iter().find(|(_, queue)| queue.name() == name).map(|(_, queue)| Arc::clone(queue));
        let rules = rules.iter().map(|rule| Some((rule.events.clone(), named(&rule.queue)?))).collect::<Option<_>>()?;
        let payments = queues.iter().find(|(function, _)| function == PAYMENT_WORKER)?;
        Some(Self { rules, payments: Arc::clone(&payments.1), lost: Mutex::default() })
    }

    /// Notes about events that can never be carried, oldest first.
    #[must_use]
    pub fn lost(&self) -> Vec<String> {
        self.lost.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }
}

#[async_trait]
impl Bus for LocalBus {
    async fn publish(&self, events: &[Event]) -> Result<Vec<usize>, SendError> {
        for event in events {
            let name = event.what.name();
            let body = envelope(event).to_string();
            let matching = self.rules.iter().filter(|(names, _)| names.iter().any(|known| known == name));
            matching.for_each(|(_, queue)| queue.send(body.clone()));
        }
        Ok(Vec::new())
    }

    async fn queue_payment(&self, body: &str) -> Result<(), SendError> {
        self.payments.send(body.to_owned());
        Ok(())
    }

    async fn park_event(&self, note: &str) -> Result<(), SendError> {
        self.lost.lock().unwrap_or_else(PoisonError::into_inner).push(note.to_owned());
        Ok(())
    }
}

/// What EventBridge makes of an event on its way into a queue.
fn envelope(event: &Event) -> Value {
    json!({
        "version": "0",
        "id": event.id.to_string(),
        "detail-type": event.what.name(),
        "source": SOURCE,
        "account": "000000000000",
        "time": event.at.to_string(),
        "region": "eu-central-1",
        "resources": [],
        "detail": to_json(event),
    })
}

#[cfg(test)]
mod tests {
    use shared::domain::event::Happening;
    use shared::ports::event::from_envelope;

    use super::*;
    use crate::clock::MovableClock;
    use crate::template::Template;

    fn event(what: Happening) -> Event {
        Event {
            id: "01JD7Q4ZJ2M6S1V0B7T3K9XN5V".parse().unwrap(),
            tenant: "01JD7Q4ZJ2M6S1V0B7T3K9XN5W".parse().unwrap(),
            at: "2026-11-21T10:00:00Z".parse().unwrap(),
            what,
        }
    }

    #[tokio::test]
    async fn an_event_goes_where_the_template_says_and_can_be_read_there() {
        let template = Template::deployed().unwrap();
        let clock = Arc::new(MovableClock::frozen("2026-11-21T10:00:00Z".parse().unwrap()));
        let queue = |queue: &crate::template::Queue| {
            (queue.function.clone(), Arc::new(Queue::new(&queue.name, queue.receives, Arc::clone(&clock))))
        };
        let queues: Vec<_> = template.queues.iter().map(queue).collect();
        let bus = LocalBus::new(&template.rules, &queues).unwrap();
        let booking = "01JD7Q4ZJ2M6S1V0B7T3K9XN5R".parse().unwrap();
        let (mail, payment) = (event(Happening::BookingReceived(booking)), event(Happening::RefundDue(booking)));
        assert!(bus.publish(&[mail.clone(), payment.clone()]).await.unwrap().is_empty());
        bus.park_event("a note").await.unwrap();
        assert_eq!(bus.lost(), ["a note"]);
        for (function, sent) in [("notifier", mail), ("payment-worker", payment)] {
            let queue = &queues.iter().find(|(name, _)| name == function).unwrap().1;
            let event = queue.take(10).await.event(queue.name()).unwrap();
            assert_eq!(event.records.len(), 1, "{function}");
            assert_eq!(from_envelope(event.records[0].body.as_deref().unwrap()).unwrap(), sent);
        }
    }
}
