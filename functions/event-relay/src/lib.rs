//! Relays the outbox to the bus.
