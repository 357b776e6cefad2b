//! The same names everywhere: crates and functions, variables that are set and read.

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
