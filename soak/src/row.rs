//! Rows as DynamoDB has them, read by hand: the oracle believes neither the store's types nor its queries.

use serde_json::Value;

/// A stored booking.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Row {
    /// Whose it is.
    pub tenant: String,
    /// Its id.
    pub id: String,
    /// What was booked.
    pub package: String,
    /// Who serves it.
    pub resource: String,
    /// `CONFIRMED` and so on.
    pub status: String,
    /// Milliseconds, as all times here.
    pub start: i64,
    /// When it ends.
    pub end: i64,
    /// What the resource is taken for, buffers included.
    pub blocked: (i64, i64),
    /// How many share it.
    pub capacity: i64,
    /// Minor units, as all money here.
    pub price: i64,
    /// What is paid at booking.
    pub due: i64,
    /// What is kept in any case.
    pub fee: i64,
    /// What still has to go back.
    pub refund_due: i64,
    /// All that the business gave back of its own accord.
    pub granted: i64,
    /// Seconds before the start until which calling off is free.
    pub free_until: i64,
    /// Percent kept after that.
    pub late_percent: i64,
    /// Percent kept when nobody came.
    pub no_show_percent: i64,
    /// When the payment arrived.
    pub paid_at: Option<i64>,
    /// Who booked.
    pub email: String,
    /// The code they were given.
    pub code: String,
    /// What a calendar counts.
    pub sequence: i64,
    /// What every write counts.
    pub version: i64,
}

impl Row {
    /// Reads an item; none when it is no booking.
    #[must_use]
    pub fn read(item: &Value) -> Option<Self> {
        if item["sk"]["S"] != "BOOKING" {
            return None;
        }
        let tenant = item["pk"]["S"].as_str()?.split('#').nth(1)?.to_owned();
        let terms = &item["cancellation"]["M"];
        let price = number(&item["price"]).unwrap_or_default();
        Some(Self {
            tenant,
            id: text(&item["id"]),
            package: text(&item["package"]),
            resource: text(&item["resource"]),
            status: text(&item["status"]),
            start: number(&item["start"])?,
            end: number(&item["end"])?,
            blocked: (number(&item["blocked_start"])?, number(&item["blocked_end"])?),
            capacity: number(&item["capacity"])?,
            price,
            due: number(&item["deposit"]).unwrap_or(price),
            fee: number(&item["fee"]).unwrap_or_default(),
            refund_due: number(&item["refund_due"]).unwrap_or_default(),
            granted: granted(&item["grants"]),
            free_until: number(&terms["free_until"]).unwrap_or_default(),
            late_percent: number(&terms["late_fee_percent"]).unwrap_or_default(),
            no_show_percent: number(&terms["no_show_percent"]).unwrap_or_default(),
            paid_at: number(&item["paid_at"]),
            email: text(&item["email"]),
            code: text(&item["code"]),
            sequence: number(&item["sequence"])?,
            version: number(&item["version"])?,
        })
    }

    /// Whether nobody else may have its time.
    #[must_use]
    pub fn is_live(&self) -> bool {
        matches!(self.status.as_str(), "OFFERED" | "PENDING_PAYMENT" | "CONFIRMED" | "COMPLETED" | "NO_SHOW")
    }

    /// In whose name the cells of its time are: its own, or the session's that it shares.
    #[must_use]
    pub fn holder(&self) -> String {
        if self.capacity <= 1 { self.id.clone() } else { format!("{}@{}", self.package, self.start / 60_000) }
    }
}

/// What a resource is taken for on a day, as stored.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Day {
    /// Tenant and resource.
    pub whose: (String, String),
    /// The UTC day, `2026-11-23`.
    pub date: String,
    /// Number of each cell that is taken, and in whose name.
    pub cells: Vec<(i64, String)>,
    /// Each session, and who sits in it.
    pub seats: Vec<(String, Vec<String>)>,
}

impl Day {
    /// Reads an item; none when it is no day of a resource.
    #[must_use]
    pub fn read(item: &Value) -> Option<Self> {
        let date = item["sk"]["S"].as_str()?.strip_prefix("DAY#")?.to_owned();
        let mut parts = item["pk"]["S"].as_str()?.split('#').skip(1).step_by(2);
        let (tenant, resource) = (parts.next()?, parts.next()?);
        let (mut cells, mut seats) = (Vec::new(), Vec::new());
        for (name, value) in item.as_object()? {
            if let Some(cell) = name.strip_prefix('c').and_then(|cell| cell.parse().ok()) {
                cells.push((cell, text(value)));
            } else if let Some(holder) = name.strip_prefix("h_") {
                let seated = value["SS"].as_array().cloned().unwrap_or_default();
                let mut seated: Vec<String> = seated.iter().filter_map(|id| id.as_str().map(str::to_owned)).collect();
                seated.sort();
                seats.push((holder.to_owned(), seated));
            }
        }
        cells.sort();
        seats.sort();
        Some(Self { whose: (tenant.to_owned(), resource.to_owned()), date, cells, seats })
    }
}

/// An event as the outbox has it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Told {
    /// Its id.
    pub id: String,
    /// `booking.confirmed` and so on.
    pub name: String,
    /// The booking or conversation it is about.
    pub subject: String,
    /// The part of that: a sequence, a difference.
    pub detail: String,
}

impl Told {
    /// Reads an item; none when it is no event.
    #[must_use]
    pub fn read(item: &Value) -> Option<Self> {
        (item["sk"]["S"] == "EVENT").then(|| Self {
            id: text(&item["id"]),
            name: text(&item["name"]),
            subject: text(&item["subject"]),
            detail: text(&item["detail"]),
        })
    }
}

/// A place on the waitlist.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Place {
    /// Whose.
    pub tenant: String,
    /// Its id, by which it stands in line.
    pub id: String,
    /// What they wait for.
    pub package: String,
    /// The first and the last local day, `2026-11-23`.
    pub days: (String, String),
    /// Who waits.
    pub email: String,
    /// `WAITING` and so on.
    pub status: String,
    /// What every write counts.
    pub version: i64,
}

impl Place {
    /// Reads an item; none when it is no place.
    #[must_use]
    pub fn read(item: &Value) -> Option<Self> {
        if item["sk"]["S"] != "ENTRY" {
            return None;
        }
        Some(Self {
            tenant: item["pk"]["S"].as_str()?.split('#').nth(1)?.to_owned(),
            id: text(&item["id"]),
            package: text(&item["package"]),
            days: (text(&item["first"]), text(&item["last"])),
            email: text(&item["email"]),
            status: text(&item["status"]),
            version: number(&item["version"])?,
        })
    }
}

/// The id of whoever stands in a line; none when the item is no place in one.
#[must_use]
pub fn standing(item: &Value) -> Option<String> {
    item["pk"]["S"].as_str()?.contains("#LINE#").then(|| text(&item["id"]))
}

fn granted(grants: &Value) -> i64 {
    grants["L"].as_array().into_iter().flatten().filter_map(|grant| number(&grant["M"]["minor"])).sum()
}

fn text(value: &Value) -> String {
    value["S"].as_str().unwrap_or_default().to_owned()
}

fn number(value: &Value) -> Option<i64> {
    value["N"].as_str()?.parse().ok()
}
