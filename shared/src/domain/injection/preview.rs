//! What of a message may be shown to an operator: enough to see what it tried, not who wrote it.

use crate::domain::text::is_invisible;

/// The most characters of a preview.
const MAX_CHARS: usize = 80;

/// The beginning of `message` on one line of at most 80 characters, without mail addresses
/// (`[email]`), links (`[link]`) and digits (`#`).
#[must_use]
pub fn redacted_preview(message: &str) -> String {
    let seen: String = message.chars().filter(|c| !is_invisible(*c)).collect();
    let words: Vec<_> = seen.split_whitespace().map(redacted).collect();
    let line = words.join(" ");
    if line.chars().count() <= MAX_CHARS {
        return line;
    }
    let mut cut: String = line.chars().take(MAX_CHARS - 1).collect();
    cut.push('…');
    cut
}

fn redacted(word: &str) -> String {
    if word.contains(['@', '＠', '﹫']) {
        "[email]".to_owned()
    } else if word.contains("//") || word.starts_with("www.") {
        "[link]".to_owned()
    } else {
        word.chars().map(|c| if c.is_numeric() { '#' } else { c }).collect()
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn who_wrote_it_is_not_shown() {
        let message = "I'm <ann.lee@example.com>, +49 170 1234567,\n see https://x.test/?t=abc\u{202e}!";
        assert_eq!(redacted_preview(message), "I'm [email] +## ### #######, see [link]");
        assert_eq!(redacted_preview("٣٤ １２ ⅷ"), "## ## #");
    }

    proptest! {
        #[test]
        fn a_preview_is_one_short_line_without_digits(message in any::<String>()) {
            let preview = redacted_preview(&message);
            prop_assert!(preview.chars().count() <= MAX_CHARS);
            prop_assert!(!preview.contains(char::is_numeric));
            prop_assert!(!preview.contains('@'));
            prop_assert!(!preview.contains(is_invisible));
            prop_assert!(!preview.contains('\n'));
        }
    }
}
