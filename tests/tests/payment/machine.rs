//! The state machine of a booking, its payment and its hold, explored: every order in which customers, owners,
//! banks, Stripe, its webhooks, our workers and time can act, with crashes between a call of Stripe and our note of it.
//!
//! The rules are the code's own (`shared::domain::booking`); a step does with them what the use case of that name
//! does, one conditional write at a time, since the store lets nothing happen within one. What it leaves to the
//! suites over the real store: that a write is conditional, and that a message comes at all.

mod bank;
mod rest;
mod steps;
mod table;

use std::collections::BTreeSet;
use std::hash::{Hash, Hasher};
use std::sync::Mutex;
use std::thread::available_parallelism;

use jiff::Timestamp;
use shared::domain::booking::{Booking, Customer, Offer, Order, Status};
use shared::domain::event::Happening;
use shared::domain::id::{BookingId, ConversationId, PackageId, ProposalId, ResourceId};
use shared::domain::package::Package;
use shared::domain::package::draft::{CancellationDraft, PackageDraft};
use shared::domain::slot::{Interval, Slot};
use shared::domain::tenant::Policies;
use shared::domain::text::{Line, Note};
use stateright::{Checker as _, Model, Property};
use ulid::Ulid;

use bank::{Course, Session};
use steps::Step;

const OWN: ResourceId = ResourceId::new(Ulid(3));

/// The moments at which things happen: at booking, when a hold is too short for a new page, when it has ended, when
/// calling off costs, once the booking has begun, when no bank decides any more, and the end of all.
const MOMENTS: [&str; 7] = [
    "2026-11-02T09:00:00Z",
    "2026-11-02T09:15:00Z",
    "2026-11-02T09:40:00Z",
    "2026-11-11T10:00:00Z",
    "2026-11-12T10:00:00Z",
    "2026-12-24T09:00:00Z",
    "2027-12-24T09:00:00Z",
];

/// What a business sells, and how far its story is told.
#[derive(Debug, Clone)]
struct Story {
    /// Percent of the price that is due at booking.
    deposit: u32,
    /// Checkout Sessions that a booking can come to have.
    sessions: usize,
    /// How often each of these can happen: a move, a dispute, money given back by hand.
    moves: u8,
    disputes: u8,
    by_hand: u8,
    /// Claims that somebody may pay another amount than asked for.
    misfits: bool,
    /// Claims that money may come through a page that was closed.
    is_late: bool,
    /// How often the business gives back of its own accord.
    grants: usize,
    /// Claims that the booking begins as an offer to somebody who waited.
    is_offer: bool,
}

/// All that is known anywhere: our booking, Stripe's books, who has the slot, and what was told to people.
#[derive(Clone)]
struct World {
    moment: usize,
    booking: Booking,
    sessions: Vec<Session>,
    /// Claims that somebody else has the slot. Nobody can while the booking holds it.
    is_taken: bool,
    /// Claims that the payment worker was told of money that is due.
    is_asked: bool,
    confirmed: u8,
    refunded: u8,
    disputed: u8,
    flagged: u8,
    cancelled: u8,
    moves: u8,
    by_hand: u8,
    /// The first thing that must never happen and did.
    flaw: Option<&'static str>,
}

/// The model, and which transitions of the code it came through.
struct Machine {
    story: Story,
    seen: &'static Mutex<BTreeSet<table::Row>>,
}

fn moment(n: usize) -> Timestamp {
    MOMENTS[n].parse().unwrap()
}

fn package(deposit: u32) -> Package {
    let draft = PackageDraft {
        name: "Portrait session".into(),
        price_minor: 12_000,
        currency: "EUR".into(),
        kind: "SLOT".into(),
        duration_minutes: Some(60),
        resources: vec![OWN.to_string()],
        active: true,
        deposit_percent: Some(deposit),
        cancellation: CancellationDraft {
            free_until_minutes: Some(24 * 60),
            late_fee_percent: Some(40),
            no_show_percent: Some(75),
        },
        description: String::new(),
        buffer_before_minutes: None,
        buffer_after_minutes: None,
        capacity: None,
        images: Vec::new(),
    };
    draft.check(PackageId::new(Ulid(2)), 1).unwrap()
}

impl World {
    fn begin(story: &Story) -> Self {
        let interval =
            Interval::new("2026-11-12T09:00:00Z".parse().unwrap(), "2026-11-12T10:00:00Z".parse().unwrap()).unwrap();
        let package = package(story.deposit);
        let (id, code) = (BookingId::new(Ulid(1)), "2Z3Z-H9AB".parse().unwrap());
        let slot = Slot { package: package.id, resource: OWN, interval, blocked: interval };
        let customer = Customer { name: Line::new("Ann Lee").unwrap(), email: "ann@example.test".parse().unwrap() };
        let (package, notes, customer_timezone) = (&package, &Note::default(), None);
        let (conversation, proposal) = (ConversationId::new(Ulid(4)), ProposalId::new(Ulid(5)));
        let booking = match story.is_offer {
            true => {
                let offer = Offer { id, code, package, slot, customer, customer_timezone };
                Booking::offer(offer, &Policies::default(), moment(0))
            }
            false => {
                let order =
                    Order { id, code, package, slot, customer, customer_timezone, notes, conversation, proposal };
                Booking::place(order, &Policies::default(), moment(0))
            }
        };
        Self {
            moment: 0,
            booking,
            sessions: Vec::new(),
            is_taken: false,
            is_asked: false,
            confirmed: 0,
            refunded: 0,
            disputed: 0,
            flagged: 0,
            cancelled: 0,
            moves: 0,
            by_hand: 0,
            flaw: None,
        }
    }

    fn now(&self) -> Timestamp {
        moment(self.moment)
    }

    /// Takes `after` for what is stored, and `happenings` for what is told: one transaction of the store.
    fn write(&mut self, after: Booking, happenings: &[Happening]) {
        if after.status.holds_slot() && !self.booking.status.holds_slot() && self.is_taken {
            self.fault("a slot that somebody else has is held");
        }
        let has_paid = |session: &Session| session.left().is_some() && session.amount == after.due;
        if happenings.contains(&Happening::BookingConfirmed(after.id)) && !self.sessions.iter().any(has_paid) {
            self.fault("a payment is told of that nobody made");
        }
        // Late money is news when it comes.
        let does_part = |session: &Session| {
            let is_underway = session.course == Course::Settling || has_paid(session) && session.left() != Some(0);
            is_underway && !session.was_closed
        };
        let is_put_out = self.booking.status == Status::PendingPayment && after.status == Status::Expired;
        if is_put_out && self.sessions.iter().any(does_part) {
            self.fault("who has done their part loses the slot");
        }
        let owed = |booking: &Booking| booking.refund_due.map_or(0, |due| due.minor());
        let is_told = happenings.contains(&Happening::RefundDue(after.id));
        if owed(&self.booking) < owed(&after) && !is_told {
            self.fault("money is due back and nobody is told");
        }
        self.is_asked |= is_told;
        for happening in happenings {
            match happening {
                Happening::BookingConfirmed(_) => self.confirmed += 1,
                Happening::BookingRefunded(_) => self.refunded += 1,
                Happening::BookingDisputed(_) => self.disputed += 1,
                Happening::BookingFlagged(_) => self.flagged += 1,
                Happening::BookingCancelled(_) => self.cancelled += 1,
                _ => {}
            }
        }
        if [self.confirmed, self.refunded, self.disputed, self.flagged, self.cancelled].iter().any(|told| 1 < *told) {
            self.fault("something is told twice");
        }
        // What only counts changes would tell states apart that are one.
        self.booking = Booking { version: 1, updated_at: moment(0), reminded_until: moment(0), ..after };
    }

    fn fault(&mut self, what: &'static str) {
        self.flaw.get_or_insert(what);
    }

    /// What tells this world from another.
    fn identity(&self) -> impl Hash + PartialEq + '_ {
        let booking = &self.booking;
        let told = (self.confirmed, self.refunded, self.disputed, self.flagged, self.cancelled);
        let claims = |(id, payment): (&'_ String, &shared::domain::payment::Payment)| {
            let claims = payment.claims.iter().map(|claim| (claim.at, claim.amount, claim.session.is_some()));
            let back = (payment.refunded_minor, payment.asked_minor);
            (id.clone(), claims.collect::<Vec<_>>(), back, payment.is_disputed)
        };
        let sessions = booking.facts.sessions.iter();
        let sessions = sessions.map(|(id, facts)| (id.clone(), facts.is_unpaid, facts.is_failed, facts.is_expired));
        (
            (self.moment, self.is_taken, self.is_asked, told, self.moves, self.by_hand, self.flaw, &self.sessions),
            (booking.status, booking.slot.start(), booking.hold_until, booking.fee, booking.refund_due),
            (
                booking.attempt,
                booking.paid_at,
                booking.granted_minor(),
                booking.checkout.as_ref().map(|checkout| &checkout.session),
            ),
            sessions.collect::<Vec<_>>(),
            booking.facts.payments.iter().map(claims).collect::<Vec<_>>(),
        )
    }
}

impl PartialEq for World {
    fn eq(&self, other: &Self) -> bool {
        self.identity() == other.identity()
    }
}

impl Hash for World {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.identity().hash(state);
    }
}

impl std::fmt::Debug for World {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let Self { moment, sessions, is_taken, is_asked, flaw, booking, .. } = self;
        let Booking { status, hold_until, fee, refund_due, facts, .. } = booking;
        write!(
            f,
            "moment {moment}, {status:?} held until {hold_until:?}, fee {fee:?}, due {refund_due:?}, taken {is_taken}, \
             asked {is_asked}, flaw {flaw:?}\n  stripe: {sessions:?}\n  facts: {facts:?}"
        )
    }
}

impl Model for Machine {
    type State = World;
    type Action = Step;

    fn init_states(&self) -> Vec<World> {
        vec![World::begin(&self.story)]
    }

    fn actions(&self, world: &World, steps: &mut Vec<Step>) {
        if world.flaw.is_none() {
            steps.extend(Step::all(&self.story));
        }
    }

    fn next_state(&self, before: &World, step: Step) -> Option<World> {
        let after = step.of(before, &self.story)?;
        if before.booking.status != after.booking.status {
            let row = (step.name(), before.booking.status.as_str(), after.booking.status.as_str());
            self.seen.lock().unwrap().insert(row);
        }
        // What changes nothing leads nowhere.
        (*before != after).then_some(after)
    }

    fn properties(&self) -> Vec<Property<Self>> {
        vec![
            Property::always("nothing forbidden happens", |_: &Self, world: &World| world.flaw.is_none()),
            Property::always("money comes to rest where it belongs", |model: &Self, world: &World| {
                rest::judge(world, &model.story).is_ok()
            }),
        ]
    }
}

/// Explores `story` to its end, or to `depth` steps, and answers how many worlds there are.
fn explore(story: Story, depth: Option<usize>, seen: &'static Mutex<BTreeSet<table::Row>>) -> usize {
    let threads = available_parallelism().map_or(1, usize::from);
    let machine = Machine { story: story.clone(), seen };
    let checker = machine.checker().threads(threads).target_max_depth(depth.unwrap_or(usize::MAX)).spawn_bfs().join();
    if let Some((property, path)) = checker.discoveries().into_iter().next() {
        let last = path.last_state().clone();
        let steps: Vec<_> = path.into_actions();
        panic!("{property}: {:?}\n{story:?}\n{steps:#?}\n{last:?}", rest::judge(&last, &story));
    }
    println!("{} worlds to a depth of {} steps: {story:?}", checker.unique_state_count(), checker.max_depth());
    checker.unique_state_count()
}

#[test]
fn whatever_happens_in_whatever_order_money_and_slot_come_to_rest_where_they_belong() {
    static SEEN: Mutex<BTreeSet<table::Row>> = Mutex::new(BTreeSet::new());
    let plain = Story {
        deposit: 100,
        sessions: 1,
        moves: 0,
        disputes: 0,
        by_hand: 0,
        misfits: false,
        is_late: false,
        grants: 0,
        is_offer: false,
    };
    // Each story adds what the others leave out; together they take every way through the code.
    for (story, depth) in [
        (Story { moves: 1, ..plain.clone() }, None),
        (Story { deposit: 30, disputes: 1, ..plain.clone() }, None),
        (Story { misfits: true, is_late: true, ..plain.clone() }, None),
        (Story { by_hand: 2, ..plain.clone() }, None),
        (Story { grants: 2, ..plain.clone() }, None),
        (Story { is_offer: true, ..plain.clone() }, None),
        (Story { sessions: 2, is_late: true, ..plain }, Some(14)),
    ] {
        assert!(1_000 < explore(story, depth, &SEEN), "a story without a plot");
    }
    table::compare(&SEEN.lock().unwrap());
}
