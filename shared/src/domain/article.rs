//! Help articles, and which of them answer a question.
//!
//! The search compares words, not meanings: folded to plain lower-case letters, without those that every
//! sentence has in English, Spanish, German and French. A word that only begins alike counts half, so
//! "cancelling" finds "cancellation". Nothing alike finds nothing, and the assistant then says that it does not know.

use std::cmp::Reverse;
use std::collections::BTreeSet;

use super::field::{Faults, InvalidDraft};
use super::id::ArticleId;
use super::text::{Line, Note};

/// The most tags of one article.
pub const MAX_TAGS: usize = 20;
/// The most different words of a query that count.
const MAX_WORDS: usize = 40;
/// What a word is worth in the title, in a tag and in the body. One that only begins alike is worth half.
const WEIGHTS: [u32; 3] = [6, 4, 2];
/// The shortest beginning by which two words are alike.
const SHORTEST_STEM: usize = 4;

/// Something that customers ask, answered.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Article {
    /// Its id.
    pub id: ArticleId,
    /// The question, as customers ask it.
    pub title: Line<200>,
    /// The answer.
    pub body: Note<10_000>,
    /// Other words for it; at most [`MAX_TAGS`].
    pub tags: Vec<Line<40>>,
    /// Only published articles are found.
    pub published: bool,
    /// Rises with each change; what `If-Match` compares.
    pub version: u64,
}

/// An article as its owner wrote it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ArticleDraft {
    /// `/title`.
    pub title: String,
    /// `/body`.
    pub body: String,
    /// `/tags/<n>`.
    pub tags: Vec<String>,
    /// `/published`.
    pub published: bool,
}

impl ArticleDraft {
    /// Makes the article, with the id and version that its store gives it.
    ///
    /// # Errors
    ///
    /// [`InvalidDraft`] with every field that is refused.
    pub fn check(&self, id: ArticleId, version: u64) -> Result<Article, InvalidDraft> {
        let mut faults = Faults::default();
        let title = faults.parsed("/title", Line::new(&self.title));
        let body = faults.parsed("/body", Note::new(&self.body));
        if body.as_ref().is_some_and(Note::is_empty) {
            faults.add("/body", "required", "an article answers something");
        }
        if MAX_TAGS < self.tags.len() {
            faults.add("/tags", "too_many", format_args!("an article has at most {MAX_TAGS} tags"));
        }
        let tags = self.tags.iter().enumerate().take(MAX_TAGS);
        let tags = tags.filter_map(|(n, tag)| faults.parsed(format!("/tags/{n}"), Line::new(tag))).collect();
        let made = || Some(Article { id, title: title?, body: body?, tags, published: self.published, version });
        faults.settle(made())
    }
}

/// The published articles that share words with `query`, the best first; of two as good, the older one.
#[must_use]
pub fn search<'a>(articles: &'a [Article], query: &str) -> Vec<&'a Article> {
    let mut wanted = BTreeSet::new();
    for word in words(query) {
        if wanted.len() < MAX_WORDS {
            wanted.insert(word);
        }
    }
    let mut found: Vec<(u32, &Article)> = articles
        .iter()
        .filter(|article| article.published)
        .map(|article| (score(article, &wanted), article))
        .filter(|(score, _)| 0 < *score)
        .collect();
    found.sort_by_key(|(score, article)| (Reverse(*score), article.id));
    found.into_iter().map(|(_, article)| article).collect()
}

/// What `article` is worth to someone who wants these words: each counts once, where it weighs most.
fn score(article: &Article, wanted: &BTreeSet<String>) -> u32 {
    let places: [BTreeSet<String>; 3] = [
        words(article.title.as_str()).collect(),
        article.tags.iter().flat_map(|tag| words(tag.as_str())).collect(),
        words(article.body.as_str()).collect(),
    ];
    let worth = |word: &String| {
        let here = |(place, weight): (&BTreeSet<String>, u32)| {
            let alike = || place.iter().any(|other| begin_alike(word, other));
            if place.contains(word) { weight } else { weight / 2 * u32::from(alike()) }
        };
        places.iter().zip(WEIGHTS).map(here).max().unwrap_or(0)
    };
    wanted.iter().map(worth).sum()
}

/// Claims that both words begin alike: for at least four letters and two thirds of the shorter one.
fn begin_alike(a: &str, b: &str) -> bool {
    let shared = a.chars().zip(b.chars()).take_while(|(a, b)| a == b).count();
    let shorter = a.chars().count().min(b.chars().count());
    SHORTEST_STEM <= shared && 2 * shorter <= 3 * shared
}

/// The words of `text` that mean something, folded.
fn words(text: &str) -> impl Iterator<Item = String> {
    let folded: String = text.chars().flat_map(char::to_lowercase).flat_map(fold).collect();
    let words: Vec<String> =
        folded.split(|c: char| !c.is_alphanumeric()).filter(|word| is_telling(word)).map(str::to_owned).collect();
    words.into_iter()
}

/// Claims that a folded word is not empty, a lone letter as in "what's", or one that every sentence has.
fn is_telling(word: &str) -> bool {
    let lone = word.len() == 1 && word.bytes().all(|b| b.is_ascii_alphabetic());
    !word.is_empty() && !lone && STOP_WORDS.binary_search(&word).is_err()
}

/// A lower-case letter without its accent, whether it is written as one character or two.
fn fold(c: char) -> impl Iterator<Item = char> {
    let plain = match c {
        '\u{300}'..='\u{36f}' => "",
        'à'..='å' | 'ā' | 'ă' | 'ą' => "a",
        'æ' => "ae",
        'ç' | 'ć' | 'č' => "c",
        'ď' | 'đ' => "d",
        'è'..='ë' | 'ē' | 'ė' | 'ę' | 'ě' => "e",
        'ğ' => "g",
        'ì'..='ï' | 'ī' | 'ı' => "i",
        'ł' => "l",
        'ñ' | 'ń' | 'ň' => "n",
        'ò'..='ö' | 'ø' | 'ō' | 'ő' => "o",
        'œ' => "oe",
        'ř' => "r",
        'ß' => "ss",
        'ś' | 'š' | 'ş' | 'ș' => "s",
        'ť' | 'ț' => "t",
        'ù'..='ü' | 'ū' | 'ů' | 'ű' => "u",
        'ý' | 'ÿ' => "y",
        'ź' | 'ż' | 'ž' => "z",
        _ => return Some(c).into_iter().chain("".chars()),
    };
    None.into_iter().chain(plain.chars())
}

/// Words of English, Spanish, German and French that say nothing about a question: folded, in order.
const STOP_WORDS: [&str; 421] = [
    "aber", "about", "ai", "al", "algo", "algun", "alguna", "algunas", "alguno", "algunos", "all", "alle", "allem",
    "allen", "aller", "alles", "alors", "als", "also", "am", "an", "and", "ante", "antes", "any", "are", "as", "asi",
    "at", "au", "auch", "aucun", "auf", "aunque", "aus", "aussi", "autre", "aux", "avant", "avec", "avez", "avoir",
    "avons", "be", "been", "bei", "beim", "bien", "bin", "bis", "bitte", "bonjour", "but", "by", "can", "car", "ce",
    "cela", "ces", "cet", "cette", "ceux", "chez", "combien", "comme", "comment", "como", "con", "could", "cual",
    "cuales", "cuando", "cuanta", "cuanto", "cuantos", "da", "damit", "danke", "dann", "dans", "das", "dass", "de",
    "dein", "deine", "del", "dem", "den", "denn", "der", "des", "desde", "dich", "did", "die", "dies", "diese",
    "diesem", "diesen", "dieser", "dieses", "dir", "do", "doch", "does", "doing", "donc", "donde", "du", "durch",
    "ein", "eine", "einem", "einen", "einer", "eines", "el", "ella", "ellas", "elle", "elles", "ellos", "en", "encore",
    "entre", "er", "era", "eres", "es", "esa", "ese", "eso", "est", "esta", "estan", "estar", "estas", "este", "esto",
    "estos", "estoy", "et", "etait", "etes", "etre", "etwas", "eu", "euch", "euer", "eure", "faire", "fait", "favor",
    "for", "from", "fue", "fur", "get", "gibt", "gracias", "guten", "ha", "habe", "haben", "hacer", "had", "hallo",
    "has", "hasta", "hat", "hatte", "have", "having", "hay", "haya", "he", "hello", "hey", "hi", "hola", "how", "ich",
    "if", "ihm", "ihn", "ihnen", "ihr", "ihre", "il", "ils", "im", "in", "into", "is", "ist", "it", "its", "ja", "je",
    "just", "kann", "kannst", "konnen", "konnte", "la", "las", "le", "les", "leur", "leurs", "like", "lo", "los",
    "lui", "ma", "mais", "man", "mas", "may", "me", "mein", "meine", "meme", "merci", "mes", "mi", "mich", "might",
    "mir", "mis", "mit", "mochte", "moi", "moins", "mon", "muss", "muy", "my", "nach", "nada", "ne", "ni", "nicht",
    "no", "noch", "nos", "nosotros", "not", "notre", "nous", "nur", "ob", "oder", "of", "off", "ohne", "on", "only",
    "ont", "or", "ou", "our", "out", "par", "para", "pas", "pero", "peut", "peux", "plait", "please", "plus", "por",
    "porque", "pour", "pourquoi", "pouvez", "puede", "pueden", "puedo", "puis", "qu", "quand", "que", "quel", "quelle",
    "quelles", "quels", "qui", "quien", "quiero", "quoi", "sa", "sans", "schon", "se", "sea", "sehr", "sein", "seine",
    "ser", "sera", "ses", "she", "should", "si", "sich", "sie", "sin", "sind", "so", "sobre", "soit", "soll", "some",
    "son", "sont", "sous", "soy", "su", "sur", "sus", "ta", "tambien", "te", "tengo", "tes", "than", "thank", "thanks",
    "that", "the", "their", "them", "then", "there", "these", "they", "this", "those", "tiene", "tienen", "to", "todo",
    "todos", "toi", "ton", "too", "tous", "tout", "toute", "tres", "trop", "tu", "tus", "uber", "um", "un", "una",
    "und", "une", "uno", "unos", "uns", "unser", "unsere", "unter", "up", "us", "usted", "ustedes", "vers", "very",
    "veux", "voici", "voila", "von", "vor", "vos", "votre", "vous", "wann", "warum", "was", "we", "wegen", "weil",
    "welche", "welcher", "welches", "well", "wenn", "wer", "werden", "were", "what", "when", "where", "which", "while",
    "who", "whom", "whose", "why", "wie", "wieviel", "will", "wir", "wird", "with", "wo", "would", "wurde", "ya", "yo",
    "you", "your", "yours", "zu", "zum", "zur",
];

#[cfg(test)]
mod tests;
