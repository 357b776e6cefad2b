//! Two businesses on one desk: everything of the other one answers exactly as if it had never been.

use std::collections::BTreeSet;

use local::template::Template;
use reqwest::Method;
use serde_json::{Value, json};
use sim::claude::Answer;
use tests::{Desk, Person, Reply, Visitor};

use super::shop::{BRIDAL, CUT, HEADSHOT, TRIM, WEDNESDAY};

/// An id of the right form that nothing ever had.
const NEVER: &str = "01KAXG00000000000000000000";
/// A day of which nothing is left.
const FULL: &str = "2026-12-03";

/// What Salon Mirabelle has: an id for each kind of thing that a path can name.
pub(super) struct NextDoor {
    package: String,
    resource: String,
    article: String,
    booking: String,
    conversation: String,
    proposal: String,
    place: String,
    question: String,
    canned: String,
}

impl NextDoor {
    /// Furnishes it by real traffic.
    pub(super) async fn furnish(desk: &Desk) -> Self {
        let visitor = desk.guest_of("pk_demo2").await;
        let booked = visitor.book(desk, TRIM, WEDNESDAY, "eve@example.test").await;
        let slot = visitor.slots(desk, CUT, WEDNESDAY, 1).await[0]["slotId"].as_str().unwrap().to_owned();
        let proposal = visitor.propose(desk, &slot, "eve@example.test").await;
        let place = wait(&visitor, desk).await;
        desk.script([
            Answer::call("search_help", json!({ "query": "helicopter flights" })),
            Answer::say("I don't know."),
        ]);
        visitor.say("Do you offer helicopter flights?").await.ok();
        let owner = desk.login("owner@demo2.test").await;
        let canned = json!({ "title": "Parking", "text": "Behind the house." });
        let canned = owner.post("/v1/admin/canned-replies", &canned).await.body["id"].as_str().unwrap().to_owned();
        let first = async |path: &str| owner.list(path).await[0]["id"].as_str().unwrap().to_owned();
        Self {
            package: CUT.to_owned(),
            resource: first("/v1/admin/resources").await,
            article: first("/v1/admin/articles").await,
            booking: booked["booking"]["id"].as_str().unwrap().to_owned(),
            conversation: visitor.conversation().unwrap(),
            proposal: proposal["id"].as_str().unwrap().to_owned(),
            place,
            question: first("/v1/admin/articles/unanswered").await,
            canned,
        }
    }

    /// The id that belongs into the `{id}` of `path`.
    pub(super) fn id_for(&self, path: &str) -> &str {
        let collections = [
            ("packages", &self.package),
            ("resources", &self.resource),
            ("articles", &self.article),
            ("canned-replies", &self.canned),
            ("bookings", &self.booking),
            ("conversations", &self.conversation),
            ("waitlist", &self.place),
        ];
        if path.contains("/unanswered/") {
            return &self.question;
        }
        let noun = path.split('/').nth(3).unwrap();
        collections.iter().find(|(name, _)| *name == noun).unwrap_or_else(|| panic!("which id is in {path}?")).1
    }
}

/// Eve joins the waitlist for a day that is taken as a whole, and her place in line.
async fn wait(visitor: &Visitor, desk: &Desk) -> String {
    let slot = visitor.slots(desk, BRIDAL, FULL, 1).await[0]["slotId"].as_str().unwrap().to_owned();
    let card = visitor.propose(desk, &slot, "eve@example.test").await;
    visitor.confirm(card["id"].as_str().unwrap()).await.ok();
    let input =
        json!({ "packageId": BRIDAL, "from": FULL, "customerName": "Eve", "customerEmail": "eve@example.test" });
    desk.script([Answer::call("join_waitlist", input), Answer::say("Please confirm.")]);
    let proposal = visitor.say("Put me on the list").await.ok()["proposal"].clone();
    visitor.confirm(proposal["id"].as_str().unwrap()).await.ok();
    let owner = desk.login("owner@demo2.test").await;
    owner.list("/v1/admin/waitlist").await[0]["id"].as_str().unwrap().to_owned()
}

/// Everything about Salon Mirabelle that its owner can see.
pub(super) async fn seen_by_owner(desk: &Desk) -> Vec<Value> {
    let owner = desk.login("owner@demo2.test").await;
    let mut seen = Vec::new();
    let lists = ["bookings", "waitlist", "conversations", "tickets", "audit", "articles/unanswered", "canned-replies"];
    for path in ["tenant", "packages", "resources", "articles", "hours", "widget-config"].iter().chain(&lists) {
        seen.push(owner.get(&format!("/v1/admin/{path}")).await.ok());
    }
    seen
}

/// A body that the route would take, if the item were the caller's.
fn body_for(method: &str, path: &str) -> Value {
    match (method, path) {
        ("PATCH", path) if path.contains("/articles/") => json!({ "title": "Ours now" }),
        ("PATCH", path) if path.contains("/bookings/") => json!({ "notes": "Ours now" }),
        ("POST", path) if path.ends_with("/reschedule") => json!({ "startsAt": "2026-11-26T10:00:00Z" }),
        ("POST", path) if path.ends_with("/refund") => json!({ "key": "ours" }),
        ("PATCH", path) if path.contains("/conversations/") => json!({ "notes": "Ours now" }),
        ("POST", path) if path.ends_with("/reply") => json!({ "message": "Ours now", "clientMessageId": "ours" }),
        ("PATCH", _) => json!({ "name": "Ours now" }),
        ("PUT", path) if path.ends_with("/calendar") => json!({ "busyCalendarUrls": [] }),
        _ => json!({}),
    }
}

async fn try_route(person: &Person, method: &str, path: &str, version: Option<&str>) -> Reply {
    let mut request = person.request(method.parse().unwrap(), path);
    if let Some(version) = version {
        request = request.header("if-match", version);
    }
    if method != "GET" && method != "DELETE" {
        request = request.json(&body_for(method, path));
    }
    Reply::of(request).await
}

#[tokio::test]
async fn every_admin_route_knows_nothing_of_the_other_business() {
    let desk = Desk::open().await;
    let next_door = NextDoor::furnish(&desk).await;
    let before = seen_by_owner(&desk).await;
    let routes = Template::deployed().unwrap().routes;
    let of_one = |path: &str| path.starts_with("/v1/admin/") && path.contains("{id}");
    let mut tried = BTreeSet::new();
    for person in [desk.login("owner@demo.test").await, desk.login("agent@demo.test").await] {
        for route in routes.iter().filter(|route| of_one(&route.path)) {
            for version in [None, Some("1"), Some("99"), Some("nonsense")] {
                let path = |id: &str| route.path.replace("{id}", id);
                let foreign = path(next_door.id_for(&route.path));
                let foreign = try_route(&person, &route.method, &foreign, version).await;
                let never = try_route(&person, &route.method, &path(NEVER), version).await;
                assert_eq!(foreign.face(), never.face(), "{} {} {version:?}", route.method, route.path);
                assert!(matches!(foreign.status.as_u16(), 403 | 404 | 428 | 400 | 412), "{foreign:?}");
                tried.insert((route.method.clone(), route.path.clone()));
            }
        }
    }
    assert!(10 < tried.len(), "the walk must find the routes: {tried:?}");
    assert_eq!(seen_by_owner(&desk).await, before);
}

#[tokio::test]
async fn what_is_ones_own_is_found_on_every_one_of_those_routes() {
    // Without this, the test above would pass on routes that do not exist at all.
    let desk = Desk::open().await;
    let next_door = NextDoor::furnish(&desk).await;
    let owner = desk.login("owner@demo2.test").await;
    let routes = Template::deployed().unwrap().routes;
    let shows_one = |path: &str| path.starts_with("/v1/admin/") && path.contains("{id}");
    for route in routes.iter().filter(|route| route.method == "GET" && shows_one(&route.path)) {
        let found = owner.get(&route.path.replace("{id}", next_door.id_for(&route.path))).await;
        assert_eq!(found.status, 200, "{}: {found:?}", route.path);
    }
}

#[tokio::test]
async fn every_public_route_knows_nothing_of_the_other_business() {
    let desk = Desk::open().await;
    let next_door = NextDoor::furnish(&desk).await;
    let stranger = desk.guest_of("pk_demo2").await.session().unwrap();
    let before = seen_by_owner(&desk).await;
    let never = format!("{NEVER}.{}", stranger.split_once('.').unwrap().1);
    let visitor = desk.guest().await;
    let (foreign, unknown) =
        (desk.visitor("pk_demo").with_session(&stranger), desk.visitor("pk_demo").with_session(&never));

    let bodies = [
        ("/v1/public/chat/message", json!({ "message": "Hi" })),
        ("/v1/public/chat/message/stream", json!({ "message": "Hi", "clientMessageId": "m-1" })),
        ("/v1/public/chat/email/code", json!({ "email": "eve@example.test" })),
        ("/v1/public/chat/email/verify", json!({ "code": "123456" })),
        ("/v1/public/chat/escalate", json!({ "reason": "Help" })),
        ("/v1/public/chat/read", json!({ "upTo": NEVER })),
        ("/v1/public/chat/feedback", json!({ "rating": 1 })),
        ("/v1/public/chat/end", json!({})),
    ];
    let mut tried: BTreeSet<String> = ["/v1/public/chat/messages".to_owned()].into();
    for (path, body) in bodies {
        let seen = foreign.post(path, body.clone()).await;
        assert_eq!(seen.face(), unknown.post(path, body).await.face(), "{path}");
        seen.refused(400, "session_invalid");
        tried.insert(path.to_owned());
    }
    assert_eq!(
        foreign.get("/v1/public/chat/messages").await.face(),
        unknown.get("/v1/public/chat/messages").await.face()
    );

    for act in ["confirm", "decline"] {
        let post = async |who: &Visitor, id: &str| who.post(&format!("/v1/public/chat/{act}/{id}"), json!({})).await;
        // One's own session with the other's proposal, the other's session at one's own business, and both.
        let none = post(&visitor, NEVER).await;
        none.clone().refused(404, "not_found");
        for who in [&visitor, &foreign, &unknown] {
            assert_eq!(post(who, &next_door.proposal).await.face(), none.face(), "{act}");
            assert_eq!(post(who, NEVER).await.face(), none.face(), "{act}");
        }
        tried.insert(format!("/v1/public/chat/{act}/{{proposalId}}"));
    }
    assert_eq!(seen_by_owner(&desk).await, before);

    // Configuration and sessions name nothing of anybody; links are signed for one booking.
    let exempt = ["/v1/public/chat/config", "/v1/public/chat/sessions"];
    let template = Template::deployed().unwrap();
    let all =
        template.routes.iter().map(|route| route.path.clone()).filter(|path| path.starts_with("/v1/public/chat/"));
    let missed: Vec<String> = all.filter(|path| !tried.contains(path) && !exempt.contains(&path.as_str())).collect();
    assert_eq!(missed, Vec::<String>::new(), "routes without a case here");
}

#[tokio::test]
async fn a_tenant_named_in_header_query_or_body_changes_nothing() {
    let desk = Desk::open().await;
    let mirabelle = local::demo::MIRABELLE;
    let owner = desk.owner().await;
    let plain = owner.get("/v1/admin/tenant").await;
    let headed = owner.request(Method::GET, "/v1/admin/tenant");
    let headed = headed.header("x-tenant-id", mirabelle).header("x-tenant-key", "pk_demo2");
    assert_eq!(Reply::of(headed).await.body, plain.body);
    let asked = owner.get(&format!("/v1/admin/tenant?tenantId={mirabelle}&tenant={mirabelle}")).await;
    assert!(matches!(asked.status.as_u16(), 200 | 400), "{asked:?}");
    assert!(!asked.text.contains("Mirabelle"), "{asked:?}");
    let patch = json!({ "tenantId": mirabelle });
    owner.patch("/v1/admin/tenant", plain.body["version"].as_u64().unwrap(), &patch).await.refused(400, "invalid");
    let visitor = desk.guest().await;
    visitor
        .post("/v1/public/chat/message", json!({ "message": "Hi", "tenantId": mirabelle }))
        .await
        .refused(400, "invalid");
    assert_eq!(desk.asked(), 0);
}

#[tokio::test]
async fn a_package_next_door_can_neither_be_asked_for_nor_booked() {
    let desk = Desk::open().await;
    let (here, there) = (desk.guest().await, desk.guest_of("pk_demo2").await);
    let wish = |package: &str| json!({ "packageId": package, "from": WEDNESDAY, "days": 1 });
    let foreign = here.tool(&desk, "check_availability", wish(CUT)).await;
    assert_eq!(foreign, here.tool(&desk, "check_availability", wish(NEVER)).await);
    assert!(!foreign.contains("slotId"), "{foreign}");
    let slot = there.slots(&desk, TRIM, WEDNESDAY, 1).await[0]["slotId"].as_str().unwrap().to_owned();
    assert_eq!(here.propose(&desk, &slot, "ann@example.test").await, Value::Null);
    let slot = here.slots(&desk, HEADSHOT, WEDNESDAY, 1).await[0]["slotId"].as_str().unwrap().to_owned();
    assert_eq!(there.propose(&desk, &slot, "ann@example.test").await, Value::Null);
}

#[tokio::test]
async fn the_same_email_at_both_businesses_is_two_customers() {
    let desk = Desk::open().await;
    let (here, there) = (desk.guest().await, desk.guest_of("pk_demo2").await);
    here.book(&desk, HEADSHOT, WEDNESDAY, "ann@example.test").await;
    there.book(&desk, TRIM, WEDNESDAY, "ann@example.test").await;
    for (visitor, own, other) in
        [(&here, "Headshot express", "Fringe trim"), (&there, "Fringe trim", "Headshot express")]
    {
        visitor.prove(&desk, "ann@example.test").await;
        let told = visitor.tool(&desk, "get_my_bookings", json!({})).await;
        assert!(told.contains(own) && !told.contains(other), "{told}");
    }
}

#[tokio::test]
async fn a_proof_here_is_no_proof_next_door() {
    let desk = Desk::open().await;
    let (here, there) = (desk.guest().await, desk.guest_of("pk_demo2").await);
    there.book(&desk, TRIM, WEDNESDAY, "ann@example.test").await;
    here.prove(&desk, "ann@example.test").await;
    let told = there.tool(&desk, "get_my_bookings", json!({})).await;
    assert!(told.contains("not proven"), "{told}");
}

#[tokio::test]
async fn a_cursor_of_one_business_is_nonsense_to_the_other() {
    let desk = Desk::open().await;
    let visitor = desk.guest().await;
    let mut slots = Vec::new();
    for day in ["2026-11-25", "2026-11-26", "2026-11-27", "2026-11-30", "2026-12-01", "2026-12-02"] {
        slots.extend(visitor.slots(&desk, HEADSHOT, day, 1).await);
    }
    let mut booked = 0;
    for slot in &slots {
        let card = visitor.propose(&desk, slot["slotId"].as_str().unwrap(), "ann@example.test").await;
        if let Some(id) = card["id"].as_str() {
            visitor.confirm(id).await.ok();
            booked += 1;
        }
    }
    let owner = desk.owner().await;
    let list = "/v1/admin/bookings?from=2026-11-25&to=2026-12-31";
    assert_eq!(owner.list(list).await.len(), booked);
    let page = owner.get(list).await.ok();
    let cursor = page["nextCursor"].as_str().unwrap_or_else(|| panic!("{booked} bookings must be more than a page"));
    let there = desk.login("owner@demo2.test").await;
    let replayed = there.get(&format!("{list}&cursor={cursor}")).await;
    let nonsense = there.get(&format!("{list}&cursor={}", "A".repeat(cursor.len()))).await;
    assert_eq!(replayed.face(), nonsense.face());
    replayed.refused(400, "invalid");
    // Nor is it good for another list of its own business.
    owner
        .get(&format!("/v1/admin/bookings?from=2026-11-26&to=2026-12-31&cursor={cursor}"))
        .await
        .refused(400, "invalid");
}

#[tokio::test]
async fn interleaved_visitors_of_both_businesses_never_see_the_other() {
    let desk = Desk::open().await;
    let (here, there) = (desk.guest().await, desk.guest_of("pk_demo2").await);
    for round in 0..20 {
        let (ours, theirs) = tokio::join!(here.hear("What can I book?"), there.hear("What can I book?"));
        assert!(ours.contains("Portrait session") && !ours.contains("Fringe"), "{round}: {ours}");
        assert!(theirs.contains("Fringe trim") && !theirs.contains("Portrait"), "{round}: {theirs}");
    }
    // What only shortens a conversation names no business, but what was said of it.
    for request in desk.claude().requests() {
        let request = request.to_string();
        let names = |words: [&str; 2]| words.iter().any(|word| request.contains(word));
        assert_ne!(names(["Atelier Linden", "Portrait"]), names(["Salon Mirabelle", "Cut and finish"]), "{request}");
    }
    assert_eq!(here.history().await.len(), 40);
}
