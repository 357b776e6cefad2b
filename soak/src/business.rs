//! The two businesses: one in Berlin by day, one in New York around the clock with a Stripe account of its own.
//!
//! Both have what collides: lengths, buffers, seats, whole days, several people, deposits and terms.

use shared::domain::hours::Hours;
use shared::domain::hours::draft::{HoursDraft, StretchDraft, WeekDraft};
use shared::domain::id::{PackageId, ResourceId, TenantId};
use shared::domain::package::draft::{CancellationDraft, PackageDraft};
use shared::domain::resource::ResourceDraft;
use shared::domain::secret::TenantKey;
use shared::domain::tenant::{AssistantSettings, Contact, Limits, Policies, Tenant};
use shared::domain::text::Line;
use shared::domain::widget::WidgetConfig;
use shared::store::catalog::Saved;
use shared::store::tenant::NewTenant;
use ulid::Ulid;

use crate::world::World;

/// Limits that nobody reaches.
pub(crate) const NO_LIMITS: u32 = 1_000_000;

/// A business's place in the world.
struct Place {
    zone: &'static str,
    currency: &'static str,
    hours: (&'static str, &'static str),
    account: Option<&'static str>,
}

const PLACES: [Place; 2] = [
    Place { zone: "Europe/Berlin", currency: "EUR", hours: ("09:00", "17:00"), account: None },
    Place { zone: "America/New_York", currency: "USD", hours: ("00:00", "24:00"), account: Some("acct_1York") },
];

/// What is offered: kind, minutes, buffers, seats, price, deposit, terms, and by whom (numbers from 1).
struct Offer {
    kind: &'static str,
    minutes: u32,
    buffers: (u32, u32),
    seats: u32,
    price: i64,
    deposit: Option<u32>,
    /// Free until so many minutes before, then a share, and a share when nobody comes.
    terms: Option<(u32, u32, u32)>,
    by: &'static [u128],
}

const PLAIN: Offer = Offer {
    kind: "SLOT",
    minutes: 60,
    buffers: (0, 0),
    seats: 1,
    price: 8_000,
    deposit: None,
    terms: None,
    by: &[1, 2],
};

const OFFERS: [Offer; 7] = [
    Offer { minutes: 30, price: 0, ..PLAIN },
    Offer { minutes: 60, buffers: (15, 15), ..PLAIN },
    Offer {
        minutes: 90,
        buffers: (0, 30),
        price: 12_000,
        deposit: Some(30),
        terms: Some((1_440, 50, 100)),
        by: &[2, 3],
        ..PLAIN
    },
    Offer { minutes: 60, seats: 3, price: 2_000, terms: Some((120, 100, 100)), by: &[3], ..PLAIN },
    Offer { kind: "DATE", price: 20_000, terms: Some((2_880, 20, 50)), by: &[1, 3], ..PLAIN },
    Offer { minutes: 45, price: 4_500, terms: Some((720, 30, 80)), by: &[1, 2, 3], ..PLAIN },
    Offer { minutes: 20, seats: 2, price: 0, by: &[2], ..PLAIN },
];

/// Founds them; answers who they are.
pub(crate) async fn found(world: &World) -> Vec<TenantId> {
    let mut tenants = Vec::new();
    for (n, place) in (0_u128..).zip(&PLACES) {
        let tenant = TenantId::new(Ulid(7 + n));
        let store = &world.functions[0].store;
        let hours = open_daily(place.hours);
        for person in 1..=3 {
            let draft = ResourceDraft { name: format!("Person {person}"), active: true };
            let person = draft.check(resource(n, person), 1).unwrap();
            assert_eq!(store.put_resource(tenant, &person, None).await.unwrap(), Saved::Done);
        }
        for (number, offer) in (1..).zip(&OFFERS) {
            let package = draft(n, place, number, offer).check(PackageId::new(Ulid(1_000 * (n + 1) + number)), 1);
            assert_eq!(store.put_package(tenant, &package.unwrap(), None).await.unwrap(), Saved::Done);
        }
        let key: TenantKey = format!("pk_place_{n}").parse().unwrap();
        let new = NewTenant {
            tenant: &profile(tenant, place),
            key: &key.hash(),
            widget: &WidgetConfig { version: 1, ..WidgetConfig::default() },
            hours: &hours,
        };
        assert_eq!(store.create_tenant(new, world.now()).await.unwrap(), Saved::Done);
        tenants.push(tenant);
    }
    tenants
}

/// The time zone of a business.
pub(crate) fn zone_of(tenant: &str) -> &'static str {
    let is_of = |n: &u128| TenantId::new(Ulid(7 + n)).to_string() == tenant;
    if is_of(&1) { PLACES[1].zone } else { PLACES[0].zone }
}

fn resource(business: u128, n: u128) -> ResourceId {
    ResourceId::new(Ulid(100 * (business + 1) + n))
}

fn profile(id: TenantId, place: &Place) -> Tenant {
    Tenant {
        id,
        name: Line::new(&format!("Studio {}", place.zone)).unwrap(),
        tone: Line::new("warm").unwrap(),
        timezone: jiff::tz::TimeZone::get(place.zone).unwrap(),
        currency: place.currency.parse().unwrap(),
        locale: Line::new("en").unwrap(),
        owner_email: format!("owner@{}.test", place.currency.to_lowercase()).parse().unwrap(),
        contact: Contact::default(),
        policies: Policies { notice: std::time::Duration::from_mins(30), ..Policies::default() },
        allowed_origins: vec!["https://shop.test".to_owned()],
        limits: Limits { messages_per_hour: NO_LIMITS, messages_per_minute_and_ip: NO_LIMITS, ..Limits::default() },
        assistant: AssistantSettings {
            model: Line::new("claude-haiku-4-5").unwrap(),
            max_tokens: 1024,
            temperature_hundredths: None,
        },
        stripe_account: place.account.map(|account| Line::new(account).unwrap()),
        suspended: false,
        version: 1,
    }
}

fn open_daily((opens, closes): (&str, &str)) -> Hours {
    let stretch = || vec![StretchDraft { opens: opens.to_owned(), closes: closes.to_owned() }];
    let weekly = WeekDraft(std::array::from_fn(|_| stretch()));
    HoursDraft { weekly, holidays: Vec::new(), special: Vec::new() }.check(1).unwrap()
}

fn draft(business: u128, place: &Place, number: u128, offer: &Offer) -> PackageDraft {
    let is_slot = offer.kind == "SLOT";
    let terms = offer.terms;
    PackageDraft {
        name: format!("Package {number}"),
        description: String::new(),
        price_minor: offer.price,
        currency: place.currency.to_owned(),
        kind: offer.kind.to_owned(),
        duration_minutes: is_slot.then_some(offer.minutes),
        buffer_before_minutes: is_slot.then_some(offer.buffers.0),
        buffer_after_minutes: is_slot.then_some(offer.buffers.1),
        capacity: is_slot.then_some(offer.seats),
        resources: offer.by.iter().map(|n| resource(business, *n).to_string()).collect(),
        active: true,
        deposit_percent: offer.deposit,
        cancellation: CancellationDraft {
            free_until_minutes: terms.map(|terms| terms.0),
            late_fee_percent: terms.map(|terms| terms.1),
            no_show_percent: terms.map(|terms| terms.2),
        },
        images: Vec::new(),
    }
}
