//! `join_waitlist`: prepares a place in line for the customer's own click, where nothing is free.
//!
//! What it says is the same for every address: nobody learns here what somebody else waits for.

use jiff::civil::Date;
use serde::Deserialize;

use super::book::proposal;
use super::schedule::{find_package, reason};
use super::{Bench, Effects, ToolResult, store_failed};
use crate::app::waitlist::{Error, worth_waiting};
use crate::domain::availability::{Availability, Days};
use crate::domain::booking::Customer;
use crate::domain::proposal::{Operation, Preview};
use crate::domain::text::Line;
use crate::domain::waitlist::MOST_PLACES;

#[derive(Deserialize)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
pub(super) struct Join {
    package_id: String,
    from: String,
    to: Option<String>,
    customer_name: String,
    customer_email: String,
}

pub(super) async fn propose(bench: &Bench<'_>, effects: &mut Effects, wish: &Join) -> ToolResult {
    let package = find_package(bench, &wish.package_id)?;
    let days = days(&wish.from, wish.to.as_deref().unwrap_or(&wish.from))?;
    let name = Line::new(&wish.customer_name).map_err(|error| format!("The name is wrong: {error}."))?;
    let email =
        wish.customer_email.parse().map_err(|_| "That is not an email address. Ask the visitor again.".to_owned())?;
    let customer = Customer { name, email };
    match worth_waiting(bench.store, bench.business, (package.id, days), bench.now).await {
        Ok((_, Availability::Nothing(_))) => {}
        Ok((_, Availability::Free(slots))) => {
            let first = slots.first().map(|slot| bench.clocks().label(package.kind(), slot.start()));
            let first = first.unwrap_or_default();
            return Err(format!(
                "There are free slots on those days, the first on {first}. Offer those with check_availability; days without any can be waited for by themselves."
            ));
        }
        Err(Error::Pointless(why)) => return Err(reason(&why, bench)),
        Err(Error::Store(error)) => return Err(store_failed(error)),
        Err(_) => return Err("This cannot be waited for.".to_owned()),
    }
    let minutes = bench.business.tenant.policies.offer.as_secs() / 60;
    let lines = [
        ("What", package.name.to_string()),
        ("When", bench.clocks().days(days)),
        ("Name", customer.name.to_string()),
        ("Email", customer.email.to_string()),
        ("Price", format!("Nothing now; {} if you take a place", package.price)),
        ("How it works", format!("What comes free is offered by mail in the order of joining, for {minutes} minutes")),
        ("At most", format!("{MOST_PLACES} waitlists for one email")),
    ];
    let lines = lines.into_iter().map(|(label, value)| (label.to_owned(), value)).collect();
    let preview = Preview { title: format!("Join the waitlist for {}", package.name), lines };
    effects.propose(proposal(bench, Operation::Join { package: package.id, days, customer }, preview))
}

fn days(from: &str, to: &str) -> Result<Days, String> {
    let day = |text: &str| text.parse::<Date>().map_err(|_| "Days are written as YYYY-MM-DD.".to_owned());
    Days::new(day(from)?, day(to)?).map_err(|error| format!("The days are wrong: {error}."))
}
