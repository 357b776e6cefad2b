//! Owners: call off, move, mark who came, give money back, and change what they offer.

use std::rc::Rc;

use shared::app::attendance::{Error as NotMarked, mark};
use shared::app::booking::{GrantWish, cancel, grant as grant_money, reschedule};
use shared::domain::booking::{Attendance, Booking, CalledOffBy, Status};
use shared::domain::money::Money;
use shared::domain::package::Package;
use shared::domain::text::Line;

use super::visitor::wanted;
use super::{Cue, booking_of, business, came, word};
use crate::world::World;

/// The business calls a booking off.
pub fn call_off(world: &Rc<World>, client: usize) -> Option<Cue> {
    let (tenant, seen) = booking_of(world, client)?;
    let world = Rc::clone(world);
    Some(Cue::request("cancel by owner", async move {
        match cancel(world.function().booking(), tenant, seen.id, CalledOffBy::Owner).await {
            Ok(booking) => world.acknowledge("canceled", &booking),
            Err(error) => came(&world, "cancel by owner", word(&error)),
        }
    }))
}

/// The business moves a booking.
pub fn shift(world: &Rc<World>, client: usize) -> Option<Cue> {
    let (tenant, seen) = booking_of(world, client)?;
    let world = Rc::clone(world);
    Some(Cue::request("move by owner", async move {
        let services = world.function();
        let Some(business) = business(services, tenant).await else { return };
        let Some(package) = business.package(seen.package) else { return };
        let Some(slot) = wanted(&world, services, &business, package).await else { return };
        match reschedule(services.booking(), tenant, seen.id, &slot, CalledOffBy::Owner).await {
            Ok(booking) => world.acknowledge("moved", &booking),
            Err(error) => came(&world, "move by owner", word(&error)),
        }
    }))
}

/// Mostly a customer one of whose bookings has begun and is not marked, else `client`.
pub fn somebody(world: &World, client: usize) -> usize {
    let now = world.now();
    let clients = world.clients.borrow();
    let waits = |booking: &Booking| booking.slot.start() <= now && booking.status == Status::Confirmed;
    let begun: Vec<usize> = (0..clients.len()).filter(|n| clients[*n].bookings.iter().any(waits)).collect();
    let chosen = world.dice.one(&begun).copied().filter(|_| world.dice.permille(800));
    chosen.unwrap_or(client)
}

/// The business marks who came, or did not: a booking that has begun, if any has.
pub fn attend(world: &Rc<World>, client: usize) -> Option<Cue> {
    let now = world.now();
    let (tenant, begun) = {
        let clients = world.clients.borrow();
        let client = clients.get(client)?;
        let begun = client.bookings.iter().filter(|booking| booking.slot.start() <= now && booking.status.is_open());
        (client.tenant, begun.map(|booking| booking.id).collect::<Vec<_>>())
    };
    let id = *world.dice.one(&begun)?;
    let attendance = if world.dice.permille(600) { Attendance::Came } else { Attendance::Missed };
    let world = Rc::clone(world);
    Some(Cue::request("mark", async move {
        let what = match attendance {
            Attendance::Came => "attended",
            Attendance::Missed => "missed",
        };
        match mark(world.function().booking(), tenant, id, attendance).await {
            Ok(booking) => {
                world.acknowledge(what, &booking);
                super::remember(&world, client, &booking);
            }
            Err(NotMarked::Refused(_)) => came(&world, "mark", "refused"),
            Err(NotMarked::Booking(error)) => came(&world, "mark", word(&error)),
        }
    }))
}

/// Mostly a customer one of whose bookings costs something, else `client`.
pub fn payer(world: &World, client: usize) -> usize {
    let clients = world.clients.borrow();
    let costs = |booking: &Booking| !booking.due.is_free();
    let payers: Vec<usize> = (0..clients.len()).filter(|n| clients[*n].bookings.iter().any(costs)).collect();
    world.dice.one(&payers).copied().filter(|_| world.dice.permille(800)).unwrap_or(client)
}

/// The business gives a part of a payment back, or all of it; now and then under a key that it used before.
pub fn grant(world: &Rc<World>, client: usize) -> Option<Cue> {
    let (tenant, seen) = booking_of(world, client)?;
    let part = world.dice.permille(700).then(|| world.dice.long(1..seen.due.minor().max(1) + 2));
    let key = Line::new(&format!("wish {}", world.dice.of(0..4))).ok()?;
    let amount = part.and_then(|minor| Money::new(minor, seen.price.currency()).ok());
    let world = Rc::clone(world);
    Some(Cue::request("grant", async move {
        let services = world.function();
        // What the console shows is mostly new.
        let found = services.store.find_booking(tenant, seen.id).await.ok().flatten();
        let version = found.map_or(seen.version, |booking| booking.version);
        match grant_money(services.booking(), tenant, seen.id, &GrantWish { version, key, amount }).await {
            Ok(booking) => world.acknowledge("granted", &booking),
            Err(error) => came(&world, "grant", word(&error)),
        }
    }))
}

/// The business takes a package off its offer or puts it back, or changes its price.
pub fn change(world: &Rc<World>, client: usize) -> Cue {
    let tenant = super::visitor::whose(world, client).0;
    let world = Rc::clone(world);
    Cue::request("change a package", async move {
        let services = world.function();
        let Some(business) = business(services, tenant).await else { return };
        let Some(package) = world.dice.one(&business.packages) else { return };
        let version = package.version + 1;
        let changed = match world.dice.of(0..3) {
            0 if !package.price.is_free() => {
                let price = Money::new(package.price.minor() + 100, package.price.currency());
                Package { price: price.unwrap_or(package.price), version, ..package.clone() }
            }
            // Mostly back on: what nobody can book is no history.
            n => Package { active: !package.active || n == 2, version, ..package.clone() },
        };
        let saved = services.store.put_package(tenant, &changed, Some(package.version)).await;
        came(&world, "change a package", if saved.is_ok() { "done" } else { "unavailable" });
    })
}
