//! Notices: who is told of an event, and that each is told once.
//!
//! An event names its subject and carries nothing else: what is told is the present state, and of what
//! was deleted meanwhile nothing is. What the mails say is decided in [`crate::app::mail`].
//!
//! Each mail of an event is begun, sent and marked as sent. Delivery is at least once: only a function
//! that dies between sending and marking lets that one mail go out again.

use aws_lc_rs::hmac;
use thiserror::Error;

use crate::app::context::{ContextError, Contexts};
use crate::app::mail::{self, BookingMail, Links, MailError, Reader, Sender};
use crate::domain::booking::{Booking, Status};
use crate::domain::brand::Brand;
use crate::domain::code::CODE_LIFE;
use crate::domain::conversation::Conversation;
use crate::domain::event::{Event, Happening};
use crate::domain::id::{BookingId, ConversationId, EscalationId, EventId, MessageId, WaitId, WebhookId};
use crate::domain::mail::Mail;
use crate::domain::waitlist::Standing;
use crate::ports::event::{NotAnEvent, from_envelope};
use crate::ports::metric::{Metric, Metrics};
use crate::ports::{Clock, Mailer, SendError, trace};
use crate::store::dedup::Turnout;
use crate::store::{Store, StoreError};

/// The name under which the store remembers what was sent.
const CONSUMER: &str = "notifier";

/// Everything this use case may touch.
#[derive(Clone, Copy)]
pub struct Deps<'a> {
    /// Bookings, conversations, escalations with their hand-overs, and what was sent.
    pub store: &'a Store,
    /// Remembered business contexts.
    pub contexts: &'a Contexts,
    /// Carries the mails.
    pub mailer: &'a dyn Mailer,
    /// Mails that went out, and that did not.
    pub metrics: &'a dyn Metrics,
    /// The time.
    pub clock: &'a dyn Clock,
    /// Makes the links in mails.
    pub links: &'a Links,
    /// Makes the digits that prove an address, a second time.
    pub link_key: &'a hmac::Key,
}

/// What came of an event. Neither: nobody has to be told, or there is nothing left to tell of.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Notified {
    /// Which event it was.
    pub event: EventId,
    /// Mails sent now.
    pub sent: usize,
    /// Mails that had been sent before.
    pub repeated: usize,
}

/// Somebody who has to be told was not, or may not have been.
#[derive(Debug, Error)]
pub enum Error {
    /// The message is no event: reading it again changes nothing.
    #[error("the message is not an event")]
    NotAnEvent(#[from] NotAnEvent),
    /// As the store says.
    #[error("what to tell cannot be read or marked")]
    Store(#[from] StoreError),
    /// A bug of ours.
    #[error("the mail cannot be written")]
    Mail(#[from] MailError),
    /// The mailer did not take the mail.
    #[error("the mail was not taken")]
    Send(#[from] SendError),
    /// Another delivery of the same event is at it, or died at it a moment ago.
    #[error("the mail is being sent elsewhere")]
    UnderWay,
}

impl Error {
    /// Claims that the same message may succeed later.
    #[must_use]
    pub const fn is_passing(&self) -> bool {
        match self {
            Self::Store(error) => error.is_passing(),
            Self::Send(SendError::Unavailable(_)) | Self::UnderWay => true,
            Self::NotAnEvent(_) | Self::Mail(_) | Self::Send(SendError::Refused(_)) => false,
        }
    }
}

/// One mail of an event, and who reads it.
struct Notice {
    reader: &'static str,
    mail: Mail,
}

/// Tells of the event in `body`, a message as the bus puts it into a queue.
///
/// # Errors
///
/// As [`notify`], and [`Error::NotAnEvent`].
pub async fn hear(deps: Deps<'_>, body: &str) -> Result<Notified, Error> {
    let event = from_envelope(body)?;
    trace::of_event(&event);
    notify(deps, &event).await
}

/// Tells everybody whom `event` concerns. Repeating it is safe: who has been told is not told again.
///
/// # Errors
///
/// [`enum@Error`] for the first mail that did not go out; the others of the same event are sent all the same.
pub async fn notify(deps: Deps<'_>, event: &Event) -> Result<Notified, Error> {
    let mut notified = Notified { event: event.id, sent: 0, repeated: 0 };
    let mut failed = None;
    for notice in notices(deps, event).await? {
        match send_once(deps, event, &notice).await {
            Ok(true) => notified.sent += 1,
            Ok(false) => notified.repeated += 1,
            Err(error) => failed = failed.or(Some(error)),
        }
    }
    failed.map_or(Ok(notified), Err)
}

/// The mails that `event` calls for as things are now.
async fn notices(deps: Deps<'_>, event: &Event) -> Result<Vec<Notice>, Error> {
    let now = deps.clock.now();
    let business = match deps.contexts.current(deps.store, event.tenant, now).await {
        Ok(stamped) => stamped.context,
        Err(ContextError::Refused) => return Ok(Vec::new()),
        Err(ContextError::Store(error)) => return Err(error.into()),
    };
    let brand = Brand::of(business.widget.primary);
    let from = Sender { tenant: &business.tenant, brand, links: deps.links, at: now };
    match event.what {
        Happening::BookingReceived(id) => of_booking(deps, &from, BookingMail::Received, id).await,
        Happening::BookingConfirmed(id) => of_booking(deps, &from, BookingMail::Confirmed, id).await,
        Happening::BookingChanged(id, sequence) => of_change(deps, &from, id, sequence).await,
        Happening::BookingReminder(id, sequence) => of_reminder(deps, &from, id, sequence).await,
        Happening::BookingCancelled(id) => of_booking(deps, &from, BookingMail::Cancelled, id).await,
        Happening::BookingRefunded(id) => of_booking(deps, &from, BookingMail::Refunded, id).await,
        Happening::BookingGranted(id, grant) => of_booking(deps, &from, BookingMail::Granted(grant), id).await,
        Happening::BookingMissed(id) => of_booking(deps, &from, BookingMail::Missed, id).await,
        Happening::BookingDisputed(id) => of_booking(deps, &from, BookingMail::Disputed, id).await,
        Happening::BookingFlagged(id) => of_booking(deps, &from, BookingMail::Flagged, id).await,
        Happening::BookingDiffers(id, what) => of_booking(deps, &from, BookingMail::Differs(what), id).await,
        Happening::BookingOverlaps(id, sequence) => of_overlap(deps, &from, id, sequence).await,
        Happening::VerificationRequested(id) => of_challenge(deps, &from, event, id).await,
        // One that was on its way to us before hand-overs were made has none, and is told all the same.
        Happening::HandoverReady(id, escalation) | Happening::EscalationRequested(id, escalation) => {
            of_escalation(deps, &from, id, escalation).await
        }
        Happening::ConversationReplied(id, message) => of_reply(deps, &from, id, message).await,
        Happening::BookingOffered(id) => of_offer(deps, &from, id).await,
        Happening::WaitlistJoined(id) => of_place(deps, &from, id).await,
        Happening::WebhookDisabled(id) => of_webhook(deps, &from, id).await,
        Happening::CheckoutNeeded(_)
        | Happening::CheckoutObsolete(_)
        | Happening::RefundDue(_)
        | Happening::SlotFreed(..)
        | Happening::CalendarDue(_)
        | Happening::WebhookDue(..)
        | Happening::ImportRequested(_) => Ok(Vec::new()),
    }
}

async fn of_booking(deps: Deps<'_>, from: &Sender<'_>, kind: BookingMail, id: BookingId) -> Result<Vec<Notice>, Error> {
    let booking = deps.store.find_booking(from.tenant.id, id).await?;
    booking.map_or(Ok(Vec::new()), |booking| write(from, kind, &booking))
}

/// A new time is told unless the booking has moved on since: that has an event of its own.
async fn of_change(deps: Deps<'_>, from: &Sender<'_>, id: BookingId, sequence: u32) -> Result<Vec<Notice>, Error> {
    let booking = deps.store.find_booking(from.tenant.id, id).await?;
    let booking = booking.filter(|booking| booking.sequence <= sequence);
    booking.map_or(Ok(Vec::new()), |booking| write(from, BookingMail::Changed, &booking))
}

/// A reminder is of the time that the booking had, and of no other; one that was called off, or has begun
/// while the event waited, is not reminded of.
async fn of_reminder(deps: Deps<'_>, from: &Sender<'_>, id: BookingId, sequence: u32) -> Result<Vec<Notice>, Error> {
    let booking = deps.store.find_booking(from.tenant.id, id).await?;
    let is_ahead = |booking: &Booking| {
        booking.status == Status::Confirmed && booking.sequence == sequence && from.at < booking.slot.start()
    };
    booking.filter(is_ahead).map_or(Ok(Vec::new()), |booking| write(from, BookingMail::Reminder, &booking))
}

/// An offer is told while it can still be taken.
async fn of_offer(deps: Deps<'_>, from: &Sender<'_>, id: BookingId) -> Result<Vec<Notice>, Error> {
    let booking = deps.store.find_booking(from.tenant.id, id).await?;
    let booking = booking.filter(|booking| booking.open_offer(from.at).is_ok());
    booking.map_or(Ok(Vec::new()), |booking| write(from, BookingMail::Offered, &booking))
}

/// Who joined is told that they wait, unless something has come of it already.
async fn of_place(deps: Deps<'_>, from: &Sender<'_>, id: WaitId) -> Result<Vec<Notice>, Error> {
    let entry = deps.store.find_entry(from.tenant.id, id).await?;
    let Some(entry) = entry.filter(|entry| entry.status == Standing::Waiting) else { return Ok(Vec::new()) };
    Ok(vec![Notice { reader: "customer", mail: mail::joined(from, &entry)? }])
}

/// An overlap is told of a booking that stands as it did, and is not over.
async fn of_overlap(deps: Deps<'_>, from: &Sender<'_>, id: BookingId, sequence: u32) -> Result<Vec<Notice>, Error> {
    let booking = deps.store.find_booking(from.tenant.id, id).await?;
    let is_ahead =
        |booking: &Booking| booking.status.is_open() && booking.sequence == sequence && from.at < booking.slot.end();
    booking.filter(is_ahead).map_or(Ok(Vec::new()), |booking| write(from, BookingMail::Overlaps, &booking))
}

/// The mails of one kind about `booking`.
fn write(from: &Sender<'_>, kind: BookingMail, booking: &Booking) -> Result<Vec<Notice>, Error> {
    let mut notices = Vec::new();
    for (reader, name) in [(Reader::Customer, "customer"), (Reader::Owner, "owner")] {
        let mail = mail::booking(from, kind, reader, booking)?;
        notices.extend(mail.map(|mail| Notice { reader: name, mail }));
    }
    Ok(notices)
}

/// The code that `event` asked to be mailed. None once it is used up or too old to be typed in, nor for a
/// newer one, which has an event of its own.
async fn of_challenge(
    deps: Deps<'_>,
    from: &Sender<'_>,
    event: &Event,
    id: ConversationId,
) -> Result<Vec<Notice>, Error> {
    let tenant = from.tenant.id;
    let challenge = deps.store.find_conversation(tenant, id).await?.and_then(|conversation| conversation.challenge);
    let Some(challenge) = challenge.filter(|open| open.sent_at <= event.at && from.at < open.sent_at + CODE_LIFE)
    else {
        return Ok(Vec::new());
    };
    let digits = challenge.code(deps.link_key, tenant, id);
    Ok(vec![Notice { reader: "customer", mail: mail::verification(from, &challenge.email, &digits)? }])
}

async fn of_escalation(
    deps: Deps<'_>,
    from: &Sender<'_>,
    conversation: ConversationId,
    id: EscalationId,
) -> Result<Vec<Notice>, Error> {
    let tenant = from.tenant.id;
    let (asked, kept) = tokio::try_join!(
        deps.store.find_escalation(tenant, conversation, id),
        deps.store.find_handover(tenant, conversation, id),
    )?;
    let Some(asked) = asked else { return Ok(Vec::new()) };
    let handover = kept.map(|kept| kept.handover);
    Ok(vec![Notice { reader: "owner", mail: mail::escalation(from, conversation, &asked, handover.as_ref())? }])
}

/// A person's answer goes where the visitor can be reached by now.
async fn of_reply(
    deps: Deps<'_>,
    from: &Sender<'_>,
    id: ConversationId,
    message: MessageId,
) -> Result<Vec<Notice>, Error> {
    let tenant = from.tenant.id;
    let conversation = deps.store.find_conversation(tenant, id).await?;
    let Some(to) = conversation.as_ref().and_then(Conversation::mailbox) else { return Ok(Vec::new()) };
    let Some(reply) = deps.store.find_message(tenant, id, message).await? else { return Ok(Vec::new()) };
    Ok(vec![Notice { reader: "customer", mail: mail::reply(from, to, &reply.answer.text())? }])
}

/// A webhook that was switched off is told of unless its owner has switched it on again since.
async fn of_webhook(deps: Deps<'_>, from: &Sender<'_>, id: WebhookId) -> Result<Vec<Notice>, Error> {
    let tenant = from.tenant.id;
    let Some(webhook) = deps.store.find_webhook(tenant, id).await? else { return Ok(Vec::new()) };
    let health = deps.store.find_health(tenant, id).await?;
    let Some((_, why)) = health.disabled_since(&webhook) else { return Ok(Vec::new()) };
    Ok(vec![Notice { reader: "owner", mail: mail::webhook_disabled(from, &webhook, why)? }])
}

/// Sends `notice` unless it was sent; true when it went out now.
async fn send_once(deps: Deps<'_>, event: &Event, notice: &Notice) -> Result<bool, Error> {
    let what = format!("{}:{}", event.id, notice.reader);
    match deps.store.begin_work(event.tenant, CONSUMER, &what, deps.clock.now()).await? {
        Turnout::Done => return Ok(false),
        Turnout::UnderWay => return Err(Error::UnderWay),
        Turnout::Begin => {}
    }
    if let Err(error) = deps.mailer.send(&notice.mail).await {
        // Should this fail too, the work is taken up again all the same, only later.
        let _ = deps.store.drop_work(event.tenant, CONSUMER, &what).await;
        deps.metrics.count(Metric::MailFailed);
        return Err(error.into());
    }
    deps.store.finish_work(event.tenant, CONSUMER, &what, deps.clock.now()).await?;
    deps.metrics.count(Metric::MailSent);
    Ok(true)
}
