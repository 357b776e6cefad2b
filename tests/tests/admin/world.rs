//! Two businesses and their people, with time held still: who sends which payload, and what comes back.

use std::sync::Arc;

use jiff::Timestamp;
use lambda_http::http::HeaderMap;
use lambda_http::{Body, Response};
use local::identity::{AUDIENCE, Identity};
use local::{demo, keys};
use serde_json::{Map, Value, json};
use shared::config::Config;
use shared::domain::hours::{Hours, WeeklyHours};
use shared::domain::id::TenantId;
use shared::domain::resource::ResourceDraft;
use shared::domain::secret::TenantKey;
use shared::domain::tenant::draft::TenantDraft;
use shared::domain::widget::WidgetConfig;
use shared::http::token::{JwksSource, Tokens};
use shared::ports::Clock;
use shared::runtime::{RandomIds, Services};
use shared::store::catalog::Saved;
use shared::store::tenant::NewTenant;
use shared::store::{Patience, Store, TableNames};

use super::embedded;

/// When everything happens: a Saturday, 10:30 in Berlin.
pub(super) const NOW: Timestamp = Timestamp::constant(1_795_253_400, 0);
/// The resource that the payloads name.
pub(super) const STUDIO: &str = "01KAJ9G7T1W3Y5A7C9E1G3J5M7";

/// Where the console's pages come from.
pub(super) const CONSOLE: &str = "https://console.example";

/// The owner of the first business.
pub(super) const OWNER: &str = "owner@demo.test";
/// Somebody who works for it.
pub(super) const AGENT: &str = "agent@demo.test";
/// The owner of the second business.
pub(super) const STRANGER: &str = "owner@demo2.test";
/// An operator of the deployment.
pub(super) const OPERATOR: &str = "platform@demo.test";

struct Still;

impl Clock for Still {
    fn now(&self) -> Timestamp {
        NOW
    }
}

/// Both businesses.
pub(super) struct World {
    pub(super) services: Services,
    identity: Identity,
}

/// An answer.
#[derive(Debug)]
pub(super) struct Told {
    pub(super) status: u16,
    pub(super) headers: HeaderMap,
    pub(super) body: Value,
}

/// A payload on its way.
pub(super) struct Sending<'a> {
    world: &'a World,
    event: Value,
}

/// A business of the first owner and one of the second; the first has the studio.
pub(super) async fn world() -> World {
    let store = Store::new(&embedded::client().await, &TableNames::prefixed(embedded::PREFIX), Patience::default());
    for (n, id) in [(1, demo::LINDEN), (2, demo::MIRABELLE)] {
        make(&store, id.parse().unwrap(), n).await;
    }
    let studio = ResourceDraft { name: "Studio".to_owned(), active: true }.check(STUDIO.parse().unwrap(), 1).unwrap();
    assert_eq!(store.put_resource(demo::LINDEN.parse().unwrap(), &studio, None).await.unwrap(), Saved::Done);
    let keys = keys::Keys::random().unwrap();
    let identity = Identity::new("https://id.test".to_owned(), &keys.signing_key).unwrap();
    let config = Config::from_lookup(|name| match name {
        "CONSOLE_ORIGIN" => Some(format!("{CONSOLE}, https://second.example")),
        "ANTHROPIC_API_KEY" | "STRIPE_SECRET_KEY" | "LINK_SECRET" => Some("secret".to_owned()),
        _ => None,
    });
    let mut services =
        Services::over(&config.unwrap(), store, Arc::new(Still), Arc::new(RandomIds::default())).unwrap();
    let keys = JwksSource::fixed(&identity.jwks().to_string()).unwrap();
    services.tokens = Tokens::new(identity.issuer(), AUDIENCE, keys);
    World { services, identity }
}

async fn make(store: &Store, id: TenantId, n: u8) {
    let draft = TenantDraft {
        allowed_origins: vec!["https://shop.example".to_owned()],
        ..TenantDraft::new(&format!("Business {n}"), "Europe/Berlin", "EUR", "owner@demo.test")
    };
    let new = NewTenant {
        tenant: &draft.check(id, 1).unwrap(),
        key: &TenantKey::new([n; 16]).hash(),
        widget: &WidgetConfig { version: 1, ..WidgetConfig::default() },
        hours: &Hours { weekly: WeeklyHours::office(), version: 1, ..Hours::default() },
    };
    assert_eq!(store.create_tenant(new, NOW).await.unwrap(), Saved::Done);
}

impl World {
    /// The first business.
    pub(super) fn tenant(&self) -> TenantId {
        demo::LINDEN.parse().unwrap()
    }

    /// The payload `events/admin/<case>.json`, with its own worthless token.
    pub(super) fn case(&self, case: &str) -> Sending<'_> {
        let path = format!("{}/../events/admin/{case}.json", env!("CARGO_MANIFEST_DIR"));
        let event = serde_json::from_str(&std::fs::read_to_string(path).unwrap()).unwrap();
        Sending { world: self, event }
    }

    /// The same, sent by a person.
    pub(super) fn by(&self, person: &str, case: &str) -> Sending<'_> {
        let token = self.identity.login(person, "demo", NOW).unwrap();
        self.case(case).header("Authorization", &format!("Bearer {token}"))
    }

    /// What the owner is shown of a list.
    pub(super) async fn listed(&self, case: &str) -> Vec<Value> {
        self.by(OWNER, case).send().await.body["items"].as_array().unwrap().clone()
    }
}

impl Sending<'_> {
    pub(super) fn header(mut self, name: &str, value: &str) -> Self {
        self.event["headers"][name] = json!(value);
        self.event["multiValueHeaders"][name] = json!([value]);
        self
    }

    pub(super) fn without(mut self, header: &str) -> Self {
        for headers in ["headers", "multiValueHeaders"] {
            self.event[headers].as_object_mut().unwrap().remove(header);
        }
        self
    }

    pub(super) fn version(self, version: u64) -> Self {
        self.header("If-Match", &format!("\"{version}\""))
    }

    pub(super) fn id(mut self, id: &str) -> Self {
        let old = self.event["pathParameters"]["id"].as_str().unwrap().to_owned();
        self.event = serde_json::from_str(&self.event.to_string().replace(&old, id)).unwrap();
        self
    }

    pub(super) fn body(mut self, body: &Value) -> Self {
        self.event["body"] = json!(body.to_string());
        self
    }

    /// The query as a whole.
    pub(super) fn query(mut self, query: &[(&str, &str)]) -> Self {
        let one: Map<_, _> = query.iter().map(|(name, value)| ((*name).to_owned(), json!(value))).collect();
        let many: Map<_, _> = query.iter().map(|(name, value)| ((*name).to_owned(), json!([value]))).collect();
        self.event["queryStringParameters"] = Value::Object(one);
        self.event["multiValueQueryStringParameters"] = Value::Object(many);
        self
    }

    /// Sends it and gives the answer as it is.
    pub(super) async fn send_raw(self) -> Response<Body> {
        let request = lambda_http::request::from_str(&self.event.to_string()).unwrap();
        admin::handle(&self.world.services, request).await
    }

    pub(super) async fn send(self) -> Told {
        let response = self.send_raw().await;
        let body = match response.body() {
            Body::Empty => Value::Null,
            body => serde_json::from_slice(body.as_ref()).unwrap(),
        };
        Told { status: response.status().as_u16(), headers: response.headers().clone(), body }
    }
}

impl Told {
    pub(super) fn code(&self) -> &str {
        self.body["code"].as_str().unwrap_or_default()
    }

    pub(super) fn id(&self) -> &str {
        self.body["id"].as_str().unwrap()
    }

    /// Where a refused body is wrong, and how.
    pub(super) fn faults(&self) -> Vec<(&str, &str)> {
        let faults = self.body["errors"].as_array().unwrap();
        faults.iter().map(|fault| (fault["pointer"].as_str().unwrap(), fault["code"].as_str().unwrap())).collect()
    }
}
