//! Nothing is left over: what was begun came to an end, and nothing was given up.

use super::{Evidence, Fault};

/// Checks it.
#[must_use]
pub fn check(evidence: &Evidence) -> Vec<Fault> {
    // What was made not to fit may end before a person.
    let left = evidence.left.iter().filter(|what| !evidence.odd.keys().any(|odd| what.contains(odd)));
    left.map(|what| Fault::new("nothing is left over", id_in(what), what.clone())).collect()
}

/// The booking that a message names, if it names one.
fn id_in(message: &str) -> String {
    let mut words = message.split(|c: char| !c.is_ascii_alphanumeric());
    words.rfind(|word| word.len() == 26).unwrap_or_default().to_owned()
}
