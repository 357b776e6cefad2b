//! Words that should meet, and words that should not, by language.

use super::*;
use Language::{English, French, German, Spanish};

fn stem(word: &str, language: Language) -> String {
    words(word)[0].stem(Some(language))
}

#[test]
fn the_forms_of_a_word_have_one_stem() {
    for (language, forms) in [
        (English, ["booking", "bookings", "Booked", "BOOK"]),
        (English, ["cancel", "cancels", "cancelled", "cancelling"]),
        (English, ["policy", "policies", "Policy", "POLICIES"]),
        (English, ["parking", "park", "parked", "parks"]),
        (Spanish, ["cancelación", "cancelaciones", "cancelacion", "CANCELACIÓN"]),
        (Spanish, ["reserva", "reservas", "reservar", "reservado"]),
        (Spanish, ["niño", "niños", "niña", "niñas"]),
        (Spanish, ["habitación", "habitaciones", "habitacion", "Habitaciones"]),
        (German, ["Stornierung", "Stornierungen", "stornierung", "STORNIERUNG"]),
        (German, ["Öffnungszeit", "Öffnungszeiten", "oeffnungszeiten", "offnungszeiten"]),
        (German, ["Gutschein", "Gutscheine", "Gutscheinen", "gutscheins"]),
        (German, ["Straße", "Strasse", "Straßen", "STRASSE"]),
        (French, ["réservation", "réservations", "reservation", "Réservation"]),
        (French, ["annuler", "annulé", "annulée", "annulation"]),
        (French, ["enfant", "enfants", "Enfant", "ENFANTS"]),
        (French, ["tarif", "tarifs", "Tarif", "TARIFS"]),
    ] {
        let stems = forms.map(|form| stem(form, language));
        assert!(stems.iter().all(|stem| *stem == stems[0]), "{forms:?} {stems:?}");
    }
}

#[test]
fn different_words_have_different_stems() {
    for (language, a, b) in [
        (English, "contact", "content"),
        (English, "park", "part"),
        (English, "open", "opera"),
        (Spanish, "cancelar", "cantar"),
        (German, "Termin", "Thema"),
        (French, "payer", "pays"),
    ] {
        assert_ne!(stem(a, language), stem(b, language), "{a} {b}");
    }
}

#[test]
fn without_a_language_the_forms_of_a_word_still_meet() {
    for forms in [
        ["booking", "bookings"],
        ["reserva", "reservas"],
        ["Gutschein", "Gutscheine"],
        ["réservation", "réservations"],
        ["cancelación", "cancelaciones"],
    ] {
        let [a, b] = forms.map(|form| words(form)[0].stem(None));
        assert_eq!(a, b, "{forms:?}");
    }
}

#[test]
fn what_a_question_is_about_is_left_of_it() {
    for (language, text, about) in [
        (English, "What's your cancellation policy, please?", "cancel polici"),
        (English, "Do you have WiFi / Wi-Fi?", "wifi"),
        (Spanish, "¿Cuáles son los métodos de pago?", "metod pag"),
        (German, "Wie sind eure Öffnungszeiten am Sonntag?", "offnungszeit sonntag"),
        (French, "Est-ce qu'il y a un parking près de l’hôtel ?", "hotel parking pres"),
        (English, "E-mail me: 20% off??", "20 email"),
        (English, "what is it", "is it what"),
        (English, " ?! ", ""),
    ] {
        assert_eq!(gist(text, Some(language)), about, "{text}");
    }
}

#[test]
fn asking_in_another_order_case_and_form_is_the_same_question() {
    let gist = |text| gist(text, Some(English));
    assert_eq!(gist("Can I cancel my BOOKINGS?"), gist("my booking: how do I cancel it"));
    assert_ne!(gist("Can I cancel my booking?"), gist("Can I move my booking?"));
}

#[test]
fn a_text_tells_its_language_by_its_common_words() {
    for (text, language) in [
        ("Where can I park my car?", Some(English)),
        ("¿Dónde puedo aparcar?", Some(Spanish)),
        ("Wo kann ich parken?", Some(German)),
        ("Où est-ce que je peux me garer ?", Some(French)),
        ("Parking?", None),
        ("", None),
    ] {
        assert_eq!(Language::of_text(text), language, "{text}");
    }
    assert_eq!(Language::of("Parking?", "de-CH"), Some(German));
    assert_eq!(Language::of("Wo kann ich parken?", "en"), Some(German));
    assert_eq!(Language::of("Parking?", "ja"), None);
    assert_eq!(Language::of_locale("FR_ca"), Some(French));
}

#[test]
fn accents_ligatures_and_widths_fold_however_they_are_written() {
    for (text, folded) in [
        ("CAFÉ", "cafe"),
        ("cafe\u{301}", "cafe"),
        ("Straße", "strasse"),
        ("œuvre", "oeuvre"),
        ("Ｈｏｔｅｌ", "hotel"),
        ("ﬁnance", "finance"),
        ("İstanbul", "istanbul"),
        ("Ærø", "aero"),
    ] {
        assert_eq!(words(text)[0].folded(), folded, "{text}");
    }
}

#[test]
fn a_very_long_word_is_cut() {
    assert_eq!(words(&"x".repeat(10_000))[0].folded().len(), LONGEST);
}

#[test]
fn the_common_words_are_in_order_and_folded() {
    for list in [stop::ENGLISH, stop::SPANISH, stop::GERMAN, stop::FRENCH] {
        let list: Vec<&str> = list.split_whitespace().collect();
        assert!(list.is_sorted(), "{list:?}");
        for word in list {
            assert_eq!(folded_words(word), [word]);
        }
    }
}
