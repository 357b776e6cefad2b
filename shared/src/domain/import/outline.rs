//! Outlines: what a reader understands of a document, as the few things that an article can hold.
//!
//! Readers of Markdown and of HTML tell it the same: words, line breaks, links, and what kind of block they stand in.
//! A heading of the first or second level begins a part, and each part is a [`Section`]. What comes out is plain text
//! with the little Markdown that the widget renders: paragraphs, lists, small headings, code, and links to the web.
//! There is no way to tell it of markup, an image or a script.

use url::Url;

use super::{Reason, Skipped};
use crate::domain::article::{BODY, MAX_TAGS};
use crate::domain::text::{Line, Note, cut, visible};

/// The deepest heading that begins a part.
const DEEPEST: u8 = 2;
/// The most characters of a title.
const TITLE: usize = 200;
/// What is left of a title's characters beside the number of a part.
const NUMBERED: usize = TITLE - 8;

/// A document as it is read.
#[derive(Debug, Clone, Default)]
pub struct Outline {
    title: String,
    tags: Vec<Line<40>>,
    parts: Vec<Part>,
    /// The words of the block that is being read.
    words: String,
    /// Whether there is a word among them.
    has_words: bool,
    kind: Kind,
    /// Where in `words` the link begins that is open, and where it leads.
    link: Option<(usize, Url)>,
}

/// A part that can become an article.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Section {
    /// Its heading.
    pub title: Line<TITLE>,
    /// What stands below it.
    pub body: Note<BODY>,
}

/// What stands below a heading of the first levels, or above all of them.
#[derive(Debug, Clone, Default)]
struct Part {
    /// 0: above all of them.
    level: u8,
    title: String,
    body: String,
    ends_in_list: bool,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
enum Kind {
    #[default]
    Paragraph,
    Heading(u8),
    Item(Option<u64>),
    Code,
}

impl Outline {
    /// Takes the title of the whole, which stands for a missing first heading.
    pub fn name(&mut self, title: &str) {
        if self.title.is_empty() {
            self.title = one_line(title);
        }
    }

    /// The title of the whole; empty: it has none.
    #[must_use]
    pub fn title(&self) -> &str {
        &self.title
    }

    /// Takes another word for all of it, as long as an article may have more.
    pub fn tag(&mut self, tag: &str) {
        if let (Ok(tag), true) = (Line::new(tag), self.tags.len() < MAX_TAGS) {
            self.tags.push(tag);
        }
    }

    /// Other words for all of it.
    #[must_use]
    pub fn tags(&self) -> &[Line<40>] {
        &self.tags
    }

    /// Takes words of the present block.
    pub fn text(&mut self, words: &str) {
        self.has_words |= !words.trim().is_empty();
        self.words.push_str(words);
    }

    /// Ends a line within the present block.
    pub fn line(&mut self) {
        self.words.push('\n');
    }

    /// Parts two cells of a row.
    pub fn cell(&mut self) {
        if self.has_words {
            self.words.push_str(" · ");
        }
    }

    /// Begins a link, if it leads to the web; one within another is none.
    pub fn open_link(&mut self, target: Option<Url>) {
        let is_plain = |url: &Url| {
            matches!(url.scheme(), "https" | "http") && url.username().is_empty() && !url.as_str().contains(['(', ')'])
        };
        if self.link.is_none() {
            self.link = target.filter(is_plain).map(|url| (self.words.len(), url));
        }
    }

    /// Ends it.
    pub fn close_link(&mut self) {
        let Some((start, url)) = self.link.take() else { return };
        let Some(label) = self.words.get(start..).map(one_line) else { return };
        if label.is_empty() || matches!(self.kind, Kind::Heading(_) | Kind::Code) {
            return;
        }
        self.words.truncate(start);
        let label = label.replace('[', "(").replace(']', ")");
        self.words.push_str(&format!("[{label}]({url})"));
    }

    /// Begins a heading; 1 is the highest level.
    pub fn heading(&mut self, level: u8) {
        self.begin(Kind::Heading(level));
    }

    /// Begins an entry of a list, with its number if it has one.
    pub fn item(&mut self, number: Option<u64>) {
        self.begin(Kind::Item(number));
    }

    /// Begins lines that are to stay as they are.
    pub fn code(&mut self) {
        self.begin(Kind::Code);
    }

    /// Claims that the present block keeps its lines.
    #[must_use]
    pub fn is_code(&self) -> bool {
        self.kind == Kind::Code
    }

    /// Ends the present block: what follows is a paragraph.
    pub fn end(&mut self) {
        self.begin(Kind::Paragraph);
    }

    /// Parts two blocks, unless nothing stands in the present one yet: so an entry of a list keeps its mark until its
    /// first words.
    pub fn part(&mut self) {
        if self.has_words {
            self.end();
        }
    }

    fn begin(&mut self, kind: Kind) {
        self.close_link();
        self.has_words = false;
        let (words, ended) = (std::mem::take(&mut self.words), std::mem::replace(&mut self.kind, kind));
        let words = if ended == Kind::Code { visible(words.trim_matches('\n')) } else { tidy(&words) };
        if words.trim().is_empty() {
            return;
        }
        match ended {
            Kind::Heading(level) if level <= DEEPEST => {
                self.parts.push(Part { level, title: one_line(&words), ..Part::default() });
            }
            Kind::Heading(_) => self.put(&format!("### {}", one_line(&words)), false),
            Kind::Paragraph => self.put(&words, false),
            Kind::Item(None) => self.put(&format!("- {words}"), true),
            Kind::Item(Some(number)) => self.put(&format!("{number}. {words}"), true),
            // Three of them would end the block before its end.
            Kind::Code => self.put(&format!("```\n{}\n```", words.replace("```", "'''")), false),
        }
    }

    fn put(&mut self, block: &str, is_item: bool) {
        if self.parts.is_empty() {
            self.parts.push(Part::default());
        }
        let Some(part) = self.parts.last_mut() else { return };
        if !part.body.is_empty() {
            part.body.push_str(if is_item && part.ends_in_list { "\n" } else { "\n\n" });
        }
        part.body.push_str(block);
        part.ends_in_list = is_item;
    }

    /// The parts that can become articles, in order, and those that cannot. One that is longer than an article is
    /// several, each with its number.
    #[must_use]
    pub fn sections(mut self) -> (Vec<Section>, Vec<Skipped>) {
        self.end();
        let (mut sections, mut skipped) = (Vec::new(), Vec::new());
        let mut parts = self.parts.into_iter().peekable();
        while let Some(part) = parts.next() {
            let title = if part.level == 0 { &self.title } else { &part.title };
            if part.body.is_empty() {
                // A heading that only leads to smaller ones says nothing of its own.
                if parts.peek().is_none_or(|next| next.level <= part.level) {
                    skipped.push(Skipped { title: title.clone(), reason: Reason::Empty });
                }
                continue;
            }
            if title.is_empty() {
                skipped.push(Skipped { title: String::new(), reason: Reason::Untitled });
                continue;
            }
            for (n, body) in pieces(&part.body).into_iter().enumerate() {
                let numbered = if n == 0 { title.clone() } else { format!("{} ({})", cut(title, NUMBERED), n + 1) };
                sections.extend(Line::new(cut(&numbered, TITLE)).ok().map(|title| Section { title, body }));
            }
        }
        (sections, skipped)
    }
}

/// `body` in pieces of at most an article's length, cut between paragraphs where they are short enough.
fn pieces(body: &str) -> Vec<Note<BODY>> {
    let mut pieces = Vec::new();
    let mut piece = String::new();
    let mut length = 0;
    for paragraph in body.split("\n\n") {
        let mut rest = paragraph;
        while !rest.is_empty() {
            let head = cut(rest, BODY);
            let head_length = head.chars().count();
            if BODY < length + 2 + head_length && !piece.is_empty() {
                pieces.push(Note::cut(&piece));
                (piece, length) = (String::new(), 0);
            }
            piece.push_str(if piece.is_empty() { "" } else { "\n\n" });
            piece.push_str(head);
            length += 2 + head_length;
            rest = rest.split_at(head.len()).1;
        }
    }
    pieces.push(Note::cut(&piece));
    pieces
}

/// `words` with single spaces, and without empty lines.
fn tidy(words: &str) -> String {
    let lines = words.lines().map(one_line).filter(|line| !line.is_empty());
    lines.collect::<Vec<_>>().join("\n")
}

fn one_line(words: &str) -> String {
    visible(words).split_whitespace().collect::<Vec<_>>().join(" ")
}
