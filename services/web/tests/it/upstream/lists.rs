//! Whole lists of the registry, page after page.

use mpp_api::registry::{
    ListMallsRequest, ListMallsResponse, ListRegionsRequest, ListRegionsResponse,
    ListServicesRequest, ListServicesResponse, ListUnitsRequest, ListUnitsResponse, Region,
    Service, list_services_request::Overridden,
};
use tonic::body::Body;

use super::{Answers, page, unary};

/// The answer to one of its methods.
pub async fn answer(
    answers: Answers,
    method: &str,
    request: axum::http::Request<Body>,
) -> axum::http::Response<Body> {
    match method {
        "ListServices" => {
            unary(request, move |asked: ListServicesRequest| {
                let fits = |service: &Service| match asked.overridden() {
                    Overridden::Unspecified => true,
                    Overridden::Any => !service.overrides.is_empty(),
                    Overridden::Drifting => {
                        service.overrides.iter().any(|kept| kept.drift_time.is_some())
                    }
                };
                let all = answers.nation(|nation| nation.services.values().cloned().collect());
                let mut all: Vec<Service> = Vec::into_iter(all).filter(fits).collect();
                all.sort_by(|a, b| a.name.cmp(&b.name));
                let total_size = i32::try_from(all.len()).expect("few");
                let (services, next_page_token) = page(all, &asked.page_token);
                Ok(ListServicesResponse { services, next_page_token, total_size })
            })
            .await
        }
        "ListMalls" => {
            unary(request, move |asked: ListMallsRequest| {
                let all = answers.nation(|nation| nation.malls.values().cloned().collect());
                let (malls, next_page_token) = page(all, &asked.page_token);
                Ok(ListMallsResponse { malls, next_page_token, ..Default::default() })
            })
            .await
        }
        "ListUnits" => {
            unary(request, move |asked: ListUnitsRequest| {
                let all = answers.nation(|nation| nation.units.values().cloned().collect());
                let (units, next_page_token) = page(all, &asked.page_token);
                Ok(ListUnitsResponse { units, next_page_token, ..Default::default() })
            })
            .await
        }
        _ => {
            unary(request, move |_: ListRegionsRequest| {
                let named = |name: &String| Region { name: name.clone(), ..Region::default() };
                let regions = answers.nation(|nation| nation.regions.iter().map(named).collect());
                Ok(ListRegionsResponse { regions, ..Default::default() })
            })
            .await
        }
    }
}
