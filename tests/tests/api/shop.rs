//! The demo businesses, by the ids that every run gives them.

/// Atelier Linden's portrait session: 60 minutes, 120 euros, two people.
pub(super) const PORTRAIT: &str = "01KAFR0NTDESK00000001PKG00";
/// Atelier Linden's headshot express: 30 minutes, free, one person.
pub(super) const HEADSHOT: &str = "01KAFR0NTDESK00000001PKG02";
/// Salon Mirabelle's cut and finish: 45 minutes, 48 pounds.
pub(super) const CUT: &str = "01KAFR0NTDESK00000002PKG00";
/// Salon Mirabelle's fringe trim: 15 minutes, free.
pub(super) const TRIM: &str = "01KAFR0NTDESK00000002PKG03";
/// Salon Mirabelle's bridal day: the whole day of one person, 620 pounds.
pub(super) const BRIDAL: &str = "01KAFR0NTDESK00000002PKG04";

/// A day on which both businesses are open, two days after a desk opens.
pub(super) const WEDNESDAY: &str = "2026-11-25";
