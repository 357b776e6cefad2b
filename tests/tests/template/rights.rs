//! Who may do what: exact actions on exact resources, and a token for every admin route.

use serde_json::Value;

use super::model::{Template, read};

/// Every statement of every role and policy, with the logical id of its resource.
fn statements(template: &Template) -> Vec<(&str, &Value)> {
    let mut statements = Vec::new();
    for (id, role) in template.of_type("AWS::IAM::Role") {
        for policy in role["Policies"].as_array().into_iter().flatten() {
            statements
                .extend(policy["PolicyDocument"]["Statement"].as_array().into_iter().flatten().map(|of| (id, of)));
        }
    }
    for (id, policy) in template.of_type("AWS::IAM::ManagedPolicy") {
        statements.extend(policy["PolicyDocument"]["Statement"].as_array().into_iter().flatten().map(|of| (id, of)));
    }
    statements
}

/// Statements with a star, but for X-Ray, which knows no resources.
fn loose(template: &Template) -> Vec<String> {
    let statements = statements(template);
    assert!(statements.len() > 30, "the walk must find the statements");
    statements
        .into_iter()
        .filter(|(_, statement)| {
            let actions: Vec<_> =
                statement["Action"].as_array().into_iter().flatten().filter_map(Value::as_str).collect();
            let traces = actions.iter().all(|action| action.starts_with("xray:"));
            let starred = statement["Resource"].to_string().contains('*') && !traces;
            actions.is_empty() || actions.iter().any(|action| action.contains('*')) || starred
        })
        .map(|(id, statement)| format!("{id} {}", statement["Sid"].as_str().unwrap_or_default()))
        .collect()
}

/// Rights on tables that the one typed layer over DynamoDB never uses.
fn idle(template: &Template, layer: &str) -> Vec<String> {
    let mut idle: Vec<_> = statements(template)
        .into_iter()
        .flat_map(|(id, statement)| {
            statement["Action"].as_array().into_iter().flatten().map(move |action| (id, action))
        })
        .filter_map(|(id, action)| Some((id, action.as_str()?.strip_prefix("dynamodb:")?)))
        .filter(|(_, verb)| !verb.contains("Stream") && !matches!(*verb, "GetRecords" | "GetShardIterator"))
        .filter(|(_, verb)| {
            let call = match *verb {
                // Deleting happens in transactions only, which need the right of the single call.
                "DeleteItem" => "SdkDelete::builder()".to_owned(),
                "ConditionCheckItem" => "ConditionCheck::builder()".to_owned(),
                "Query" => ".query()".to_owned(),
                verb => format!(".{}_item()", verb.trim_end_matches("Item").to_lowercase()),
            };
            !layer.contains(&call)
        })
        .map(|(id, verb)| format!("{id} {verb}"))
        .collect();
    idle.sort_unstable();
    idle
}

/// Functions whose role is not their own: SAM would make one, with stars.
fn without_own_role(template: &Template) -> Vec<&str> {
    let functions = template.functions();
    let roleless = functions.iter().filter(|function| {
        let own = format!("{}.Arn", function.id.replace("Function", "Role"));
        function.properties["Role"]["!GetAtt"] != own.as_str() || !function.properties["Policies"].is_null()
    });
    let ids: Vec<_> = roleless.map(|function| function.id.to_owned()).collect();
    template.resources().keys().map(String::as_str).filter(|id| ids.iter().any(|roleless| roleless == id)).collect()
}

/// Routes that ask for a token and should not, or do not and should.
fn on_the_wrong_side(template: &Template) -> Vec<String> {
    let functions = template.functions();
    let routes: Vec<_> = functions.iter().flat_map(super::model::Function::routes).collect();
    assert!(routes.len() > 40, "the walk must find the routes");
    routes
        .into_iter()
        .filter(|route| {
            let guarded = route.path.starts_with("/v1/admin/") || route.path.starts_with("/v1/platform/");
            guarded != route.has_authorizer
                || !["GET", "POST", "PUT", "PATCH", "DELETE"].contains(&route.method.as_str())
        })
        .map(|route| format!("{} {}", route.method, route.path))
        .collect()
}

/// Words of the access log that would name a person or hold a secret.
fn personal(template: &Template) -> Vec<&'static str> {
    let (_, api) = template.of_type("AWS::Serverless::Api").next().expect("the template has an API");
    let format = api["AccessLogSetting"]["Format"].as_str().unwrap_or_default();
    assert!(format.contains("$context.requestId"));
    ["$context.identity", "$context.path", "$context.authorizer", "$input", "$context.requestOverride"]
        .into_iter()
        .filter(|word| format.contains(word))
        .collect()
}

#[test]
fn rights_are_exact() {
    assert_eq!(loose(&Template::load()), Vec::<String>::new());
    assert_eq!(loose(&Template::broken("[events:PutEvents]", "['events:*']")), ["EventRelayRole Bus"]);
    assert_eq!(
        loose(&Template::broken(
            "Action: [ses:SendEmail, ses:SendRawEmail]\n                Resource: !Sub arn",
            "Action: [ses:SendEmail]\n                Resource: !Sub '*' # arn"
        )),
        ["NotifierRole Mail"]
    );
}

#[test]
fn no_right_is_idle() {
    let layer = read("shared/src/store/table.rs");
    assert_eq!(idle(&Template::load(), &layer), Vec::<String>::new());
    let broken = Template::broken("Action: [dynamodb:Query]", "Action: [dynamodb:Query, dynamodb:BatchWriteItem]");
    assert_eq!(idle(&broken, &layer), ["Turn BatchWriteItem"]);
}

#[test]
fn every_function_has_its_own_role() {
    assert_eq!(without_own_role(&Template::load()), Vec::<&str>::new());
    assert_eq!(
        without_own_role(&Template::broken("Role: !GetAtt ConfirmRole.Arn", "Role: !GetAtt AdminRole.Arn")),
        ["ConfirmFunction"]
    );
}

#[test]
fn admin_routes_ask_for_a_token_and_public_ones_do_not() {
    assert_eq!(on_the_wrong_side(&Template::load()), Vec::<String>::new());
    assert_eq!(
        on_the_wrong_side(&Template::broken("Path: /v1/admin/me, Auth: { Authorizer: People }", "Path: /v1/admin/me")),
        ["GET /v1/admin/me"]
    );
}

#[test]
fn the_access_log_holds_no_person_and_no_token() {
    assert_eq!(personal(&Template::load()), Vec::<&str>::new());
    assert_eq!(personal(&Template::broken("$context.resourcePath", "$context.path")), ["$context.path"]);
}
