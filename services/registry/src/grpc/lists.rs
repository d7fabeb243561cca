//! The directory's lists, each with its filter.

use jiff::civil::Date;
use mpp_api::registry::{
    ListCountersRequest, ListCountersResponse, ListMallsRequest, ListMallsResponse,
    ListRegionsRequest, ListRegionsResponse, ListUnitsRequest, ListUnitsResponse,
    ListWindowsRequest, ListWindowsResponse, Region,
};
use mpp_core::{Error, Label, Result, check_name};

use super::{
    directory::Directory,
    read::{self, ListOf, Page, below, within},
};
use crate::model;

impl Directory {
    pub(super) async fn regions(&self, request: ListRegionsRequest) -> Result<ListRegionsResponse> {
        let ListRegionsRequest { as_of, parent, display_name_contains, .. } = &request;
        let day = self.day(as_of)?;
        if !parent.is_empty() {
            check_name(parent, &["regions"], "parent")?;
        }
        let part = display_name_contains.to_lowercase();
        let of = ListOf {
            page_size: request.page_size,
            page_token: &request.page_token,
            min_revision: request.min_revision,
            filter: &[as_of, parent, &part],
        };
        let fits = |region: &Region| {
            model::region::valid_on(region, day)
                && (parent.is_empty() || region.parent == *parent)
                && region.display_name.to_lowercase().contains(&part)
        };
        let Page { records, next_page_token, total_size } =
            read::list(&self.0, &of, |state, page| {
                state
                    .list("", page, |name, _| state.get(name).is_some_and(|found| fits(&found.doc)))
            })
            .await?;
        let regions = records.into_iter().map(|found| found.doc).collect();
        Ok(ListRegionsResponse { regions, next_page_token, total_size })
    }

    /// The day that a list speaks of; today in Jakarta where none is named.
    fn day(&self, as_of: &str) -> Result<Date> {
        if as_of.is_empty() {
            return model::region::today(&Region::default(), self.0.now());
        }
        let wrong = || Error::field("as_of", "DATE", "is not a day; write it as 2026-05-01");
        model::parse_date(as_of).ok_or_else(wrong)
    }

    pub(super) async fn units(&self, request: ListUnitsRequest) -> Result<ListUnitsResponse> {
        let parent = match request.parent.as_str() {
            "" => None,
            "-" => Some(""),
            parent => {
                check_name(parent, &["units"], "parent")?;
                Some(parent)
            }
        };
        let of = ListOf {
            page_size: request.page_size,
            page_token: &request.page_token,
            min_revision: request.min_revision,
            filter: &[&request.parent],
        };
        let Page { records, next_page_token, total_size } =
            read::list_stamped(&self.0, &of, |state, page| {
                state.list("", page, |name, _| {
                    parent.is_none_or(|wanted| state.parent_of(name) == wanted)
                })
            })
            .await?;
        Ok(ListUnitsResponse { units: records, next_page_token, total_size })
    }

    pub(super) async fn malls(&self, request: ListMallsRequest) -> Result<ListMallsResponse> {
        let in_region = within(&request.region)?;
        let organiser = &request.organiser;
        let of = ListOf {
            page_size: request.page_size,
            page_token: &request.page_token,
            min_revision: request.min_revision,
            filter: &[&request.region, organiser],
        };
        let Page { records, next_page_token, total_size } =
            read::list_stamped(&self.0, &of, |state, page| {
                state.list("", page, |_, row| {
                    in_region(row)
                        && (organiser.is_empty() || row.label(Label::Organiser) == organiser)
                })
            })
            .await?;
        Ok(ListMallsResponse { malls: records, next_page_token, total_size })
    }

    pub(super) async fn counters(
        &self,
        request: ListCountersRequest,
    ) -> Result<ListCountersResponse> {
        let prefix = below(&request.parent, &["malls"])?;
        let unit = &request.unit;
        let of = ListOf {
            page_size: request.page_size,
            page_token: &request.page_token,
            min_revision: request.min_revision,
            filter: &[&request.parent, unit],
        };
        let Page { records, next_page_token, total_size } =
            read::list_stamped(&self.0, &of, |state, page| {
                let units = state.subtree(unit);
                state.list(&prefix, page, |_, row| {
                    unit.is_empty() || units.contains(row.label(Label::Unit))
                })
            })
            .await?;
        Ok(ListCountersResponse { counters: records, next_page_token, total_size })
    }

    pub(super) async fn windows(&self, request: ListWindowsRequest) -> Result<ListWindowsResponse> {
        let prefix = below(&request.parent, &["malls", "counters"])?;
        let of = ListOf {
            page_size: request.page_size,
            page_token: &request.page_token,
            min_revision: request.min_revision,
            filter: &[&request.parent],
        };
        let Page { records, next_page_token, total_size } =
            read::list_stamped(&self.0, &of, |state, page| state.list(&prefix, page, |_, _| true))
                .await?;
        Ok(ListWindowsResponse { windows: records, next_page_token, total_size })
    }
}
