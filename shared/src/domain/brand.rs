//! Brand: a business's colour, shifted as far as it must be so that it can be read.
//!
//! Pure. Mails and pages stand on grounds of their own, by day and by night; an owner may pick any colour at
//! all, and nobody's button may vanish because of it.

use super::widget::Colour;

/// The darkest of the light grounds, and the lightest of the dark ones, that the colour stands on.
const LIGHT_GROUND: [u8; 3] = [0xf3, 0xf0, 0xe9];
const DARK_GROUND: [u8; 3] = [0x26, 0x2d, 0x29];
const BLACK: [u8; 3] = [0x11, 0x15, 0x13];
const WHITE: [u8; 3] = [0xff, 0xff, 0xff];

/// WCAG 2.2 AA for text is 4.5; light text on a dark ground takes a little more to be read with ease.
const READABLE: f64 = 4.5;
const READABLE_BY_NIGHT: f64 = 6.0;

/// In how many steps a colour is shifted towards black or white.
const STEPS: u16 = 20;

/// A business's colour as text, as a ground of white text, and by night as a ground of black text.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Brand {
    /// On light grounds; white text on it can be read.
    pub day: Colour,
    /// On dark grounds; black text on it can be read.
    pub night: Colour,
}

impl Brand {
    /// The brand of a business that picked `colour`.
    #[must_use]
    pub fn of(colour: Colour) -> Self {
        Self {
            day: shifted(colour, (LIGHT_GROUND, READABLE), BLACK),
            night: shifted(brightened(colour), (DARK_GROUND, READABLE_BY_NIGHT), WHITE),
        }
    }
}

/// `colour` as bright as its hue allows up to what can be read by night: white alone would make it grey.
fn brightened(colour: Colour) -> Colour {
    let parts = colour.parts();
    let most = u16::from(parts.into_iter().max().unwrap_or_default()).max(1);
    let brightest = parts.map(|part| u8::try_from(u16::from(part) * 255 / most).unwrap_or(u8::MAX));
    shifted(colour, (DARK_GROUND, READABLE_BY_NIGHT), brightest)
}

/// `colour`, shifted towards `target` until it is `readable` on `ground`.
fn shifted(colour: Colour, (ground, readable): ([u8; 3], f64), target: [u8; 3]) -> Colour {
    let mixes = (0..=STEPS).map(|step| mix(colour.parts(), target, step));
    Colour::new(mixes.clone().find(|mixed| readable <= contrast(*mixed, ground)).unwrap_or(target))
}

fn mix(from: [u8; 3], to: [u8; 3], step: u16) -> [u8; 3] {
    let part = |at: usize| {
        let mixed = (u16::from(from[at]) * (STEPS - step) + u16::from(to[at]) * step) / STEPS;
        u8::try_from(mixed).unwrap_or(u8::MAX)
    };
    [part(0), part(1), part(2)]
}

/// The contrast ratio of WCAG 2.2, from 1 to 21.
fn contrast(one: [u8; 3], other: [u8; 3]) -> f64 {
    let (one, other) = (luminance(one), luminance(other));
    (one.max(other) + 0.05) / (one.min(other) + 0.05)
}

/// The relative luminance of WCAG 2.2.
fn luminance(colour: [u8; 3]) -> f64 {
    let linear = |part: u8| {
        let part = f64::from(part) / 255.0;
        if part <= 0.04045 { part / 12.92 } else { ((part + 0.055) / 1.055).powf(2.4) }
    };
    let [red, green, blue] = colour.map(linear);
    0.2126 * red + 0.7152 * green + 0.0722 * blue
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn contrast_is_that_of_the_standard() {
        for (one, other, expected) in
            [([0; 3], WHITE, 21.0), (WHITE, WHITE, 1.0), ([0x77; 3], WHITE, 4.48), ([0xff, 0, 0], WHITE, 4.0)]
        {
            let found = contrast(one, other);
            assert!((found - expected).abs() < 0.01, "{one:?} {other:?}: {found}");
        }
    }

    #[test]
    fn a_colour_that_can_be_read_stays_as_it_was_picked() {
        let brand = Brand::of("#374d42".parse().unwrap());
        assert_eq!(brand.day.to_string(), "#374d42");
    }

    proptest! {
        #[test]
        fn every_colour_can_be_read_by_day_and_by_night(picked in any::<[u8; 3]>()) {
            let brand = Brand::of(Colour::new(picked));
            prop_assert!(READABLE <= contrast(brand.day.parts(), LIGHT_GROUND));
            prop_assert!(READABLE <= contrast(brand.day.parts(), WHITE));
            prop_assert!(READABLE_BY_NIGHT <= contrast(brand.night.parts(), DARK_GROUND));
            prop_assert!(READABLE_BY_NIGHT <= contrast(brand.night.parts(), BLACK));
        }
    }
}
