//! Salon Mirabelle: a hairdresser in London.

use super::{Demo, MIRABELLE, Offer, Slot};

const DAY: &[(&str, &str)] = &[("10:00", "19:00")];

pub(super) const DEMO: Demo = Demo {
    id: MIRABELLE,
    key: "pk_demo2",
    name: "Salon Mirabelle",
    tone: "cheerful and to the point",
    timezone: "Europe/London",
    currency: "GBP",
    owner_email: "owner@demo2.test",
    address: "12 Plum Lane, London E8 3QT",
    phone: "+44 20 7946 0182",
    notes: "For a first colour please come for a patch test two days before; it takes five minutes and needs no appointment.",
    greeting: "Hi, this is Salon Mirabelle. Cut, colour or a class: what would you like?",
    primary: "#7a2e4d",
    secondary: "#3d3d3d",
    week: [&[], DAY, DAY, DAY, DAY, &[("09:00", "17:00")], &[]],
    holidays: &[("01-01", "New Year's Day"), ("12-25", "Christmas Day"), ("12-26", "Boxing Day")],
    resources: &["Mirabelle", "Tom", "The long table"],
    packages: &[
        Offer {
            name: "Cut and finish",
            description: "Wash, cut and blow-dry, with time to talk about it first.",
            price_minor: 4_800,
            slot: Some(Slot { minutes: 45, before: 0, after: 15, seats: 1 }),
            resources: &[0, 1],
        },
        Offer {
            name: "Colour and cut",
            description: "Full colour or highlights, then a cut that suits them.",
            price_minor: 13_500,
            slot: Some(Slot { minutes: 150, before: 0, after: 15, seats: 1 }),
            resources: &[0, 1],
        },
        Offer {
            name: "Group colour class",
            description: "Learn to refresh your own colour, in a group of up to six at the long table.",
            price_minor: 3_500,
            slot: Some(Slot { minutes: 90, before: 15, after: 15, seats: 6 }),
            resources: &[2],
        },
        Offer {
            name: "Fringe trim",
            description: "Fifteen minutes between two cuts. Free for everybody who was cut here.",
            price_minor: 0,
            slot: Some(Slot { minutes: 15, before: 0, after: 0, seats: 1 }),
            resources: &[1],
        },
        Offer {
            name: "Bridal day",
            description: "A whole day for you and your party, in the salon or at your place within the M25.",
            price_minor: 62_000,
            slot: None,
            resources: &[0],
        },
    ],
    articles: &[
        (
            "Do I need a patch test?",
            "Yes, before your first colour here and again after a year. Come in two days before, it takes five minutes.",
            &["allergy", "colour", "patch"],
        ),
        (
            "Is there step-free access?",
            "The door is level with the pavement and one of our basins can be used from a wheelchair. The long table is \
             on the ground floor, too.",
            &["wheelchair", "accessibility", "stairs"],
        ),
        (
            "Do you cut children's hair?",
            "From four years on, with Tom. Choose cut and finish and say so in your booking; it takes half the time.",
            &["children", "kids"],
        ),
    ],
};
