//! What is paid, kept and given back.

use super::*;

#[test]
fn money_that_stands_for_nothing_too_little_or_twice_is_noticed() {
    let with = |charges: Vec<Charge>| {
        let evidence = Evidence { charges, ..fine() };
        broken(&evidence).contains(MONEY)
    };
    assert!(!with(vec![charge(8_000, &[])]));
    assert!(with(vec![]), "it stands and nobody paid");
    assert!(with(vec![charge(8_000, &[8_000])]), "it stands and all went back");
    assert!(with(vec![charge(8_000, &[1])]), "a cent went back");
    assert!(with(vec![charge(8_000, &[8_000, 8_000])]), "it went back twice");
    assert!(with(vec![charge(7_999, &[])]), "it was another amount");
    assert!(with(vec![charge(8_000, &[]), charge(8_000, &[])]), "it was paid twice");
    let stranger = Charge { metadata: BTreeMap::new(), ..charge(8_000, &[]) };
    assert!(with(vec![charge(8_000, &[]), stranger]), "it pays for nothing");
}

#[test]
fn what_is_kept_of_a_booking_that_ended_is_what_the_terms_say() {
    let ended = |status: &str, hours_before: i64, refunds: &[i64]| {
        let end = Row { version: 2, status: status.to_owned(), ..row("A") };
        let mut evidence = Evidence { charges: vec![charge(8_000, refunds)], rows: vec![end.clone()], ..fine() };
        evidence.versions.get_mut("A").unwrap().push(written(end, hours_before));
        broken(&evidence).contains(MONEY)
    };
    for (status, hours_before, refunds, expected) in [
        ("CANCELED", 30, &[8_000][..], false),
        ("CANCELED", 30, &[4_000][..], true),
        ("CANCELED", 3, &[4_000][..], false),
        ("CANCELED", 3, &[3_000][..], true),
        ("CANCELED", 3, &[][..], true),
        ("NO_SHOW", -1, &[][..], false),
        ("NO_SHOW", -1, &[8_000][..], true),
        ("COMPLETED", -1, &[][..], false),
        ("EXPIRED", 70, &[][..], true),
        ("EXPIRED", 70, &[8_000][..], false),
        ("REFUNDED", 70, &[8_000][..], false),
        ("REFUNDED", 70, &[4_000][..], true),
        ("PENDING_PAYMENT", 70, &[8_000][..], true),
    ] {
        assert_eq!(ended(status, hours_before, refunds), expected, "{status} {hours_before} {refunds:?}");
    }
}

#[test]
fn what_the_business_gave_back_is_kept_by_no_terms_and_comes_on_top_of_them() {
    let granted = |status: &str, of: (i64, i64), refunds: &[i64]| {
        let before = Row { version: 2, granted: of.0, ..row("A") };
        let end = Row { version: 3, status: status.to_owned(), granted: of.0, ..row("A") };
        let after = Row { version: 4, granted: of.0 + of.1, ..end.clone() };
        let mut evidence = Evidence { charges: vec![charge(8_000, refunds)], rows: vec![after.clone()], ..fine() };
        let versions = evidence.versions.get_mut("A").unwrap();
        versions.extend([written(before, 72), written(end, 3), written(after, 2)]);
        broken(&evidence).contains(MONEY)
    };
    for (status, of, refunds, expected) in [
        ("CONFIRMED", (3_000, 0), &[3_000][..], false),
        ("CONFIRMED", (3_000, 0), &[][..], true),
        ("CONFIRMED", (3_000, 0), &[3_000, 1][..], true),
        ("CONFIRMED", (8_000, 0), &[8_000][..], false),
        // Half is kept of a late cancellation, as far as it is there; what is given then comes on top.
        ("CANCELED", (3_000, 0), &[4_000][..], false),
        ("CANCELED", (3_000, 0), &[7_000][..], true),
        ("CANCELED", (6_000, 0), &[6_000][..], false),
        ("CANCELED", (0, 1_000), &[5_000][..], false),
        ("CANCELED", (0, 1_000), &[4_000][..], true),
        ("NO_SHOW", (1_000, 2_000), &[3_000][..], false),
        ("NO_SHOW", (1_000, 2_000), &[1_000][..], true),
    ] {
        assert_eq!(granted(status, of, refunds), expected, "{status} {of:?} {refunds:?}");
    }
}

#[test]
fn who_was_told_that_money_comes_back_gets_no_less() {
    let canceled = Row { version: 2, status: "CANCELED".to_owned(), refund_due: 8_000, fee: 0, ..row("A") };
    let stored = Row { version: 3, refund_due: 0, ..canceled.clone() };
    let mut evidence = Evidence { charges: vec![charge(8_000, &[4_000])], rows: vec![stored.clone()], ..fine() };
    evidence.words.push(Word { what: "canceled", booking: canceled.clone() });
    evidence.versions.get_mut("A").unwrap().extend([written(canceled, 3), written(stored, 2)]);
    assert!(broken(&evidence).contains(MONEY));
    evidence.charges = vec![charge(8_000, &[8_000])];
    assert!(!broken(&evidence).contains(MONEY));
}
