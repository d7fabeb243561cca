//! Metrics of scheduling, beside those of every service.

mpp_telemetry::metrics! {
    /// Places of today's slots, in all malls, as they are planned: counted once in a while.
    OFFERED: Gauge = "mpp.slot.offered" in "{place}" by [];
    /// Bookings by outcome: `sold`, `full` (slot or day), `cancelled` (a place that was given
    /// back), and `refused` for every other reason.
    BOOKINGS: Counter = "mpp.slot.bookings" in "{booking}" by ["outcome"];
    /// Tickets that wait to be called today, at all counters.
    WAITING: Gauge = "mpp.ticket.waiting" in "{ticket}" by [];
    /// How long the one of today's tickets that waits longest has waited.
    LONGEST_WAIT: Gauge = "mpp.ticket.longest_wait" in "s" by [];
}
