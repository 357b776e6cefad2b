//! Which texts are taken, and what becomes of their places.

use proptest::prelude::*;

use super::*;

fn check(text: &str) -> Result<CannedReply, Vec<(String, &'static str)>> {
    let draft = CannedReplyDraft { title: "Parking".to_owned(), text: text.to_owned() };
    let id = "01JD7Q4ZJ2M6S1V0B7T3K9XN5R".parse().unwrap();
    draft.check(id, 1).map_err(|refused| refused.0.into_iter().map(|fault| (fault.pointer, fault.code)).collect())
}

fn known(variable: Variable) -> Option<String> {
    match variable {
        Variable::CustomerName => Some("Ada {{today}}".to_owned()),
        Variable::BusinessName => Some("Atelier Linden".to_owned()),
        Variable::BusinessPhone => Some(String::new()),
        _ => None,
    }
}

#[test]
fn a_place_is_filled_and_what_fills_it_is_no_place() {
    for (text, filled, missing) in [
        ("Hello", "Hello", vec![]),
        ("Hello {{customer.name}}!", "Hello Ada {{today}}!", vec![]),
        ("{{ customer.name }}, {{business.name}}", "Ada {{today}}, Atelier Linden", vec![]),
        ("{{business.phone}}", "{{business.phone}}", vec![Variable::BusinessPhone]),
        (
            "{{today}} {{agent.email}} {{today}}",
            "{{today}} {{agent.email}} {{today}}",
            vec![Variable::Today, Variable::AgentEmail],
        ),
        ("a { b } }} c", "a { b } }} c", vec![]),
    ] {
        let told = check(text).unwrap().fill(known);
        assert_eq!((told.text.as_str(), told.missing), (filled, missing), "{text}");
    }
}

#[test]
fn a_text_with_a_place_that_stands_for_nothing_is_refused() {
    for (text, code) in [
        ("Hello {{customer.nam}}", "unknown_variable"),
        ("Hello {{}}", "unknown_variable"),
        ("Hello {{customer.name", "unclosed"),
        ("{{{{today}}", "unknown_variable"),
        (" ", "required"),
    ] {
        assert_eq!(check(text).unwrap_err(), [("/text".to_owned(), code)], "{text}");
    }
    let draft = CannedReplyDraft { title: " ".to_owned(), text: "x".repeat(4_001) };
    let refused = draft.check("01JD7Q4ZJ2M6S1V0B7T3K9XN5R".parse().unwrap(), 1).unwrap_err();
    assert_eq!(refused.0.iter().map(|fault| fault.pointer.as_str()).collect::<Vec<_>>(), ["/title", "/text"]);
}

#[test]
fn every_place_has_a_name_of_its_own() {
    for variable in Variable::ALL {
        assert_eq!(variable.as_str().parse(), Ok(variable));
    }
}

proptest! {
    #[test]
    fn where_nothing_is_known_a_text_stays_as_it_was_written(text in "[a-z{} .]{0,60}") {
        if let Ok(reply) = check(&text) {
            prop_assert_eq!(reply.fill(|_| None).text, reply.text.as_str());
        }
    }
}
