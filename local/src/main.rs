//! `make run`: Frontdesk on this machine, with everything simulated that would need an account.

use std::process::ExitCode;

use local::{Options, Running, StartError, pages};
use tracing_subscriber::EnvFilter;

#[tokio::main]
async fn main() -> ExitCode {
    let filter = EnvFilter::try_from_default_env().unwrap_or_else(|_| EnvFilter::new("warn"));
    tracing_subscriber::fmt().with_env_filter(filter).with_writer(std::io::stderr).init();
    match run().await {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("frontdesk cannot start: {error}.");
            ExitCode::FAILURE
        }
    }
}

async fn run() -> Result<(), StartError> {
    let options = from_environment()?;
    let running = Box::pin(local::start(options.clone())).await?;
    introduce(&running, &options);
    // Without a signal handler the process cannot be asked to end; then it runs until it is killed.
    if tokio::signal::ctrl_c().await.is_err() {
        std::future::pending::<()>().await;
    }
    eprintln!("\nfrontdesk is closing");
    running.shutdown().await;
    Ok(())
}

#[expect(clippy::disallowed_methods, reason = "a program of its own, which no function shares")]
fn from_environment() -> Result<Options, StartError> {
    Options::from_lookup(|name| std::env::var(name).ok())
}

/// Says where everything is, and what of it is not real.
fn introduce(running: &Running, options: &Options) {
    let base = &running.base_url;
    println!("Demo shop    {base}/           Atelier Linden, pk_demo");
    println!("Second shop  {base}/salon      Salon Mirabelle, pk_demo2");
    println!("Admin        {base}/admin      owner@demo.test, password demo");
    println!("Mailbox      {base}/dev/mail");
    println!();
    match &options.claude_key {
        None => println!("Assistant    simulated, rule-based: set ANTHROPIC_API_KEY for the real Claude"),
        Some(_) => println!("Assistant    Claude, at your account's cost"),
    }
    match &options.stripe {
        None => println!("Payment      simulated, no money moves: set STRIPE_SECRET_KEY for a Stripe test account"),
        Some(_) => println!("Payment      Stripe, in its test mode"),
    }
    println!("Mail         kept in the mailbox, nothing is sent");
    match options.folder() {
        Some(folder) => println!("Data         {} (an embedded DynamoDB)", folder.display()),
        None => println!("Data         in memory, gone when this ends"),
    }
    if pages::widget().is_none() {
        println!("Widget       not built: the chat button is missing until `make web` has run");
    }
    println!("\nfrontdesk is ready on {base}");
}
