//! Visitors: are asked to confirm, confirm (twice at once, too), decline.

use std::rc::Rc;
use std::time::Duration;

use jiff::{SignedDuration, Timestamp, ToSpan as _};
use shared::app::confirm::{Confirmed, Done, Error, confirm, decline};
use shared::app::schedule::read_claims;
use shared::domain::availability::{Availability, Days, Query, days_to_read, free_slots};
use shared::domain::booking::{CalledOffBy, Customer};
use shared::domain::business::BusinessContext;
use shared::domain::conversation::{Conversation, Origin};
use shared::domain::id::{ConversationId, MessageId, ProposalId, TenantId};
use shared::domain::ledger::{TurnCost, Usage};
use shared::domain::message::{Answer, Outcome, Turn};
use shared::domain::money::MicroUsd;
use shared::domain::package::Package;
use shared::domain::proof::Proof;
use shared::domain::proposal::{Operation, Preview, Proposal, ProposalRefused, ProposalStatus};
use shared::domain::secret::SessionId;
use shared::domain::slot::Slot;
use shared::domain::tenant::Limits;
use shared::domain::text::{Line, Note};
use shared::runtime::Services;
use shared::store::meter::Ask;
use shared::store::turn::{Kept, TurnWrite};

use super::{Cue, booking_of, business, came, remember, word};
use crate::business::NO_LIMITS;
use crate::world::World;

/// How many days ahead customers look: few, so that they want the same.
const AHEAD: i64 = 5;

/// How long a card can be confirmed.
const STALE: SignedDuration = SignedDuration::from_mins(30);

/// A visitor asks for a package, and is shown a card.
pub fn ask(world: &Rc<World>, client: usize) -> Cue {
    let world = Rc::clone(world);
    Cue::request("ask", async move {
        let services = world.function();
        let (tenant, email) = whose(&world, client);
        let Some(business) = business(services, tenant).await else { return };
        let Some(package) = world.dice.one(&business.packages) else { return };
        let Some(slot) = wanted(&world, services, &business, package).await else {
            return came(&world, "ask", "nothing free");
        };
        let customer = Customer { name: Line::new("Ann Lee").unwrap(), email: email.parse().unwrap() };
        let operation = Operation::Book {
            slot,
            price: package.price,
            due: package.due_at_booking(),
            cancellation: package.cancellation(&business.tenant.policies),
            customer,
            notes: Note::new("By the window").unwrap(),
        };
        propose(&world, services, client, operation).await;
    })
}

/// A visitor who has proven their address asks to call off or move a booking, and is shown a card.
pub fn ask_to_change(world: &Rc<World>, client: usize) -> Option<Cue> {
    let (tenant, seen) = booking_of(world, client)?;
    let is_move = world.dice.permille(500);
    let world = Rc::clone(world);
    Some(Cue::request("ask to change", async move {
        let services = world.function();
        let Some(business) = business(services, tenant).await else { return };
        let Ok(Some(booking)) = services.store.find_booking(tenant, seen.id).await else { return };
        let now = services.clock.now();
        let operation = if is_move {
            let Some(package) = business.package(booking.package) else { return };
            let Some(slot) = wanted(&world, services, &business, package).await else { return };
            let fee = Some(booking.fee_if_moved(CalledOffBy::Customer, now));
            Operation::Reschedule { booking: booking.id, slot, fee }
        } else {
            Operation::Cancel { booking: booking.id, back: booking.if_called_off(CalledOffBy::Customer, now).back }
        };
        propose(&world, services, client, operation).await;
    }))
}

/// A visitor asks for a place on the waitlist, and is shown a card.
pub fn ask_to_wait(world: &Rc<World>, client: usize) -> Cue {
    let world = Rc::clone(world);
    Cue::request("ask to wait", async move {
        let services = world.function();
        let (tenant, email) = whose(&world, client);
        let Some(business) = business(services, tenant).await else { return };
        let Some(package) = world.dice.one(&business.packages) else { return };
        let today = services.clock.now().to_zoned(business.tenant.timezone.clone()).date();
        let first = today.saturating_add(world.dice.long(0..AHEAD).days());
        let Ok(days) = Days::new(first, first.saturating_add(world.dice.long(0..3).days())) else { return };
        let customer = Customer { name: Line::new("Ann Lee").unwrap(), email: email.parse().unwrap() };
        propose(&world, services, client, Operation::Join { package: package.id, days, customer }).await;
    })
}

/// Mostly somebody who was shown a card lately, else `client`.
pub fn somebody(world: &World, client: usize) -> usize {
    let oldest = (world.now() - STALE).as_millisecond();
    let clients = world.clients.borrow();
    let is_fresh = |(_, card): &(SessionId, ProposalId)| {
        i64::try_from(card.ulid().timestamp_ms()).is_ok_and(|shown_at| oldest < shown_at)
    };
    let fresh = (0..clients.len()).filter(|n| clients[*n].asked.last().is_some_and(is_fresh));
    let fresh: Vec<usize> = fresh.collect();
    let chosen = world.dice.one(&fresh).copied().filter(|_| world.dice.permille(800));
    chosen.unwrap_or(client)
}

/// A visitor presses Confirm on a card they have.
pub fn press(world: &Rc<World>, client: usize) -> Option<Cue> {
    let (session, proposal) = card(world, client)?;
    let world = Rc::clone(world);
    Some(Cue::request("confirm", async move {
        let services = world.function();
        let tenant = whose(&world, client).0;
        let Some(business) = business(services, tenant).await else { return came(&world, "confirm", "unavailable") };
        world.note(format!("client {client} confirms {proposal}"));
        let confirmed = confirm(services.confirm(), &business, &session, proposal).await;
        let word = match &confirmed {
            Ok(Done::Waitlist(_)) => return came(&world, "confirm", "joined"),
            Ok(Done::Booking(done)) => {
                let Confirmed { proposal, booking, .. } = &**done;
                let what = match proposal.operation {
                    Operation::Book { .. } => "booked",
                    Operation::Cancel { .. } => "canceled",
                    Operation::Reschedule { .. } => "moved",
                    Operation::Join { .. } => "joined",
                };
                world.acknowledge(what, booking);
                remember(&world, client, booking);
                return;
            }
            Err(Error::NotFound) => "not found",
            Err(Error::Refused(ProposalRefused::Confirmed | ProposalRefused::Declined)) => "ended",
            Err(Error::Refused(_)) => "too old",
            Err(Error::PriceChanged) => "price changed",
            Err(Error::Booking(error)) => word(error),
            Err(Error::Store(_)) => "unavailable",
        };
        came(&world, "confirm", word);
        if word != "unavailable" {
            let mut clients = world.clients.borrow_mut();
            clients[client].asked.retain(|(_, known)| *known != proposal);
        }
    }))
}

/// A visitor declines a card.
pub fn wave_off(world: &Rc<World>, client: usize) -> Option<Cue> {
    let (session, proposal) = card(world, client)?;
    let world = Rc::clone(world);
    Some(Cue::request("decline", async move {
        let services = world.function();
        let Some(business) = business(services, whose(&world, client).0).await else { return };
        let declined = decline(services.confirm(), &business, &session, proposal).await;
        came(&world, "decline", if declined.is_ok() { "done" } else { "refused" });
    }))
}

/// A card that a customer has before them; mostly the newest.
fn card(world: &World, client: usize) -> Option<(SessionId, ProposalId)> {
    let clients = world.clients.borrow();
    let asked = &clients.get(client)?.asked;
    let from = asked.len().saturating_sub(3);
    world.dice.one(&asked[from..]).cloned()
}

pub(crate) fn whose(world: &World, client: usize) -> (TenantId, String) {
    let clients = world.clients.borrow();
    (clients[client].tenant, clients[client].email.clone())
}

/// A slot of `package` that is free, or one that may be.
pub(crate) async fn wanted(
    world: &World,
    services: &Services,
    business: &BusinessContext,
    package: &Package,
) -> Option<Slot> {
    let zone = &business.tenant.timezone;
    let now = services.clock.now();
    let today = now.to_zoned(zone.clone()).date();
    let first = today.saturating_add(world.dice.long(0..AHEAD).days());
    if world.dice.permille(300) {
        return anywhere(world, business, package, now);
    }
    let days = Days::new(first, first.saturating_add(1.day())).ok()?;
    let claims = read_claims(&services.store, business.tenant.id, &package.resources, days_to_read(days, zone)).await;
    let query = Query {
        package,
        resources: &business.resources,
        hours: &business.hours,
        timezone: zone,
        policies: &business.tenant.policies,
        now,
        claims: &claims.ok()?,
    };
    match free_slots(&query, days) {
        // The first ones are what everybody wants.
        Availability::Free(slots) => world.dice.one(&slots[..slots.len().min(6)]).copied(),
        Availability::Nothing(_) => None,
    }
}

/// A slot at a quarter-hour of the next days, free or not.
pub(crate) fn anywhere(world: &World, business: &BusinessContext, package: &Package, now: Timestamp) -> Option<Slot> {
    let resource = world.dice.one(&package.resources)?;
    let quarter = now.as_second() / 900 + world.dice.long(1..AHEAD * 96);
    let start = Timestamp::from_second(quarter * 900).ok()?;
    Slot::at(package, *resource, start, &business.tenant.timezone).ok()
}

/// Keeps a turn in which the assistant proposes `operation`, as a chat would.
async fn propose(world: &World, services: &Services, client: usize, operation: Operation) {
    let now = services.clock.now();
    let (tenant, email) = whose(world, client);
    let session = SessionId::new(ConversationId::new(services.ids.ulid(now)), services.ids.secret());
    let mut conversation = Conversation::begin(&session, Origin::default(), now);
    conversation.proven = email.parse().ok().map(Proof::of_address);
    let proposal = Proposal {
        id: ProposalId::new(services.ids.ulid(now)),
        operation,
        preview: Preview { title: "A card".to_owned(), lines: Vec::new() },
        status: ProposalStatus::Pending,
        created_at: now,
        expires_at: now + STALE,
    };
    let turn = turn(services, now);
    let limits = Limits { messages_per_hour: NO_LIMITS, ..Limits::default() };
    let ask = Ask { turn: &turn.key, address: None, limits, amount: MicroUsd::ZERO, now };
    let Ok(Ok(admitted)) = services.store.admit_turn(tenant, &ask).await else {
        return world.reach("proposed: unavailable");
    };
    let (id, proposals) = (proposal.id, [proposal]);
    let write = TurnWrite {
        conversation: &conversation,
        is_new: true,
        turn: &turn,
        summary: None,
        proposals: &proposals,
        escalation: None,
        challenge: None,
        proof: None,
        unanswered: None,
        status: None,
        settled: &admitted.settle(MicroUsd::ZERO, &[]),
        events: &[],
        now,
    };
    if let Ok(Kept::Yes) = services.store.keep_turn(tenant, &write).await {
        world.reach("proposed");
        world.note(format!("client {client} is shown {id}"));
        world.clients.borrow_mut()[client].asked.push((session, id));
    }
}

fn turn(services: &Services, now: Timestamp) -> Turn {
    let id = MessageId::new(services.ids.ulid(now));
    Turn {
        id,
        answer_id: MessageId::new(services.ids.ulid(now)),
        key: id.to_string(),
        said: "An hour, please".to_owned(),
        at: now,
        answer: Answer::default(),
        exchange: None,
        sources: Vec::new(),
        outcome: Outcome::Answered,
        cost: TurnCost {
            usage: Usage::default(),
            model: String::new(),
            price_version: String::new(),
            cost: MicroUsd::ZERO,
            first_token: None,
            total: Duration::ZERO,
            tools: Vec::new(),
        },
    }
}
