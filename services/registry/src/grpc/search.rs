//! Search: the request becomes a query, hits become records out of memory.

use mpp_api::registry::{
    Mall, Offering, SearchServicesRequest, SearchServicesResponse, Service, Unit,
    search_service_server::SearchService,
    search_services_response::{Facet, Hit, NamedPlace, Place},
};
use mpp_core::{Error, FieldCode, Label, Reason, Result, check_name, text};
use mpp_resource::{Serves, handler::reply, page};
use tonic::{Request, Response, Status};

use crate::{
    app::{Registry, filters},
    memory::RegistryView,
    search::{self, Match, NearbyOffering, Query, Results, Via},
};

/// Serves search.
pub struct Search(pub Registry);

#[tonic::async_trait]
impl SearchService for Search {
    async fn search_services(
        &self,
        request: Request<SearchServicesRequest>,
    ) -> Result<Response<SearchServicesResponse>, Status> {
        let who = mpp_rpc::caller(&request).subject;
        reply(self.find(&who, &request.into_inner()).await)
    }
}

impl Search {
    async fn find(
        &self,
        who: &str,
        request: &SearchServicesRequest,
    ) -> Result<SearchServicesResponse> {
        let bound = bound_to(request);
        let query = query(request, bound, self.0.policy.search_page_hits)?;
        // A filter may name a record that the caller has only just written.
        self.0.memory.wait_for(request.min_revision).await?;
        check_filters(request, &self.0.memory.read())?;
        let searchable = self.0.search.caught_up(query.min_revision);
        mpp_rpc::waiting(searchable).await?.map_err(refused)?;
        let found = self.0.search.search_for(who, query).await.map_err(refused)?;
        // The index may be a moment ahead of the memory.
        self.0.memory.wait_for(found.revision).await?;
        let Results { hits, total, next, revision, facets, weak, places, unanswered } = found;
        let state = self.0.memory.read();
        Ok(SearchServicesResponse {
            hits: hits.into_iter().filter_map(|found| hit(&self.0, &state, found)).collect(),
            next_page_token: next.map(|(score, id)| token(score, &id, bound)).unwrap_or_default(),
            total_size: i32::try_from(total).unwrap_or(i32::MAX),
            revision,
            facets: facet_list(facets),
            weak,
            named: places.into_iter().map(named).collect(),
            unanswered,
        })
    }
}

fn named(place: search::NamedPlace) -> NamedPlace {
    let regions = place.region_codes.iter().map(|code| format!("regions/{code}"));
    NamedPlace { text: place.text, regions: regions.collect(), guessed: place.guessed }
}

/// A page token goes with its query only.
fn bound_to(request: &SearchServicesRequest) -> u64 {
    let near = request.near.map_or(String::new(), |at| format!("{} {}", at.latitude, at.longitude));
    let free = request.only_free.to_string();
    let SearchServicesRequest { query, region, agency, category, .. } = request;
    page::hash(&["search", query, &near, region, agency, category, &free])
}

/// A filter that no service can pass finds nothing, which would read as "there is no such service".
fn check_filters(request: &SearchServicesRequest, state: &RegistryView) -> Result<()> {
    let SearchServicesRequest { region, agency, category, .. } = request;
    filters::region(state, region, "region")?;
    if !agency.is_empty() {
        filters::exists::<Unit>(state, agency, "agency")?;
    }
    if !category.is_empty() {
        filters::category(state, category, "category")?;
    }
    if request.near.is_some_and(|at| at.latitude == 0.0 && at.longitude == 0.0) {
        let hint = "is 0, 0, in the Gulf of Guinea; leave it out where the place is not known";
        return Err(Error::field("near", FieldCode::OutOfRange, hint));
    }
    Ok(())
}

fn query(request: &SearchServicesRequest, bound: u64, usual_size: usize) -> Result<Query> {
    let given = |text: &str| (!text.is_empty()).then(|| text.to_owned());
    if !request.region.is_empty() {
        request.region.parse::<mpp_core::RegionCode>()?;
    }
    if !request.agency.is_empty() {
        check_name(&request.agency, &["units"], "agency")?;
    }
    let size = page::parse(request.page_size, &request.page_token, bound)?;
    let page_size = match request.page_size {
        0 => usual_size,
        _ => size.size.min(search::MAX_PAGE),
    };
    Ok(Query {
        text: text::line(&request.query).into_owned(),
        near: request.near.map(|at| (at.latitude, at.longitude)),
        region: given(request.region.trim_start_matches("regions/")),
        agency: given(&request.agency),
        category: given(&request.category),
        only_free: request.only_free,
        page_size,
        after: position(&size.after)?,
        // The first revision that the index says it has is that of the whole first state; it is not
        // 0, as the regions are written before.
        min_revision: request.min_revision.max(1),
    })
}

/// The score goes by its bits, so that no digit of it is lost.
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

fn refused(error: search::Error) -> Error {
    match error {
        search::Error::Invalid { field: "text", message } => {
            Error::field("query", FieldCode::TooLong, message)
        }
        search::Error::Invalid { field: "after", message } => {
            Error::new(Reason::InvalidPageToken, message)
        }
        search::Error::Invalid { field: "region", message } => {
            Error::field("region", FieldCode::Format, message)
        }
        search::Error::Invalid { field, message } => {
            Error::field(field, FieldCode::OutOfRange, message)
        }
        search::Error::Stopped => {
            Error::new(Reason::Unavailable, "search has stopped on this replica")
        }
        search::Error::Index(error) => Error::internal(error),
    }
}

/// `None` where the service has gone from memory, which may be a moment ahead of the index.
fn hit(registry: &Registry, state: &RegistryView, found: search::Hit) -> Option<Hit> {
    let service = state.records.get::<Service>(&found.service)?.doc;
    let agency =
        state.records.row::<Service>(&found.service).map_or("", |row| row.label(Label::Agency));
    let places = found.offerings.into_iter().filter_map(|near| place(registry, state, near));
    Some(Hit {
        agency: agency.to_owned(),
        title: service.title,
        fees: service.fees,
        time: service.time,
        score: f64::from(found.score),
        places: places.collect(),
        place_count: i32::try_from(found.offering_count).unwrap_or(i32::MAX),
        matched: found.matches.iter().map(told).collect(),
        offered_there: i32::try_from(found.offered_there).unwrap_or(i32::MAX),
        service: found.service,
    })
}

/// `None` where the offering or its mall has gone from memory.
fn place(registry: &Registry, state: &RegistryView, near: NearbyOffering) -> Option<Place> {
    let mut offering = state.records.get::<Offering>(&near.offering)?.doc;
    registry.show(state, &mut offering);
    let mall = state.records.get::<Mall>(&near.mall)?.doc;
    Some(Place {
        offering: near.offering,
        mall: near.mall,
        mall_display_name: mall.display_name,
        region: format!("regions/{}", near.region_code),
        distance_km: near.distance_km.unwrap_or_default(),
        fees: offering.effective_fees,
    })
}

/// How a word of the query led to the service, such as "skkc ~ SKCK".
fn told(found: &Match) -> String {
    let Match { word, term, via, .. } = found;
    match via {
        Via::Word => word.clone(),
        Via::Abbreviation => format!("{word} = {term}"),
        Via::Related => format!("{word} → {term}"),
        Via::Typo | Via::Clipped => format!("{word} ~ {term}"),
    }
}

fn facet_list(facets: search::Facets) -> Vec<Facet> {
    let search::Facets { agencies, categories, provinces, free, paid } = facets;
    let fees = vec![("free".to_owned(), free), ("paid".to_owned(), paid)];
    let all =
        [("agency", agencies), ("category", categories), ("region", provinces), ("fee", fees)];
    let of = |(field, values): (&str, Vec<(String, u64)>)| {
        let field = field.to_owned();
        values.into_iter().filter(|(_, count)| *count > 0).map(move |(value, count)| Facet {
            field: field.clone(),
            value,
            count: i32::try_from(count).unwrap_or(i32::MAX),
        })
    };
    all.into_iter().flat_map(of).collect()
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use mpp_resource::memory::Memory;
    use mpp_testkit::on_both;

    use super::*;
    use crate::{policy::Policy, search::Engine, store::SCHEMA};

    #[tokio::test]
    async fn a_service_that_has_gone_is_no_hit() {
        on_both(async |database| {
            let policy = Policy::default();
            let registry = Registry {
                db: database.open(&SCHEMA).await.expect("open"),
                memory: Memory::new(policy.waits()),
                search: Engine::start(1, policy.tolerance()).expect("an index"),
                policy: Arc::new(policy),
            };
            let found = search::Hit {
                service: "units/a/services/gone".into(),
                score: 1.0,
                matches: Vec::new(),
                offerings: Vec::new(),
                offering_count: 0,
                offered_there: 0,
            };
            assert_eq!(hit(&registry, &RegistryView::default(), found), None);
        })
        .await;
    }

    #[test]
    fn a_position_survives_its_token() {
        let bound = page::hash(&["search", "ktp"]);
        let page = page::parse(0, &token(0.1 + 0.2, "units/a/services/b", bound), bound);
        let read = position(&page.expect("its own token").after).expect("a position");
        assert_eq!(read, Some((0.1 + 0.2, "units/a/services/b".to_owned())));
        assert!(position("zz").is_err());
    }
}
