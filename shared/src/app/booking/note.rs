//! Notes: what the business writes down about a booking, for itself.

use super::{BookingWrite, Deps, Error, find, overtaken};
use crate::domain::booking::Booking;
use crate::domain::id::{BookingId, TenantId};
use crate::domain::text::Note;
use crate::store::booking::Booked;

/// Replaces the notes of a booking that the caller saw at `version`, whatever its status. Nobody is told.
///
/// # Errors
///
/// [`Error::NotFound`]; [`Error::Outdated`] when it has another version; [`Error::Store`].
pub async fn note(
    deps: Deps<'_>,
    tenant: TenantId,
    id: BookingId,
    version: u64,
    notes: &Note<1000>,
) -> Result<Booking, Error> {
    let now = deps.clock.now();
    let before = find(deps, tenant, id).await?;
    if before.version != version {
        return Err(Error::Outdated);
    }
    let after = Booking { notes: notes.clone(), ..before.changed(now) };
    let write = BookingWrite { before: Some(&before), after: &after, proposal: None, figures: &[], events: &[], now };
    match deps.store.write_booking(tenant, &write).await? {
        Booked::Done => Ok(after),
        Booked::Stale => Err(Error::Outdated),
        Booked::SlotTaken | Booked::ProposalMoved | Booked::CodeTaken => Err(overtaken()),
    }
}
