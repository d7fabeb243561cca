//! Search: its filters must be passable, the index answers, and its hits become records of memory.

use std::collections::BTreeSet;

use mpp_api::{
    Document as _,
    registry::{
        LifeEvent, Mall, Offering, SearchServicesRequest, SearchServicesResponse, Service, Unit,
        mall::Stage,
        search_services_response::{FoundLifeEvent, Hit, NamedPlace, Place},
        service,
    },
};
use mpp_core::{
    Error, FieldCode, Label, Reason, RegionCode, Result, check_name, region_code, region_name, text,
};
use mpp_form::stage;
use mpp_resource::{
    Serves as _,
    page::{OnePage, PageRequest, Sizes},
};

use super::{Registry, filters};
use crate::{
    memory::RegistryView,
    search::{self, MAX_PAGE, Match, NearbyOffering, Query, Results, Stance, Via},
};

/// Life events that are told for one question.
const MOST_EVENTS: usize = 3;

impl Registry {
    /// Answers a search: the hits of its query, with the records that a citizen needs, and what
    /// else was found. Waits until this replica shows what the caller has written.
    ///
    /// # Errors
    /// A filter that nothing can pass, a query that cannot be asked; a page that begins after no
    /// hit of a search; `UNAVAILABLE` if this replica is behind.
    pub async fn search_services(
        &self,
        caller: &str,
        asked: &SearchServicesRequest,
        page: PageRequest,
    ) -> Result<OnePage<SearchServicesResponse>> {
        let query = query(asked, &page, self.of_age()?)?;
        // Services are answered also while the index of life events is behind.
        let life_events = self.find_events(caller, &query).await.unwrap_or_else(|error| {
            tracing::warn!(error = error.message(), "no life event is looked for");
            Vec::new()
        });
        let (hits, found) = self.find_services(caller, asked, query).await?;
        let Results { total, next, revision, weak, places, unanswered, uncovered, .. } = found;
        let response = SearchServicesResponse {
            hits,
            next_page_token: String::new(),
            total_size: i32::try_from(total).unwrap_or(i32::MAX),
            revision,
            weak,
            named: places.into_iter().map(named).collect(),
            unanswered,
            uncovered,
            life_events,
        };
        Ok(OnePage { response, next: next.map(|(score, id)| position(score, &id)) })
    }

    async fn find_services(
        &self,
        caller: &str,
        asked: &SearchServicesRequest,
        query: Query,
    ) -> Result<(Vec<Hit>, Results)> {
        // A filter may name a record that the caller has only just written.
        self.memory.wait_for(asked.min_revision).await?;
        self.memory.settled(|state| check_filters(asked, state)).await?;
        let searchable = self.search.caught_up(query.min_revision);
        mpp_rpc::waiting(searchable).await?.map_err(refused)?;
        let mut found = self.search.search_for(caller, query).await.map_err(refused)?;
        // The index may be a moment ahead of the memory.
        self.memory.wait_for(found.revision).await?;
        let state = self.memory.read();
        let hits = std::mem::take(&mut found.hits).into_iter();
        Ok((hits.filter_map(|found| hit(self, &state, found)).collect(), found))
    }

    /// The life event that a question speaks of, where that is sure, with those that answer the
    /// same words. They are told with the first page.
    async fn find_events(&self, caller: &str, asked: &Query) -> Result<Vec<FoundLifeEvent>> {
        if asked.text.is_empty() || asked.after.is_some() {
            return Ok(Vec::new());
        }
        let query = Query {
            text: asked.text.clone(),
            of_age: asked.of_age,
            page_size: MOST_EVENTS,
            min_revision: asked.min_revision,
            ..Query::default()
        };
        mpp_rpc::waiting(self.events.caught_up(query.min_revision)).await?.map_err(refused)?;
        let found = self.events.search_for(caller, query).await.map_err(refused)?;
        if found.weak {
            return Ok(Vec::new());
        }
        // The index may be a moment ahead of the memory.
        self.memory.wait_for(found.revision).await?;
        let state = self.memory.read();
        let answered = found.hits.first().map(answered);
        let alike = found.hits.into_iter().filter(|hit| answered == Some(self::answered(hit)));
        Ok(alike.filter_map(|hit| life_event(&state, hit)).collect())
    }

    /// The age from which somebody is no longer a child, by today's law.
    ///
    /// # Errors
    /// Internal, if the clock stands beyond all dates.
    pub fn of_age(&self) -> Result<Option<u16>> {
        Ok(mpp_calendar::identity_card_age(self.today()?))
    }

    /// How many hits a page has: as many as were asked for, but no more than search gives; the
    /// operator's default if the request names no number.
    pub fn hits_on_a_page(&self) -> Sizes {
        Sizes { usual: self.policy.search_page_hits, most: MAX_PAGE }
    }
}

fn named(place: search::NamedPlace) -> NamedPlace {
    let regions = place.region_codes.iter().map(|code| region_name(code));
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

fn query(
    request: &SearchServicesRequest,
    page: &PageRequest,
    of_age: Option<u16>,
) -> Result<Query> {
    let given = |text: &str| (!text.is_empty()).then(|| text.to_owned());
    if !request.region.is_empty() {
        request.region.parse::<RegionCode>()?;
    }
    if !request.agency.is_empty() {
        check_name(&request.agency, Unit::COLLECTIONS, "agency")?;
    }
    Ok(Query {
        text: text::line(&request.query).into_owned(),
        near: request.near.map(|at| (at.latitude, at.longitude)),
        region: given(region_code(&request.region)),
        agency: given(&request.agency),
        category: given(&request.category),
        only_free: request.only_free,
        include_inactive: request.include_inactive,
        of_age,
        page_size: page.size,
        after: page.position(read_position)?,
        // The first revision that the index says it has is that of the whole first state; it is not
        // 0, since the regions are written earlier.
        min_revision: request.min_revision.max(1),
    })
}

/// Where a hit stands: hits come by rank and not by name, so that no `Pager` collects them; the
/// index cuts the page itself. The score is kept by its bits, so that no digit of it is lost.
fn position(score: f32, id: &str) -> String {
    format!("{:08x} {id}", score.to_bits())
}

fn read_position(after: &str) -> Option<(f32, String)> {
    let (bits, id) = after.split_once(' ')?;
    let score = f32::from_bits(u32::from_str_radix(bits, 16).ok()?);
    score.is_finite().then(|| (score, id.to_owned()))
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

pub(super) fn refused(error: search::Error) -> Error {
    match error {
        search::Error::Invalid { field: "text", message } => {
            Error::field("query", FieldCode::TooLong, message)
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

/// `None` if the service has gone from memory, which may be a moment ahead of the index.
fn hit(registry: &Registry, state: &RegistryView, found: search::Hit) -> Option<Hit> {
    let service = state.records.get::<Service>(&found.service)?.doc;
    let agency =
        state.records.row::<Service>(&found.service).map_or("", |row| row.label(Label::Agency));
    let places = found.offerings.into_iter().filter_map(|near| place(registry, state, near));
    let mut places: Vec<_> = places.collect();
    places.sort_by_key(|place| place.not_serving != 0);
    Some(Hit {
        agency: agency.to_owned(),
        inactive: service.state() == service::State::Inactive,
        title: service.title,
        fees: service.fees,
        time: service.time,
        score: f64::from(found.score),
        places,
        place_count: i32::try_from(found.offering_count).unwrap_or(i32::MAX),
        matched: found.matches.iter().map(match_text).collect(),
        offered_there: i32::try_from(found.offered_there).unwrap_or(i32::MAX),
        service: found.service,
    })
}

/// The words of the question that a hit answers.
fn answered(hit: &search::Hit) -> BTreeSet<String> {
    hit.matches.iter().map(|found| found.word.clone()).collect()
}

/// `None` if the event has gone from memory.
fn life_event(state: &RegistryView, found: search::Hit) -> Option<FoundLifeEvent> {
    let event = state.records.get::<LifeEvent>(&found.service)?.doc;
    Some(FoundLifeEvent {
        life_event: found.service,
        title: event.title,
        matched: found.matches.iter().map(match_text).collect(),
        example: event.example,
    })
}

/// `None` if the offering or its mall has gone from memory.
pub(super) fn place(
    registry: &Registry,
    state: &RegistryView,
    near: NearbyOffering,
) -> Option<Place> {
    let mut offering = state.records.get::<Offering>(&near.offering)?.doc;
    registry.show(state, &mut offering);
    let mut mall = state.records.get::<Mall>(&near.mall)?.doc;
    registry.show(state, &mut mall);
    let serves = mall.stage() == Stage::Unspecified || stage::serves(mall.stage());
    Some(Place {
        not_serving: if serves { 0 } else { mall.stage },
        offering: near.offering,
        mall: near.mall,
        mall_name: mall.display_name,
        region: region_name(&near.region_code),
        distance_km: near.distance_km.unwrap_or_default(),
        fees: offering.effective_fees,
    })
}

/// How a word of the query led to the service, such as "skkc ~ SKCK".
fn match_text(found: &Match) -> String {
    let Match { word, term, via, .. } = found;
    match via {
        Via::Word => word.clone(),
        Via::Abbreviation => format!("{word} = {term}"),
        Via::Related => format!("{word} → {term}"),
        Via::Typo | Via::Clipped => format!("{word} ~ {term}"),
        Via::Meaning => format!("{word} ≈ {term}"),
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use mpp_resource::memory::{Memory, MemoryPolicy};
    use mpp_testkit::on_both;

    use super::*;
    use crate::{policy::Policy, search::Engine, store::SCHEMA};

    #[test]
    fn a_position_survives_its_token() {
        let read = read_position(&position(0.1 + 0.2, "units/a/services/b"));
        assert_eq!(read, Some((0.1 + 0.2, "units/a/services/b".to_owned())));
        for other in ["zz", "zz units/a", &position(f32::NAN, "units/a")] {
            assert_eq!(read_position(other), None, "{other}");
        }
    }

    #[test]
    fn what_a_word_was_read_as_is_told_with_how() {
        let told = |word: &str, term: &str, via| {
            match_text(&Match { word: word.into(), term: term.into(), via })
        };
        assert_eq!(told("ktp", "ktp", Via::Word), "ktp");
        assert_eq!(told("courier", "kurir", Via::Related), "courier → kurir");
        assert_eq!(told("skkc", "skck", Via::Typo), "skkc ~ skck");
        assert_eq!(told("lawsuit", "cases", Via::Meaning), "lawsuit ≈ cases");
    }

    #[tokio::test]
    async fn a_service_that_has_gone_is_no_hit() {
        on_both(async |database| {
            let policy = Policy::default();
            let registry = Registry {
                measured: crate::app::Measured::default(),
                faults: crate::app::Faults::default(),
                db: database.open(&SCHEMA).await.expect("open"),
                memory: Memory::new(MemoryPolicy::default().waits()),
                search: Engine::start(1, (&policy).into()).expect("an index"),
                events: Engine::start(1, (&policy).into()).expect("an index"),
                sync: mpp_sync::Engine::default(),
                policy: Arc::new(policy),
                comparing: Default::default(),
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
}
