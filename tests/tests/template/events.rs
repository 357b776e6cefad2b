//! `events/<function>/<case>.json`: one payload for every trigger and route, each of its trigger's type.

use aws_lambda_events::apigw::ApiGatewayProxyRequest;
use aws_lambda_events::eventbridge::EventBridgeEvent;
use aws_lambda_events::{dynamodb, sqs};
use lambda_http::RequestExt as _;
use serde_json::Value;

use super::model::{Function, Template, read, root};

/// The files of one function: name and text.
fn cases(function: &Function<'_>) -> Vec<(String, String)> {
    let folder = format!("events/{}", function.crate_name());
    let Ok(entries) = std::fs::read_dir(root().join(&folder)) else { return Vec::new() };
    let mut names: Vec<_> = entries.map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect();
    names.sort_unstable();
    names.into_iter().map(|name| (format!("{folder}/{name}"), read(format!("{folder}/{name}")))).collect()
}

/// Why `text` is no payload of `trigger`, if it is none.
fn misfit(trigger: &str, text: &str) -> Option<String> {
    let empty = || Some("has no records".to_owned());
    match trigger {
        "Api" => match serde_json::from_str::<ApiGatewayProxyRequest>(text) {
            Ok(request) if request.request_context.identity.source_ip.is_none() => Some("has no sourceIp".to_owned()),
            Ok(request) if request.resource.as_deref() != request.request_context.resource_path.as_deref() => {
                Some("names two resources".to_owned())
            }
            Ok(_) => lambda_http::request::from_str(text).err().map(|error| error.to_string()),
            Err(error) => Some(error.to_string()),
        },
        "SQS" => match serde_json::from_str::<sqs::SqsEvent>(text) {
            Ok(event) if event.records.is_empty() => empty(),
            Ok(event) if event.records.iter().any(|record| record.message_id.is_none()) => {
                Some("a record has no id".to_owned())
            }
            Ok(_) => None,
            Err(error) => Some(error.to_string()),
        },
        "DynamoDB" => match serde_json::from_str::<dynamodb::Event>(text) {
            Ok(event) if event.records.is_empty() => empty(),
            Ok(_) => None,
            Err(error) => Some(error.to_string()),
        },
        "ScheduleV2" => serde_json::from_str::<EventBridgeEvent<Value>>(text).err().map(|error| error.to_string()),
        other => Some(format!("this suite does not know the trigger {other}")),
    }
}

/// Method and resource that a payload names, and whether the resource, filled in, is its path.
fn route_of(text: &str) -> (String, String, bool) {
    let request = lambda_http::request::from_str(text).unwrap();
    let parameters = request.path_parameters();
    let lambda_http::request::RequestContext::ApiGatewayV1(context) = request.request_context() else {
        panic!("a REST API's payload");
    };
    let resource = context.resource_path.unwrap_or_default();
    let filled = resource
        .split('/')
        .map(|part| match part.strip_prefix('{').and_then(|name| name.strip_suffix('}')) {
            Some(name) => parameters.first(name).unwrap_or_default(),
            None => part,
        })
        .collect::<Vec<_>>()
        .join("/");
    let fits = request.raw_http_path() == filled;
    (request.method().to_string(), resource, fits)
}

#[test]
fn every_function_has_payloads_of_its_trigger() {
    let template = Template::load();
    let mut faults = Vec::new();
    for function in template.functions() {
        let triggers = function.triggers();
        assert_eq!(triggers.len(), 1, "{} has one kind of trigger", function.id);
        let cases = cases(&function);
        if cases.is_empty() {
            faults.push(format!("events/{} is empty", function.crate_name()));
        }
        for (path, text) in cases {
            faults.extend(misfit(triggers[0], &text).map(|why| format!("{path}: {why}")));
        }
    }
    assert_eq!(faults, Vec::<String>::new());
}

#[test]
fn every_route_has_a_payload_and_every_payload_a_route() {
    let template = Template::load();
    let mut faults = Vec::new();
    for function in template.functions() {
        let mut open: Vec<_> = function.routes().into_iter().map(|route| (route.method, route.path)).collect();
        let routes = open.clone();
        for (path, text) in cases(&function).into_iter().filter(|_| !routes.is_empty()) {
            let (method, resource, fits) = route_of(&text);
            let route = (method, resource);
            if !routes.contains(&route) {
                faults.push(format!("{path}: {} {} is no route of {}", route.0, route.1, function.id));
            }
            if !fits {
                faults.push(format!("{path}: its path does not follow from its resource"));
            }
            open.retain(|other| *other != route);
        }
        faults
            .extend(open.into_iter().map(|(method, path)| format!("{}: no payload for {method} {path}", function.id)));
    }
    assert_eq!(faults, Vec::<String>::new());
}

#[test]
fn every_folder_of_payloads_belongs_to_a_function() {
    let template = Template::load();
    let functions = template.functions();
    let strays: Vec<_> = std::fs::read_dir(root().join("events"))
        .unwrap()
        .map(Result::unwrap)
        .filter(|entry| entry.path().is_dir())
        .map(|entry| entry.file_name().into_string().unwrap())
        .filter(|folder| !functions.iter().any(|function| function.crate_name() == folder))
        .collect();
    assert_eq!(strays, Vec::<String>::new());
}

#[test]
fn a_payload_of_another_trigger_is_found() {
    let api = read("events/chat/message.json");
    let queue = read("events/notifier/booking-confirmed.json");
    let stream = read("events/event-relay/batch.json");
    assert_eq!(misfit("Api", &api), None);
    for (trigger, text) in
        [("Api", &queue), ("SQS", &api), ("SQS", &stream), ("DynamoDB", &queue), ("ScheduleV2", &api), ("Cron", &api)]
    {
        assert!(misfit(trigger, text).is_some(), "{trigger} took {}", &text[..40]);
    }
    assert!(misfit("SQS", "{\"Records\": []}").is_some());
}
