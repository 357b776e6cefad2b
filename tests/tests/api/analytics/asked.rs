//! What was asked most, counted from raw rows by a table that people wrote: which sentences of the recording ask the
//! same. It shares no code with what it checks, and a sentence that is not in it fails the test.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value;

use super::cast::{BARE, DOG, FREE_OF_CHARGE};

/// Sentences that ask the same; those that ask nothing are in the last.
const SAME: [&[&str]; 12] = [
    &["Are you open on Saturdays?", "are you open on saturday"],
    &["How much is a portrait session?", "How much is a portrait session for three?"],
    &["Do you have parking?", "is there PARKING??"],
    &["¿Abren los sábados?"],
    &["¿Cuánto cuesta una sesión de retratos?"],
    &["Habt ihr samstags geöffnet?"],
    &["Was kostet ein Porträt?"],
    &["Êtes-vous ouverts le samedi ?"],
    &["Combien coûte une séance de portrait ?"],
    &[DOG],
    &[FREE_OF_CHARGE],
    &["What is free?"],
];

/// What is said in the recording and asks for a person, or nothing.
const PERSON: &str = "I want to talk to a person";
const NO_QUESTION: [&str; 2] = ["I take it.", BARE];

/// How often each was asked, and in which conversations.
#[derive(Debug, Default)]
pub(super) struct Asked(BTreeMap<usize, (u64, BTreeSet<String>)>);

impl Asked {
    /// Counts a message of a conversation that was no attack.
    pub(super) fn count(&mut self, said: &str, conversation: &str) {
        if NO_QUESTION.contains(&said) {
            return;
        }
        let known = SAME.iter().position(|same| same.contains(&said)).or((said == PERSON).then_some(SAME.len()));
        let group = known.unwrap_or_else(|| panic!("{said:?} is in no group"));
        let (count, conversations) = self.0.entry(group).or_default();
        *count += 1;
        conversations.insert(conversation.to_owned());
    }

    /// Demands that `told` are the ten that were asked most, each as often as it was and in words that tell of nobody.
    pub(super) fn demand_equal(&self, told: &Value) {
        let told = told.as_array().unwrap();
        let mut counts: Vec<u64> = self.0.values().filter(|(_, by)| 1 < by.len()).map(|(count, _)| *count).collect();
        counts.sort_unstable_by(|a, b| b.cmp(a));
        counts.truncate(10);
        assert_eq!(told.iter().map(|top| top["count"].as_u64().unwrap()).collect::<Vec<_>>(), counts, "{told:?}");
        let mut seen = BTreeSet::new();
        for top in told {
            let question = top["question"].as_str().unwrap();
            let is_of = |same: &&[&str]| same.iter().any(|said| said.contains(question));
            let group = SAME.iter().position(is_of).unwrap_or(SAME.len());
            assert!(seen.insert(group), "{question} is told twice");
            assert_eq!(top["count"].as_u64(), Some(self.0[&group].0), "{question}");
            for canary in ["Lee", "@", "example", "170", "1234567"] {
                assert!(!question.contains(canary), "{question}");
            }
        }
    }
}
