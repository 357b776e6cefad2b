//! Nothing is lost: tables come back, queues wait long enough, whatever fails is parked and seen.

use serde_json::{Value, json};

use super::model::{Template, names};

/// Seconds that a function may run.
fn time_limit(template: &Template, function: &Value) -> u64 {
    function["Timeout"].as_u64().or_else(|| template.globals()["Timeout"].as_u64()).unwrap_or(3)
}

fn careless_tables(template: &Template) -> Vec<String> {
    let tables: Vec<_> = template.of_type("AWS::DynamoDB::Table").collect();
    assert!(!tables.is_empty());
    let mut faults = Vec::new();
    for (id, table) in tables {
        let kept = &template.resources()[id];
        for (is, what) in [
            (table["BillingMode"] == "PAY_PER_REQUEST", "is not on demand"),
            (table["PointInTimeRecoverySpecification"]["PointInTimeRecoveryEnabled"] == true, "cannot go back in time"),
            (names(&table["SSESpecification"]["KMSMasterKeyId"]) == Some("Key"), "is not under our key"),
            (
                table["TimeToLiveSpecification"] == json!({ "AttributeName": "ttl", "Enabled": true }),
                "does not expire rows",
            ),
            (table["DeletionProtectionEnabled"] == json!({ "!If": ["Protected", true, false] }), "is not protected"),
            (
                kept["DeletionPolicy"] == "RetainExceptOnCreate" && kept["UpdateReplacePolicy"] == "Retain",
                "goes with the stack",
            ),
        ] {
            if !is {
                faults.push(format!("{id} {what}"));
            }
        }
    }
    faults
}

fn hasty_queues(template: &Template) -> Vec<String> {
    let mut faults = Vec::new();
    for (id, queue) in template.of_type("AWS::SQS::Queue") {
        if queue["SqsManagedSseEnabled"] != true {
            faults.push(format!("{id} is not encrypted"));
        }
    }
    for function in template.functions() {
        for event in function.events().filter(|event| event["Type"] == "SQS") {
            let id = names(&event["Properties"]["Queue"]).expect("the queue is one of the template");
            let queue = &template.resources()[id]["Properties"];
            let limit = time_limit(template, function.properties);
            if queue["VisibilityTimeout"].as_u64() < Some(6 * limit) {
                faults.push(format!("{id} shows a message again before {} could be done", function.id));
            }
            if names(&queue["RedrivePolicy"]["deadLetterTargetArn"]).is_none() {
                faults.push(format!("{id} has no DLQ"));
            }
            if event["Properties"]["FunctionResponseTypes"] != json!(["ReportBatchItemFailures"]) {
                faults.push(format!("{} repeats whole batches", function.id));
            }
        }
    }
    faults
}

/// Where something can fail with nobody to see it.
fn unparked(template: &Template) -> Vec<String> {
    let mut faults = Vec::new();
    for (id, rule) in template.of_type("AWS::Events::Rule") {
        for target in rule["Targets"].as_array().into_iter().flatten() {
            if names(&target["DeadLetterConfig"]["Arn"]).is_none() || target["RetryPolicy"].is_null() {
                faults.push(format!("{id} drops what it cannot deliver"));
            }
        }
    }
    for function in template.functions() {
        for event in function.events() {
            let properties = &event["Properties"];
            let parked = match event["Type"].as_str() {
                Some("DynamoDB") => names(&properties["DestinationConfig"]["OnFailure"]["Destination"]).is_some(),
                Some("ScheduleV2") => names(&properties["DeadLetterConfig"]["Arn"]).is_some(),
                _ => true,
            };
            if !parked {
                faults.push(format!("{} drops what it cannot do", function.id));
            }
        }
    }
    let watched: Vec<_> = template
        .of_type("AWS::CloudWatch::Alarm")
        .filter_map(|(_, alarm)| names(&alarm["Dimensions"][0]["Value"]))
        .collect();
    for (id, _) in template.of_type("AWS::SQS::Queue").filter(|(id, _)| id.ends_with("Dlq")) {
        if !watched.contains(&id) {
            faults.push(format!("nobody watches {id}"));
        }
    }
    faults
}

/// Functions that neither alarm sums up.
fn unwatched(template: &Template) -> Vec<String> {
    let mut faults = Vec::new();
    for alarm in ["ErrorsAlarm", "ThrottlesAlarm"] {
        let metrics = template.resources()[alarm]["Properties"]["Metrics"].to_string();
        for function in template.functions() {
            if !metrics.contains(&format!("{{\"!Ref\":\"{}\"}}", function.id)) {
                faults.push(format!("{alarm} does not watch {}", function.id));
            }
        }
    }
    faults
}

#[test]
fn tables_are_safe() {
    assert_eq!(careless_tables(&Template::load()), Vec::<String>::new());
    let broken = Template::broken("PointInTimeRecoveryEnabled: true", "PointInTimeRecoveryEnabled: false");
    assert_eq!(careless_tables(&broken), ["Tenants cannot go back in time"]);
    let broken = Template::broken("KMSMasterKeyId: !GetAtt Key.Arn", "KMSMasterKeyId: alias/aws/dynamodb");
    assert_eq!(careless_tables(&broken), ["Tenants is not under our key"]);
}

#[test]
fn queues_wait_long_enough_and_repeat_only_what_failed() {
    assert_eq!(hasty_queues(&Template::load()), Vec::<String>::new());
    let broken = Template::broken("VisibilityTimeout: 180", "VisibilityTimeout: 179");
    assert_eq!(
        hasty_queues(&broken),
        ["PaymentQueue shows a message again before PaymentWorkerFunction could be done"]
    );
    let broken = Template::broken("FunctionResponseTypes: [ReportBatchItemFailures]", "FunctionResponseTypes: []");
    assert_eq!(hasty_queues(&broken), ["PaymentWorkerFunction repeats whole batches"]);
}

#[test]
fn what_fails_is_parked_and_seen() {
    assert_eq!(unparked(&Template::load()), Vec::<String>::new());
    let broken = Template::broken("          DeadLetterConfig: { Arn: !GetAtt BusDlq.Arn }\n", "");
    assert_eq!(unparked(&broken), ["PaymentRule drops what it cannot deliver"]);
    let broken = Template::broken("            DeadLetterConfig: { Arn: !GetAtt CleanupDlq.Arn }\n", "");
    assert_eq!(unparked(&broken), ["CleanupFunction drops what it cannot do"]);
    let broken = Template::broken("Value: !GetAtt RelayDlq.QueueName", "Value: !GetAtt BusDlq.QueueName");
    assert_eq!(unparked(&broken), ["nobody watches RelayDlq"]);
}

#[test]
fn every_function_is_watched() {
    assert_eq!(unwatched(&Template::load()), Vec::<String>::new());
    let broken = Template::broken("Value: !Ref CleanupFunction", "Value: !Ref ChatFunction");
    assert_eq!(unwatched(&broken), ["ErrorsAlarm does not watch CleanupFunction"]);
}
