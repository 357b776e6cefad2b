//! What sends a visitor away, and what only looks like it.

use super::refers;

#[test]
fn whoever_is_sent_to_the_business_is_noticed_in_every_language() {
    for answer in [
        "Please email us at hello@linden.example to arrange that.",
        "I'm afraid I can't change that. You can call us on 030 1234567.",
        "For a group of forty, please contact our team directly.",
        "I don't have that information, but you can reach out to the team.",
        "You'll need to phone the studio.",
        "I recommend contacting the business directly.",
        "Contact us by e-mail at hello@linden.example, and we will look into it.",
        "That isn't something I can do here; give us a call.",
        "To get a quote, send an email to **support@linden.example**.",
        "I can't do this for you, so you have to get in touch with the owner.",
        "I’m not able to see invoices. You could write to us if you have it at hand.",
        "Bitte rufen Sie uns unter 030 1234567 an.",
        "Das kann ich von hier aus leider nicht einsehen. Sie können uns telefonisch erreichen.",
        "Wenden Sie sich dafür bitte direkt an unser Team.",
        "Am besten schreiben Sie uns eine E-Mail an hallo@linden.example.",
        "Schreib uns bitte eine Mail.",
        "Dafür müssten Sie uns anrufen.",
        "Dazu habe ich leider keine Angaben; melden Sie sich bei uns.",
        "Por favor, escríbenos a hola@linden.example.",
        "No puedo ver esa factura, pero puedes llamarnos al 931 234 567.",
        "Póngase en contacto con nuestro equipo.",
        "Tendrías que llamar al estudio.",
        "Te recomiendo contactar con el equipo directamente.",
        "Veuillez nous contacter par e-mail.",
        "Je ne peux pas modifier cela. Vous pouvez nous appeler au 01 23 45 67 89.",
        "Contactez-nous directement pour un devis.",
        "Merci d'appeler le studio au 0123456789.",
        "Je vous invite à écrire à l'équipe.",
    ] {
        assert!(refers(answer), "{answer}");
    }
}

#[test]
fn an_ordinary_answer_sends_nobody_away() {
    for answer in [
        "I have e-mailed you the confirmation.",
        "You can contact us any time.",
        "If you have any questions, feel free to call us.",
        "Our number is 030 1234567 and our email is hello@linden.example.",
        "You can reach us at 030 1234567.",
        "The team will contact you by email.",
        "Please check your email for the code.",
        "Please give me your email address, then I'll send the code.",
        "What is your email? Please type ann@x.test if that is still the right one.",
        "I'll call the studio for you.",
        "I can't reach the calendar right now, but I will contact the team for you.",
        "Would you like me to contact the team?",
        "You don't need to call us: your booking is confirmed.",
        "No need to email us, I have cancelled it.",
        "Please call your bank about that.",
        "If you are running late, please call us.",
        "Please contact us in case anything changes.",
        "Cancelling is free until a day before. Please don't hesitate to get in touch.",
        "Please press Confirm. You will get an email.",
        "I can't offer Sunday, but Monday at ten is free.",
        "We open at nine. Our team is happy to help.",
        "Sie können uns jederzeit kontaktieren.",
        "Ich habe Ihnen die Bestätigung per E-Mail geschickt.",
        "Bei Fragen rufen Sie uns gerne an.",
        "Bitte geben Sie mir Ihre E-Mail-Adresse.",
        "Wenn Sie sich verspäten, rufen Sie uns bitte an.",
        "Sie müssen uns nicht anrufen, die Buchung steht.",
        "Soll ich das Team kontaktieren?",
        "Das Team meldet sich bei Ihnen.",
        "Sie erreichen uns unter 030 1234567.",
        "Puedes contactarnos cuando quieras.",
        "Te he enviado la confirmación por correo.",
        "Si tienes preguntas, llámanos.",
        "No dudes en escribirnos.",
        "No hace falta llamar al estudio.",
        "El equipo se pondrá en contacto contigo.",
        "Vous pouvez nous contacter à tout moment.",
        "Je vous ai envoyé la confirmation par e-mail.",
        "N'hésitez pas à nous appeler.",
        "Si vous avez des questions, contactez-nous.",
        "Pas besoin de nous appeler.",
        "L'équipe vous contactera demain.",
        "",
    ] {
        assert!(!refers(answer), "{answer}");
    }
}
