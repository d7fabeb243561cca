//! One process' telemetry: its log, its metrics, and the trace that goes on. There is one story
//! in this binary, since a process sets up its telemetry once.

use std::{process::Command, sync::Arc};

use http::HeaderMap;
use mpp_telemetry::{Config, LogFormat, continue_trace, hand_on_trace, init};

const PARENT: &str = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01";
const TRACE: &str = "0af7651916cd43dd8448eb211c80319c";

mpp_telemetry::metrics! {
    /// Records that were applied.
    APPLIED: Counter = "mpp.sync.applied" in "{record}" by ["source"];
    /// The last revision.
    HEAD: Gauge = "mpp.feed.head" in "{revision}" by ["feed"];
    /// How long a source was not heard of.
    SILENCE: Gauge = "mpp.source.silence" in "s" by ["source"];
}

/// A service at work: it goes on from its caller's trace, logs, counts, and calls another one.
fn serve_one_call() -> HeaderMap {
    let mut incoming = HeaderMap::new();
    incoming.insert("traceparent", PARENT.parse().expect("a header"));
    let span = tracing::info_span!("rpc", otel.name = "Sync");
    continue_trace(&span, &incoming);
    span.in_scope(|| {
        tracing::info!(source = "sources/bkpm", records = 3, "synced");
        APPLIED.begin([["sources/bkpm"], ["sources/pacitan"]]);
        APPLIED.add(3, ["sources/bkpm"]);
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
        let (feed, gone) = (Arc::new(42.0), Arc::new(41.0));
        HEAD.observe(&feed, ["registry"], |head| *head);
        HEAD.observe(&gone, ["scheduling"], |head| *head);
        drop(gone);
        SILENCE.observe_each(&feed, |_| vec![(vec!["sources/bkpm".into()], 7.0)]);
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
        assert!(out.contains(r#"mpp_sync_applied_total{source="sources/pacitan"} 0"#), "{out}");
        assert!(out.contains(r#"mpp_feed_head{feed="registry"} 42"#), "{out}");
        assert!(!out.contains(r#"feed="scheduling""#), "what is gone is not told: {out}");
        assert!(out.contains(r#"mpp_source_silence_seconds{source="sources/bkpm"} 7"#), "{out}");
        for metric in METRICS.iter().chain(mpp_telemetry::METRICS) {
            assert!(out.contains(&format!("# TYPE {} ", metric.exported())), "{metric:?}: {out}");
        }
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
