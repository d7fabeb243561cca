//! Search: the request becomes a query, and what was found an answer.

use mpp_api::{
    Document as _,
    registry::{
        SearchServicesRequest, SearchServicesResponse, Unit, search_service_server::SearchService,
        search_services_response::NamedPlace,
    },
};
use mpp_core::{Result, check_name, text};
use mpp_resource::{
    handler::reply,
    page::{self, PageRequest},
};
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
        let sizes = self.0.hits_on_a_page();
        let page = page::parse(request.page_size, &request.page_token, bound_to(request), sizes)?;
        let query = query(request, &page, &self.0)?;
        let (hits, found) = self.0.find_services(caller, request, query).await?;
        let Results { total, next, revision, weak, places, unanswered, uncovered, .. } = found;
        Ok(SearchServicesResponse {
            hits,
            next_page_token: page.next(next.map(|(score, id)| place(score, &id)).as_deref()),
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

fn query(
    request: &SearchServicesRequest,
    page: &PageRequest,
    registry: &Registry,
) -> Result<Query> {
    let given = |text: &str| (!text.is_empty()).then(|| text.to_owned());
    if !request.region.is_empty() {
        request.region.parse::<mpp_core::RegionCode>()?;
    }
    if !request.agency.is_empty() {
        check_name(&request.agency, Unit::COLLECTIONS, "agency")?;
    }
    Ok(Query {
        text: text::line(&request.query).into_owned(),
        near: request.near.map(|at| (at.latitude, at.longitude)),
        region: given(request.region.trim_start_matches("regions/")),
        agency: given(&request.agency),
        category: given(&request.category),
        only_free: request.only_free,
        include_inactive: request.include_inactive,
        of_age: registry.of_age()?,
        page_size: page.size,
        after: page.position(position)?,
        // The first revision that the index says it has is that of the whole first state; it is not
        // 0, since the regions are written earlier.
        min_revision: request.min_revision.max(1),
    })
}

/// Where a hit stands: hits come by rank and not by name, so that no `Pager` collects them; the
/// index cuts the page itself. The score is kept by its bits, so that no digit of it is lost.
fn place(score: f32, id: &str) -> String {
    format!("{:08x} {id}", score.to_bits())
}

fn position(after: &str) -> Option<(f32, String)> {
    let (bits, id) = after.split_once(' ')?;
    let bits = u32::from_str_radix(bits, 16).ok()?;
    Some((f32::from_bits(bits), id.to_owned()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_position_survives_its_token() {
        let read = position(&place(0.1 + 0.2, "units/a/services/b"));
        assert_eq!(read, Some((0.1 + 0.2, "units/a/services/b".to_owned())));
        assert_eq!(position("zz"), None);
    }
}
