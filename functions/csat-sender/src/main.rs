//! Binds the sender of what is due to Lambda.

use lambda_runtime::{Error, LambdaEvent, run, service_fn};
use shared::config::Config;
use shared::runtime::{self, Services};

#[tokio::main]
async fn main() -> Result<(), Error> {
    runtime::log::start();
    let services = &Services::deployed(&Config::from_env()?).await?;
    run(service_fn(async |call: LambdaEvent<_>| Ok::<_, Error>(csat_sender::handle(services, call.payload).await?)))
        .await
}
