//! Pages and the admin API: the console's own read its answers, pages of any other site read none.

use super::world::{CONSOLE, OWNER, Told, world};

/// Who may read an answer, and what caches are told of it.
fn readers(told: &Told) -> (Option<&str>, Option<&str>) {
    let text = |name| told.headers.get(name).map(|value| value.to_str().unwrap());
    (text("access-control-allow-origin"), text("vary"))
}

#[tokio::test]
async fn the_consoles_pages_read_every_answer_also_a_refusal() {
    let world = world().await;
    for origin in [CONSOLE, "https://second.example"] {
        for (sending, status) in
            [(world.by(OWNER, "me"), 200), (world.case("me"), 401), (world.by(OWNER, "add-tenant"), 403)]
        {
            let told = sending.header("Origin", origin).send().await;
            assert_eq!((told.status, readers(&told)), (status, (Some(origin), Some("Origin"))));
        }
    }
}

#[tokio::test]
async fn no_other_page_reads_anything_and_no_caller_gets_credentials() {
    let world = world().await;
    for origin in ["https://evil.test", "https://console.example.evil.test", "null", "https://shop.example", "*"] {
        let told = world.by(OWNER, "me").header("Origin", origin).send().await;
        assert_eq!((told.status, readers(&told)), (200, (None, Some("Origin"))), "{origin}");
        assert!(!told.headers.contains_key("access-control-allow-credentials"));
    }
    let told = world.by(OWNER, "me").without("Origin").send().await;
    assert_eq!((told.status, readers(&told)), (200, (None, Some("Origin"))));
}
