//! Just enough of Rust's lexis to look at code without its comments, strings and test modules.
//!
//! Everything it takes out becomes blanks, so that offsets and line numbers stay true.

/// Blanks comments and the contents of string and character literals.
pub(super) fn code(text: &str) -> String {
    let bytes = text.as_bytes();
    let mut out = bytes.to_vec();
    let mut at = 0;
    while at < bytes.len() {
        let end = match bytes[at] {
            b'/' if bytes[at..].starts_with(b"//") => line_end(bytes, at),
            b'/' if bytes[at..].starts_with(b"/*") => block_end(bytes, at),
            b'"' => string_end(bytes, at),
            b'r' if !joined(bytes, at) => raw_string_end(bytes, at),
            b'\'' => character_end(bytes, at),
            _ => at,
        };
        for byte in &mut out[at..end] {
            if *byte != b'\n' {
                *byte = b' ';
            }
        }
        at = end.max(at + 1);
    }
    String::from_utf8(out).expect("whole literals and comments were blanked")
}

/// Blanks each item that exists in tests only: what follows `#[cfg(test)]`, to its semicolon or closing brace.
pub(super) fn without_tests(code: &str) -> String {
    const MARK: &str = "#[cfg(test)]";
    let mut out = code.as_bytes().to_vec();
    let mut from = 0;
    while let Some(found) = code[from..].find(MARK) {
        let start = from + found;
        let end = item_end(code.as_bytes(), start + MARK.len());
        for byte in &mut out[start..end] {
            if *byte != b'\n' {
                *byte = b' ';
            }
        }
        from = end;
    }
    String::from_utf8(out).expect("whole items were blanked")
}

/// Where `word` stands alone, not as part of a longer name.
pub(super) fn words<'a>(code: &'a str, word: &'a str) -> impl Iterator<Item = usize> + 'a {
    let bytes = code.as_bytes();
    code.match_indices(word).map(|(at, _)| at).filter(move |at| {
        let starts = !word.as_bytes()[0].is_ascii_alphanumeric() || *at == 0 || !is_name(bytes[at - 1]);
        let last = word.as_bytes()[word.len() - 1];
        let ends = !is_name(last) || bytes.get(at + word.len()).is_none_or(|next| !is_name(*next));
        starts && ends
    })
}

fn is_name(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || byte == b'_'
}

/// Whether the byte at `at` continues a name, as the `r` of `for`.
fn joined(bytes: &[u8], at: usize) -> bool {
    at > 0 && is_name(bytes[at - 1]) && bytes[at - 1] != b'b'
}

fn line_end(bytes: &[u8], at: usize) -> usize {
    bytes[at..].iter().position(|byte| *byte == b'\n').map_or(bytes.len(), |length| at + length)
}

fn block_end(bytes: &[u8], at: usize) -> usize {
    let mut depth = 0_usize;
    let mut here = at;
    while here < bytes.len() {
        if bytes[here..].starts_with(b"/*") {
            depth += 1;
            here += 2;
        } else if bytes[here..].starts_with(b"*/") {
            depth -= 1;
            here += 2;
            if depth == 0 {
                return here;
            }
        } else {
            here += 1;
        }
    }
    bytes.len()
}

fn string_end(bytes: &[u8], at: usize) -> usize {
    let mut here = at + 1;
    while here < bytes.len() {
        match bytes[here] {
            b'\\' => here += 2,
            b'"' => return here + 1,
            _ => here += 1,
        }
    }
    bytes.len()
}

fn raw_string_end(bytes: &[u8], at: usize) -> usize {
    let hashes = bytes[at + 1..].iter().take_while(|byte| **byte == b'#').count();
    if bytes.get(at + 1 + hashes) != Some(&b'"') {
        return at;
    }
    let close: Vec<u8> = std::iter::once(b'"').chain(std::iter::repeat_n(b'#', hashes)).collect();
    let body = at + hashes + 2;
    bytes[body..]
        .windows(close.len())
        .position(|window| window == close)
        .map_or(bytes.len(), |l| body + l + close.len())
}

/// A lifetime ends nothing; a character does within a few bytes.
fn character_end(bytes: &[u8], at: usize) -> usize {
    if bytes.get(at + 1) == Some(&b'\\') {
        let rest = &bytes[(at + 3).min(bytes.len())..];
        return rest.iter().position(|byte| *byte == b'\'').map_or(bytes.len(), |length| at + 3 + length + 1);
    }
    let first = bytes.get(at + 1).copied().unwrap_or(b'\'');
    let width = match first {
        ..0x80 => 1,
        0x80..0xE0 => 2,
        0xE0..0xF0 => 3,
        _ => 4,
    };
    if bytes.get(at + 1 + width) == Some(&b'\'') { at + width + 2 } else { at }
}

fn item_end(code: &[u8], from: usize) -> usize {
    let mut depth = 0_usize;
    for (at, byte) in code.iter().enumerate().skip(from) {
        match byte {
            b'{' => depth += 1,
            b'}' if depth <= 1 => return at + 1,
            b'}' => depth -= 1,
            b';' if depth == 0 => return at + 1,
            _ => {}
        }
    }
    code.len()
}

#[test]
fn comments_strings_and_characters_are_blank_and_lines_stay() {
    let text = "let a = \"x // y\"; // note\nlet b = r#\"q\"q\"#; /* c /* d */ e */ let c = '\\''; let d: &'a str = e;";
    let code = code(text);
    assert_eq!(code.len(), text.len());
    assert_eq!(
        code.split_whitespace().collect::<Vec<_>>().join(" "),
        "let a = ; let b = ; let c = ; let d: &'a str = e;"
    );
}

#[test]
fn only_the_test_item_goes() {
    let code = "fn a() {}\n#[cfg(test)]\nmod tests { fn b() { x } }\nfn c() {}\n#[cfg(test)]\nuse z;\nfn d() {}";
    let kept = without_tests(code);
    assert!(kept.contains("fn a") && kept.contains("fn c") && kept.contains("fn d"), "{kept}");
    assert!(!kept.contains("fn b") && !kept.contains("use z"), "{kept}");
}

#[test]
fn a_word_is_found_only_whole() {
    assert_eq!(words("scan(x) rescan(x) scans", "scan").count(), 1);
    assert_eq!(words("a.scan(x)", ".scan(").count(), 1);
}
