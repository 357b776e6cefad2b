//! Many phrasings, and the one topic of each.

use jiff::civil::date;

use super::super::{contact, days, picks, times};
use super::*;

/// The topic of `text`, with the clues that reading it gives.
fn read(text: &str) -> Topic {
    let words = Words::of(text);
    let today = date(2026, 11, 21);
    let clues = Clues {
        has_when: days::days(&words, today).is_some() || times::times(&words).is_some(),
        has_detail: picks::pick(&words).is_some()
            || contact::email(&words).is_some()
            || contact::name(&words, false).is_some(),
        has_package: picks::named(&words, &["Wedding day", "Family portraits", "Haircut"]).is_some(),
    };
    topic(&words, clues)
}

#[test]
fn every_phrase_has_its_topic() {
    let table: [(Topic, &[&str]); 21] = [
        (Topic::Greeting, &["Hi", "Hello!", "hey there", "Good morning", "Good evening, how are you"]),
        (Topic::Thanks, &["Thanks!", "thank you so much", "Great, thanks"]),
        (Topic::Bye, &["bye", "Thanks, see you tomorrow", "Goodbye!"]),
        (
            Topic::Packages,
            &[
                "What can I book?",
                "what packages do you have?",
                "prices?",
                "How much is a haircut?",
                "What do you offer",
                "What does the wedding day cost?",
                "tell me about the family portraits",
                "Which services do you have?",
                "Show me your packages",
                "What is the price of the first one?",
            ],
        ),
        (
            Topic::Hours,
            &[
                "What are your opening hours?",
                "When do you open?",
                "Are you open on Sunday?",
                "how late are you open today",
                "What time do you close tomorrow?",
            ],
        ),
        (
            Topic::Contact,
            &[
                "Where are you located?",
                "What's your address?",
                "What's your phone number?",
                "How can I contact you",
                "how do I get there",
            ],
        ),
        (
            Topic::Policy,
            &[
                "What is your cancellation policy?",
                "Do I get a refund?",
                "Can I cancel?",
                "What happens if I cancel late?",
                "Do you take a deposit?",
                "how late can I cancel my booking",
            ],
        ),
        (
            Topic::Availability,
            &[
                "When are you free?",
                "Any time tomorrow?",
                "next Friday afternoon",
                "on 3 December",
                "this weekend?",
                "Do you have any openings next week?",
                "is 10:30 free",
                "tomorrow at 2pm",
                "do you have another time?",
            ],
        ),
        (
            Topic::Book,
            &[
                "I'd like to book a haircut",
                "Book the wedding day on 3 December",
                "I need a haircut tomorrow at 2pm",
                "Can I make an appointment?",
                "Haircut please",
                "Hi, I want to reserve a family portrait for Friday",
            ],
        ),
        (
            Topic::Detail,
            &["the first one", "My name is Ann, ann@example.com", "ann@x.test", "the second", "I'm Ann Lee"],
        ),
        (
            Topic::Show,
            &[
                "show my bookings",
                "What are my appointments?",
                "do I have a booking?",
                "When is my appointment?",
                "when is my booking on friday",
            ],
        ),
        (
            Topic::Cancel,
            &[
                "cancel my booking",
                "I need to cancel",
                "Can you cancel my appointment please?",
                "please cancel it",
                "cancel booking ABCD2345",
            ],
        ),
        (
            Topic::Move,
            &[
                "reschedule",
                "move my booking to Friday 3pm",
                "I'd like to reschedule my appointment",
                "Can we move it to Monday?",
                "please change my appointment to 10:30",
                "postpone my haircut",
            ],
        ),
        (
            Topic::Human,
            &[
                "talk to a human",
                "I want to speak to someone",
                "Can I talk to a real person?",
                "human please",
                "agent",
                "connect me with a representative",
                "I have a complaint",
            ],
        ),
        (Topic::About, &["Are you a bot?", "are you human?", "What can you do?", "who are you", "help"]),
        (Topic::Yes, &["yes", "Yes please", "ok", "sure", "Sounds good", "done", "I did it"]),
        (Topic::No, &["no", "No, not that", "nope"]),
        (Topic::NeverMind, &["never mind", "forget it"]),
        (Topic::Resend, &["I didn't get the code", "resend", "please send it again", "send me a new code"]),
        (
            Topic::Question,
            &["Is there parking?", "do you bring your own lights", "Can my dog come along?", "What should we wear?"],
        ),
        (Topic::Other, &["asdf", "purple monkey dishwasher", "My cat is nice"]),
    ];
    for (topic, phrases) in table {
        for phrase in phrases {
            assert_eq!(read(phrase), topic, "{phrase}");
        }
    }
}
