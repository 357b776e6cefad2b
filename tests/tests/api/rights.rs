//! The table of rights: every route of the admin API, and what each kind of caller is answered there.
//!
//! Nobody's answer is left to chance: a route of the template that has no row, and a row without a route, fail. The
//! business is Salon Mirabelle, furnished by real traffic; bodies are those of `events/admin`.

use std::collections::BTreeSet;
use std::time::Duration;

use futures::stream::{self, StreamExt as _};
use jiff::SignedDuration;
use local::identity::{AUDIENCE, Person as Employee};
use local::template::Template;
use serde_json::{Value, json};
use shared::ports::Clock as _;
use tests::{Desk, Person, Reply};

use super::tenants::{NextDoor, seen_by_owner};

/// A route, and what its agent, its owner and another business's owner are answered. No token, one that has expired
/// and one for another audience are answered 401 on each.
type Row = (&'static str, &'static str, u16, u16, u16);

const TABLE: &[Row] = &[
    ("GET", "/v1/admin/me", 200, 200, 200),
    ("GET", "/v1/admin/tenant", 200, 200, 200),
    ("PATCH", "/v1/admin/tenant", 403, 200, 200),
    ("GET", "/v1/admin/packages", 200, 200, 200),
    ("POST", "/v1/admin/packages", 403, 201, 201),
    ("GET", "/v1/admin/packages/{id}", 200, 200, 404),
    ("PATCH", "/v1/admin/packages/{id}", 403, 200, 404),
    ("DELETE", "/v1/admin/packages/{id}", 403, 204, 404),
    ("GET", "/v1/admin/resources", 200, 200, 200),
    ("POST", "/v1/admin/resources", 403, 201, 201),
    ("GET", "/v1/admin/resources/{id}", 200, 200, 404),
    ("PATCH", "/v1/admin/resources/{id}", 403, 200, 404),
    ("DELETE", "/v1/admin/resources/{id}", 403, 409, 404), // A package needs it.
    ("GET", "/v1/admin/resources/{id}/calendar", 403, 200, 404),
    ("PUT", "/v1/admin/resources/{id}/calendar", 403, 200, 404),
    ("POST", "/v1/admin/resources/{id}/calendar", 403, 201, 404),
    ("DELETE", "/v1/admin/resources/{id}/calendar", 403, 204, 404),
    ("GET", "/v1/admin/articles", 200, 200, 200),
    ("POST", "/v1/admin/articles", 403, 201, 201),
    ("GET", "/v1/admin/articles/unanswered", 200, 200, 200),
    ("DELETE", "/v1/admin/articles/unanswered/{id}", 403, 204, 404),
    ("GET", "/v1/admin/articles/{id}", 200, 200, 404),
    ("PATCH", "/v1/admin/articles/{id}", 403, 200, 404),
    ("DELETE", "/v1/admin/articles/{id}", 403, 204, 404),
    ("GET", "/v1/admin/canned-replies", 200, 200, 200),
    ("POST", "/v1/admin/canned-replies", 403, 201, 201),
    ("GET", "/v1/admin/canned-replies/{id}", 200, 200, 404),
    ("PATCH", "/v1/admin/canned-replies/{id}", 403, 200, 404),
    ("DELETE", "/v1/admin/canned-replies/{id}", 403, 204, 404),
    ("GET", "/v1/admin/hours", 200, 200, 200),
    ("PUT", "/v1/admin/hours", 403, 200, 200),
    ("GET", "/v1/admin/widget-config", 200, 200, 200),
    ("PUT", "/v1/admin/widget-config", 403, 200, 200),
    ("GET", "/v1/admin/bookings", 200, 200, 200),
    ("GET", "/v1/admin/bookings/{id}", 200, 200, 404),
    ("PATCH", "/v1/admin/bookings/{id}", 200, 200, 404),
    ("POST", "/v1/admin/bookings/{id}/reschedule", 200, 200, 404),
    ("POST", "/v1/admin/bookings/{id}/refund", 403, 409, 404), // It was free.
    ("POST", "/v1/admin/bookings/{id}/cancel", 200, 200, 404),
    ("POST", "/v1/admin/bookings/{id}/complete", 200, 200, 404),
    ("POST", "/v1/admin/bookings/{id}/no-show", 200, 200, 404),
    ("GET", "/v1/admin/waitlist", 200, 200, 200),
    ("DELETE", "/v1/admin/waitlist/{id}", 403, 204, 404),
    ("GET", "/v1/admin/conversations", 200, 200, 200),
    ("GET", "/v1/admin/tickets", 200, 200, 200),
    ("GET", "/v1/admin/analytics", 200, 200, 200),
    ("GET", "/v1/admin/statement", 403, 200, 200),
    ("GET", "/v1/admin/conversations/{id}", 200, 200, 404),
    ("PATCH", "/v1/admin/conversations/{id}", 200, 200, 404),
    ("POST", "/v1/admin/conversations/{id}/take", 200, 200, 404),
    ("POST", "/v1/admin/conversations/{id}/give-back", 200, 200, 404),
    ("POST", "/v1/admin/conversations/{id}/reply", 201, 201, 404),
    ("GET", "/v1/admin/audit", 403, 200, 200),
    ("POST", "/v1/platform/tenants", 403, 403, 403),
];

/// Who may ask, in the order of the table.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Caller {
    Agent,
    Owner,
    Stranger,
}

/// Salon Mirabelle, furnished.
struct Salon {
    desk: Desk,
    things: NextDoor,
}

impl Salon {
    async fn open() -> Self {
        let desk = Desk::open().await;
        let things = NextDoor::furnish(&desk).await;
        Self { desk, things }
    }

    fn token(&self, caller: Caller, audience: &str, age: SignedDuration) -> String {
        let (email, tenant, role) = match caller {
            Caller::Agent => ("agent@demo2.test", local::demo::MIRABELLE, "agent"),
            Caller::Owner => ("owner@demo2.test", local::demo::MIRABELLE, "owner"),
            Caller::Stranger => ("owner@demo.test", local::demo::LINDEN, "owner"),
        };
        let (employee, now) = (Employee { email, tenant: Some(tenant), role }, self.desk.clock.now() - age);
        self.desk.identity.token(&employee, audience, now).unwrap()
    }

    fn person(&self, caller: Caller) -> Person {
        self.desk.bearer(&self.token(caller, AUDIENCE, SignedDuration::ZERO))
    }

    fn path(&self, (_, path, ..): &Row) -> String {
        if path.contains("{id}") { path.replace("{id}", self.things.id_for(path)) } else { (*path).to_owned() }
    }

    /// Brings the salon to where the route makes sense.
    async fn prepare(&self, row: &Row) {
        let path = self.path(row);
        if path.ends_with("/complete") || path.ends_with("/no-show") {
            self.desk.wait(Duration::from_secs(3 * 24 * 3_600)).await;
        }
        if path.ends_with("/give-back") {
            let take = TABLE.iter().find(|(_, path, ..)| path.ends_with("/take")).unwrap();
            self.call(&self.person(Caller::Owner), take).await.ok();
        }
    }

    /// Calls the route as `person`, with the version that the thing has now and a body that makes sense.
    async fn call(&self, person: &Person, row: &Row) -> Reply {
        let (method, template, ..) = row;
        let path = self.path(row);
        let (query, body) = payload(method, template);
        let mut request = person.request(method.parse().unwrap(), &format!("{path}?{query}"));
        if *method != "GET" {
            request = request.header("if-match", self.version(&path).await);
        }
        if let Some(mut body) = body {
            if body["price"].is_object() {
                // In the caller's own currency, and with what serves there.
                body["price"]["currency"] = person.get("/v1/admin/tenant").await.body["currency"].clone();
                if body["resources"].is_array() {
                    let own = person.get("/v1/admin/resources").await.body["items"][0]["id"].clone();
                    body["resources"] = json!([own]);
                }
            }
            request = request.json(&body);
        }
        Reply::of(request).await
    }

    /// The version of what `path` changes, as its owner is told of it; 1 where nothing tells.
    async fn version(&self, path: &str) -> u64 {
        let owner = self.person(Caller::Owner);
        let parts: Vec<&str> = path.split('/').collect();
        let thing = parts.get(..5).map(|parts| parts.join("/"));
        for path in [Some(path.to_owned()), thing].into_iter().flatten() {
            if let Some(version) = owner.get(&path).await.body["version"].as_u64() {
                return version;
            }
        }
        1
    }
}

/// The query and the body of the route's payload in `events/admin`.
fn payload(method: &str, template: &str) -> (String, Option<Value>) {
    let folder = format!("{}/../events/admin", env!("CARGO_MANIFEST_DIR"));
    let files = std::fs::read_dir(folder).unwrap().map(|file| std::fs::read(file.unwrap().path()).unwrap());
    let events = files.map(|text| serde_json::from_slice::<Value>(&text).unwrap());
    let is_it = |event: &Value| event["httpMethod"] == method && event["resource"] == template;
    let event = events.into_iter().find(is_it).unwrap_or_else(|| panic!("no payload for {method} {template}"));
    let query = event["queryStringParameters"].as_object().cloned().unwrap_or_default();
    let query: Vec<_> = query.iter().map(|(name, value)| format!("{name}={}", value.as_str().unwrap())).collect();
    let body = event["body"].as_str().filter(|body| !body.is_empty());
    (query.join("&"), body.map(|body| serde_json::from_str(body).unwrap()))
}

#[test]
fn every_route_of_the_admin_api_has_its_row() {
    let routes = Template::deployed().unwrap().routes;
    let is_ours = |path: &str| path.starts_with("/v1/admin/") || path.starts_with("/v1/platform/");
    let routes: BTreeSet<(String, String)> = routes
        .iter()
        .filter(|route| is_ours(&route.path))
        .map(|route| (route.method.clone(), route.path.clone()))
        .collect();
    let rows: BTreeSet<_> = TABLE.iter().map(|(method, path, ..)| ((*method).to_owned(), (*path).to_owned())).collect();
    assert_eq!(rows, routes);
    assert_eq!(rows.len(), TABLE.len(), "each once");
}

#[tokio::test]
async fn who_proves_nothing_is_answered_401_everywhere_and_strangers_find_nothing() {
    let salon = Salon::open().await;
    let before = seen_by_owner(&salon.desk).await;
    let hours = SignedDuration::from_hours;
    let nobody = [
        ("no token", String::new()),
        ("expired", salon.token(Caller::Owner, AUDIENCE, hours(2))),
        ("wrong audience", salon.token(Caller::Owner, "another-app", SignedDuration::ZERO)),
    ];
    let stranger = salon.person(Caller::Stranger);
    let mut wrong = Vec::new();
    for row in TABLE {
        let (method, path, .., as_stranger) = row;
        for (who, token) in &nobody {
            let told = salon.call(&salon.desk.bearer(token), row).await;
            assert_eq!(
                (told.status.as_u16(), told.body["code"].as_str()),
                (401, Some("unauthorized")),
                "{who}: {row:?}"
            );
        }
        let told = salon.call(&stranger, row).await;
        if told.status != *as_stranger {
            wrong.push(format!("{method} {path}: {told:?}"));
        }
        assert!(!told.text.contains("Mirabelle"), "{method} {path}: {told:?}");
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    assert_eq!(seen_by_owner(&salon.desk).await, before);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn agents_and_owners_are_answered_as_their_role_allows() {
    let reading = Salon::open().await;
    let mut wrong = Vec::new();
    for row in TABLE.iter().filter(|(method, ..)| *method == "GET") {
        for (caller, expected) in [(Caller::Agent, row.2), (Caller::Owner, row.3)] {
            let told = reading.call(&reading.person(caller), row).await;
            if told.status != expected {
                wrong.push(format!("{caller:?} {row:?}: {told:?}"));
            }
        }
    }
    // Whatever changes something does so in a salon of its own.
    let changing = TABLE.iter().filter(|(method, ..)| *method != "GET");
    let calls = changing.flat_map(|row| [(Caller::Agent, row, row.2), (Caller::Owner, row, row.3)]);
    let changed: Vec<String> = stream::iter(calls)
        .map(async |(caller, row, expected)| {
            let salon = Salon::open().await;
            salon.prepare(row).await;
            let told = salon.call(&salon.person(caller), row).await;
            (told.status != expected).then(|| format!("{caller:?} {row:?}: {told:?}"))
        })
        .buffer_unordered(4)
        .filter_map(async |wrong| wrong)
        .collect()
        .await;
    wrong.extend(changed);
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}
