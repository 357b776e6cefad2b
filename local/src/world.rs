//! The world: opens data, port, simulators and functions, in this order, and starts what runs by itself.

use std::net::{Ipv4Addr, SocketAddr};
use std::sync::Arc;

use axum::Router;
use axum::routing::any;
use secrecy::SecretString;
use shared::clients::fetch::{Fetch, Reach, SystemLookup};
use shared::config::Config;
use shared::ports::Clock as _;
use shared::runtime::{RandomIds, Services};
use shared::store::{Patience, Store};
use tokio::net::TcpListener;
use tokio::sync::oneshot;
use url::Url;

use crate::bus::LocalBus;
use crate::clock::MovableClock;
use crate::deliveries::Deliveries;
use crate::desk::Desk;
use crate::dynamodb::{DynamoDb, table_names};
use crate::error::StartError;
use crate::folder::Folder;
use crate::functions::Functions;
use crate::gateway::{self, Gateway};
use crate::identity::{AUDIENCE, Identity};
use crate::keys::Keys;
use crate::mailbox::Mailbox;
use crate::options::Options;
use crate::queue::Queue;
use crate::relay::Relay;
use crate::tally::Tally;
use crate::tasks::Tasks;
use crate::template::Template;
use crate::timers::Timers;
use crate::{demo, dev, pages};

/// How a simulated assistant writes when a person watches.
const PACE: std::time::Duration = std::time::Duration::from_millis(12);

/// A desk that runs in this process. Dropping it stops it at once; [`Running::shutdown`] ends it cleanly.
#[derive(Debug)]
pub struct Running {
    desk: Arc<Desk>,
    tasks: Tasks,
    stop: Option<oneshot::Sender<()>>,
    stopped: Option<oneshot::Receiver<()>>,
    /// Held as long as the desk runs.
    _folder: Option<Folder>,
}

impl std::ops::Deref for Running {
    type Target = Desk;

    fn deref(&self) -> &Desk {
        &self.desk
    }
}

impl Running {
    /// Takes no new connection, lets what runs come to its end, and stops.
    pub async fn shutdown(mut self) {
        drop(self.stop.take());
        if let Some(stopped) = self.stopped.take() {
            // A stream that a reader holds open must not hold up the end.
            drop(tokio::time::timeout(std::time::Duration::from_secs(5), stopped).await);
        }
        self.desk.drain().await;
        self.desk.trim();
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        self.tasks.abort();
    }
}

/// Starts a desk.
///
/// # Errors
///
/// [`StartError`] says in one sentence what stands in the way.
pub async fn start(options: Options) -> Result<Running, StartError> {
    let template = Arc::new(Template::deployed()?);
    let tasks = Tasks::default();
    let clock = Arc::new(options.frozen_at.map_or_else(MovableClock::running, MovableClock::frozen));
    let listener = listen(options.port).await?;
    let port = listener.local_addr().map_err(StartError::internal("asking for the port"))?.port();
    let base_url = format!("http://localhost:{port}");
    let folder = options.folder().map(|path| Folder::open(path)).transpose()?;
    let keys = match &folder {
        Some(folder) => folder.keys.clone(),
        None => Keys::random().map_err(StartError::internal("making keys"))?,
    };
    let dynamodb = Arc::new(DynamoDb::open(folder.as_ref(), &template.tables, Arc::clone(&clock), &tasks).await?);
    let (deliveries, delivered) = Deliveries::new();
    let claude = claude(&options, &clock, &tasks).await?;
    let stripe = stripe(&options, &clock, &keys, &base_url, &deliveries)?;
    let identity = Identity::new(format!("{base_url}/dev"), &keys.signing_key);
    let identity = Arc::new(identity.map_err(StartError::internal("reading the signing key"))?);

    let config = config(&options, &keys, &base_url, claude.as_ref().map(|(url, _)| url), &identity)?;
    let store = Store::new(dynamodb.client(), &table_names(), Patience::default());
    let services = Services::over(&config, store, Arc::clone(&clock) as _, Arc::new(RandomIds::default()));
    let tally = Arc::new(Tally::default());
    let mut services = services.map_err(StartError::internal("setting the functions up"))?;
    services.metrics = Arc::clone(&tally) as _;
    services.fetch = Fetch::new(Reach::PublicAndLoopback, Arc::new(SystemLookup))
        .map_err(StartError::internal("setting the HTTP client up"))?;
    if options.demo {
        demo::seed(&services.store, port, clock.now())
            .await
            .map_err(StartError::internal("making the demo tenants"))?;
    }

    let queue = |queue: &crate::template::Queue| {
        (queue.function.clone(), Arc::new(Queue::new(&queue.name, queue.receives, Arc::clone(&clock))))
    };
    let queues: Vec<(String, Arc<Queue>)> = template.queues.iter().map(queue).collect();
    let bus = LocalBus::new(&template.rules, &queues).ok_or("a rule of the template leads nowhere");
    let bus = Arc::new(bus.map_err(StartError::internal("setting the bus up"))?);
    let mailbox = Arc::new(Mailbox::new(Arc::clone(&clock)));
    let functions = Arc::new(Functions::new(services, bus, Arc::clone(&mailbox)));
    let relays =
        template.streams.iter().map(|mapping| Arc::new(Relay::new(mapping.clone(), dynamodb.stream(&mapping.table))));
    let stripe_simulator = stripe.clone();
    let timers =
        Timers::new(&template.schedules, Arc::clone(&clock), Arc::clone(&functions), Arc::clone(&dynamodb), stripe);
    let desk = Arc::new(Desk {
        base_url,
        relays: relays.collect(),
        timers: Arc::new(timers),
        claude: claude.map(|(_, simulator)| simulator),
        stripe: stripe_simulator,
        clock,
        dynamodb,
        functions,
        tally,
        mailbox,
        queues,
        identity,
        deliveries,
    });
    desk.set_limits(options.limits);

    let gateway = Arc::new(Gateway {
        template: Arc::clone(&template),
        functions: Arc::clone(&desk.functions),
        clock: Arc::clone(&desk.clock),
        tasks: tasks.clone(),
    });
    desk.deliveries.carry(delivered, Arc::clone(&gateway), &tasks);
    run_by_itself(&desk, &template, &tasks);
    let (stop, stopped) = serve(listener, router(&desk, gateway), &tasks);
    Ok(Running { desk, tasks, stop: Some(stop), stopped: Some(stopped), _folder: folder })
}

async fn listen(port: u16) -> Result<TcpListener, StartError> {
    TcpListener::bind(SocketAddr::from((Ipv4Addr::LOCALHOST, port))).await.map_err(|error| match error.kind() {
        std::io::ErrorKind::AddrInUse => StartError::PortTaken(port),
        _ => StartError::Port { port, source: error },
    })
}

/// The simulated Claude, and where it listens; none when there is a key for the real one.
async fn claude(
    options: &Options,
    clock: &Arc<MovableClock>,
    tasks: &Tasks,
) -> Result<Option<(Url, sim::claude::Simulator)>, StartError> {
    if options.claude_key.is_some() {
        return Ok(None);
    }
    let clock = Arc::clone(clock);
    let pace = if options.paced { PACE } else { std::time::Duration::ZERO };
    let simulator = sim::claude::Simulator::with_pace(move || clock.now(), pace);
    let opening = "opening a port for the Claude simulator";
    let listener = listen(0).await?;
    let address = listener.local_addr().map_err(StartError::internal(opening))?;
    let url = Url::parse(&format!("http://{address}")).map_err(StartError::internal(opening))?;
    let router = simulator.router();
    tasks.spawn(async move {
        // Ends with the process.
        drop(axum::serve(listener, router).await);
    });
    Ok(Some((url, simulator)))
}

/// The simulated Stripe; none when there is a key for the real one.
fn stripe(
    options: &Options,
    clock: &Arc<MovableClock>,
    keys: &Keys,
    base_url: &str,
    deliveries: &Deliveries,
) -> Result<Option<sim::stripe::Simulator>, StartError> {
    if options.stripe.is_some() {
        return Ok(None);
    }
    let (clock, deliveries) = (Arc::clone(clock), deliveries.clone());
    let url =
        Url::parse(&format!("{base_url}/stripe-sim")).map_err(StartError::internal("naming the Stripe simulator"))?;
    Ok(Some(sim::stripe::Simulator::new(sim::stripe::Options {
        webhook_secret: keys.webhook_secret.clone(),
        clock: Arc::new(move || clock.now()),
        base_url: url,
        sink: Arc::new(move |delivery| deliveries.send(delivery)),
    })))
}

fn config(
    options: &Options,
    keys: &Keys,
    base_url: &str,
    claude: Option<&Url>,
    identity: &Identity,
) -> Result<Config, StartError> {
    let config = Config::from_lookup(|name| match name {
        "PUBLIC_URL" | "CONSOLE_ORIGIN" => Some(base_url.to_owned()),
        "MAIL_FROM" => Some("desk@frontdesk.test".to_owned()),
        "CLAUDE_URL" => claude.map(Url::to_string),
        "STRIPE_URL" => options.stripe.is_none().then(|| format!("{base_url}/stripe-sim")),
        "TOKEN_ISSUER" => Some(identity.issuer().to_owned()),
        "TOKEN_AUDIENCE" => Some(AUDIENCE.to_owned()),
        "TOKEN_JWKS_URL" => Some(format!("{base_url}/dev/jwks.json")),
        _ => None,
    });
    let config = config.map_err(StartError::internal("reading the configuration"))?;
    let simulated = |key: &str| SecretString::from(key.to_owned());
    let stripe = options.stripe.as_ref();
    Ok(Config {
        tables: table_names(),
        claude_key: options.claude_key.clone().unwrap_or_else(|| simulated("sk-ant-simulated")),
        stripe_key: stripe.map_or_else(|| simulated("sk_test_simulated"), |stripe| stripe.key.clone()),
        stripe_webhook_secrets: stripe
            .map_or_else(|| vec![simulated(&keys.webhook_secret)], |stripe| stripe.webhook_secrets.clone()),
        link_secret: simulated(&keys.link_secret),
        ..config
    })
}

/// Everything under the one address.
fn router(desk: &Arc<Desk>, gateway: Arc<Gateway>) -> Router {
    let api =
        Router::new().route("/v1", any(gateway::serve)).route("/v1/{*path}", any(gateway::serve)).with_state(gateway);
    let mut router = api.nest("/dev", dev::router(Arc::clone(desk)));
    if let Some(stripe) = &desk.stripe {
        router = router.nest("/stripe-sim", stripe.router());
    }
    router.merge(pages::router(Arc::clone(desk)))
}

fn serve(listener: TcpListener, router: Router, tasks: &Tasks) -> (oneshot::Sender<()>, oneshot::Receiver<()>) {
    let (stop, asked) = oneshot::channel::<()>();
    let (tell, stopped) = oneshot::channel::<()>();
    let service = router.into_make_service_with_connect_info::<SocketAddr>();
    tasks.spawn(async move {
        let end = async { drop(asked.await) };
        drop(axum::serve(listener, service).with_graceful_shutdown(end).await);
        // Nobody waits when the process is dropped at once.
        let _ = tell.send(());
    });
    (stop, stopped)
}

/// Starts what nobody calls: the relays, the workers of the queues, and the timers.
fn run_by_itself(desk: &Arc<Desk>, template: &Template, tasks: &Tasks) {
    for relay in &desk.relays {
        let (desk, relay) = (Arc::clone(desk), Arc::clone(relay));
        tasks.spawn(async move {
            loop {
                // First what an earlier run left, then whatever is written.
                desk.relay(&relay).await;
                desk.dynamodb.outbox_written().await;
            }
        });
    }
    for ((function, queue), mapping) in desk.queues.iter().zip(&template.queues) {
        for _ in 0..mapping.workers {
            let (desk, function, queue, most) = (Arc::clone(desk), function.clone(), Arc::clone(queue), mapping.batch);
            tasks.spawn(async move {
                loop {
                    let batch = queue.take(most).await;
                    let answer = match batch.event(queue.name()) {
                        Ok(event) => desk.functions.queue(&function, event).await,
                        Err(error) => {
                            tracing::error!(%error, "the queue's event has another shape");
                            None
                        }
                    };
                    queue.settle(batch, answer.as_ref());
                }
            });
        }
    }
    let desk = Arc::clone(desk);
    tasks.spawn(async move {
        loop {
            desk.timers.wait().await;
            desk.timers.run_due().await;
            desk.trim();
        }
    });
}
