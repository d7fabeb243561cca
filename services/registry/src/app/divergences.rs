//! Where the services of a standard differ: worked out from the records when asked for, over
//! confirmed links only. Services that their owner does not serve now are left out, and so is the
//! text of a standard before its first day.

use std::collections::HashMap;

use bytes::Bytes;
use jiff::civil::Date;
use mpp_api::{
    Document as _,
    registry::{
        Divergence, ListDivergencesRequest, ListDivergencesResponse, Region, Service, Standard,
        StandardLink, Unit,
        divergence::{Holder, Variant},
        list_divergences_response::Looked,
        service::State,
    },
};
use mpp_core::{RegionCode, Result, check_parent, parent_of, region_name};
use mpp_form::{
    announced::{holds, text_on},
    standard::as_service,
};
use mpp_resource::{
    list::MAX_PAGE_BYTES,
    page::{OnePage, PageRequest},
};
use mpp_store::Label;
use prost::Message as _;
use tokio_util::sync::CancellationToken;

use super::{
    Registry,
    filters::{self, exists},
    standards::is_confirmed,
};
use crate::{
    memory::{
        RegistryView,
        sayings::{self, ComparedPart, PARTS},
    },
    model::{
        self,
        divergence::{self, Saying, variants, within},
    },
};

/// The parent of all standards.
const ALL: &str = "standards/-";
/// Holders of a variant that are named; all are counted.
const MOST_HOLDERS: usize = 200;
/// Encoded bytes of one standard's services that are compared; those beyond are only counted. A
/// page of standards ends after as many. A service is 2 KB, and 64 KB at the most.
const COMPARED_BYTES: usize = 12 * 1024 * 1024;
/// Encoded bytes of a variant's holders, with their own words; those beyond the first are counted.
const HOLDER_BYTES: usize = 64 * 1024;
/// Encoded bytes of a component's variants; those beyond are counted.
const VARIANT_BYTES: usize = 128 * 1024;

/// A standard, and the services that are of it, as memory has them.
struct StandardWithServices {
    standard: Standard,
    services: Vec<(Holder, Bytes)>,
    /// Services for which there was no room.
    left_out: usize,
}

impl Registry {
    /// The nation's day, by which standards begin to hold.
    pub(super) fn today(&self) -> Result<Date> {
        model::region::today(&Region::default(), self.now())
    }

    /// Where services differ, of one standard or of a page of them.
    ///
    /// # Errors
    /// A parent or region that does not exist; `UNAVAILABLE` if this replica is behind.
    pub async fn divergences(
        &self,
        caller: &str,
        asked: &ListDivergencesRequest,
        page: PageRequest,
    ) -> Result<OnePage<ListDivergencesResponse>> {
        self.memory.wait_for(asked.min_revision).await?;
        let today = self.today()?;
        let most = self.policy.divergence_services;
        let (given, next) = self.memory.settled(|state| gather(state, asked, &page, most)).await?;
        let work = move |gone: &CancellationToken| compared(given, next, today, gone);
        let mut answer = self.comparing.run(caller, work).await?;
        name_regions(&self.memory.read(), &mut answer.response);
        Ok(answer)
    }
}

/// The standards of a page with their services, and whether others follow. A page is bound by what
/// is compared for it, and an answer holds several lines of a standard or none: so no `Pager`
/// collects it, which counts records.
fn gather(
    state: &RegistryView,
    asked: &ListDivergencesRequest,
    page: &PageRequest,
    most: usize,
) -> Result<(Vec<StandardWithServices>, bool)> {
    check_parent(&asked.parent, Standard::COLLECTIONS, "parent")?;
    let region = filters::region(state, &asked.region, "region")?;
    if asked.parent != ALL {
        exists::<Standard>(state, &asked.parent, "parent")?;
        return Ok((given(state, &asked.parent, region, most).into_iter().collect(), false));
    }
    let mut rest =
        state.records.rows::<Standard>("").filter(|(name, _)| ***name > *page.after).peekable();
    let (mut all, mut services, mut bytes) = (Vec::new(), 0, 0);
    while all.len() < page.size
        && services < most
        && bytes < COMPARED_BYTES
        && let Some((name, _)) = rest.next()
    {
        let Some(given) = given(state, name, region, most) else { continue };
        services += given.services.len();
        bytes += given.services.iter().map(|(_, doc)| doc.len()).sum::<usize>();
        all.push(given);
    }
    Ok((all, rest.peek().is_some()))
}

/// The services that are confirmed to be of a standard and lie in a region, in the order of their
/// names.
fn given(
    state: &RegistryView,
    name: &str,
    region: Option<RegionCode>,
    most: usize,
) -> Option<StandardWithServices> {
    let standard = state.records.get::<Standard>(name)?.doc;
    let rows = state.links_to(name).filter_map(|link| state.records.row::<StandardLink>(link));
    let services = rows.filter(|row| is_confirmed(row)).map(|row| row.label(Label::Service));
    let placed = services.filter_map(|service| {
        let unit = parent_of(service);
        let own = region_of(state, unit);
        let lies = |wanted: RegionCode| own.parse().is_ok_and(|own| wanted.contains(own));
        let row = state.records.row::<Service>(service).filter(|_| region.is_none_or(lies))?;
        let (service, unit) = (service.to_owned(), unit.to_owned());
        let holder = Holder { service, unit, region: own.to_owned(), ..Holder::default() };
        Some((holder, row.doc.clone()))
    });
    let mut services: Vec<(Holder, Bytes)> = placed.collect();
    let room = room(services.iter().map(|(_, doc)| doc.len())).min(most);
    let left_out = services.len().saturating_sub(room);
    services.truncate(room);
    Some(StandardWithServices { standard, services, left_out })
}

/// How many of documents of these sizes are compared.
fn room(sizes: impl Iterator<Item = usize>) -> usize {
    let sums = sizes.scan(0, |sum, size| {
        *sum += size;
        Some(*sum)
    });
    sums.take_while(|sum| *sum <= COMPARED_BYTES).count()
}

/// The region of a unit, or of the nearest one above it that has one.
pub(super) fn region_of<'a>(state: &'a RegistryView, unit: &str) -> &'a str {
    let lineage = state.lineage(unit);
    let names = lineage.iter().flat_map(|lineage| lineage.names());
    let rows = names.filter_map(|unit| state.records.row::<Unit>(unit));
    rows.map(|row| row.label(Label::Region)).find(|region| !region.is_empty()).unwrap_or("")
}

/// Gives the regions of holders their names.
fn name_regions(state: &RegistryView, answer: &mut ListDivergencesResponse) {
    let mut names = HashMap::new();
    let variants = answer.divergences.iter_mut().flat_map(|one| &mut one.variants);
    for holder in variants.flat_map(|variant| &mut variant.holders) {
        let name = names.entry(holder.region.clone()).or_insert_with(|| {
            let found = state.records.get::<Region>(&region_name(&holder.region));
            found.map(|found| found.doc.display_name).unwrap_or_default()
        });
        holder.region_name.clone_from(name);
    }
}

/// The answer, as far as one message holds it.
fn compared(
    all: Vec<StandardWithServices>,
    next: bool,
    today: Date,
    gone: &CancellationToken,
) -> OnePage<ListDivergencesResponse> {
    let mut answer = ListDivergencesResponse::default();
    let mut goes_on = next;
    for given in all {
        if answer.encoded_len() > MAX_PAGE_BYTES / 2 {
            goes_on = true;
            break;
        }
        look(given, today, gone, &mut answer);
    }
    let last = answer.looked.last().filter(|_| goes_on);
    let next = last.map(|last| last.standard.clone());
    OnePage { response: answer, next }
}

/// Adds what is found of a standard.
fn look(
    given: StandardWithServices,
    today: Date,
    gone: &CancellationToken,
    answer: &mut ListDivergencesResponse,
) {
    let StandardWithServices { standard, services, left_out } = given;
    let services = services.into_iter().take_while(|_| !gone.is_cancelled());
    let read = services.filter_map(|(holder, doc)| {
        let service = Service::decode(doc).ok()?;
        (service.state() != State::Inactive).then_some((holder, service))
    });
    let services: Vec<(Holder, Service)> = read.collect();
    let today = today.to_string();
    let standard = text_on(&standard, &today);
    let holds = holds(&standard, &today);
    let said = if holds { as_service(&standard) } else { Service::default() };
    let mut stated = 0;
    for part in PARTS.into_iter().take_while(|_| !gone.is_cancelled()) {
        let own = sayings::of(&said, part);
        let all: Vec<Saying> =
            services.iter().map(|(_, service)| sayings::of(service, part)).collect();
        stated += i32::from(divergence::sayings(&own, &all) > 1);
        let found = divergence(&standard.name, part, &own, (all.as_slice(), services.as_slice()));
        answer.divergences.extend(found);
    }
    answer.looked.push(Looked {
        holds_from: if holds { String::new() } else { standard.valid_from },
        standard: standard.name,
        services: count(services.len()),
        title: standard.title,
        example: standard.example,
        compared: stated,
        left_out: count(left_out),
    });
}

/// A component in which services differ; `None` where all agree, or stay within the maximum that
/// the standard sets.
fn divergence(
    standard: &str,
    part: ComparedPart,
    own: &Saying,
    (all, services): (&[Saying], &[(Holder, Service)]),
) -> Option<Divergence> {
    let found = variants(own, all);
    if found.iter().all(|variant| variant.is_standard || is_within(variant, own)) {
        return None;
    }
    let many = found.len();
    let (mut told, mut bytes) = (Vec::new(), 0);
    for variant in found {
        let variant = tell(variant, part, own, (all, services));
        bytes += variant.encoded_len();
        if bytes > VARIANT_BYTES && told.len() > 1 {
            break;
        }
        told.push(variant);
    }
    (!told.is_empty()).then(|| Divergence {
        standard: standard.to_owned(),
        component: part.component().into(),
        variants_left_out: count(many - told.len()),
        variants: told,
    })
}

fn is_within(variant: &divergence::Variant, standard: &Saying) -> bool {
    variant.is_read && !variant.is_standard && within(standard, &variant.saying)
}

/// The holders for which there is room, the first in any case.
fn named(holders: impl Iterator<Item = Holder>) -> Vec<Holder> {
    let (mut named, mut bytes) = (Vec::new(), 0);
    for holder in holders {
        bytes += holder.encoded_len();
        if bytes > HOLDER_BYTES && !named.is_empty() {
            break;
        }
        named.push(holder);
    }
    named
}

/// A service's own words, where it says the same in other words than those that the variant shows.
fn own_words(own: &Saying, told: &Saying) -> Vec<String> {
    let is_said =
        own.lines.iter().map(|line| &line.text).eq(told.lines.iter().map(|line| &line.text));
    if is_said { Vec::new() } else { own.lines.iter().map(|line| line.text.clone()).collect() }
}

fn tell(
    variant: divergence::Variant,
    part: ComparedPart,
    standard: &Saying,
    (all, services): (&[Saying], &[(Holder, Service)]),
) -> Variant {
    let compares =
        part == ComparedPart::Requirements && !variant.is_standard && !standard.lines.is_empty();
    let beyond = |one: &Saying, other: &Saying| {
        let lines = if compares { one.beyond(other) } else { Vec::new() };
        lines.into_iter().map(str::to_owned).collect()
    };
    let own = |place: &usize| Holder {
        texts: own_words(&all[*place], &variant.saying),
        title: services[*place].1.title.clone(),
        ..services[*place].0.clone()
    };
    Variant {
        standard: variant.is_standard,
        holders: named(variant.services.iter().take(MOST_HOLDERS).map(own)),
        holder_count: count(variant.services.len()),
        read: variant.is_read,
        within: is_within(&variant, standard),
        missing: beyond(standard, &variant.saying),
        extra: beyond(&variant.saying, standard),
        texts: variant.saying.lines.into_iter().map(|line| line.text).collect(),
    }
}

pub(super) fn count(many: usize) -> i32 {
    i32::try_from(many).unwrap_or(i32::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn long_words_of_their_own_leave_room_for_fewer_holders_and_never_for_none() {
        let holder = |bytes: usize| Holder { texts: vec!["a".repeat(bytes)], ..Holder::default() };
        assert_eq!(named((0..200).map(|_| holder(0))).len(), 200);
        assert_eq!(named((0..200).map(|_| holder(20_000))).len(), 3);
        assert_eq!(named((0..2).map(|_| holder(2 * HOLDER_BYTES))).len(), 1);
        assert_eq!(room([COMPARED_BYTES, 1].into_iter()), 1, "what lies beyond is counted");
    }
}
