//! Tenants: `pk = T#<tenant>`, `sk = PROFILE`; keys: `pk = KEY#<hash>`; the list of all: `pk = TENANTS`.
//!
//! A tenant's key is kept as its hash only.

use std::time::Duration;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::Store;
use super::booking::{reminders, seconds};
use super::catalog::Saved;
use super::cursor::{Listed, Position};
use super::error::{StoreError, corrupt};
use super::expression::{Item, Put};
use super::hours::hours_item;
use super::key::{Key, TENANTS};
use super::row::{ms, parse};
use super::table::{Query, Transacted, item, read};
use super::widget::widget_item;
use crate::domain::hours::Hours;
use crate::domain::id::TenantId;
use crate::domain::money::MicroUsd;
use crate::domain::reminder::Reminders;
use crate::domain::secret::SecretHash;
use crate::domain::tenant::{AssistantSettings, Contact, Limits, Policies, Tenant};
use crate::domain::text::{Line, Note};
use crate::domain::widget::WidgetConfig;

const WHAT: &str = "tenant";

/// The stored form. Renaming a field here is a migration.
#[derive(Serialize, Deserialize)]
struct Row {
    id: String,
    name: String,
    tone: String,
    timezone: String,
    currency: String,
    locale: String,
    owner_email: String,
    contact: ContactRow,
    policies: PoliciesRow,
    allowed_origins: Vec<String>,
    limits: LimitsRow,
    assistant: AssistantRow,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    stripe_account: Option<String>,
    suspended: bool,
    version: u64,
}

#[derive(Serialize, Deserialize)]
struct ContactRow {
    address: String,
    phone: String,
    website: String,
}

/// Lengths in seconds, but for the days of the horizon.
#[derive(Serialize, Deserialize)]
struct PoliciesRow {
    free_until: u64,
    late_fee_percent: u8,
    #[serde(default = "all")]
    no_show_percent: u8,
    notice: u64,
    horizon_days: u16,
    hold: u64,
    #[serde(default = "usual_offer")]
    offer: u64,
    proposal_life: u64,
    #[serde(default = "usual_reminders")]
    reminders: Vec<u64>,
    notes: String,
}

#[derive(Serialize, Deserialize)]
struct LimitsRow {
    messages_per_hour: u32,
    messages_per_minute_and_ip: u32,
    /// Micro-dollars.
    spend_per_month: i64,
}

#[derive(Serialize, Deserialize)]
struct AssistantRow {
    model: String,
    max_tokens: u32,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    temperature_hundredths: Option<u8>,
}

/// Whose key it is.
#[derive(Serialize, Deserialize)]
struct KeyRow {
    tenant: String,
    created_at: i64,
}

#[derive(Serialize, Deserialize)]
struct ListingRow {
    id: String,
    created_at: i64,
}

impl From<&Tenant> for Row {
    fn from(tenant: &Tenant) -> Self {
        let Tenant { contact, policies, limits, assistant, .. } = tenant;
        Self {
            id: tenant.id.to_string(),
            name: tenant.name.to_string(),
            tone: tenant.tone.to_string(),
            timezone: tenant.timezone.iana_name().unwrap_or("UTC").to_owned(),
            currency: tenant.currency.to_string(),
            locale: tenant.locale.to_string(),
            owner_email: tenant.owner_email.to_string(),
            contact: ContactRow {
                address: contact.address.to_string(),
                phone: contact.phone.to_string(),
                website: contact.website.to_string(),
            },
            policies: PoliciesRow {
                free_until: policies.free_until.as_secs(),
                late_fee_percent: policies.late_fee_percent,
                no_show_percent: policies.no_show_percent,
                notice: policies.notice.as_secs(),
                horizon_days: policies.horizon_days,
                hold: policies.hold.as_secs(),
                offer: policies.offer.as_secs(),
                proposal_life: policies.proposal_life.as_secs(),
                reminders: seconds(&policies.reminders),
                notes: policies.notes.to_string(),
            },
            allowed_origins: tenant.allowed_origins.clone(),
            limits: LimitsRow {
                messages_per_hour: limits.messages_per_hour,
                messages_per_minute_and_ip: limits.messages_per_minute_and_ip,
                spend_per_month: limits.spend_per_month.get(),
            },
            assistant: AssistantRow {
                model: assistant.model.to_string(),
                max_tokens: assistant.max_tokens,
                temperature_hundredths: assistant.temperature_hundredths,
            },
            stripe_account: tenant.stripe_account.as_ref().map(ToString::to_string),
            suspended: tenant.suspended,
            version: tenant.version,
        }
    }
}

impl TryFrom<Row> for Tenant {
    type Error = StoreError;

    fn try_from(row: Row) -> Result<Self, StoreError> {
        let Row { contact, policies, limits, assistant, .. } = row;
        Ok(Self {
            id: parse(&row.id, WHAT)?,
            name: line(&row.name)?,
            tone: line(&row.tone)?,
            timezone: jiff::tz::TimeZone::get(&row.timezone).map_err(corrupt(WHAT))?,
            currency: parse(&row.currency, WHAT)?,
            locale: line(&row.locale)?,
            owner_email: parse(&row.owner_email, WHAT)?,
            contact: Contact {
                address: note(&contact.address)?,
                phone: note(&contact.phone)?,
                website: note(&contact.website)?,
            },
            policies: Policies {
                free_until: Duration::from_secs(policies.free_until),
                late_fee_percent: policies.late_fee_percent,
                no_show_percent: policies.no_show_percent,
                notice: Duration::from_secs(policies.notice),
                horizon_days: policies.horizon_days,
                hold: Duration::from_secs(policies.hold),
                offer: Duration::from_secs(policies.offer),
                proposal_life: Duration::from_secs(policies.proposal_life),
                reminders: reminders(&policies.reminders, WHAT)?,
                notes: note(&policies.notes)?,
            },
            allowed_origins: row.allowed_origins,
            limits: Limits {
                messages_per_hour: limits.messages_per_hour,
                messages_per_minute_and_ip: limits.messages_per_minute_and_ip,
                spend_per_month: MicroUsd::new(limits.spend_per_month),
            },
            assistant: AssistantSettings {
                model: line(&assistant.model)?,
                max_tokens: assistant.max_tokens,
                temperature_hundredths: assistant.temperature_hundredths,
            },
            stripe_account: row.stripe_account.as_deref().map(line).transpose()?,
            suspended: row.suspended,
            version: row.version,
        })
    }
}

/// What is kept of a customer who does not come, in a row from before there was a choice.
const fn all() -> u8 {
    100
}

/// How long a slot is offered, in a row from before there was a waitlist.
const fn usual_offer() -> u64 {
    30 * 60
}

/// When customers are reminded, in a row from before there was a choice.
fn usual_reminders() -> Vec<u64> {
    seconds(&Reminders::default())
}

fn line<const MAX: usize>(text: &str) -> Result<Line<MAX>, StoreError> {
    Line::new(text).map_err(corrupt(WHAT))
}

fn note<const MAX: usize>(text: &str) -> Result<Note<MAX>, StoreError> {
    Note::new(text).map_err(corrupt(WHAT))
}

pub(super) fn tenant_of(item: Item) -> Result<Tenant, StoreError> {
    read::<Row>(item, WHAT)?.try_into()
}

/// A tenant with all that it begins with.
#[derive(Debug, Clone, Copy)]
pub struct NewTenant<'a> {
    /// Its profile.
    pub tenant: &'a Tenant,
    /// The hash of its public key.
    pub key: &'a SecretHash,
    /// Its widget.
    pub widget: &'a WidgetConfig,
    /// Its hours.
    pub hours: &'a Hours,
}

impl Store {
    /// Finds whose key it is.
    ///
    /// # Errors
    ///
    /// As every read: [`StoreError`].
    pub async fn find_tenant_of_key(&self, key: &SecretHash) -> Result<Option<TenantId>, StoreError> {
        let row: Option<KeyRow> = self.tenants.find(&Key::of_tenant_key(key), "tenant key").await?;
        row.map(|row| parse(&row.tenant, "tenant key")).transpose()
    }

    /// Makes a tenant with its key, in one transaction; [`Saved::Exists`] when its id or its key is taken.
    ///
    /// # Errors
    ///
    /// As every write: [`StoreError`].
    pub async fn create_tenant(&self, new: NewTenant<'_>, now: Timestamp) -> Result<Saved, StoreError> {
        let (id, created_at) = (new.tenant.id, ms(now));
        let key = KeyRow { tenant: id.to_string(), created_at };
        let listing = ListingRow { id: id.to_string(), created_at };
        let items = [
            item(&Key::profile(id), &Row::from(new.tenant), WHAT)?,
            item(&Key::of_tenant_key(new.key), &key, "tenant key")?,
            item(&Key::listing(id), &listing, "tenant listing")?,
            hours_item(id, new.hours)?,
            widget_item(id, new.widget)?,
        ];
        let mut actions = vec![self.restamping(id)?];
        for item in items {
            actions.push(self.tenants.putting(Put::fresh(item))?);
        }
        Ok(match self.tenants.transact(actions).await? {
            Transacted::Done => Saved::Done,
            Transacted::Refused(_) => Saved::Exists,
        })
    }

    /// Writes a tenant's profile over that of the expected version.
    ///
    /// # Errors
    ///
    /// As every write: [`StoreError`].
    pub async fn put_profile(&self, tenant: &Tenant, expected_version: u64) -> Result<Saved, StoreError> {
        let item = item(&Key::profile(tenant.id), &Row::from(tenant), WHAT)?;
        self.save(tenant.id, item, Some(expected_version)).await
    }

    /// Lists every tenant, oldest first, `limit` at a time: for work that no visitor waits for.
    ///
    /// # Errors
    ///
    /// As every read: [`StoreError`].
    pub async fn list_tenants(&self, limit: u16, after: Option<&Position>) -> Result<Listed<TenantId>, StoreError> {
        let query = Query::partition(TENANTS.to_owned()).limit(limit).after(after.map(Position::item));
        let page = self.tenants.page(&query).await?;
        let id = |item| parse(&read::<ListingRow>(item, "tenant listing")?.id, "tenant listing");
        let items = page.items.into_iter().map(id).collect::<Result<_, _>>()?;
        Ok(Listed { items, next: page.next.as_ref().and_then(Position::of) })
    }
}
