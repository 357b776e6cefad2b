//! Binds the event-relay handler to Lambda.

use lambda_runtime::{Error, LambdaEvent, run, service_fn};
use shared::config::Config;
use shared::runtime;

#[tokio::main]
async fn main() -> Result<(), Error> {
    runtime::log::start();
    let config = Config::from_env()?;
    let (bus, metrics) = (&runtime::bus(&config).await, &runtime::metrics(&config));
    run(service_fn(async |call: LambdaEvent<_>| Ok::<_, Error>(event_relay::handle(bus, metrics, call.payload).await)))
        .await
}
