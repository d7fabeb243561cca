//! The lists of records, each with its filter. `mpp_resource::list` does the paging.

use mpp_api::{
    Document as _,
    scheduling::{HoursRule, ListHoursRulesRequest, ListHoursRulesResponse},
    sync::Source,
};
use mpp_core::{Label, Result, check_name};
use mpp_form::hours_rule::{Target, lies_within};
use mpp_resource::{
    list::{Rows, one_page},
    memory::View as _,
};

use super::{Scheduling, filters};
use crate::memory::records::Records;

/// The rules of a target and of all targets below it, every rule for an empty target; only those of
/// a source, if one is named.
fn hours_rules<'a>(
    _: &Scheduling,
    request: &'a ListHoursRulesRequest,
    records: &'a Records,
) -> Result<Rows<'a>> {
    let target = &request.target;
    let rows = records.records().rows::<HoursRule>("");
    let lies_there = move |label: &str| target.is_empty() || lies_within(label, target);
    let source = &request.source;
    let is_of = move |label: &str| source.is_empty() || label == source;
    Ok(Box::new(rows.filter(move |(_, row)| {
        lies_there(row.label(Label::Target)) && is_of(row.label(Label::Source))
    })))
}

impl Scheduling {
    /// A page of hours rules.
    ///
    /// # Errors
    /// A page token that is not this list's; names a target or a source that does not exist;
    /// `UNAVAILABLE` where the registry may have just made it.
    pub async fn list_hours_rules(
        &self,
        request: &ListHoursRulesRequest,
    ) -> Result<ListHoursRulesResponse> {
        self.check_target(&request.target).await?;
        self.check_source(&request.source).await?;
        one_page(self, request, hours_rules).await
    }

    /// Refuses an unknown target of a list: an empty answer would not show that it was misspelt.
    /// Before the memory is whole nobody knows.
    ///
    /// # Errors
    /// Names the target; `UNAVAILABLE` where the registry may have just made it.
    async fn check_target(&self, target: &str) -> Result<()> {
        if target.is_empty() || !self.memory.read().is_whole {
            return Ok(());
        }
        let target = Target::parse(target, "target")?;
        self.known(|| filters::target(&self.memory.read(), &target, "target")).await
    }

    /// Refuses an unknown source of a list, as [`Scheduling::check_target`] does a target.
    ///
    /// # Errors
    /// Names the source; `UNAVAILABLE` where the registry may have just made it.
    async fn check_source(&self, source: &str) -> Result<()> {
        if source.is_empty() || !self.memory.read().is_whole {
            return Ok(());
        }
        check_name(source, Source::COLLECTIONS, "source")?;
        self.known(|| filters::source(&self.memory.read(), source, "source")).await
    }
}
