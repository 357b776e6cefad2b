//! Rest: where everything ends when the world stops acting and what is under way comes to its end, and whether each
//! payment then has its booking or went back. Never looks at how it came there.

use shared::domain::booking::Status;

use super::bank::Course;
use super::{MOMENTS, Story, World};

/// Says what is wrong with the end of `world`.
pub(super) fn judge(world: &World, story: &Story) -> Result<(), &'static str> {
    let world = ended(world)?;
    if let Some(flaw) = world.flaw {
        return Err(flaw);
    }
    let booking = &world.booking;
    let paid: Vec<_> = world.sessions.iter().filter(|session| matches!(session.course, Course::Paid { .. })).collect();
    let is_flagged = 0 < world.flagged;
    if booking.status == Status::PendingPayment {
        return Err("a booking waits for ever");
    }
    let is_odd = |amount| amount != booking.due;
    if (1 < paid.len() || paid.iter().any(|session| is_odd(session.amount))) && !is_flagged {
        return Err("money that does not fit lands before nobody");
    }
    if paid.iter().any(|session| session.is_disputed) != (world.disputed == 1) {
        return Err("a dispute is not told, or made up");
    }
    let is_charged = paid.iter().any(|session| session.amount == booking.due);
    let stood = matches!(booking.status, Status::Confirmed | Status::Completed | Status::NoShow);
    if stood && !is_charged {
        return Err("a booking stands that nobody paid");
    }
    // A bank that disputes decides, and a person does of money that does not fit.
    if is_flagged || 0 < world.disputed {
        return Ok(());
    }
    if booking.refund_due.is_some() {
        return Err("money is due back for ever");
    }
    let left: i64 = paid.iter().filter_map(|session| session.left()).sum();
    let fee = booking.fee.minor();
    let by_hand = 0 < world.by_hand && 0 < story.by_hand;
    match booking.status {
        Status::Confirmed | Status::Completed if left == booking.due.minor() - booking.granted_minor() || by_hand => {
            Ok(())
        }
        Status::Confirmed | Status::Completed => Err("money of a booking that stands went back"),
        Status::Expired | Status::Refunded if 0 < left => Err("money is kept for nothing"),
        Status::Expired | Status::Refunded if 0 < fee && !by_hand => Err("less is kept than was agreed"),
        Status::Expired | Status::Refunded => Ok(()),
        Status::Canceled | Status::NoShow if fee < left => Err("more is kept than was agreed"),
        Status::Canceled | Status::NoShow if left < fee && !by_hand => Err("less is kept than was agreed"),
        Status::Canceled | Status::NoShow => Ok(()),
        Status::PendingPayment | Status::Offered => Err("a booking waits for ever"),
    }
}

/// `world` once banks have refused what they had not accepted, all was delivered, and our own work is done: first
/// at once, then when every hold has ended.
fn ended(world: &World) -> Result<World, &'static str> {
    let mut world = world.clone();
    for session in &mut world.sessions {
        match session.course {
            Course::Open => session.close(),
            Course::Settling => session.course = Course::Refused,
            Course::Expired | Course::Refused | Course::Paid { .. } => {}
        }
    }
    world = settled(world)?;
    world.moment = MOMENTS.len() - 1;
    settled(world)
}

/// `world` once nothing that is under way changes it any more.
fn settled(mut world: World) -> Result<World, &'static str> {
    for _ in 0..12 {
        let before = world.clone();
        for n in 0..world.sessions.len() {
            for event in world.sessions[n].told(&world.booking) {
                world.record(&event);
            }
        }
        if world.booking.hold_until.is_some_and(|until| until <= world.now()) {
            world.end_offer();
        }
        world.release_hold(false);
        world.refund(false);
        if world == before {
            return Ok(world);
        }
    }
    Err("nothing comes to rest")
}
