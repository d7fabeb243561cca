//! The lists, each with its filter. `mpp_resource::list` does the paging.

use std::sync::Arc;

use jiff::civil::Date;
use mpp_api::{
    Document as _,
    registry::{
        Counter, LifeEvent, ListCountersRequest, ListLifeEventsRequest, ListMallsRequest,
        ListOfferingsRequest, ListRegionsRequest, ListServicesRequest, ListStandardLinksRequest,
        ListStandardsRequest, ListUnitsRequest, ListWindowsRequest, Mall, Offering, Region,
        Service, Standard, StandardLink, Unit, Window, list_services_request::Overridden,
        standard_link::State,
    },
    sync::{ListSourcesRequest, Source},
};
use mpp_core::{Error, FieldCode, Label, RegionCode, Result, check_parent, text};
use mpp_resource::{Kind, list::Rows, memory::MemoryRow};

use super::{
    Registry,
    filters::{self, exists},
    standards::is_confirmed,
};
use crate::{memory::RegistryView, model};

/// Regions that hold on a day, below one, with a name that contains a text.
///
/// # Errors
/// A filter that nothing can pass.
pub fn regions<'a>(
    registry: &Registry,
    request: &'a ListRegionsRequest,
    state: &'a RegistryView,
) -> Result<Rows<'a>> {
    let ListRegionsRequest { as_of, parent, display_name_contains, .. } = request;
    let day = day(registry, as_of)?;
    if !parent.is_empty() {
        exists::<Region>(state, parent, "parent")?;
    }
    let part = text::line(display_name_contains).to_lowercase();
    let fits = move |region: &Region| {
        model::region::valid_on(region, day)
            && (parent.is_empty() || region.parent == *parent)
            && region.display_name.to_lowercase().contains(&part)
    };
    let rows = state.records.rows::<Region>("");
    Ok(Box::new(
        rows.filter(move |(name, _)| state.records.get(name).is_some_and(|found| fits(&found.doc))),
    ))
}

/// The day for which a list holds; today in Jakarta when the request names none.
fn day(registry: &Registry, as_of: &str) -> Result<Date> {
    if as_of.is_empty() {
        return model::region::today(&Region::default(), registry.now());
    }
    let wrong = || Error::field("as_of", FieldCode::Date, "is not a day; write it as 2026-05-01");
    model::parse_date(as_of).ok_or_else(wrong)
}

/// Units below one, all of them, or those at the top ("-").
///
/// # Errors
/// A filter that nothing can pass.
pub fn units<'a>(
    _: &Registry,
    request: &'a ListUnitsRequest,
    state: &'a RegistryView,
) -> Result<Rows<'a>> {
    let rows = state.records.rows::<Unit>("");
    let parent = match request.parent.as_str() {
        "" => return Ok(Box::new(rows)),
        "-" => "",
        parent => {
            exists::<Unit>(state, parent, "parent")?;
            parent
        }
    };
    Ok(Box::new(rows.filter(move |(name, _)| state.parent_of(name) == parent)))
}

/// Malls in a region, of an organiser.
///
/// # Errors
/// A filter that nothing can pass.
pub fn malls<'a>(
    _: &Registry,
    request: &'a ListMallsRequest,
    state: &'a RegistryView,
) -> Result<Rows<'a>> {
    let in_region = within(state, &request.region)?;
    let organiser = &request.organiser;
    if !organiser.is_empty() {
        exists::<Unit>(state, organiser, "organiser")?;
    }
    Ok(Box::new(state.records.rows::<Mall>("").filter(move |(_, row)| {
        in_region(row) && (organiser.is_empty() || row.label(Label::Organiser) == organiser)
    })))
}

/// Counters of a mall, of a unit and those below it.
///
/// # Errors
/// A filter that nothing can pass.
pub fn counters<'a>(
    _: &Registry,
    request: &'a ListCountersRequest,
    state: &'a RegistryView,
) -> Result<Rows<'a>> {
    let prefix = under::<Mall>(state, &request.parent)?;
    let rows = state.records.rows::<Counter>(&prefix);
    if request.unit.is_empty() {
        return Ok(Box::new(rows));
    }
    exists::<Unit>(state, &request.unit, "unit")?;
    let units = state.subtree(&request.unit);
    Ok(Box::new(rows.filter(move |(_, row)| units.contains(row.label(Label::Unit)))))
}

/// Windows of a counter.
///
/// # Errors
/// A filter that nothing can pass.
pub fn windows<'a>(
    _: &Registry,
    request: &'a ListWindowsRequest,
    state: &'a RegistryView,
) -> Result<Rows<'a>> {
    let prefix = under::<Counter>(state, &request.parent)?;
    Ok(Box::new(state.records.rows::<Window>(&prefix)))
}

/// Services of a unit and those below it, of a category, of a source, with fields that a curator
/// has set over their source's.
///
/// # Errors
/// A filter that nothing can pass.
pub fn services<'a>(
    _: &Registry,
    request: &'a ListServicesRequest,
    state: &'a RegistryView,
) -> Result<Rows<'a>> {
    let ListServicesRequest { parent, category, source, .. } = request;
    let every = parent == "units/-";
    if !every {
        exists::<Unit>(state, parent, "parent")?;
    }
    if !source.is_empty() {
        exists::<Source>(state, source, "source")?;
    }
    if !category.is_empty() {
        filters::category(state, category, "category")?;
    }
    let units = state.subtree(parent);
    // Most units have none below them, and their services lie side by side.
    let prefix = if units.len() == 1 && !every { format!("{parent}/") } else { String::new() };
    let overridden = Overridden::try_from(request.overridden).map_err(|_| {
        let text =
            format!("{} is no way to choose services by their overrides", request.overridden);
        Error::field("overridden", FieldCode::UnknownValue, text)
    })?;
    let row = |name: &'a Arc<str>| state.records.row::<Service>(name).map(|row| (name, row));
    let rows: Rows<'a> = match overridden {
        Overridden::Unspecified => Box::new(state.records.rows::<Service>(&prefix)),
        which => {
            let is_drifting = which == Overridden::Drifting;
            Box::new(state.with_overrides(is_drifting).filter_map(row))
        }
    };
    Ok(Box::new(rows.filter(move |(_, row)| {
        (every || units.contains(row.label(Label::Unit)))
            && (category.is_empty() || row.label(Label::Category) == category)
            && (source.is_empty() || row.label(Label::Source) == source)
    })))
}

/// Offerings at a mall or a counter, of a service.
///
/// # Errors
/// A filter that nothing can pass.
pub fn offerings<'a>(
    _: &Registry,
    request: &'a ListOfferingsRequest,
    state: &'a RegistryView,
) -> Result<Rows<'a>> {
    let ListOfferingsRequest { parent, service, .. } = request;
    let prefix = match check_parent(parent, Mall::COLLECTIONS, "parent") {
        Ok(()) => under::<Mall>(state, parent)?,
        Err(_) => under::<Counter>(state, parent)?,
    };
    if service.is_empty() {
        return Ok(Box::new(state.records.rows::<Offering>(&prefix)));
    }
    exists::<Service>(state, service, "service")?;
    let names = state.offerings_of(service).filter(move |name| name.starts_with(&prefix));
    let row = |name: &'a Arc<str>| state.records.row::<Offering>(name).map(|row| (name, row));
    Ok(Box::new(names.filter_map(row)))
}

/// Standards, of a unit and those below it.
///
/// # Errors
/// A filter that nothing can pass.
pub fn standards<'a>(
    _: &Registry,
    request: &'a ListStandardsRequest,
    state: &'a RegistryView,
) -> Result<Rows<'a>> {
    kept_by::<Standard>(state, &request.unit)
}

/// Life events of a unit and of the units below it.
///
/// # Errors
/// A filter that nothing can pass.
pub fn life_events<'a>(
    _: &Registry,
    request: &'a ListLifeEventsRequest,
    state: &'a RegistryView,
) -> Result<Rows<'a>> {
    kept_by::<LifeEvent>(state, &request.unit)
}

/// The records of a kind, of all units or of one and those below it.
fn kept_by<'a, K: Kind>(state: &'a RegistryView, unit: &'a str) -> Result<Rows<'a>> {
    let rows = state.records.rows::<K>("");
    if unit.is_empty() {
        return Ok(Box::new(rows));
    }
    exists::<Unit>(state, unit, "unit")?;
    let units = state.subtree(unit);
    Ok(Box::new(rows.filter(move |(_, row)| units.contains(row.label(Label::Unit)))))
}

/// Links of a service, to a standard, of a state.
///
/// # Errors
/// A filter that nothing can pass.
pub fn standard_links<'a>(
    _: &Registry,
    request: &'a ListStandardLinksRequest,
    state: &'a RegistryView,
) -> Result<Rows<'a>> {
    let ListStandardLinksRequest { parent, standard, .. } = request;
    let prefix = under::<Service>(state, parent)?;
    let wanted = State::try_from(request.state).map_err(|_| {
        let text = format!("{} is no state of a link", request.state);
        Error::field("state", FieldCode::UnknownValue, text)
    })?;
    // A link that an older replica has left when it deleted the service says nothing any more.
    let is_there =
        |row: &MemoryRow| state.records.row::<Service>(row.label(Label::Service)).is_some();
    let fits = move |row: &MemoryRow| {
        let is_wanted = match wanted {
            State::Unspecified => true,
            State::Confirmed => is_confirmed(row),
            State::Rejected => !is_confirmed(row),
        };
        is_wanted && is_there(row)
    };
    if standard.is_empty() {
        let rows = state.records.rows::<StandardLink>(&prefix);
        return Ok(Box::new(rows.filter(move |(_, row)| fits(row))));
    }
    exists::<Standard>(state, standard, "standard")?;
    let names = state.links_to(standard).filter(move |name| name.starts_with(&prefix));
    let row = |name: &'a Arc<str>| state.records.row::<StandardLink>(name).map(|row| (name, row));
    Ok(Box::new(names.filter_map(row).filter(move |(_, row)| fits(row))))
}

/// All sources.
///
/// # Errors
/// A filter that nothing can pass.
pub fn sources<'a>(
    _: &Registry,
    _: &'a ListSourcesRequest,
    state: &'a RegistryView,
) -> Result<Rows<'a>> {
    Ok(Box::new(state.records.rows::<Source>("")))
}

/// The prefix of the names below a parent that exists, or below any ("-") of a parent that exists.
fn under<K: Kind>(state: &RegistryView, parent: &str) -> Result<String> {
    let prefix = below(parent, K::COLLECTIONS)?;
    match prefix.split('/').collect::<Vec<_>>()[..] {
        _ if !format!("{parent}/").contains("/-/") => exists::<K>(state, parent, "parent")?,
        ["units", id, _, ..] => exists::<Unit>(state, &format!("units/{id}"), "parent")?,
        ["malls", id, _, ..] => exists::<Mall>(state, &format!("malls/{id}"), "parent")?,
        _ => {}
    }
    Ok(prefix)
}

/// The prefix of the names below `parent`, where "-" stands for any id and ends the prefix: an id
/// after it would be lost.
fn below(parent: &str, collections: &[&str]) -> Result<String> {
    check_parent(parent, collections, "parent")?;
    let whole = format!("{parent}/");
    let Some((before, after)) = whole.split_once("/-/") else {
        return Ok(whole);
    };
    if after.split('/').skip(1).step_by(2).any(|id| id != "-") {
        let hint =
            "has an id after a \"-\"; name the records above it, or put \"-\" for it as well";
        return Err(Error::field("parent", FieldCode::Name, hint));
    }
    Ok(format!("{before}/"))
}

/// The regions that a filter lets through: all for an empty one.
fn within(state: &RegistryView, region: &str) -> Result<impl Fn(&MemoryRow) -> bool + use<>> {
    let wanted = filters::region(state, region, "region")?;
    Ok(move |row: &MemoryRow| {
        let own = || row.label(Label::Region).parse::<RegionCode>().ok();
        wanted.is_none_or(|wanted| own().is_some_and(|own| wanted.contains(own)))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_dash_stands_for_any_parent() {
        assert_eq!(below("malls/-", &["malls"]).expect("all"), "malls/");
        assert_eq!(below("malls/a", &["malls"]).expect("one"), "malls/a/");
        assert_eq!(below("malls/-/counters/-", &["malls", "counters"]).expect("all"), "malls/");
        assert_eq!(
            below("malls/a/counters/-", &["malls", "counters"]).expect("one's"),
            "malls/a/counters/"
        );
        assert!(below("units/a", &["malls"]).is_err());
    }

    #[test]
    fn an_id_after_a_dash_is_not_lost_in_silence() {
        let error = below("malls/-/counters/dukcapil", &["malls", "counters"]).expect_err("lost");
        assert_eq!(error.violations()[0].field, "parent");
    }
}
