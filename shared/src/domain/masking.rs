//! Masking: a text of a visitor as somebody may read it who need not know who wrote it.
//!
//! Takes out what tells a person by its form: mail addresses, links, runs of digits, confirmation codes and the name
//! that follows "my name is". Never promises that a name in the middle of a sentence is found.

use super::text::{cut, visible};

/// The fewest digits, in one word or in neighbouring ones, that may be somebody's number.
const NUMBER: usize = 4;
/// What a name follows, folded to lower case; the words after it that begin in upper case are the name.
const INTRODUCTIONS: [&[&str]; 12] = [
    &["my", "name", "is"],
    &["name", "is"],
    &["i", "am"],
    &["i'm"],
    &["this", "is"],
    &["me", "llamo"],
    &["soy"],
    &["ich", "heiße"],
    &["ich", "heisse"],
    &["ich", "bin"],
    &["je", "m'appelle"],
    &["je", "suis"],
];
/// The most words of a name.
const NAME_WORDS: usize = 3;

/// The first `max` characters of `text` on one line, without mail addresses (`[email]`), links (`[link]`), numbers of
/// four digits or more (`[number]`), codes (`[code]`) and names after an introduction (`[name]`).
#[must_use]
pub fn masked(text: &str, max: usize) -> String {
    let seen = visible(text);
    let words: Vec<&str> = seen.split_whitespace().collect();
    let mut shown: Vec<&str> = Vec::with_capacity(words.len());
    let mut at = 0;
    while let Some(word) = words.get(at) {
        let rest = words.split_at(at).1;
        let (mask, taken) = hidden(rest).unwrap_or((word, 1));
        shown.push(mask);
        at += taken;
        let name = if mask == *word { name_after(words.split_at(at)) } else { 0 };
        if 0 < name {
            shown.push("[name]");
            at += name;
        }
    }
    cut(&shown.join(" "), max).trim_end().to_owned()
}

/// What stands for the first words of `rest`, and how many; none: they may be read.
fn hidden(rest: &[&str]) -> Option<(&'static str, usize)> {
    let word = rest.first()?;
    if word.contains(['@', '＠', '﹫']) {
        return Some(("[email]", 1));
    }
    if word.contains("//") || word.to_ascii_lowercase().starts_with("www.") {
        return Some(("[link]", 1));
    }
    if is_code(word) {
        return Some(("[code]", 1));
    }
    let numbers = rest.iter().take_while(|word| is_numeric(word)).count();
    let digits: usize = rest.iter().take(numbers).map(|word| count_digits(word)).sum();
    if 0 < numbers && NUMBER <= digits {
        return Some(("[number]", numbers));
    }
    (NUMBER <= count_digits(word)).then_some(("[number]", 1))
}

/// How many words behind `before` are the name that it introduces.
fn name_after((before, after): (&[&str], &[&str])) -> usize {
    let introduces = |words: &&[&str]| {
        let start = before.len().checked_sub(words.len());
        let end = start.map(|start| before.split_at(start).1);
        end.is_some_and(|end| end.iter().zip(words.iter()).all(|(a, b)| a.to_lowercase().replace('’', "'") == **b))
    };
    if !INTRODUCTIONS.iter().any(introduces) {
        return 0;
    }
    let is_name = |word: &&str| word.chars().next().is_some_and(char::is_uppercase);
    let mut taken = 0;
    for word in after.iter().take(NAME_WORDS).take_while(|word| is_name(word)) {
        taken += 1;
        if word.ends_with(['.', ',', ';', '!', '?']) {
            break;
        }
    }
    taken
}

fn count_digits(word: &str) -> usize {
    word.chars().filter(|c| c.is_numeric()).count()
}

/// Claims that `word` is digits and what stands between the digits of a telephone number.
fn is_numeric(word: &str) -> bool {
    word.contains(char::is_numeric) && word.chars().all(|c| c.is_numeric() || !c.is_alphanumeric())
}

/// Claims that `word` looks like a confirmation code: eight letters and digits, both among them, or all in capitals.
fn is_code(word: &str) -> bool {
    let bare: String = word.chars().filter(|c| c.is_alphanumeric()).collect();
    let mixed = bare.contains(char::is_numeric) && bare.contains(char::is_alphabetic);
    let capitals = bare.chars().all(|c| c.is_ascii_uppercase() || c.is_ascii_digit());
    bare.chars().count() == 8 && capitals && (mixed || bare.contains(char::is_alphabetic))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn who_asks_is_not_shown() {
        for (text, shown) in [
            ("Can ann.lee@example.com come at 9?", "Can [email] come at 9?"),
            ("call me: +49 170 1234567 please", "call me: [number] please"),
            ("call (020) 7946-0958.", "call [number]"),
            ("my code is K7MW2PQR, move it", "my code is [code] move it"),
            ("see https://x.test/?t=abc\u{202e}!", "see [link]"),
            ("My name is Ann Lee and I want to cancel", "My name is [name] and I want to cancel"),
            ("Ich heiße Jörg Müller, wo parke ich?", "Ich heiße [name] wo parke ich?"),
            ("Je m’appelle Zoé. Où êtes-vous ?", "Je m’appelle [name] Où êtes-vous ?"),
            ("Do 2 people pay 20 % of 150 €?", "Do 2 people pay 20 % of 150 €?"),
            ("I am late", "I am late"),
        ] {
            assert_eq!(masked(text, 200), shown);
        }
    }

    proptest! {
        #[test]
        fn no_address_and_no_long_number_is_ever_shown(text in any::<String>(), max in 0_usize..100) {
            let shown = masked(&text, max);
            prop_assert!(shown.chars().count() <= max);
            prop_assert!(!shown.contains(['@', '\n']));
            let runs = shown.split(|c: char| !c.is_numeric());
            prop_assert!(runs.into_iter().all(|run| run.chars().count() < NUMBER));
        }
    }
}
