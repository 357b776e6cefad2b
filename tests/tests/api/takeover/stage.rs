//! Where a turn stands still at each of its steps, so that a person can act there: a call of the database or of the
//! model, its answer, and each piece that the visitor hears.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};

use aws_sdk_dynamodb::Client;
use aws_sdk_dynamodb::config::interceptors::{BeforeTransmitInterceptorContextRef, FinalizerInterceptorContextRef};
use aws_sdk_dynamodb::config::{BehaviorVersion, ConfigBag, Credentials, Intercept, Region, RuntimeComponents};
use aws_sdk_dynamodb::error::BoxError;
use axum::middleware::{Next, from_fn};
use jiff::Timestamp;
use local::dynamodb::table_names;
use local::tasks::Tasks;
use serde_json::{Value, json};
use shared::app::business::Deps;
use shared::app::ticket::{self, Answer as Reply, Of};
use shared::app::turn::{Ask, Begun, Shown, begin};
use shared::app::{session, turn::Finished};
use shared::config::Config;
use shared::domain::audit::Actor;
use shared::domain::conversation::{Mode as Speaker, Origin};
use shared::domain::id::{ConversationId, TenantId};
use shared::domain::message::{Outcome, Turn};
use shared::domain::secret::SessionId;
use shared::domain::text::Line;
use shared::ports::Clock as _;
use shared::runtime::{RandomIds, Services};
use shared::store::{Patience, Store};
use sim::claude::{Answer, Mode, Simulator};
use tests::world::World;
use tokio::runtime::Handle;
use tokio::task::block_in_place;

use crate::shop::{HEADSHOT, WEDNESDAY};

/// Where nobody acts.
pub(super) const NEVER: usize = usize::MAX;

/// Counts the steps of a turn, and lets somebody act at one of them while the turn stands still.
#[derive(Default)]
struct Gate {
    passed: AtomicUsize,
    act: Mutex<Option<(usize, Act)>>,
}

type Act = Box<dyn FnOnce() + Send>;

impl Gate {
    fn step(&self) {
        let step = self.passed.fetch_add(1, Ordering::SeqCst);
        let due = self.act.lock().unwrap().take_if(|(at, _)| *at == step);
        if let Some((_, act)) = due {
            block_in_place(act);
        }
    }

    fn set(&self, at: usize, act: Act) {
        self.passed.store(0, Ordering::SeqCst);
        *self.act.lock().unwrap() = Some((at, act));
    }
}

impl std::fmt::Debug for Gate {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Gate")
    }
}

/// Steps before and after each call of the database.
#[derive(Debug)]
struct Calls(Arc<Gate>);

impl Intercept for Calls {
    fn name(&self) -> &'static str {
        "Calls"
    }

    fn read_before_transmit(
        &self,
        _: &BeforeTransmitInterceptorContextRef<'_>,
        _: &RuntimeComponents,
        _: &mut ConfigBag,
    ) -> Result<(), BoxError> {
        self.0.step();
        Ok(())
    }

    fn read_after_execution(
        &self,
        _: &FinalizerInterceptorContextRef<'_>,
        _: &RuntimeComponents,
        _: &mut ConfigBag,
    ) -> Result<(), BoxError> {
        self.0.step();
        Ok(())
    }
}

/// The assistant's services with every step counted, beside a person's on the same database.
pub(super) struct Stage {
    gate: Arc<Gate>,
    assistant: Services,
    person: Arc<World>,
    claude: Simulator,
    tenant: TenantId,
    _tasks: Tasks,
}

/// How the visitor listens, and what the person does.
#[derive(Debug, Clone, Copy)]
pub(super) struct Scene {
    pub(super) is_streamed: bool,
    pub(super) is_answered: bool,
}

impl Stage {
    pub(super) async fn open() -> Self {
        let (gate, tasks) = (Arc::new(Gate::default()), Tasks::default());
        let person = Arc::new(World::at(tests::OPENING).await);
        let now = person.clock.now();
        let claude = Simulator::new(move || now);
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("http://{}", listener.local_addr().unwrap());
        let counted = Arc::clone(&gate);
        let router = claude.router().layer(from_fn(move |request, next: Next| {
            let counted = Arc::clone(&counted);
            async move {
                counted.step();
                let response = next.run(request).await;
                counted.step();
                response
            }
        }));
        tasks.spawn(async move { drop(axum::serve(listener, router).await) });
        let config = aws_sdk_dynamodb::Config::builder()
            .behavior_version(BehaviorVersion::latest())
            .region(Region::from_static("eu-central-1"))
            .credentials_provider(Credentials::new("local", "local", None, None, "local"))
            .endpoint_url(format!("http://{}", person.dynamodb().address()))
            .interceptor(Calls(Arc::clone(&gate)));
        let store = Store::new(&Client::from_conf(config.build()), &table_names(), Patience::default());
        let config = Config::from_lookup(|name| match name {
            "CLAUDE_URL" => Some(url.clone()),
            "ANTHROPIC_API_KEY" | "STRIPE_SECRET_KEY" | "LINK_SECRET" => Some("a secret of this test".to_owned()),
            _ => None,
        });
        let (clock, ids) = (Arc::clone(&person.clock), Arc::new(RandomIds::default()));
        let assistant = Services::over(&config.unwrap(), store, clock as _, ids).unwrap();
        assistant.limits_addresses.store(false, Ordering::Relaxed);
        let tenant = local::demo::LINDEN.parse().unwrap();
        Self { gate, assistant, person, claude, tenant, _tasks: tasks }
    }

    /// The business takes so many messages an hour.
    pub(super) fn wait_an_hour(&self) {
        self.person.wait(std::time::Duration::from_hours(1));
    }

    fn now(&self) -> Timestamp {
        self.person.clock.now()
    }

    async fn visitor(&self) -> SessionId {
        let business = self.assistant.contexts.current(self.person.store(), self.tenant, self.now()).await;
        let business = business.unwrap_or_else(|_| panic!("the business is there")).context;
        session::begin(self.person.services.session(), &business, Origin::default(), None).await.unwrap()
    }

    /// One message of the visitor, and what they hear.
    async fn say(&self, session: &SessionId, said: &str, is_streamed: bool) -> (Finished, Vec<Shown>) {
        let ask = Ask {
            key: "pk_demo".parse().unwrap(),
            session: Some(session.clone()),
            message: said.to_owned(),
            client_id: None,
            address: None,
            origin: Origin::default(),
        };
        let mut heard = Vec::new();
        let Begun::Fresh(fresh) = begin(self.assistant.turn(), ask).await.unwrap() else { panic!("it is new") };
        let mut hear = |piece: shared::app::turn::Heard| {
            heard.push(piece.shown);
            if is_streamed {
                self.gate.step();
            }
        };
        let finished = fresh.answer(self.assistant.turn(), &mut hear).await.unwrap();
        (finished, heard)
    }

    async fn turns(&self, id: ConversationId) -> Vec<Turn> {
        self.person.store().list_turns(self.tenant, id, None).await.unwrap()
    }

    /// Plays one turn in which the person acts at step `at`, and answers how many steps it had.
    pub(super) async fn play(&self, script: &[Answer], scene: Scene, at: usize) -> usize {
        let session = self.visitor().await;
        let id = session.conversation();
        self.claude.set_mode(Mode::Scripted(script.to_vec()));
        let then = Arc::new(Mutex::new(None));
        let (world, tenant, told, runtime) =
            (Arc::clone(&self.person), self.tenant, Arc::clone(&then), Handle::current());
        let act = async move {
            take(&world, tenant, id, scene.is_answered).await;
            let turns = world.store().list_turns(tenant, id, None).await.unwrap();
            *told.lock().unwrap() = Some((turns, moved_by_assistant(&world, tenant, id).await));
        };
        self.gate.set(at, Box::new(move || runtime.block_on(act)));
        self.gate.step();
        let (finished, heard) = self.say(&session, "Can you help me?", scene.is_streamed).await;
        let steps = self.gate.passed.load(Ordering::SeqCst);
        let Some((then, moves)) = then.lock().unwrap().take() else {
            assert_eq!(at, NEVER, "there are only {steps} steps");
            assert_ne!(finished.turn.answer.text(), "");
            return steps;
        };

        // What the assistant had said when the person came is all that it ever says.
        let place = format!("step {at} of {scene:?}: {script:?}");
        let now = self.turns(id).await;
        assert_eq!(spoken(&now), spoken(&then), "{place}");
        assert_eq!(now.iter().filter(|turn| turn.said == "Can you help me?").count(), 1, "{place}");
        assert_eq!(now.iter().filter(|turn| turn.outcome == Outcome::Replied).count(), usize::from(scene.is_answered));
        let ticket = self.person.store().find_conversation(self.tenant, id).await.unwrap().unwrap();
        assert_eq!((ticket.mode, ticket.owner), (Speaker::Active, 1), "{place}");
        assert_eq!(moved_by_assistant(&self.person, tenant, id).await, moves, "{place}: it moves no ticket either");
        if finished.turn.outcome == Outcome::TakenOver {
            assert_eq!(heard.last(), Some(&Shown::Handoff), "{place}");
            assert!(finished.turn.answer.pieces().is_empty() && finished.proposals.is_empty(), "{place}");
            assert!(ticket.challenge.is_none() && !ticket.is_escalated, "{place}: nothing that it prepared is kept");
        }

        // Nor does it speak to the next message, and it is not even asked. Every third time is enough.
        if !at.is_multiple_of(3) {
            return steps;
        }
        self.gate.set(NEVER, Box::new(|| {}));
        let asked = self.claude.requests().len();
        let (next, heard) = self.say(&session, "Hello?", scene.is_streamed).await;
        assert_eq!(
            (next.turn.outcome, heard, self.claude.requests().len()),
            (Outcome::Silent, vec![], asked),
            "{place}"
        );
        steps
    }

    /// A card for a free slot, as the model would ask for it.
    pub(super) async fn card(&self) -> Answer {
        let session = self.visitor().await;
        let free = Answer::call("check_availability", json!({ "packageId": HEADSHOT, "from": WEDNESDAY, "days": 1 }));
        self.claude.set_mode(Mode::Scripted(vec![free, Answer::say("These are free.")]));
        self.say(&session, "What is free?", false).await;
        let told = self.claude.requests().pop().unwrap()["messages"].to_string();
        let after = told.split("slotId").nth(1).unwrap().trim_start_matches(|c: char| !c.is_alphanumeric());
        let slot: String = after.chars().take_while(|c| c.is_alphanumeric() || "-_.".contains(*c)).collect();
        let wish = json!({ "slotId": slot, "customerName": "Ann Lee", "customerEmail": "ann@x.test" });
        Answer::call("book_package", wish)
    }
}

/// The person takes the conversation, or answers in it, which takes it as well.
async fn take(world: &World, tenant: TenantId, id: ConversationId, is_answered: bool) {
    let services = &world.services;
    let deps = Deps { store: &services.store, clock: &*services.clock, ids: &*services.ids };
    let person = Line::fixed("ann");
    if is_answered {
        let reply = Reply { message: "I am Ann, I can help.".to_owned(), client_id: Line::fixed("console-1") };
        ticket::answer(deps, (tenant, id, &person), &reply).await.unwrap();
        return;
    }
    loop {
        let version = services.store.find_conversation(tenant, id).await.unwrap().unwrap().version;
        if ticket::take(deps, &Of { tenant, id, person: &person, version }).await.is_ok() {
            return;
        }
    }
}

/// How often the assistant has moved the ticket.
async fn moved_by_assistant(world: &World, tenant: TenantId, id: ConversationId) -> usize {
    let audit = world.store().audit_of(tenant, id).await.unwrap();
    audit.iter().filter(|entry| entry.by == Actor::Assistant).count()
}

/// What the assistant says in a thread.
fn spoken(turns: &[Turn]) -> Vec<Value> {
    let own = turns.iter().filter(|turn| turn.outcome != Outcome::Replied && !turn.answer.pieces().is_empty());
    own.map(|turn| json!([turn.id.to_string(), turn.answer.text(), turn.answer.pieces().len()])).collect()
}
