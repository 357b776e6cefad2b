//! Articles out of documents and pages: what is made, once, and from where nothing is.

use std::net::{IpAddr, Ipv4Addr};
use std::pin::pin;
use std::sync::{Arc, Mutex};
use std::task::Poll;

use async_trait::async_trait;
use aws_lambda_events::sqs::SqsEvent;
use axum::Router;
use axum::http::StatusCode;
use axum::response::{IntoResponse as _, Redirect};
use axum::routing::get;
use futures::future::{join_all, poll_fn};
use serde_json::{Value, json};
use shared::app::import::{Read, read};
use shared::clients::fetch::{Fetch, Lookup, Reach, SystemLookup};
use shared::domain::event::{Event, Happening};
use shared::domain::id::{EventId, ImportId};
use shared::domain::import::{Import, Problem};
use shared::ports::Ids as _;
use shared::runtime::RandomIds;
use tokio::net::TcpListener;

use super::world::{AGENT, NOW, OWNER, STRANGER, Told, World, world};

const FAQ: &str = "---\ntitle: Questions\ntags: [studio]\n---\n## Where can I park?\n\nBehind the house.\n\n## May my dog come?\n\nYes.\n";
const PAGE: &str = "<title>FAQ</title><main><h2>Parking</h2><p>Behind the house.</p><h2>Dogs</h2>Yes.</main>";

/// A world whose pages are on this machine.
async fn opened() -> World {
    let mut world = world().await;
    world.services.fetch = Fetch::new(Reach::PublicAndLoopback, Arc::new(SystemLookup)).unwrap();
    world
}

/// What a page says by now.
type Page = Arc<Mutex<String>>;

/// A host with a page that says [`PAGE`] at first, and one for each way to fail; and where it is.
async fn host() -> (Page, String) {
    let page = Page::new(Mutex::new(PAGE.to_owned()));
    let faq = Arc::clone(&page);
    let html = |text: String| ([("content-type", "text/html")], text);
    let router = Router::new()
        .route("/faq", get(move || async move { html(faq.lock().unwrap().clone()) }))
        .route("/empty", get(move || async move { html("<script>build()</script><div id=app></div>".to_owned()) }))
        .route("/large", get(move || async move { html("x".repeat(1024 * 1024 + 1)) }))
        .route("/picture", get(|| async { ([("content-type", "image/png")], "x") }))
        .route("/inward", get(|| async { Redirect::temporary("http://169.254.169.254/latest/meta-data/") }))
        .route("/round", get(|| async { Redirect::temporary("/round") }))
        .route("/secret", get(|| async { StatusCode::UNAUTHORIZED.into_response() }));
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    #[expect(clippy::disallowed_methods, reason = "the pages are served until the test's runtime ends")]
    tokio::spawn(async move { drop(axum::serve(listener, router).await) });
    (page, format!("http://{address}"))
}

async fn import(world: &World, body: &Value) -> Told {
    world.by(OWNER, "import-articles").body(body).send().await
}

/// Asks for a page, and gives the import's id.
async fn asked(world: &World, url: &str) -> String {
    let asked = import(world, &json!({ "url": url })).await;
    assert_eq!((asked.status, &asked.body["status"]), (202, &json!("waiting")), "{asked:?}");
    asked.id().to_owned()
}

async fn look(world: &World, id: &str) -> Read {
    read(world.services.import(), world.tenant(), id.parse().unwrap()).await.unwrap()
}

async fn shown(world: &World, id: &str) -> Value {
    world.by(OWNER, "show-import").id(id).send().await.body
}

#[tokio::test]
async fn a_document_makes_articles_and_sent_again_changes_only_what_changed() {
    let world = world().await;
    let preview = import(&world, &json!({ "markdown": FAQ, "preview": true })).await;
    let park = json!({ "title": "Where can I park?", "body": "Behind the house.", "tags": ["studio"] });
    assert_eq!((preview.status, &preview.body["created"], &preview.body["articles"][0]), (200, &json!(2), &park));
    assert!(world.listed("list-articles").await.is_empty(), "a preview makes nothing");
    let nothing_skipped = |created: u8, updated: u8, unchanged: u8| json!({ "created": created, "updated": updated, "unchanged": unchanged, "skipped": [] });
    assert_eq!(import(&world, &json!({ "markdown": FAQ })).await.body, nothing_skipped(2, 0, 0));
    let first = world.listed("list-articles").await;
    assert_eq!((&first[0]["state"], &first[0]["version"]), (&json!("published"), &json!(1)));
    assert_eq!(import(&world, &json!({ "markdown": FAQ })).await.body, nothing_skipped(0, 0, 2));
    let changed = FAQ.replace("Yes.", "On a lead.");
    assert_eq!(import(&world, &json!({ "markdown": changed })).await.body, nothing_skipped(0, 1, 1));
    let second = world.listed("list-articles").await;
    assert_eq!((&second[0], &second[1]["id"]), (&first[0], &first[1]["id"]));
    assert_eq!(second[1]["body"], "On a lead.");
    let named = json!({ "markdown": FAQ, "name": "other.md", "locale": "de-CH" });
    assert_eq!(import(&world, &named).await.body, nothing_skipped(2, 0, 0));
    assert_eq!(world.listed("list-articles").await[3]["locale"], "de");
}

#[tokio::test]
async fn a_document_sent_many_times_at_once_makes_one_set_of_articles() {
    let world = world().await;
    let body = json!({ "markdown": FAQ });
    let told = join_all((0..6).map(|_| import(&world, &body))).await;
    let created: u64 = told.iter().filter_map(|told| told.body["created"].as_u64()).sum();
    assert_eq!(created, 2, "{told:?}");
    assert_eq!(world.listed("list-articles").await.len(), 2);
}

#[tokio::test]
async fn an_import_that_makes_no_sense_is_refused_and_what_is_left_out_is_told() {
    let world = world().await;
    for (body, pointer) in [
        (json!({}), "/markdown"),
        (json!({ "markdown": FAQ, "url": "https://x.example/" }), "/markdown"),
        (json!({ "markdown": FAQ, "locale": "klingon" }), "/locale"),
        (json!({ "markdown": FAQ, "name": "x".repeat(201) }), "/name"),
        (json!({ "url": "https://x.example/", "preview": true }), "/preview"),
        (json!({ "url": "https://x.example/", "name": "x" }), "/name"),
        (json!({ "html": PAGE }), "/html"),
    ] {
        let told = import(&world, &body).await;
        assert_eq!((told.status, told.faults()[0].0), (400, pointer), "{body}");
    }
    let large = json!({ "markdown": "x".repeat(64 * 1024) });
    assert_eq!(import(&world, &large).await.status, 413);
    let loose = import(&world, &json!({ "markdown": "Hello.\n\n## Empty\n\n## Full\n\nx" })).await;
    let skipped = json!([
        { "title": "", "reason": "This text stands above the first heading, and the document has no title." },
        { "title": "Empty", "reason": "There is no text below this heading." },
    ]);
    assert_eq!((&loose.body["created"], &loose.body["skipped"]), (&json!(1), &skipped));
}

#[tokio::test]
async fn no_address_that_an_owner_sends_leads_inward() {
    let world = world().await;
    for url in [
        "http://studio.example/",
        "https://169.254.169.254/latest/meta-data/",
        "https://[::1]/",
        "https://[::ffff:127.0.0.1]/",
        "https://2130706433/",
        "https://0x7f.1/",
        "https://017700000001/",
        "https://10.0.0.1/",
        "https://localhost/",
        "https://metadata.google.internal/",
        "https://studio.local/",
        "https://studio.example./",
        "https://studio/",
        "https://ann:secret@studio.example/",
        "file:///etc/passwd",
        "gopher://studio.example/",
        "javascript:alert(1)",
        "//studio.example/",
        "",
    ] {
        let told = import(&world, &json!({ "url": url })).await;
        assert_eq!((told.status, told.faults()[0].0), (400, "/url"), "{url}");
    }
    assert!(world.listed("list-imports").await.is_empty());
}

struct Inside;

#[async_trait]
impl Lookup for Inside {
    async fn addresses(&self, _host: &str) -> std::io::Result<Vec<IpAddr>> {
        Ok(vec![Ipv4Addr::new(93, 184, 215, 14).into(), Ipv4Addr::new(169, 254, 169, 254).into()])
    }
}

#[tokio::test]
async fn a_name_that_leads_inward_is_found_out_when_it_is_fetched() {
    let mut world = world().await;
    world.services.fetch = Fetch::new(Reach::Public, Arc::new(Inside)).unwrap();
    let id = asked(&world, "https://rebinding.example/").await;
    assert_eq!(look(&world, &id).await, Read::Failed(Problem::AddressRefused));
}

#[tokio::test]
async fn a_page_that_makes_no_articles_says_why_in_words() {
    let world = opened().await;
    let (_, host) = host().await;
    for (path, problem) in [
        ("/empty", Problem::NothingFound),
        ("/large", Problem::TooLarge),
        ("/picture", Problem::WrongKind),
        ("/inward", Problem::AddressRefused),
        ("/round", Problem::TooManyRedirects),
        ("/secret", Problem::NotThere),
        ("/nowhere", Problem::NotThere),
    ] {
        let id = asked(&world, &format!("{host}{path}")).await;
        assert_eq!(look(&world, &id).await, Read::Failed(problem), "{path}");
        let told = shown(&world, &id).await;
        assert_eq!(told["status"], "failed");
        assert_eq!(told["problem"], json!({ "code": problem.as_str(), "message": problem.sentence() }));
    }
    let closed = TcpListener::bind("127.0.0.1:0").await.unwrap().local_addr().unwrap();
    let id = asked(&world, &format!("http://{closed}/")).await;
    assert_eq!(look(&world, &id).await, Read::Failed(Problem::Unreachable));
    assert_eq!(look(&world, &id).await, Read::Nothing, "what has ended stays as it ended");
    assert!(world.listed("list-articles").await.is_empty());
    assert_eq!(world.listed("list-imports").await.len(), 8);
}

#[tokio::test]
async fn a_page_that_is_asked_for_once_and_heard_of_at_once_many_times_makes_one_set_of_articles() {
    let world = opened().await;
    let id = asked(&world, &format!("{}/faq#top", host().await.1)).await;
    let path = format!("{}/../events/article-import/import-requested.json", env!("CARGO_MANIFEST_DIR"));
    let message = std::fs::read_to_string(path).unwrap();
    let message = message.replace("01KAJC8H2K4N6Q8S0V2X4Z6B8D", &id);
    let message = message.replace("01KAJ3QZ7V3N5M8R2T4W6Y8A0B", &world.tenant().to_string());
    let deliver = async || {
        let batch: SqsEvent = serde_json::from_str(&message).unwrap();
        article_import::handle(&world.services, batch).await.batch_item_failures.len()
    };
    let failed = join_all((0..3).map(|_| deliver())).await;
    assert_eq!((failed, deliver().await), (vec![0; 3], 0));
    let articles = world.listed("list-articles").await;
    assert_eq!(articles.iter().map(|one| one["state"].as_str().unwrap()).collect::<Vec<_>>(), ["proposed"; 2]);
    let told = shown(&world, &id).await;
    assert_eq!((&told["status"], &told["created"], &told["skipped"]), (&json!("done"), &json!(2), &json!([])));
}

/// Keeps an import without asking for it, since only so many can be asked for.
async fn begun(world: &World, url: &str) -> String {
    let (ids, at) = (RandomIds::default(), NOW);
    let import = Import::asked(ImportId::new(ids.ulid(at)), url.parse().unwrap(), None, at);
    let what = Happening::ImportRequested(import.id);
    let event = Event { id: EventId::new(ids.ulid(at)), tenant: world.tenant(), at, what };
    world.services.store.begin_import(world.tenant(), &import, &event).await.unwrap();
    import.id.to_string()
}

/// What `work` comes to, unless it is cut off when it has waited so often.
async fn cut_off<F: Future>(waits: usize, work: F) -> Option<F::Output> {
    let (mut work, mut left) = (pin!(work), waits);
    poll_fn(|context| match work.as_mut().poll(context) {
        Poll::Ready(done) => Poll::Ready(Some(done)),
        Poll::Pending if left == 0 => Poll::Ready(None),
        Poll::Pending => {
            left -= 1;
            Poll::Pending
        }
    })
    .await
}

#[tokio::test]
async fn an_import_that_is_cut_off_anywhere_ends_the_same_when_it_is_heard_of_again() {
    let world = opened().await;
    let url = format!("{}/faq", host().await.1);
    let mut cuts = 0;
    for round in 0.. {
        let id = begun(&world, &url).await;
        let is_whole = cut_off(round, look(&world, &id)).await.is_some();
        let made = world.listed("list-articles").await.len();
        let is_done = shown(&world, &id).await["status"] == "done";
        assert!(made == 0 || made == 2, "{made} after {round} waits");
        assert!(made == 0 || is_done, "articles without the end of their import, after {round} waits");
        if is_whole {
            break;
        }
        cuts += 1;
        look(&world, &id).await;
        assert_eq!(shown(&world, &id).await["status"], "done");
        let articles = world.listed("list-articles").await;
        assert_eq!(articles.len(), 2, "after {round} waits");
        for article in articles {
            let id = article["id"].as_str().unwrap();
            assert_eq!(world.by(OWNER, "remove-article").id(id).version(1).send().await.status, 204);
        }
    }
    assert!(4 < cuts, "{cuts} cuts");
}

#[tokio::test]
async fn a_page_that_changed_is_proposed_and_approved_in_place_of_what_stands() {
    let world = opened().await;
    let (page, host) = host().await;
    let url = format!("{host}/faq");
    assert_eq!(look(&world, &asked(&world, &url).await).await, Read::Proposed(2));
    let first = world.listed("list-articles").await;
    let parking = first[0]["id"].as_str().unwrap().to_owned();
    assert_eq!(world.by(OWNER, "approve-article").id(&parking).version(1).send().await.status, 200);
    assert_eq!(look(&world, &asked(&world, &url).await).await, Read::Proposed(0), "it says what it said");

    *page.lock().unwrap() = PAGE.replace("Behind", "Before");
    assert_eq!(look(&world, &asked(&world, &url).await).await, Read::Proposed(1));
    let second = world.listed("list-articles").await;
    assert_eq!((&second[0]["state"], &second[0]["body"]), (&json!("published"), &json!("Behind the house.")));
    let proposal = second.iter().find(|one| one["body"] == "Before the house.").unwrap();
    let approved = world.by(OWNER, "approve-article").id(proposal["id"].as_str().unwrap()).version(1).send().await;
    assert_eq!((approved.status, approved.id(), &approved.body["version"]), (200, parking.as_str(), &json!(3)));
    assert_eq!(approved.body["body"], "Before the house.");
    assert_eq!(world.listed("list-articles").await.len(), 2, "the proposal is gone");
    let published = world.by(AGENT, "list-articles").query(&[("state", "published")]).send().await;
    assert_eq!(published.body, json!({ "items": [approved.body] }));
}

#[tokio::test]
async fn a_business_asks_for_twenty_pages_an_hour() {
    let world = world().await;
    for _ in 0..20 {
        asked(&world, "https://studio.example/faq").await;
    }
    let told = import(&world, &json!({ "url": "https://studio.example/faq" })).await;
    assert_eq!((told.status, told.code()), (429, "rate_limited"), "{told:?}");
    assert_eq!(told.headers["retry-after"], "3600");
    assert_eq!(import(&world, &json!({ "markdown": FAQ })).await.status, 200, "documents are not counted");
}

#[tokio::test]
async fn imports_are_the_owners_and_nobody_elses_business() {
    let world = world().await;
    let id = asked(&world, "https://studio.example/faq").await;
    for body in [json!({ "markdown": FAQ }), json!({ "url": "https://studio.example/" })] {
        assert_eq!(world.by(AGENT, "import-articles").body(&body).send().await.status, 403);
    }
    assert_eq!(world.by(AGENT, "show-import").id(&id).send().await.status, 200);
    let foreign = world.by(STRANGER, "show-import").id(&id).send().await;
    let unknown = world.by(STRANGER, "show-import").id("01KAJZZZZZZZZZZZZZZZZZZZZZ").send().await;
    assert_eq!((foreign.status, foreign.body), (404, unknown.body));
    assert_eq!(world.by(STRANGER, "list-imports").send().await.body, json!({ "items": [] }));
}
