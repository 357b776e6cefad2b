//! The pages of an offer and of a place in line: both clocks, no code of what nobody has taken, and what a button did.

use shared::app::mail::Links;
use shared::domain::booking::{Booking, Status};
use shared::domain::brand::Brand;
use shared::domain::clocks::zone_named;
use shared::domain::link::Purpose;

use crate::links::{follow, page};
use crate::waitlist::{AT_TEN, cancel, full, offers, waiting, work};
use crate::world::{FREE_HOUR, HOUR, Offered, TENANT, World, opened};

const SHOW_TAKE: &str = include_str!("../../../events/confirm/show-take.json");
const TAKE: &str = include_str!("../../../events/confirm/take-by-link.json");
const SHOW_PASS: &str = include_str!("../../../events/confirm/show-pass.json");
const PASS: &str = include_str!("../../../events/confirm/pass-by-link.json");
const SHOW_LEAVE: &str = include_str!("../../../events/confirm/show-leave.json");
const LEAVE: &str = include_str!("../../../events/confirm/leave-by-link.json");

/// The offer to Ann, who reads her mails in Lisbon.
async fn to_lisbon(offered: Offered<'_>) -> (World, Booking) {
    let mut world = opened(&[offered], AT_TEN).await;
    world.origin.timezone = zone_named("Europe/Lisbon");
    let booked = full(&world, &["ann@x.test"]).await;
    cancel(&world, &booked).await;
    work(&world).await;
    let offer = offers(&world).await.remove(0);
    (world, offer)
}

fn links(world: &World) -> Links {
    Links::new("https://desk.example", world.services.link_key.clone()).unwrap()
}

async fn open(world: &World, event: &str, link: &str) -> (u16, String) {
    let token = link.split('/').nth_back(1).unwrap();
    page(&follow(world, event, token, "", &[]).await)
}

async fn of_offer(world: &World, event: &str, purpose: Purpose, offer: &Booking) -> (u16, String) {
    let link = links(world).find(purpose, TENANT, offer, offer.created_at).unwrap();
    open(world, event, &link).await
}

/// What stands in the row `label`.
fn row<'a>(html: &'a str, label: &str) -> Option<&'a str> {
    let (_, rest) = html.split_once(&format!("<dt>{label}</dt><dd class="))?;
    rest.split_once("</dd>").map(|(row, _)| row)
}

#[tokio::test]
async fn an_offer_is_told_on_both_clocks_since_the_place_in_line_knows_where_its_customer_lives() {
    let (world, offer) = to_lisbon(HOUR).await;
    for (event, purpose) in [(SHOW_TAKE, Purpose::Take), (SHOW_PASS, Purpose::Pass)] {
        let (status, html) = of_offer(&world, event, purpose, &offer).await;
        assert_eq!(status, 200, "{html}");
        let when = "\"lead\">Monday, 23 November 2026<br><span>10:00–11:00 CET (Berlin time)</span>";
        assert_eq!(row(&html, "When"), Some(when), "{html}");
        let own = "\"plain\">Monday, 23 November 2026<br><span>09:00–10:00 WET (Lisbon time)</span>";
        assert_eq!(row(&html, "Your time"), Some(own), "{html}");
        assert!(row(&html, "Code").is_none() && !html.contains(offer.code.as_str()), "{html}");
        let brand = Brand::of(world.business().await.widget.primary);
        assert!(html.contains(&format!("--brand: {};", brand.day)), "{html}");
        assert!(html.contains("mailto:"), "who is stuck needs a person: {html}");
    }
    let (_, html) = of_offer(&world, SHOW_TAKE, Purpose::Take, &offer).await;
    let until = "until Mon 23 Nov 2026, 08:30 CET (Mon 23 Nov 2026, 07:30 WET for you)";
    assert!(html.contains(until), "{html}");
    assert_eq!(world.stored(offer.id).await, offer, "looking changes nothing");
}

#[tokio::test]
async fn who_takes_an_offer_for_free_is_booked_and_is_shown_the_code() {
    let (world, offer) = to_lisbon(FREE_HOUR).await;
    let (status, html) = of_offer(&world, TAKE, Purpose::Take, &offer).await;
    assert!(status == 200 && html.contains("You are booked") && html.contains("class=\"sign done\""), "{html}");
    assert!(row(&html, "Code").is_some_and(|code| code.contains(offer.code.as_str())), "{html}");
    let taken = world.stored(offer.id).await;
    assert_eq!(taken.status, Status::Confirmed);
    assert_eq!(taken.customer_timezone, zone_named("Europe/Lisbon"));
}

#[tokio::test]
async fn a_place_that_was_let_pass_is_struck_out_and_has_neither_code_nor_price() {
    let (world, offer) = to_lisbon(HOUR).await;
    let pressed = of_offer(&world, PASS, Purpose::Pass, &offer).await;
    assert!(pressed.0 == 200 && pressed.1.contains("You have let this place pass"), "{}", pressed.1);
    assert_eq!(world.stored(offer.id).await.status, Status::Expired);
    let again = of_offer(&world, SHOW_TAKE, Purpose::Take, &offer).await;
    assert!(again.0 == 410 && again.1.contains("This offer is over"), "{}", again.1);
    for (_, html) in [pressed, again] {
        assert!(row(&html, "When").is_some_and(|when| when.starts_with("\"gone\"><s>")), "{html}");
        for label in ["Your time", "Code", "Price"] {
            assert!(row(&html, label).is_none(), "{label}: {html}");
        }
    }
}

#[tokio::test]
async fn who_waits_sees_their_days_and_whose_they_are_and_leaves_by_a_button() {
    let mut world = opened(&[FREE_HOUR], AT_TEN).await;
    world.origin.timezone = zone_named("Europe/Lisbon");
    full(&world, &["ann@x.test"]).await;
    let place = waiting(&world).await.remove(0);
    let link = links(&world).leave(&world.business().await.tenant, &place).unwrap();
    let (status, html) = open(&world, SHOW_LEAVE, &link).await;
    assert_eq!((status, row(&html, "When")), (200, Some("\"lead\">Mon 23 Nov 2026 (Berlin time)")), "{html}");
    assert!(!html.contains("class=\"sign"), "it asks: {html}");
    let (status, html) = open(&world, LEAVE, &link).await;
    assert!(status == 200 && html.contains("You are not on this waitlist"), "{html}");
    assert!(html.contains("class=\"sign done\""), "{html}");
    assert_eq!(row(&html, "When"), Some("\"plain\">Mon 23 Nov 2026 (Berlin time)"));
    assert!(waiting(&world).await.is_empty());
    let (status, html) = open(&world, SHOW_LEAVE, &link).await;
    assert!(status == 200 && html.contains("class=\"sign\""), "{html}");
}
