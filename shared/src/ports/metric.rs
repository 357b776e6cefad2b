//! Metrics: one name per business event, and the port that takes them.
//!
//! A use case names what has become true and how much of it; what a metric looks like on its way to
//! CloudWatch is the adapter's. No metric ever names a business: every dimension's value is a metric of
//! its own and paid for by itself, so one per business would make the bill grow with their number. What
//! one business did is in its own daily figures and in the log.
//!
//! A metric is counted behind the write that made it true, so a repetition that the write refuses is not
//! counted again. A function that dies right behind the write counts nothing, and a stream that is read
//! again counts again: figures are for alarms and curves, never for money.

/// What is measured. The name is the one of alarms and dashboards: renaming one blinds them.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Metric {
    /// How long a turn took until its answer was whole; once per turn that was kept.
    TurnLatency,
    /// How long a turn took until the first piece of its answer; not for answers without any.
    TurnFirstByte,
    /// A turn ended with our apology in place of an answer, or could not be kept.
    TurnFailed,
    /// What the model calls of a kept turn, or of a hand-over, cost.
    SpendMicroUsd,
    /// A booking waits for its payment. Counted where its event is carried to the bus, at least once.
    BookingReceived,
    /// A booking stands. Counted as [`Metric::BookingReceived`].
    BookingConfirmed,
    /// A booking was called off. Counted as [`Metric::BookingReceived`].
    BookingCancelled,
    /// The customer's bank did not pay what Checkout had asked for. Once per Checkout Session.
    PaymentRefused,
    /// A payment does not fit its booking. Counted as [`Metric::BookingReceived`].
    PaymentFlagged,
    /// Stripe and a booking do not tell the same of its money. Once per difference.
    PaymentDiffers,
    /// A mail was handed over and marked as sent.
    MailSent,
    /// A mail was not taken. Counted for every try.
    MailFailed,
    /// A visitor asked for a person. Counted as [`Metric::BookingReceived`].
    HandOverRequested,
    /// How many stars a visitor gave their conversation, 1 to 5. Once per conversation: its sample count is how many
    /// were rated. A change of mind is not measured.
    FeedbackStars,
    /// An event can never be carried. Counted as [`Metric::BookingReceived`].
    EventGivenUp,
    /// A booking was not paid in time, and its slot is free again.
    HoldReleased,
    /// A message met a limit: of its address, of its business, or of the month's spend; or a call the one of its network.
    LimitHit,
    /// A webhook took what it was told.
    WebhookDelivered,
    /// A webhook did not take it, and is told again later. Counted for every try.
    WebhookFailed,
    /// A webhook is told no more of something: it took it at no try of a day, or is switched off.
    WebhookGivenUp,
    /// How many figures of a business's finished day its turns do not come to; once a day and business, 0 when all are
    /// equal.
    LedgerDrift,
}

/// What a metric's values are.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Unit {
    /// How often.
    Count,
    /// How long.
    Milliseconds,
    /// Something that CloudWatch has no word for: millionths of a dollar, stars.
    None,
}

impl Metric {
    /// Every metric.
    pub const ALL: [Self; 21] = [
        Self::TurnLatency,
        Self::TurnFirstByte,
        Self::TurnFailed,
        Self::SpendMicroUsd,
        Self::BookingReceived,
        Self::BookingConfirmed,
        Self::BookingCancelled,
        Self::PaymentRefused,
        Self::PaymentFlagged,
        Self::PaymentDiffers,
        Self::MailSent,
        Self::MailFailed,
        Self::HandOverRequested,
        Self::FeedbackStars,
        Self::EventGivenUp,
        Self::HoldReleased,
        Self::LimitHit,
        Self::WebhookDelivered,
        Self::WebhookFailed,
        Self::WebhookGivenUp,
        Self::LedgerDrift,
    ];

    /// Its name in CloudWatch.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::TurnLatency => "TurnLatency",
            Self::TurnFirstByte => "TurnFirstByte",
            Self::TurnFailed => "TurnFailed",
            Self::SpendMicroUsd => "SpendMicroUsd",
            Self::BookingReceived => "BookingReceived",
            Self::BookingConfirmed => "BookingConfirmed",
            Self::BookingCancelled => "BookingCancelled",
            Self::PaymentRefused => "PaymentRefused",
            Self::PaymentFlagged => "PaymentFlagged",
            Self::PaymentDiffers => "PaymentDiffers",
            Self::MailSent => "MailSent",
            Self::MailFailed => "MailFailed",
            Self::HandOverRequested => "HandOverRequested",
            Self::FeedbackStars => "FeedbackStars",
            Self::EventGivenUp => "EventGivenUp",
            Self::HoldReleased => "HoldReleased",
            Self::LimitHit => "LimitHit",
            Self::WebhookDelivered => "WebhookDelivered",
            Self::WebhookFailed => "WebhookFailed",
            Self::WebhookGivenUp => "WebhookGivenUp",
            Self::LedgerDrift => "LedgerDrift",
        }
    }

    /// What its values are.
    #[must_use]
    pub const fn unit(self) -> Unit {
        match self {
            Self::TurnLatency | Self::TurnFirstByte => Unit::Milliseconds,
            Self::SpendMicroUsd | Self::FeedbackStars => Unit::None,
            _ => Unit::Count,
        }
    }
}

/// Takes metrics. Never fails and never waits: no use case goes otherwise because of a figure.
pub trait Metrics: Send + Sync {
    /// Takes values that became true together, each metric at most once.
    fn put(&self, values: &[(Metric, u64)]);

    /// Counts one business event.
    fn count(&self, metric: Metric) {
        self.put(&[(metric, 1)]);
    }
}

/// Takes metrics and forgets them, where nobody reads any.
#[derive(Debug, Clone, Copy, Default)]
pub struct Unmeasured;

impl Metrics for Unmeasured {
    fn put(&self, _: &[(Metric, u64)]) {}
}
