//! The template as data: resources, functions, triggers. Short-form intrinsics become `{"!Ref": …}`.

use std::path::{Path, PathBuf};

use serde_json::{Map, Value, json};
use serde_yaml_ng::Value as Yaml;

/// The template.
pub(super) struct Template(Value);

/// One `AWS::Serverless::Function`.
pub(super) struct Function<'a> {
    /// Its logical id.
    pub(super) id: &'a str,
    pub(super) properties: &'a Value,
}

/// One API trigger.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Route {
    pub(super) method: String,
    pub(super) path: String,
}

/// The root of the workspace.
pub(super) fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap().to_owned()
}

/// Reads one file of the project.
pub(super) fn read(path: impl AsRef<Path>) -> String {
    let path = root().join(path);
    std::fs::read_to_string(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}

impl Template {
    pub(super) fn load() -> Self {
        Self::parse(&read("template.yaml"))
    }

    /// The template with `from` replaced once by `to`, to see a promise broken.
    pub(super) fn broken(from: &str, to: &str) -> Self {
        let text = read("template.yaml");
        assert!(text.contains(from), "the template no longer has {from:?}");
        Self::parse(&text.replacen(from, to, 1))
    }

    fn parse(text: &str) -> Self {
        Self(plain(serde_yaml_ng::from_str(text).expect("template.yaml is YAML")))
    }

    pub(super) fn resources(&self) -> &Map<String, Value> {
        self.0["Resources"].as_object().expect("the template has resources")
    }

    pub(super) fn globals(&self) -> &Value {
        &self.0["Globals"]["Function"]
    }

    /// Resources of the type `kind`, with their logical ids.
    pub(super) fn of_type<'a>(&'a self, kind: &'a str) -> impl Iterator<Item = (&'a str, &'a Value)> {
        self.resources()
            .iter()
            .filter(move |(_, resource)| resource["Type"] == kind)
            .map(|(id, resource)| (id.as_str(), &resource["Properties"]))
    }

    pub(super) fn functions(&self) -> Vec<Function<'_>> {
        self.of_type("AWS::Serverless::Function").map(|(id, properties)| Function { id, properties }).collect()
    }

    /// The variables that a function is given.
    pub(super) fn variables(&self, function: &Function<'_>) -> Vec<String> {
        [self.globals(), function.properties]
            .iter()
            .filter_map(|of| of["Environment"]["Variables"].as_object())
            .flat_map(|variables| variables.keys().cloned())
            .collect()
    }
}

impl Function<'_> {
    /// Name of its crate: the last part of `CodeUri`.
    pub(super) fn crate_name(&self) -> &str {
        self.properties["CodeUri"].as_str().and_then(|path| path.strip_prefix("functions/")).unwrap_or_default()
    }

    pub(super) fn events(&self) -> impl Iterator<Item = &Value> {
        self.properties["Events"].as_object().into_iter().flat_map(Map::values)
    }

    /// Types of its triggers.
    pub(super) fn triggers(&self) -> Vec<&str> {
        let mut kinds: Vec<_> = self.events().filter_map(|event| event["Type"].as_str()).collect();
        kinds.sort_unstable();
        kinds.dedup();
        kinds
    }

    pub(super) fn routes(&self) -> Vec<Route> {
        self.events()
            .filter(|event| event["Type"] == "Api")
            .map(|event| Route {
                method: event["Properties"]["Method"].as_str().unwrap_or_default().to_uppercase(),
                path: event["Properties"]["Path"].as_str().unwrap_or_default().to_owned(),
            })
            .collect()
    }
}

fn plain(yaml: Yaml) -> Value {
    match yaml {
        Yaml::Null => Value::Null,
        Yaml::Bool(value) => value.into(),
        Yaml::Number(value) => value.as_i64().map_or_else(|| value.as_f64().into(), Value::from),
        Yaml::String(value) => value.into(),
        Yaml::Sequence(values) => values.into_iter().map(plain).collect(),
        Yaml::Mapping(map) => {
            let entries =
                map.into_iter().map(|(key, value)| (plain(key).as_str().unwrap_or_default().to_owned(), plain(value)));
            Value::Object(entries.collect())
        }
        Yaml::Tagged(tagged) => json!({ (tagged.tag.to_string()): plain(tagged.value) }),
    }
}
