//! What comes from outside uncalled: disputes, refunds by hand, and events that do not fit.

use std::rc::Rc;

use sim::stripe::Command;

use super::done;
use crate::world::World;

/// What Stripe is made to tell.
const ODDITIES: [&str; 5] = ["dispute", "refund by hand", "wrong amount", "wrong currency", "foreign account"];

/// Something odd happens to the payment of a page that a customer had; true when there was one.
pub fn meddle(world: &Rc<World>, client: usize) -> bool {
    let session = {
        let clients = world.clients.borrow();
        clients.get(client).and_then(|client| world.dice.one(&client.pages).cloned())
    };
    let Some(session) = session else { return false };
    let Some(object) = world.stripe.find_session(&session) else { return false };
    let Some(booking) = object["client_reference_id"].as_str().map(str::to_owned) else { return false };
    let is_paid = object["payment_status"] == "paid";
    let what = ODDITIES[world.dice.of(0..ODDITIES.len())];
    let amount = object["amount_total"].as_i64().unwrap_or_default();
    let command = Command { session_id: Some(session), ..Command::default() };
    let command = match what {
        "dispute" if is_paid => Command { kind: "charge.dispute.created".to_owned(), ..command },
        "refund by hand" if is_paid => {
            let amount = if world.dice.permille(500) { amount } else { amount / 2 };
            Command { kind: "charge.refunded".to_owned(), amount: Some(amount), ..command }
        }
        // Of a page that is open or was paid: what Stripe tells of it once more does not fit.
        "wrong amount" | "wrong currency" | "foreign account" if object["status"] != "expired" => {
            let command = Command { kind: "checkout.session.completed".to_owned(), ..command };
            match what {
                "wrong amount" => Command { amount: Some(amount + 1), ..command },
                "wrong currency" => Command { currency: Some("jpy".to_owned()), ..command },
                _ => Command { account: Some("acct_stranger".to_owned()), ..command },
            }
        }
        _ => return false,
    };
    world.odd.borrow_mut().entry(booking.clone()).or_default().insert(what);
    done(world, what, &booking);
    world.stripe.emit(&command).is_ok()
}
