//! Whose a booking or a place in line is, as the console is shown it.

use jiff::tz::TimeZone;
use serde::Serialize;
use shared::domain::booking::Customer;

/// A customer, as they gave their name and address.
#[derive(Serialize)]
pub(crate) struct CustomerShown {
    name: String,
    email: String,
    /// Its IANA name, as the browser said.
    #[serde(skip_serializing_if = "Option::is_none")]
    timezone: Option<String>,
}

impl CustomerShown {
    pub(crate) fn of(customer: &Customer, timezone: Option<&TimeZone>) -> Self {
        Self {
            name: customer.name.to_string(),
            email: customer.email.to_string(),
            timezone: timezone.and_then(TimeZone::iana_name).map(str::to_owned),
        }
    }
}
