//! Binds the event-relay handler to Lambda.

use lambda_runtime::{Error, LambdaEvent, run, service_fn};
use shared::config::Config;
use shared::runtime;

#[tokio::main]
async fn main() -> Result<(), Error> {
    runtime::log();
    let bus = &runtime::bus(&Config::from_env()?).await;
    run(service_fn(async |call: LambdaEvent<_>| Ok::<_, Error>(event_relay::handle(bus, call.payload).await))).await
}
