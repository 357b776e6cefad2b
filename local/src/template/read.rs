//! Takes what the runner needs out of the parsed template, and says which resource lacks it.

use std::time::Duration;

use serde_json::{Map, Value, json};

use super::route::{Route, Routes};
use super::yaml::reference;
use super::{Cors, InvalidTemplate, Queue, Rule, Schedule, Stream, Table, Template};

/// How many batches of a queue are worked on at once when the template does not say.
const WORKERS: usize = 2;

/// How often a message is tried when its queue does not say.
const RECEIVES: u32 = 5;

pub(super) fn template(yaml: &Value) -> Result<Template, InvalidTemplate> {
    let none = Map::new();
    let resources = yaml["Resources"].as_object().unwrap_or(&none);
    let mut template = Template {
        routes: Routes::default(),
        cors: Cors::default(),
        tables: Vec::new(),
        queues: Vec::new(),
        rules: Vec::new(),
        schedules: Vec::new(),
        streams: Vec::new(),
    };
    let mut routes = Vec::new();
    for (name, resource) in resources {
        let resource =
            Resource { name, properties: &resource["Properties"], kind: resource["Type"].as_str().unwrap_or_default() };
        match resource.kind {
            "AWS::Serverless::Api" => template.cors = resource.cors(),
            "AWS::DynamoDB::Table" => template.tables.push(resource.table()?),
            "AWS::Events::Rule" => template.rules.extend(resource.rules()?),
            "AWS::Serverless::Function" => resource.function(resources, &mut template, &mut routes)?,
            _ => {}
        }
    }
    template.routes = Routes::new(routes);
    Ok(template)
}

/// One resource of the template.
#[derive(Clone, Copy)]
struct Resource<'a> {
    name: &'a str,
    kind: &'a str,
    properties: &'a Value,
}

impl Resource<'_> {
    fn lacks(&self, what: &'static str) -> InvalidTemplate {
        InvalidTemplate::Resource { resource: self.name.to_owned(), what }
    }

    fn cors(&self) -> Cors {
        // Values of headers stand in single quotes inside the YAML string.
        let header =
            |name: &str| self.properties["Cors"][name].as_str().unwrap_or_default().trim_matches('\'').to_owned();
        Cors {
            origin: header("AllowOrigin"),
            methods: header("AllowMethods"),
            headers: header("AllowHeaders"),
            max_age: header("MaxAge"),
        }
    }

    fn table(&self) -> Result<Table, InvalidTemplate> {
        let mut definition = Map::new();
        for word in ["AttributeDefinitions", "KeySchema", "GlobalSecondaryIndexes", "BillingMode"] {
            if let Some(value) = self.properties.get(word) {
                definition.insert(word.to_owned(), value.clone());
            }
        }
        if !definition.contains_key("KeySchema") {
            return Err(self.lacks("KeySchema"));
        }
        if let Some(view) = self.properties["StreamSpecification"].get("StreamViewType") {
            definition
                .insert("StreamSpecification".to_owned(), json!({ "StreamEnabled": true, "StreamViewType": view }));
        }
        let ttl = &self.properties["TimeToLiveSpecification"];
        let ttl = ttl["AttributeName"].as_str().filter(|_| ttl["Enabled"] == true).map(str::to_owned);
        Ok(Table { name: self.name.to_owned(), definition, ttl })
    }

    fn rules(&self) -> Result<Vec<Rule>, InvalidTemplate> {
        let events: Option<Vec<String>> = self.properties["EventPattern"]["detail-type"]
            .as_array()
            .and_then(|names| names.iter().map(|name| name.as_str().map(str::to_owned)).collect());
        let events = events.ok_or_else(|| self.lacks("EventPattern of plain detail-types"))?;
        let targets = self.properties["Targets"].as_array().ok_or_else(|| self.lacks("Targets"))?;
        let queue = |target: &Value| {
            let queue = reference(&target["Arn"]).ok_or_else(|| self.lacks("target"))?;
            Ok(Rule { events: events.clone(), queue: queue.to_owned() })
        };
        targets.iter().map(queue).collect()
    }

    fn function(
        &self,
        resources: &Map<String, Value>,
        template: &mut Template,
        routes: &mut Vec<Route>,
    ) -> Result<(), InvalidTemplate> {
        let code = self.properties["CodeUri"].as_str().ok_or_else(|| self.lacks("CodeUri"))?;
        let function = code.trim_end_matches('/').rsplit('/').next().unwrap_or(code).to_owned();
        let none = Map::new();
        for event in self.properties["Events"].as_object().unwrap_or(&none).values() {
            let (kind, said) = (event["Type"].as_str().unwrap_or_default(), &event["Properties"]);
            let number = |name: &str, default: usize| {
                said[name].as_u64().and_then(|number| usize::try_from(number).ok()).unwrap_or(default)
            };
            match kind {
                "Api" => routes.push(Route {
                    method: said["Method"].as_str().ok_or_else(|| self.lacks("Method"))?.to_uppercase(),
                    path: said["Path"].as_str().ok_or_else(|| self.lacks("Path"))?.to_owned(),
                    function: function.clone(),
                    streams: said["ResponseTransferMode"] == "RESPONSE_STREAM",
                }),
                "SQS" => {
                    let name = reference(&said["Queue"]).ok_or_else(|| self.lacks("Queue"))?;
                    let receives = &resources[name]["Properties"]["RedrivePolicy"]["maxReceiveCount"];
                    let workers =
                        said["ScalingConfig"]["MaximumConcurrency"].as_u64().and_then(|n| usize::try_from(n).ok());
                    template.queues.push(Queue {
                        name: name.to_owned(),
                        function: function.clone(),
                        batch: number("BatchSize", 10).clamp(1, 10_000),
                        workers: workers.unwrap_or(WORKERS),
                        receives: receives.as_u64().and_then(|n| u32::try_from(n).ok()).unwrap_or(RECEIVES),
                    });
                }
                "DynamoDB" => template.streams.push(Stream {
                    table: reference(&said["Stream"]).ok_or_else(|| self.lacks("Stream"))?.to_owned(),
                    function: function.clone(),
                    batch: number("BatchSize", 100).clamp(1, 1_000),
                    filters: self.filters(&said["FilterCriteria"]["Filters"])?,
                }),
                "Schedule" | "ScheduleV2" => {
                    let expression = said.get("ScheduleExpression").unwrap_or(&said["Schedule"]);
                    let every =
                        expression.as_str().and_then(rate).ok_or_else(|| self.lacks("rate(…) of a schedule"))?;
                    template.schedules.push(Schedule { function: function.clone(), every });
                }
                _ => return Err(self.lacks("kind of trigger (Api, SQS, DynamoDB or a schedule)")),
            }
        }
        Ok(())
    }

    fn filters(&self, filters: &Value) -> Result<Vec<Value>, InvalidTemplate> {
        let Some(filters) = filters.as_array() else { return Ok(Vec::new()) };
        let pattern =
            |filter: &Value| filter["Pattern"].as_str().and_then(|pattern| serde_json::from_str(pattern).ok());
        filters.iter().map(|filter| pattern(filter).ok_or_else(|| self.lacks("filter pattern"))).collect()
    }
}

/// The interval of `rate(5 minutes)`.
fn rate(expression: &str) -> Option<Duration> {
    let (count, unit) = expression.strip_prefix("rate(")?.strip_suffix(')')?.split_once(' ')?;
    let minutes = match unit.trim_end_matches('s') {
        "minute" => 1,
        "hour" => 60,
        "day" => 24 * 60,
        _ => return None,
    };
    let count: u64 = count.parse().ok().filter(|count| 0 < *count)?;
    Some(Duration::from_secs(count.checked_mul(minutes * 60)?))
}
