//! The cast: who does what, each as the real caller does it. What they were told, they acknowledge.

pub mod browser;
pub mod link;
pub mod owner;
pub mod stranger;
pub mod visitor;
pub mod waiting;
pub mod worker;

use std::sync::Arc;

use jiff::SignedDuration;
use shared::app::booking;
use shared::domain::booking::Booking;
use shared::domain::business::BusinessContext;
use shared::domain::id::TenantId;
use shared::runtime::Services;

use crate::stage::{Act, Part};
use crate::world::World;

/// Something that somebody begins.
pub struct Cue {
    /// What, as `confirm`.
    pub name: &'static str,
    /// How long its function may run.
    pub life: SignedDuration,
    /// Whether its calls may fail and it may die.
    pub is_mortal: bool,
    /// The work.
    pub act: Act,
    /// What is told of it when it dies.
    pub death: Box<dyn FnOnce()>,
}

impl Cue {
    /// A request of somebody at a browser, which API Gateway gives 29 seconds.
    pub(crate) fn request(name: &'static str, act: impl Future<Output = ()> + 'static) -> Self {
        Self { name, life: SignedDuration::from_secs(29), is_mortal: true, act: Box::pin(act), death: Box::new(|| {}) }
    }

    /// What the stage has to know of it.
    pub(crate) fn into_part(self, is_slow: bool) -> (Part, Act, Box<dyn FnOnce()>) {
        let Self { name, life, is_mortal, act, death } = self;
        (Part { name, life, is_slow, is_mortal }, act, death)
    }
}

impl std::fmt::Debug for Cue {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Cue").field("name", &self.name).finish_non_exhaustive()
    }
}

/// The business as a function reads it; none when it cannot.
pub(crate) async fn business(services: &Services, tenant: TenantId) -> Option<Arc<BusinessContext>> {
    let now = services.clock.now();
    services.contexts.current(&services.store, tenant, now).await.ok().map(|stamped| stamped.context)
}

/// One of a customer's bookings, as they last saw it; of one who has none, of nobody.
pub(crate) fn booking_of(world: &World, client: usize) -> Option<(TenantId, Booking)> {
    let clients = world.clients.borrow();
    let client = clients.get(client)?;
    // Mostly the newest ones: who has booked long ago has come since.
    let from = client.bookings.len().saturating_sub(4);
    world.dice.one(&client.bookings[from..]).map(|booking| (client.tenant, booking.clone()))
}

/// Keeps what a customer was told of a booking of theirs, and the page they were sent to.
pub(crate) fn remember(world: &World, client: usize, booking: &Booking) {
    let mut clients = world.clients.borrow_mut();
    let Some(client) = clients.get_mut(client) else { return };
    if let Some(checkout) = &booking.checkout
        && !client.pages.contains(&checkout.session)
    {
        client.pages.push(checkout.session.clone());
    }
    match client.bookings.iter_mut().find(|known| known.id == booking.id) {
        Some(known) if known.version <= booking.version => *known = booking.clone(),
        Some(_) => {}
        None => client.bookings.push(booking.clone()),
    }
}

/// What a refusal is called.
pub(crate) fn word(error: &booking::Error) -> &'static str {
    match error {
        booking::Error::NotFound => "not found",
        booking::Error::Closed => "closed",
        booking::Error::Outdated => "outdated",
        booking::Error::NotGranted(_) => "not granted",
        booking::Error::TermsChanged => "terms changed",
        booking::Error::ProposalMoved => "proposal moved",
        booking::Error::SlotTaken { .. } => "slot taken",
        booking::Error::Context(_) | booking::Error::Store(_) => "unavailable",
    }
}

/// What came of an act, for history and coverage.
pub(crate) fn came(world: &World, what: &str, of: &str) {
    world.reach(format!("{what}: {of}"));
    world.note(format!("{what}: {of}"));
}

/// What was done to something, for history and coverage.
pub(crate) fn done(world: &World, what: &str, to: &str) {
    world.reach(what);
    world.note(format!("{what}: {to}"));
}
