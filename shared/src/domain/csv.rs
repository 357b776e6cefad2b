//! CSV: tables for a spreadsheet, as RFC 4180 says.
//!
//! A spreadsheet takes a cell for a formula that begins as one does, quoted or not. Such a cell gets an apostrophe in
//! front, which makes it text. Numbers come as numbers, so a minus of ours stays a minus.

use std::fmt::Display;

/// What makes a spreadsheet take a cell for a formula, or for the end of the one before.
const FORMULA: [char; 6] = ['=', '+', '-', '@', '\t', '\r'];

/// A table that grows line by line.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Csv(String);

/// What stands in a cell.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Cell<'a> {
    /// Words, of whomever.
    Text(&'a str),
    /// A number.
    Number(u64),
    /// Nothing.
    Empty,
}

impl Csv {
    /// A table with these columns.
    #[must_use]
    pub fn new(columns: &[&str]) -> Self {
        let mut csv = Self::default();
        csv.line(columns.iter().map(|column| Cell::Text(column)));
        csv
    }

    /// Adds a line.
    pub fn line<'a>(&mut self, cells: impl IntoIterator<Item = Cell<'a>>) {
        for (at, cell) in cells.into_iter().enumerate() {
            if at != 0 {
                self.0.push(',');
            }
            match cell {
                Cell::Text(text) => self.text(text),
                Cell::Number(number) => self.push(number),
                Cell::Empty => {}
            }
        }
        self.0.push_str("\r\n");
    }

    /// The table as text.
    #[must_use]
    pub fn into_text(self) -> String {
        self.0
    }

    fn text(&mut self, text: &str) {
        let guard = if text.trim_start().starts_with(FORMULA) || text.starts_with(FORMULA) { "'" } else { "" };
        if text.contains([',', '"', '\r', '\n']) || text.trim() != text {
            self.push(format_args!("\"{guard}{}\"", text.replace('"', "\"\"")));
        } else {
            self.push(format_args!("{guard}{text}"));
        }
    }

    fn push(&mut self, what: impl Display) {
        use std::fmt::Write as _;
        // Writing to a string cannot fail.
        let _ = write!(self.0, "{what}");
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn cell(text: &str) -> String {
        let mut csv = Csv::default();
        csv.line([Cell::Text(text)]);
        csv.into_text().strip_suffix("\r\n").unwrap().to_owned()
    }

    #[test]
    fn what_would_be_a_formula_is_text() {
        for (text, shown) in [
            ("=1+1", "'=1+1"),
            ("+1", "'+1"),
            ("-1", "'-1"),
            ("@SUM(A1)", "'@SUM(A1)"),
            ("\t=1", "\"'\t=1\""),
            ("\r=1", "\"'\r=1\""),
            ("  =1", "\"'  =1\""),
            ("=HYPERLINK(\"https://x.test\",\"a\")", "\"'=HYPERLINK(\"\"https://x.test\"\",\"\"a\"\")\""),
            ("a=1", "a=1"),
        ] {
            assert_eq!(cell(text), shown, "{text:?}");
        }
    }

    #[test]
    fn a_cell_keeps_its_commas_quotes_and_lines() {
        assert_eq!(cell("a, \"b\"\nc"), "\"a, \"\"b\"\"\nc\"");
        let mut csv = Csv::new(&["what", "n", "note"]);
        csv.line([Cell::Text("total"), Cell::Number(u64::MAX), Cell::Empty]);
        assert_eq!(csv.into_text(), "what,n,note\r\ntotal,18446744073709551615,\r\n");
    }
}
