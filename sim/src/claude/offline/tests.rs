//! Whole conversations with a photographer and a salon.

mod shop;

use serde_json::json;
use shop::Chat;

/// Nothing is ever done without the visitor's click, so nothing may sound as if it were.
fn asks_for_confirmation(reply: &str) {
    assert!(reply.contains("check the card and press Confirm"), "{reply}");
    for claim in ["is booked", "are booked", "been booked", "is confirmed", "is cancelled", "been cancelled"] {
        assert!(!reply.contains(claim), "{reply}");
    }
}

#[test]
fn one_message_with_everything_makes_a_card() {
    for message in [
        "Hi, I'd like to book a haircut on Monday at 10:00. My name is Ann Lee, ann@x.test",
        "Book a haircut for Monday 10am for Ann Lee, ann@x.test please",
        "haircut monday 10:00, name: Ann Lee, email: ann@x.test",
        "Can I get a hair cut on 23 November at 10? I'm Ann Lee – ann@x.test",
        "I want a Haircut on 2026-11-23 at 10:00. Ann Lee <ann@x.test>",
    ] {
        let mut chat = Chat::salon();
        asks_for_confirmation(&chat.say(message));
        let booked = json!({ "slotId": "2026-11-23T10", "customerName": "Ann Lee", "customerEmail": "ann@x.test" });
        assert_eq!(chat.inputs("book_package"), [booked], "{message}");
        assert_eq!(chat.calls.len(), 3, "{:?}", chat.calls);
    }
}

#[test]
fn a_whole_day_is_booked_by_its_date() {
    let mut chat = Chat::photographer();
    asks_for_confirmation(&chat.say("Please book the wedding package on 3 December for Ann Lee, ann@x.test"));
    assert_eq!(chat.inputs("book_package")[0]["slotId"], "2026-12-03");
}

#[test]
fn a_booking_grows_over_many_messages() {
    let mut chat = Chat::salon();
    assert!(chat.say("Hello!").contains("welcome"));
    let list = chat.say("What can I book?");
    assert!(list.contains("1. Haircut: €45.00, 30 minutes") && list.contains("3. Beard trim"), "{list}");
    let free = chat.say("When are you free for a haircut next Friday afternoon?");
    assert!(free.contains("1. Fri 27 Nov, 12:00") && !free.contains("11:00") && !free.contains("17:00"), "{free}");
    let who = chat.say("the second one");
    assert!(who.contains("Fri 27 Nov, 13:00") && who.contains("What name and email"), "{who}");
    let email = chat.say("Ann Lee");
    assert!(email.contains("Which email"), "{email}");
    asks_for_confirmation(&chat.say("ann@x.test"));
    let booked = json!({ "slotId": "2026-11-27T13", "customerName": "Ann Lee", "customerEmail": "ann@x.test" });
    assert_eq!(chat.inputs("book_package"), [booked]);
    assert!(chat.say("yes, confirm it").contains("press Confirm"));
    assert!(chat.say("thanks!").contains("welcome"));
}

#[test]
fn a_slot_is_picked_in_many_ways() {
    for (pick, slot) in [
        ("the first one", "2026-11-23T09"),
        ("The last one please", "2026-11-23T16"),
        ("number 1", "2026-11-23T09"),
        ("10:00", "2026-11-23T10"),
        ("at 2pm", "2026-11-23T14"),
        ("let's say 2 pm then", "2026-11-23T14"),
        ("Tuesday at 2pm would be better", "2026-11-24T14"),
        ("the earliest", "2026-11-23T09"),
    ] {
        let mut chat = Chat::salon();
        chat.say("I'd like a haircut on Monday");
        chat.say(pick);
        chat.say("My name is Ann, ann@example.com");
        assert_eq!(chat.inputs("book_package")[0]["slotId"], slot, "{pick}");
    }
}

#[test]
fn facts_are_remembered_and_not_asked_for_again() {
    let mut chat = Chat::salon();
    chat.say("Hi, I'm Ann Lee – ann@x.test");
    chat.say("How much is a beard trim?");
    asks_for_confirmation(&chat.say("I'd like to book that for Tuesday at 9am"));
    assert_eq!(chat.inputs("book_package")[0]["slotId"], "2026-11-24T09");
    assert_eq!(chat.inputs("check_availability")[0]["packageId"], "beard");
}

#[test]
fn relative_days_are_asked_for_as_dates() {
    for (message, from, days) in [
        ("any time tomorrow?", "2026-11-22", 1),
        ("Are you free next week?", "2026-11-23", 7),
        ("something this weekend", "2026-11-21", 2),
        ("on 3 December", "2026-12-03", 1),
        ("when are you free?", "2026-11-21", 14),
    ] {
        let mut chat = Chat::photographer();
        chat.say(&format!("Family portraits, {message}"));
        let asked = &chat.inputs("check_availability")[0];
        assert_eq!((&asked["from"], &asked["days"]), (&json!(from), &json!(days)), "{message}");
    }
}

#[test]
fn without_a_free_time_the_nearest_are_offered() {
    let mut chat = Chat::photographer();
    let reply = chat.say("Is the wedding day free on 5 December?");
    assert!(reply.contains("nothing free on Saturday 5 December") && reply.contains("1. Sun 6 Dec"), "{reply}");
    asks_for_confirmation(&{
        chat.say("the first one then");
        chat.say("Ann Lee, ann@x.test")
    });
    assert_eq!(chat.inputs("book_package")[0]["slotId"], "2026-12-06");
    let mut chat = Chat::salon();
    let reply = chat.say("a haircut on Monday at 20:00");
    assert!(reply.contains("at that time") && reply.contains("Mon 23 Nov, 16:00"), "{reply}");
}

#[test]
fn a_question_alone_prepares_nothing() {
    let mut chat = Chat::salon();
    chat.say("I'm Ann Lee – ann@x.test");
    let reply = chat.say("Is Monday at 10:00 free for a haircut?");
    assert!(reply.contains("Shall I prepare it"), "{reply}");
    assert!(chat.inputs("book_package").is_empty());
    asks_for_confirmation(&chat.say("Yes please"));
    assert_eq!(chat.inputs("book_package").len(), 1);
}

#[test]
fn a_slot_that_is_gone_brings_others() {
    let mut chat = Chat::salon();
    chat.say("I'd like a haircut on Monday");
    chat.say("10:00");
    chat.taken = vec!["2026-11-23T10"];
    let reply = chat.say("Ann Lee, ann@x.test");
    assert!(reply.contains("just been taken") && reply.contains("Mon 23 Nov, 09:00"), "{reply}");
    assert!(!reply.contains("10:00"), "{reply}");
    asks_for_confirmation(&chat.say("11:00 then"));
    assert_eq!(chat.inputs("book_package").last().unwrap()["slotId"], "2026-11-23T11");
}

#[test]
fn questions_about_the_business_are_answered_in_the_middle_of_booking() {
    let mut chat = Chat::salon();
    chat.say("I'd like a haircut on Monday");
    assert!(chat.say("Is there parking?").contains("Parking: Behind the house."));
    assert!(chat.say("What are your opening hours?").contains("Monday: 09:00–12:00 and 13:00–17:00"));
    assert!(chat.say("are you open on Sunday?").contains("Sunday: closed"));
    assert!(chat.say("What's your phone number?").contains("+49 30 1234"));
    assert!(chat.say("What is your cancellation policy?").contains("24 hours before"));
    assert!(chat.say("Do you like jazz?").contains("I don't know that"));
    assert!(chat.say("the first one").contains("Mon 23 Nov, 09:00"));
}

#[test]
fn bookings_are_shown_only_after_the_email_is_proven() {
    let mut chat = Chat::salon();
    assert!(chat.say("show my bookings").contains("which email"));
    let sent = chat.say("ann@x.test");
    assert!(sent.contains("code to ann@x.test"), "{sent}");
    assert!(chat.say("done").contains("still need to know"));
    assert_eq!(chat.inputs("verify_email"), [json!({ "email": "ann@x.test" })]);
    chat.say("I didn't get the code");
    assert_eq!(chat.inputs("verify_email").len(), 2);
    chat.is_proven = true;
    let list = chat.say("ok, done");
    assert!(list.contains("1. Haircut, Wed 25 Nov 2026, 10:00 (confirmed)"), "{list}");
}

#[test]
fn cancelling_goes_on_after_the_proof_and_asks_which() {
    let mut chat = Chat::salon();
    chat.say("I need to cancel my booking, my email is ann@x.test");
    assert_eq!(chat.inputs("verify_email").len(), 1);
    chat.is_proven = true;
    let which = chat.say("123456");
    assert!(
        which.contains("1. Haircut, Wed 25 Nov") && which.contains("2. Colour") && !which.contains("3."),
        "{which}"
    );
    asks_for_confirmation(&chat.say("the second"));
    assert_eq!(chat.inputs("cancel_booking"), [json!({ "bookingId": "b2" })]);
}

#[test]
fn a_booking_to_cancel_is_named_in_many_ways() {
    for (message, booking) in [
        ("cancel my haircut booking", "b1"),
        ("please cancel the booking on 11 December", "b2"),
        ("Cancel booking B2", "b2"),
    ] {
        let mut chat = Chat::salon();
        chat.is_proven = true;
        asks_for_confirmation(&chat.say(message));
        assert_eq!(chat.inputs("cancel_booking"), [json!({ "bookingId": booking })], "{message}");
    }
}

#[test]
fn a_booking_is_moved_in_one_message_or_in_several() {
    let moved = json!({ "bookingId": "b1", "slotId": "2026-11-27T15" });
    let mut chat = Chat::salon();
    chat.is_proven = true;
    asks_for_confirmation(&chat.say("Please move my haircut booking from Wednesday to Friday 3pm"));
    assert_eq!(chat.inputs("reschedule_booking"), std::slice::from_ref(&moved));

    let mut chat = Chat::salon();
    chat.say("I'd like to reschedule my appointment");
    chat.say("ann@x.test");
    chat.is_proven = true;
    assert!(chat.say("done").contains("Which one"));
    assert!(chat.say("the first one").contains("Which day would suit you?"));
    assert!(chat.say("Friday").contains("1. Fri 27 Nov, 09:00"));
    asks_for_confirmation(&chat.say("I'll take 3pm"));
    assert_eq!(chat.inputs("reschedule_booking"), [moved]);
}

#[test]
fn moving_to_another_hour_stays_on_the_day() {
    let mut chat = Chat::salon();
    chat.is_proven = true;
    asks_for_confirmation(&chat.say("move my haircut booking to 3pm"));
    assert_eq!(chat.inputs("reschedule_booking")[0]["slotId"], "2026-11-25T15");
}

#[test]
fn a_person_is_called_when_one_is_asked_for() {
    let mut chat = Chat::salon();
    let reply = chat.say("I want to talk to a human");
    assert!(reply.contains("A colleague will be with you soon."), "{reply}");
    assert_eq!(chat.inputs("request_human_help").len(), 1);
    // It is over with this one message.
    assert!(chat.calls_after("hello").is_empty());
}

#[test]
fn what_it_does_not_understand_it_says_so() {
    let mut chat = Chat::salon();
    let reply = chat.say("purple monkey dishwasher");
    assert!(reply.contains("did not understand") && reply.contains("a person"), "{reply}");
    assert!(chat.say("who are you?").contains("automated assistant"));
    assert!(chat.calls.is_empty());
}

#[test]
fn a_booking_may_be_called_off_and_another_begun() {
    let mut chat = Chat::salon();
    chat.say("I'd like a haircut on Monday at 10:00");
    assert!(chat.say("never mind").contains("set that aside"));
    asks_for_confirmation(&chat.say("Book a beard trim on Tuesday at 11:00, Ann Lee, ann@x.test"));
    assert_eq!(chat.inputs("check_availability").last().unwrap()["packageId"], "beard");
    // The next booking starts with nothing but the name and the email.
    asks_for_confirmation(&chat.say("And please book colour and cut on Wednesday at 9am"));
    assert_eq!(chat.inputs("book_package").last().unwrap()["slotId"], "2026-11-25T09");
}

#[test]
fn without_the_tool_it_says_that_it_cannot() {
    let request = json!({ "messages": [{ "role": "user", "content": "What can I book?" }] });
    let transcript = super::Transcript::of(&request);
    let answer = super::answer(&transcript, "2026-11-21T12:00:00Z".parse().unwrap());
    assert_eq!(answer.text.as_deref(), Some(super::reply::NOT_HERE));
}

#[test]
fn a_folded_conversation_still_knows_the_person() {
    let mut chat = Chat::salon();
    chat.more = "The visitor has proven the email ann@x.test.\nWhat was said before, in short:\n\
                 <untrusted kind=\"summary\">\nVisitor: I'm Ann Lee, I'd like a beard trim\nAssistant: When?\n</untrusted>";
    asks_for_confirmation(&chat.say("Please book a haircut on Monday at 10:00"));
    let booked = json!({ "slotId": "2026-11-23T10", "customerName": "Ann Lee", "customerEmail": "ann@x.test" });
    assert_eq!(chat.inputs("book_package"), [booked]);
}
