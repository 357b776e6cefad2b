//! The template is read as the gateway would read it.

use super::*;

fn deployed() -> Template {
    Template::deployed().unwrap()
}

#[test]
fn the_deployed_template_is_one_the_runner_can_run() {
    let template = deployed();
    assert_eq!(template.tables.len(), 6);
    assert_eq!(template.cors.origin, "*");
    assert!(template.cors.headers.contains("X-Tenant-Key"));
    let queues: Vec<_> =
        template.queues.iter().map(|queue| (queue.name.as_str(), queue.function.as_str(), queue.receives)).collect();
    assert_eq!(
        queues,
        [
            ("PaymentQueue", "payment-worker", 10),
            ("WaitlistQueue", "waitlist-worker", 10),
            ("HandoverQueue", "handover", 10),
            ("NotifierQueue", "notifier", 10),
            ("CalendarQueue", "calendar-sync", 10),
            ("WebhookQueue", "webhook-sender", 10),
            ("ImportQueue", "article-import", 10)
        ]
    );
    let schedules: Vec<_> =
        template.schedules.iter().map(|schedule| (schedule.function.as_str(), schedule.every.as_secs())).collect();
    assert_eq!(schedules, [("cleanup", 3600), ("csat-sender", 300)]);
    assert_eq!((template.streams[0].table.as_str(), template.streams[0].function.as_str()), ("Outbox", "event-relay"));
    assert_eq!(template.streams[0].filters.len(), 1);
}

#[test]
fn every_rule_leads_into_a_queue_that_somebody_works_on() {
    let template = deployed();
    for rule in &template.rules {
        assert!(template.queues.iter().any(|queue| queue.name == rule.queue), "{rule:?}");
        assert!(!rule.events.is_empty());
    }
}

#[test]
fn a_request_finds_its_route_and_the_parts_of_its_path() {
    let template = deployed();
    let matched = template.routes.find("POST", "/v1/public/chat/confirm/01JD%20x+y").unwrap();
    assert_eq!(
        (matched.route.function.as_str(), matched.route.path.as_str()),
        ("confirm", "/v1/public/chat/confirm/{proposalId}")
    );
    assert_eq!(matched.parts["proposalId"], "01JD x+y");
    let stream = template.routes.find("POST", "/v1/public/chat/message/stream").unwrap();
    assert!(stream.route.streams && stream.route.function == "chat-stream");
}

#[test]
fn what_no_function_serves_has_no_route() {
    let routes = deployed().routes;
    for (method, path) in [
        ("GET", "/v1/public/chat/message"),
        ("POST", "/v1/public/chat/message/"),
        ("POST", "/v1/public/chat/confirm/"),
        ("POST", "/v1/public/chat/confirm/a/b"),
        ("GET", "/"),
        ("GET", ""),
        ("post", "/v1/public/chat/message"),
    ] {
        assert!(routes.find(method, path).is_none(), "{method} {path}");
    }
    assert!(routes.knows("/v1/public/chat/message") && !routes.knows("/dev/clock"));
}

#[test]
fn a_plain_segment_wins_over_a_named_one() {
    let route = |path: &str, function: &str| Route {
        method: "GET".to_owned(),
        path: path.to_owned(),
        function: function.to_owned(),
        streams: false,
    };
    let routes = Routes::new(vec![route("/a/{id}", "named"), route("/a/b", "plain"), route("/{x}/b", "first")]);
    let serves = |path: &str| routes.find("GET", path).unwrap().route.function.clone();
    assert_eq!(
        (serves("/a/b"), serves("/a/c"), serves("/c/b")),
        ("plain".to_owned(), "named".to_owned(), "first".to_owned())
    );
}

#[test]
fn a_resource_that_cannot_be_run_is_named() {
    for (resources, named) in [
        ("A: { Type: AWS::Serverless::Function, Properties: {} }", "A has no usable CodeUri"),
        (
            "B: { Type: AWS::Serverless::Function, Properties: { CodeUri: functions/b, Events: { E: { Type: ScheduleV2, Properties: { ScheduleExpression: cron(0 0 * * ? *) } } } } }",
            "B has no usable rate(…) of a schedule",
        ),
        ("C: { Type: AWS::DynamoDB::Table, Properties: {} }", "C has no usable KeySchema"),
        (
            "D: { Type: AWS::Events::Rule, Properties: { EventPattern: { source: [x] } } }",
            "D has no usable EventPattern of plain detail-types",
        ),
    ] {
        let refused = Template::parse(&format!("Resources:\n  {resources}\n")).unwrap_err();
        assert!(refused.to_string().contains(named), "{refused}");
    }
    assert!(Template::parse("a: [").is_err());
}

#[test]
fn short_forms_become_long_ones() {
    let read = yaml::parse("a: !Ref X\nb: !GetAtt Y.Arn\nc: !If [C, !Ref Z, 1]\nd: !Sub '${A}-b'\n").unwrap();
    assert_eq!(
        read,
        serde_json::json!({
            "a": { "Ref": "X" }, "b": { "Fn::GetAtt": "Y.Arn" },
            "c": { "Fn::If": ["C", { "Ref": "Z" }, 1] }, "d": { "Fn::Sub": "${A}-b" },
        })
    );
    assert_eq!(yaml::reference(&read["b"]), Some("Y"));
}
