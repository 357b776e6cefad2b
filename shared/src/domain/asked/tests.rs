//! What is one question and what is not, measured on paraphrases; counting; and what is never shown.

use ulid::Ulid;

use super::*;
use crate::domain::id::ConversationId;

mod labelled;

fn form(said: &str) -> Form {
    Form::of(said).unwrap_or_else(|| panic!("{said} asks nothing"))
}

fn conversation(n: u64) -> ConversationId {
    ConversationId::new(Ulid::from_parts(n, n.into()))
}

/// Each message from a conversation of its own.
fn questions<'a>(said: impl IntoIterator<Item = &'a str>) -> Questions {
    let mut questions = Questions::default();
    for (n, said) in said.into_iter().enumerate() {
        if let Some(form) = Form::of(said) {
            questions.add(form, conversation(n as u64));
        }
    }
    questions
}

fn top(questions: &Questions) -> Vec<(String, u64)> {
    questions.top(10).into_iter().map(|top| (top.question, top.count)).collect()
}

/// Of the pairs of paraphrases and of the pairs that ask another thing: how many there are, and how many are alike.
fn measured() -> [(usize, usize); 2] {
    let mut pairs = [(0, 0); 2];
    let asked: Vec<(usize, Form)> = labelled::GROUPS
        .iter()
        .enumerate()
        .flat_map(|(group, said)| said.iter().map(move |said| (group, form(said))))
        .collect();
    for (at, (group, one)) in asked.iter().enumerate() {
        for (other_group, other) in &asked[at + 1..] {
            let (count, alike) = &mut pairs[usize::from(group != other_group)];
            *count += 1;
            let is_alike = is_alike(one, other);
            *alike += usize::from(is_alike);
        }
    }
    pairs
}

#[test]
fn most_paraphrases_meet_and_hardly_any_two_different_questions_do() {
    let [(same, met), (different, merged)] = measured();
    println!("{met} of {same} pairs of paraphrases meet, {merged} of {different} others do");
    assert!(labelled::MET <= met, "{met} of {same}");
    assert!(merged <= labelled::MERGED, "{merged} of {different}");
}

#[test]
fn case_punctuation_common_words_endings_and_greetings_make_no_other_question() {
    let asked = questions([
        "Are you open on Saturdays?",
        "hi!! are you OPEN on saturday",
        "Ann here. Are you open on Saturday? Thanks!",
        "Do you have parking?",
        "¿Abren los sábados?",
        "abren los sabados",
    ]);
    assert_eq!(
        top(&asked),
        [("Are you open on Saturday?".to_owned(), 3), ("¿Abren los sábados?".to_owned(), 2)],
        "what one conversation alone has asked is not shown"
    );
}

#[test]
fn what_asks_nothing_is_no_question() {
    for said in [
        "",
        "Thanks!",
        "ok",
        "Good morning",
        "yes please",
        "Ann Lee",
        "Müller",
        "ann@example.test",
        "+49 170 1234567",
        "10",
        "Hallo, guten Abend",
        "K7MW2PQR",
    ] {
        assert_eq!(Form::of(said), None, "{said}");
    }
    for (said, asked) in [
        ("Where are you?", "Where are you?"),
        ("My name is Ann Lee. Can I cancel for free?", "Can I cancel for free?"),
        ("Can I bring my dog? You can reach me at ann.lee@example.test or +49 170 1234567.", "Can I bring my dog?"),
        ("Hello. I would like to book a portrait", "I would like to book a portrait"),
    ] {
        assert_eq!(form(said).sample(), asked, "{said}");
    }
}

#[test]
fn a_question_is_cut_and_reads_back_as_itself() {
    let long = format!("Is there parking {}?", "for something very large ".repeat(20));
    let kept = form(&long);
    assert!(kept.sample().chars().count() <= SAMPLE);
    assert_eq!(Form::kept(kept.sample()), Some(kept));
}

#[test]
fn what_one_conversation_alone_has_said_is_never_shown() {
    let mut asked = Questions::default();
    for _ in 0..5 {
        asked.add(form("Does Annabel Canary of 12 Canary Street owe you money?"), conversation(1));
    }
    assert_eq!(asked.top(10), []);
    asked.add(form("does annabel canary of 12 canary street owe you money"), conversation(1));
    assert_eq!(asked.top(10), [], "in whatever way it repeats it");
    let mut merged = asked.clone();
    merged.merge(asked);
    assert_eq!(merged.top(10), [], "and on whatever day");
}

#[test]
fn questions_that_are_alike_are_one_in_the_words_of_the_commonest() {
    let mut said = vec!["How long does a portrait take?"; 3];
    said.extend(["how long will the portrait of two take", "how long will the portrait of two take"]);
    said.push("How long does the wedding take?");
    assert_eq!(top(&questions(said)), [("How long does a portrait take?".to_owned(), 5)]);
}

/// A question of two words that no other number has.
fn numbered(n: usize) -> Form {
    let letters: String = n.to_string().bytes().map(|digit| char::from(digit - b'0' + b'b')).collect();
    form(&format!("zz{letters}qx yy{letters}qx?"))
}

#[test]
fn a_list_stays_short_what_is_asked_much_stays_exact_and_the_rest_is_within_the_slack() {
    let mut list = Questions::default();
    let (mut rare, mut all) = (0, 0);
    for hour in 0..24_u64 {
        for n in 0..50 {
            list.add(form("Are you open on Saturdays?"), conversation(n));
            all += 1;
        }
        for n in 0..150 {
            list.add(numbered(rare), conversation(hour * 1_000 + n));
            (rare, all) = (rare + 1, all + 1);
        }
        list.cut();
        assert!(list.iter().count() <= MOST);
    }
    assert_eq!(top(&list), [("Are you open on Saturdays?".to_owned(), 24 * 50)]);
    assert!(0 < list.slack() && list.slack() <= all / MOST as u64, "{}", list.slack());
}

#[test]
fn merged_days_are_what_one_day_would_be_in_any_order() {
    let days =
        [["Is there wifi?", "do you cut hair?"], ["is there WIFI", "Do you cut hair?"], ["wifi?", "Is there wifi?"]];
    let part = |at: usize| {
        let mut day = Questions::default();
        days[at].iter().for_each(|said| day.add(form(said), conversation(at as u64)));
        day
    };
    let merged = |order: [usize; 3]| {
        let mut all = Questions::default();
        order.into_iter().for_each(|at| all.merge(part(at)));
        all
    };
    for order in [[1, 0, 2], [2, 1, 0], [0, 2, 1]] {
        assert_eq!(merged(order), merged([0, 1, 2]), "{order:?}");
    }
    assert_eq!(top(&merged([0, 1, 2])), [("wifi?".to_owned(), 4), ("Do you cut hair?".to_owned(), 2)]);
}

#[test]
fn a_kept_list_reads_back() {
    let mut list = questions(["Is there wifi?", "is there wifi", "Do you cut hair?"]);
    list.merge(Questions::kept([], 3));
    assert_eq!(Questions::kept(list.iter().cloned(), list.slack()), list);
}
