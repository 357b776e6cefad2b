//! Picks: which of several offered things a visitor chooses, and which name fits best.
//!
//! Knows positions and names. Never what the things are.

use super::words::Words;

/// A choice by position.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Pick {
    /// The first is 0.
    Nth(usize),
    /// The last of them.
    Last,
    /// Whichever is soonest, or whichever at all.
    Any,
}

impl Pick {
    /// The position among `count` things, if there is such a one.
    pub(super) fn among(self, count: usize) -> Option<usize> {
        match self {
            Self::Nth(at) => (at < count).then_some(at),
            Self::Last => count.checked_sub(1),
            Self::Any => (0 < count).then_some(0),
        }
    }
}

/// Words that a name has besides its own.
const WEAK: [&str; 30] = [
    "a",
    "an",
    "and",
    "appointment",
    "at",
    "booking",
    "by",
    "day",
    "days",
    "for",
    "full",
    "half",
    "hour",
    "hours",
    "in",
    "min",
    "minute",
    "minutes",
    "of",
    "on",
    "one",
    "or",
    "package",
    "service",
    "session",
    "sessions",
    "the",
    "time",
    "to",
    "with",
];

/// The choice that `words` make, if they make one.
pub(super) fn pick(words: &Words) -> Option<Pick> {
    const NAMES: [&str; 8] = ["first", "second", "third", "fourth", "fifth", "sixth", "seventh", "eighth"];
    const SHORT: [&str; 8] = ["1st", "2nd", "3rd", "4th", "5th", "6th", "7th", "8th"];
    if words.say("first available|earliest|soonest|as soon as possible|asap|any of them|whichever") {
        return Some(Pick::Any);
    }
    for at in 0..words.count() {
        let word = words.at(at);
        let named = NAMES.iter().position(|name| *name == word);
        // «on the 3rd» is a day.
        let is_day =
            words.say("on the|for the") || super::days::is_calendar_word(words.at(at + 1)) || words.at(at + 1) == "of";
        let short = SHORT.iter().position(|name| *name == word).filter(|_| !is_day);
        if let Some(at) = named.or(short) {
            return Some(Pick::Nth(at));
        }
        let is_number = matches!(words.before(at), "number" | "option" | "nr" | "no");
        if let Some(at) = position(word).filter(|_| is_number) {
            return Some(Pick::Nth(at));
        }
        if word == "last" && matches!(words.before(at), "the" | "") && words.at(at + 1) != "week" {
            return Some(Pick::Last);
        }
    }
    // A number and nothing else.
    if words.count() == 1 { position(words.at(0)).map(Pick::Nth) } else { None }
}

fn position(word: &str) -> Option<usize> {
    word.parse::<usize>().ok()?.checked_sub(1).filter(|at| *at < 9)
}

/// The only one of `names` that `words` speak of. Slips of one letter are forgiven.
pub(super) fn named(words: &Words, names: &[&str]) -> Option<usize> {
    let mut scores: Vec<usize> = names.iter().map(|name| score(words, name)).collect();
    if words.say("or") {
        // «A wedding or a portrait»: how well each name fits does not decide between them.
        scores.iter_mut().for_each(|score| *score = (*score).min(10));
    }
    let best = *scores.iter().max()?;
    let mut found = (0..names.len()).filter(|at| scores[*at] == best);
    let first = found.next().filter(|_| 0 < best)?;
    if found.next().is_none() { Some(first) } else { None }
}

/// How many of the name's own words were said; a word of anybody's counts little, and only beside them.
fn score(words: &Words, name: &str) -> usize {
    let name = Words::of(name);
    let mut strong = 0;
    let mut weak = 0;
    for word in name.all() {
        let is_said = words.all().iter().any(|said| alike(&said.plain, &word.plain));
        let is_joined = (1..words.count()).any(|at| format!("{}{}", words.before(at), words.at(at)) == word.plain);
        match (is_said || is_joined, WEAK.contains(&word.plain.as_str())) {
            (true, true) => weak += 1,
            (true, false) => strong += 1,
            (false, _) => {}
        }
    }
    let is_whole = strong + weak == name.count();
    match strong {
        0 if is_whole => 5 * weak,
        0 => 0,
        strong => 10 * strong + weak + usize::from(is_whole),
    }
}

/// The same word, but for number, spelling across the ocean, or one slip in a long one.
fn alike(said: &str, word: &str) -> bool {
    let stem = |word: &str| {
        let word = word.strip_suffix("'s").unwrap_or(word).replace("our", "or");
        word.strip_suffix('s').map_or(word.clone(), str::to_owned)
    };
    let (said, word) = (stem(said), stem(word));
    said == word || (5 <= word.chars().count() && 5 <= said.chars().count() && is_one_slip(&said, &word))
}

/// One letter more, less, or other.
fn is_one_slip(one: &str, two: &str) -> bool {
    let one: Vec<char> = one.chars().collect();
    let two: Vec<char> = two.chars().collect();
    let same = one.iter().zip(&two).take_while(|(a, b)| a == b).count();
    let (one, two) = (&one[same..], &two[same..]);
    let tail = |letters: &[char]| letters.get(1..).unwrap_or_default().to_vec();
    tail(one) == two || one == tail(two) || tail(one) == tail(two)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn phrases_choose_by_position() {
        let table = [
            ("the first one", Some(Pick::Nth(0))),
            ("The second please", Some(Pick::Nth(1))),
            ("I'll take the 3rd", Some(Pick::Nth(2))),
            ("number 2", Some(Pick::Nth(1))),
            ("option 4", Some(Pick::Nth(3))),
            ("#2", Some(Pick::Nth(1))),
            ("2", Some(Pick::Nth(1))),
            ("the last one", Some(Pick::Last)),
            ("the earliest you have", Some(Pick::Any)),
            ("as soon as possible", Some(Pick::Any)),
            ("on the 3rd", None),
            ("the 3rd of December", None),
            ("10:30", None),
            ("two people", None),
            ("last week", None),
            ("0", None),
        ];
        for (text, expected) in table {
            assert_eq!(pick(&Words::of(text)), expected, "{text}");
        }
    }

    #[test]
    fn a_position_must_exist() {
        assert_eq!(Pick::Nth(1).among(2), Some(1));
        assert_eq!(Pick::Nth(2).among(2), None);
        assert_eq!((Pick::Last.among(3), Pick::Last.among(0)), (Some(2), None));
    }

    #[test]
    fn phrases_choose_by_name() {
        const NAMES: [&str; 5] =
            ["Wedding day", "Family portrait session", "Headshot session", "Haircut", "Colour and cut"];
        let table = [
            ("I'd like the wedding package", Some(0)),
            ("wedding", Some(0)),
            ("portraits of my family", Some(1)),
            ("a family session", Some(1)),
            ("headshots for two", Some(2)),
            ("a head shot", Some(2)),
            ("A hair cut tomorrow", Some(3)),
            ("a color", Some(4)),
            ("colour & cut", Some(4)),
            ("weding day", Some(0)),
            ("a session", None),
            ("what day is it", None),
            ("wedding or haircut", None),
            ("hello", None),
        ];
        for (text, expected) in table {
            assert_eq!(named(&Words::of(text), &NAMES), expected, "{text}");
        }
    }
}
