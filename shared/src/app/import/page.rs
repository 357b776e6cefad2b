//! What an address answered, as an outline: its bytes as letters, and its letters as HTML or as Markdown.

use encoding_rs::{Encoding, UTF_8};
use url::Url;

use super::{html, markdown};
use crate::domain::import::Outline;

/// What a page is served as.
pub(super) const KINDS: [&str; 5] =
    ["text/html", "application/xhtml+xml", "text/markdown", "text/x-markdown", "text/plain"];

/// How far into a page it says in which letters it is written, in bytes; what HTML allows.
const DECLARED_WITHIN: usize = 1_024;

/// What `body` says that came from `url` as `kind`, the header as it was; none once there is no time left.
pub(super) fn outline(body: &[u8], kind: Option<&str>, url: &Url, has_time: &dyn Fn() -> bool) -> Option<Outline> {
    let essence = kind.and_then(|kind| kind.split(';').next()).unwrap_or_default().trim().to_ascii_lowercase();
    let encoding = kind.and_then(label).or_else(|| declared(body)).unwrap_or(UTF_8);
    let (text, ..) = encoding.decode(body);
    let is_html = match essence.as_str() {
        "text/html" | "application/xhtml+xml" => true,
        // Who does not say what it is has mostly a page.
        "" => text.trim_start().starts_with('<'),
        _ => false,
    };
    if is_html { html::outline(&text, url, has_time) } else { Some(markdown::outline(&text)) }
}

/// The encoding that the page's first bytes name.
fn declared(body: &[u8]) -> Option<&'static Encoding> {
    let head: String = body.iter().take(DECLARED_WITHIN).map(|byte| char::from(*byte)).collect();
    label(head.split("<meta").find(|meta| meta.to_ascii_lowercase().contains("charset"))?)
}

/// The encoding behind `charset=`.
fn label(text: &str) -> Option<&'static Encoding> {
    let lower = text.to_ascii_lowercase();
    let (_, behind) = lower.split_once("charset")?;
    let value = behind.trim_start().strip_prefix('=')?.trim_start().trim_start_matches(['"', '\'']);
    let end = value.find(['"', '\'', ';', '>', '/', ' ']).unwrap_or(value.len());
    Encoding::for_label(value.split_at(end).0.as_bytes())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn title(body: &[u8], kind: Option<&str>) -> String {
        let url = Url::parse("https://x.example/").unwrap();
        let (sections, _) = outline(body, kind, &url, &|| true).unwrap().sections();
        sections.first().map(|section| section.title.to_string()).unwrap_or_default()
    }

    #[test]
    fn a_page_is_read_in_its_own_letters() {
        let latin = b"<meta charset='ISO-8859-1'><h1>Pr\xe4sente</h1>x";
        assert_eq!(title(latin, Some("text/html")), "Präsente");
        assert_eq!(title(b"<h1>Pr\xe4sente</h1>x", Some("text/html; charset=\"windows-1252\"")), "Präsente");
        let old = b"<META http-equiv=Content-Type content='text/html; charset=iso-8859-15'><h1>12 \xa4</h1>x";
        assert_eq!(title(old, Some("Text/HTML")), "12 €");
        assert_eq!(title("<h1>Präsente</h1>x".as_bytes(), Some("text/html; charset=klingon")), "Präsente");
        assert_eq!(title("\u{feff}<h1>Präsente</h1>x".as_bytes(), None), "Präsente");
        assert_eq!(title(b"<h1>Pr\xe4</h1>x", Some("text/html")), "Pr\u{fffd}");
    }

    #[test]
    fn what_is_not_html_is_markdown() {
        for (kind, read) in
            [(None, "Gifts"), (Some("text/plain"), "Gifts"), (Some("text/markdown"), "Gifts"), (Some("text/html"), "")]
        {
            assert_eq!(title(b"# Gifts\n\nx", kind), read, "{kind:?}");
        }
    }
}
