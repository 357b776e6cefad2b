//! `/v1/admin/me` and `/v1/admin/tenant`: the caller, and the business's profile, policies and limits.

use lambda_http::{Body, Response};
use serde::{Deserialize, Serialize};
use shared::app::business;
use shared::domain::tenant::Tenant;
use shared::domain::tenant::draft::{AssistantDraft, ContactDraft, LimitsDraft, PoliciesDraft, TenantDraft};
use shared::http::problem::ApiError;
use shared::http::request::merged;
use shared::http::respond::ok;
use shared::http::token::Role;

use crate::caller::Call;
use crate::refusal::refused;

/// Who calls, and for whom.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Me {
    subject: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    email: Option<String>,
    role: &'static str,
    tenant_id: String,
    business_name: String,
    timezone: String,
    currency: String,
    locale: String,
}

/// The profile as its owner may change it.
#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
struct Sent {
    name: String,
    tone: String,
    timezone: String,
    currency: String,
    locale: String,
    owner_email: String,
    contact: ContactSent,
    policies: PoliciesSent,
    allowed_origins: Vec<String>,
    limits: LimitsSent,
    assistant: AssistantSent,
    #[serde(skip_serializing_if = "Option::is_none")]
    stripe_account: Option<String>,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct ContactSent {
    address: String,
    phone: String,
    website: String,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
struct PoliciesSent {
    free_until_minutes: u32,
    late_fee_percent: u32,
    #[serde(default = "all")]
    no_show_percent: u32,
    notice_minutes: u32,
    horizon_days: u32,
    hold_minutes: u32,
    #[serde(default = "usual_offer")]
    offer_minutes: u32,
    proposal_minutes: u32,
    #[serde(default = "usual_reminders")]
    reminder_minutes: Vec<u32>,
    notes: String,
}

/// What is kept of a customer who does not come, where nothing is said.
const fn all() -> u32 {
    100
}

/// How long a slot that came free is offered, where nothing is said.
fn usual_offer() -> u32 {
    PoliciesDraft::default().offer_minutes
}

/// When customers are reminded, where nothing is said.
fn usual_reminders() -> Vec<u32> {
    PoliciesDraft::default().reminder_minutes
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
struct LimitsSent {
    messages_per_hour: u32,
    messages_per_minute_and_ip: u32,
    spend_per_month_micro_usd: u64,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
struct AssistantSent {
    model: String,
    max_tokens: u32,
    #[serde(skip_serializing_if = "Option::is_none")]
    temperature_percent: Option<u32>,
}

/// The profile as it is.
#[derive(Serialize)]
struct Shown {
    id: String,
    #[serde(flatten)]
    profile: Sent,
    suspended: bool,
    version: u64,
}

impl From<&Tenant> for Sent {
    fn from(tenant: &Tenant) -> Self {
        let (policies, limits) = (PoliciesDraft::from(&tenant.policies), LimitsDraft::from(&tenant.limits));
        Self {
            name: tenant.name.to_string(),
            tone: tenant.tone.to_string(),
            timezone: timezone(tenant),
            currency: tenant.currency.to_string(),
            locale: tenant.locale.to_string(),
            owner_email: tenant.owner_email.to_string(),
            contact: ContactSent {
                address: tenant.contact.address.to_string(),
                phone: tenant.contact.phone.to_string(),
                website: tenant.contact.website.to_string(),
            },
            policies: PoliciesSent {
                free_until_minutes: policies.free_until_minutes,
                late_fee_percent: policies.late_fee_percent,
                no_show_percent: policies.no_show_percent,
                notice_minutes: policies.notice_minutes,
                horizon_days: policies.horizon_days,
                hold_minutes: policies.hold_minutes,
                offer_minutes: policies.offer_minutes,
                proposal_minutes: policies.proposal_minutes,
                reminder_minutes: policies.reminder_minutes,
                notes: policies.notes,
            },
            allowed_origins: tenant.allowed_origins.clone(),
            limits: LimitsSent {
                messages_per_hour: limits.messages_per_hour,
                messages_per_minute_and_ip: limits.messages_per_minute_and_ip,
                spend_per_month_micro_usd: limits.spend_per_month_micro_usd,
            },
            assistant: AssistantSent {
                model: tenant.assistant.model.to_string(),
                max_tokens: tenant.assistant.max_tokens,
                temperature_percent: tenant.assistant.temperature_hundredths.map(u32::from),
            },
            stripe_account: tenant.stripe_account.as_ref().map(ToString::to_string),
        }
    }
}

impl Sent {
    /// As a draft; whether the tenant is suspended is not for its owner to say.
    fn draft(self, suspended: bool) -> TenantDraft {
        let Self { contact, policies, limits, assistant, .. } = self;
        TenantDraft {
            name: self.name,
            tone: self.tone,
            timezone: self.timezone,
            currency: self.currency,
            locale: self.locale,
            owner_email: self.owner_email,
            contact: ContactDraft { address: contact.address, phone: contact.phone, website: contact.website },
            policies: PoliciesDraft {
                free_until_minutes: policies.free_until_minutes,
                late_fee_percent: policies.late_fee_percent,
                no_show_percent: policies.no_show_percent,
                notice_minutes: policies.notice_minutes,
                horizon_days: policies.horizon_days,
                hold_minutes: policies.hold_minutes,
                offer_minutes: policies.offer_minutes,
                proposal_minutes: policies.proposal_minutes,
                reminder_minutes: policies.reminder_minutes,
                notes: policies.notes,
            },
            allowed_origins: self.allowed_origins,
            limits: LimitsDraft {
                messages_per_hour: limits.messages_per_hour,
                messages_per_minute_and_ip: limits.messages_per_minute_and_ip,
                spend_per_month_micro_usd: limits.spend_per_month_micro_usd,
            },
            assistant: AssistantDraft {
                model: assistant.model,
                max_tokens: assistant.max_tokens,
                temperature_percent: assistant.temperature_percent,
            },
            stripe_account: self.stripe_account,
            suspended,
        }
    }
}

impl From<&Tenant> for Shown {
    fn from(tenant: &Tenant) -> Self {
        let (id, version) = (tenant.id.to_string(), tenant.version);
        Self { id, profile: tenant.into(), suspended: tenant.suspended, version }
    }
}

fn timezone(tenant: &Tenant) -> String {
    tenant.timezone.iana_name().unwrap_or("UTC").to_owned()
}

pub(crate) async fn me(call: &Call<'_>) -> Result<Response<Body>, ApiError> {
    let (person, business) = (&call.person, call.business().await?);
    ok(&Me {
        subject: person.subject.to_string(),
        email: person.email.as_ref().map(ToString::to_string),
        role: match person.role {
            Role::Owner => "owner",
            Role::Agent => "agent",
            Role::Platform => "platform",
        },
        tenant_id: call.tenant.to_string(),
        business_name: business.tenant.name.to_string(),
        timezone: timezone(&business.tenant),
        currency: business.tenant.currency.to_string(),
        locale: business.tenant.locale.to_string(),
    })
}

pub(crate) async fn show(call: &Call<'_>) -> Result<Response<Body>, ApiError> {
    ok(&Shown::from(&call.business().await?.tenant))
}

pub(crate) async fn change(call: &Call<'_>) -> Result<Response<Body>, ApiError> {
    call.demand_owner()?;
    let business = call.business().await?;
    let before = &business.tenant;
    let version = call.based_on(before.version)?;
    let sent: Sent = merged(call.request, &Sent::from(before))?;
    let draft = sent.draft(before.suspended);
    let tenant = business::change(call.deps(), call.tenant, version, &draft).await.map_err(refused)?;
    ok(&Shown::from(&tenant))
}
