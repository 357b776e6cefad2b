//! The defaults of the product, and the bounds that keep a page whole.

use super::*;
use crate::domain::hours::draft::StretchDraft;
use crate::domain::widget::Position;

/// The defaults as their owner would write them.
fn draft() -> WidgetDraft {
    let defaults = WidgetConfig::default();
    let mut business_hours = WeekDraft::default();
    for (day, draft) in defaults.business_hours.days().iter().zip(&mut business_hours.0) {
        let written = |stretch: &crate::domain::hours::Stretch| StretchDraft {
            opens: stretch.opens().to_string(),
            closes: stretch.closes().to_string(),
        };
        *draft = day.stretches().iter().map(written).collect();
    }
    WidgetDraft {
        primary: "#374d42".to_owned(),
        secondary: "#3D3D3D".to_owned(),
        header: "Chat with us".to_owned(),
        greeting: "Hi! How can we help you today?".to_owned(),
        position: "bottom-right".to_owned(),
        offset_x: 20,
        offset_y: 20,
        auto_open_seconds: 0,
        show_typing: true,
        show_read_receipts: true,
        keeps_hours: false,
        business_hours,
        offline_message: "We're currently offline. Leave a message!".to_owned(),
        uploads_on: true,
        upload_max_mb: 10,
        upload_types: vec!["image/*".to_owned(), "application/pdf".to_owned()],
        proactive_message: defaults.proactive.message.as_str().to_owned(),
        proactive_seconds: 30,
        proactive_scroll: 300,
    }
}

fn faults(draft: &WidgetDraft) -> Vec<(String, &'static str)> {
    draft.check(1).map_or_else(|e| e.0.into_iter().map(|f| (f.pointer, f.code)).collect(), |_| Vec::new())
}

#[test]
fn the_defaults_are_the_products() {
    assert_eq!(draft().check(0), Ok(WidgetConfig::default()));
}

#[test]
fn each_bound_holds_on_both_sides() {
    type Change = fn(&mut WidgetDraft, u64);
    let cases: [(&str, Change, [u64; 2], &[u64]); 6] = [
        ("/offsetX", |d, n| d.offset_x = n, [0, 400], &[401, u64::MAX]),
        ("/offsetY", |d, n| d.offset_y = n, [0, 400], &[401]),
        ("/autoOpenDelay", |d, n| d.auto_open_seconds = n, [0, 3600], &[3601]),
        ("/uploads/maxMb", |d, n| d.upload_max_mb = n, [1, 25], &[0, 26, 300]),
        ("/proactive/delaySeconds", |d, n| d.proactive_seconds = n, [0, 3600], &[3601]),
        ("/proactive/scrollPx", |d, n| d.proactive_scroll = n, [0, 20_000], &[20_001]),
    ];
    for (pointer, change, good, bad) in cases {
        for (values, expected) in [(&good[..], vec![]), (bad, vec![(pointer.to_owned(), "out_of_range")])] {
            for value in values {
                let mut draft = draft();
                change(&mut draft, *value);
                assert_eq!(faults(&draft), expected, "{pointer} = {value}");
            }
        }
    }
}

#[test]
fn texts_are_bounded_and_say_something() {
    type Change = fn(&mut WidgetDraft, String);
    let cases: [(&str, Change, usize, bool); 4] = [
        ("/header", |d, text| d.header = text, 80, false),
        ("/greeting", |d, text| d.greeting = text, 500, false),
        ("/offlineMessage", |d, text| d.offline_message = text, 500, false),
        ("/proactive/message", |d, text| d.proactive_message = text, 200, true),
    ];
    for (pointer, change, most, may_be_empty) in cases {
        for (text, good) in [("é".repeat(most), true), ("é".repeat(most + 1), false), (" \n".to_owned(), may_be_empty)]
        {
            let mut draft = draft();
            change(&mut draft, text);
            let expected = if good { vec![] } else { vec![(pointer.to_owned(), "invalid")] };
            assert_eq!(faults(&draft), expected, "{pointer}");
        }
    }
}

#[test]
fn a_position_is_one_of_two_corners() {
    for corner in [Position::BottomRight, Position::BottomLeft] {
        assert_eq!(corner.as_str().parse(), Ok(corner));
    }
    assert_eq!(
        faults(&WidgetDraft { position: "top-left".to_owned(), ..draft() }),
        [("/position".to_owned(), "invalid")]
    );
}

#[test]
fn files_need_a_type_and_not_too_many() {
    let with = |count| WidgetDraft { upload_types: vec!["image/png".to_owned(); count], ..draft() };
    assert_eq!(faults(&with(0)), [("/uploads/types".to_owned(), "required")]);
    assert_eq!(faults(&with(20)), []);
    assert_eq!(faults(&with(21)), [("/uploads/types".to_owned(), "too_many")]);
}

#[test]
fn the_hours_of_the_widget_are_named_by_weekday() {
    let mut draft = draft();
    draft.business_hours.0[6].push(StretchDraft { opens: "10:00".to_owned(), closes: "09:00".to_owned() });
    assert_eq!(faults(&draft), [("/businessHours/sunday/0".to_owned(), "invalid")]);
}
