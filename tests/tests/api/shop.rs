//! The demo businesses, by the ids that every run gives them.

use jiff::civil::{Date, date};

/// Atelier Linden.
pub(super) const LINDEN: &str = local::demo::LINDEN;
/// Salon Mirabelle.
pub(super) const MIRABELLE: &str = local::demo::MIRABELLE;

/// Atelier Linden's portrait session: 60 minutes, 120 euros.
pub(super) const PORTRAIT: &str = "01KAFR0NTDESK00000001PKG00";
/// Atelier Linden's headshot express: 30 minutes, free, one resource.
pub(super) const HEADSHOT: &str = "01KAFR0NTDESK00000001PKG02";
/// Salon Mirabelle's cut and finish.
pub(super) const CUT: &str = "01KAFR0NTDESK00000002PKG00";

/// A day on which both businesses are open, two days after every test begins.
pub(super) fn wednesday() -> Date {
    date(2026, 11, 25)
}
