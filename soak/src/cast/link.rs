//! Holders of links in mails: look, wait, press. The mail may be old.

use std::rc::Rc;

use shared::app::booking::Told;
use shared::app::confirm::link::{Error, cancel, look, offer, pay, reschedule};
use shared::domain::booking::{Booking, CalledOffBy, Status};
use shared::domain::id::TenantId;
use shared::domain::link::Purpose;
use shared::domain::slot_id::SlotId;
use shared::runtime::Services;

use super::visitor::anywhere;
use super::{Cue, booking_of, came, remember, word};
use crate::gate::{self, Kind};
use crate::world::World;

/// Of how many offered times one is chosen: the first ones are what everybody wants.
const FIRST: usize = 3;

/// A customer opens the link to cancel, and presses its button.
pub fn call_off(world: &Rc<World>, client: usize) -> Option<Cue> {
    let (tenant, seen) = booking_of(world, client)?;
    let world = Rc::clone(world);
    Some(Cue::request("cancel by link", async move {
        let services = world.function();
        let Some(token) = token(services, Purpose::Cancel, tenant, &seen) else { return };
        let deps = services.confirm();
        let Ok(shown) = look(deps, Purpose::Cancel, &token).await else { return };
        let told = shown.booking.if_called_off(CalledOffBy::Customer, services.clock.now()).back;
        read(&seen).await;
        let Ok(found) = look(deps, Purpose::Cancel, &token).await else { return };
        match cancel(deps, &found, Some(Told::Back(told))).await {
            Ok(booking) => {
                world.acknowledge("canceled", &booking);
                remember(&world, client, &booking);
            }
            Err(error) => came(&world, "cancel by link", refused(&error)),
        }
    }))
}

/// A customer opens the link to move a booking, chooses another time, and presses its button.
pub fn shift(world: &Rc<World>, client: usize) -> Option<Cue> {
    let (tenant, seen) = booking_of(world, client)?;
    let world = Rc::clone(world);
    Some(Cue::request("move by link", async move {
        let services = world.function();
        let Some(token) = token(services, Purpose::Reschedule, tenant, &seen) else { return };
        let deps = services.confirm();
        let Ok(shown) = look(deps, Purpose::Reschedule, &token).await else { return };
        let told = shown.booking.fee_if_moved(CalledOffBy::Customer, services.clock.now());
        let today = services.clock.now().to_zoned(shown.business.tenant.timezone.clone()).date();
        let Ok(offer) = offer(deps, &shown, Some(today), None).await else { return };
        let now = services.clock.now();
        let package = shown.business.package(seen.package);
        // Of a page that has been open for long, or of this one.
        let old = package.filter(|_| world.dice.permille(250));
        let old = old.and_then(|package| anywhere(&world, &shown.business, package, now));
        let old = old.map(|slot| SlotId::of(deps.link_key, tenant, &slot));
        let offered = world.dice.one(&offer.slots[..offer.slots.len().min(FIRST)]).map(|(id, _)| *id);
        let Some(slot) = old.or(offered) else { return };
        let slot = slot.to_string();
        read(&seen).await;
        let Ok(found) = look(deps, Purpose::Reschedule, &token).await else { return };
        match reschedule(deps, &found, &slot, Some(Told::Fee(Some(told)))).await {
            Ok(booking) => {
                world.acknowledge("moved", &booking);
                remember(&world, client, &booking);
            }
            Err(error) => came(&world, "move by link", refused(&error)),
        }
    }))
}

/// Mostly somebody whose newest booking waits to be paid, else `client`.
pub fn somebody(world: &World, client: usize) -> usize {
    let clients = world.clients.borrow();
    let owes = |booking: &Booking| booking.status == Status::PendingPayment;
    let owing = (0..clients.len()).filter(|n| clients[*n].bookings.last().is_some_and(owes));
    let owing: Vec<usize> = owing.collect();
    let chosen = world.dice.one(&owing).copied().filter(|_| world.dice.permille(700));
    chosen.unwrap_or(client)
}

/// A customer opens the link to pay, and is sent to Stripe's page.
pub fn settle(world: &Rc<World>, client: usize) -> Option<Cue> {
    let (tenant, seen) = booking_of(world, client)?;
    let world = Rc::clone(world);
    Some(Cue::request("pay by link", async move {
        let services = world.function();
        let Some(token) = token(services, Purpose::Pay, tenant, &seen) else { return };
        let deps = services.confirm();
        let Ok(found) = look(deps, Purpose::Pay, &token).await else { return };
        match pay(deps, &found).await {
            Ok(Ok(url)) => {
                came(&world, "pay by link", "open");
                if let Some(session) = url.rsplit('/').next() {
                    world.clients.borrow_mut()[client].pages.push(session.to_owned());
                }
            }
            Ok(Err(_)) => came(&world, "pay by link", "dead"),
            Err(error) => came(&world, "pay by link", refused(&error)),
        }
    }))
}

/// The link as it stands in a mail that was written when the booking was as `seen`.
fn token(services: &Services, purpose: Purpose, tenant: TenantId, seen: &Booking) -> Option<String> {
    let link = services.links.find(purpose, tenant, seen, services.clock.now())?;
    link.rsplit('/').nth(1).map(str::to_owned)
}

/// Reads the page.
async fn read(seen: &Booking) {
    gate::pass(Kind::Pause, || format!("reads the page of {}", seen.id)).await;
}

fn refused(error: &Error) -> &'static str {
    match error {
        Error::Link(_) => "dead",
        Error::NotOffered => "not offered",
        Error::Offer(_) => "over",
        Error::Booking(error) => word(error),
        Error::Checkout(_) | Error::Store(_) => "unavailable",
    }
}
