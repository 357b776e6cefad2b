//! Binds the notifier handler to Lambda.

use lambda_runtime::{Error, LambdaEvent, run, service_fn};
use shared::config::Config;
use shared::runtime::{self, Services};

#[tokio::main]
async fn main() -> Result<(), Error> {
    runtime::log::start();
    let config = Config::from_env()?;
    let (services, mailer) = (Services::deployed(&config).await?, runtime::mailer(&config).await?);
    let (services, mailer) = (&services, &mailer);
    run(service_fn(async |call: LambdaEvent<_>| Ok::<_, Error>(notifier::handle(services, mailer, call.payload).await)))
        .await
}
