//! Deliveries: simulated Stripe's events on their way to the webhook, as requests like any other.
//!
//! As Stripe does, a delivery that was not answered with 2xx is tried again; here soon and a few times.

use std::net::{Ipv4Addr, SocketAddr};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use sim::stripe::Delivery;
use tokio::sync::{mpsc, watch};

use crate::gateway::{Gateway, request};
use crate::tasks::Tasks;

/// How often one event is tried.
const TRIES: usize = 3;

/// What is on its way.
#[derive(Debug, Clone)]
pub struct Deliveries {
    sender: mpsc::UnboundedSender<Delivery>,
    under_way: Arc<watch::Sender<usize>>,
    ever: Arc<AtomicU64>,
}

impl Deliveries {
    /// A way to send, and what comes out of it.
    #[must_use]
    pub fn new() -> (Self, mpsc::UnboundedReceiver<Delivery>) {
        let (sender, receiver) = mpsc::unbounded_channel();
        (Self { sender, under_way: Arc::new(watch::Sender::new(0)), ever: Arc::default() }, receiver)
    }

    /// Sends a delivery on its way.
    pub fn send(&self, delivery: Delivery) {
        self.under_way.send_modify(|count| *count += 1);
        self.ever.fetch_add(1, Ordering::Relaxed);
        if self.sender.send(delivery).is_err() {
            self.under_way.send_modify(|count| *count -= 1);
        }
    }

    /// Rises with every delivery.
    #[must_use]
    pub fn version(&self) -> u64 {
        self.ever.load(Ordering::Relaxed)
    }

    /// Waits until nothing is on its way.
    pub async fn settled(&self) {
        // The sender lives as long as this does.
        drop(self.under_way.subscribe().wait_for(|count| *count == 0).await);
    }

    /// Carries what comes out of `receiver` to the webhook behind `gateway`, in order.
    pub fn carry(&self, mut receiver: mpsc::UnboundedReceiver<Delivery>, gateway: Arc<Gateway>, tasks: &Tasks) {
        let under_way = Arc::clone(&self.under_way);
        tasks.spawn(async move {
            while let Some(delivery) = receiver.recv().await {
                deliver(&gateway, &delivery).await;
                under_way.send_modify(|count| *count -= 1);
            }
        });
    }
}

async fn deliver(gateway: &Arc<Gateway>, delivery: &Delivery) {
    let from = SocketAddr::from((Ipv4Addr::LOCALHOST, 0));
    for _ in 0..TRIES {
        let headers = [("content-type", "application/json"), ("stripe-signature", delivery.signature.as_str())];
        let answer = gateway.answer(from, request("/v1/webhooks/stripe", &headers, delivery.body.clone())).await;
        if answer.status().is_success() {
            return;
        }
    }
    tracing::warn!(event.id = %delivery.event_id, "a simulated Stripe event was not taken");
}
