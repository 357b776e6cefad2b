//! Binds the chat-stream handler to Lambda.

use std::sync::Arc;

use lambda_http::{Error, run_with_streaming_response, service_fn};
use shared::config::Config;
use shared::runtime::{self, Services};

#[tokio::main]
async fn main() -> Result<(), Error> {
    runtime::log::start();
    let services = Arc::new(Services::deployed(&Config::from_env()?).await?);
    let services = &services;
    services.open_connections().await;
    run_with_streaming_response(service_fn(async |request| {
        Ok::<_, Error>(chat_stream::handle(services, request).await)
    }))
    .await
}
