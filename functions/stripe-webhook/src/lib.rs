//! Verifies and queues Stripe events.
