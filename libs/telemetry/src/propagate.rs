//! A trace's way from one process to the next: the W3C headers `traceparent` and `tracestate`.

use std::sync::atomic::{AtomicBool, Ordering::Relaxed};

use http::{HeaderMap, HeaderName, HeaderValue};
use opentelemetry::{
    Context,
    trace::{SpanContext, TraceContextExt as _, TraceFlags, TraceId},
};
use opentelemetry::{
    global,
    propagation::{Extractor, Injector},
};
use tracing::Span;
use tracing_opentelemetry::OpenTelemetrySpanExt as _;

/// Whether this process exports spans.
pub(crate) static EXPORTS: AtomicBool = AtomicBool::new(false);

/// Makes `span` a child of the caller's span, if the headers name one.
pub fn continue_trace(span: &Span, headers: &HeaderMap) {
    let parent =
        global::get_text_map_propagator(|propagator| propagator.extract(&Incoming(headers)));
    // Fails only if no trace is kept, and then there is nothing to continue.
    let _ = span.set_parent(parent);
}

/// The id of the current trace in hexadecimal; `None` outside of any. It finds the trace's lines
/// in the log.
pub fn trace_id() -> Option<String> {
    let context = Span::current().context();
    let span = context.span();
    let id = span.span_context().trace_id();
    (id != TraceId::INVALID).then(|| id.to_string())
}

/// Adds the current span to the headers of a call.
pub fn hand_on_trace(headers: &mut HeaderMap) {
    let mut context = Span::current().context();
    if !EXPORTS.load(Relaxed) {
        context = undecided(&context);
    }
    global::get_text_map_propagator(|propagator| {
        propagator.inject_context(&context, &mut Outgoing(headers));
    });
}

/// A process that exports nothing samples nothing, but it does not decide so for the next one.
fn undecided(context: &Context) -> Context {
    let span = context.span();
    let own = span.span_context();
    let (trace, id, state) = (own.trace_id(), own.span_id(), own.trace_state().clone());
    context.with_remote_span_context(SpanContext::new(trace, id, TraceFlags::SAMPLED, true, state))
}

struct Incoming<'a>(&'a HeaderMap);

impl Extractor for Incoming<'_> {
    fn get(&self, key: &str) -> Option<&str> {
        self.0.get(key).and_then(|value| value.to_str().ok())
    }

    fn keys(&self) -> Vec<&str> {
        self.0.keys().map(HeaderName::as_str).collect()
    }
}

struct Outgoing<'a>(&'a mut HeaderMap);

impl Injector for Outgoing<'_> {
    fn set(&mut self, key: &str, value: String) {
        if let (Ok(name), Ok(value)) =
            (HeaderName::from_bytes(key.as_bytes()), HeaderValue::from_str(&value))
        {
            self.0.insert(name, value);
        }
    }
}
