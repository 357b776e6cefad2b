//! Fields: what is wrong with a draft, and where, so that its author can be told all of it at once.
//!
//! Decides nothing about any value; the nouns do, and name the field by its JSON pointer (RFC 6901).

use std::fmt;

use thiserror::Error;

/// One value of a draft that its noun refuses.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
#[error("{pointer}: {detail}")]
pub struct InvalidField {
    /// Where it is, as `/resources/0`.
    pub pointer: String,
    /// What kind of fault it is, for programs: `invalid`, `out_of_range`, `required`, …
    pub code: &'static str,
    /// The same for people.
    pub detail: String,
}

impl InvalidField {
    /// Says that the value at `pointer` is refused.
    #[must_use]
    pub fn new(pointer: impl Into<String>, code: &'static str, detail: impl fmt::Display) -> Self {
        Self { pointer: pointer.into(), code, detail: detail.to_string() }
    }
}

/// All that is wrong with a draft; never empty once it is an error.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
#[error("{} field(s) of the draft are refused", .0.len())]
pub struct InvalidDraft(pub Vec<InvalidField>);

/// Collects faults while a draft is read.
#[derive(Debug, Default)]
pub struct Faults(Vec<InvalidField>);

impl Faults {
    /// Notes one fault.
    pub fn add(&mut self, pointer: impl Into<String>, code: &'static str, detail: impl fmt::Display) {
        self.0.push(InvalidField::new(pointer, code, detail));
    }

    /// The value, or `None` after its parser's refusal is noted as `invalid`.
    pub fn parsed<T, E: fmt::Display>(&mut self, pointer: impl Into<String>, parsed: Result<T, E>) -> Option<T> {
        parsed.map_err(|refusal| self.add(pointer, "invalid", refusal)).ok()
    }

    /// Notes `out_of_range` unless `least <= value <= most`.
    pub fn bounded(&mut self, pointer: impl Into<String>, value: u64, (least, most): (u64, u64)) {
        if value < least || most < value {
            self.add(pointer, "out_of_range", format_args!("must be from {least} to {most}"));
        }
    }

    /// `made` when nothing was noted, else all faults.
    ///
    /// # Errors
    ///
    /// [`InvalidDraft`] with every fault in the order it was noted.
    pub fn settle<T>(self, made: Option<T>) -> Result<T, InvalidDraft> {
        match made {
            Some(made) if self.0.is_empty() => Ok(made),
            _ => Err(InvalidDraft(self.0)),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_fault_is_told_and_one_is_enough_to_refuse() {
        let mut faults = Faults::default();
        faults.bounded("/capacity", 500, (1, 500));
        faults.bounded("/depositPercent", 101, (1, 100));
        assert_eq!(faults.parsed("/kind", "x".parse::<u8>()), None);
        let InvalidDraft(told) = faults.settle(Some(())).unwrap_err();
        assert_eq!(told.iter().map(|f| f.pointer.as_str()).collect::<Vec<_>>(), ["/depositPercent", "/kind"]);
        assert_eq!(Faults::default().settle(Some(7)), Ok(7));
    }
}
