//! A page of the web, as an outline: its words, without its scripts, styles, menus, forms and what it hides.
//!
//! The page is read tag by tag and no tree is built of it, so that one which is nested a million deep costs no more
//! than its bytes. What browsers do not show is left out as far as the page itself says so: hidden text is how a page
//! speaks to a model behind its reader's back.

use std::cell::RefCell;

use html5ever::tendril::StrTendril;
use html5ever::tokenizer::states::RawKind;
use html5ever::tokenizer::{BufferQueue, Tag, TagKind, Token, TokenSink, TokenSinkResult, Tokenizer, TokenizerOpts};
use url::Url;

use crate::domain::import::Outline;
use crate::domain::text::cut;

/// How many characters are read between two looks at the time.
const AT_ONCE: usize = 16 * 1024;

/// What is no part of what a page says.
const DROPPED: [&str; 22] = [
    "script", "style", "noscript", "template", "svg", "math", "iframe", "object", "embed", "nav", "footer", "aside",
    "form", "button", "select", "textarea", "dialog", "canvas", "audio", "video", "menu", "map",
];

/// Roles by which a page calls the same by another name.
const DROPPED_ROLES: [&str; 8] =
    ["navigation", "banner", "contentinfo", "complementary", "search", "dialog", "alertdialog", "menu"];

/// Elements that have no end and hold nothing.
const VOID: [&str; 13] =
    ["area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "source", "track", "wbr"];

/// Elements that begin a block, and end one.
const BLOCKS: [&str; 25] = [
    "p",
    "div",
    "section",
    "article",
    "main",
    "header",
    "body",
    "html",
    "head",
    "blockquote",
    "figure",
    "figcaption",
    "address",
    "details",
    "fieldset",
    "table",
    "thead",
    "tbody",
    "tfoot",
    "caption",
    "dl",
    "dd",
    "center",
    "hgroup",
    "hr",
];

/// What `html`, which stands at `base`, says; none once there is no time left. Some pages are made to take long: the
/// tokenizer compares each attribute of an element with all before it.
pub(super) fn outline(html: &str, base: &Url, has_time: &dyn Fn() -> bool) -> Option<Outline> {
    let page = Page { base, reader: RefCell::default() };
    let tokenizer = Tokenizer::new(page, TokenizerOpts::default());
    let input = BufferQueue::default();
    let mut rest = html;
    while !rest.is_empty() {
        let (head, behind) = rest.split_at(cut(rest, AT_ONCE).len());
        input.push_back(StrTendril::from_slice(head));
        // It stops for scripts and encodings only, of which the page below tells it nothing.
        let _ = tokenizer.feed(&input);
        if !has_time() {
            return None;
        }
        rest = behind;
    }
    tokenizer.end();
    Some(tokenizer.sink.reader.into_inner().outline)
}

struct Page<'a> {
    base: &'a Url,
    reader: RefCell<Reader>,
}

#[derive(Default)]
struct Reader {
    outline: Outline,
    /// The element that is left out, and how many of its name are open.
    dropped: Option<(String, usize)>,
    /// The next number of each list that is open; none: it has no numbers.
    lists: Vec<Option<u64>>,
    /// What is read of the title, while it is.
    title: Option<String>,
    /// How many elements are open that hold what the page is about.
    mains: usize,
}

impl TokenSink for Page<'_> {
    type Handle = ();

    fn process_token(&self, token: Token, _line: u64) -> TokenSinkResult<()> {
        let mut reader = self.reader.borrow_mut();
        match token {
            Token::CharacterTokens(words) => reader.text(&words),
            Token::TagToken(tag) if tag.kind == TagKind::StartTag => {
                reader.open(&tag, self.base);
                return raw(&tag.name).map_or(TokenSinkResult::Continue, TokenSinkResult::RawData);
            }
            Token::TagToken(tag) => reader.close(&tag.name),
            _ => {}
        }
        TokenSinkResult::Continue
    }
}

/// How the inside of an element is read that holds no elements.
fn raw(name: &str) -> Option<RawKind> {
    match name {
        "script" => Some(RawKind::ScriptData),
        "style" | "xmp" | "iframe" | "noembed" | "noframes" => Some(RawKind::Rawtext),
        "title" | "textarea" => Some(RawKind::Rcdata),
        _ => None,
    }
}

impl Reader {
    fn text(&mut self, words: &str) {
        if self.dropped.is_some() {
            return;
        }
        match &mut self.title {
            Some(title) => title.push_str(words),
            // Line ends mean nothing here, but where they are kept.
            None if self.outline.is_code() => self.outline.text(words),
            None => self.outline.text(&words.replace(['\n', '\r'], " ")),
        }
    }

    fn open(&mut self, tag: &Tag, base: &Url) {
        let name: &str = &tag.name;
        if let Some((dropped, depth)) = &mut self.dropped {
            match dropped == name {
                // A paragraph ends where the next one begins.
                true if name == "p" => self.dropped = None,
                true if !tag.self_closing => *depth += 1,
                _ => {}
            }
            if self.dropped.is_some() {
                return;
            }
        }
        let is_dropped = DROPPED.contains(&name) || (name == "header" && self.mains == 0) || is_hidden(tag);
        if is_dropped && !VOID.contains(&name) {
            self.outline.part();
            self.dropped = Some((name.to_owned(), 1));
            return;
        }
        match name {
            "title" => self.title = Some(String::new()),
            "br" => self.outline.line(),
            "a" => self.outline.open_link(attribute(tag, "href").and_then(|to| base.join(to).ok())),
            "h1" => self.outline.heading(1),
            "h2" => self.outline.heading(2),
            "h3" | "h4" | "h5" | "h6" | "summary" | "dt" => self.outline.heading(3),
            "pre" => self.outline.code(),
            "ul" | "ol" => {
                self.outline.part();
                self.lists.push((name == "ol").then_some(1));
            }
            "li" => {
                let number = self.lists.last_mut().and_then(|next| {
                    let number = *next;
                    *next = next.map(|next| next + 1);
                    number
                });
                self.outline.item(number);
            }
            "tr" => self.outline.item(None),
            "td" | "th" => self.outline.cell(),
            name if BLOCKS.contains(&name) => self.outline.part(),
            _ => {}
        }
        self.mains += usize::from(matches!(name, "main" | "article"));
    }

    fn close(&mut self, name: &str) {
        if let Some((dropped, depth)) = &mut self.dropped {
            *depth -= usize::from(dropped == name);
            if *depth == 0 {
                self.dropped = None;
            }
            return;
        }
        match name {
            "title" => {
                let title = self.title.take().unwrap_or_default();
                self.outline.name(&title);
            }
            "a" => self.outline.close_link(),
            "ul" | "ol" => {
                self.lists.pop();
                self.outline.end();
            }
            "h1" | "h2" | "h3" | "h4" | "h5" | "h6" | "summary" | "dt" | "pre" | "li" | "tr" => self.outline.end(),
            name if BLOCKS.contains(&name) => self.outline.part(),
            _ => {}
        }
        self.mains = self.mains.saturating_sub(usize::from(matches!(name, "main" | "article")));
    }
}

/// Claims that a browser does not show the element, or calls it something else than what the page says.
fn is_hidden(tag: &Tag) -> bool {
    let is = |name: &str, value: &str| attribute(tag, name).is_some_and(|is| is.trim().eq_ignore_ascii_case(value));
    let style: String = attribute(tag, "style").unwrap_or_default().split_whitespace().collect();
    let style = style.to_ascii_lowercase();
    let hides = ["display:none", "visibility:hidden", "font-size:0", "opacity:0;", "opacity:0!"];
    attribute(tag, "hidden").is_some()
        || is("aria-hidden", "true")
        || attribute(tag, "role").is_some_and(|role| DROPPED_ROLES.contains(&role.trim()))
        || style.ends_with("opacity:0")
        || hides.iter().any(|hidden| style.contains(hidden))
}

fn attribute<'a>(tag: &'a Tag, name: &str) -> Option<&'a str> {
    tag.attrs.iter().find(|attribute| &*attribute.name.local == name).map(|attribute| &*attribute.value)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Title and body of every section.
    fn read(html: &str) -> Vec<(String, String)> {
        let base = Url::parse("https://studio.example/help/faq").unwrap();
        let (sections, _) = outline(html, &base, &|| true).unwrap().sections();
        sections.into_iter().map(|one| (one.title.to_string(), one.body.to_string())).collect()
    }

    fn body(html: &str) -> String {
        read(&format!("<h1>T</h1>{html}")).into_iter().map(|(_, body)| body).collect()
    }

    #[test]
    fn a_page_falls_into_its_headings_without_what_stands_around_it() {
        let page = "<!DOCTYPE html><html><head><title>Studio &mdash; FAQ</title><style>h1{}</style></head><body>\
            <header><a href=/>Home</a></header><nav><ul><li>Menu</ul></nav>\
            <main><header><h1>Questions</h1></header><p>Good to\n know.\
            <h2>Where can I <em>park</em>?</h2><p>Behind the house.<p>Or in the <b>street</b>.<ul><li>Free<li><p>At night</ul>\
            <h2>Dogs</h2>Yes<br>of course<ol><li>on a lead<li>dry</ol></main><footer>© Studio</footer></body></html>";
        assert_eq!(
            read(page),
            [
                ("Questions", "Good to know."),
                ("Where can I park?", "Behind the house.\n\nOr in the street.\n\n- Free\n- At night"),
                ("Dogs", "Yes\nof course\n\n1. on a lead\n2. dry"),
            ]
            .map(|(title, body)| (title.to_owned(), body.to_owned()))
        );
        assert_eq!(read("<title>Studio</title>We are open."), [("Studio".to_owned(), "We are open.".to_owned())]);
        let questions = "<details><summary>Parking</summary>Here.</details><dl><dt>Dogs<dd>Yes</dl>";
        assert_eq!(body(questions), "### Parking\n\nHere.\n\n### Dogs\n\nYes");
        let table = "<table><tr><th>Film<th>Price</tr><tr><td>Colour</td><td>9 €</td></tr></table>";
        assert_eq!(body(table), "- Film · Price\n- Colour · 9 €");
        assert_eq!(body("<pre>a\n  b</pre>c"), "```\na\n  b\n```\n\nc");
    }

    #[test]
    fn nothing_that_acts_and_nothing_hidden_is_kept() {
        for (html, kept) in [
            ("<script>alert('</p>')</script>a", "a"),
            ("<scr<script>ipt>alert(1)</script>a", "ipt>alert(1)a"),
            ("<style>p{}</style><noscript>x</noscript>a", "a"),
            ("<svg><script>x</script><text>x</text></svg>a", "a"),
            ("<img src=x onerror=alert(1) alt=dog>a", "a"),
            ("<a href='javascript:alert(1)'>a</a> <a href=' JAVA\nSCRIPT:x'>b</a>", "a b"),
            (
                "<a href=../map>map</a>, <a href=//x.example>x</a>",
                "[map](https://studio.example/map), [x](https://x.example/)",
            ),
            ("<a href='https://x.example/'><img src=x></a>a", "a"),
            ("<!-- obey me -->a<!--[if IE]>b<![endif]-->", "a"),
            ("<p hidden>obey me<p>a", "a"),
            ("<div style='Display : NONE'><div>obey</div>me</div>a", "a"),
            ("<span aria-hidden=true>obey</span><i style='font-size:0px'>me</i><b style=opacity:0>now</b>a", "a"),
            ("<b style=opacity:0.5>a</b>", "a"),
            ("<div role=navigation>menu</div>a<template><p>x</p></template>", "a"),
            ("<iframe src=x><p>x</iframe><textarea><b>x</textarea>a", "a"),
            ("<input hidden value=x>a", "a"),
            ("&lt;script&gt; &#x202e;&#8203;&NotAThing;&#0;", "<script> &NotAThing;\u{fffd}"),
        ] {
            assert_eq!(body(html), kept, "{html}");
        }
    }

    #[test]
    fn however_a_page_is_made_reading_it_ends() {
        let bytes = 256 * 1024;
        for piece in [
            "<b>",
            "<div>",
            "<ul><li>",
            "<table><tr><td>",
            "<a href=x>",
            "<p hidden>",
            "</b>",
            "<!--",
            "&amp",
            "<",
            "<h2>",
        ] {
            let html = format!("<h1>T</h1>{}x", piece.repeat(bytes / piece.len()));
            assert!(read(&html).len() <= 30, "{piece}");
        }
        let wide: String = (0..2_000).map(|n| format!("a{n}=1 ")).collect();
        assert_eq!(read(&format!("<h1>T</h1><b {wide}>x</b>")), [("T".to_owned(), "x".to_owned())]);
    }

    #[test]
    fn a_page_that_takes_too_long_is_given_up() {
        let looks = std::cell::Cell::new(0);
        let base = Url::parse("https://studio.example/").unwrap();
        let until = |last: usize| {
            looks.set(0);
            outline(&"word ".repeat(10_000), &base, &|| {
                looks.set(looks.get() + 1);
                looks.get() < last
            })
        };
        assert!(until(5).is_some());
        assert!(until(3).is_none());
        assert_eq!(looks.get(), 3, "nothing more is read");
    }
}
