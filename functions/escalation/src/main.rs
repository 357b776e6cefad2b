//! Binds the escalation handler to Lambda.

use lambda_http::{Error, run, service_fn};
use shared::config::Config;
use shared::runtime::{self, Services};

#[tokio::main]
async fn main() -> Result<(), Error> {
    runtime::log::start();
    let services = &Services::deployed(&Config::from_env()?).await?;
    run(service_fn(async |request| Ok::<_, Error>(escalation::handle(services, request).await))).await
}
