//! Undoes disguises: one lower-case ASCII text, and from it words.

use crate::domain::text::is_invisible;

/// Words at least this long may hide a whole phrase written without spaces.
const LONG_WORD: usize = 16;

/// A text in lower-case ASCII, without accents, look-alikes and invisible characters.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Folded(String);

/// The words of a text, and the same run together.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Words {
    /// The words, each of `a-z` and `0-9`.
    pub(super) list: Vec<String>,
    /// The words without anything between them.
    pub(super) joined: Vec<u8>,
    /// For each place in `joined`, whether a word may begin there.
    starts: Vec<bool>,
}

impl Folded {
    pub(super) fn of(text: &str) -> Self {
        let mut folded = String::with_capacity(text.len());
        for c in text.chars() {
            match tag_letter(c) {
                Some(hidden) => folded.push(hidden.to_ascii_lowercase()),
                None if is_invisible(c) || is_mark(c) => {}
                None => c.to_lowercase().for_each(|c| fold(c, &mut folded)),
            }
        }
        Self(folded)
    }

    pub(super) fn text(&self) -> &str {
        &self.0
    }

    /// The words as written, and, if there are digits or signs, as these may be meant.
    pub(super) fn views(&self) -> Vec<Words> {
        let plain = Words::new(self.0.split(|c: char| !c.is_ascii_alphanumeric()));
        let [as_i, as_l] = ['i', 'l'].map(|one| {
            let meant: Vec<_> = self.leet_words().map(|word| unleet(word, one)).collect();
            Words::new(meant.iter().map(String::as_str))
        });
        let mut views = vec![plain];
        for view in [as_i, as_l] {
            if !views.contains(&view) {
                views.push(view);
            }
        }
        views
    }

    fn leet_words(&self) -> impl Iterator<Item = &str> {
        let is_part = |c: char| c.is_ascii_alphanumeric() || matches!(c, '@' | '$' | '!' | '|');
        self.0.split(move |c: char| !is_part(c)).map(|word| word.trim_end_matches(['!', '|']))
    }
}

impl Words {
    fn new<'a>(words: impl Iterator<Item = &'a str>) -> Self {
        let list: Vec<_> = words
            .map(|word| word.chars().filter(char::is_ascii_alphanumeric).collect::<String>())
            .filter(|word| !word.is_empty())
            .collect();
        let mut starts = Vec::new();
        for word in &list {
            let is_long = LONG_WORD <= word.len();
            starts.extend((0..word.len()).map(|place| place == 0 || is_long));
        }
        starts.push(true);
        Self { joined: list.concat().into_bytes(), list, starts }
    }

    /// Claims that a word may begin, or the one before end, at `place` in the joined text.
    pub(super) fn is_edge(&self, place: usize) -> bool {
        self.starts.get(place).copied().unwrap_or(false)
    }
}

/// `word` with letters for the digits and signs in it.
fn unleet(word: &str, one: char) -> String {
    let letter = |c| match c {
        '0' => 'o',
        '1' | '!' | '|' => one,
        '3' => 'e',
        '4' | '@' => 'a',
        '5' | '$' => 's',
        '7' => 't',
        c => c,
    };
    word.chars().map(letter).collect()
}

/// The ASCII character that an invisible tag character stands for.
fn tag_letter(c: char) -> Option<char> {
    let code = u32::from(c).checked_sub(0xe_0000)?;
    char::from_u32(code).filter(|c| matches!(c, ' '..='~'))
}

/// Claims that `c` only changes how another character looks.
const fn is_mark(c: char) -> bool {
    matches!(c,
        '\u{300}'..='\u{36f}' | '\u{1ab0}'..='\u{1aff}' | '\u{1dc0}'..='\u{1dff}'
        | '\u{20d0}'..='\u{20ff}' | '\u{fe00}'..='\u{fe0f}' | '\u{fe20}'..='\u{fe2f}'
        | '\u{e0100}'..='\u{e01ef}' | '\u{115f}' | '\u{1160}' | '\u{3164}' | '\u{ffa0}')
}

/// Adds the ASCII that lower-case `c` reads as; a space for what reads as none.
fn fold(c: char, to: &mut String) {
    match c {
        '\n' | ' '..='~' => to.push(c),
        'ß' => to.push_str("ss"),
        'æ' => to.push_str("ae"),
        'œ' => to.push_str("oe"),
        _ => to.push(styled(c).or_else(|| look_alike(c)).unwrap_or(' ')),
    }
}

/// The letter or digit of a styled alphabet: full width, mathematical, circled, squared.
fn styled(c: char) -> Option<char> {
    let code = u32::from(c);
    let nth =
        |from: u32, first: u8, count: u32| u8::try_from((code - from) % count).ok().map(|n| char::from(first + n));
    match code {
        0xff01..=0xff5e => nth(0xff01, b'!', 94).map(|c| c.to_ascii_lowercase()),
        0x1d400..=0x1d6a3 => nth(0x1d400, b'a', 26),
        0x1d7ce..=0x1d7ff => nth(0x1d7ce, b'0', 10),
        0x249c..=0x24b5 => nth(0x249c, b'a', 26),
        0x24b6..=0x24e9 => nth(0x24b6, b'a', 26),
        0x1f110..=0x1f129 => nth(0x1f110, b'a', 26),
        0x1f130..=0x1f149 => nth(0x1f130, b'a', 26),
        0x1f150..=0x1f169 => nth(0x1f150, b'a', 26),
        0x1f170..=0x1f189 => nth(0x1f170, b'a', 26),
        0x1f1e6..=0x1f1ff => nth(0x1f1e6, b'a', 26),
        _ => None,
    }
}

/// The ASCII letter that an accented, Cyrillic, Greek or phonetic letter looks like.
fn look_alike(c: char) -> Option<char> {
    const ALIKE: [(char, &str); 26] = [
        ('a', "àáâãäåāăąǎȁạảấầẩẫậắằẳẵặаαɑᴀ"),
        ('b', "ƀɓḃьвʙ"),
        ('c', "çćĉċčсϲᴄⅽ"),
        ('d', "ďđḍḋԁɗᴅⅾ"),
        ('e', "èéêëēĕėęěẹẻẽếềểễệеєεᴇ"),
        ('f', "ƒḟꜰ"),
        ('g', "ĝğġģǧɡɢ"),
        ('h', "ĥħḥһнʜ"),
        ('i', "ìíîïĩīĭįıǐịỉіιɪⅰ"),
        ('j', "ĵјʝᴊ"),
        ('k', "ķǩкκᴋ"),
        ('l', "ĺļľŀłḷӏʟⅼ"),
        ('m', "ṁмᴍⅿ"),
        ('n', "ñńņňŋṅηпɴ"),
        ('o', "òóôõöøōŏőǒọỏốồổỗộớờởỡợоοσᴏօ"),
        ('p', "ṗрρᴘ"),
        ('q', "ԛǫ"),
        ('r', "ŕŗřṛгʀ"),
        ('s', "śŝşšșṣѕꜱ"),
        ('t', "ţťŧțṭтτᴛ"),
        ('u', "ùúûüũūŭůűųǔụủứừửữựυᴜս"),
        ('v', "ṽѵνᴠⅴ"),
        ('w', "ŵẁẃẅԝωᴡ"),
        ('x', "ẋхχⅹ"),
        ('y', "ýÿŷỳỵỷỹуγʏ"),
        ('z', "źżžẓᴢ"),
    ];
    let sign = match c {
        '‘' | '’' | '‚' | '′' => '\'',
        '“' | '”' | '„' | '″' | '«' | '»' => '"',
        '‹' | '〈' | '⟨' => '<',
        '›' | '〉' | '⟩' => '>',
        '：' | '꞉' => ':',
        '\u{2028}' | '\u{2029}' | '\r' => '\n',
        _ => return ALIKE.iter().find(|(_, like)| like.contains(c)).map(|(letter, _)| *letter),
    };
    Some(sign)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_disguise_of_a_word_is_undone() {
        for disguised in [
            "IGNORE",
            "ign\u{200b}ore",
            "і\u{261}nоrе",
            "ｉｇｎｏｒｅ",
            "𝗶𝗴𝗻𝗼𝗿𝗲",
            "𝒾𝑔𝓃ℴ𝓇ℯ".replace('ℴ', "o").replace('ℯ', "e").as_str(),
            "ⓘⓖⓝⓞⓡⓔ",
            "🅸🅶🅽🅾🆁🅴",
            "ɪɢɴᴏʀᴇ",
            "i\u{301}g\u{308}nore",
            "ìgñörê",
            "\u{e0069}\u{e0067}\u{e006e}\u{e006f}\u{e0072}\u{e0065}",
        ] {
            assert_eq!(Folded::of(disguised).text(), "ignore", "{disguised}");
        }
    }

    #[test]
    fn digits_and_signs_may_be_letters() {
        let views = Folded::of("1gn0r3 @ll, c411 10!").views();
        assert_eq!(views[0].list, ["1gn0r3", "ll", "c411", "10"]);
        assert_eq!(views[1].list, ["ignore", "all", "caii", "io"]);
        assert_eq!(views[2].list, ["lgnore", "all", "call", "lo"]);
        assert_eq!(Folded::of("Friday at 9!").views().len(), 1);
    }

    #[test]
    fn other_scripts_leave_no_words() {
        assert!(Folded::of("日本語で予約できますか").views()[0].list.is_empty());
    }
}
