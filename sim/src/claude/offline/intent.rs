//! Intent: what one message of a visitor is about.
//!
//! One topic a message, the most consequential first. Never remembers earlier messages.

use super::words::Words;

/// What a message is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(super) enum Topic {
    /// A person should take over.
    Human,
    /// Whatever was going on should stop.
    NeverMind,
    /// To see their bookings.
    Show,
    /// To cancel a booking.
    Cancel,
    /// To move a booking.
    Move,
    /// Rules of the business: cancelling, refunds, deposits.
    Policy,
    /// Opening hours.
    Hours,
    /// Address, phone, email.
    Contact,
    /// What is on offer, and what it costs.
    Packages,
    /// To book.
    Book,
    /// When there is room.
    Availability,
    /// To get the code for the email once more.
    Resend,
    /// A detail of what is going on: a choice, a name, an email.
    Detail,
    /// Who is talking, and what it can do.
    About,
    /// Agreement.
    Yes,
    /// Disagreement.
    No,
    /// Gratitude.
    Thanks,
    /// Farewell.
    Bye,
    /// A greeting and nothing else.
    Greeting,
    /// Some other question.
    Question,
    /// Anything else.
    Other,
}

/// What is already known of a message when its topic is sought.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Clues {
    /// It names a day or a time.
    pub(super) has_when: bool,
    /// It names a choice, a person or an email.
    pub(super) has_detail: bool,
    /// It names one of the packages.
    pub(super) has_package: bool,
}

/// The topic of `words`.
pub(super) fn topic(words: &Words, clues: Clues) -> Topic {
    let tests: [(Topic, bool); 20] = [
        (Topic::About, is_about(words)),
        (Topic::Human, is_human(words)),
        (Topic::NeverMind, words.say("never mind|nevermind|forget it|forget about it|leave it|start over")),
        (Topic::Policy, is_policy(words)),
        (Topic::Cancel, words.say("cancel|cancelling|call off|cancellation")),
        (Topic::Move, is_move(words)),
        (Topic::Show, is_show(words)),
        (Topic::Resend, is_resend(words)),
        (Topic::Hours, is_hours(words)),
        (Topic::Contact, is_contact(words)),
        (Topic::Packages, is_packages(words, clues)),
        (Topic::Bye, words.say("bye|goodbye|see you|good night|have a nice day|have a good day")),
        (Topic::Book, is_book(words, clues)),
        (Topic::Availability, is_availability(words) || clues.has_when),
        (Topic::Detail, clues.has_detail),
        (Topic::Book, clues.has_package && !is_question(words)),
        (Topic::Thanks, words.say("thanks|thank|thx|cheers|appreciate|great job|perfect")),
        (Topic::Yes, words.start_with(YES) || words.say("go ahead|sounds good|please do|i'd like that")),
        (Topic::No, words.start_with("no|nope|nah|not now|not really")),
        (Topic::Greeting, is_greeting(words)),
    ];
    let found = tests.iter().find(|(_, holds)| *holds).map(|(topic, _)| *topic);
    found.unwrap_or(if is_question(words) { Topic::Question } else { Topic::Other })
}

const YES: &str = "yes|yeah|yep|yup|sure|ok|okay|alright|correct|\
    right|done|confirmed|verified|confirm|absolutely|of course|i did|fine";

fn is_about(words: &Words) -> bool {
    words.say(
        "are you a bot|are you a robot|are you an ai|are you ai|are you human|are you a human|\
         are you real|are you a person|are you a real person|is this a bot|is this a real person|\
         am i talking to a bot|am i talking to a human|who are you|what are you|what can you do|\
         how can you help|what do you do here|what's your name|what is your name|your name",
    ) || (words.count() == 1 && words.at(0) == "help")
}

fn is_human(words: &Words) -> bool {
    let is_person = words.say(
        "human|person|agent|representative|operator|someone|somebody|staff|colleague|owner|manager|\
         photographer|stylist",
    );
    let is_surely_person =
        words.say("human|real person|agent|representative|operator|live chat|customer service|customer support");
    let is_talk = words.say(
        "talk|speak|chat with|connect|transfer|call me|call me back|contact me|hand me|put me through|\
         get me",
    );
    let is_wish = words.say("want|need|like|please|can i|could i|get") || words.count() <= 3;
    (is_person && is_talk) || (is_surely_person && (is_talk || is_wish)) || words.say("call me back|complaint|complain")
}

fn is_policy(words: &Words) -> bool {
    if words.say("policy|policies|terms|refund|refunds|refundable|deposit|no show|late fee") {
        return true;
    }
    let is_general = words.say("what if|what happens|how late|how long before|is it possible to|how much notice|fee");
    let is_late = words.say("late") && words.say("what if|what happens|if i|if we");
    let is_change = words.say("cancel|cancelling|cancellation|reschedule|rescheduling");
    let is_own = words.say("my|it|this|that|booking|appointment|please");
    is_late || (is_change && (is_general || (words.say("can i|can you|may i|am i allowed") && !is_own)))
}

fn is_move(words: &Words) -> bool {
    const VERBS: &str = "move|change|shift|switch|push|bring|postpone|rebook";
    const OBJECTS: &str = "booking|bookings|appointment|reservation|my session|my slot|my date|my time";
    words.say("reschedule|rescheduling|postpone|rebook")
        || (words.say(VERBS) && words.say(OBJECTS))
        || words.say("move it|move that|change the time|change the date|change it to|move mine")
}

fn is_show(words: &Words) -> bool {
    let is_own = words.say(
        "my booking|my bookings|my appointment|my appointments|my reservation|my reservations|\
         my upcoming|bookings of mine|i have booked|i've booked|have i booked|did i book",
    ) || (words.say("do i have|have i got") && words.say("booking|bookings|appointment|appointments"));
    let is_new = words.say("make my booking|for my booking|complete my booking|finish my booking");
    is_own && !is_new
}

fn is_resend(words: &Words) -> bool {
    let is_again = words.say("again|resend|another|new|didn't|haven't|not|no");
    words.say("resend|send it again|send again") || (words.say("code") && is_again)
}

fn is_hours(words: &Words) -> bool {
    words.say("opening|hours|open|close|closed|closing")
        && !words.say("openings|any opening|an opening|two hours|few hours|hours long|how many hours")
}

fn is_contact(words: &Words) -> bool {
    words.say(
        "address|located|location|where are you|where is the|find you|directions|phone|telephone|\
         phone number|your number|your email|call you|email you|contact details|how do i contact|\
         how can i contact|reach you|contact you|how do i get there",
    ) && !words.say("my phone|my address|my email|email address is|my number|reach me")
}

fn is_packages(words: &Words, clues: Clues) -> bool {
    let is_price = words.say("price|prices|pricing|cost|costs|how much|rates|fees|expensive|cheap|cheapest|charge");
    let is_offer = words.say(
        "what do you offer|do you offer|what can i book|what can i reserve|what could i book|on offer|\
         what do you have|what services|which services|your services|services|packages|treatments|menu|\
         what kind of|what types of|what options|offerings",
    );
    let is_told = words.say("tell me about|tell me more|more about|what is included|what's included|describe");
    let is_order = clues.has_when && is_book(words, clues);
    (is_price || is_offer || (is_told && clues.has_package)) && !is_order
}

fn is_book(words: &Words, clues: Clues) -> bool {
    let is_verb = words.say(
        "book|booking|reserve|reservation|schedule|an appointment|sign me up|put me down|i'll take|\
         i will take|i'd take|take it",
    );
    let is_wish =
        words.say("i'd like|i would like|i want|i need|can i have|can i get|could i get|we'd like|we want|we need");
    is_verb || (is_wish && (clues.has_package || clues.has_when))
}

fn is_availability(words: &Words) -> bool {
    words.say(
        "available|availability|free|slot|slots|opening|openings|any time|anytime|what times|which times|\
         other times|another time|other days|another day|something else|fit me in|squeeze me in|vacancy|\
         vacancies|when can i come|when could i come|next appointment",
    )
}

fn is_greeting(words: &Words) -> bool {
    words.start_with(
        "hi|hello|hey|hiya|howdy|good morning|good afternoon|good evening|good day|greetings|moin|hallo|\
         servus",
    ) && words.count() <= 6
        && !(words.is_question() && 4 < words.count())
}

/// It asks, with or without a question mark.
pub(super) fn is_question(words: &Words) -> bool {
    words.is_question()
        || words.start_with(
            "what|how|where|when|which|who|why|do|does|is|are|can|could|would|will|should|may|whats|\
             what's|tell me",
        )
}

#[cfg(test)]
mod tests;
