//! The simulators as a program: Claude, Stripe and what steers them, each on a free port of loopback.
//!
//! For deployed functions, which no test can hand a simulator to. It binds and says where; what is answered
//! is up to the library, and it never calls anybody.

use std::net::Ipv4Addr;
use std::process::ExitCode;
use std::sync::Arc;

use jiff::Timestamp;
use serde_json::json;
use sim::claude;
use sim::control::{Control, Outbox};
use sim::stripe::{Clock, Options, Simulator};
use tokio::net::TcpListener;
use url::Url;

/// The exit code of a program that was called wrongly.
const USAGE: u8 = 2;

#[tokio::main]
async fn main() -> ExitCode {
    let Some(webhook_secret) = std::env::args().nth(1) else {
        eprintln!("usage: sim <secret to sign webhooks with>");
        return ExitCode::from(USAGE);
    };
    match serve(webhook_secret).await {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("the simulators cannot serve: {error}");
            ExitCode::FAILURE
        }
    }
}

/// Says in one line of JSON where everything is, then serves until something fails or the process ends.
async fn serve(webhook_secret: String) -> Result<(), Box<dyn std::error::Error>> {
    let (for_claude, claude_url) = listen().await?;
    let (for_stripe, stripe_url) = listen().await?;
    let (for_control, control_url) = listen().await?;
    let claude = claude::Simulator::new(now);
    let outbox = Outbox::default();
    let clock: Clock = Arc::new(now);
    let sink = outbox.sink();
    let stripe = Simulator::new(Options { webhook_secret, clock, base_url: stripe_url.clone(), sink });
    let control = Control { claude: claude.clone(), stripe: stripe.clone(), outbox };
    println!(
        "{}",
        json!({ "claude": claude_url.as_str(), "stripe": stripe_url.as_str(), "control": control_url.as_str() })
    );
    tokio::try_join!(async { axum::serve(for_claude, claude.router()).await }, stripe.serve(for_stripe), async {
        axum::serve(for_control, control.router()).await
    },)?;
    Ok(())
}

/// A free port of loopback, and its address.
async fn listen() -> Result<(TcpListener, Url), Box<dyn std::error::Error>> {
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await?;
    let url = Url::parse(&format!("http://{}", listener.local_addr()?))?;
    Ok((listener, url))
}

#[expect(clippy::disallowed_methods, reason = "a program of its own, which no function shares")]
fn now() -> Timestamp {
    Timestamp::now()
}
