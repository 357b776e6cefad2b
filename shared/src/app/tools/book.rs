//! `book_package`: prepares a booking for the customer's own click. Takes only slots that were offered.

use serde::Deserialize;

use super::schedule::reason;
use super::{Bench, Effects, ToolResult, store_failed};
use crate::app::schedule::Outlook;
use crate::app::terms::Terms;
use crate::domain::booking::Customer;
use crate::domain::clocks::Clocks;
use crate::domain::id::ProposalId;
use crate::domain::package::{Kind, Package};
use crate::domain::proposal::{Operation, Preview, Proposal, ProposalStatus};
use crate::domain::slot::{Interval, Slot};
use crate::domain::slot_id::SlotId;
use crate::domain::text::{Line, Note};

#[derive(Deserialize)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
pub(super) struct Book {
    slot_id: String,
    customer_name: String,
    customer_email: String,
    notes: Option<String>,
}

pub(super) async fn propose(bench: &Bench<'_>, effects: &mut Effects, wish: &Book) -> ToolResult {
    let (package, slot) = open_slot(bench, &wish.slot_id)?;
    let name = Line::new(&wish.customer_name).map_err(|error| format!("The name is wrong: {error}."))?;
    let email =
        wish.customer_email.parse().map_err(|_| "That is not an email address. Ask the visitor again.".to_owned())?;
    let customer = Customer { name, email };
    let outlook =
        Outlook::around(bench.store, bench.business, package, &slot, bench.now, None).await.map_err(store_failed)?;
    outlook.judge(bench.business, package, &slot, bench.now).map_err(|why| reason(&why, bench))?;
    let clocks = bench.clocks();
    let mut lines = vec![("What".to_owned(), package.name.to_string())];
    lines.extend(when("When", &clocks, package.kind(), &slot.interval));
    if let Some(resource) = bench.business.resource(slot.resource) {
        lines.push(("With".to_owned(), resource.name.to_string()));
    }
    lines.push(("Name".to_owned(), customer.name.to_string()));
    lines.push(("Email".to_owned(), customer.email.to_string()));
    let tenant = &bench.business.tenant;
    let terms = Terms::of_offer(package, &slot, tenant);
    let said = terms.price().into_iter();
    let said = said.chain(terms.cancelling(&clocks, bench.now).map(|line| ("Cancelling", line)));
    lines.extend(said.map(|(label, value)| (label.to_owned(), value)));
    let notes = Note::cut(wish.notes.as_deref().unwrap_or_default());
    let operation = Operation::Book {
        slot,
        price: package.price,
        due: package.due_at_booking(),
        cancellation: package.cancellation(&tenant.policies),
        customer,
        notes,
    };
    effects.propose(proposal(bench, operation, Preview { title: format!("Book {}", package.name), lines }))
}

/// A proposal that waits from now on.
pub(super) fn proposal(bench: &Bench<'_>, operation: Operation, preview: Preview) -> Proposal {
    Proposal {
        id: ProposalId::new(bench.ids.ulid(bench.now)),
        operation,
        preview,
        status: ProposalStatus::Pending,
        created_at: bench.now,
        expires_at: bench.now + bench.business.tenant.policies.proposal_life,
    }
}

/// The slot behind an id, if it was offered by this tenant and its package is still there.
pub(super) fn open_slot<'a>(bench: &Bench<'a>, id: &str) -> Result<(&'a Package, Slot), String> {
    let unknown =
        || "This slotId was never offered. Use check_availability and pass a slotId on exactly as given.".to_owned();
    let business = bench.business;
    let id: SlotId = id.parse().map_err(|_| unknown())?;
    let packages = business.packages.iter().map(|package| package.id);
    let resources = business.resources.iter().map(|resource| resource.id);
    let opened = id.open((bench.link_key, business.tenant.id), packages, resources).map_err(|_| unknown())?;
    let package = business.package(opened.package).ok_or_else(unknown)?;
    let slot = Slot::at(package, opened.resource, opened.start, &business.tenant.timezone).map_err(|_| unknown())?;
    Ok((package, slot))
}

/// When something is, for a card: the business's time under `label`, and the visitor's own where it is another.
pub(super) fn when(label: &str, clocks: &Clocks<'_>, kind: Kind, slot: &Interval) -> Vec<(String, String)> {
    let mut lines = vec![(label.to_owned(), clocks.line(kind, slot))];
    lines.extend(clocks.own_line(slot).map(|own| ("Your time".to_owned(), own)));
    lines
}
