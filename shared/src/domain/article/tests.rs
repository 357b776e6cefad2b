//! Questions of customers and the articles that they should find.

use super::*;
use ulid::Ulid;

fn article(n: u128, title: &str, body: &str, tags: &[&str]) -> Article {
    let draft = ArticleDraft {
        title: title.to_owned(),
        body: body.to_owned(),
        tags: tags.iter().map(|tag| (*tag).to_owned()).collect(),
        published: true,
    };
    draft.check(ArticleId::new(Ulid(n)), 1).unwrap()
}

fn shelf() -> Vec<Article> {
    vec![
        article(1, "Cancellation policy", "You may cancel free of charge until 24 hours before.", &["refund"]),
        article(2, "Where can I park?", "There is a parking garage in Main Street 3.", &[]),
        article(3, "Öffnungszeiten", "Montag bis Freitag von 9 bis 17 Uhr. Samstags schließen wir früher.", &["hours"]),
        article(
            4,
            "What should I wear?",
            "Something plain. Bring a second set of clothes to the portrait session.",
            &["dress", "clothing"],
        ),
        article(5, "¿Aceptan tarjetas de crédito?", "Sí, todas las tarjetas y también efectivo.", &[]),
        article(6, "Où se trouve le studio ?", "Près de la gare, à côté du café. The street has free parking.", &[]),
    ]
}

fn found(query: &str) -> Vec<u128> {
    found_among(shelf(), query)
}

fn found_among(articles: Vec<Article>, query: &str) -> Vec<u128> {
    Articles::new(articles, "en").search(query).into_iter().map(|found| found.article.id.ulid().0).collect()
}

#[test]
fn a_question_finds_its_answer_first() {
    for (query, first) in [
        ("What is your cancellation policy?", 1),
        ("can i CANCEL", 1),
        ("what about a refund", 1),
        ("Is there parking?", 2),
        ("wann sind die offnungszeiten", 3),
        ("schliessen", 3),
        ("dress code", 4),
        ("¿aceptan tarjeta de credito?", 5),
        ("où est le studio", 6),
        ("cafe", 6),
        ("cafe\u{301}", 6),
    ] {
        assert_eq!(found(query).first(), Some(&first), "{query}");
    }
}

#[test]
fn the_title_weighs_more_than_a_tag_and_a_tag_more_than_the_body() {
    let shelf = vec![
        article(1, "Prices", "A voucher is a voucher", &[]),
        article(2, "Parking", "Text", &["voucher"]),
        article(3, "Vouchers", "Text", &[]),
        article(4, "Dogs", "Nothing of it", &[]),
        article(5, "Children", "Nothing of it", &[]),
        article(6, "Payment", "Nothing of it", &[]),
    ];
    let shelf = Articles::new(shelf, "en");
    let worth: Vec<_> = shelf.search("voucher").iter().map(|found| (found.article.id.ulid().0, found.worth)).collect();
    assert!(matches!(worth[..], [(3, a), (2, b), (1, c)] if c < b && b < a && a <= 1.0), "{worth:?}");
}

#[test]
fn of_two_as_good_the_older_one_comes_first() {
    let one = article(7, "Voucher", "a", &[]);
    let twin = Article { id: ArticleId::new(Ulid(8)), ..one.clone() };
    assert_eq!(found_among(vec![one, twin], "voucher"), [7, 8]);
}

#[test]
fn more_of_the_question_is_worth_more() {
    let shelf = vec![article(1, "Gift", "x", &[]), article(2, "Gift voucher", "x", &[])];
    assert_eq!(found_among(shelf, "gift voucher").first(), Some(&2));
}

#[test]
fn a_question_in_another_language_finds_what_is_called_the_same() {
    let shelf = vec![article(1, "Wo gibt es Parkplätze?", "Hinter dem Haus.", &["parken"])];
    assert_eq!(found_among(shelf, "Where can I park?"), [1]);
}

#[test]
fn one_word_of_many_is_no_answer() {
    let shelf = vec![
        article(1, "How do I pay?", "By card or in cash, when you come.", &[]),
        article(2, "Where can I park?", "Behind the house.", &[]),
    ];
    assert_eq!(found_among(shelf, "do you repair broken card terminals for other shops"), [0; 0]);
}

#[test]
fn nothing_alike_finds_nothing() {
    for query in
        ["", "   ", "?!", "what is the", "was ist das", "que es esto", "qu'est-ce que c'est", "helicopter", "x", "par"]
    {
        assert_eq!(found(query), [0; 0], "{query:?}");
    }
}

#[test]
fn words_that_only_begin_alike_are_not_taken_for_each_other() {
    for (a, b, alike) in [
        ("cancell", "cancellation", true),
        ("accept", "accessible", false),
        ("book", "booking", true),
        ("contact", "content", false),
        ("par", "parking", false),
        ("open", "opera", false),
        ("übung", "übungen", true),
    ] {
        assert_eq!((index::begin_alike(a, b), index::begin_alike(b, a)), (alike, alike), "{a} {b}");
    }
}

#[test]
fn what_is_not_published_is_never_found() {
    for state in [State::Unpublished, State::Proposed] {
        let mut shelf = shelf();
        shelf[0].state = state;
        assert_eq!(found_among(shelf, "cancellation policy"), [0; 0], "{state:?}");
    }
}

#[test]
fn what_is_proposed_stays_so_until_it_is_published_and_never_is_again() {
    let proposed = Article { state: State::Proposed, ..article(1, "Parking", "Behind the house", &[]) };
    let titled = ArticleDraft { body: String::new(), published: false, ..proposed.draft() };
    let titled = proposed.edited(&titled).unwrap();
    assert_eq!((titled.state, titled.version), (State::Proposed, 2), "an answer may still be to come");
    let refused = titled.edited(&ArticleDraft { published: true, ..titled.draft() }).unwrap_err();
    assert_eq!(refused.0[0].pointer, "/body");
    let published = proposed.edited(&ArticleDraft { published: true, ..proposed.draft() }).unwrap();
    assert_eq!(published.state, State::Published);
    let kept_back = published.edited(&ArticleDraft { published: false, ..published.draft() }).unwrap();
    assert_eq!(kept_back.state, State::Unpublished);
}

#[test]
fn an_article_is_in_the_language_that_it_is_said_to_be_in() {
    let named = |language| Article { language, ..article(1, "Visagist", "Visagistin Yildiz", &[]) };
    assert_eq!(index::language_of(&named(None), "en"), Some(Language::English));
    assert_eq!(index::language_of(&named(Some(Language::German)), "en"), Some(Language::German));
}

#[test]
fn a_very_long_question_is_answered_by_its_words() {
    let query = format!("{} cancellation", "blah ".repeat(10_000));
    assert_eq!(found(&query), [1]);
}

#[test]
fn an_article_asks_and_answers() {
    let id = ArticleId::new(Ulid(1));
    let draft = |title: &str, body: &str, tags: usize| ArticleDraft {
        title: title.to_owned(),
        body: body.to_owned(),
        tags: vec!["tag".to_owned(); tags],
        published: false,
    };
    let faults = |draft: ArticleDraft| -> Vec<String> {
        draft.check(id, 1).map_or_else(|e| e.0.into_iter().map(|f| f.pointer).collect(), |_| Vec::new())
    };
    assert!(faults(draft(&"t".repeat(200), &"b".repeat(10_000), 20)).is_empty());
    assert_eq!(faults(draft(&"t".repeat(201), &"b".repeat(10_001), 21)), ["/title", "/body", "/tags"]);
    assert_eq!(faults(draft(" ", " ", 0)), ["/title", "/body"]);
}
