//! Metrics of the memories.

mpp_telemetry::metrics! {
    /// Records in this replica's memory.
    RECORDS: Gauge = "mpp.memory.records" in "{record}" by ["service", "kind"];
    /// Memory of the records, encoded as they are kept, with their names and rows; without the
    /// indexes beside them (search, hours).
    BYTES: Gauge = "mpp.memory.size" in "By" by ["service"];
    /// The revision that reads of this replica show; they lag by the difference to `mpp_feed_head`
    /// of the feed of the same name.
    REVISION: Gauge = "mpp.memory.revision" in "{revision}" by ["service"];
    /// Kinds of record in which a copy of a feed was found to differ from what the feed's service
    /// holds: a replica's `memory`, or the follower's own `database`. The copy then starts again by
    /// itself.
    COPY_DIFFERENCES: Counter = "mpp.copy.differences" in "{kind}" by ["feed", "follower", "copy"];
    /// Rows of small tables, and of bookings and queues, that did not agree with what they describe
    /// or follow from, whenever they were compared: heads, floors, leases, positions, counts.
    DISAGREEMENTS: Counter = "mpp.tables.disagreements" in "{row}" by ["service"];
    /// How often the memory had to be loaded again whole, after the first time.
    RELOADS: Counter = "mpp.memory.reloads" in "{reload}" by ["service"];
}
