//! The same names everywhere: crates, routes, variables, events on the bus, headings of the runbook.

use std::collections::BTreeSet;

use super::model::{Template, read, root};

/// Folders of functions and functions of the template, as far as they differ.
fn unpaired(template: &Template) -> Vec<String> {
    let deployed: BTreeSet<_> = template.functions().iter().map(|function| function.crate_name().to_owned()).collect();
    let built: BTreeSet<_> = std::fs::read_dir(root().join("functions"))
        .unwrap()
        .map(|entry| entry.unwrap().file_name().into_string().unwrap())
        .collect();
    deployed.symmetric_difference(&built).cloned().collect()
}

/// Variables that `shared::config` reads and nobody sets, or that somebody sets and nobody reads.
fn unread(template: &Template, config: &str) -> Vec<String> {
    /// What others than `shared::config` read, what Lambda itself sets, what only makes a version differ, and a name of one word.
    const ELSEWHERE: [&str; 4] =
        ["AWS_LAMBDA_HTTP_IGNORE_STAGE_IN_PATH", "AWS_LAMBDA_LOG_LEVEL", "SECRETS_VERSION", "STAGE"];
    let given: BTreeSet<_> = template.functions().iter().flat_map(|function| template.variables(function)).collect();
    let read: BTreeSet<_> = config
        .split('"')
        .skip(1)
        .step_by(2)
        .filter(|word| word.contains('_') && word.chars().all(|c| c.is_ascii_uppercase() || c == '_'))
        .map(str::to_owned)
        .collect();
    given.symmetric_difference(&read).filter(|name| !ELSEWHERE.contains(&name.as_str())).cloned().collect()
}

/// Events of the domain that no rule of the bus matches, and the other way round.
fn undelivered(template: &Template, domain: &str) -> Vec<String> {
    let matched: BTreeSet<_> = template
        .of_type("AWS::Events::Rule")
        .filter_map(|(_, rule)| rule["EventPattern"]["detail-type"].as_array())
        .flatten()
        .filter_map(|name| name.as_str().map(str::to_owned))
        .collect();
    let happening: BTreeSet<_> = domain
        .split("=> \"")
        .skip(1)
        .filter_map(|rest| rest.split('"').next())
        .filter(|name| name.contains('.'))
        .map(str::to_owned)
        .collect();
    assert!(!happening.is_empty(), "shared/src/domain/event.rs spells the names of events");
    matched.symmetric_difference(&happening).cloned().collect()
}

/// Alarms whose description does not end in a heading of the runbook.
fn unanswered(template: &Template, runbook: &str) -> Vec<String> {
    let headings: BTreeSet<_> = runbook
        .lines()
        .filter(|line| line.starts_with("##"))
        .map(|line| line.trim_start_matches('#').trim().to_lowercase().replace(' ', "-"))
        .collect();
    template
        .of_type("AWS::CloudWatch::Alarm")
        .filter(|(_, alarm)| {
            let description = alarm["AlarmDescription"].as_str().unwrap_or_default();
            !description.split_once("docs/OPERATIONS.md#").is_some_and(|(_, anchor)| headings.contains(anchor))
        })
        .map(|(id, _)| id.to_owned())
        .collect()
}

#[test]
fn every_function_is_deployed_under_the_name_of_its_crate() {
    assert_eq!(unpaired(&Template::load()), Vec::<String>::new());
    assert_eq!(unpaired(&Template::broken("CodeUri: functions/chat\n", "CodeUri: functions/talk\n")), ["chat", "talk"]);
}

#[test]
fn every_variable_is_set_and_read() {
    let config = read("shared/src/config.rs");
    assert_eq!(unread(&Template::load(), &config), Vec::<String>::new());
    assert_eq!(unread(&Template::broken("MAIL_FROM:", "MAIL_SENDER:"), &config), ["MAIL_FROM", "MAIL_SENDER"]);
}

#[test]
fn every_event_has_somebody_who_acts_on_it() {
    let domain = read("shared/src/domain/event.rs");
    assert_eq!(undelivered(&Template::load(), &domain), Vec::<String>::new());
    assert_eq!(
        undelivered(&Template::broken("- booking.flagged", "- booking.lost"), &domain),
        ["booking.flagged", "booking.lost"]
    );
}

#[test]
fn every_alarm_names_a_heading_of_the_runbook() {
    let runbook = read("docs/OPERATIONS.md");
    assert_eq!(unanswered(&Template::load(), &runbook), Vec::<String>::new());
    assert_eq!(unanswered(&Template::broken("#mails-parked", "#mails-lost"), &runbook), ["NotifierDlqAlarm"]);
}
