//! The AWS implementations of [`crate::ports`]. Only `runtime` knows them.

pub mod emf;
pub mod eventbridge;
pub mod ses;
pub mod sqs;

/// A client of `$sdk` that is answered by `$rules` in turn and never retries, so that no test waits.
///
/// The SDK's own `mock_client!` needs another feature set of every SDK crate.
#[cfg(test)]
macro_rules! mocked {
    ($sdk:ident, $rules:expr) => {{
        let mut answers =
            aws_smithy_mocks::MockResponseInterceptor::new().rule_mode(aws_smithy_mocks::RuleMode::Sequential);
        for rule in $rules {
            answers = answers.with_rule(rule);
        }
        $sdk::Client::from_conf(
            $sdk::Config::builder()
                .behavior_version($sdk::config::BehaviorVersion::latest())
                .region($sdk::config::Region::new("eu-central-1"))
                .credentials_provider($sdk::config::Credentials::new("id", "secret", None, None, "test"))
                .retry_config($sdk::config::retry::RetryConfig::disabled())
                .http_client(aws_smithy_mocks::create_mock_http_client())
                .interceptor(answers)
                .build(),
        )
    }};
}

#[cfg(test)]
pub(crate) use mocked;
