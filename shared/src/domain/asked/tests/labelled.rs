//! Paraphrases as visitors type them, in four languages: each line is one question in several ways. Written for this
//! measurement: what it says of other questions is an estimate.

/// How many pairs of paraphrases meet at least: what was measured, of 187, less a few.
pub(super) const MET: usize = 136;

/// How many pairs of different questions meet at most: what was measured, of 11,594. All twelve ask the same in English
/// and in German: whether one can park.
pub(super) const MERGED: usize = 12;

/// Paraphrases, a question a line.
pub(super) const GROUPS: &[&[&str]] = &[
    &[
        "Are you open on Saturdays?",
        "are you open on saturday",
        "Do you open Saturday?",
        "Hi! Are you open this Saturday?",
    ],
    &["Are you open on Sundays?", "are you open sunday??", "Is the studio open on Sunday?"],
    &[
        "What are your opening hours?",
        "opening hours please",
        "what r ur opening hours",
        "Could you tell me the opening hours?",
    ],
    &[
        "Do you have parking?",
        "Is there parking?",
        "is there any parking nearby",
        "Where can I park?",
        "PARKING??? is there parking",
    ],
    &["Can I bring my dog?", "Are dogs allowed?", "can i bring a dog with me", "May I bring my dog to the session?"],
    &[
        "How much is a portrait session?",
        "What does a portrait session cost?",
        "price of a portrait session?",
        "portrait session price",
    ],
    &["How much is a wedding shoot?", "what is the price for a wedding shoot", "Price of a wedding shoot?"],
    &["Can I cancel for free?", "is cancelling free?", "Can I cancel my booking for free?", "free cancellation?"],
    &["What is your cancellation policy?", "cancellation policy?", "Could you explain the cancellation policy"],
    &[
        "Can I move my booking to another day?",
        "can i move my booking to a different day?",
        "I need to move my booking to another day",
    ],
    &["Do you sell gift vouchers?", "Can I buy a gift voucher?", "gift vouchers?", "do you have gift voucher cards"],
    &[
        "Do you accept credit cards?",
        "Can I pay by credit card?",
        "Do you take credit cards",
        "paying with a credit card?",
    ],
    &["Can I pay in cash?", "do you take cash", "Is cash ok?"],
    &[
        "How long does a session take?",
        "how long is a session",
        "How long will the session take?",
        "duration of a session?",
    ],
    &["When will I get my photos?", "When do I get the photos", "how soon will I get my photos?"],
    &["Do I get the raw files?", "can I have the RAW files?", "are raw files included"],
    &["Do you do family photos?", "do you offer family photos?", "Family photos - do you do them?"],
    &["What should I wear?", "what should I wear to the shoot?", "What to wear for the shoot?"],
    &["Is there wheelchair access?", "is your studio wheelchair accessible?", "Do you have wheelchair access"],
    &["Do you have anything available tomorrow?", "is anything available tomorrow", "any slots available tomorrow?"],
    &["I want to talk to a person", "Can I talk to a real person?", "let me talk to a person please"],
    &["Do you cut children's hair?", "do you cut kids hair", "Can you cut my children's hair?"],
    &["How long do highlights take?", "highlights, how long do they take", "How long will highlights take?"],
    &["¿Abren los sábados?", "abren los sabados", "Hola, ¿abren el sábado?", "¿Están abiertos los sábados?"],
    &["¿Abren los domingos?", "abren el domingo?", "Hola ¿abren los domingos?"],
    &[
        "¿Cuánto cuesta una sesión de retratos?",
        "cuanto cuesta la sesion de retrato",
        "precio de una sesión de retratos",
    ],
    &["¿Puedo cancelar gratis?", "se puede cancelar gratis?", "¿La cancelación es gratis?"],
    &["¿Dónde puedo aparcar?", "donde se puede aparcar", "¿Hay aparcamiento?", "tienen aparcamiento?"],
    &["¿Puedo llevar a mi perro?", "puedo ir con mi perro?", "¿Se admiten perros?"],
    &["¿Aceptan tarjeta?", "aceptan tarjetas", "¿Puedo pagar con tarjeta?"],
    &[
        "Habt ihr samstags geöffnet?",
        "seid ihr samstags geöffnet",
        "Haben Sie am Samstag geöffnet?",
        "samstag geöffnet?",
    ],
    &["Habt ihr sonntags geöffnet?", "sonntags geöffnet?", "Ist sonntags geöffnet"],
    &[
        "Was kostet ein Porträt?",
        "was kosten porträts",
        "Wie viel kostet ein Porträt?",
        "Was kostet denn ein Portrait bei euch?",
    ],
    &["Wo kann ich parken?", "kann man bei euch parken?", "Gibt es Parkplätze?", "parken möglich?"],
    &["Kann ich kostenlos stornieren?", "ist stornieren kostenlos?", "Kostenlose Stornierung möglich?"],
    &["Darf ich meinen Hund mitbringen?", "Kann ich einen Hund mitbringen?", "hund mitbringen erlaubt?"],
    &["Wie lange dauert ein Termin?", "wie lange dauert der Termin denn", "Dauer von einem Termin?"],
    &["Verkauft ihr Gutscheine?", "habt ihr gutscheine?", "Gibt es bei Ihnen Gutscheine?"],
    &[
        "Êtes-vous ouverts le samedi ?",
        "etes vous ouvert samedi ?",
        "Le salon est-il ouvert le samedi ?",
        "ouvert le samedi?",
    ],
    &["Êtes-vous ouverts le dimanche ?", "ouvert le dimanche ?", "Vous êtes ouverts dimanche ?"],
    &["Combien coûte une séance de portrait ?", "combien coute la seance portrait", "Prix d'une séance de portrait ?"],
    &["Puis-je annuler gratuitement ?", "annulation gratuite ?", "Est-ce que je peux annuler gratuitement ?"],
    &["Où puis-je me garer ?", "ou peut on se garer ?", "Où se garer ?"],
    &["Puis-je amener mon chien ?", "les chiens sont-ils acceptés ?", "je peux amener mon chien ?"],
    &["Acceptez-vous les chèques ?", "vous acceptez les cheques ?", "Chèques acceptés ?"],
    &["Vendez-vous des cartes cadeaux ?", "avez vous des cartes cadeaux ?", "Où acheter une carte cadeau ?"],
];
