//! One process' telemetry: its log, its metrics, and the trace that goes on. There is one story
//! in this binary, since a process sets up its telemetry once.

use std::{process::Command, sync::LazyLock};

use http::HeaderMap;
use mpp_telemetry::{
    Config, KeyValue, LogFormat, continue_trace, counter, hand_on_trace, init, observed,
};

const PARENT: &str = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01";
const TRACE: &str = "0af7651916cd43dd8448eb211c80319c";

static APPLIED: LazyLock<mpp_telemetry::Counter<u64>> =
    LazyLock::new(|| counter("mpp.sync.applied", "Records that were applied"));

/// A service at work: it goes on from its caller's trace, logs, counts, and calls another one.
fn serve_one_call() -> HeaderMap {
    let mut incoming = HeaderMap::new();
    incoming.insert("traceparent", PARENT.parse().expect("a header"));
    let span = tracing::info_span!("rpc", otel.name = "Sync");
    continue_trace(&span, &incoming);
    span.in_scope(|| {
        tracing::info!(source = "sources/bkpm", records = 3, "synced");
        APPLIED.add(3, &[KeyValue::new("source", "sources/bkpm")]);
        let mut outgoing = HeaderMap::new();
        hand_on_trace(&mut outgoing);
        outgoing
    })
}

fn config(log_format: LogFormat) -> Config {
    Config {
        service: "registry".into(),
        instance: "registry-0".into(),
        log_format,
        filter: "info".into(),
        ..Config::default()
    }
}

#[test]
fn a_call_leaves_its_trace_in_the_log_and_its_count_in_the_metrics() {
    // The log goes to standard error, which only another process can read.
    if let Ok(format) = std::env::var("TELEMETRY_STORY") {
        let format = if format == "json" { LogFormat::Json } else { LogFormat::Text };
        let guard = init(config(format)).expect("set up");
        assert!(init(config(format)).is_err(), "once only");
        let outgoing = serve_one_call();
        let labels: &[_] = &[("feed", "registry")];
        observed("mpp.feed.head", "The last revision", labels, || 42.0);
        println!("\ntraceparent {}", outgoing["traceparent"].to_str().expect("text"));
        println!("{}", mpp_telemetry::prometheus_text());
        drop(guard);
        return;
    }
    for format in ["json", "text"] {
        let (out, log) = told(format);
        let next = out.lines().find(|line| line.contains("traceparent 00-")).expect("handed on");
        assert!(next.contains(TRACE) && next.ends_with("-01"), "{next}");
        assert!(!next.contains("b7ad6b7169203331"), "the parent is our span, not our caller's");
        let counted = r#"mpp_sync_applied_total{source="sources/bkpm"} 3"#;
        assert!(out.contains(counted), "{out}");
        assert!(out.contains(r#"mpp_feed_head{feed="registry"} 42"#), "{out}");
        assert!(out.contains(r#"service_name="mpp-registry""#), "{out}");
        let line = log.lines().find(|line| line.contains("synced")).expect("a line");
        assert!(line.contains(TRACE) && line.contains("sources/bkpm"), "{line}");
        if format == "json" {
            let line: serde_json::Value = serde_json::from_str(line).expect("JSON");
            assert_eq!(line["trace_id"], TRACE);
            assert_eq!(line["message"], "synced");
            assert_eq!(line["records"], 3);
            assert_eq!(line["span_id"].as_str().map(str::len), Some(16));
        }
    }
}

/// Standard output and error of the story, told in another process.
fn told(format: &str) -> (String, String) {
    let output = Command::new(std::env::current_exe().expect("this binary"))
        .args(["--nocapture", "--test-threads=1"])
        .env("TELEMETRY_STORY", format)
        .output()
        .expect("another process");
    assert!(output.status.success(), "{output:?}");
    let text = |bytes| String::from_utf8(bytes).expect("UTF-8");
    (text(output.stdout), text(output.stderr))
}
