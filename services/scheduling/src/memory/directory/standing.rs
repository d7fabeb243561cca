//! Whether a mall serves, and whether a counter may be in it.

use mpp_form::hours_rule::Target;

use super::Directory;
use crate::model::standing::AsRegistered;

impl Directory {
    /// Whether a target's mall serves, and whether its counter may be in it.
    pub fn standing(&self, target: &Target) -> AsRegistered {
        let mall = target.mall().and_then(|name| self.malls.get(name));
        let counter = target.counter().and_then(|name| self.counters.get(name));
        AsRegistered {
            stages: mall.map(|mall| mall.stages.clone()).unwrap_or_default(),
            agreement: counter.and_then(|counter| counter.agreement.clone()),
        }
    }
}
