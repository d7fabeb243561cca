//! The metrics of `mpp up`, against their reference.

use std::collections::{BTreeMap, BTreeSet};

use mpp_tests::{PATIENCE, eventually, http, wait::that};

use super::Up;

const REFERENCE: &str = include_str!("../../../deploy/METRICS.md");
/// Labels that Prometheus and OpenTelemetry add.
const NOT_OURS: [&str; 4] = ["target_info", "le", "otel_scope_name", "otel_scope_version"];

/// Metrics that are above zero in a demo that has synced and is read.
const MORE_THAN_NONE: [&str; 12] = [
    "db_client_connection_max",
    "mpp_build_info",
    "mpp_credential_expiry_time_seconds",
    "mpp_feed_head",
    "mpp_follower_connected",
    "mpp_follower_revision",
    "mpp_memory_records",
    "mpp_memory_size_bytes",
    "mpp_projection_revision",
    "mpp_sync_records_total",
    "mpp_sync_sessions_total",
    "rpc_server_call_duration_seconds_count",
];

/// Names with their labels, from the reference.
fn declared() -> BTreeMap<&'static str, BTreeSet<&'static str>> {
    // An agent is a process of its own.
    let (suite, _) = REFERENCE.split_once("## Agent").expect("the agent's part");
    let rows = suite.lines().filter(|line| line.starts_with("| `"));
    let row = |line: &'static str| {
        let cells: Vec<_> = line.split(" | ").collect();
        let code = |cell: &'static str| cell.split('`').skip(1).step_by(2);
        (code(cells[0]).next().expect("a name"), code(cells[4]).collect())
    };
    rows.map(row).collect()
}

/// The same from a scrape; a histogram by its own name.
fn scraped(text: &str) -> BTreeMap<String, BTreeSet<String>> {
    let mut found: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
    for line in text.lines().filter(|line| !line.starts_with('#') && !line.is_empty()) {
        let (series, _) = line.rsplit_once(' ').expect("a value");
        let (name, labels) = series.split_once('{').unwrap_or((series, ""));
        let ends = ["_bucket", "_sum", "_count"];
        let histogram = ends.iter().find_map(|end| name.strip_suffix(end));
        let of_one = |name: &&str| text.contains(&format!("# TYPE {name} histogram"));
        let own = histogram.filter(of_one).unwrap_or(name);
        let keys = labels.split("\",").filter_map(|label| label.split_once("=\""));
        let keys = keys.map(|(key, _)| key.to_owned()).filter(|key| !NOT_OURS.contains(&&**key));
        found.entry(own.to_owned()).or_default().extend(keys);
    }
    found.retain(|name, _| !NOT_OURS.contains(&&**name));
    found
}

/// Each of the health ports tells of the whole process.
pub async fn the_scrape_is_what_the_reference_says(up: &Up) {
    let declared = declared();
    assert!(declared.len() > 20, "the reference can be read: {declared:?}");
    for service in 11..14 {
        let address = format!("http://127.0.0.1:{}/metrics", up.port + service);
        eventually(PATIENCE, "every metric of the reference", async || {
            let (status, text) = http::get(&address).await.expect("an answer");
            assert_eq!(status, 200);
            let found = scraped(&text);
            let lacks: Vec<_> =
                declared.keys().filter(|name| !found.contains_key(**name)).collect();
            that(lacks.is_empty(), format!("not told: {lacks:?}"))
        })
        .await;
        let (_, text) = http::get(&address).await.expect("an answer");
        for name in MORE_THAN_NONE {
            let own = text.lines().filter(|line| line.split(['{', ' ']).next() == Some(name));
            let values = own.filter_map(|line| line.rsplit(' ').next()?.parse::<f64>().ok());
            assert!(values.sum::<f64>() > 0.0, "{name} is none: {text}");
        }
        for (name, labels) in scraped(&text) {
            let known = declared.get(&*name).unwrap_or_else(|| panic!("{name} is not declared"));
            let unknown: Vec<_> = labels.iter().filter(|key| !known.contains(&***key)).collect();
            assert!(unknown.is_empty(), "{name} has labels that are not declared: {unknown:?}");
        }
    }
}
