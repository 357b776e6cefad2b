//! Everything that can happen next. Each step is one call of Stripe or one write of ours, so that what is cut between
//! two of them is a story of its own. Never decides: that is the code's.

use std::time::Duration;

use jiff::SignedDuration;
use shared::clients::stripe::MIN_LIFETIME;
use shared::domain::booking::{Attendance, Booking, CalledOffBy, Checkout, Granted, Room, Status, lapse, settle};
use shared::domain::event::Happening;
use shared::domain::money::Money;
use shared::domain::payment::{Payment, PaymentEvent, PaymentFacts};
use shared::domain::slot::{Interval, Slot};
use shared::domain::tenant::Policies;
use shared::domain::text::Line;

use super::bank::{Course, Session, ours};
use super::{MOMENTS, OWN, Story, World};

/// One thing that happens.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) enum Step {
    // The customer and their bank, in the n-th session.
    Pay(usize),
    /// In a session of which Stripe had said that it is closed: not seen yet, and expected all the same.
    PayLate(usize),
    PayLateByTransfer(usize),
    PayAnotherAmount(usize),
    PayByTransfer(usize),
    BankAccepts(usize),
    BankRefuses(usize),
    BankDisputes(usize),
    // The business, in Stripe's dashboard: all of it, or a fourth.
    GiveBackByHand(usize, bool),
    // Stripe closes a session whose time is over, and delivers the k-th event of the n-th one.
    StripeCloses(usize),
    Deliver(usize, usize),
    // Time, and others who want the slot.
    TimePasses,
    SomebodyTakesIt,
    SomebodyLeavesIt,
    // Our use cases. `true`: cut off after its call of Stripe, before its write.
    OpenCheckout(bool),
    CloseCheckout(bool),
    ReleaseHold(bool),
    Refund(bool),
    Cancel(CalledOffBy),
    Move(CalledOffBy),
    Mark(Attendance),
    /// All that is left, or a fourth of the price.
    Grant(bool),
    TakeOffer,
    EndOffer,
}

impl Step {
    pub(super) fn all(story: &Story) -> Vec<Self> {
        let mut steps = vec![Self::TimePasses, Self::SomebodyTakesIt, Self::SomebodyLeavesIt];
        for n in 0..story.sessions {
            steps.extend([Self::Pay(n), Self::PayByTransfer(n), Self::BankAccepts(n), Self::BankRefuses(n)]);
            steps.extend([Self::PayLate(n), Self::PayLateByTransfer(n)]);
            steps.extend([Self::PayAnotherAmount(n), Self::BankDisputes(n), Self::StripeCloses(n)]);
            steps.extend([Self::GiveBackByHand(n, true), Self::GiveBackByHand(n, false)]);
            steps.extend((0..4).map(|event| Self::Deliver(n, event)));
        }
        for is_cut in [false, true] {
            let ours = [Self::OpenCheckout, Self::CloseCheckout, Self::ReleaseHold, Self::Refund];
            steps.extend(ours.map(|step| step(is_cut)));
        }
        for by in [CalledOffBy::Customer, CalledOffBy::Owner] {
            steps.extend([Self::Cancel(by), Self::Move(by)]);
        }
        steps.extend([Self::Mark(Attendance::Came), Self::Mark(Attendance::Missed)]);
        steps.extend([Self::Grant(true), Self::Grant(false), Self::TakeOffer, Self::EndOffer]);
        steps
    }

    /// What it is called in the table of transitions.
    pub(super) const fn name(self) -> &'static str {
        match self {
            Self::Deliver(..) => "record",
            Self::OpenCheckout(_) => "checkout::open",
            Self::CloseCheckout(_) => "checkout::close",
            Self::ReleaseHold(_) => "release_hold",
            Self::Refund(_) => "refund",
            Self::Cancel(_) => "cancel",
            Self::Move(_) => "reschedule",
            Self::Mark(_) => "mark",
            Self::Grant(_) => "grant",
            Self::TakeOffer => "waitlist::take",
            Self::EndOffer => "waitlist::pass",
            _ => "outside",
        }
    }

    /// The world after it; none when it cannot happen now.
    pub(super) fn of(self, before: &World, story: &Story) -> Option<World> {
        let mut world = before.clone();
        let now = world.now();
        match self {
            Self::TimePasses => {
                world.moment = (world.moment + 2 < MOMENTS.len()).then_some(world.moment + 1)?;
            }
            Self::SomebodyTakesIt => world.is_taken = (!world.booking.status.holds_slot()).then_some(true)?,
            Self::SomebodyLeavesIt => world.is_taken = false,
            Self::Pay(n) => world.session(n, Course::Open)?.charge(now, false),
            Self::PayLate(n) => world.closed(n, story)?.charge(now, false),
            Self::PayLateByTransfer(n) => world.closed(n, story)?.course = Course::Settling,
            Self::PayAnotherAmount(n) => {
                let is_late = world.sessions.get(n)?.course == Course::Expired;
                let session = match story.misfits {
                    true if is_late => world.closed(n, story)?,
                    true => world.session(n, Course::Open)?,
                    false => return None,
                };
                session.amount = Money::new(session.amount.minor() / 2, session.amount.currency()).ok()?;
                session.charge(now, false);
            }
            Self::PayByTransfer(n) => world.session(n, Course::Open)?.course = Course::Settling,
            Self::BankAccepts(n) => world.session(n, Course::Settling)?.charge(now, true),
            Self::BankRefuses(n) => world.session(n, Course::Settling)?.course = Course::Refused,
            Self::BankDisputes(n) => {
                let session = world.sessions.get_mut(n)?;
                session.is_disputed =
                    (0 < story.disputes && session.left()? == session.amount.minor()).then_some(true)?;
            }
            Self::GiveBackByHand(n, is_all) => {
                world.by_hand = (world.by_hand < story.by_hand).then_some(world.by_hand + 1)?;
                let session = world.sessions.get_mut(n).filter(|session| !session.is_disputed)?;
                let left = session.left().filter(|left| 0 < *left)?;
                session.back += if is_all { left } else { left.min(session.amount.minor() / 4) };
            }
            Self::StripeCloses(n) => {
                let session = world.sessions.get_mut(n).filter(|session| session.course == Course::Open)?;
                (session.expires_at <= now).then(|| session.close())?;
            }
            Self::Deliver(n, k) => {
                let event = before.sessions.get(n)?.told(&before.booking).into_iter().nth(k)?;
                world.record(&event);
            }
            Self::OpenCheckout(is_cut) => world.open_checkout(story, is_cut)?,
            Self::CloseCheckout(is_cut) => world.close_checkout(is_cut)?,
            Self::ReleaseHold(is_cut) => world.release_hold(is_cut)?,
            Self::Refund(is_cut) => world.refund(is_cut)?,
            Self::Cancel(by) => world.cancel(by)?,
            Self::Move(by) => {
                world.moves = (world.moves < story.moves).then_some(world.moves + 1)?;
                world.relocate(by)?;
            }
            Self::Mark(attendance) => {
                let after = world.booking.marked(attendance, now).ok()?;
                let due = after.refund_due.map(|_| Happening::RefundDue(after.id));
                world.write(after, due.as_slice());
            }
            Self::Grant(is_all) => world.grant(story, is_all)?,
            Self::TakeOffer => {
                let after = world.booking.taken(&Policies::default(), now).ok()?;
                world.write(after, &[]);
            }
            Self::EndOffer => world.end_offer()?,
        }
        Some(world)
    }
}

impl Session {
    fn charge(&mut self, now: jiff::Timestamp, late: bool) {
        self.course = Course::Paid { late };
        self.paid_at = Some(now);
    }
}

impl World {
    /// The n-th session, if it has come to `course` and time lets it go on.
    fn session(&mut self, n: usize, course: Course) -> Option<&mut Session> {
        let now = self.now();
        let session = self.sessions.get_mut(n).filter(|session| session.course == course)?;
        (course != Course::Open || session.is_given && now < session.expires_at).then_some(session)
    }

    /// The n-th session, if it was closed and is paid in all the same.
    fn closed(&mut self, n: usize, story: &Story) -> Option<&mut Session> {
        let closed = self.sessions.get_mut(n).filter(|session| session.course == Course::Expired);
        closed.filter(|session| story.is_late && session.is_given)
    }

    /// `payment::record`.
    pub(super) fn record(&mut self, event: &PaymentEvent) {
        let mut facts = self.booking.facts.clone();
        if !facts.merge(event, &ours()) {
            return;
        }
        // The claim's own condition tells whether there is room.
        let room = if self.is_taken { Room::Nowhere } else { Room::With(OWN) };
        let transition = settle(&self.booking, facts, room, self.now());
        self.write(transition.after, &transition.happenings);
    }

    /// `payment::inquiry::undecided`.
    fn undecided(&self) -> Vec<usize> {
        let facts = &self.booking.facts;
        let noted = self.booking.checkout.as_ref().map(|checkout| checkout.session.clone());
        let is_undecided = |session: &Session| {
            let id = session.id();
            let is_known = facts.sessions.contains_key(&id) || noted.as_ref() == Some(&id);
            let has_ended = facts.sessions.get(&id).is_some_and(|session| session.has_ended());
            is_known && !has_ended && !facts.has_taken(&id)
        };
        (0..self.sessions.len()).filter(|n| is_undecided(&self.sessions[*n])).collect()
    }

    /// Adds what Stripe says of the n-th session to `facts`.
    fn ask(&self, n: usize, facts: &mut PaymentFacts) {
        let session = &self.sessions[n];
        if let Some(kind) = session.outcome() {
            facts.merge(&session.event(&self.booking, kind), &ours());
        }
    }

    /// `payment::checkout::open`, up to its first write.
    fn open_checkout(&mut self, story: &Story, is_cut: bool) -> Option<()> {
        let now = self.now();
        let hold_until = self.booking.payable_until(now)?;
        let mut facts = self.booking.facts.clone();
        for n in self.undecided() {
            let session = &self.sessions[n];
            match session.course {
                Course::Open => return None,
                Course::Expired | Course::Refused => self.ask(n, &mut facts),
                Course::Settling | Course::Paid { .. } => {
                    let event = session.event(&self.booking, session.outcome()?);
                    return (!is_cut).then(|| self.record(&event));
                }
            }
        }
        let lifetime = SignedDuration::try_from(MIN_LIFETIME).unwrap_or_default();
        if self.booking.checkout.is_some() || hold_until < now + lifetime {
            let after = Booking { facts, ..self.booking.held_anew(now)? };
            return (!is_cut && self.sessions.len() < story.sessions).then(|| self.write(after, &[]));
        }
        let attempt = self.booking.attempt;
        let found = self.sessions.iter().position(|session| session.attempt == attempt);
        if found.is_none() {
            if story.sessions <= self.sessions.len() {
                return None;
            }
            self.sessions.push(Session::open(attempt, self.booking.due, hold_until));
        }
        let session = self.sessions.iter_mut().find(|session| session.attempt == attempt)?;
        if !is_cut {
            session.is_given = true;
            let url = format!("https://checkout.example/{attempt}");
            let checkout = Checkout { session: session.id(), url, expires_at: session.expires_at };
            let after = self.booking.with_checkout(checkout, now);
            self.write(after, &[]);
        }
        Some(())
    }

    /// `payment::checkout::close`, after a booking was called off.
    fn close_checkout(&mut self, is_cut: bool) -> Option<()> {
        if self.booking.status.is_open() || self.booking.paid_at.is_some() {
            return None;
        }
        let noted = self.booking.open_checkout(self.now())?.session.clone();
        let n = self.sessions.iter().position(|session| session.id() == noted)?;
        if self.sessions[n].course == Course::Open {
            self.sessions[n].close();
            return Some(());
        }
        let session = &self.sessions[n];
        let is_complete = matches!(session.course, Course::Paid { .. } | Course::Settling | Course::Refused);
        let event = session.event(&self.booking, session.outcome()?);
        (is_complete && !is_cut).then(|| self.record(&event))
    }

    /// `payment::release_hold`.
    pub(super) fn release_hold(&mut self, is_cut: bool) -> Option<()> {
        let now = self.now();
        let has_ended = self.booking.hold_until.is_some_and(|until| until <= now);
        if self.booking.status != Status::PendingPayment || !has_ended {
            return None;
        }
        let mut facts = self.booking.facts.clone();
        for n in self.undecided() {
            if self.sessions[n].course == Course::Open {
                self.sessions[n].close();
            }
            self.ask(n, &mut facts);
        }
        if !is_cut {
            let transition = lapse(&self.booking, facts, now);
            self.write(transition.after, &transition.happenings);
        }
        Some(())
    }

    /// `payment::refund`: each payment is brought to where it shall be, and then it is noted.
    pub(super) fn refund(&mut self, is_cut: bool) -> Option<()> {
        let due = self.booking.refund_due.filter(|_| self.is_asked)?;
        let mut open = due;
        let mut goals = Vec::new();
        for (intent, left) in self.booking.facts.returnable(self.booking.due) {
            let amount = open.at_most(left);
            if left.currency() == due.currency() && !amount.is_free() {
                open = open.without(amount);
                let back = self.booking.facts.payments.get(intent).map_or(0, Payment::gone_minor);
                goals.push((intent.to_owned(), back + amount.minor()));
            }
        }
        if goals.is_empty() {
            return None;
        }
        let mut asked = self.booking.facts.clone();
        for (intent, goal) in goals {
            asked.join(PaymentFacts::asked(&intent, goal));
            let Some(session) = self.sessions.iter_mut().find(|session| session.intent() == intent) else { continue };
            // Stripe refuses to give back what a bank disputes; the message is tried again, and parked.
            if session.back < goal && session.is_disputed {
                return None;
            }
            session.back = session.back.max(goal);
            if session.amount.minor() < session.back {
                self.fault("more goes back than was paid");
            }
        }
        if !is_cut {
            let after = Booking { refund_due: None, facts: asked, ..self.booking.changed(self.now()) };
            self.write(after, &[]);
        }
        Some(())
    }

    /// `booking::cancel`.
    fn cancel(&mut self, by: CalledOffBy) -> Option<()> {
        let now = self.now();
        self.may_change(by)?;
        let after = self.booking.called_off(by, now, now);
        let mut happenings = vec![Happening::BookingCancelled(after.id)];
        happenings.extend(after.refund_due.map(|_| Happening::RefundDue(after.id)));
        self.write(after, &happenings);
        Some(())
    }

    /// `booking::reschedule`, two days later.
    fn relocate(&mut self, by: CalledOffBy) -> Option<()> {
        let now = self.now();
        self.may_change(by)?;
        let later = |at: jiff::Timestamp| at + Duration::from_hours(48);
        let slot = self.booking.slot;
        let interval = Interval::new(later(slot.start()), later(slot.end())).ok()?;
        let slot = Slot { package: self.booking.package, resource: OWN, interval, blocked: interval };
        let after = self.booking.moved(&slot, by, now, now);
        let changed = Happening::BookingChanged(after.id, after.sequence);
        self.write(after, &[changed]);
        Some(())
    }

    /// `booking::grant`.
    fn grant(&mut self, story: &Story, is_all: bool) -> Option<()> {
        let count = self.booking.grants.len();
        let key = Line::new(&format!("grant {count}")).ok()?;
        let amount = (!is_all).then(|| self.booking.price.percent(25));
        let Ok(Granted::Now(after)) = self.booking.granting(&key, amount, self.now()) else { return None };
        (count < story.grants).then(|| self.write(*after, &[Happening::RefundDue(self.booking.id)]))
    }

    /// `waitlist::pass`, and what the scheduled run does with an offer that nobody answers.
    pub(super) fn end_offer(&mut self) -> Option<()> {
        let after = self.booking.passed(self.now()).ok()?;
        self.write(after, &[]);
        Some(())
    }

    fn may_change(&self, by: CalledOffBy) -> Option<()> {
        let has_begun = by == CalledOffBy::Customer && self.booking.slot.start() <= self.now();
        (self.booking.status.is_open() && !has_begun).then_some(())
    }
}
