//! Topics: the kinds of events that a webhook can ask for, by the names that the outside knows.

use std::str::FromStr;

use thiserror::Error;

use crate::domain::event::Happening;

/// A word that names no kind of event.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
#[error("there is no such event; docs/WEBHOOKS.md lists those there are")]
pub struct UnknownTopic;

macro_rules! topics {
    ($($(#[$doc:meta])* $variant:ident $word:literal $happening:pat),* $(,)?) => {
        /// A kind of event.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
        pub enum Topic {
            $($(#[$doc])* $variant),*
        }

        impl Topic {
            /// All there are.
            pub const ALL: &[Self] = &[$(Self::$variant),*];

            /// Its word.
            #[must_use]
            pub const fn as_str(self) -> &'static str {
                match self { $(Self::$variant => $word),* }
            }

            /// What `happening` is told as; none: it is nobody's business outside.
            #[must_use]
            pub const fn of(happening: &Happening) -> Option<Self> {
                match happening { $($happening => Some(Self::$variant),)* _ => None }
            }
        }
    };
}

topics! {
    /// A booking waits for its payment.
    BookingReceived "booking.received" Happening::BookingReceived(_),
    /// A booking stands.
    BookingConfirmed "booking.confirmed" Happening::BookingConfirmed(_),
    /// A booking has another time.
    BookingChanged "booking.changed" Happening::BookingChanged(..),
    /// A booking is near, and its customer is reminded.
    BookingReminder "booking.reminder" Happening::BookingReminder(..),
    /// A booking was called off.
    BookingCancelled "booking.cancelled" Happening::BookingCancelled(_),
    /// The whole payment was given back.
    BookingRefunded "booking.refunded" Happening::BookingRefunded(_),
    /// The business gives a part back of its own accord.
    BookingGranted "booking.granted" Happening::BookingGranted(..),
    /// The customer did not come, and a part of the payment goes back.
    BookingMissed "booking.missed" Happening::BookingMissed(_),
    /// The customer's bank disputes the payment.
    BookingDisputed "booking.disputed" Happening::BookingDisputed(_),
    /// A payment does not fit its booking; a person has to look.
    BookingFlagged "booking.flagged" Happening::BookingFlagged(_),
    /// Stripe and a booking do not tell the same of its money; a person has to look.
    BookingDiffers "booking.differs" Happening::BookingDiffers(..),
    /// The owner's own calendar is busy while a booking stands.
    BookingOverlaps "booking.overlaps" Happening::BookingOverlaps(..),
    /// A slot that came free is offered to the first on the waitlist.
    BookingOffered "booking.offered" Happening::BookingOffered(_),
    /// A visitor asked for a person.
    ConversationEscalated "conversation.escalated" Happening::EscalationRequested(..),
    /// A person answered a visitor who has left.
    ConversationReplied "conversation.replied" Happening::ConversationReplied(..),
}

impl FromStr for Topic {
    type Err = UnknownTopic;

    fn from_str(text: &str) -> Result<Self, UnknownTopic> {
        Self::ALL.iter().copied().find(|topic| topic.as_str() == text).ok_or(UnknownTopic)
    }
}
