//! Markdown, as an outline: what a document says, without what it would do.
//!
//! HTML in it is left out, a picture is what it is called, and a link is kept if it leads to the web. Front matter gives
//! a title and tags.

use pulldown_cmark::{Event, HeadingLevel, Options, Parser, Tag, TagEnd};
use url::Url;

use crate::domain::import::Outline;

/// What is understood beside plain CommonMark.
const OPTIONS: Options = Options::ENABLE_TABLES
    .union(Options::ENABLE_STRIKETHROUGH)
    .union(Options::ENABLE_TASKLISTS)
    .union(Options::ENABLE_YAML_STYLE_METADATA_BLOCKS);

/// What `markdown` says.
pub(super) fn outline(markdown: &str) -> Outline {
    let mut reader = Reader::default();
    for event in Parser::new_ext(markdown, OPTIONS) {
        reader.hear(event);
    }
    reader.outline
}

#[derive(Default)]
struct Reader {
    outline: Outline,
    /// The next number of each list that is open; none: it has no numbers.
    lists: Vec<Option<u64>>,
    /// What is read of the front matter, while it is.
    front: Option<String>,
    in_html: bool,
}

impl Reader {
    fn hear(&mut self, event: Event<'_>) {
        match event {
            Event::Start(tag) => self.open(&tag),
            Event::End(tag) => self.close(tag),
            Event::Text(words) => match &mut self.front {
                Some(front) => front.push_str(&words),
                None if !self.in_html => self.outline.text(&words),
                None => {}
            },
            Event::Code(words) => self.outline.text(&format!("`{}`", words.replace('`', "'"))),
            Event::SoftBreak => self.outline.text(" "),
            Event::HardBreak => self.outline.line(),
            Event::Rule => self.outline.end(),
            Event::Html(_)
            | Event::InlineHtml(_)
            | Event::FootnoteReference(_)
            | Event::TaskListMarker(_)
            | Event::InlineMath(_)
            | Event::DisplayMath(_) => {}
        }
    }

    fn open(&mut self, tag: &Tag<'_>) {
        match tag {
            Tag::Heading { level, .. } => self.outline.heading(number(*level)),
            Tag::List(first) => {
                self.outline.part();
                self.lists.push(*first);
            }
            Tag::Item => {
                let number = self.lists.last_mut().and_then(|next| {
                    let number = *next;
                    *next = next.map(|next| next.saturating_add(1));
                    number
                });
                self.outline.item(number);
            }
            Tag::CodeBlock(_) => self.outline.code(),
            Tag::TableHead | Tag::TableRow => self.outline.item(None),
            Tag::TableCell => self.outline.cell(),
            Tag::Link { dest_url, .. } => self.outline.open_link(Url::parse(dest_url).ok()),
            Tag::HtmlBlock => self.in_html = true,
            Tag::MetadataBlock(_) => self.front = Some(String::new()),
            Tag::Paragraph | Tag::BlockQuote(_) | Tag::Table(_) => self.outline.part(),
            _ => {}
        }
    }

    fn close(&mut self, tag: TagEnd) {
        match tag {
            TagEnd::Link => self.outline.close_link(),
            TagEnd::HtmlBlock => self.in_html = false,
            TagEnd::List(_) => {
                self.lists.pop();
                self.outline.end();
            }
            TagEnd::MetadataBlock(_) => front_matter(&mut self.outline, &self.front.take().unwrap_or_default()),
            TagEnd::Heading(_)
            | TagEnd::Item
            | TagEnd::CodeBlock
            | TagEnd::Paragraph
            | TagEnd::BlockQuote(_)
            | TagEnd::TableHead
            | TagEnd::TableRow => self.outline.end(),
            _ => {}
        }
    }
}

const fn number(level: HeadingLevel) -> u8 {
    match level {
        HeadingLevel::H1 => 1,
        HeadingLevel::H2 => 2,
        _ => 3,
    }
}

/// Takes `title` and `tags` out of front matter; of tags, a list in one line or one a line. What else it says is
/// somebody else's.
fn front_matter(outline: &mut Outline, text: &str) {
    let mut in_tags = false;
    for line in text.lines() {
        if let Some(tag) = line.trim().strip_prefix("- ").filter(|_| in_tags) {
            outline.tag(bare(tag));
            continue;
        }
        in_tags = false;
        match line.split_once(':').map(|(name, value)| (name.trim(), value.trim())) {
            Some(("title", title)) => outline.name(bare(title)),
            Some(("tags", "")) => in_tags = true,
            Some(("tags", list)) => {
                let list = list.trim_start_matches('[').trim_end_matches(']');
                list.split(',').for_each(|tag| outline.tag(bare(tag)));
            }
            _ => {}
        }
    }
}

fn bare(value: &str) -> &str {
    value.trim().trim_matches(['"', '\''])
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Title and body of every section.
    fn read(markdown: &str) -> Vec<(String, String)> {
        let (sections, _) = outline(markdown).sections();
        sections.into_iter().map(|one| (one.title.to_string(), one.body.to_string())).collect()
    }

    fn body(markdown: &str) -> String {
        read(&format!("# T\n\n{markdown}")).into_iter().map(|(_, body)| body).collect()
    }

    #[test]
    fn a_document_falls_into_its_headings() {
        let text = "---\ntitle: \"House rules\"\ntags: [house, 'rules']\nlayout: page\n---\nWelcome.\n\n# FAQ\n\n## Parking\n\
                    Behind\nthe house.\n\n### At night\n\nIn the street.\n\n## Dogs\n\n1. on a lead\n2. with a towel\n\n   and dry\n\n\
                    ## Nothing\n";
        let outline = outline(text);
        assert_eq!(outline.tags().iter().map(ToString::to_string).collect::<Vec<_>>(), ["house", "rules"]);
        assert_eq!(
            read(text),
            [
                ("House rules", "Welcome."),
                ("Parking", "Behind the house.\n\n### At night\n\nIn the street."),
                ("Dogs", "1. on a lead\n2. with a towel\n\nand dry"),
            ]
            .map(|(title, body)| (title.to_owned(), body.to_owned()))
        );
        let (_, skipped) = outline.sections();
        assert_eq!(
            skipped.iter().map(|part| part.title.as_str()).collect::<Vec<_>>(),
            ["Nothing"],
            "FAQ only leads on"
        );
    }

    #[test]
    fn what_an_article_can_hold_is_kept() {
        for (markdown, kept) in [
            ("**bold**, *leaning*, ~~gone~~ and `code`", "bold, leaning, gone and `code`"),
            ("one  \ntwo", "one\ntwo"),
            ("> quoted", "quoted"),
            ("- a\n  - b\n- [x] c", "- a\n- b\n- c"),
            ("| Film | Price |\n|--|--|\n| Colour | 9 € |", "- Film · Price\n- Colour · 9 €"),
            ("```sh\nls  -l\n\n# here\n```", "```\nls  -l\n\n# here\n```"),
            (
                "[the map](https://x.example/map?a=b) and <https://x.example/>",
                "[the map](https://x.example/map?a=b) and [https://x.example/](https://x.example/)",
            ),
            ("&lt;b&gt; \\*no\\*", "<b> *no*"),
        ] {
            assert_eq!(body(markdown), kept, "{markdown}");
        }
    }

    #[test]
    fn nothing_that_acts_is_kept() {
        for (markdown, kept) in [
            ("<script>alert(1)</script>", ""),
            ("a <img src=x onerror=alert(1)> b", "a b"),
            ("<div onclick=\"x\">\nhidden\n</div>\n\nseen", "seen"),
            ("![a dog](javascript:alert(1))", "a dog"),
            ("[click](javascript:alert(1))", "click"),
            ("[click](JaVaScRiPt:alert(1)) [me](data:text/html,x)", "click me"),
            ("[click][1]\n\n[1]: vbscript:x", "click"),
            ("[me](//evil.example) [too](/admin)", "me too"),
            ("[in](https://ann:pw@evil.example/)", "in"),
            ("[![x](https://evil.example/p.gif)](https://x.example/)", "[x](https://x.example/)"),
            ("[a\\](https://evil.example) b](https://x.example/)", "[a)(https://evil.example) b](https://x.example/)"),
            ("se\u{202e}cret\u{200b}", "secret"),
            ("````\n```\n<script>\n````", "```\n'''\n<script>\n```"),
        ] {
            assert_eq!(body(markdown), kept, "{markdown}");
        }
    }

    #[test]
    fn however_a_document_is_made_reading_it_ends() {
        for (piece, times) in
            [("> ", 20_000), ("- ", 20_000), ("[", 60_000), ("*a ", 20_000), ("![](", 15_000), ("<", 60_000)]
        {
            let text = format!("# T\n\n{}x", piece.repeat(times));
            assert!(read(&text).len() <= 7, "{piece}");
        }
    }
}
