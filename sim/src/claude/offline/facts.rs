//! Facts: what the tools' results say, and which day it is for the business.
//!
//! Reads leniently: what is missing is left out. Never invents a value.

use jiff::Timestamp;
use jiff::civil::{Date, DateTime, Time};
use jiff::tz::TimeZone;
use serde_json::Value;

/// Something that can be booked.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Package {
    pub(super) id: String,
    pub(super) name: String,
    pub(super) description: String,
    pub(super) price: String,
    pub(super) minutes: Option<i64>,
    /// One booking takes the whole day.
    pub(super) is_whole_day: bool,
}

/// A time that can be booked.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Slot {
    /// Opaque: only ever handed back.
    pub(super) id: String,
    pub(super) date: Date,
    pub(super) time: Option<Time>,
    pub(super) label: String,
}

/// A booking of the visitor's.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Booking {
    pub(super) id: String,
    pub(super) package: String,
    pub(super) when: String,
    pub(super) status: String,
}

impl Booking {
    /// It can still be moved or cancelled.
    pub(super) fn is_open(&self) -> bool {
        !["CANCEL", "EXPIRED", "REFUND", "COMPLETED", "NO_SHOW", "NO SHOW"]
            .iter()
            .any(|end| self.status.to_uppercase().contains(end))
    }
}

/// The value in a result's text, whatever is written around it.
pub(super) fn value(text: &str) -> Value {
    let inner = text.find('{').zip(text.rfind('}')).and_then(|(start, end)| text.get(start..=end));
    inner.and_then(|json| serde_json::from_str(json).ok()).unwrap_or(Value::Null)
}

/// Why a tool did not do what it was asked for.
pub(super) fn failure(value: &Value, text: &str, is_error: bool) -> Option<String> {
    let error = &value["error"];
    let named = error.as_str().or_else(|| error["message"].as_str());
    match named {
        Some(message) => Some(message.to_owned()),
        None if is_error => Some(value["message"].as_str().unwrap_or(text).to_owned()),
        None => None,
    }
}

/// The packages that `list_packages` named.
pub(super) fn packages(value: &Value) -> Vec<Package> {
    list(value, "packages")
        .filter_map(|item| {
            Some(Package {
                id: text(item, "id")?,
                name: text(item, "name")?,
                description: text(item, "description").unwrap_or_default(),
                price: text(item, "price").unwrap_or_default(),
                minutes: item["durationMinutes"].as_i64(),
                is_whole_day: item["kind"] == "DATE",
            })
        })
        .collect()
}

/// The slots that `check_availability` found.
pub(super) fn slots(value: &Value) -> Vec<Slot> {
    list(value, "slots")
        .filter_map(|item| {
            let date: Date = item["date"].as_str()?.parse().ok()?;
            let time: Option<Time> = item["time"].as_str().and_then(|time| time.parse().ok());
            let label = text(item, "label").unwrap_or_else(|| match time {
                Some(time) => format!("{}, {}", date.strftime("%a %-d %b"), time.strftime("%H:%M")),
                None => date.strftime("%a %-d %b").to_string(),
            });
            Some(Slot { id: text(item, "slotId")?, date, time, label })
        })
        .collect()
}

/// The bookings that `get_my_bookings` found.
pub(super) fn bookings(value: &Value) -> Vec<Booking> {
    list(value, "bookings")
        .filter_map(|item| {
            Some(Booking {
                id: text(item, "bookingId")?,
                package: text(item, "packageName").unwrap_or_default(),
                when: text(item, "when").unwrap_or_default(),
                status: text(item, "status").unwrap_or_default(),
            })
        })
        .collect()
}

/// The title and text of each article that `search_help` found.
pub(super) fn articles(value: &Value) -> Vec<(String, String)> {
    list(value, "articles")
        .map(|item| (text(item, "title").unwrap_or_default(), text(item, "text").unwrap_or_default()))
        .filter(|(_, body)| !body.is_empty())
        .collect()
}

/// The opening hours, a line a day.
pub(super) fn hours(value: &Value) -> Vec<String> {
    list(value, "hours")
        .filter_map(|item| {
            let open: Vec<&str> = item["open"].as_array()?.iter().filter_map(Value::as_str).collect();
            let open = if open.is_empty() { "closed".to_owned() } else { open.join(" and ") };
            Some(format!("{}: {open}", text(item, "day")?))
        })
        .collect()
}

/// How the business can be reached, a line each.
pub(super) fn contact(value: &Value) -> Vec<String> {
    let fields = value["contact"].as_object().into_iter().flatten();
    fields
        .filter_map(|(name, value)| {
            let value = value.as_str().filter(|value| !value.is_empty())?;
            let name: String =
                name.chars().enumerate().map(|(at, c)| if at == 0 { c.to_ascii_uppercase() } else { c }).collect();
            Some(format!("{name}: {value}"))
        })
        .collect()
}

/// The rules of the business, a line each.
pub(super) fn policies(value: &Value) -> Vec<String> {
    list(value, "policies")
        .filter_map(|item| {
            item.as_str().map(without_fence).or_else(|| match (text(item, "title"), text(item, "text")) {
                (Some(title), Some(body)) => Some(format!("{title}: {body}")),
                (title, body) => body.or(title),
            })
        })
        .collect()
}

fn list<'a>(value: &'a Value, field: &str) -> impl Iterator<Item = &'a Value> + use<'a> {
    value[field].as_array().into_iter().flatten()
}

fn text(item: &Value, field: &str) -> Option<String> {
    item[field].as_str().map(without_fence)
}

/// The business's own date and time, from `Today is Saturday 2026-11-21, 14:05 in Europe/Berlin.` in
/// its prompt, or else from `now` as seen in UTC.
pub(super) fn today(system: &str, now: Timestamp) -> DateTime {
    let said = system.split("Today is ").skip(1).find_map(read_today);
    said.unwrap_or_else(|| now.to_zoned(TimeZone::UTC).datetime())
}

fn read_today(text: &str) -> Option<DateTime> {
    let mut words = text.split_whitespace().map(|word| word.trim_matches([',', '.', ';'])).take(6);
    let date: Date = words.find_map(|word| word.parse().ok())?;
    let time: Time = words.next().and_then(|word| word.parse().ok()).unwrap_or(Time::MIN);
    Some(date.to_datetime(time))
}

/// The email that the visitor has proven, by the prompt.
pub(super) fn proven_email(system: &str) -> Option<String> {
    let (_, after) = system.split_once("The visitor has proven the email ")?;
    let email = after.split_whitespace().next()?.trim_end_matches('.');
    email.contains('@').then(|| email.to_owned())
}

/// A visitor's words without the fence around them, and without the lines that the server adds.
pub(super) fn without_fence(text: &str) -> String {
    let mut plain = String::new();
    let mut rest = text;
    while let Some((before, after)) = rest.split_once('<') {
        plain.push_str(before);
        let tag = after.split_once('>').filter(|(tag, _)| is_tag(tag));
        match tag {
            Some((_, behind)) => {
                plain.push(' ');
                rest = behind;
            }
            None => {
                plain.push('<');
                rest = after;
            }
        }
    }
    plain.push_str(rest);
    let is_said = |line: &&str| !(line.starts_with("Today is ") && line.contains(" in "));
    plain.lines().filter(is_said).collect::<Vec<_>>().join("\n").trim().to_owned()
}

/// `Ann <ann@x.test>` has an address there, and no tag.
fn is_tag(inner: &str) -> bool {
    inner.starts_with(|letter: char| letter.is_ascii_alphabetic() || letter == '/')
        && !inner.contains(['@', '<', '\n'])
        && inner.chars().count() <= 120
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;
    use serde_json::json;

    use super::*;

    #[test]
    fn today_is_read_from_the_prompt_or_else_from_the_clock() {
        let now = "2026-11-20T23:30:00Z".parse().unwrap();
        let prompt = "Be kind.\nToday is Saturday 2026-11-21, 14:05 in Europe/Berlin.\nBe brief.";
        assert_eq!(today(prompt, now), date(2026, 11, 21).at(14, 5, 0, 0));
        assert_eq!(today("Today is a good day.", now), date(2026, 11, 20).at(23, 30, 0, 0));
    }

    #[test]
    fn the_proven_email_is_read_from_the_prompt() {
        let prompt = "Today is a day.\nThe visitor has proven the email ann@x.test.\nMore.";
        assert_eq!(proven_email(prompt).as_deref(), Some("ann@x.test"));
        assert_eq!(proven_email("The visitor has not proven an email yet."), None);
    }

    #[test]
    fn the_fence_is_taken_off_and_addresses_stay() {
        let table = [
            ("<visitor_message id=\"x1\">Hello</visitor_message>", "Hello"),
            ("Ann <ann@x.test>", "Ann <ann@x.test>"),
            ("1 < 2", "1 < 2"),
            ("Today is Saturday 2026-11-21, 14:05 in Europe/Berlin.\nHello", "Hello"),
        ];
        for (text, plain) in table {
            assert_eq!(without_fence(text), plain);
        }
    }

    #[test]
    fn results_are_read_whatever_is_around_them() {
        let fenced = "<tool_result>\n{ \"slots\": [{ \"slotId\": \"s1\", \"date\": \"2026-11-23\", \"time\": \"10:30\" }] }\n</tool_result>";
        let slots = slots(&value(fenced));
        assert_eq!(slots[0].label, "Mon 23 Nov, 10:30");
        assert_eq!(value("no json"), Value::Null);
    }

    #[test]
    fn a_failure_names_its_reason() {
        assert_eq!(failure(&json!({ "error": "taken" }), "", false).as_deref(), Some("taken"));
        assert_eq!(failure(&Value::Null, "taken", true).as_deref(), Some("taken"));
        assert_eq!(failure(&json!({ "slots": [] }), "", false), None);
    }

    #[test]
    fn ended_bookings_are_not_open() {
        let booking = |status: &str| Booking {
            id: "b1".into(),
            package: "Haircut".into(),
            when: "Monday".into(),
            status: status.into(),
        };
        for (status, is_open) in
            [("CONFIRMED", true), ("PENDING_PAYMENT", true), ("CANCELED", false), ("NO_SHOW", false)]
        {
            assert_eq!(booking(status).is_open(), is_open, "{status}");
        }
    }
}
