//! A tenant: a business that uses Frontdesk, and the settings that the rules read.

pub mod draft;

use std::time::Duration;

use jiff::tz::TimeZone;

use super::address::Email;
use super::cancellation::Cancellation;
use super::id::TenantId;
use super::money::{Currency, MicroUsd};
use super::reminder::Reminders;
use super::text::{Line, Note};

/// A business: its profile, policies and limits.
#[derive(Debug, Clone, PartialEq)]
pub struct Tenant {
    /// Its id: the beginning of every key.
    pub id: TenantId,
    /// Its name, as its customers know it.
    pub name: Line<120>,
    /// How the assistant should sound, as `warm and brief`.
    pub tone: Line<200>,
    /// Its IANA time zone: the one that "tomorrow at ten" is meant in.
    pub timezone: TimeZone,
    /// What its prices are in.
    pub currency: Currency,
    /// Language of its texts where the visitor's is unknown, as `en`.
    pub locale: Line<35>,
    /// Where its notices go.
    pub owner_email: Email,
    /// How its customers reach it.
    pub contact: Contact,
    /// What it grants and asks of customers.
    pub policies: Policies,
    /// Sites that may embed its widget, as `https://shop.example`.
    pub allowed_origins: Vec<String>,
    /// What its visitors may use up.
    pub limits: Limits,
    /// The assistant's settings.
    pub assistant: AssistantSettings,
    /// Its own Stripe account (Connect), as `acct_…`; none: the deployment's.
    pub stripe_account: Option<Line<64>>,
    /// A suspended tenant's key opens nothing.
    pub suspended: bool,
    /// Rises with each change of the profile; what `If-Match` compares.
    pub version: u64,
}

/// How customers reach a business.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Contact {
    /// Street and city.
    pub address: Note<300>,
    /// Telephone, as people write it.
    pub phone: Note<40>,
    /// Web address.
    pub website: Note<200>,
}

/// What a business grants and asks of customers.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Policies {
    /// Calling off is free until this long before the start; a package may say otherwise, here and in the
    /// next two.
    pub free_until: Duration,
    /// After that, this share of the price is kept, in percent (0–100).
    pub late_fee_percent: u8,
    /// When the customer does not come, this share of the price is kept, in percent (0–100).
    pub no_show_percent: u8,
    /// How soon before its start a slot can still be booked.
    pub notice: Duration,
    /// How many days ahead can be booked.
    pub horizon_days: u16,
    /// How long an unpaid booking holds its slot; Stripe's Checkout allows 30 min to 24 h.
    pub hold: Duration,
    /// How long a slot that came free is offered to the first on the waitlist.
    pub offer: Duration,
    /// How long a proposal can be confirmed.
    pub proposal_life: Duration,
    /// How long before the start customers are reminded of a booking made from now on.
    pub reminders: Reminders,
    /// Whatever else customers should know, in the owner's words.
    pub notes: Note<2000>,
}

/// What visitors of a tenant may use up.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Limits {
    /// Messages an hour, all visitors together.
    pub messages_per_hour: u32,
    /// Messages a minute from one IP address.
    pub messages_per_minute_and_ip: u32,
    /// What the assistant may cost in a calendar month (UTC).
    pub spend_per_month: MicroUsd,
}

/// The assistant's settings.
#[derive(Debug, Clone, PartialEq)]
pub struct AssistantSettings {
    /// Claude model, as `claude-haiku-4-5`.
    pub model: Line<64>,
    /// The most tokens of one model answer.
    pub max_tokens: u32,
    /// Sampling temperature in hundredths (0–100); left out where the model refuses it.
    pub temperature_hundredths: Option<u8>,
}

impl Policies {
    /// On what terms bookings are called off, where their package does not say otherwise.
    #[must_use]
    pub const fn cancellation(&self) -> Cancellation {
        Cancellation {
            free_until: self.free_until,
            late_fee_percent: self.late_fee_percent,
            no_show_percent: self.no_show_percent,
        }
    }
}

impl Default for Policies {
    fn default() -> Self {
        Self {
            free_until: Duration::from_hours(24),
            late_fee_percent: 50,
            no_show_percent: 100,
            notice: Duration::from_hours(2),
            horizon_days: 90,
            hold: Duration::from_mins(30),
            offer: Duration::from_mins(30),
            proposal_life: Duration::from_mins(30),
            reminders: Reminders::default(),
            notes: Note::default(),
        }
    }
}

impl Default for Limits {
    fn default() -> Self {
        Self { messages_per_hour: 500, messages_per_minute_and_ip: 20, spend_per_month: MicroUsd::new(50_000_000) }
    }
}
