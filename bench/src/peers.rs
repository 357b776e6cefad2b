//! Peers: what a function talks to, in this process: the embedded DynamoDB and the simulated Claude at 0 ms.
//!
//! Each has threads of its own name, so that what a turn costs them is not counted as the function's.

use std::net::SocketAddr;
use std::sync::Arc;

use aws_sdk_dynamodb::Client;
use aws_sdk_dynamodb::config::{BehaviorVersion, Credentials, Region};
use axum::serve::{Listener as _, ListenerExt as _};
use local::dynamodb::table_names;
use local::tasks::Tasks;
use local::{Options, Running};
use shared::config::Config;
use shared::domain::money::MicroUsd;
use shared::domain::tenant::Limits;
use shared::runtime::{RandomIds, Services, SystemClock};
use shared::store::catalog::Saved;
use shared::store::{Patience, Store};
use sim::claude::{Answer, Mode, Simulator};
use tokio::net::TcpListener;
use tokio::runtime::{Builder, Runtime};

use crate::Failure;
use crate::tls::Tls;

/// The name of the database's threads.
pub(crate) const DATABASE: &str = "database";

/// The name of the simulated model's threads.
pub(crate) const MODEL: &str = "model";

/// What the model says in every turn.
const REPLY: &str = "We offer portrait sessions, family afternoons, express headshots and whole wedding days. \
    Tell me which one you like and when it would suit you, and I will look for a free time.";

/// How many answers the script has: more than any run takes.
const SCRIPT: usize = 40_000;

/// Limits that no run reaches. They are counted all the same.
const LIMITS: Limits = Limits {
    messages_per_hour: 10_000_000,
    messages_per_minute_and_ip: 10_000_000,
    spend_per_month: MicroUsd::new(1_000_000_000_000),
};

/// The database and the model, plain and behind TLS.
pub(crate) struct Peers {
    desk: Running,
    simulator: Simulator,
    model: SocketAddr,
    database_tls: SocketAddr,
    model_tls: SocketAddr,
    tls: Tls,
    _tasks: Tasks,
    _runtimes: [Runtime; 2],
}

impl Peers {
    /// Starts them with the demo tenants and a script without pauses.
    ///
    /// # Errors
    ///
    /// When they cannot be started.
    pub(crate) fn open() -> Result<Self, Failure> {
        let runtimes = [runtime(DATABASE, 1)?, runtime(MODEL, 1)?];
        let [database_runtime, model_runtime] = &runtimes;
        let (tls, tasks) = (Tls::new()?, Tasks::default());
        let desk = database_runtime.block_on(async {
            let desk = local::start(Options::default()).await?;
            lift_limits(desk.store()).await?;
            Ok::<_, Failure>(desk)
        })?;
        let database = desk.dynamodb.address();
        let simulator = desk.claude.clone().ok_or("the model is not simulated")?;
        let (model, model_tls, database_tls) = model_runtime.block_on(async {
            // Without this, streamed answers wait for the client's acknowledgements, 40 ms each.
            let listener = TcpListener::bind("127.0.0.1:0").await?.tap_io(|stream| drop(stream.set_nodelay(true)));
            let (model, router) = (listener.local_addr()?, simulator.router());
            tasks.spawn(async move {
                // Ends with the process.
                drop(axum::serve(listener, router).await);
            });
            let model_tls = tls.terminate(model, &tasks).await?;
            Ok::<_, Failure>((model, model_tls, tls.terminate(database, &tasks).await?))
        })?;
        let peers = Self { desk, simulator, model, database_tls, model_tls, tls, _tasks: tasks, _runtimes: runtimes };
        peers.rewind();
        Ok(peers)
    }

    /// Begins the model's script anew.
    pub(crate) fn rewind(&self) {
        self.simulator.clear();
        self.simulator.set_mode(Mode::Scripted(vec![Answer::say(REPLY); SCRIPT]));
    }

    /// How many root certificates a function reads at its start.
    pub(crate) fn roots(&self) -> usize {
        self.tls.roots
    }

    /// What a function in this process works with: clients of its own, as after a cold start.
    ///
    /// # Errors
    ///
    /// When the clients cannot be set up.
    pub(crate) fn services(&self) -> Result<Services, Failure> {
        let lookup =
            |wanted: &str| self.environment(false).into_iter().find(|(name, _)| name == wanted).map(|(_, value)| value);
        let config = Config::from_lookup(lookup)?;
        let client = aws_sdk_dynamodb::Config::builder()
            .behavior_version(BehaviorVersion::latest())
            .region(Region::from_static("eu-central-1"))
            .credentials_provider(Credentials::new("bench", "bench", None, None, "bench"))
            .endpoint_url(format!("http://{}", self.desk.dynamodb.address()));
        let store = Store::new(&Client::from_conf(client.build()), &config.tables, Patience::default());
        Ok(Services::over(&config, store, Arc::new(SystemClock), Arc::new(RandomIds::default()))?)
    }

    /// The variables of a function in a process of its own, that talks with or without TLS.
    pub(crate) fn environment(&self, over_tls: bool) -> Vec<(String, String)> {
        let at = |plain: SocketAddr, tls: SocketAddr| {
            if over_tls {
                format!("https://localhost:{}", tls.port())
            } else {
                format!("http://localhost:{}", plain.port())
            }
        };
        let tables = table_names();
        let said = [
            ("TENANTS_TABLE", tables.tenants),
            ("CONVERSATIONS_TABLE", tables.conversations),
            ("BOOKINGS_TABLE", tables.bookings),
            ("RECORDS_TABLE", tables.records),
            ("COUNTERS_TABLE", tables.counters),
            ("OUTBOX_TABLE", tables.outbox),
            ("AWS_REGION", "eu-central-1".to_owned()),
            ("AWS_ACCESS_KEY_ID", "bench".to_owned()),
            ("AWS_SECRET_ACCESS_KEY", "bench".to_owned()),
            ("AWS_ENDPOINT_URL_DYNAMODB", at(self.desk.dynamodb.address(), self.database_tls)),
            ("CLAUDE_URL", at(self.model, self.model_tls)),
            ("ANTHROPIC_API_KEY", "bench".to_owned()),
            ("LINK_SECRET", "bench".to_owned()),
            ("PUBLIC_URL", "https://desk.example".to_owned()),
            ("SSL_CERT_FILE", self.tls.store().to_string_lossy().into_owned()),
        ];
        said.map(|(name, value)| (name.to_owned(), value)).into()
    }
}

/// A runtime with so many workers whose threads have one name.
///
/// # Errors
///
/// When the system gives no threads.
pub(crate) fn runtime(name: &str, workers: usize) -> std::io::Result<Runtime> {
    Builder::new_multi_thread().worker_threads(workers).thread_name(name).enable_all().build()
}

/// Lets the demo tenant's visitors write as much as they like.
async fn lift_limits(store: &Store) -> Result<(), Failure> {
    let found = store.find_context(local::demo::LINDEN.parse()?).await?;
    let mut tenant = found.ok_or("the demo tenant is missing")?.tenant;
    let before = tenant.version;
    tenant.version += 1;
    tenant.limits = LIMITS;
    match store.put_profile(&tenant, before).await? {
        Saved::Done => Ok(()),
        other => Err(format!("the demo tenant could not be changed: {other:?}").into()),
    }
}
