//! An error with its sources in one line for the log, since JSON logs drop `source()`.
//!
//! Says what went wrong and never what it went wrong with: parsers quote what they read, and mail and
//! payment services the address they refuse.

use std::error::Error;
use std::fmt;

/// What stands for what is left out.
const LEFT_OUT: char = '…';

/// After these words a parser names, between backticks, what it was given.
const NAMED: [&str; 2] = ["unknown field ", "unknown variant "];

/// Displays an error and everything that caused it: `the table is unavailable: dispatch failure: …`.
/// What an error quotes is left out, and so is every word with an address in it.
#[derive(Debug, Clone, Copy)]
pub struct Chain<'a, E: ?Sized>(pub &'a E);

impl<E: Error + ?Sized> fmt::Display for Chain<'_, E> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut said = self.0.to_string();
        let mut source = self.0.source();
        while let Some(error) = source {
            said = format!("{said}: {error}");
            source = error.source();
        }
        f.write_str(&without_addresses(&without_quotes(&said)))
    }
}

/// `said` without what stands between quotation marks; a quotation that does not end goes on to the end.
fn without_quotes(said: &str) -> String {
    let mut kept = String::with_capacity(said.len());
    let mut letters = said.chars();
    while let Some(letter) = letters.next() {
        kept.push(letter);
        let is_named = letter == '`' && NAMED.iter().any(|words| kept.trim_end_matches('`').ends_with(words));
        if letter != '"' && !is_named {
            continue;
        }
        kept.push(LEFT_OUT);
        while let Some(quoted) = letters.next() {
            if quoted == letter {
                kept.push(quoted);
                break;
            }
            if quoted == '\\' {
                letters.next();
            }
        }
    }
    kept
}

/// `said` without the words that hold an address.
fn without_addresses(said: &str) -> String {
    let mark = LEFT_OUT.to_string();
    let words = said.split(' ').map(|word| if word.contains('@') { mark.as_str() } else { word });
    words.collect::<Vec<_>>().join(" ")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::store::StoreError;

    fn logged(cause: &str) -> String {
        Chain(&StoreError::Unavailable(cause.into())).to_string()
    }

    #[test]
    fn a_chain_names_every_source_in_order() {
        let error = StoreError::Unavailable(std::io::Error::other("the line is cut").into());
        assert_eq!(Chain(&error).to_string(), "the table is unavailable: the line is cut");
    }

    #[test]
    fn what_an_error_quotes_and_every_address_is_left_out() {
        for (cause, kept) in [
            (r#"invalid type: string "hello \"ann\" \\", expected u8"#, r#"invalid type: string "…", expected u8"#),
            (r#"a "b" and "" and "c"#, r#"a "…" and "…" and "…"#),
            ("unknown field `ann`, expected `id` or `at`", "unknown field `…`, expected `id` or `at`"),
            ("unknown variant `x\u{e9}`", "unknown variant `…`"),
            ("Email address is not verified: <ann@example.com>, bob@x.test", "Email address is not verified: … …"),
            ("said \u{e9}@\u{fc} twice", "said … twice"),
            ("missing field `id` at line 1", "missing field `id` at line 1"),
        ] {
            assert_eq!(logged(cause), format!("the table is unavailable: {kept}"));
        }
    }
}
