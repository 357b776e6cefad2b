//! Atelier Linden: a photography studio in Berlin.

use super::{Demo, LINDEN, Offer, Slot};

const DAY: &[(&str, &str)] = &[("09:00", "13:00"), ("14:00", "18:00")];

pub(super) const DEMO: Demo = Demo {
    id: LINDEN,
    key: "pk_demo",
    name: "Atelier Linden",
    tone: "warm, calm and brief",
    timezone: "Europe/Berlin",
    currency: "EUR",
    owner_email: "owner@demo.test",
    address: "Lindenhof 7, second courtyard, ground floor, 10119 Berlin",
    phone: "+49 30 5550 0117",
    notes: "Edited pictures are delivered within a week. Dogs are welcome.",
    greeting: "Hello from Atelier Linden. Ask me what we offer, or when we are free.",
    primary: "#374d42",
    secondary: "#3d3d3d",
    week: [DAY, DAY, DAY, DAY, DAY, &[("10:00", "16:00")], &[]],
    holidays: &[
        ("01-01", "New Year's Day"),
        ("05-01", "Labour Day"),
        ("10-03", "German Unity Day"),
        ("12-25", "Christmas Day"),
        ("12-26", "Boxing Day"),
    ],
    resources: &["Mara Linden", "Emil Sander"],
    packages: &[
        Offer {
            name: "Portrait session",
            description: "One hour by the window, three looks, twelve edited pictures.",
            price_minor: 12_000,
            slot: Some(Slot { minutes: 60, before: 0, after: 15, seats: 1 }),
            resources: &[0, 1],
        },
        Offer {
            name: "Family afternoon",
            description: "Two hours outdoors or in the studio. Children set the pace.",
            price_minor: 22_000,
            slot: Some(Slot { minutes: 120, before: 15, after: 15, seats: 1 }),
            resources: &[0, 1],
        },
        Offer {
            name: "Headshot express",
            description: "Half an hour, one good picture for your profile. On the house.",
            price_minor: 0,
            slot: Some(Slot { minutes: 30, before: 0, after: 0, seats: 1 }),
            resources: &[1],
        },
        Offer {
            name: "Wedding day",
            description: "From getting ready to the last dance. A whole day, only yours.",
            price_minor: 145_000,
            slot: None,
            resources: &[0, 1],
        },
    ],
    articles: &[
        (
            "Where can I park?",
            "There are four free places in the second courtyard, beside the ramp. Ring at Linden and the gate opens. \
             The nearest underground station is Rosenthaler Platz, five minutes on foot.",
            &["parking", "car", "directions", "underground"],
        ),
        (
            "What should I wear?",
            "Plain colours and soft fabrics photograph best. Bring three tops you feel well in, and leave large logos \
             and fine stripes at home. There is a room to change in, with a mirror and an iron.",
            &["clothes", "outfit", "looks"],
        ),
        (
            "When do I get my pictures, and how?",
            "Within a week you get a link to a private gallery with the edited pictures in full resolution. The gallery \
             stays for a year. Prints can be ordered there.",
            &["delivery", "gallery", "prints", "download"],
        ),
        (
            "May I bring my dog or my children?",
            "Yes, both. Our own dog sleeps under the desk; tell us beforehand if somebody is afraid of dogs. For small \
             children there is a corner with toys, and a family afternoon has breaks whenever they need one.",
            &["dog", "pets", "kids", "children"],
        ),
        (
            "How do I pay?",
            "By card on the payment page that opens after you confirm. Your time is held while you pay. Vouchers are \
             taken in the studio only.",
            &["payment", "card", "voucher", "invoice"],
        ),
    ],
};
