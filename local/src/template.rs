//! The template: what of `template.yaml` this process runs itself.
//!
//! Routes, queues, rules, schedules, the stream and the tables are read from the very file that is
//! deployed, so the runner cannot know a route that AWS does not. Rights, alarms and logs are AWS's own.

mod read;
mod route;
mod yaml;

use std::sync::OnceLock;
use std::time::Duration;

use serde_json::{Map, Value};
use thiserror::Error;

pub use route::{Matched, Route, Routes};

/// The template that is deployed.
const DEPLOYED: &str = include_str!("../../template.yaml");

/// What the runner takes from the template.
#[derive(Debug, Clone)]
pub struct Template {
    /// Which function serves which request.
    pub routes: Routes,
    /// What an open preflight is answered with, as API Gateway would.
    pub cors: Cors,
    /// The tables, in the order of the template.
    pub tables: Vec<Table>,
    /// The queues that a function works on.
    pub queues: Vec<Queue>,
    /// Which events go into which queue.
    pub rules: Vec<Rule>,
    /// What is run again and again.
    pub schedules: Vec<Schedule>,
    /// What is run for records of a table's stream.
    pub streams: Vec<Stream>,
}

/// The answer to a preflight.
#[derive(Debug, Clone, Default)]
pub struct Cors {
    /// `Access-Control-Allow-Origin`.
    pub origin: String,
    /// `Access-Control-Allow-Methods`.
    pub methods: String,
    /// `Access-Control-Allow-Headers`.
    pub headers: String,
    /// `Access-Control-Max-Age`, in seconds.
    pub max_age: String,
}

/// A DynamoDB table.
#[derive(Debug, Clone)]
pub struct Table {
    /// Its name in the template, as `Tenants`.
    pub name: String,
    /// The words of `CreateTable`, without the table's name.
    pub definition: Map<String, Value>,
    /// The attribute that says when an item expires.
    pub ttl: Option<String>,
}

/// A queue, and who works on it.
#[derive(Debug, Clone)]
pub struct Queue {
    /// Its name in the template, as `NotifierQueue`.
    pub name: String,
    /// The function that takes its messages.
    pub function: String,
    /// The most messages of one batch.
    pub batch: usize,
    /// How many batches are worked on at once.
    pub workers: usize,
    /// How often a message is tried before it is parked.
    pub receives: u32,
}

/// A rule of the bus.
#[derive(Debug, Clone)]
pub struct Rule {
    /// The names of events (`detail-type`) that match.
    pub events: Vec<String>,
    /// The queue they go into.
    pub queue: String,
}

/// A function that runs at intervals.
#[derive(Debug, Clone)]
pub struct Schedule {
    /// The function.
    pub function: String,
    /// The time between two runs.
    pub every: Duration,
}

/// A function that runs for a table's changes.
#[derive(Debug, Clone)]
pub struct Stream {
    /// The table's name in the template.
    pub table: String,
    /// The function.
    pub function: String,
    /// The most records of one batch.
    pub batch: usize,
    /// Patterns of which a record must match one; none: every record is taken.
    pub filters: Vec<Value>,
}

/// The template says something that the runner cannot run.
#[derive(Debug, Error)]
pub enum InvalidTemplate {
    /// It is not YAML.
    #[error("template.yaml is not YAML")]
    Yaml(#[from] serde_yaml_ng::Error),
    /// A resource lacks what it must say.
    #[error("template.yaml: {resource} has no usable {what}")]
    Resource {
        /// The resource's name.
        resource: String,
        /// What is missing or odd.
        what: &'static str,
    },
}

impl Template {
    /// The template that is deployed. It is read once in a process: a test opens many desks.
    ///
    /// # Errors
    ///
    /// As [`Template::parse`].
    pub fn deployed() -> Result<Self, InvalidTemplate> {
        static READ: OnceLock<Template> = OnceLock::new();
        if let Some(read) = READ.get() {
            return Ok(read.clone());
        }
        let read = Self::parse(DEPLOYED)?;
        Ok(READ.get_or_init(|| read).clone())
    }

    /// Reads `text`.
    ///
    /// # Errors
    ///
    /// [`InvalidTemplate`] when it is no YAML, or says something that cannot be run here.
    pub fn parse(text: &str) -> Result<Self, InvalidTemplate> {
        read::template(&yaml::parse(text)?)
    }
}

#[cfg(test)]
mod tests;
