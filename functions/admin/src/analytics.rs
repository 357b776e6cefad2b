//! `/v1/admin/analytics` and `/v1/admin/statement`: what a period came to, and a month's bill of the assistant.
//!
//! Shares and means are rounded as [`shared::domain::analytics`] says; `null` is a share or mean of nothing. All days
//! are UTC days, as the answer itself says.

use lambda_http::http::HeaderValue;
use lambda_http::{Body, Response};
use serde::{Serialize, Serializer};
use shared::app::analytics::{report, statement};
use shared::domain::analytics::{Aim, MOST_DAYS, Numbers, Period, Ratio, Report, Rounded, Target, Targets};
use shared::domain::asked::Top;
use shared::domain::statement::Month;
use shared::http::problem::ApiError;
use shared::http::request::{parsed_query, query};
use shared::http::respond::{csv, ok};

use crate::caller::Call;

/// How many days are shown unless the caller says.
const DAYS: u16 = 30;

/// A number with its decimals; written as a number.
struct Decimal(Option<Rounded>);

impl Serialize for Decimal {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let Some(Rounded { units, decimals }) = self.0 else { return serializer.serialize_none() };
        let scale = 10_u64.saturating_pow(decimals);
        if decimals == 0 {
            return serializer.serialize_u64(units);
        }
        let width = usize::try_from(decimals).unwrap_or_default();
        let text = format!("{}.{:0width$}", units / scale, units % scale);
        let number: serde_json::Number = text.parse().map_err(serde::ser::Error::custom)?;
        number.serialize(serializer)
    }
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Shown {
    period: PeriodShown,
    conversations: Conversations,
    messages: Messages,
    feedback: Feedback,
    conversions: Conversions,
    cost: Cost,
    targets: TargetsShown,
    top_questions: Vec<TopQuestion>,
    by_day: Vec<DayShown>,
}

#[derive(Serialize)]
struct TopQuestion {
    question: String,
    count: u64,
}

#[derive(Serialize)]
struct PeriodShown {
    from: String,
    to: String,
    days: usize,
    timezone: &'static str,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Conversations {
    total: u64,
    per_day: Decimal,
    auto_resolved_pct: Decimal,
    escalated_pct: Decimal,
    avg_messages: Decimal,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Messages {
    total: u64,
    avg_response_ms: Decimal,
    p50_ms: Option<u64>,
    p95_ms: Option<u64>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Feedback {
    total: u64,
    avg_rating: Decimal,
}

#[derive(Serialize)]
struct Conversions {
    bookings: u64,
    rate: Decimal,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Cost {
    total_micro_usd: u64,
    per_conversation_micro_usd: Decimal,
    input_tokens: u64,
    output_tokens: u64,
    cache_read_tokens: u64,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct TargetsShown {
    avg_rating: TargetShown,
    p50_ms: TargetShown,
    conversion_rate: TargetShown,
    escalated_pct: TargetShown,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct TargetShown {
    value: Decimal,
    aim: &'static str,
    goal: Decimal,
    stretch: Decimal,
    met: Option<bool>,
    stretch_met: Option<bool>,
}

#[derive(Serialize)]
struct DayShown {
    date: String,
    conversations: Conversations,
    messages: Messages,
    feedback: Feedback,
    conversions: Conversions,
    cost: Cost,
}

impl Conversations {
    fn of(numbers: &Numbers, days: usize) -> Self {
        let days = u64::try_from(days).unwrap_or(u64::MAX);
        Self {
            total: numbers.conversations,
            per_day: Decimal(Ratio::new(numbers.conversations, days).rounded(1)),
            auto_resolved_pct: Decimal(numbers.auto_resolved_percent().rounded(1)),
            escalated_pct: Decimal(numbers.escalated_percent().rounded(1)),
            avg_messages: Decimal(numbers.messages_each().rounded(1)),
        }
    }
}

impl From<&Numbers> for Messages {
    fn from(numbers: &Numbers) -> Self {
        Self {
            total: numbers.messages,
            avg_response_ms: Decimal(numbers.answer_ms_each().rounded(0)),
            p50_ms: numbers.p50_ms,
            p95_ms: numbers.p95_ms,
        }
    }
}

impl From<&Numbers> for Feedback {
    fn from(numbers: &Numbers) -> Self {
        Self { total: numbers.rated, avg_rating: Decimal(numbers.rating().rounded(2)) }
    }
}

impl From<&Numbers> for Conversions {
    fn from(numbers: &Numbers) -> Self {
        Self { bookings: numbers.chat_bookings, rate: Decimal(numbers.conversion_percent().rounded(1)) }
    }
}

impl From<&Numbers> for Cost {
    fn from(numbers: &Numbers) -> Self {
        Self {
            total_micro_usd: numbers.micro_usd,
            per_conversation_micro_usd: Decimal(numbers.micro_usd_each().rounded(0)),
            input_tokens: numbers.input,
            output_tokens: numbers.output,
            cache_read_tokens: numbers.cache_read,
        }
    }
}

impl From<Target> for TargetShown {
    fn from(target: Target) -> Self {
        let aim = match target.aim {
            Aim::AtLeast => "atLeast",
            Aim::Below => "below",
        };
        Self {
            value: Decimal(target.value),
            aim,
            goal: Decimal(Some(target.goal)),
            stretch: Decimal(Some(target.stretch)),
            met: target.is_goal_met,
            stretch_met: target.is_stretch_met,
        }
    }
}

impl From<Targets> for TargetsShown {
    fn from(targets: Targets) -> Self {
        Self {
            avg_rating: targets.rating.into(),
            p50_ms: targets.p50_ms.into(),
            conversion_rate: targets.conversion.into(),
            escalated_pct: targets.escalated.into(),
        }
    }
}

impl From<&Report> for Shown {
    fn from(report: &Report) -> Self {
        let Report { period: Period { first, last }, total, days, targets, questions } = report;
        let asked = |top: &Top| TopQuestion { question: top.question.clone(), count: top.count };
        let day = |(date, numbers): &(jiff::civil::Date, Numbers)| DayShown {
            date: date.to_string(),
            conversations: Conversations::of(numbers, 1),
            messages: numbers.into(),
            feedback: numbers.into(),
            conversions: numbers.into(),
            cost: numbers.into(),
        };
        Self {
            period: PeriodShown { from: first.to_string(), to: last.to_string(), days: days.len(), timezone: "UTC" },
            conversations: Conversations::of(total, days.len()),
            messages: total.into(),
            feedback: total.into(),
            conversions: total.into(),
            cost: total.into(),
            targets: (*targets).into(),
            top_questions: questions.iter().map(asked).collect(),
            by_day: days.iter().map(day).collect(),
        }
    }
}

pub(crate) async fn show(call: &Call<'_>) -> Result<Response<Body>, ApiError> {
    let days = parsed_query::<u16>(call.request, "days")?.unwrap_or(DAYS);
    if !(1..=MOST_DAYS).contains(&days) {
        let told = format!("A period has 1 to {MOST_DAYS} days.");
        return Err(ApiError::invalid_field("/days", "out_of_range", told));
    }
    let report = report(&call.services.store, call.tenant, days, call.now).await?;
    ok(&Shown::from(&report))
}

/// The bill of a month, for a spreadsheet.
pub(crate) async fn bill(call: &Call<'_>) -> Result<Response<Body>, ApiError> {
    call.demand_owner()?;
    let month = query(call.request, "month").and_then(|text| text.parse::<Month>().ok());
    let month = month
        .ok_or_else(|| ApiError::invalid_field("/month", "invalid_value", "Expected a month, as month=2026-11."))?;
    let name = format!("statement-{month}.csv");
    let mut answer = csv(statement(&call.services.store, call.tenant, month).await?);
    let disposition = HeaderValue::from_str(&format!("attachment; filename=\"{name}\"")).map_err(ApiError::internal)?;
    answer.headers_mut().insert(lambda_http::http::header::CONTENT_DISPOSITION, disposition);
    Ok(answer)
}
