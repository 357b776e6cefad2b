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
    search(&shelf(), query).into_iter().map(|article| article.id.ulid().0).collect()
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
    let shelf = [
        article(1, "Other", "The voucher is nice", &[]),
        article(2, "Other", "Text", &["voucher"]),
        article(3, "Voucher", "Text", &[]),
        article(4, "Vouchers", "Text", &[]),
    ];
    let order: Vec<_> = search(&shelf, "voucher").iter().map(|article| article.id.ulid().0).collect();
    assert_eq!(order, [3, 2, 4, 1], "alike in the title is worth less than a tag, more than the body");
}

#[test]
fn of_two_as_good_the_older_one_comes_first() {
    let shelf = [article(8, "Voucher", "a", &[]), article(7, "Voucher", "b", &[])];
    assert_eq!(search(&shelf, "voucher")[0].id, ArticleId::new(Ulid(7)));
}

#[test]
fn more_of_the_question_is_worth_more() {
    let shelf = [article(1, "Gift", "x", &[]), article(2, "Gift voucher", "x", &[])];
    assert_eq!(search(&shelf, "gift voucher")[0].id, ArticleId::new(Ulid(2)));
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
        ("cancelling", "cancellation", true),
        ("book", "booking", true),
        ("policy", "policies", true),
        ("contact", "content", false),
        ("par", "parking", false),
        ("open", "opera", false),
        ("übung", "übungen", true),
    ] {
        assert_eq!((begin_alike(a, b), begin_alike(b, a)), (alike, alike), "{a} {b}");
    }
}

#[test]
fn an_unpublished_article_is_never_found() {
    let mut shelf = shelf();
    shelf[0].published = false;
    assert!(search(&shelf, "cancellation policy").is_empty());
}

#[test]
fn a_very_long_question_is_answered_by_its_words() {
    let query = format!("{} cancellation", "blah ".repeat(10_000));
    assert_eq!(found(&query), [1]);
}

#[test]
fn the_stop_words_are_in_order_and_folded() {
    assert!(STOP_WORDS.is_sorted());
    for word in STOP_WORDS {
        assert_eq!(word.chars().flat_map(char::to_lowercase).flat_map(fold).collect::<String>(), word);
    }
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
