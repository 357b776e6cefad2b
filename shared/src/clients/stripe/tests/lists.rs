//! Lists: a stretch of time, page by page, and only what is ours.

use super::*;
use crate::clients::stripe::Wanted;

/// Everything from `from` seconds after the beginning until `to`.
fn within(from: i64, to: i64) -> Wanted<'static> {
    Wanted { from: at(NOW + from), to: at(NOW + to), after: None, account: None }
}

#[tokio::test]
async fn a_list_begins_and_ends_at_its_seconds_and_knows_its_account() {
    play(async |world| {
        let session = world.open().await;
        let listed = async |wanted| world.stripe.list_sessions(wanted).await.unwrap().items;
        for (from, to, expected) in [(0, 1, 1), (1, 2, 0), (-1, 0, 0), (-1, 1, 1)] {
            assert_eq!(listed(within(from, to)).await.len(), expected, "{from}..{to}");
        }
        let found = listed(within(0, 1)).await;
        assert_eq!((&found[0].session, found[0].booking), (&session, booking()));
        assert_eq!(found[0].state.as_ref().unwrap().status, CheckoutStatus::Open);
        assert!(listed(Wanted { account: Some("acct_studio"), ..within(0, 1) }).await.is_empty());
    })
    .await;
}

#[tokio::test]
async fn every_page_goes_on_behind_the_last_one() {
    play(async |world| {
        let order = Order::new();
        for attempt in 1..=205 {
            world.stripe.create_checkout(&CheckoutRequest { attempt, ..order.request() }).await.unwrap();
        }
        let (mut pages, mut seen, mut after) = (0, std::collections::BTreeSet::new(), None::<String>);
        loop {
            let wanted = Wanted { after: after.as_deref(), ..within(0, 1) };
            let page = world.stripe.list_sessions(wanted).await.unwrap();
            seen.extend(page.items.into_iter().map(|listed| listed.session));
            (pages, after) = (pages + 1, page.next);
            if after.is_none() {
                break;
            }
        }
        assert_eq!((pages, seen.len()), (3, 205));
        let lost = Wanted { after: Some("cs_test_gone"), ..within(0, 1) };
        assert!(matches!(world.stripe.list_sessions(lost).await, Err(StripeError::Refused { .. })));
    })
    .await;
}

#[tokio::test]
async fn a_refund_that_failed_no_longer_counts_as_given_back() {
    play(async |world| {
        let session = world.open().await;
        let intent = world.pay(&session).await;
        for (n, minor) in [(1, 5_000), (2, 3_000)] {
            let amount = Some(Money::new(minor, price().currency()).unwrap());
            let key = format!("refund-{n}");
            let request = RefundRequest { payment_intent: &intent, amount, key: &key, account: None };
            world.stripe.refund(&request).await.unwrap();
        }
        assert_eq!(world.stripe.refunded_of(&intent, None).await.unwrap(), 8_000);
        assert!(world.sim.fail_refund(&intent));
        assert_eq!(world.stripe.refunded_of(&intent, None).await.unwrap(), 5_000);
        let listed = world.stripe.list_refunds(within(0, 1)).await.unwrap().items;
        let told: std::collections::BTreeSet<_> =
            listed.iter().map(|refund| (refund.amount_minor, refund.is_good)).collect();
        assert_eq!(told, [(5_000, true), (3_000, false)].into());
        assert!(listed.iter().all(|refund| refund.payment_intent.as_deref() == Some(&*intent)));
        assert_eq!(world.stripe.refunded_of("pi_nobody", None).await.unwrap(), 0);
    })
    .await;
}
