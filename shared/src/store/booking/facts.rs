//! What Stripe has told of a booking, inside the booking's row.

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};

use super::super::error::{StoreError, corrupt};
use super::super::row::{at, money, ms};
use crate::domain::payment::{Claim, Foreign, Payment, PaymentFacts, SessionFacts};

const WHAT: &str = "payment fact";

/// The stored form. Renaming a field here is a migration.
#[derive(Default, Serialize, Deserialize)]
pub(super) struct FactsRow {
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    sessions: BTreeMap<String, SessionRow>,
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    payments: BTreeMap<String, PaymentRow>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    foreign: Vec<String>,
}

#[derive(Serialize, Deserialize)]
struct SessionRow {
    unpaid: bool,
    failed: bool,
    expired: bool,
}

#[derive(Serialize, Deserialize)]
struct PaymentRow {
    claims: Vec<ClaimRow>,
    /// Minor units.
    refunded: i64,
    /// Minor units.
    #[serde(default)]
    asked: i64,
    disputed: bool,
}

#[derive(Serialize, Deserialize)]
struct ClaimRow {
    at: i64,
    minor: i64,
    currency: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    session: Option<String>,
}

impl From<&PaymentFacts> for FactsRow {
    fn from(facts: &PaymentFacts) -> Self {
        let session = |s: &SessionFacts| SessionRow { unpaid: s.is_unpaid, failed: s.is_failed, expired: s.is_expired };
        let claim = |c: &Claim| ClaimRow {
            at: ms(c.at),
            minor: c.amount.minor(),
            currency: c.amount.currency().to_string(),
            session: c.session.clone(),
        };
        let payment = |p: &Payment| PaymentRow {
            claims: p.claims.iter().map(claim).collect(),
            refunded: p.refunded_minor,
            asked: p.asked_minor,
            disputed: p.is_disputed,
        };
        let foreign = |f: &Foreign| match f {
            Foreign::Account => "account".to_owned(),
            Foreign::Mode => "mode".to_owned(),
        };
        Self {
            sessions: facts.sessions.iter().map(|(id, s)| (id.clone(), session(s))).collect(),
            payments: facts.payments.iter().map(|(id, p)| (id.clone(), payment(p))).collect(),
            foreign: facts.foreign.iter().map(foreign).collect(),
        }
    }
}

impl TryFrom<FactsRow> for PaymentFacts {
    type Error = StoreError;

    fn try_from(row: FactsRow) -> Result<Self, StoreError> {
        let session = |s: SessionRow| SessionFacts { is_unpaid: s.unpaid, is_failed: s.failed, is_expired: s.expired };
        let claim = |c: ClaimRow| {
            Ok(Claim { at: at(c.at, WHAT)?, amount: money(c.minor, &c.currency, WHAT)?, session: c.session })
        };
        let payment = |(id, p): (String, PaymentRow)| {
            let claims = p.claims.into_iter().map(claim).collect::<Result<BTreeSet<_>, StoreError>>()?;
            Ok((id, Payment { claims, refunded_minor: p.refunded, asked_minor: p.asked, is_disputed: p.disputed }))
        };
        let foreign = |word: String| match word.as_str() {
            "account" => Ok(Foreign::Account),
            "mode" => Ok(Foreign::Mode),
            _ => Err(corrupt(WHAT)("unknown difference")),
        };
        Ok(Self {
            sessions: row.sessions.into_iter().map(|(id, s)| (id, session(s))).collect(),
            payments: row.payments.into_iter().map(payment).collect::<Result<_, StoreError>>()?,
            foreign: row.foreign.into_iter().map(foreign).collect::<Result<_, StoreError>>()?,
        })
    }
}
