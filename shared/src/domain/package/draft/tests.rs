//! A draft becomes a package whole or not at all, and says what is wrong with it.

use super::*;

const ID: &str = "01JD7Q4ZJ2M6S1V0B7T3K9XN5R";
const OTHER: &str = "01JD7Q4ZJ2M6S1V0B7T3K9XN5S";

fn draft() -> PackageDraft {
    PackageDraft {
        name: "Portrait".to_owned(),
        description: "An hour in the studio".to_owned(),
        price_minor: 12_000,
        currency: "EUR".to_owned(),
        kind: "SLOT".to_owned(),
        duration_minutes: Some(60),
        buffer_before_minutes: None,
        buffer_after_minutes: Some(15),
        capacity: None,
        resources: vec![ID.to_owned()],
        active: true,
        deposit_percent: None,
        cancellation: CancellationDraft::default(),
        images: vec!["https://shop.example/a.jpg".to_owned()],
    }
}

fn faults(draft: &PackageDraft) -> Vec<(String, &'static str)> {
    match draft.check(ID.parse().unwrap(), 1) {
        Ok(_) => Vec::new(),
        Err(InvalidDraft(fields)) => fields.into_iter().map(|field| (field.pointer, field.code)).collect(),
    }
}

#[test]
fn a_draft_within_all_bounds_is_a_package() {
    let package = draft().check(ID.parse().unwrap(), 7).unwrap();
    assert_eq!((package.kind(), package.version), (Kind::Slot, 7));
    let Terms::Slot(terms) = package.terms else { panic!("a slot") };
    assert_eq!(terms.duration(), Duration::from_mins(60));
    assert_eq!(terms.buffers(), Buffers { before: Duration::ZERO, after: Duration::from_mins(15) });
    assert_eq!(package.terms.capacity(), 1);
}

#[test]
fn a_price_is_nothing_or_what_can_be_charged() {
    for (currency, minor, fault) in [
        ("EUR", 0, None),
        ("EUR", 1, Some("out_of_range")),
        ("EUR", 49, Some("out_of_range")),
        ("EUR", 50, None),
        ("GBP", 29, Some("out_of_range")),
        ("GBP", 30, None),
        ("JPY", 49, Some("out_of_range")),
        ("JPY", 50, None),
        ("HUF", 17_499, Some("out_of_range")),
        ("HUF", 17_500, None),
        ("KWD", 490, Some("out_of_range")),
        ("KWD", 500, None),
        ("KWD", 505, Some("invalid_value")),
        ("KWD", 510, None),
    ] {
        let draft = PackageDraft { price_minor: minor, currency: currency.to_owned(), ..draft() };
        let expected: Vec<_> = fault.map(|code| ("/price/amount".to_owned(), code)).into_iter().collect();
        assert_eq!(faults(&draft), expected, "{minor} {currency}");
    }
}

#[test]
fn each_bound_holds_on_both_sides() {
    type Change = fn(&mut PackageDraft, u32);
    let cases: [(&str, Change, [u32; 2], [u32; 2]); 8] = [
        ("/durationMinutes", |d, n| d.duration_minutes = Some(n), [5, 720], [4, 721]),
        ("/bufferBeforeMinutes", |d, n| d.buffer_before_minutes = Some(n), [0, 360], [361, u32::MAX]),
        ("/bufferAfterMinutes", |d, n| d.buffer_after_minutes = Some(n), [0, 360], [361, u32::MAX]),
        ("/capacity", |d, n| d.capacity = Some(n), [1, 500], [0, 501]),
        ("/depositPercent", |d, n| d.deposit_percent = Some(n), [1, 100], [0, 101]),
        (
            "/cancellation/freeUntilMinutes",
            |d, n| d.cancellation.free_until_minutes = Some(n),
            [0, 43_200],
            [43_201, u32::MAX],
        ),
        ("/cancellation/lateFeePercent", |d, n| d.cancellation.late_fee_percent = Some(n), [0, 100], [101, 256]),
        ("/cancellation/noShowPercent", |d, n| d.cancellation.no_show_percent = Some(n), [0, 100], [101, 256]),
    ];
    for (pointer, change, good, bad) in cases {
        for (values, expected) in [(good, vec![]), (bad, vec![(pointer.to_owned(), "out_of_range")])] {
            for value in values {
                let mut draft = draft();
                change(&mut draft, value);
                assert_eq!(faults(&draft), expected, "{pointer} = {value}");
            }
        }
    }
}

#[test]
fn every_refused_field_is_named() {
    let draft = PackageDraft {
        name: " ".to_owned(),
        description: "x".repeat(1001),
        price_minor: -1,
        kind: "HOURLY".to_owned(),
        resources: vec![ID.to_owned(), "x".to_owned(), OTHER.to_owned(), ID.to_owned()],
        images: vec!["http://shop.example/a.jpg".to_owned(), "javascript:alert(1)".to_owned()],
        ..draft()
    };
    let expected = [
        ("/name", "invalid"),
        ("/description", "invalid"),
        ("/price/amount", "invalid"),
        ("/kind", "invalid"),
        ("/resources/1", "invalid"),
        ("/resources/3", "duplicate"),
        ("/images/0", "invalid"),
        ("/images/1", "invalid"),
    ];
    assert_eq!(faults(&draft), expected.map(|(pointer, code)| (pointer.to_owned(), code)));
}

#[test]
fn a_package_has_from_one_to_twenty_resources() {
    let with = |count: u128| PackageDraft {
        resources: (0..count).map(|n| ResourceId::new(ulid::Ulid(n)).to_string()).collect(),
        ..draft()
    };
    assert_eq!(faults(&with(0)), [("/resources".to_owned(), "required")]);
    assert_eq!(faults(&with(20)), []);
    assert_eq!(faults(&with(21)), [("/resources".to_owned(), "too_many")]);
}

#[test]
fn a_date_package_has_neither_length_nor_seats() {
    let date = PackageDraft { kind: "DATE".to_owned(), duration_minutes: None, buffer_after_minutes: None, ..draft() };
    assert_eq!(date.check(ID.parse().unwrap(), 1).unwrap().terms, Terms::Date);
    assert_eq!(faults(&PackageDraft { capacity: Some(2), ..date }), [("/capacity".to_owned(), "not_allowed")]);
    assert_eq!(
        faults(&PackageDraft { duration_minutes: None, ..draft() }),
        [("/durationMinutes".to_owned(), "required")]
    );
}

#[test]
fn the_deposit_is_a_share_of_the_price_and_never_nothing() {
    let package = |minor, percent| {
        let draft = PackageDraft { price_minor: minor, deposit_percent: percent, ..draft() };
        draft.check(ID.parse().unwrap(), 1).unwrap().due_at_booking().minor()
    };
    assert_eq!(package(12_000, None), 12_000);
    assert_eq!(package(12_000, Some(25)), 3_000);
    assert_eq!(package(60, Some(10)), 50, "a share that cannot be charged is raised to what can");
    assert_eq!(package(0, Some(50)), 0);
    let made = draft().check(ID.parse().unwrap(), 1).unwrap();
    let four = Money::new(4, made.price.currency()).unwrap();
    let old = Package { price: four, deposit_percent: Some(10), ..made };
    assert_eq!(old.due_at_booking(), four, "a price of before that cannot be charged is never exceeded");
}
