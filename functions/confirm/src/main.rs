//! Binds the confirm handler to Lambda.

use std::convert::Infallible;

use confirm::handle;
use lambda_http::{Error, run, service_fn};
use shared::config::Config;
use shared::runtime::{Services, log};

#[tokio::main]
async fn main() -> Result<(), Error> {
    log::start();
    let services = Services::deployed(&Config::from_env()?).await?;
    let services = &services;
    run(service_fn(move |request| async move { Ok::<_, Infallible>(handle(services, request).await) })).await
}
