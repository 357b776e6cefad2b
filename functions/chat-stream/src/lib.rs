//! One turn as Server-Sent Events.
