//! `get_my_bookings`, `cancel_booking` and `reschedule_booking`: only for an email that this visitor has
//! proven. An unproven visitor learns nothing, not even whether bookings exist.

use serde::Deserialize;
use serde_json::json;

use super::book::{open_slot, proposal, when};
use super::schedule::reason;
use super::{Bench, Effects, ToolResult, store_failed};
use crate::app::schedule::{Outlook, claim_of};
use crate::app::terms;
use crate::domain::address::Email;
use crate::domain::booking::{Booking, CalledOffBy};
use crate::domain::proposal::{Operation, Preview};

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

pub(super) async fn list(bench: &Bench<'_>) -> ToolResult {
    let email = proven(bench)?;
    let (tenant, clocks) = (&bench.business.tenant, bench.clocks());
    let bookings = bench.store.list_bookings_of(tenant.id, email, bench.now).await.map_err(store_failed)?;
    let told: Vec<_> = bookings
        .iter()
        .take(BOOKINGS)
        .map(|booking| {
            json!({
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
    Ok(json!({ "bookings": told }).to_string())
}

pub(super) async fn propose_cancel(bench: &Bench<'_>, effects: &mut Effects, wish: &Cancel) -> ToolResult {
    let booking = own_booking(bench, &wish.booking_id).await?;
    let mut lines = vec![("What".to_owned(), booking.package_name.to_string())];
    lines.extend(when("When", &bench.clocks(), booking.kind, &booking.slot));
    let said = terms::of_calling_off(&booking, bench.now).into_iter();
    lines.extend(said.map(|(label, value)| (label.to_owned(), value)));
    let preview = Preview { title: format!("Cancel {}", booking.package_name), lines };
    let back = booking.if_called_off(CalledOffBy::Customer, bench.now).back;
    effects.propose(proposal(bench, Operation::Cancel { booking: booking.id, back }, preview))
}

pub(super) async fn propose_reschedule(bench: &Bench<'_>, effects: &mut Effects, wish: &Reschedule) -> ToolResult {
    let booking = own_booking(bench, &wish.booking_id).await?;
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

fn proven<'a>(bench: &Bench<'a>) -> Result<&'a Email, String> {
    let message = "The email is not proven yet. Ask the visitor for their email and use verify_email; nothing about bookings can be told before.";
    bench.conversation.proven.as_ref().ok_or_else(|| message.to_owned())
}

/// A booking of the visitor's own proven email. Anybody else's is as unknown as one that never was.
async fn own_booking(bench: &Bench<'_>, id: &str) -> Result<Booking, String> {
    let email = proven(bench)?;
    let unknown = || "The visitor has no such booking. Use an id from get_my_bookings.".to_owned();
    let id = id.parse().map_err(|_| unknown())?;
    let found = bench.store.find_booking(bench.business.tenant.id, id).await.map_err(store_failed)?;
    let booking = found.filter(|booking| booking.customer.email == *email).ok_or_else(unknown)?;
    if booking.status.is_open() && bench.now < booking.slot.start() {
        Ok(booking)
    } else {
        Err("That booking can no longer be changed.".to_owned())
    }
}
