//! Form bodies with nested brackets, as Stripe reads them.
//!
//! A body stays flat (`line_items[0][quantity]` → `1`): that is the canonical form in which two
//! bodies are the same request whatever the order of their pairs. It never guesses a type.

use std::collections::BTreeMap;

use super::refusal::Refusal;

/// What a request may say: each path, its indexes as `[]` and the keys of a map as `[*]`.
pub(super) type Allowed = &'static [&'static str];

/// One decoded body.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Form(BTreeMap<String, String>);

impl Form {
    /// Decodes `body`, refusing every parameter that is not `allowed`, as Stripe does.
    pub(super) fn parse(body: &[u8], allowed: Allowed) -> Result<Self, Refusal> {
        let pairs: BTreeMap<String, String> = url::form_urlencoded::parse(body).into_owned().collect();
        for path in pairs.keys() {
            if !allowed.contains(&shape(path, allowed).as_str()) {
                let name = path.split('[').next().unwrap_or(path);
                return Err(Refusal::unknown_parameter(name));
            }
        }
        Ok(Self(pairs))
    }

    /// The value at `path`, unless it is absent or empty.
    pub(super) fn find(&self, path: &str) -> Option<&str> {
        self.0.get(path).map(String::as_str).filter(|value| !value.is_empty())
    }

    /// The value at `path`, which Stripe demands.
    pub(super) fn required(&self, path: &str) -> Result<&str, Refusal> {
        self.find(path).ok_or_else(|| Refusal::missing(path))
    }

    /// The whole number at `path`.
    pub(super) fn find_integer(&self, path: &str) -> Result<Option<i64>, Refusal> {
        self.find(path)
            .map(|text| text.parse().map_err(|_| Refusal::invalid(path, format!("Invalid integer: {text}"))))
            .transpose()
    }

    /// The map at `path`, within Stripe's limits for metadata.
    pub(super) fn metadata(&self, path: &str) -> Result<BTreeMap<String, String>, Refusal> {
        let mut metadata = BTreeMap::new();
        for (at, value) in &self.0 {
            let key = at.strip_prefix(path).and_then(|rest| rest.strip_prefix('['));
            let Some(key) = key.and_then(|rest| rest.strip_suffix(']')) else { continue };
            if key.chars().count() > 40 {
                return Err(Refusal::invalid(path, "Metadata keys must be at most 40 characters"));
            }
            if value.chars().count() > 500 {
                return Err(Refusal::invalid(path, "Metadata values must be at most 500 characters"));
            }
            metadata.insert(key.to_owned(), value.clone());
        }
        if metadata.len() > 50 {
            return Err(Refusal::invalid(path, "Metadata can have at most 50 keys"));
        }
        Ok(metadata)
    }

    /// Whether anything is said below `path`.
    pub(super) fn has(&self, path: &str) -> bool {
        let below = format!("{path}[");
        self.0.keys().any(|at| at.starts_with(&below))
    }
}

/// `path` with its indexes and map keys replaced, to be compared with what is allowed.
fn shape(path: &str, allowed: Allowed) -> String {
    let indexed: String = path
        .split_inclusive(']')
        .map(|part| match part.rsplit_once('[') {
            Some((before, key)) if key.trim_end_matches(']').parse::<u32>().is_ok() => {
                format!("{before}[]")
            }
            _ => part.to_owned(),
        })
        .collect();
    match indexed.rfind('[') {
        Some(at) if !allowed.contains(&indexed.as_str()) => {
            let map = indexed.get(..at).unwrap_or_default();
            format!("{map}[*]")
        }
        _ => indexed,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const ALLOWED: Allowed = &["mode", "items[][price][amount]", "data[metadata][*]", "metadata[*]"];

    #[test]
    fn brackets_nest_whether_or_not_they_are_escaped() {
        let form = Form::parse(b"items[0][price][amount]=5&data%5Bmetadata%5D%5Ba%5D=b+c", ALLOWED);
        let form = form.unwrap();
        assert_eq!(form.find_integer("items[0][price][amount]").unwrap(), Some(5));
        assert_eq!(form.metadata("data[metadata]").unwrap(), [("a".into(), "b c".into())].into());
        assert!(form.metadata("metadata").unwrap().is_empty());
    }

    #[test]
    fn the_order_of_pairs_does_not_matter() {
        let one = Form::parse(b"mode=payment&metadata[a]=1&metadata[b]=2", ALLOWED).unwrap();
        let other = Form::parse(b"metadata[b]=2&metadata[a]=1&mode=payment", ALLOWED).unwrap();
        assert_eq!(one, other);
    }

    #[test]
    fn an_unknown_parameter_is_refused_by_its_first_name() {
        let refusal = Form::parse(b"itemz[0][price]=1", ALLOWED).unwrap_err();
        assert_eq!(refusal.body()["error"]["code"], "parameter_unknown");
        assert_eq!(refusal.body()["error"]["param"], "itemz");
    }

    #[test]
    fn metadata_has_stripes_limits() {
        let longest = |chars: usize| format!("metadata[k]={}", "v".repeat(chars));
        let read = |body: String| Form::parse(body.as_bytes(), ALLOWED).unwrap().metadata("metadata");
        assert!(read(longest(500)).is_ok());
        assert!(read(longest(501)).is_err());
    }
}
