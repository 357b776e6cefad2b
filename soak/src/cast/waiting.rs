//! Those on the waitlist: take what is offered, pass it on, leave. Twice at once, or too late, too.

use std::rc::Rc;

use shared::app::waitlist::{Error, leave, pass, take};
use shared::domain::id::{BookingId, WaitId};

use super::visitor::whose;
use super::{Cue, came, remember};
use crate::row::Place;
use crate::world::World;

/// Somebody answers, or leaves; none when they have no place.
pub fn answer(world: &Rc<World>, client: usize) -> Option<Cue> {
    let (_, email) = whose(world, client);
    let places = world.record.places_of(&email);
    let offered: Vec<&Place> = places.iter().filter(|place| place.status == "OFFERED").collect();
    let waiting: Vec<&Place> = places.iter().filter(|place| place.status == "WAITING").collect();
    let over: Vec<&Place> = places.iter().filter(|place| matches!(place.status.as_str(), "TAKEN" | "PASSED")).collect();
    let chance = world.dice.of(0..100);
    let all = match chance {
        0..80 if !offered.is_empty() => offered,
        0..90 if !waiting.is_empty() => waiting,
        _ => over,
    };
    let place = (*world.dice.one(&all)?).clone();
    Some(match (place.status.as_str(), world.dice.of(0..10)) {
        ("OFFERED" | "PASSED", 0..6) | ("TAKEN", _) => accept(world, client, &place),
        ("OFFERED" | "PASSED", 6..9) => pass_on(world, client, &place),
        _ => step_out(world, client, &place),
    })
}

fn accept(world: &Rc<World>, client: usize, place: &Place) -> Cue {
    let (world, tenant, id) = (Rc::clone(world), whose(world, client).0, place.id.clone());
    Cue::request("take an offer", async move {
        let Ok(id) = id.parse::<BookingId>() else { return };
        match take(world.function().waitlist(), tenant, id).await {
            Ok(booking) => {
                world.acknowledge("taken", &booking);
                remember(&world, client, &booking);
            }
            Err(error) => came(&world, "take an offer", word(&error)),
        }
    })
}

fn pass_on(world: &Rc<World>, client: usize, place: &Place) -> Cue {
    let (world, tenant, id) = (Rc::clone(world), whose(world, client).0, place.id.clone());
    Cue::request("pass an offer on", async move {
        let Ok(id) = id.parse::<BookingId>() else { return };
        match pass(world.function().waitlist(), tenant, id).await {
            Ok(booking) => {
                world.acknowledge("passed", &booking);
                came(&world, "passed on", "done");
            }
            Err(error) => came(&world, "passed on", word(&error)),
        }
    })
}

fn step_out(world: &Rc<World>, client: usize, place: &Place) -> Cue {
    let (world, tenant, id) = (Rc::clone(world), whose(world, client).0, place.id.clone());
    Cue::request("leave the line", async move {
        let Ok(id) = id.parse::<WaitId>() else { return };
        let left = leave(world.function().waitlist(), tenant, id, None).await;
        came(&world, "left the line", left.as_ref().err().map_or("done", word));
    })
}

const fn word(error: &Error) -> &'static str {
    match error {
        Error::Offer(_) => "over",
        Error::NotFound => "not found",
        _ => "unavailable",
    }
}
