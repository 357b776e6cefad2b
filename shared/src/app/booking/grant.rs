//! Granting: the business gives money back of its own accord. How much it may is decided in
//! [`crate::domain::booking`]; the payment worker asks Stripe for it, as for every refund.

use super::{Deps, Error, TRIES, Wish, event, find, overtaken, write};
use crate::domain::booking::{Booking, CalledOffBy, Granted};
use crate::domain::event::Happening;
use crate::domain::id::{BookingId, TenantId};
use crate::domain::money::Money;
use crate::domain::text::Line;

/// What the owner gives back.
#[derive(Debug, Clone)]
pub struct GrantWish {
    /// The version that they saw.
    pub version: u64,
    /// Names the wish: the same one again is done once.
    pub key: Line<64>,
    /// How much; none: all that is left.
    pub amount: Option<Money>,
}

/// Gives a part of a booking's payment back, or all of it, and tells its customer once. Repeating it under the
/// same key answers the booking as it is and changes nothing, whatever version it has by then.
///
/// # Errors
///
/// [`Error::NotFound`]; [`Error::NotGranted`]; [`Error::Outdated`] when it has another version, and this was not
/// granted before.
pub async fn grant(deps: Deps<'_>, tenant: TenantId, id: BookingId, wish: &GrantWish) -> Result<Booking, Error> {
    for _ in 0..TRIES {
        let now = deps.clock.now();
        let before = find(deps, tenant, id).await?;
        let after = match before.granting(&wish.key, wish.amount, now) {
            Ok(Granted::Before) => return Ok(before),
            // Whoever saw another booking is told that first.
            _ if before.version != wish.version => return Err(Error::Outdated),
            Ok(Granted::Now(after)) => after,
            Err(refused) => return Err(refused.into()),
        };
        // That all went back is told by itself once it has; a mail now would be the second about it.
        let count = u32::try_from(after.grants.len()).unwrap_or(u32::MAX);
        let told = (!after.ends_refunded()).then_some(Happening::BookingGranted(id, count));
        let happenings = [Happening::RefundDue(id)].into_iter().chain(told);
        let events: Vec<_> = happenings.map(|what| event(deps, tenant, what, now)).collect();
        let owners = Wish::of(CalledOffBy::Owner);
        if write(deps, tenant, (&before, &after), &owners, &events, now).await? {
            return Ok(*after);
        }
    }
    Err(overtaken())
}
