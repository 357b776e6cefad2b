//! Hand-overs: whatever the model does, and wherever a worker dies, there is one, charged once and told once.

use std::collections::HashMap;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use aws_sdk_dynamodb::Client;
use aws_sdk_dynamodb::config::interceptors::{BeforeTransmitInterceptorContextRef, FinalizerInterceptorContextRef};
use aws_sdk_dynamodb::config::retry::RetryConfig;
use aws_sdk_dynamodb::config::{BehaviorVersion, ConfigBag, Credentials, Intercept, Region, RuntimeComponents};
use aws_sdk_dynamodb::error::BoxError;
use aws_sdk_dynamodb::types::AttributeValue;
use futures::future::join_all;
use local::dynamodb::table_names;
use serde_json::json;
use shared::app::escalation::{self, Wish};
use shared::app::handover::{Error, Prepared, prepare};
use shared::app::session;
use shared::app::turn::{Ask, Begun, begin};
use shared::config::Config;
use shared::domain::conversation::Origin;
use shared::domain::event::{Event, Happening};
use shared::domain::handover::MadeBy;
use shared::domain::id::{ConversationId, EscalationId};
use shared::domain::money::MicroUsd;
use shared::ports::metric::Unmeasured;
use shared::runtime::{RandomIds, Services};
use shared::store::handover::Kept;
use shared::store::{Patience, Store};
use sim::claude::{Answer, Fault, FaultKind, Mode, Simulator};
use tests::post::Post;
use tests::world::World;

/// After how long a queue shows a message again that its worker did not finish, as the template says.
const OUT_OF_SIGHT: Duration = Duration::from_secs(240);

/// The calls of the database that a worker lives for.
#[derive(Debug, Clone)]
struct Life(Arc<AtomicUsize>);

/// What a model that does its work answers.
const GOOD: &str = r#"{"asked":"A wedding","tried":"Looked","promised":"A call","open":"Whether Sunday works"}"#;

impl Life {
    /// Takes a step; an error when that was the last.
    fn step(&self) -> Result<(), BoxError> {
        let left = self.0.fetch_update(Ordering::SeqCst, Ordering::SeqCst, |left| left.checked_sub(1));
        left.map(drop).map_err(|_| "the worker is dead".into())
    }
}

impl Intercept for Life {
    fn name(&self) -> &'static str {
        "Life"
    }

    fn read_before_transmit(
        &self,
        _: &BeforeTransmitInterceptorContextRef<'_>,
        _: &RuntimeComponents,
        _: &mut ConfigBag,
    ) -> Result<(), BoxError> {
        self.step()
    }

    fn read_after_execution(
        &self,
        _: &FinalizerInterceptorContextRef<'_>,
        _: &RuntimeComponents,
        _: &mut ConfigBag,
    ) -> Result<(), BoxError> {
        self.step()
    }
}

/// A business with a simulated model, and one visitor who has said something and asks for a person.
struct Scene {
    world: World,
    claude: Simulator,
    url: String,
    conversation: ConversationId,
    escalation: EscalationId,
    event: Event,
}

impl Scene {
    async fn open() -> Self {
        // Boxed, since a whole world and a turn in it are a large future.
        Box::pin(Self::opened()).await
    }

    async fn opened() -> Self {
        let world = World::new().await;
        let now = world.now();
        let claude = Simulator::new(move || now);
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("http://{}", listener.local_addr().unwrap());
        let router = claude.router();
        world.serve(async move { axum::serve(listener, router).await });
        let nobody = ConversationId::new(world.services.ids.ulid(now));
        let id = EscalationId::new(world.services.ids.ulid(now));
        let event = world.event(Happening::EscalationRequested(nobody, id));
        let mut scene = Self { world, claude, url, conversation: nobody, escalation: id, event };
        let worker = scene.worker(usize::MAX);
        let business = scene.world.business().await;
        let session = session::begin(worker.session(), &business, Origin::default(), None).await.unwrap();
        scene.claude.set_mode(Mode::Scripted(vec![Answer::say("We do weddings.")]));
        let ask = Ask {
            key: "pk_of_the_cast".parse().unwrap(),
            session: Some(session.clone()),
            message: "Do you do weddings?".to_owned(),
            client_id: None,
            address: None,
            origin: Origin::default(),
        };
        let Begun::Fresh(fresh) = begin(worker.turn(), ask).await.unwrap() else { panic!("it is new") };
        fresh.answer(worker.turn(), &mut |_| {}).await.unwrap();
        let wish = Wish { session: &session, reason: Some("A person, please"), email: None };
        scene.conversation = session.conversation();
        scene.escalation = escalation::ask(worker.session(), &business, wish).await.unwrap();
        scene.event = scene.world.event(Happening::EscalationRequested(scene.conversation, scene.escalation));
        scene.claude.clear();
        scene
    }

    /// A worker that lives for so many steps, each call of the database being two.
    fn worker(&self, steps: usize) -> Services {
        let config = aws_sdk_dynamodb::Config::builder()
            .behavior_version(BehaviorVersion::latest())
            .region(Region::from_static("eu-central-1"))
            .credentials_provider(Credentials::new("local", "local", None, None, "local"))
            .endpoint_url(format!("http://{}", self.world.dynamodb().address()))
            .retry_config(RetryConfig::disabled())
            .interceptor(Life(Arc::new(AtomicUsize::new(steps))));
        let store = Store::new(&Client::from_conf(config.build()), &table_names(), Patience::default());
        let config = Config::from_lookup(|name| match name {
            "CLAUDE_URL" => Some(self.url.clone()),
            "ANTHROPIC_API_KEY" | "STRIPE_SECRET_KEY" | "LINK_SECRET" => Some("a secret of this test".to_owned()),
            _ => None,
        });
        let ids = Arc::new(RandomIds::default());
        Services::over(&config.unwrap(), store, Arc::clone(&self.world.clock) as _, ids).unwrap()
    }

    async fn work(&self, worker: &Services) -> Result<Prepared, Error> {
        prepare(worker.handover(), &self.event).await
    }

    async fn kept(&self) -> Vec<Kept> {
        self.world.store().list_handovers(self.world.tenant, self.conversation).await.unwrap()
    }

    /// What has been spent and is set aside this month.
    async fn spent(&self) -> MicroUsd {
        self.world.store().spent(self.world.tenant, self.world.now()).await.unwrap()
    }

    async fn meter(&self) -> HashMap<String, AttributeValue> {
        let item = self.world.dynamodb().client().get_item().table_name(table_names().counters);
        let pk = AttributeValue::S(format!("T#{}", self.world.tenant));
        item.key("pk", pk)
            .key("sk", AttributeValue::S("METER".to_owned()))
            .send()
            .await
            .unwrap()
            .item
            .unwrap_or_default()
    }

    /// How many mails the team gets of everything that was announced, each event coming twice.
    async fn mails(&self) -> usize {
        let line = tests::line::Line::default();
        event_relay::handle(&line, &Unmeasured, self.world.outbox_batch()).await;
        let ready = line.taken().into_iter().filter(|event| matches!(event.what, Happening::HandoverReady(..)));
        let post = Post::default();
        for event in ready {
            for _ in 0..2 {
                let body = tests::line::envelope(&event);
                let batch = json!({ "Records": [{ "messageId": "0", "body": body, "eventSource": "aws:sqs" }] });
                notifier::handle(&self.world.services, &post, serde_json::from_value(batch).unwrap()).await;
            }
        }
        post.sent().len()
    }

    /// Demands one hand-over and one mail, and that what it cost is what the turn's account has grown by.
    async fn assert_once(&self, before: MicroUsd, place: &str) {
        let kept = self.kept().await;
        assert_eq!((kept.len(), self.mails().await), (1, 1), "{place}: {kept:?}");
        let cost = kept[0].cost.as_ref().map_or(MicroUsd::ZERO, |cost| cost.cost);
        assert_eq!(self.spent().await, before.saturating_add(cost), "{place}");
        let meter = self.meter().await;
        assert!(meter.keys().all(|name| !name.starts_with("r_")), "{place}: nothing stays set aside: {meter:?}");
        let conversation = self.world.store().find_conversation(self.world.tenant, self.conversation).await.unwrap();
        assert_eq!(
            conversation.unwrap().cost,
            before.saturating_add(cost),
            "{place}: the sum of its turns and hand-overs"
        );
    }
}

fn broken(kind: FaultKind, text: &str) -> Mode {
    Mode::Faulty(vec![Fault { text: text.to_owned(), ..Fault::once(kind) }.forever()])
}

#[tokio::test]
async fn whatever_the_model_does_the_team_is_told() {
    let lies = [
        "",
        "They want a wedding.",
        "{}",
        r#"{"asked":"","tried":"","promised":"","open":""}"#,
        r#"{"asked":"a","tried":"b","promised":"A refund of 900 EUR"}"#,
        r#"{"asked":"a","tried":"b","promised":"c","open":"d","email":"eve@x.test"}"#,
    ];
    let lies = lies.map(|lie| (broken(FaultKind::UnknownEvent, lie), MadeBy::Plain));
    let faults = [
        FaultKind::Refusal,
        FaultKind::EmptyAnswer,
        FaultKind::ServerError,
        FaultKind::Overloaded,
        FaultKind::CutMidText,
        FaultKind::MalformedJson,
        FaultKind::UnknownTool,
    ];
    let faults = faults.map(|kind| (broken(kind, "Sorry."), MadeBy::Plain));
    let good = [(broken(FaultKind::UnknownEvent, GOOD), MadeBy::Model), (Mode::Offline, MadeBy::Model)];
    let cases = lies.into_iter().chain(faults).chain(good);
    join_all(cases.map(async |(mode, made_by)| {
        let scene = Scene::open().await;
        let before = scene.spent().await;
        scene.claude.set_mode(mode.clone());
        let place = format!("{mode:?}");
        assert_eq!(scene.work(&scene.worker(usize::MAX)).await.unwrap(), Prepared::Made(made_by), "{place}");
        assert_eq!(scene.work(&scene.worker(usize::MAX)).await.unwrap(), Prepared::Before, "{place}");
        scene.assert_once(before, &place).await;
        let told = scene.kept().await.remove(0).handover;
        assert!(!told.asked.is_empty() && !told.open.is_empty(), "{place}: {told:?}");
        let asked = scene.claude.last_request().unwrap()["messages"].to_string();
        assert!(asked.contains("untrusted") && asked.contains("Do you do weddings?"), "{asked}");
    }))
    .await;
}

#[tokio::test]
async fn over_the_months_limit_the_model_is_not_asked_and_the_team_is_told() {
    let scene = Scene::open().await;
    let before = scene.spent().await;
    let mut tenant = scene.world.business().await.tenant;
    tenant.limits.spend_per_month = before.saturating_add(MicroUsd::new(1));
    tenant.version += 1;
    let saved = scene.world.store().put_profile(&tenant, tenant.version - 1).await.unwrap();
    assert_eq!(saved, shared::store::catalog::Saved::Done);
    assert_eq!(scene.work(&scene.worker(usize::MAX)).await.unwrap(), Prepared::Made(MadeBy::Plain));
    assert_eq!(scene.claude.requests().len(), 0);
    scene.assert_once(before, "over the limit").await;
}

#[tokio::test]
async fn three_deliveries_at_once_ask_once() {
    let scene = Scene::open().await;
    let before = scene.spent().await;
    let worker = scene.worker(usize::MAX);
    let ended = join_all((0..3).map(|_| scene.work(&worker))).await;
    assert_eq!(ended.iter().filter(|one| matches!(one, Ok(Prepared::Made(MadeBy::Model)))).count(), 1, "{ended:?}");
    scene.world.wait(OUT_OF_SIGHT);
    for _ in 0..3 {
        assert_eq!(scene.work(&worker).await.unwrap(), Prepared::Before);
    }
    assert_eq!(scene.claude.requests().len(), 1);
    scene.assert_once(before, "three at once").await;
}

#[tokio::test]
async fn a_hand_over_is_made_charged_and_told_once_wherever_its_worker_dies() {
    let mut steps = 0;
    loop {
        let scene = Scene::open().await;
        let before = scene.spent().await;
        let ended = scene.work(&scene.worker(steps)).await;
        let is_over = ended.is_ok();
        assert!(steps != 0 || !is_over, "it needs the database");
        scene.world.wait(OUT_OF_SIGHT);
        let healthy = scene.worker(usize::MAX);
        let again = scene.work(&healthy).await.unwrap();
        assert!(matches!(again, Prepared::Made(_) | Prepared::Before), "{again:?}");
        assert_eq!(scene.work(&healthy).await.unwrap(), Prepared::Before);
        let place = format!("dead after {steps} steps");
        assert!(scene.claude.requests().len() <= 1, "{place}: the model is asked once");
        scene.assert_once(before, &place).await;
        if is_over {
            break;
        }
        steps += 1;
    }
    assert!(10 <= steps, "only {steps} steps to die at");
}
