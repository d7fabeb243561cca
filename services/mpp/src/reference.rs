//! Keeps `deploy/METRICS.md` as the declarations say. After a change of one,
//! `WRITE_REFERENCE=1 cargo test -p mpp reference` writes it anew.

use std::{collections::BTreeSet, env, fmt::Write as _, fs};

use mpp_telemetry::{Metric, MetricKind};

const REFERENCE: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../../deploy/METRICS.md");

const HEAD: &str = "# Metrics

Every process tells them on its health port (`/metrics`), and by OTLP where that is set up. Written by
`WRITE_REFERENCE=1 cargo test -p mpp reference` from the declarations (`metrics.rs` of each crate, and
`credentials.rs` of the program); tests keep it true, and see that a running suite tells every one.

Names and units are OpenTelemetry's, by its conventions where there are some. In Prometheus dots are
underscores, a unit and a counter's `_total` stand at the end, and a histogram has `_bucket`, `_sum` and
`_count`. Labels have few values, and never a person's name. Counters begin at zero, so that the first
event is a rise; a gauge is read when it is asked for. In `mpp up` one process tells of all services;
an agent is a process of its own.
";

const PARTS: [(&str, &[Metric]); 11] = [
    ("Every process", mpp_telemetry::METRICS),
    ("Credentials", crate::credentials::METRICS),
    ("Calls and followers", mpp_rpc::METRICS),
    ("Databases, feeds and jobs", mpp_store::METRICS),
    ("Memory", mpp_resource::METRICS),
    ("Federation", mpp_sync::METRICS),
    ("Registry", mpp_registry::METRICS),
    ("Scheduling", mpp_scheduling::METRICS),
    ("Reporting", mpp_reporting::METRICS),
    ("Pages", mpp_web::METRICS),
    ("Agent", mpp_agent::METRICS),
];

#[test]
fn the_reference_says_what_is_declared() {
    let current = reference();
    if env::var_os("WRITE_REFERENCE").is_some() {
        fs::write(REFERENCE, current).expect("deploy/METRICS.md can be written");
        return;
    }
    let written = fs::read_to_string(REFERENCE).unwrap_or_default();
    assert!(current == written, "run WRITE_REFERENCE=1 cargo test -p mpp reference");
}

#[test]
fn no_metric_is_declared_twice() {
    let all = PARTS.iter().flat_map(|(_, metrics)| *metrics);
    let names: Vec<_> = all.map(|metric| metric.exported()).collect();
    assert_eq!(names.iter().collect::<BTreeSet<_>>().len(), names.len(), "{names:?}");
}

fn reference() -> String {
    let mut text = HEAD.to_owned();
    for (part, metrics) in PARTS {
        // Writing to a String does not fail.
        let _ = write!(text, "\n## {part}\n\n");
        text += "| in Prometheus | OpenTelemetry | kind | unit | labels | what it means |\n";
        text += "| --- | --- | --- | --- | --- | --- |\n";
        metrics.iter().for_each(|metric| text += &row(metric));
    }
    text
}

fn row(metric: &Metric) -> String {
    let kind = match metric.kind {
        MetricKind::Counter => "counter",
        MetricKind::Gauge => "gauge",
        MetricKind::Seconds => "histogram",
    };
    let labels = metric.exported_labels().into_iter().map(|label| format!("`{label}`"));
    let labels = labels.collect::<Vec<_>>().join(", ");
    let help = metric.help.split_whitespace().collect::<Vec<_>>().join(" ");
    let (exported, name, unit) = (metric.exported(), metric.name, metric.unit);
    format!("| `{exported}` | `{name}` | {kind} | {unit} | {labels} | {help} |\n")
}
