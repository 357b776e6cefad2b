//! Proof: whose bookings a visitor may see and change.
//!
//! Pure. Six digits that were mailed prove an address, and open all its bookings. A confirmation code with its
//! email proves that this one booking was told to the visitor, and opens that one: whoever books gives any
//! address they like and is shown the code at once, so a code says nothing about who reads the mail.

use super::address::Email;
use super::booking::Booking;
use super::id::BookingId;

/// What a visitor has proven.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Proof {
    email: Email,
    /// The only booking that it opens; none: every one of the address.
    only: Option<BookingId>,
}

impl Proof {
    /// The visitor reads mail at `email`.
    #[must_use]
    pub const fn of_address(email: Email) -> Self {
        Self { email, only: None }
    }

    /// The visitor knows the confirmation code of `booking`, and its email.
    #[must_use]
    pub fn of_booking(booking: &Booking) -> Self {
        Self::stored(booking.customer.email.clone(), Some(booking.id))
    }

    /// Takes back what was kept of a proof.
    #[must_use]
    pub const fn stored(email: Email, only: Option<BookingId>) -> Self {
        Self { email, only }
    }

    /// The address that it is about.
    #[must_use]
    pub const fn email(&self) -> &Email {
        &self.email
    }

    /// The only booking that it opens; none: every one of the address.
    #[must_use]
    pub const fn only(&self) -> Option<BookingId> {
        self.only
    }

    /// The address, if the visitor has shown that they read its mail.
    #[must_use]
    pub fn mailbox(&self) -> Option<&Email> {
        self.only.is_none().then_some(&self.email)
    }

    /// Claims that it opens `booking`.
    #[must_use]
    pub fn opens(&self, booking: &Booking) -> bool {
        self.email == booking.customer.email && self.only.is_none_or(|only| only == booking.id)
    }

    /// What the visitor holds once they have this beside `held`: the newer of two, unless the older one opens
    /// all that the newer one does. Never both, so that one session acts for one address at a time.
    #[must_use]
    pub fn beside(self, held: Option<&Self>) -> Self {
        match held {
            Some(held) if held.email == self.email && held.only.is_none() => held.clone(),
            _ => self,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::booking::{Status, settled_by};

    fn booking(email: &str, n: u128) -> Booking {
        let mut booking = settled_by(Status::Confirmed, "");
        booking.id = BookingId::new(ulid::Ulid(n));
        booking.customer.email = email.parse().unwrap();
        booking
    }

    #[test]
    fn a_mailed_code_opens_all_of_its_address_and_a_confirmation_code_its_own_booking() {
        let (one, two, bobs) = (booking("ann@x.test", 1), booking("ann@x.test", 2), booking("bob@x.test", 3));
        let (mailbox, code) = (Proof::of_address("ann@x.test".parse().unwrap()), Proof::of_booking(&one));
        assert_eq!([&one, &two, &bobs].map(|booking| mailbox.opens(booking)), [true, true, false]);
        assert_eq!([&one, &two, &bobs].map(|booking| code.opens(booking)), [true, false, false]);
        assert_eq!((mailbox.mailbox(), code.mailbox()), (Some(&one.customer.email), None));
    }

    #[test]
    fn the_newer_proof_stands_unless_the_older_one_opens_as_much() {
        let (one, two, bobs) = (booking("ann@x.test", 1), booking("ann@x.test", 2), booking("bob@x.test", 3));
        let ann = Proof::of_address("ann@x.test".parse().unwrap());
        for (held, shown, expected) in [
            (None, Proof::of_booking(&one), Proof::of_booking(&one)),
            (Some(Proof::of_booking(&one)), Proof::of_booking(&two), Proof::of_booking(&two)),
            (Some(Proof::of_booking(&one)), ann.clone(), ann.clone()),
            (Some(ann.clone()), Proof::of_booking(&one), ann.clone()),
            (Some(ann), Proof::of_booking(&bobs), Proof::of_booking(&bobs)),
        ] {
            assert_eq!(shown.clone().beside(held.as_ref()), expected, "{held:?} {shown:?}");
        }
    }
}
