//! Metrics, each declared once: name, unit, labels and what it means stand in one place for each
//! crate ([`metrics!`](crate::metrics!)), where the reference for operators is made from.
//!
//! A counter begins at zero ([`Counter::begin`]) and not with its first event: what appears as 1
//! has never risen as far as Prometheus can tell, and no alert would see it. A gauge is read when
//! it is asked for, from what it measures, as long as that is there; nothing is worked out in
//! between.

use std::sync::{Arc, LazyLock, Mutex, Once, OnceLock, PoisonError, Weak};

use opentelemetry::{KeyValue, Value, global};

/// Bounds of durations in seconds, from the RPC conventions.
const SECONDS: [f64; 14] =
    [0.005, 0.01, 0.025, 0.05, 0.075, 0.1, 0.25, 0.5, 0.75, 1.0, 2.5, 5.0, 7.5, 10.0];

/// The declaration of a metric.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum MetricKind {
    /// A count that only rises, from the process' start.
    Counter,
    /// A present value.
    Gauge,
    /// A histogram of durations: how often values of each size were seen.
    Seconds,
}

/// A metric, as it is declared.
#[derive(Clone, Copy, Debug)]
pub struct Metric {
    /// The metric's name in OpenTelemetry.
    pub name: &'static str,
    /// Counter, gauge or histogram.
    pub kind: MetricKind,
    /// Its unit, in UCUM; what is counted stands in braces.
    pub unit: &'static str,
    /// Its labels, as OpenTelemetry has them.
    pub labels: &'static [&'static str],
    /// What the metric means.
    pub help: &'static str,
}

impl Metric {
    /// Its name in Prometheus, without the endings that a histogram's series have.
    pub fn exported(&self) -> String {
        let unit = match self.unit {
            "s" => "_seconds",
            "By" => "_bytes",
            _ => "",
        };
        let total = if self.kind == MetricKind::Counter { "_total" } else { "" };
        format!("{}{unit}{total}", underscored(self.name))
    }

    /// Its labels in Prometheus.
    pub fn exported_labels(&self) -> Vec<String> {
        self.labels.iter().map(|label| underscored(label)).collect()
    }

    /// The help as one line.
    fn line(&self) -> String {
        self.help.split_whitespace().collect::<Vec<_>>().join(" ")
    }

    fn labelled<V: Into<Value>, const N: usize>(&self, values: [V; N]) -> Vec<KeyValue> {
        debug_assert_eq!(self.labels.len(), N, "{}", self.name);
        self.labels.iter().zip(values).map(|(key, value)| KeyValue::new(*key, value)).collect()
    }
}

fn underscored(name: &str) -> String {
    name.replace('.', "_")
}

/// Counts events. Made with its first use, which must come after [`crate::init`].
#[derive(Debug)]
pub struct Counter {
    about: Metric,
    made: OnceLock<opentelemetry::metrics::Counter<u64>>,
}

impl Counter {
    #[doc(hidden)]
    pub const fn new(about: Metric) -> Self {
        Self { about, made: OnceLock::new() }
    }

    /// Adds to the count, with the values of its labels in their order.
    pub fn add<V: Into<Value>, const N: usize>(&self, count: u64, values: [V; N]) {
        let made = self.made.get_or_init(|| {
            let meter = global::meter("mpp");
            let counter = meter.u64_counter(self.about.name);
            counter.with_unit(self.about.unit).with_description(self.about.line()).build()
        });
        made.add(count, &self.about.labelled(values));
    }

    /// Counts from zero on, so that the first event is seen as a rise.
    pub fn begin<V: Into<Value>, const N: usize>(&self, values: impl IntoIterator<Item = [V; N]>) {
        values.into_iter().for_each(|values| self.add(0, values));
    }
}

/// A histogram of durations, in seconds.
#[derive(Debug)]
pub struct Seconds {
    about: Metric,
    made: OnceLock<opentelemetry::metrics::Histogram<f64>>,
}

impl Seconds {
    #[doc(hidden)]
    pub const fn new(about: Metric) -> Self {
        Self { about, made: OnceLock::new() }
    }

    /// Records a duration, with the values of its labels in their order.
    pub fn record<V: Into<Value>, const N: usize>(&self, seconds: f64, values: [V; N]) {
        self.record_with(seconds, &self.about.labelled(values));
    }

    /// Records a duration with only some of the labels.
    pub fn record_with(&self, seconds: f64, labels: &[KeyValue]) {
        let made = self.made.get_or_init(|| {
            let meter = global::meter("mpp");
            let histogram = meter.f64_histogram(self.about.name);
            let histogram = histogram.with_unit(self.about.unit);
            let histogram = histogram.with_description(self.about.line());
            histogram.with_boundaries(SECONDS.to_vec()).build()
        });
        made.record(seconds, labels);
    }
}

/// Values of the labels in their order, and the value.
pub type Point = (Vec<String>, f64);

/// Gives present values. Everything that measures the same shares one gauge, such as the feeds of a
/// process.
pub struct Gauge {
    about: Metric,
    readers: Mutex<Vec<Reader>>,
    made: Once,
}

/// Reads from something that may be gone; in that case it gives `None`.
struct Reader {
    is_alive: Box<dyn Fn() -> bool + Send + Sync>,
    read: Box<dyn Fn() -> Option<Labelled> + Send + Sync>,
}

/// Present values with their labels.
type Labelled = Vec<(Vec<KeyValue>, f64)>;

impl Gauge {
    #[doc(hidden)]
    pub const fn new(about: Metric) -> Self {
        Self { about, readers: Mutex::new(Vec::new()), made: Once::new() }
    }

    /// Reads one value from `of` whenever the metrics are asked for, as long as it is there.
    /// `read` is called from the scrape's thread and must not block.
    pub fn observe<T, V, const N: usize>(
        &'static self,
        of: &Arc<T>,
        values: [V; N],
        read: impl Fn(&T) -> f64 + Send + Sync + 'static,
    ) where
        T: Send + Sync + 'static,
        V: Into<Value>,
    {
        let labels = self.about.labelled(values);
        self.add(of, move |of| vec![(labels.clone(), read(of))]);
    }

    /// Like [`Gauge::observe`], for any number of values.
    pub fn observe_each<T: Send + Sync + 'static>(
        &'static self,
        of: &Arc<T>,
        read: impl Fn(&T) -> Vec<Point> + Send + Sync + 'static,
    ) {
        let keys = self.about.labels;
        self.add(of, move |of| {
            let labels = |values: Vec<String>| {
                keys.iter().zip(values).map(|(key, value)| KeyValue::new(*key, value)).collect()
            };
            read(of).into_iter().map(|(values, value)| (labels(values), value)).collect()
        });
    }

    /// Like [`Gauge::observe`], for as long as the process lives.
    pub fn observe_always<V: Into<Value>, const N: usize>(
        &'static self,
        values: [V; N],
        read: impl Fn() -> f64 + Send + Sync + 'static,
    ) {
        static FOR_EVER: LazyLock<Arc<()>> = LazyLock::new(Arc::default);
        self.observe(&FOR_EVER, values, move |()| read());
    }

    fn add<T: Send + Sync + 'static>(
        &'static self,
        of: &Arc<T>,
        read: impl Fn(&T) -> Labelled + Send + Sync + 'static,
    ) {
        let (alive, of): (Weak<T>, Weak<T>) = (Arc::downgrade(of), Arc::downgrade(of));
        let reader = Reader {
            is_alive: Box::new(move || alive.strong_count() > 0),
            read: Box::new(move || of.upgrade().map(|of| read(&of))),
        };
        // No panic leaves this list half written.
        let mut readers = self.readers.lock().unwrap_or_else(PoisonError::into_inner);
        readers.retain(|reader| (reader.is_alive)());
        readers.push(reader);
        drop(readers);
        self.made.call_once(|| self.make());
    }

    fn make(&'static self) {
        let meter = global::meter("mpp");
        let gauge = meter.f64_observable_gauge(self.about.name);
        let gauge = gauge.with_unit(self.about.unit).with_description(self.about.line());
        gauge
            .with_callback(|observer| {
                let readers = self.readers.lock().unwrap_or_else(PoisonError::into_inner);
                for (labels, value) in readers.iter().filter_map(|reader| (reader.read)()).flatten()
                {
                    observer.observe(value, &labels);
                }
            })
            .build();
    }
}

impl std::fmt::Debug for Gauge {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_tuple("Gauge").field(&self.about).finish()
    }
}

/// Declares a crate's metrics: a static for each, and `METRICS`, the list of all for the reference.
///
/// ```
/// mpp_telemetry::metrics! {
///     /// Calls that were refused.
///     REFUSED: Counter = "mpp.example.refused" in "{call}" by ["reason"];
///     /// How far the feed has come.
///     HEAD: Gauge = "mpp.example.head" in "{revision}" by [];
/// }
/// REFUSED.add(1, ["RATE_LIMITED"]);
/// assert_eq!(METRICS[0].exported(), "mpp_example_refused_total");
/// assert_eq!(METRICS[1].exported(), "mpp_example_head");
/// ```
#[macro_export]
macro_rules! metrics {
    ($(
        $(#[doc = $doc:literal])+
        $name:ident: $kind:ident = $metric:literal in $unit:literal by [$($label:literal),*];
    )+) => {
        $(
            $(#[doc = $doc])+
            pub(crate) static $name: $crate::$kind = $crate::$kind::new($crate::metric!(
                [$($doc)+] $kind $metric $unit [$($label),*]
            ));
        )+

        /// Every metric of this crate, for the reference.
        pub const METRICS: &[$crate::Metric] = &[$(
            $crate::metric!([$($doc)+] $kind $metric $unit [$($label),*])
        ),+];
    };
}

#[doc(hidden)]
#[macro_export]
macro_rules! metric {
    ([$($doc:literal)+] $kind:ident $metric:literal $unit:literal [$($label:literal),*]) => {
        $crate::Metric {
            name: $metric,
            kind: $crate::MetricKind::$kind,
            unit: $unit,
            labels: &[$($label),*],
            help: concat!($($doc, "\n"),+),
        }
    };
}
