//! Metrics as lines of the log, in CloudWatch's embedded metric format.
//!
//! One line of standard output is one JSON document; CloudWatch Logs reads its metrics out of it, so a
//! function calls nobody and needs no right for it. The format is
//! <https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/CloudWatch_Embedded_Metric_Format_Specification.html>.
//! A ready-made crate sits behind a recorder of the whole process, flushed when an invocation ends; the
//! turn of a stream ends later, and two desks in one process would share it.

use std::io::Write;
use std::sync::{Arc, Mutex, PoisonError};

use serde::Serialize;
use serde_json::{Map, Value};

use crate::ports::Clock;
use crate::ports::metric::{Metric, Metrics, Unit};

/// Where alarms and dashboards look.
const NAMESPACE: &str = "Frontdesk";

/// Writes metrics of one deployment as lines.
pub struct EmbeddedMetrics {
    stage: String,
    clock: Arc<dyn Clock>,
    lines: Mutex<Box<dyn Write + Send>>,
}

/// One line. `level` and `timestamp` are Lambda's: it takes a line without them for one of level `INFO`.
#[derive(Serialize)]
struct Line<'a> {
    #[serde(rename = "_aws")]
    aws: Metadata,
    level: &'static str,
    timestamp: String,
    #[serde(rename = "Stage")]
    stage: &'a str,
    #[serde(flatten)]
    values: Map<String, Value>,
}

#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
struct Metadata {
    /// Milliseconds since the Unix epoch.
    timestamp: i64,
    cloud_watch_metrics: [Directive; 1],
}

#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
struct Directive {
    namespace: &'static str,
    dimensions: [[&'static str; 1]; 1],
    metrics: Vec<Definition>,
}

#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
struct Definition {
    name: &'static str,
    unit: &'static str,
}

impl EmbeddedMetrics {
    /// Writes the metrics of the deployment `stage` to `lines`.
    #[must_use]
    pub fn new(stage: String, clock: Arc<dyn Clock>, lines: Box<dyn Write + Send>) -> Self {
        Self { stage, clock, lines: Mutex::new(lines) }
    }

    fn line(&self, values: &[(Metric, u64)]) -> Option<String> {
        let now = self.clock.now();
        let definition = |(metric, _): &(Metric, u64)| Definition { name: metric.name(), unit: unit(metric.unit()) };
        let line = Line {
            aws: Metadata {
                timestamp: now.as_millisecond(),
                cloud_watch_metrics: [Directive {
                    namespace: NAMESPACE,
                    dimensions: [["Stage"]],
                    metrics: values.iter().map(definition).collect(),
                }],
            },
            level: "INFO",
            timestamp: now.to_string(),
            stage: &self.stage,
            values: values.iter().map(|(metric, value)| (metric.name().to_owned(), (*value).into())).collect(),
        };
        serde_json::to_string(&line).ok()
    }
}

impl Metrics for EmbeddedMetrics {
    fn put(&self, values: &[(Metric, u64)]) {
        let Some(line) = self.line(values).filter(|_| !values.is_empty()) else { return };
        let mut lines = self.lines.lock().unwrap_or_else(PoisonError::into_inner);
        // In one write, so that no log line of another thread gets into it. Whoever reads no lines counts nothing.
        let _ = lines.write_all(format!("{line}\n").as_bytes()).and_then(|()| lines.flush());
    }
}

impl std::fmt::Debug for EmbeddedMetrics {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("EmbeddedMetrics").field("stage", &self.stage).finish_non_exhaustive()
    }
}

/// CloudWatch's word for a unit.
const fn unit(unit: Unit) -> &'static str {
    match unit {
        Unit::Count => "Count",
        Unit::Milliseconds => "Milliseconds",
        Unit::None => "None",
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use jiff::Timestamp;

    use super::*;

    #[derive(Clone, Default)]
    struct Lines(Arc<Mutex<Vec<u8>>>);

    impl Write for Lines {
        fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
            self.0.lock().unwrap().extend_from_slice(bytes);
            Ok(bytes.len())
        }

        fn flush(&mut self) -> std::io::Result<()> {
            Ok(())
        }
    }

    struct Still;

    impl Clock for Still {
        fn now(&self) -> Timestamp {
            Timestamp::from_millisecond(1_795_253_400_123).unwrap()
        }
    }

    fn written(values: &[&[(Metric, u64)]]) -> String {
        let lines = Lines::default();
        let metrics = EmbeddedMetrics::new("prod".to_owned(), Arc::new(Still), Box::new(lines.clone()));
        values.iter().for_each(|values| metrics.put(values));
        let bytes = lines.0.lock().unwrap().clone();
        String::from_utf8(bytes).unwrap()
    }

    #[test]
    fn values_that_belong_together_are_one_line_in_the_embedded_metric_format() {
        let turn = [(Metric::TurnLatency, 1_840), (Metric::SpendMicroUsd, 5_321), (Metric::TurnFailed, 0)];
        insta::assert_snapshot!(written(&[&turn]), @r#"{"_aws":{"Timestamp":1795253400123,"CloudWatchMetrics":[{"Namespace":"Frontdesk","Dimensions":[["Stage"]],"Metrics":[{"Name":"TurnLatency","Unit":"Milliseconds"},{"Name":"SpendMicroUsd","Unit":"None"},{"Name":"TurnFailed","Unit":"Count"}]}]},"level":"INFO","timestamp":"2026-11-21T09:30:00.123Z","Stage":"prod","TurnLatency":1840,"SpendMicroUsd":5321,"TurnFailed":0}"#);
    }

    #[test]
    fn every_metric_has_a_name_of_its_own_and_is_a_line_of_its_own() {
        let puts: Vec<[(Metric, u64); 1]> = Metric::ALL.map(|metric| [(metric, 1)]).to_vec();
        let puts: Vec<&[(Metric, u64)]> = puts.iter().map(|put| &put[..]).collect();
        let lines = written(&puts);
        let named = |line: &str| -> String {
            let line: Value = serde_json::from_str(line).unwrap();
            let name = line["_aws"]["CloudWatchMetrics"][0]["Metrics"][0]["Name"].as_str().unwrap().to_owned();
            assert_eq!(line[&name], 1, "the value stands at the root, under the metric's name");
            name
        };
        let names: BTreeSet<String> = lines.lines().map(named).collect();
        assert_eq!((names.len(), lines.lines().count()), (Metric::ALL.len(), Metric::ALL.len()));
    }

    #[test]
    fn nothing_to_measure_is_no_line() {
        assert_eq!(written(&[&[]]), "");
    }
}
