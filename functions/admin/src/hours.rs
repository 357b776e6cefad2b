//! `/v1/admin/hours`: when the business is open.

use lambda_http::{Body, Response};
use serde::{Deserialize, Serialize};
use shared::app::hours;
use shared::domain::hours::draft::{HoursDraft, SpecialDraft, StretchDraft, WeekDraft};
use shared::domain::hours::{Hours, OpenDay, Special, WeeklyHours};
use shared::http::problem::ApiError;
use shared::http::request::json;
use shared::http::respond::ok;

use crate::caller::Call;
use crate::refusal::refused;

/// All hours as their owner writes them.
#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Sent {
    weekly: WeekSent,
    #[serde(default)]
    holidays: Vec<HolidaySent>,
    #[serde(default)]
    special: Vec<SpecialSent>,
}

/// A week; a day that is left out is closed.
#[derive(Default, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub(crate) struct WeekSent {
    monday: Vec<StretchSent>,
    tuesday: Vec<StretchSent>,
    wednesday: Vec<StretchSent>,
    thursday: Vec<StretchSent>,
    friday: Vec<StretchSent>,
    saturday: Vec<StretchSent>,
    sunday: Vec<StretchSent>,
}

/// `HH:MM`, the end up to `24:00`.
#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct StretchSent {
    opens: String,
    closes: String,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct HolidaySent {
    /// As `12-25`.
    day: String,
    name: String,
}

/// A date that is different; without hours it is closed.
#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct SpecialSent {
    date: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    name: Option<String>,
    #[serde(default)]
    open: Vec<StretchSent>,
}

/// All hours as they are.
#[derive(Serialize)]
struct Shown {
    #[serde(flatten)]
    hours: Sent,
    version: u64,
}

fn stretches(day: &OpenDay) -> Vec<StretchSent> {
    let sent = |opens: String, closes: String| StretchSent { opens, closes };
    day.stretches().iter().map(|open| sent(open.opens().to_string(), open.closes().to_string())).collect()
}

impl From<&WeeklyHours> for WeekSent {
    fn from(week: &WeeklyHours) -> Self {
        let [monday, tuesday, wednesday, thursday, friday, saturday, sunday] = week.days().each_ref().map(stretches);
        Self { monday, tuesday, wednesday, thursday, friday, saturday, sunday }
    }
}

impl From<WeekSent> for WeekDraft {
    fn from(week: WeekSent) -> Self {
        let days = [week.monday, week.tuesday, week.wednesday, week.thursday, week.friday, week.saturday, week.sunday];
        Self(days.map(drafts))
    }
}

fn drafts(day: Vec<StretchSent>) -> Vec<StretchDraft> {
    day.into_iter().map(|stretch| StretchDraft { opens: stretch.opens, closes: stretch.closes }).collect()
}

impl From<&Hours> for Shown {
    fn from(hours: &Hours) -> Self {
        let holidays =
            hours.holidays.iter().map(|(day, name)| HolidaySent { day: day.to_string(), name: name.to_string() });
        let special = hours.special.iter().map(|(date, special)| match special {
            Special::Closed(name) => {
                SpecialSent { date: date.to_string(), name: name.as_ref().map(ToString::to_string), open: Vec::new() }
            }
            Special::Open(day) => SpecialSent { date: date.to_string(), name: None, open: stretches(day) },
        });
        let (holidays, special) = (holidays.collect(), special.collect());
        Self { hours: Sent { weekly: (&hours.weekly).into(), holidays, special }, version: hours.version }
    }
}

impl From<Sent> for HoursDraft {
    fn from(sent: Sent) -> Self {
        let special =
            |special: SpecialSent| SpecialDraft { date: special.date, name: special.name, open: drafts(special.open) };
        Self {
            weekly: sent.weekly.into(),
            holidays: sent.holidays.into_iter().map(|holiday| (holiday.day, holiday.name)).collect(),
            special: sent.special.into_iter().map(special).collect(),
        }
    }
}

pub(crate) async fn show(call: &Call<'_>) -> Result<Response<Body>, ApiError> {
    ok(&Shown::from(&call.business().await?.hours))
}

pub(crate) async fn set(call: &Call<'_>) -> Result<Response<Body>, ApiError> {
    call.demand_owner()?;
    let version = call.based_on(call.business().await?.hours.version)?;
    let sent: Sent = json(call.request)?;
    let hours = hours::set(call.deps(), call.tenant, version, &sent.into()).await.map_err(refused)?;
    ok(&Shown::from(&hours))
}
