//! What memories tell of themselves.

mpp_telemetry::metrics! {
    /// Records in this replica's memory.
    RECORDS: Gauge = "mpp.memory.records" in "{record}" by ["service", "kind"];
    /// What the records in memory take, encoded as they are kept, with their names and rows. What
    /// is indexed beside them (search, hours) is not counted.
    BYTES: Gauge = "mpp.memory.size" in "By" by ["service"];
    /// The revision that reads of this replica show. What it is below `mpp_feed_head`, of the feed
    /// of the same name, they do not show yet.
    REVISION: Gauge = "mpp.memory.revision" in "{revision}" by ["service"];
    /// How often the memory had to be loaded again whole, after the first time.
    RELOADS: Counter = "mpp.memory.reloads" in "{reload}" by ["service"];
}
