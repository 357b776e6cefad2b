//! Binds the stripe-webhook handler to Lambda.

use lambda_http::{Error, run, service_fn};
use shared::config::Config;
use shared::runtime::{self, Services};

#[tokio::main]
async fn main() -> Result<(), Error> {
    runtime::log::start();
    let config = Config::from_env()?;
    let (services, bus) = (&Services::deployed(&config).await?, &runtime::bus(&config).await);
    run(service_fn(async |request| Ok::<_, Error>(stripe_webhook::handle(services, bus, request).await))).await
}
