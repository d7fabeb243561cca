//! How much callers may have at the same time, all together and each of them.

use clap::Args as ClapArgs;
use mpp_rpc::Limits;

/// The limits that an operator may set; `libs/rpc/src/limits.rs` says why each has its number.
#[derive(ClapArgs)]
pub struct LimitArgs {
    /// Reads that one caller may begin in a minute; 0 is no bound.
    #[arg(long, env = "MPP_READS_PER_MINUTE", default_value_t = 300_000)]
    pub reads_per_minute: u32,
    /// Writes that one caller may begin in a minute; 0 is no bound.
    #[arg(long, env = "MPP_WRITES_PER_MINUTE", default_value_t = 30_000)]
    pub writes_per_minute: u32,
    /// Watches and syncs that one caller may open in a minute; 0 is no bound.
    #[arg(long, env = "MPP_STREAMS_PER_MINUTE", default_value_t = 6_000)]
    pub streams_per_minute: u32,
    /// Calls in progress at the most; more are refused at once.
    #[arg(long, env = "MPP_MAX_CALLS", default_value_t = 1024)]
    pub max_calls: usize,
    /// Calls in progress of one caller at the most.
    #[arg(long, env = "MPP_CALLS_PER_CALLER", default_value_t = 256)]
    pub calls_per_caller: usize,
    /// Reads that wait for a revision (min_revision) at the most, beside calls in progress.
    #[arg(long, env = "MPP_MAX_WAITS", default_value_t = 1024)]
    pub max_waits: usize,
    /// Such waits of one caller at the most.
    #[arg(long, env = "MPP_WAITS_PER_CALLER", default_value_t = 128)]
    pub waits_per_caller: usize,
    /// Watches and syncs at the most.
    #[arg(long, env = "MPP_MAX_STREAMS", default_value_t = 8192)]
    pub max_streams: usize,
    /// Watches and syncs of one caller at the most.
    #[arg(long, env = "MPP_STREAMS_PER_CALLER", default_value_t = 64)]
    pub streams_per_caller: usize,
    /// Places of calls, of waits and of streams that are kept for administrators each.
    #[arg(long, env = "MPP_RESERVE", default_value_t = 64)]
    pub reserve: usize,
    /// Connections at the most; more wait.
    #[arg(long, env = "MPP_MAX_CONNECTIONS", default_value_t = 4096)]
    pub max_connections: usize,
    /// Connections from one address at the most, such as a gateway's.
    #[arg(long, env = "MPP_CONNECTIONS_PER_ADDRESS", default_value_t = 2048)]
    pub connections_per_address: usize,
}

impl LimitArgs {
    /// As the shell wants them.
    pub fn limits(&self) -> Limits {
        Limits {
            reads_per_minute: self.reads_per_minute,
            writes_per_minute: self.writes_per_minute,
            streams_per_minute: self.streams_per_minute,
            calls: self.max_calls,
            calls_per_caller: self.calls_per_caller,
            waits: self.max_waits,
            waits_per_caller: self.waits_per_caller,
            streams: self.max_streams,
            streams_per_caller: self.streams_per_caller,
            reserve: self.reserve,
            connections: self.max_connections,
            connections_per_address: self.connections_per_address,
            ..Limits::default()
        }
    }
}

#[cfg(test)]
mod tests {
    use clap::Parser;

    use super::*;

    #[derive(Parser)]
    struct Line {
        #[command(flatten)]
        limits: LimitArgs,
    }

    #[test]
    fn without_flags_they_are_the_librarys_own() {
        let line = Line::parse_from(["serve"]);
        let (ours, own) = (line.limits.limits(), Limits::default());
        assert_eq!(format!("{ours:?}"), format!("{own:?}"));
    }
}
