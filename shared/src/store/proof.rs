//! Proofs: the open challenge and what was proven, both on `~META` of their conversation.

use aws_sdk_dynamodb::types::AttributeValue;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::Store;
use super::error::{StoreError, corrupt};
use super::expression::Update;
use super::key::Key;
use super::row::{at, ms, parse};
use super::table::{Action, Written};
use crate::domain::code::Challenge;
use crate::domain::event::Event;
use crate::domain::id::{ConversationId, TenantId};
use crate::domain::proof::Proof;
use crate::ports::trace;

const WHAT: &str = "proof";

/// The stored form. Renaming a field here is a migration.
#[derive(Serialize, Deserialize)]
pub(super) struct ChallengeRow {
    email: String,
    nonce: String,
    sent_at: i64,
    tries: u32,
}

impl From<&Challenge> for ChallengeRow {
    fn from(challenge: &Challenge) -> Self {
        Self {
            email: challenge.email.to_string(),
            nonce: u128::from_be_bytes(challenge.nonce).to_string(),
            sent_at: ms(challenge.sent_at),
            tries: challenge.tries,
        }
    }
}

impl TryFrom<ChallengeRow> for Challenge {
    type Error = StoreError;

    fn try_from(row: ChallengeRow) -> Result<Self, StoreError> {
        let nonce: u128 = parse(&row.nonce, WHAT)?;
        let email = parse(&row.email, WHAT)?;
        Ok(Self { email, nonce: nonce.to_be_bytes(), sent_at: at(row.sent_at, WHAT)?, tries: row.tries })
    }
}

impl Store {
    /// Replaces the open challenge by a new one, in one transaction with the event that mails its code.
    ///
    /// # Errors
    ///
    /// As every write: [`StoreError`].
    pub async fn ask_for_proof(
        &self,
        tenant: TenantId,
        id: ConversationId,
        challenge: &Challenge,
        event: &Event,
    ) -> Result<(), StoreError> {
        let actions = vec![self.asking(tenant, id, challenge)?, self.announcing(event)?];
        self.conversations.transact(actions).await?;
        trace::announced(event);
        Ok(())
    }

    fn asking(&self, tenant: TenantId, id: ConversationId, challenge: &Challenge) -> Result<Action, StoreError> {
        let row = value_of(challenge)?;
        self.conversations.updating(
            Update::new(Key::meta(tenant, id))
                .set("challenge", row)
                .set("active_at", ms(challenge.sent_at))
                .when_present("pk"),
        )
    }

    /// Counts a wrong answer to `challenge`; false when another answer came in between.
    ///
    /// # Errors
    ///
    /// As every write: [`StoreError`].
    pub async fn count_try(
        &self,
        tenant: TenantId,
        id: ConversationId,
        challenge: &Challenge,
    ) -> Result<bool, StoreError> {
        let tried = Challenge { tries: challenge.tries + 1, ..challenge.clone() };
        self.move_challenge(tenant, id, challenge, Some(&tried), None).await
    }

    /// Settles `challenge`: its address is proven from now on, in place of whatever was before; false when
    /// another answer came in between.
    ///
    /// # Errors
    ///
    /// As every write: [`StoreError`].
    pub async fn prove(
        &self,
        tenant: TenantId,
        id: ConversationId,
        challenge: &Challenge,
        now: Timestamp,
    ) -> Result<bool, StoreError> {
        self.move_challenge(tenant, id, challenge, None, Some(now)).await
    }

    /// Keeps `proof` in place of whatever was proven before, unless that opens as much: a mailed code may have
    /// been answered meanwhile. Repeating it changes nothing.
    ///
    /// # Errors
    ///
    /// As every write: [`StoreError`].
    pub async fn keep_proof(
        &self,
        tenant: TenantId,
        id: ConversationId,
        proof: &Proof,
        now: Timestamp,
    ) -> Result<(), StoreError> {
        let mut update = Update::new(Key::meta(tenant, id)).set("active_at", ms(now)).when_present("pk");
        if proof.only().is_some() {
            let email = proof.email().as_str();
            update = update.when_so(|terms| {
                let (proven, only, email) = (terms.name("proven"), terms.name("proven_booking"), terms.value(email));
                format!("(attribute_not_exists({proven}) OR {proven} <> {email} OR attribute_exists({only}))")
            });
        }
        self.conversations.update(&proving(update, proof)).await?;
        Ok(())
    }

    async fn move_challenge(
        &self,
        tenant: TenantId,
        id: ConversationId,
        from: &Challenge,
        to: Option<&Challenge>,
        proven_at: Option<Timestamp>,
    ) -> Result<bool, StoreError> {
        let mut update = Update::new(Key::meta(tenant, id))
            .set_or_remove("challenge", to.map(value_of).transpose()?)
            .when("challenge", "=", value_of(from)?);
        if let Some(now) = proven_at {
            update = proving(update, &Proof::of_address(from.email.clone())).set("active_at", ms(now));
        }
        Ok(matches!(self.conversations.update(&update).await?, Written::Done(_)))
    }
}

/// What a conversation's row says was proven.
pub(super) fn proof_of(email: Option<&str>, only: Option<&str>) -> Result<Option<Proof>, StoreError> {
    let only = only.map(|id| parse(id, WHAT)).transpose()?;
    email.map(|email| Ok(Proof::stored(parse(email, WHAT)?, only))).transpose()
}

/// What proving changes of a conversation.
pub(super) fn proving(update: Update, proof: &Proof) -> Update {
    let only = proof.only().map(|id| id.to_string());
    update.set("proven", proof.email().as_str()).set_or_remove("proven_booking", only)
}

/// A challenge as an attribute.
pub(super) fn value_of(challenge: &Challenge) -> Result<AttributeValue, StoreError> {
    serde_dynamo::to_attribute_value(ChallengeRow::from(challenge)).map_err(corrupt(WHAT))
}
