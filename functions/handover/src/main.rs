//! Binds the handover handler to Lambda.

use aws_lambda_events::sqs::SqsEvent;
use lambda_runtime::{Error, LambdaEvent, run, service_fn};
use shared::config::Config;
use shared::runtime::{self, Services};

#[tokio::main]
async fn main() -> Result<(), Error> {
    runtime::log::start();
    let services = &Services::deployed(&Config::from_env()?).await?;
    let handle = async |event: LambdaEvent<SqsEvent>| Ok::<_, Error>(handover::handle(services, event.payload).await);
    run(service_fn(handle)).await
}
