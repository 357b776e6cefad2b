//! A JSON body as a type, or the field that is not as it should be.
//!
//! What the caller sent is never repeated in a problem, apart from the names of fields.

use serde::de::DeserializeOwned;
use serde_json::error::Category;
use serde_path_to_error::{Path, Segment};

use crate::domain::text::{cut, visible};
use crate::http::problem::ApiError;

/// The longest name of a field that a problem repeats.
const MAX_NAME_CHARS: usize = 64;

/// Parses all of `bytes`. Bodies are objects; serde alone would take an array of the fields in order, too.
pub(super) fn parse<T: DeserializeOwned>(bytes: &[u8]) -> Result<T, ApiError> {
    if bytes.trim_ascii_start().first() != Some(&b'{') {
        return Err(ApiError::malformed("The body must be a JSON object."));
    }
    let mut json = serde_json::Deserializer::from_slice(bytes);
    let value = serde_path_to_error::deserialize(&mut json).map_err(refused)?;
    json.end().map_err(|_| ApiError::malformed("The body has something behind its JSON value."))?;
    Ok(value)
}

fn refused(error: serde_path_to_error::Error<serde_json::Error>) -> ApiError {
    if error.inner().classify() != Category::Data {
        return ApiError::malformed("The body is not valid JSON.");
    }
    let said = error.inner().to_string();
    let mut pointer = pointer(error.path());
    let (code, detail) =
        match said.split_once('`').and_then(|(before, rest)| Some((before.trim(), rest.split_once('`')?.0))) {
            Some(("unknown field", name)) => {
                push(&mut pointer, name);
                ("unknown_field", "This field is not known here.".to_owned())
            }
            Some(("missing field", name)) => {
                push(&mut pointer, name);
                ("missing_field", "This field is needed.".to_owned())
            }
            Some(("duplicate field", name)) => {
                push(&mut pointer, name);
                ("duplicate_field", "This field is there twice.".to_owned())
            }
            _ if said.starts_with("invalid type") => ("invalid_type", wanted(&said)),
            _ => ("invalid_value", wanted(&said)),
        };
    ApiError::invalid_field(&pointer, code, detail)
}

/// What was expected, without what was sent: serde says `invalid type: string "…", expected u8 at line 1 column 9`.
fn wanted(said: &str) -> String {
    let expected = said.rsplit_once(", expected ").map(|(_, expected)| expected);
    match expected.and_then(|expected| expected.rsplit_once(" at line ")) {
        Some((expected, _)) if expected.starts_with("struct ") => "Expected an object.".to_owned(),
        Some((expected, _)) => format!("Expected {expected}."),
        None => "This value is not valid.".to_owned(),
    }
}

fn pointer(path: &Path) -> String {
    let mut pointer = String::new();
    for segment in path {
        match segment {
            Segment::Map { key } => push(&mut pointer, key),
            Segment::Seq { index } => push(&mut pointer, &index.to_string()),
            Segment::Enum { .. } | Segment::Unknown => {}
        }
    }
    pointer
}

/// Appends one reference token, escaped as RFC 6901 wants it. A name that is already the last is not repeated.
fn push(pointer: &mut String, name: &str) {
    let name = visible(cut(name, MAX_NAME_CHARS)).replace('~', "~0").replace('/', "~1");
    if pointer.rsplit('/').next() != Some(name.as_str()) {
        pointer.push('/');
        pointer.push_str(&name);
    }
}
