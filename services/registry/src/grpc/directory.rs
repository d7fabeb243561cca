//! Regions, units, malls, counters and windows.

use jiff::civil::Date;
use mpp_api::registry::{
    Counter, CreateCounterRequest, CreateCounterResponse, CreateMallRequest, CreateMallResponse,
    CreateUnitRequest, CreateUnitResponse, CreateWindowRequest, CreateWindowResponse,
    GetCounterRequest, GetCounterResponse, GetMallRequest, GetMallResponse, GetRegionRequest,
    GetRegionResponse, GetUnitRequest, GetUnitResponse, GetWindowRequest, GetWindowResponse,
    ListCountersRequest, ListCountersResponse, ListMallsRequest, ListMallsResponse,
    ListRegionsRequest, ListRegionsResponse, ListUnitsRequest, ListUnitsResponse,
    ListWindowsRequest, ListWindowsResponse, Mall, Region, Unit, UpdateCounterRequest,
    UpdateCounterResponse, UpdateMallRequest, UpdateMallResponse, UpdateUnitRequest,
    UpdateUnitResponse, UpdateWindowRequest, UpdateWindowResponse, Window,
    directory_service_server::DirectoryService,
};
use mpp_core::{Error, Result, check_name};
use tonic::{Request, Response, Status};

use super::{
    open,
    read::{self, ListOf, Page, below, within},
    reply,
};
use crate::{
    model,
    store::{
        Registry,
        write::{NewName, Written},
    },
};

/// Serves the directory.
pub struct Directory(pub Registry);

type Answer<T> = Result<Response<T>, Status>;

#[tonic::async_trait]
impl DirectoryService for Directory {
    async fn get_region(&self, request: Request<GetRegionRequest>) -> Answer<GetRegionResponse> {
        let request = request.into_inner();
        let found = read::get::<Region>(&self.0, &request.name, request.min_revision).await;
        reply(found.map(|found| GetRegionResponse { region: Some(found.doc) }))
    }

    async fn list_regions(&self, request: Request<ListRegionsRequest>) -> Answer<ListRegionsResponse> {
        reply(self.regions(request.into_inner()).await)
    }

    async fn get_unit(&self, request: Request<GetUnitRequest>) -> Answer<GetUnitResponse> {
        let request = request.into_inner();
        let unit = read::get_stamped(&self.0, &request.name, request.min_revision).await;
        reply(unit.map(|unit| GetUnitResponse { unit: Some(unit) }))
    }

    async fn list_units(&self, request: Request<ListUnitsRequest>) -> Answer<ListUnitsResponse> {
        reply(self.units(request.into_inner()).await)
    }

    async fn create_unit(&self, request: Request<CreateUnitRequest>) -> Answer<CreateUnitResponse> {
        reply(self.new_unit(request).await)
    }

    async fn update_unit(&self, request: Request<UpdateUnitRequest>) -> Answer<UpdateUnitResponse> {
        reply(self.change_unit(request).await)
    }

    async fn get_mall(&self, request: Request<GetMallRequest>) -> Answer<GetMallResponse> {
        let request = request.into_inner();
        let mall = read::get_stamped(&self.0, &request.name, request.min_revision).await;
        reply(mall.map(|mall| GetMallResponse { mall: Some(mall) }))
    }

    async fn list_malls(&self, request: Request<ListMallsRequest>) -> Answer<ListMallsResponse> {
        reply(self.malls(request.into_inner()).await)
    }

    async fn create_mall(&self, request: Request<CreateMallRequest>) -> Answer<CreateMallResponse> {
        reply(self.new_mall(request).await)
    }

    async fn update_mall(&self, request: Request<UpdateMallRequest>) -> Answer<UpdateMallResponse> {
        reply(self.change_mall(request).await)
    }

    async fn get_counter(&self, request: Request<GetCounterRequest>) -> Answer<GetCounterResponse> {
        let request = request.into_inner();
        let counter = read::get_stamped(&self.0, &request.name, request.min_revision).await;
        reply(counter.map(|counter| GetCounterResponse { counter: Some(counter) }))
    }

    async fn list_counters(&self, request: Request<ListCountersRequest>) -> Answer<ListCountersResponse> {
        reply(self.counters(request.into_inner()).await)
    }

    async fn create_counter(&self, request: Request<CreateCounterRequest>) -> Answer<CreateCounterResponse> {
        reply(self.new_counter(request).await)
    }

    async fn update_counter(&self, request: Request<UpdateCounterRequest>) -> Answer<UpdateCounterResponse> {
        reply(self.change_counter(request).await)
    }

    async fn get_window(&self, request: Request<GetWindowRequest>) -> Answer<GetWindowResponse> {
        let request = request.into_inner();
        let window = read::get_stamped(&self.0, &request.name, request.min_revision).await;
        reply(window.map(|window| GetWindowResponse { window: Some(window) }))
    }

    async fn list_windows(&self, request: Request<ListWindowsRequest>) -> Answer<ListWindowsResponse> {
        reply(self.windows(request.into_inner()).await)
    }

    async fn create_window(&self, request: Request<CreateWindowRequest>) -> Answer<CreateWindowResponse> {
        reply(self.new_window(request).await)
    }

    async fn update_window(&self, request: Request<UpdateWindowRequest>) -> Answer<UpdateWindowResponse> {
        reply(self.change_window(request).await)
    }
}

/// Lists.
impl Directory {
    async fn regions(&self, request: ListRegionsRequest) -> Result<ListRegionsResponse> {
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
                state.list("", page, |name, _| state.get(name).is_some_and(|found| fits(&found.doc)))
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

    async fn units(&self, request: ListUnitsRequest) -> Result<ListUnitsResponse> {
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
                state.list("", page, |name, _| parent.is_none_or(|wanted| state.parent_of(name) == wanted))
            })
            .await?;
        Ok(ListUnitsResponse { units: records, next_page_token, total_size })
    }

    async fn malls(&self, request: ListMallsRequest) -> Result<ListMallsResponse> {
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
                    in_region(row) && (organiser.is_empty() || row.label("organiser") == organiser)
                })
            })
            .await?;
        Ok(ListMallsResponse { malls: records, next_page_token, total_size })
    }

    async fn counters(&self, request: ListCountersRequest) -> Result<ListCountersResponse> {
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
                state.list(&prefix, page, |_, row| unit.is_empty() || units.contains(row.label("unit")))
            })
            .await?;
        Ok(ListCountersResponse { counters: records, next_page_token, total_size })
    }

    async fn windows(&self, request: ListWindowsRequest) -> Result<ListWindowsResponse> {
        let prefix = below(&request.parent, &["malls", "counters"])?;
        let of = ListOf {
            page_size: request.page_size,
            page_token: &request.page_token,
            min_revision: request.min_revision,
            filter: &[&request.parent],
        };
        let Page { records, next_page_token, total_size } =
            read::list_stamped(&self.0, &of, |state, page| state.list(&prefix, page, |_, _| true)).await?;
        Ok(ListWindowsResponse { windows: records, next_page_token, total_size })
    }
}

/// Writes.
impl Directory {
    async fn new_unit(&self, request: Request<CreateUnitRequest>) -> Result<CreateUnitResponse> {
        let (mut call, request) = open(request, "CreateUnit", |r| &mut r.request_id)?;
        call.validate_only = request.validate_only;
        let name = NewName { parent: "", id: &request.unit_id, id_field: "unit_id" };
        let Written { record, revision } = self.0.create(&call, name, request.unit).await?;
        Ok(CreateUnitResponse { unit: Some(record), revision })
    }

    async fn change_unit(&self, request: Request<UpdateUnitRequest>) -> Result<UpdateUnitResponse> {
        let (mut call, request) = open(request, "UpdateUnit", |r| &mut r.request_id)?;
        call.validate_only = request.validate_only;
        let written = self.0.update::<Unit>(&call, request.unit, request.update_mask).await?;
        Ok(UpdateUnitResponse { unit: Some(written.record), revision: written.revision })
    }

    async fn new_mall(&self, request: Request<CreateMallRequest>) -> Result<CreateMallResponse> {
        let (mut call, request) = open(request, "CreateMall", |r| &mut r.request_id)?;
        call.validate_only = request.validate_only;
        let name = NewName { parent: "", id: &request.mall_id, id_field: "mall_id" };
        let Written { record, revision } = self.0.create(&call, name, request.mall).await?;
        Ok(CreateMallResponse { mall: Some(record), revision })
    }

    async fn change_mall(&self, request: Request<UpdateMallRequest>) -> Result<UpdateMallResponse> {
        let (mut call, request) = open(request, "UpdateMall", |r| &mut r.request_id)?;
        call.validate_only = request.validate_only;
        let written = self.0.update::<Mall>(&call, request.mall, request.update_mask).await?;
        Ok(UpdateMallResponse { mall: Some(written.record), revision: written.revision })
    }

    async fn new_counter(&self, request: Request<CreateCounterRequest>) -> Result<CreateCounterResponse> {
        let (mut call, request) = open(request, "CreateCounter", |r| &mut r.request_id)?;
        call.validate_only = request.validate_only;
        let name =
            NewName { parent: &request.parent, id: &request.counter_id, id_field: "counter_id" };
        let Written { record, revision } = self.0.create(&call, name, request.counter).await?;
        Ok(CreateCounterResponse { counter: Some(record), revision })
    }

    async fn change_counter(&self, request: Request<UpdateCounterRequest>) -> Result<UpdateCounterResponse> {
        let (mut call, request) = open(request, "UpdateCounter", |r| &mut r.request_id)?;
        call.validate_only = request.validate_only;
        let written = self.0.update::<Counter>(&call, request.counter, request.update_mask).await?;
        Ok(UpdateCounterResponse { counter: Some(written.record), revision: written.revision })
    }

    async fn new_window(&self, request: Request<CreateWindowRequest>) -> Result<CreateWindowResponse> {
        let (mut call, request) = open(request, "CreateWindow", |r| &mut r.request_id)?;
        call.validate_only = request.validate_only;
        let name = NewName { parent: &request.parent, id: &request.window_id, id_field: "window_id" };
        let Written { record, revision } = self.0.create(&call, name, request.window).await?;
        Ok(CreateWindowResponse { window: Some(record), revision })
    }

    async fn change_window(&self, request: Request<UpdateWindowRequest>) -> Result<UpdateWindowResponse> {
        let (mut call, request) = open(request, "UpdateWindow", |r| &mut r.request_id)?;
        call.validate_only = request.validate_only;
        let written = self.0.update::<Window>(&call, request.window, request.update_mask).await?;
        Ok(UpdateWindowResponse { window: Some(written.record), revision: written.revision })
    }
}
