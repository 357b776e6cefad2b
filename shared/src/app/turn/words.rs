//! Sentences that the server says itself, when the model cannot or must not.
//!
//! Plain and kind, in the visitor's language where it is one of ours. Never says why in technical words.

/// An occasion for a sentence.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Occasion {
    /// The model did not answer.
    Unavailable,
    /// The model broke off in the middle.
    Interrupted,
    /// The answer was too long to finish.
    CutShort,
    /// The model declined to answer, or the message looked like an attack.
    Neutral,
    /// The spend limit is reached.
    HandedOver,
    /// The tools went round in circles.
    Circles,
}

/// The sentence for `occasion` in `locale`, as `de` or `de-AT`; English otherwise.
pub(super) fn say(occasion: Occasion, locale: &str) -> &'static str {
    use Occasion::{Circles, CutShort, HandedOver, Interrupted, Neutral, Unavailable};
    let language: String = locale.chars().take_while(char::is_ascii_alphabetic).collect();
    match (language.to_ascii_lowercase().as_str(), occasion) {
        ("de", Unavailable) => {
            "Entschuldigung, ich kann gerade nicht antworten. Ihre Nachricht ist angekommen und das Team sieht sie sich an. Bitte versuchen Sie es gleich noch einmal."
        }
        ("de", Interrupted) => {
            "Entschuldigung, ich wurde unterbrochen. Bitte fragen Sie noch einmal; das Team sieht sich diesen Chat auch an."
        }
        ("de", CutShort) => "Das wurde zu lang. Fragen Sie gern nach dem Rest.",
        ("de", Neutral) => {
            "Dabei kann ich nicht helfen. Fragen Sie mich gern nach unserem Angebot, freien Terminen oder Ihrer Buchung."
        }
        ("de", HandedOver) => "Ich gebe Ihre Nachricht an unser Team weiter; jemand meldet sich bei Ihnen.",
        ("de", Circles) => {
            "Das habe ich nicht geschafft. Das Team sieht sich diesen Chat an; gern versuche ich es mit anderen Worten noch einmal."
        }
        ("es", Unavailable) => {
            "Perdona, ahora mismo no puedo responder. Tu mensaje ha llegado y el equipo lo revisará. Inténtalo de nuevo en un momento."
        }
        ("es", Interrupted) => {
            "Perdona, se cortó mi respuesta. Pregúntame otra vez; el equipo también revisará este chat."
        }
        ("es", CutShort) => "Se me hizo demasiado largo. Pregúntame por el resto.",
        ("es", Neutral) => "Con eso no puedo ayudarte. Pregúntame por nuestros servicios, horas libres o tu reserva.",
        ("es", HandedOver) => "Paso tu mensaje a nuestro equipo; alguien te responderá.",
        ("es", Circles) => {
            "No lo he conseguido. El equipo revisará este chat; también puedo intentarlo con otras palabras."
        }
        ("fr", Unavailable) => {
            "Désolé, je ne peux pas répondre pour le moment. Votre message est bien arrivé et l'équipe va le lire. Réessayez dans un instant."
        }
        ("fr", Interrupted) => {
            "Désolé, ma réponse a été coupée. Reposez-moi la question ; l'équipe lira aussi cette conversation."
        }
        ("fr", CutShort) => "C'était trop long. Demandez-moi la suite.",
        ("fr", Neutral) => {
            "Je ne peux pas vous aider pour cela. Parlez-moi de nos prestations, des créneaux libres ou de votre réservation."
        }
        ("fr", HandedOver) => "Je transmets votre message à notre équipe ; quelqu'un vous répondra.",
        ("fr", Circles) => {
            "Je n'y suis pas arrivé. L'équipe lira cette conversation ; je peux aussi réessayer avec d'autres mots."
        }
        (_, Unavailable) => {
            "Sorry, I can't answer right now. Your message has arrived and the team will look at it. Please try again in a moment."
        }
        (_, Interrupted) => "Sorry, I was interrupted. Please ask me again; the team will look at this chat too.",
        (_, CutShort) => "That got too long. Ask me for the rest.",
        (_, Neutral) => "I can't help with that. Ask me about what we offer, free times or your booking.",
        (_, HandedOver) => "I'm passing your message on to our team; somebody will get back to you.",
        (_, Circles) => {
            "I didn't manage that. The team will look at this chat; you can also try to put it in other words."
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_occasion_has_a_sentence_in_every_language() {
        let occasions = [
            Occasion::Unavailable,
            Occasion::Interrupted,
            Occasion::CutShort,
            Occasion::Neutral,
            Occasion::HandedOver,
            Occasion::Circles,
        ];
        for occasion in occasions {
            let sentences: std::collections::BTreeSet<_> = ["en", "de-AT", "es", "fr"].map(|l| say(occasion, l)).into();
            assert_eq!(sentences.len(), 4, "{occasion:?}");
            assert_eq!(say(occasion, "xx"), say(occasion, "en"));
        }
    }
}
