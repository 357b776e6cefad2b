//! `get_my_bookings`, `cancel_booking` and `reschedule_booking`: only what this visitor has
//! proven opens. An unproven visitor learns nothing, not even whether bookings exist.

use serde::Deserialize;
use serde_json::json;

use super::book::{open_slot, proposal, when};
use super::schedule::reason;
use super::{Bench, Effects, ToolResult, store_failed};
use crate::app::schedule::{Outlook, claim_of};
use crate::app::terms;
use crate::domain::booking::{Booking, CalledOffBy};
use crate::domain::proof::Proof;
use crate::domain::proposal::{Operation, Preview};
use crate::domain::waitlist::Standing;

#[derive(Deserialize)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
pub(super) struct Cancel {
    booking_id: String,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
pub(super) struct Reschedule {
    booking_id: String,
    slot_id: String,
}

/// How many bookings are told at once.
const BOOKINGS: usize = 10;

pub(super) async fn list(bench: &Bench<'_>, effects: &Effects) -> ToolResult {
    let proof = proven(bench, effects)?;
    let (tenant, clocks) = (&bench.business.tenant, bench.clocks());
    let mut bookings = bench.store.list_bookings_of(tenant.id, proof.email(), bench.now).await.map_err(store_failed)?;
    bookings.retain(|booking| proof.opens(booking));
    let told: Vec<_> = bookings
        .iter()
        .take(BOOKINGS)
        .map(|booking| {
            let offer = booking.open_offer(bench.now).ok().and(booking.hold_until);
            json!({
                "offeredUntil": offer.map(|until| clocks.moment(until)),
                "bookingId": booking.id.to_string(),
                "packageId": booking.package.to_string(),
                "packageName": booking.package_name.as_str(),
                "when": clocks.line(booking.kind, &booking.slot),
                "visitorsTime": clocks.own_line(&booking.slot),
                "status": booking.status.as_str(),
                "price": booking.price.to_string(),
                "paid": booking.paid().to_string(),
                "dueAtVisit": booking.due_at_visit().to_string(),
            })
        })
        .collect();
    // A booking's code says nothing of what else its address waits for.
    let places = match proof.mailbox() {
        Some(email) => bench.store.list_places_of(tenant.id, email).await.map_err(store_failed)?,
        None => Vec::new(),
    };
    let today = bench.now.to_zoned(tenant.timezone.clone()).date();
    let waits = places.iter().filter(|place| place.status == Standing::Waiting && today <= place.days.last());
    let waits: Vec<_> = waits
        .map(|place| json!({ "packageName": place.package_name.as_str(), "when": clocks.days(place.days) }))
        .collect();
    let mut answer = json!({ "bookings": told, "waitlist": waits });
    if bookings.iter().any(|booking| booking.open_offer(bench.now).is_ok()) {
        let note = "A booking of status OFFERED is held for the visitor until offeredUntil. They take it or let it pass with the links in the mail that offers it.";
        answer["note"] = json!(note);
    }
    Ok(answer.to_string())
}

pub(super) async fn propose_cancel(bench: &Bench<'_>, effects: &mut Effects, wish: &Cancel) -> ToolResult {
    let booking = own_booking(bench, effects, &wish.booking_id).await?;
    let mut lines = vec![("What".to_owned(), booking.package_name.to_string())];
    lines.extend(when("When", &bench.clocks(), booking.kind, &booking.slot));
    let said = terms::of_calling_off(&booking, bench.now).into_iter();
    lines.extend(said.map(|(label, value)| (label.to_owned(), value)));
    let preview = Preview { title: format!("Cancel {}", booking.package_name), lines };
    let back = booking.if_called_off(CalledOffBy::Customer, bench.now).back;
    effects.propose(proposal(bench, Operation::Cancel { booking: booking.id, back }, preview))
}

pub(super) async fn propose_reschedule(bench: &Bench<'_>, effects: &mut Effects, wish: &Reschedule) -> ToolResult {
    let booking = own_booking(bench, effects, &wish.booking_id).await?;
    let (package, slot) = open_slot(bench, &wish.slot_id)?;
    if package.id != booking.package {
        return Err("That slot is of another package. Check the availability of the booking's own package.".to_owned());
    }
    let own = Some(claim_of(&booking));
    let outlook =
        Outlook::around(bench.store, bench.business, package, &slot, bench.now, own).await.map_err(store_failed)?;
    outlook.judge(bench.business, package, &slot, bench.now).map_err(|why| reason(&why, bench))?;
    let clocks = bench.clocks();
    let mut lines = vec![
        ("What".to_owned(), booking.package_name.to_string()),
        ("From".to_owned(), clocks.line(booking.kind, &booking.slot)),
    ];
    lines.extend(when("To", &clocks, package.kind(), &slot.interval));
    let kept = terms::of_moving(&booking, bench.now);
    lines.extend(kept.map(|kept| ("Kept if you cancel".to_owned(), kept)));
    let fee = Some(booking.fee_if_moved(CalledOffBy::Customer, bench.now));
    let preview = Preview { title: format!("Move {}", booking.package_name), lines };
    effects.propose(proposal(bench, Operation::Reschedule { booking: booking.id, slot, fee }, preview))
}

/// What the visitor has proven, in this turn or before.
fn proven<'a>(bench: &Bench<'a>, effects: &'a Effects) -> Result<&'a Proof, String> {
    let message = "The email is not proven yet. Ask the visitor for their email and use verify_email; nothing about bookings can be told before.";
    effects.proof.as_ref().or(bench.conversation.proven.as_ref()).ok_or_else(|| message.to_owned())
}

/// A booking that the visitor's own proof opens. Anybody else's is as unknown as one that never was.
async fn own_booking(bench: &Bench<'_>, effects: &Effects, id: &str) -> Result<Booking, String> {
    let proof = proven(bench, effects)?;
    let unknown = || "The visitor has no such booking. Use an id from get_my_bookings.".to_owned();
    let id = id.parse().map_err(|_| unknown())?;
    let found = bench.store.find_booking(bench.business.tenant.id, id).await.map_err(store_failed)?;
    let booking = found.filter(|booking| proof.opens(booking)).ok_or_else(unknown)?;
    if booking.status.is_open() && bench.now < booking.slot.start() {
        Ok(booking)
    } else {
        Err("That booking can no longer be changed.".to_owned())
    }
}
