//! Customers at Stripe's own page: pay, pay by a slow bank, press twice. No call of ours, so none at the gate.

use std::rc::Rc;

use axum::body::Body;
use futures::FutureExt as _;
use tower::ServiceExt as _;

use super::done;
use crate::world::World;

/// A customer pays on a page that they have open, in whatever state it is by now; true when they had one.
pub fn pay(world: &Rc<World>, client: usize) -> bool {
    let Some(session) = page(world, client) else { return false };
    let button = if world.dice.permille(120) { "pay-later" } else { "pay" };
    press(world, &session, button);
    if world.dice.permille(150) {
        press(world, &session, button);
        world.reach("pressed pay twice");
    }
    done(world, button, &session);
    true
}

/// Mostly somebody whose newest page waits to be paid, else `client`.
pub fn somebody(world: &World, client: usize) -> usize {
    let clients = world.clients.borrow();
    let is_open = |session: &String| world.stripe.find_session(session).is_some_and(|page| page["status"] == "open");
    let open = (0..clients.len()).filter(|n| clients[*n].pages.last().is_some_and(is_open));
    let open: Vec<usize> = open.collect();
    let chosen = world.dice.one(&open).copied().filter(|_| world.dice.permille(700));
    chosen.unwrap_or(client)
}

/// A bank answers for a page that was paid by a slow method; true when there was a page.
pub fn bank(world: &Rc<World>, client: usize) -> bool {
    let Some(session) = page(world, client) else { return false };
    let button = if world.dice.permille(600) { "settle" } else { "fail" };
    press(world, &session, button);
    done(world, button, &session);
    true
}

/// Every bank answers for what it was still to answer.
pub fn banks_answer(world: &World) {
    let clients = world.clients.borrow();
    for session in clients.iter().flat_map(|client| &client.pages) {
        press(world, session, if world.dice.permille(500) { "settle" } else { "fail" });
    }
}

fn page(world: &World, client: usize) -> Option<String> {
    let clients = world.clients.borrow();
    let pages = &clients.get(client)?.pages;
    let from = pages.len().saturating_sub(3);
    world.dice.one(&pages[from..]).cloned()
}

/// Presses a button of a Checkout page.
pub fn press(world: &World, session: &str, button: &str) {
    let request = http::Request::builder().method("POST").uri(format!("/checkout/{session}/{button}"));
    if let Ok(request) = request.body(Body::empty()) {
        // The simulator answers at once: it waits for nothing.
        drop(world.pages.clone().oneshot(request).now_or_never());
    }
}
