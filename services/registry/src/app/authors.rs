//! Who has overridden fields, as a caller may know it.

use mpp_api::registry::Service;
use mpp_core::{Caller, parent_of};
use mpp_store::Label;

use super::Registry;

impl Registry {
    /// Leaves the names of persons out of a service that is answered, unless the caller answers for
    /// its unit.
    pub fn tell_authors(&self, service: &mut Service, caller: &Caller) {
        if service.overrides.is_empty() {
            return;
        }
        let state = self.memory.read();
        let row = state.records.row::<Service>(&service.name);
        let agency = row.map(|row| row.label(Label::Agency)).unwrap_or_default().to_owned();
        let unit = parent_of(&service.name).to_owned();
        mpp_rpc::tell_authors(service, caller, &[&unit, &agency]);
    }
}
