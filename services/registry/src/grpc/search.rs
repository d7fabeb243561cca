//! Search: the request becomes a query, and what was found an answer.

use mpp_api::registry::{
    SearchServicesRequest, SearchServicesResponse, search_service_server::SearchService,
    search_services_response::NamedPlace,
};
use mpp_core::{Error, Reason, Result, check_name, text};
use mpp_resource::{handler::reply, page};
use tonic::{Request, Response, Status};

use crate::{
    app::Registry,
    search::{self, Query, Results, Stance},
};

/// Serves the search for services.
pub struct Search(pub Registry);

#[tonic::async_trait]
impl SearchService for Search {
    async fn search_services(
        &self,
        request: Request<SearchServicesRequest>,
    ) -> Result<Response<SearchServicesResponse>, Status> {
        let caller = mpp_rpc::caller(&request).subject;
        reply(self.find(&caller, &request.into_inner()).await)
    }
}

impl Search {
    async fn find(
        &self,
        caller: &str,
        request: &SearchServicesRequest,
    ) -> Result<SearchServicesResponse> {
        let bound = bound_to(request);
        let query = query(request, bound, &self.0)?;
        let (hits, found) = self.0.find_services(caller, request, query).await?;
        let Results { total, next, revision, weak, places, unanswered, uncovered, .. } = found;
        Ok(SearchServicesResponse {
            hits,
            next_page_token: next.map(|(score, id)| token(score, &id, bound)).unwrap_or_default(),
            total_size: i32::try_from(total).unwrap_or(i32::MAX),
            revision,
            weak,
            named: places.into_iter().map(named).collect(),
            unanswered,
            uncovered,
        })
    }
}

fn named(place: search::NamedPlace) -> NamedPlace {
    let regions = place.region_codes.iter().map(|code| format!("regions/{code}"));
    NamedPlace {
        text: place.text,
        regions: regions.collect(),
        guessed: place.guessed,
        destination: place.stance == Stance::Destination,
        avoided: place.stance == Stance::Avoided,
        origin: place.stance == Stance::Origin,
        unclear: place.stance == Stance::Unclear,
        display_names: place.region_codes.iter().map(|code| search::region_name(code)).collect(),
    }
}

/// A page token is valid with its own query only.
fn bound_to(request: &SearchServicesRequest) -> u64 {
    let near = request.near.map_or(String::new(), |at| format!("{} {}", at.latitude, at.longitude));
    let [free, inactive] = [request.only_free, request.include_inactive].map(|is| is.to_string());
    let SearchServicesRequest { query, region, agency, category, .. } = request;
    page::hash(&["search", query, &near, region, agency, category, &free, &inactive])
}

fn query(request: &SearchServicesRequest, bound: u64, registry: &Registry) -> Result<Query> {
    let given = |text: &str| (!text.is_empty()).then(|| text.to_owned());
    if !request.region.is_empty() {
        request.region.parse::<mpp_core::RegionCode>()?;
    }
    if !request.agency.is_empty() {
        check_name(&request.agency, &["units"], "agency")?;
    }
    let size = page::parse(request.page_size, &request.page_token, bound)?;
    let page_size = registry.hits_on_a_page(usize::try_from(request.page_size).unwrap_or(0));
    Ok(Query {
        text: text::line(&request.query).into_owned(),
        near: request.near.map(|at| (at.latitude, at.longitude)),
        region: given(request.region.trim_start_matches("regions/")),
        agency: given(&request.agency),
        category: given(&request.category),
        only_free: request.only_free,
        include_inactive: request.include_inactive,
        of_age: registry.of_age()?,
        page_size,
        after: position(&size.after)?,
        // The first revision that the index says it has is that of the whole first state; it is not
        // 0, since the regions are written earlier.
        min_revision: request.min_revision.max(1),
    })
}

/// The score is kept by its bits, so that no digit of it is lost.
fn token(score: f32, id: &str, bound: u64) -> String {
    page::token(&format!("{:08x} {id}", score.to_bits()), bound)
}

fn position(after: &str) -> Result<Option<(f32, String)>> {
    if after.is_empty() {
        return Ok(None);
    }
    let parts = after.split_once(' ');
    let read = parts.and_then(|(bits, id)| {
        let bits = u32::from_str_radix(bits, 16).ok()?;
        Some((f32::from_bits(bits), id.to_owned()))
    });
    let wrong = || Error::new(Reason::InvalidPageToken, "page_token is not one of this search");
    read.map(Some).ok_or_else(wrong)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_position_survives_its_token() {
        let bound = page::hash(&["search", "ktp"]);
        let page = page::parse(0, &token(0.1 + 0.2, "units/a/services/b", bound), bound);
        let read = position(&page.expect("its own token").after).expect("a position");
        assert_eq!(read, Some((0.1 + 0.2, "units/a/services/b".to_owned())));
        assert!(position("zz").is_err());
    }
}
