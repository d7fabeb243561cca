//! How a mall stands, and a counter in it.

use mpp_form::hours_rule::Target;

use super::Directory;
use crate::model::standing::Standing;

impl Directory {
    /// How a target's mall stands, and its counter in it.
    pub fn standing(&self, target: &Target) -> Standing {
        let mall = target.mall().and_then(|name| self.malls.get(name));
        let counter = target.counter().and_then(|name| self.counters.get(name));
        Standing {
            stages: mall.map(|mall| mall.stages.clone()).unwrap_or_default(),
            agreement: counter.and_then(|counter| counter.agreement.clone()),
        }
    }
}
