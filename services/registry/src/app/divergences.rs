//! Where the services of a standard differ: worked out from the records when asked for, over
//! confirmed links only.

use mpp_api::registry::{
    Divergence, ListDivergencesRequest, ListDivergencesResponse, Service, Standard, StandardLink,
    Unit,
    divergence::{Component, Holder, Variant},
    list_divergences_response::Looked,
};
use mpp_core::{RegionCode, Result, check_name};
use mpp_form::standard::as_service;
use mpp_resource::{Kind as _, list::MAX_PAGE_BYTES, page};
use mpp_store::Label;
use prost::Message as _;

use super::{
    Registry,
    filing::parent_of,
    filters::{self, exists},
    standards::is_confirmed,
};
use crate::{
    memory::{
        RegistryView,
        sayings::{self, PARTS, Part},
    },
    model::divergence::{self, Saying, variants},
};

/// Standards on a page where the request names no number.
const USUAL: usize = 20;
/// Standards on a page at the most.
const MOST: usize = 100;
/// The parent of all standards.
const ALL: &str = "standards/-";

impl Registry {
    /// Where services differ, of one standard or of a page of them.
    ///
    /// # Errors
    /// `NOT_FOUND`-like refusals of `parent` and `region`; a page token that is not this list's.
    pub async fn divergences(
        &self,
        asked: &ListDivergencesRequest,
    ) -> Result<ListDivergencesResponse> {
        self.memory.wait_for(asked.min_revision).await?;
        self.memory.settled(|state| page_of(state, asked)).await
    }
}

fn page_of(
    state: &RegistryView,
    asked: &ListDivergencesRequest,
) -> Result<ListDivergencesResponse> {
    check_name(&asked.parent, Standard::COLLECTIONS, "parent")?;
    let region = filters::region(state, &asked.region, "region")?;
    let mut answer = ListDivergencesResponse::default();
    if asked.parent != ALL {
        exists::<Standard>(state, &asked.parent, "parent")?;
        look(state, &asked.parent, region, &mut answer);
        return Ok(answer);
    }
    let bound = page::hash(&["divergences", &asked.region]);
    let begin = page::parse(asked.page_size, &asked.page_token, bound)?;
    let size = if asked.page_size == 0 { USUAL } else { begin.size.min(MOST) };
    let rest = state.records.rows::<Standard>("").filter(|(name, _)| ***name > *begin.after);
    for (name, _) in rest {
        let is_full = answer.looked.len() == size || answer.encoded_len() > MAX_PAGE_BYTES / 2;
        if is_full {
            let last = answer.looked.last().map_or("", |looked| &looked.standard);
            answer.next_page_token = page::token(last, bound);
            break;
        }
        look(state, name, region, &mut answer);
    }
    Ok(answer)
}

/// Adds what is found of a standard.
fn look(
    state: &RegistryView,
    name: &str,
    region: Option<RegionCode>,
    answer: &mut ListDivergencesResponse,
) {
    let Some(found) = state.records.get::<Standard>(name) else { return };
    let standard = found.doc;
    let services = confirmed(state, name, region);
    let said = as_service(&standard);
    let found = PARTS.iter().filter_map(|part| of_part(name, &said, &services, *part));
    answer.divergences.extend(found);
    answer.looked.push(Looked {
        standard: name.to_owned(),
        services: i32::try_from(services.len()).unwrap_or(i32::MAX),
        title: standard.title,
        example: standard.example,
    });
}

/// A component in which services differ; `None` where all agree.
fn of_part(
    name: &str,
    standard: &Service,
    services: &[(Holder, Service)],
    part: Part,
) -> Option<Divergence> {
    let own = sayings::of(standard, part);
    let all: Vec<Saying> = services.iter().map(|(_, service)| sayings::of(service, part)).collect();
    let told = |variant| told(variant, part, &own, services);
    let variants: Vec<Variant> = variants(&own, &all).into_iter().map(told).collect();
    (!variants.is_empty()).then(|| Divergence {
        standard: name.to_owned(),
        component: component(part).into(),
        variants,
    })
}

/// The services that are of a standard and lie in a region, in the order of their names.
fn confirmed(
    state: &RegistryView,
    standard: &str,
    region: Option<RegionCode>,
) -> Vec<(Holder, Service)> {
    let rows = state.links_to(standard).filter_map(|name| state.records.row::<StandardLink>(name));
    let services = rows.filter(|row| is_confirmed(row)).map(|row| row.label(Label::Service));
    let placed = services.filter_map(|name| {
        let unit = parent_of(name);
        let own = region_of(state, unit);
        let lies = |wanted: RegionCode| own.parse().is_ok_and(|own| wanted.contains(own));
        if !region.is_none_or(lies) {
            return None;
        }
        let service = state.records.get::<Service>(name)?.doc;
        let region = own.to_owned();
        Some((Holder { service: name.to_owned(), unit: unit.to_owned(), region }, service))
    });
    placed.collect()
}

/// The region of a unit, or of the nearest one above it that has one.
fn region_of<'a>(state: &'a RegistryView, unit: &str) -> &'a str {
    let lineage = state.lineage(unit);
    let names = lineage.iter().flat_map(|lineage| lineage.names());
    let rows = names.filter_map(|unit| state.records.row::<Unit>(unit));
    rows.map(|row| row.label(Label::Region)).find(|region| !region.is_empty()).unwrap_or("")
}

fn told(
    variant: divergence::Variant,
    part: Part,
    standard: &Saying,
    services: &[(Holder, Service)],
) -> Variant {
    let compares = part == Part::Requirements && !variant.is_standard && !standard.lines.is_empty();
    let beyond = |one: &Saying, other: &Saying| {
        let lines = if compares { one.beyond(other) } else { Vec::new() };
        lines.into_iter().map(str::to_owned).collect()
    };
    Variant {
        standard: variant.is_standard,
        holders: variant.services.iter().map(|place| services[*place].0.clone()).collect(),
        read: variant.saying.meaning.is_some(),
        missing: beyond(standard, &variant.saying),
        extra: beyond(&variant.saying, standard),
        texts: variant.saying.lines.into_iter().map(|line| line.text).collect(),
    }
}

fn component(part: Part) -> Component {
    match part {
        Part::Fees => Component::Fees,
        Part::Time => Component::Time,
        Part::Requirements => Component::Requirements,
        Part::Product => Component::Product,
        Part::Channels => Component::Channels,
    }
}
