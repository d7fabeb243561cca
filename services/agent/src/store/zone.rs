//! The zone of this machine's clock.

use std::{env, fs};

/// The name of the machine's zone: from the environment, or else from the system.
pub fn system_zone() -> Option<String> {
    let set = env::var("TZ").ok().filter(|zone| !zone.is_empty());
    let linked = || {
        let target = fs::read_link("/etc/localtime").ok()?;
        let target = target.to_str()?.to_owned();
        Some(target.split_once("zoneinfo/")?.1.to_owned())
    };
    set.map(|zone| zone.trim_start_matches(':').to_owned()).or_else(linked)
}
