//! `Idempotency-Key`: the same request gets the same answer, another request under its key none.
//!
//! It never decides which answers are worth keeping; the caller says so.

use std::collections::BTreeMap;

use serde_json::Value;

use super::form::Form;
use super::refusal::Refusal;

/// How long Stripe remembers a key, in seconds.
const REMEMBERED_SECONDS: i64 = 24 * 60 * 60;

/// A key in its scope: the account it was used for, and the key itself.
pub(super) type Key = (Option<String>, String);

/// The answers given so far.
#[derive(Debug, Default)]
pub(super) struct Answers(BTreeMap<Key, Answer>);

#[derive(Debug)]
struct Answer {
    path: String,
    form: Form,
    body: Value,
    given_at: i64,
}

impl Answers {
    /// The answer that was given under `key`, if the request is the same.
    pub(super) fn find(&mut self, key: &Key, path: &str, form: &Form, now: i64) -> Result<Option<Value>, Refusal> {
        self.0.retain(|_, answer| now - answer.given_at < REMEMBERED_SECONDS);
        let Some(answer) = self.0.get(key) else { return Ok(None) };
        if answer.path != path {
            return Err(Refusal::idempotency(format!(
                "Keys for idempotent requests can only be used for the same endpoint they were \
                 first used for ('{}' vs '{path}'). Try using a key other than '{}' if you meant \
                 to execute a different request.",
                answer.path, key.1
            )));
        }
        if answer.form != *form {
            return Err(Refusal::idempotency(format!(
                "Keys for idempotent requests can only be used with the same parameters they were \
                 first used with. Try using a key other than '{}' if you meant to execute a \
                 different request.",
                key.1
            )));
        }
        Ok(Some(answer.body.clone()))
    }

    /// Keeps an answer for the next time.
    pub(super) fn keep(&mut self, key: Key, path: &str, form: Form, body: Value, now: i64) {
        let answer = Answer { path: path.to_owned(), form, body, given_at: now };
        self.0.entry(key).or_insert(answer);
    }
}
