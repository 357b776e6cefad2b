//! `list_packages` and `get_business_info`: what the business itself says. Reads nothing but the context.

use jiff::civil::Weekday;
use serde_json::{Value, json};

use super::Bench;
use crate::domain::fence::fence;
use crate::domain::package::{Kind, Terms};

pub(super) fn packages(bench: &Bench<'_>) -> String {
    let packages = bench.business.packages.iter().filter(|package| package.active).map(|package| {
        let mut told = json!({
            "id": package.id.to_string(),
            "name": package.name.as_str(),
            "description": package.description.as_str(),
            "kind": package.kind().as_str(),
            "price": package.price.to_string(),
        });
        if package.due_at_booking() != package.price {
            told["deposit"] = json!(package.due_at_booking().to_string());
        }
        if let Terms::Slot(terms) = &package.terms {
            told["durationMinutes"] = json!(terms.duration().as_secs() / 60);
        }
        if package.kind() == Kind::Date {
            told["duration"] = json!("one whole day");
        }
        told
    });
    json!({ "packages": packages.collect::<Vec<_>>() }).to_string()
}

pub(super) fn info(bench: &Bench<'_>) -> String {
    let tenant = &bench.business.tenant;
    let zone = tenant.timezone.clone();
    let now = bench.now.to_zoned(zone.clone());
    let days = Weekday::Monday.cycle_forward().take(7);
    let hours: Vec<Value> = days
        .map(|day| {
            let stretches = bench.business.hours.weekly.on(day).stretches();
            let open: Vec<String> = stretches.iter().map(|s| format!("{}–{}", s.opens(), s.closes())).collect();
            json!({ "day": format!("{day:?}"), "open": open })
        })
        .collect();
    let policies = &tenant.policies;
    let mut said = vec![
        format!("Cancelling is free until {} hours before the start.", policies.free_until.as_secs() / 3_600),
        format!("After that {} % of the price is kept, but never more than was paid.", policies.late_fee_percent),
        "Changing the time is free, but a late change does not make cancelling free again.".to_owned(),
        format!("Who does not come is charged {} % of the price in the same way.", policies.no_show_percent),
    ];
    if !policies.notes.is_empty() {
        said.push(fence("policies", policies.notes.as_str()));
    }
    json!({
        "name": tenant.name.as_str(),
        "timezone": zone.iana_name().unwrap_or("UTC"),
        "now": now.strftime("%A %Y-%m-%d %H:%M").to_string(),
        "openNow": bench.business.hours.is_open(bench.now, &zone),
        "hours": hours,
        "contact": {
            "address": tenant.contact.address.as_str(),
            "phone": tenant.contact.phone.as_str(),
            "website": tenant.contact.website.as_str(),
        },
        "policies": said,
    })
    .to_string()
}
