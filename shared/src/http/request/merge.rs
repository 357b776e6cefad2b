//! A change of a part: JSON Merge Patch (RFC 7396) over what is there.

use lambda_http::Request;
use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::{Map, Value};

use crate::http::problem::ApiError;

/// `current` with the changes of the body, as a whole `T`: `null` takes a member away, an object changes a
/// part of one, all else replaces. What is unknown is refused when `T` says `deny_unknown_fields`.
///
/// # Errors
///
/// As [`super::json()`].
pub fn merged<T: DeserializeOwned>(request: &Request, current: &impl Serialize) -> Result<T, ApiError> {
    let changes: Map<String, Value> = super::json(request)?;
    let mut whole = serde_json::to_value(current).map_err(ApiError::internal)?;
    merge(&mut whole, Value::Object(changes));
    let whole = serde_json::to_vec(&whole).map_err(ApiError::internal)?;
    super::json::parse(&whole)
}

fn merge(target: &mut Value, patch: Value) {
    let Value::Object(patch) = patch else {
        *target = patch;
        return;
    };
    if !target.is_object() {
        *target = Value::Object(Map::new());
    }
    let Value::Object(members) = target else { return };
    for (name, change) in patch {
        if change.is_null() {
            members.remove(&name);
        } else {
            merge(members.entry(name).or_insert(Value::Null), change);
        }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    /// The cases of RFC 7396, appendix A, that an object's change can bring.
    #[test]
    fn a_patch_changes_what_it_names_and_nothing_else() {
        for (mut target, patch, result) in [
            (json!({ "a": "b" }), json!({ "a": "c" }), json!({ "a": "c" })),
            (json!({ "a": "b" }), json!({ "b": "c" }), json!({ "a": "b", "b": "c" })),
            (json!({ "a": "b", "b": "c" }), json!({ "a": null }), json!({ "b": "c" })),
            (json!({ "a": ["b"] }), json!({ "a": "c" }), json!({ "a": "c" })),
            (json!({ "a": { "b": "c" } }), json!({ "a": { "b": "d", "c": null } }), json!({ "a": { "b": "d" } })),
            (json!({ "a": [{ "b": "c" }] }), json!({ "a": [1] }), json!({ "a": [1] })),
            (json!({}), json!({ "a": { "bb": { "ccc": null } } }), json!({ "a": { "bb": {} } })),
        ] {
            merge(&mut target, patch.clone());
            assert_eq!(target, result, "{patch}");
        }
    }
}
