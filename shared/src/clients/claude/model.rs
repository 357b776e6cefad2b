//! What each model takes and refuses.

/// How much a model that thinks by itself is asked to: a visitor waits for the first word.
const EFFORT: &str = "low";

/// The differences between models that a request must respect.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Traits {
    /// Claims that it takes a temperature; others answer 400 to one.
    pub(super) takes_temperature: bool,
    /// The effort to ask for; `None` for models that know no such setting.
    pub(super) effort: Option<&'static str>,
}

impl Traits {
    /// The traits of `model`. An unknown one gets the smallest request, which every model takes.
    pub(super) fn of(model: &str) -> Self {
        let is = |name: &str| model.strip_prefix(name).is_some_and(is_snapshot);
        let takes_temperature = is("claude-haiku-4-5") || is("claude-sonnet-4");
        let thinks = is("claude-haiku-5-5") || is("claude-sonnet-5-5");
        Self { takes_temperature, effort: thinks.then_some(EFFORT) }
    }
}

/// Claims that `rest` of a model's name is nothing or the date of a snapshot, as `-20251001`.
fn is_snapshot(rest: &str) -> bool {
    rest.is_empty()
        || rest.strip_prefix('-').is_some_and(|date| date.len() == 8 && date.bytes().all(|b| b.is_ascii_digit()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_older_models_take_a_temperature_and_only_newer_ones_an_effort() {
        for (model, takes_temperature, effort) in [
            ("claude-haiku-4-5", true, None),
            ("claude-haiku-4-5-20251001", true, None),
            ("claude-sonnet-4-20250514", true, None),
            ("claude-sonnet-4-9", false, None),
            ("claude-haiku-5-5", false, Some("low")),
            ("claude-sonnet-5-5", false, Some("low")),
            ("claude-future-9", false, None),
        ] {
            assert_eq!(Traits::of(model), Traits { takes_temperature, effort }, "{model}");
        }
    }
}
