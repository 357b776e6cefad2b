//! Binds the admin handler to Lambda.

use shared::config::Config;
use shared::runtime::{self, Services};

#[tokio::main]
async fn main() -> Result<(), lambda_http::Error> {
    runtime::log::start();
    let services = Services::deployed(&Config::from_env()?).await?;
    let handle = |request| async { Ok::<_, std::convert::Infallible>(admin::handle(&services, request).await) };
    lambda_http::run(lambda_http::service_fn(handle)).await
}
