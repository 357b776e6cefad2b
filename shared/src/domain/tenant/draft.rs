//! A tenant as its owner writes it, checked into a [`Tenant`] whole or not at all.
//!
//! Whether the model has a price on a given day, the use case asks the ledger.

use std::time::Duration;

use jiff::tz::TimeZone;
use url::{Host, Url};

use super::{AssistantSettings, Contact, Limits, Policies, Tenant};
use crate::domain::field::{Faults, InvalidDraft};
use crate::domain::id::TenantId;
use crate::domain::money::MicroUsd;
use crate::domain::reminder::Reminders;
use crate::domain::text::{Line, Note};

/// The most sites that may embed one tenant's widget.
pub const MAX_ORIGINS: usize = 20;

/// The longest time before a start that a policy can name: 30 days.
pub const LONGEST_NOTICE_MINUTES: u64 = 30 * DAY_MINUTES;

const DAY_MINUTES: u64 = 24 * 60;

/// A business as its owner wrote it. Its fields bear the names of the wire in [`InvalidDraft`].
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TenantDraft {
    /// `/name`.
    pub name: String,
    /// `/tone`.
    pub tone: String,
    /// `/timezone`.
    pub timezone: String,
    /// `/currency`.
    pub currency: String,
    /// `/locale`.
    pub locale: String,
    /// `/ownerEmail`.
    pub owner_email: String,
    /// `/contact`.
    pub contact: ContactDraft,
    /// `/policies`.
    pub policies: PoliciesDraft,
    /// `/allowedOrigins/<n>`.
    pub allowed_origins: Vec<String>,
    /// `/limits`.
    pub limits: LimitsDraft,
    /// `/assistant`.
    pub assistant: AssistantDraft,
    /// `/stripeAccount`.
    pub stripe_account: Option<String>,
    /// `/suspended`.
    pub suspended: bool,
}

/// How customers reach a business, as written.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct ContactDraft {
    /// `/contact/address`.
    pub address: String,
    /// `/contact/phone`.
    pub phone: String,
    /// `/contact/website`.
    pub website: String,
}

/// What a business grants and asks of customers, as written.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PoliciesDraft {
    /// `/policies/freeUntilMinutes`: 0 to 30 days.
    pub free_until_minutes: u32,
    /// `/policies/lateFeePercent`: 0 to 100.
    pub late_fee_percent: u32,
    /// `/policies/noShowPercent`: 0 to 100.
    pub no_show_percent: u32,
    /// `/policies/noticeMinutes`: 0 to 30 days.
    pub notice_minutes: u32,
    /// `/policies/horizonDays`: 1 to 730.
    pub horizon_days: u32,
    /// `/policies/holdMinutes`: 30 to 24 hours, which is what Stripe's Checkout can keep.
    pub hold_minutes: u32,
    /// `/policies/offerMinutes`: 10 to 24 hours. Whoever runs late is noticed every five minutes.
    pub offer_minutes: u32,
    /// `/policies/proposalMinutes`: 5 to 24 hours.
    pub proposal_minutes: u32,
    /// `/policies/reminderMinutes`: at most 4, each from 15 minutes to 30 days before the start.
    pub reminder_minutes: Vec<u32>,
    /// `/policies/notes`.
    pub notes: String,
}

/// What visitors of a tenant may use up, as written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct LimitsDraft {
    /// `/limits/messagesPerHour`: 1 to 100,000.
    pub messages_per_hour: u32,
    /// `/limits/messagesPerMinuteAndIp`: 1 to 1,000.
    pub messages_per_minute_and_ip: u32,
    /// `/limits/spendPerMonthMicroUsd`: 0 to 100,000 dollars.
    pub spend_per_month_micro_usd: u64,
}

/// The assistant's settings, as written.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AssistantDraft {
    /// `/assistant/model`.
    pub model: String,
    /// `/assistant/maxTokens`: 64 to 8,192.
    pub max_tokens: u32,
    /// `/assistant/temperaturePercent`: 0 to 100.
    pub temperature_percent: Option<u32>,
}

impl TenantDraft {
    /// A new business, with the defaults that its owner may change: English, a warm tone, no site yet.
    #[must_use]
    pub fn new(name: &str, timezone: &str, currency: &str, owner_email: &str) -> Self {
        Self {
            name: name.to_owned(),
            tone: "warm and brief".to_owned(),
            timezone: timezone.to_owned(),
            currency: currency.to_owned(),
            locale: "en".to_owned(),
            owner_email: owner_email.to_owned(),
            contact: ContactDraft::default(),
            policies: PoliciesDraft::default(),
            allowed_origins: Vec::new(),
            limits: LimitsDraft::default(),
            assistant: AssistantDraft::default(),
            stripe_account: None,
            suspended: false,
        }
    }

    /// Makes the tenant, with the id and version that its store gives it.
    ///
    /// # Errors
    ///
    /// [`InvalidDraft`] with every field that is refused.
    pub fn check(&self, id: TenantId, version: u64) -> Result<Tenant, InvalidDraft> {
        let mut faults = Faults::default();
        let name = faults.parsed("/name", Line::new(&self.name));
        let tone = faults.parsed("/tone", Line::new(&self.tone));
        let timezone = faults.parsed("/timezone", timezone(&self.timezone));
        let currency = faults.parsed("/currency", self.currency.parse());
        let locale = faults.parsed("/locale", locale(&self.locale));
        let owner_email = faults.parsed("/ownerEmail", self.owner_email.parse());
        let contact = self.contact.check(&mut faults);
        let policies = self.policies.check(&mut faults);
        let allowed_origins = self.origins(&mut faults);
        let limits = self.limits.check(&mut faults);
        let assistant = self.assistant.check(&mut faults);
        let stripe_account = self.stripe_account.as_deref().map(|id| faults.parsed("/stripeAccount", account(id)));
        let made = || {
            Some(Tenant {
                id,
                name: name?,
                tone: tone?,
                timezone: timezone?,
                currency: currency?,
                locale: locale?,
                owner_email: owner_email?,
                contact: contact?,
                policies: policies?,
                allowed_origins,
                limits,
                assistant: assistant?,
                stripe_account: stripe_account.flatten(),
                suspended: self.suspended,
                version,
            })
        };
        faults.settle(made())
    }

    fn origins(&self, faults: &mut Faults) -> Vec<String> {
        if MAX_ORIGINS < self.allowed_origins.len() {
            faults.add("/allowedOrigins", "too_many", format_args!("at most {MAX_ORIGINS} sites"));
        }
        let sites = self.allowed_origins.iter().enumerate().take(MAX_ORIGINS);
        sites.filter_map(|(n, text)| faults.parsed(format!("/allowedOrigins/{n}"), origin(text))).collect()
    }
}

impl ContactDraft {
    fn check(&self, faults: &mut Faults) -> Option<Contact> {
        let address = faults.parsed("/contact/address", Note::new(&self.address));
        let phone = faults.parsed("/contact/phone", Note::new(&self.phone));
        let website = faults.parsed("/contact/website", website(&self.website));
        Some(Contact { address: address?, phone: phone?, website: website? })
    }
}

impl PoliciesDraft {
    fn check(&self, faults: &mut Faults) -> Option<Policies> {
        for (pointer, value, bounds) in [
            ("/policies/freeUntilMinutes", self.free_until_minutes, (0, LONGEST_NOTICE_MINUTES)),
            ("/policies/lateFeePercent", self.late_fee_percent, (0, 100)),
            ("/policies/noShowPercent", self.no_show_percent, (0, 100)),
            ("/policies/noticeMinutes", self.notice_minutes, (0, LONGEST_NOTICE_MINUTES)),
            ("/policies/horizonDays", self.horizon_days, (1, 730)),
            ("/policies/holdMinutes", self.hold_minutes, (30, DAY_MINUTES)),
            ("/policies/offerMinutes", self.offer_minutes, (10, DAY_MINUTES)),
            ("/policies/proposalMinutes", self.proposal_minutes, (5, DAY_MINUTES)),
        ] {
            faults.bounded(pointer, value.into(), bounds);
        }
        let minutes = |count: u32| Duration::from_mins(count.into());
        let leads = self.reminder_minutes.iter().map(|count| minutes(*count)).collect();
        let reminders = faults.parsed("/policies/reminderMinutes", Reminders::new(leads));
        Some(Policies {
            free_until: minutes(self.free_until_minutes),
            late_fee_percent: u8::try_from(self.late_fee_percent).ok()?,
            no_show_percent: u8::try_from(self.no_show_percent).ok()?,
            notice: minutes(self.notice_minutes),
            horizon_days: u16::try_from(self.horizon_days).ok()?,
            hold: minutes(self.hold_minutes),
            offer: minutes(self.offer_minutes),
            proposal_life: minutes(self.proposal_minutes),
            reminders: reminders?,
            notes: faults.parsed("/policies/notes", Note::new(&self.notes))?,
        })
    }
}

impl LimitsDraft {
    fn check(self, faults: &mut Faults) -> Limits {
        faults.bounded("/limits/messagesPerHour", self.messages_per_hour.into(), (1, 100_000));
        faults.bounded("/limits/messagesPerMinuteAndIp", self.messages_per_minute_and_ip.into(), (1, 1_000));
        faults.bounded("/limits/spendPerMonthMicroUsd", self.spend_per_month_micro_usd, (0, 100_000_000_000));
        Limits {
            messages_per_hour: self.messages_per_hour,
            messages_per_minute_and_ip: self.messages_per_minute_and_ip,
            spend_per_month: MicroUsd::new(i64::try_from(self.spend_per_month_micro_usd).unwrap_or(i64::MAX)),
        }
    }
}

impl AssistantDraft {
    fn check(&self, faults: &mut Faults) -> Option<AssistantSettings> {
        faults.bounded("/assistant/maxTokens", self.max_tokens.into(), (64, 8_192));
        if let Some(percent) = self.temperature_percent {
            faults.bounded("/assistant/temperaturePercent", percent.into(), (0, 100));
        }
        let model = faults.parsed("/assistant/model", Line::new(&self.model));
        let temperature_hundredths = self.temperature_percent.and_then(|percent| u8::try_from(percent).ok());
        Some(AssistantSettings { model: model?, max_tokens: self.max_tokens, temperature_hundredths })
    }
}

impl From<&Policies> for PoliciesDraft {
    fn from(policies: &Policies) -> Self {
        let minutes = |length: Duration| u32::try_from(length.as_secs() / 60).unwrap_or(u32::MAX);
        Self {
            free_until_minutes: minutes(policies.free_until),
            late_fee_percent: policies.late_fee_percent.into(),
            no_show_percent: policies.no_show_percent.into(),
            notice_minutes: minutes(policies.notice),
            horizon_days: policies.horizon_days.into(),
            hold_minutes: minutes(policies.hold),
            offer_minutes: minutes(policies.offer),
            proposal_minutes: minutes(policies.proposal_life),
            reminder_minutes: policies.reminders.leads().iter().map(|lead| minutes(*lead)).collect(),
            notes: policies.notes.to_string(),
        }
    }
}

impl From<&Limits> for LimitsDraft {
    fn from(limits: &Limits) -> Self {
        Self {
            messages_per_hour: limits.messages_per_hour,
            messages_per_minute_and_ip: limits.messages_per_minute_and_ip,
            spend_per_month_micro_usd: u64::try_from(limits.spend_per_month.get()).unwrap_or(0),
        }
    }
}

impl Default for PoliciesDraft {
    fn default() -> Self {
        Self::from(&Policies::default())
    }
}

impl Default for LimitsDraft {
    fn default() -> Self {
        Self::from(&Limits::default())
    }
}

impl Default for AssistantDraft {
    fn default() -> Self {
        Self { model: "claude-haiku-4-5".to_owned(), max_tokens: 1024, temperature_percent: Some(30) }
    }
}

/// A zone of the time zone database; `UTC` is one, a bare offset is none, since it knows no clock changes.
fn timezone(text: &str) -> Result<TimeZone, &'static str> {
    const REFUSAL: &str = "a time zone is a name of the IANA database, as Europe/Berlin";
    TimeZone::get(text).ok().filter(|zone| zone.iana_name().is_some()).ok_or(REFUSAL)
}

/// A language tag as browsers send it: letters, digits and hyphens.
fn locale(text: &str) -> Result<Line<35>, &'static str> {
    let known = |b: u8| b.is_ascii_alphanumeric() || b == b'-';
    Line::new(text)
        .ok()
        .filter(|tag| tag.as_str().bytes().all(known))
        .ok_or("a locale is a language tag, as en or de-CH")
}

/// A web address for customers, or nothing. Only http and https, since it becomes a link.
fn website(text: &str) -> Result<Note<200>, &'static str> {
    const REFUSAL: &str = "a website is an http or https address of at most 200 characters";
    let note = Note::new(text).map_err(|_| REFUSAL)?;
    let is_web = |text: &str| Url::parse(text).is_ok_and(|url| matches!(url.scheme(), "http" | "https"));
    if note.is_empty() || is_web(note.as_str()) { Ok(note) } else { Err(REFUSAL) }
}

/// An origin in the one spelling that browsers send. Unencrypted only on the owner's own machine.
fn origin(text: &str) -> Result<String, &'static str> {
    const REFUSAL: &str = "a site is https:// and a host, without a path, as https://shop.example";
    let url = Url::parse(text).map_err(|_| REFUSAL)?;
    let is_own_machine = match url.host() {
        Some(Host::Domain(domain)) => domain == "localhost" || domain.ends_with(".localhost"),
        Some(Host::Ipv4(address)) => address.is_loopback(),
        Some(Host::Ipv6(address)) => address.is_loopback(),
        None => false,
    };
    let origin = url.origin().ascii_serialization();
    // A star would be compared letter by letter like all else, and only look as if it let more in.
    let is_exact = !origin.contains('*');
    let is_bare = text.trim_end_matches('/').eq_ignore_ascii_case(&origin);
    let is_safe = url.scheme() == "https" || (url.scheme() == "http" && is_own_machine);
    if is_bare && is_exact && is_safe { Ok(origin) } else { Err(REFUSAL) }
}

/// The id of a connected Stripe account. It goes into a header.
fn account(text: &str) -> Result<Line<64>, &'static str> {
    const REFUSAL: &str = "a Stripe account is acct_ and letters or digits";
    let plain = text
        .strip_prefix("acct_")
        .is_some_and(|rest| !rest.is_empty() && rest.bytes().all(|b| b.is_ascii_alphanumeric()));
    if plain { Line::new(text).map_err(|_| REFUSAL) } else { Err(REFUSAL) }
}

#[cfg(test)]
mod tests;
