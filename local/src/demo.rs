//! The demo tenants: two small businesses with data of their own, made where they are missing.
//!
//! Everything goes through the drafts and the store that the admin API uses, so it holds what they demand.

mod linden;
mod mirabelle;

use jiff::Timestamp;
use jiff::tz::TimeZone;
use shared::domain::article::{Article, ArticleDraft};
use shared::domain::hours::Hours;
use shared::domain::hours::draft::{HoursDraft, StretchDraft, WeekDraft};
use shared::domain::package::Package;
use shared::domain::package::draft::{CancellationDraft, PackageDraft};
use shared::domain::resource::{Resource, ResourceDraft};
use shared::domain::secret::TenantKey;
use shared::domain::tenant::{AssistantSettings, Contact, Limits, Policies, Tenant};
use shared::domain::text::{Line, Note};
use shared::domain::widget::WidgetConfig;
use shared::store::Store;
use shared::store::catalog::Saved;
use shared::store::tenant::NewTenant;

use crate::error::Source;

/// Id of Atelier Linden, `pk_demo`.
pub const LINDEN: &str = "01KAFR0NTDESK000000000DEM1";

/// Id of Salon Mirabelle, `pk_demo2`.
pub const MIRABELLE: &str = "01KAFR0NTDESK000000000DEM2";

/// A business, in plain words.
struct Demo {
    id: &'static str,
    key: &'static str,
    name: &'static str,
    tone: &'static str,
    timezone: &'static str,
    currency: &'static str,
    owner_email: &'static str,
    address: &'static str,
    phone: &'static str,
    notes: &'static str,
    greeting: &'static str,
    primary: &'static str,
    secondary: &'static str,
    /// Monday to Sunday, stretches of `(opens, closes)`.
    week: [&'static [(&'static str, &'static str)]; 7],
    holidays: &'static [(&'static str, &'static str)],
    resources: &'static [&'static str],
    packages: &'static [Offer],
    articles: &'static [(&'static str, &'static str, &'static [&'static str])],
}

/// A package, in plain words.
struct Offer {
    name: &'static str,
    description: &'static str,
    price_minor: i64,
    /// None: a whole day.
    slot: Option<Slot>,
    /// Positions in [`Demo::resources`].
    resources: &'static [usize],
}

/// What a timed package takes, in minutes and seats.
struct Slot {
    minutes: u32,
    before: u32,
    after: u32,
    seats: u32,
}

/// Makes the demo tenants that are missing, for pages at `port` of this machine.
///
/// # Errors
///
/// When the store fails, or the demo's own words break a rule.
pub async fn seed(store: &Store, port: u16, now: Timestamp) -> Result<(), Source> {
    let origins = ["localhost", "127.0.0.1"].map(|host| format!("http://{host}:{port}"));
    let both = tokio::join!(linden::DEMO.seed(store, &origins, now), mirabelle::DEMO.seed(store, &origins, now));
    both.0.and(both.1)
}

impl Demo {
    async fn seed(&self, store: &Store, origins: &[String], now: Timestamp) -> Result<(), Source> {
        let tenant = self.tenant(origins)?;
        if let Some(mut known) = store.find_context(tenant.id).await? {
            return allow(store, &mut known.tenant, origins).await;
        }
        let key: TenantKey = self.key.parse()?;
        let (widget, hours) = (self.widget()?, self.hours()?);
        for resource in self.resources()? {
            fresh(store.put_resource(tenant.id, &resource, None).await?)?;
        }
        for package in self.packages()? {
            fresh(store.put_package(tenant.id, &package, None).await?)?;
        }
        for article in self.articles()? {
            fresh(store.put_article(tenant.id, &article, None).await?)?;
        }
        // Last, so that a start that was cut short is made up for by the next.
        let new = NewTenant { tenant: &tenant, key: &key.hash(), widget: &widget, hours: &hours };
        fresh(store.create_tenant(new, now).await?)
    }

    fn tenant(&self, origins: &[String]) -> Result<Tenant, Source> {
        Ok(Tenant {
            id: self.id.parse()?,
            name: Line::new(self.name)?,
            tone: Line::new(self.tone)?,
            timezone: TimeZone::get(self.timezone)?,
            currency: self.currency.parse()?,
            locale: Line::new("en")?,
            owner_email: self.owner_email.parse()?,
            contact: Contact {
                address: Note::new(self.address)?,
                phone: Note::new(self.phone)?,
                website: Note::default(),
            },
            policies: Policies { notes: Note::new(self.notes)?, ..Policies::default() },
            allowed_origins: origins.to_vec(),
            limits: Limits::default(),
            assistant: AssistantSettings {
                model: Line::new("claude-haiku-4-5")?,
                max_tokens: 1024,
                temperature_hundredths: None,
            },
            stripe_account: None,
            suspended: false,
            version: 1,
        })
    }

    fn widget(&self) -> Result<WidgetConfig, Source> {
        let (primary, secondary) = (self.primary.parse()?, self.secondary.parse()?);
        Ok(WidgetConfig {
            primary,
            secondary,
            greeting: Note::new(self.greeting)?,
            version: 1,
            ..WidgetConfig::default()
        })
    }

    fn hours(&self) -> Result<Hours, Source> {
        let stretch =
            |(opens, closes): &(&str, &str)| StretchDraft { opens: (*opens).to_owned(), closes: (*closes).to_owned() };
        let weekly = WeekDraft(self.week.map(|day| day.iter().map(stretch).collect()));
        let holidays = self.holidays.iter().map(|(day, name)| ((*day).to_owned(), (*name).to_owned())).collect();
        Ok(HoursDraft { weekly, holidays, special: Vec::new() }.check(1)?)
    }

    fn resources(&self) -> Result<Vec<Resource>, Source> {
        let named = self.resources.iter().enumerate();
        named
            .map(|(n, name)| {
                Ok(ResourceDraft { name: (*name).to_owned(), active: true }.check(self.nth("RES", n).parse()?, 1)?)
            })
            .collect()
    }

    fn packages(&self) -> Result<Vec<Package>, Source> {
        let offers = self.packages.iter().enumerate();
        offers.map(|(n, offer)| Ok(self.draft(offer).check(self.nth("PKG", n).parse()?, 1)?)).collect()
    }

    fn draft(&self, offer: &Offer) -> PackageDraft {
        let slot = offer.slot.as_ref();
        PackageDraft {
            name: offer.name.to_owned(),
            description: offer.description.to_owned(),
            price_minor: offer.price_minor,
            currency: self.currency.to_owned(),
            kind: if slot.is_some() { "SLOT" } else { "DATE" }.to_owned(),
            duration_minutes: slot.map(|slot| slot.minutes),
            buffer_before_minutes: slot.map(|slot| slot.before),
            buffer_after_minutes: slot.map(|slot| slot.after),
            capacity: slot.map(|slot| slot.seats),
            resources: offer.resources.iter().map(|position| self.nth("RES", *position)).collect(),
            active: true,
            deposit_percent: None,
            cancellation: CancellationDraft::default(),
            images: Vec::new(),
        }
    }

    fn articles(&self) -> Result<Vec<Article>, Source> {
        let written = self.articles.iter().enumerate();
        let article = |(n, (title, body, tags)): (usize, &(&str, &str, &[&str]))| {
            let tags = tags.iter().map(|tag| (*tag).to_owned()).collect();
            let draft = ArticleDraft { title: (*title).to_owned(), body: (*body).to_owned(), tags, published: true };
            Ok(draft.check(self.nth("ART", n).parse()?, 1)?)
        };
        written.map(article).collect()
    }

    /// The id of this demo's `n`th item of a kind; the same in every run, so that a test can name it.
    fn nth(&self, kind: &str, n: usize) -> String {
        let number = self.id.get(25..).unwrap_or_default();
        format!("01KAFR0NTDESK0000000{number}{kind}{n:02}")
    }
}

/// Lets the pages of a process at another port in as well.
async fn allow(store: &Store, tenant: &mut Tenant, origins: &[String]) -> Result<(), Source> {
    if origins.iter().all(|origin| tenant.allowed_origins.contains(origin)) {
        return Ok(());
    }
    let is_own = |origin: &String| origin.starts_with("http://localhost:") || origin.starts_with("http://127.0.0.1:");
    tenant.allowed_origins.retain(|origin| !is_own(origin));
    tenant.allowed_origins.extend_from_slice(origins);
    let before = tenant.version;
    tenant.version += 1;
    match store.put_profile(tenant, before).await? {
        Saved::Done => Ok(()),
        other => Err(format!("the demo tenant could not be changed: {other:?}").into()),
    }
}

/// An item may be there already from a start that was cut short.
fn fresh(saved: Saved) -> Result<(), Source> {
    match saved {
        Saved::Done | Saved::Exists => Ok(()),
        Saved::Stale | Saved::Missing => Err(format!("a new item of the demo was not saved: {saved:?}").into()),
    }
}
