//! Metrics of reporting, beside those of every service.

use std::sync::Arc;

use mpp_telemetry::Point;

use crate::{
    memory::Memory,
    model::{FeedState, Upstream},
};

mpp_telemetry::metrics! {
    /// The revision of a feed that the reports of this replica show; they do not show yet what lies
    /// between it and `mpp_feed_head` of the same feed.
    PROJECTED: Gauge = "mpp.projection.revision" in "{revision}" by ["feed"];
    /// The age of a feed's data in the reports of this replica: since the feed was last heard of.
    LAG: Gauge = "mpp.projection.lag" in "s" by ["feed"];
    /// Rows of the projections that differed from what the inbox gives, whenever `mpp doctor`
    /// compares them.
    PROJECTIONS_DIFFER: Counter = "mpp.projection.differences" in "{row}" by [];
}

/// Tells from now on how far the reports have come.
pub fn begin(memory: &Arc<Memory>) {
    PROJECTIONS_DIFFER.begin([[""; 0]]);
    PROJECTED.observe_each(memory, |own| own.each_feed(|feed, _| feed.revision as f64));
    LAG.observe_each(memory, |own| {
        own.each_feed(|feed, now| {
            let seen = feed.seen.unwrap_or(own.begun());
            now.saturating_sub(seen).max(0) as f64 / 1e6
        })
    });
}

impl Memory {
    fn each_feed(&self, value: impl Fn(FeedState, i64) -> f64) -> Vec<Point> {
        let (feeds, now) = (self.feeds(), self.now());
        let point =
            |feed: Upstream| (vec![feed.as_str().to_owned()], value(feeds[feed as usize], now));
        Upstream::ALL.into_iter().map(point).collect()
    }
}
