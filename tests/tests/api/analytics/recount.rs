//! The recount: every row of a business, read raw and counted anew. It shares no code with what it checks.

use std::collections::{BTreeMap, HashMap};

use aws_sdk_dynamodb::types::AttributeValue;
use jiff::Timestamp;
use jiff::tz::TimeZone;
use local::dynamodb::table_names;
use serde_json::Value;
use tests::Desk;

use super::asked::Asked;

type Row = HashMap<String, AttributeValue>;

/// What one day comes to.
#[derive(Debug, Default, Clone)]
struct Day {
    conversations: u64,
    escalated: u64,
    auto_resolved: u64,
    messages: u64,
    answers: Vec<u64>,
    stars: Vec<u64>,
    bookings: u64,
    cost: u64,
    input: u64,
    output: u64,
    cache_read: u64,
}

/// What the rows come to, by UTC day.
#[derive(Debug, Default)]
pub(super) struct Recount {
    days: BTreeMap<String, Day>,
    /// Turns, hand-overs, five kinds of numbers of the ledger's rows, by day, model and price version.
    ledger: BTreeMap<(String, String, String), [u64; 7]>,
    /// Hand-overs, by who made them.
    handovers: BTreeMap<String, u64>,
    asked: Asked,
    opened_only: u64,
    outcomes: BTreeMap<String, u64>,
}

fn text<'a>(row: &'a Row, name: &str) -> &'a str {
    row.get(name).and_then(|value| value.as_s().ok()).map_or("", String::as_str)
}

fn number(row: &Row, name: &str) -> u64 {
    row.get(name).and_then(|value| value.as_n().ok()).map_or(0, |n| n.parse().unwrap())
}

fn day(row: &Row, name: &str) -> String {
    let at = Timestamp::from_millisecond(number(row, name) as i64).unwrap();
    at.to_zoned(TimeZone::UTC).date().to_string()
}

/// Every row of a table that belongs to the first demo business.
#[expect(clippy::disallowed_methods, reason = "a test looks at all there is")]
async fn rows(desk: &Desk, table: String) -> Vec<Row> {
    let (mut rows, mut after) = (Vec::new(), None);
    loop {
        let scan = desk.dynamodb.client().scan().table_name(&table).consistent_read(true);
        let page = scan.set_exclusive_start_key(after).send().await.unwrap();
        rows.extend(page.items.unwrap_or_default());
        after = page.last_evaluated_key.filter(|key| !key.is_empty());
        if after.is_none() {
            break;
        }
    }
    let own = format!("T#{}", local::demo::LINDEN);
    rows.retain(|row| text(row, "pk").starts_with(&own));
    rows
}

impl Recount {
    pub(super) async fn of(desk: &Desk) -> Self {
        let mut recount = Self::default();
        for row in rows(desk, table_names().conversations).await {
            match text(&row, "sk") {
                "~META" => recount.conversation(&row),
                "FEEDBACK" => {
                    let stars = number(&row, "stars");
                    recount.day(&row, "given_at").stars.push(stars);
                }
                turn if turn.starts_with("TURN#") => recount.turn(&row),
                handover if handover.starts_with("HANDOVER#") => recount.handover(&row),
                _ => {}
            }
        }
        for row in rows(desk, table_names().bookings).await {
            if text(&row, "sk") == "BOOKING" && text(&row, "source") == "customer_chatbot" {
                recount.day(&row, "created_at").bookings += 1;
            }
        }
        recount
    }

    fn day(&mut self, row: &Row, name: &str) -> &mut Day {
        self.days.entry(day(row, name)).or_default()
    }

    fn conversation(&mut self, row: &Row) {
        let escalated = *row["escalated"].as_bool().unwrap();
        if number(row, "messages") == 0 && !escalated {
            self.opened_only += 1;
            return;
        }
        let status = text(row, "status").to_owned();
        let day = self.day(row, "created_at");
        day.conversations += 1;
        day.escalated += u64::from(escalated);
        day.auto_resolved += u64::from(status == "auto_resolved");
    }

    fn turn(&mut self, row: &Row) {
        let ledger = row["ledger"].as_m().unwrap();
        if text(row, "outcome") != "deflected" {
            self.asked.count(text(row, "said"), text(row, "pk"));
        }
        let is_answered = row.get("answer").is_some_and(|answer| !answer.as_l().unwrap().is_empty());
        *self.outcomes.entry(text(row, "outcome").to_owned()).or_default() += 1;
        let date = day(row, "at");
        let day = self.day(row, "at");
        day.messages += 1 + u64::from(is_answered);
        if is_answered {
            day.answers.push(number(ledger, "d"));
        }
        self.entry(date, ledger, 0);
    }

    /// A hand-over costs, and is no message of anybody's.
    fn handover(&mut self, row: &Row) {
        let made_by = text(row, "made_by").to_owned();
        *self.handovers.entry(made_by).or_default() += 1;
        if let Some(ledger) = row.get("ledger") {
            self.entry(day(row, "at"), ledger.as_m().unwrap(), 1);
        }
    }

    /// Adds an entry of the ledger, of a turn (0) or a hand-over (1).
    fn entry(&mut self, date: String, ledger: &Row, kind: usize) {
        let day = self.days.entry(date.clone()).or_default();
        day.cost += number(ledger, "c");
        day.input += number(ledger, "i");
        day.output += number(ledger, "o");
        day.cache_read += number(ledger, "r");
        let line = (date, text(ledger, "m").to_owned(), text(ledger, "v").to_owned());
        let sums = self.ledger.entry(line).or_default();
        sums[kind] += 1;
        for (at, name) in ["i", "o", "r", "w", "c"].into_iter().enumerate() {
            sums[at + 2] += number(ledger, name);
        }
    }

    fn total(&self) -> Day {
        let mut total = Day::default();
        for day in self.days.values() {
            total.conversations += day.conversations;
            total.escalated += day.escalated;
            total.auto_resolved += day.auto_resolved;
            total.messages += day.messages;
            total.answers.extend(&day.answers);
            total.stars.extend(&day.stars);
            total.bookings += day.bookings;
            total.cost += day.cost;
            total.input += day.input;
            total.output += day.output;
            total.cache_read += day.cache_read;
        }
        total
    }

    /// Demands that the recording has everything in it that could be counted wrongly.
    pub(super) fn demand_variety(&self, conversations: u64) {
        let total = self.total();
        assert_eq!(total.conversations + self.opened_only, conversations);
        assert!(2 <= self.days.len(), "the recording goes past midnight");
        for (what, count) in [
            ("escalated", total.escalated),
            ("flagged for review", total.conversations - total.auto_resolved - total.escalated),
            ("booked", total.bookings),
            ("rated", total.stars.len() as u64),
            ("opened and left", self.opened_only),
            ("fallback", self.outcomes.get("fallback").copied().unwrap_or_default()),
            ("deflected", self.outcomes.get("deflected").copied().unwrap_or_default()),
            ("handed over by the model", self.handovers.get("model").copied().unwrap_or_default()),
            ("handed over plainly", self.handovers.get("plain").copied().unwrap_or_default()),
        ] {
            assert!(conversations / 60 <= count, "{what}: {count}");
        }
    }

    /// Demands that `told` says what the rows say, to the digit.
    pub(super) fn demand_equal(&self, told: &Value) {
        let shown = told["byDay"].as_array().unwrap();
        let total = self.total();
        demand_same(told, &total, shown.len() as u64, "the period");
        assert!(shown.iter().all(|day| day["date"].is_string()));
        for day in shown {
            let date = day["date"].as_str().unwrap();
            demand_same(day, &self.days.get(date).cloned().unwrap_or_default(), 1, date);
        }
        let dates: Vec<&str> = shown.iter().filter_map(|day| day["date"].as_str()).collect();
        assert!(self.days.keys().all(|date| dates.contains(&date.as_str())), "every day is shown");
    }

    /// Demands that what was asked most is what the turns say.
    pub(super) fn demand_asked(&self, told: &Value) {
        self.asked.demand_equal(&told["topQuestions"]);
    }

    /// Demands that the month's statement has the ledger's lines and their sum.
    pub(super) fn demand_statement(&self, told: &str) {
        let mut lines = Vec::new();
        let mut total = [0; 7];
        for ((date, model, version), sums) in &self.ledger {
            lines.push(format!("{date},{model},{version},{}", sums.map(|sum| sum.to_string()).join(",")));
            total.iter_mut().zip(sums).for_each(|(total, sum)| *total += sum);
        }
        lines.push(format!("total,,,{}", total.map(|sum| sum.to_string()).join(",")));
        assert_eq!(told.lines().skip(1).collect::<Vec<_>>(), lines);
    }
}

/// `part` in `whole` with so many decimals, rounded half up: long division, digit by digit.
fn quotient(part: u64, whole: u64, decimals: u32) -> Value {
    if whole == 0 {
        return Value::Null;
    }
    let (mut digits, mut rest) = (u128::from(part / whole), u128::from(part % whole));
    for _ in 0..decimals {
        rest *= 10;
        digits = digits * 10 + rest / u128::from(whole);
        rest %= u128::from(whole);
    }
    digits += u128::from(u128::from(whole) <= rest * 2);
    if decimals == 0 {
        return Value::from(u64::try_from(digits).unwrap());
    }
    let text = format!("{digits:0>width$}", width = decimals as usize + 1);
    let (before, after) = text.split_at(text.len() - decimals as usize);
    serde_json::from_str(&format!("{before}.{after}")).unwrap()
}

fn demand_same(told: &Value, day: &Day, days: u64, what: &str) {
    let (conversations, answers) = (day.conversations, day.answers.len() as u64);
    for (pointer, expected) in [
        ("/conversations/total", conversations.into()),
        ("/conversations/perDay", quotient(conversations, days, 1)),
        ("/conversations/autoResolvedPct", quotient(day.auto_resolved * 100, conversations, 1)),
        ("/conversations/escalatedPct", quotient(day.escalated * 100, conversations, 1)),
        ("/conversations/avgMessages", quotient(day.messages, conversations, 1)),
        ("/messages/total", day.messages.into()),
        ("/messages/avgResponseMs", quotient(day.answers.iter().sum(), answers, 0)),
        ("/feedback/total", (day.stars.len() as u64).into()),
        ("/feedback/avgRating", quotient(day.stars.iter().sum(), day.stars.len() as u64, 2)),
        ("/conversions/bookings", day.bookings.into()),
        ("/conversions/rate", quotient(day.bookings * 100, conversations, 1)),
        ("/cost/totalMicroUsd", day.cost.into()),
        ("/cost/perConversationMicroUsd", quotient(day.cost, conversations, 0)),
        ("/cost/inputTokens", day.input.into()),
        ("/cost/outputTokens", day.output.into()),
        ("/cost/cacheReadTokens", day.cache_read.into()),
    ] {
        assert_eq!(told.pointer(pointer), Some(&expected), "{pointer} of {what}: {told:#}");
    }
    let mut sorted = day.answers.clone();
    sorted.sort_unstable();
    for (name, percent) in [("p50Ms", 50), ("p95Ms", 95)] {
        let told = &told["messages"][name];
        match (sorted.len() * percent).div_ceil(100) {
            0 => assert!(told.is_null(), "{name} of {what}"),
            // A quantile is told within one part in 17; everything else to the digit.
            rank => {
                let (told, exact) = (told.as_u64().unwrap(), sorted[rank - 1]);
                assert!(told.abs_diff(exact) * 17 <= exact, "{name} of {what}: {told} for {exact}");
            }
        }
    }
}
