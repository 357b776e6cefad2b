//! CloudFormation's YAML as plain JSON: its short forms become the long ones they stand for.

use serde_json::{Map, Value as Json};
use serde_yaml_ng::Value as Yaml;

/// Parses `text`.
pub(super) fn parse(text: &str) -> Result<Json, serde_yaml_ng::Error> {
    Ok(plain(serde_yaml_ng::from_str(text)?))
}

fn plain(yaml: Yaml) -> Json {
    match yaml {
        Yaml::Null => Json::Null,
        Yaml::Bool(value) => Json::Bool(value),
        Yaml::Number(number) => {
            number.as_i64().map(Json::from).or_else(|| number.as_f64().map(Json::from)).unwrap_or_default()
        }
        Yaml::String(text) => Json::String(text),
        Yaml::Sequence(items) => items.into_iter().map(plain).collect(),
        Yaml::Mapping(entries) => {
            Json::Object(entries.into_iter().map(|(key, value)| (word(&key), plain(value))).collect())
        }
        Yaml::Tagged(tagged) => {
            let tag = tagged.tag.to_string();
            let name = tag.trim_start_matches('!');
            let long = if matches!(name, "Ref" | "Condition") { name.to_owned() } else { format!("Fn::{name}") };
            Json::Object(Map::from_iter([(long, plain(tagged.value))]))
        }
    }
}

/// A key; CloudFormation has only strings, YAML reads some of them as numbers.
fn word(key: &Yaml) -> String {
    match key {
        Yaml::String(text) => text.clone(),
        Yaml::Number(number) => number.to_string(),
        Yaml::Bool(value) => value.to_string(),
        _ => String::new(),
    }
}

/// The resource that `value` points to with `Ref` or `GetAtt`.
pub(super) fn reference(value: &Json) -> Option<&str> {
    if let Some(name) = value["Ref"].as_str() {
        return Some(name);
    }
    match &value["Fn::GetAtt"] {
        Json::String(path) => path.split('.').next(),
        path => path[0].as_str(),
    }
}
