//! Malls (*mal pelayanan publik*) and their stages.

use jiff::civil::Date;
use mpp_api::registry::{
    Mall, Region, Unit,
    mall::{Facility, Stage, StageEntry, facility},
};
use mpp_core::{FieldCode, Result};

use crate::{
    Check, contacts,
    limits::SHORT,
    localized, parse_date,
    place::{self as places, location},
};

// Each far above what a mall has, so that a longer list is a mistake of its author.
/// Its building, and branches.
const MAX_SITES: usize = 20;
/// A stage for each step of its life, and a few for each time that it closes and opens again.
const MAX_STAGES: usize = 100;
/// More than any province has regencies and cities.
const MAX_SERVED_REGIONS: usize = 50;
/// Each kind once, and others with a note.
const MAX_FACILITIES: usize = 50;

/// Checks a mall's form.
///
/// # Errors
/// Every wrong field.
pub fn check(mall: &Mall) -> Result<()> {
    let mut check = Check::new("mall");
    check.name::<Mall>("name", &mall.name);
    localized(&mut check, "display_name", mall.display_name.as_ref());
    check.name::<Region>("region", &mall.region);
    check.each("serves_regions", &mall.serves_regions, MAX_SERVED_REGIONS, |part, region| {
        part.name::<Region>("", region);
        if *region == mall.region {
            part.fail("", FieldCode::Duplicate, "is the mall's own region; name only others");
        }
    });
    for (index, region) in mall.serves_regions.iter().enumerate().take(MAX_SERVED_REGIONS) {
        if mall.serves_regions[..index].contains(region) {
            let field = format!("serves_regions[{index}]");
            check.fail(&field, FieldCode::Duplicate, "is named already; leave one out");
        }
    }
    check.name::<Unit>("organiser", &mall.organiser);
    check.date("organiser_since", &mall.organiser_since);
    check_sites(&mut check, mall);
    check_stages(&mut check, &mall.stages);
    contacts(&mut check, "contacts", &mall.contacts);
    check_facilities(&mut check, &mall.facilities);
    check.finish()
}

fn check_sites(check: &mut Check, mall: &Mall) {
    if mall.sites.is_empty() {
        check.fail("sites", FieldCode::Required, "must hold at least one site");
    }
    check.each("sites", &mall.sites, MAX_SITES, |part, site| {
        part.required("address", &site.address, SHORT);
        if let Some(place) = &site.location {
            location(part, "location", place);
            places::check_site(part, place, mall);
        }
    });
}

/// Each kind is listed once, so that a visitor reads one line about it; what no kind covers is said
/// in words.
fn check_facilities(check: &mut Check, facilities: &[Facility]) {
    check.each("facilities", facilities, MAX_FACILITIES, |part, facility| {
        match facility::Kind::try_from(facility.kind) {
            Ok(facility::Kind::Other) => part.required("note", &facility.note, SHORT),
            Ok(facility::Kind::Unspecified) | Err(_) => {
                part.fail("kind", FieldCode::UnknownValue, "must be a known kind, or KIND_OTHER");
            }
            Ok(_) => part.text("note", &facility.note, SHORT),
        }
    });
    let kinds: Vec<_> = facilities.iter().map(Facility::kind).collect();
    for (index, kind) in kinds.iter().enumerate().take(MAX_FACILITIES) {
        if *kind > facility::Kind::Other && kinds[..index].contains(kind) {
            let field = format!("facilities[{index}].kind");
            check.fail(&field, FieldCode::Duplicate, "is named already; leave one out");
        }
    }
}

/// Stages stand in the order in which they were reached, so their dates never go back.
fn check_stages(check: &mut Check, stages: &[StageEntry]) {
    check.each("stages", stages, MAX_STAGES, |part, entry| {
        if entry.stage == 0 || Stage::try_from(entry.stage).is_err() {
            part.fail("stage", FieldCode::Required, "must be a known stage");
        }
        part.date("date", &entry.date);
        part.text("evidence", &entry.evidence, SHORT);
    });
    let mut latest: Option<Date> = None;
    for (index, entry) in stages.iter().enumerate().take(MAX_STAGES) {
        let date = parse_date(&entry.date);
        if date.zip(latest).is_some_and(|(date, latest)| date < latest) {
            let field = format!("stages[{index}].date");
            check.fail(&field, FieldCode::Order, "lies before the date of the stage before it");
        }
        latest = date.or(latest);
    }
}

#[cfg(test)]
mod tests {
    use mpp_api::{
        registry::mall::Site,
        types::{Contact, LocalizedText, Location, contact},
    };

    use super::*;

    fn entry(stage: Stage, date: &str) -> StageEntry {
        StageEntry { stage: stage.into(), date: date.into(), evidence: String::new() }
    }

    fn mall() -> Mall {
        Mall {
            name: "malls/banyuwangi".into(),
            display_name: Some(LocalizedText { id: "MPP Banyuwangi".into(), en: String::new() }),
            region: "regions/35.10".into(),
            organiser: "units/dpmptsp-banyuwangi".into(),
            sites: vec![Site {
                address: "Jl. Ahmad Yani 57".into(),
                location: Some(Location { latitude: -8.2192, longitude: 114.3691 }),
            }],
            stages: vec![
                entry(Stage::Committed, "2017-01-10"),
                entry(Stage::Operating, "2017-09-01"),
                entry(Stage::Inaugurated, "2017-10-06"),
            ],
            ..Mall::default()
        }
    }

    #[test]
    fn a_facility_is_named_once_and_what_no_kind_says_in_words() {
        let facility =
            |kind: facility::Kind, note: &str| Facility { kind: kind.into(), note: note.into() };
        let mut told = mall();
        told.facilities = vec![
            facility::Kind::Parking,
            facility::Kind::StepFree,
            facility::Kind::Other,
            facility::Kind::Other,
        ]
        .into_iter()
        .map(|kind| facility(kind, "lantai 1"))
        .collect();
        told.contacts = vec![Contact {
            kind: contact::Kind::Telephone.into(),
            value: "(0333) 412345".into(),
            label: String::new(),
        }];
        check(&told).expect("as it is");
        told.facilities.push(facility(facility::Kind::Parking, ""));
        told.facilities.push(facility(facility::Kind::Other, " "));
        told.facilities.push(facility(facility::Kind::Unspecified, "taman"));
        told.contacts[0].value = "hubungi loket".into();
        let error = check(&told).expect_err("four faults");
        let fields: Vec<_> = error.violations().iter().map(|v| v.field.as_str()).collect();
        assert_eq!(
            fields,
            [
                "mall.contacts[0].value",
                "mall.facilities[5].note",
                "mall.facilities[6].kind",
                "mall.facilities[4].kind"
            ]
        );
    }

    #[test]
    fn stages_never_go_back_in_time() {
        check(&mall()).expect("as it is");
        let mut wrong = mall();
        wrong.stages[2].date = "2017-08-31".into();
        wrong.sites.clear();
        wrong.serves_regions = vec!["regions/35.10".into()];
        let error = check(&wrong).expect_err("three faults");
        let fields: Vec<_> = error.violations().iter().map(|v| v.field.as_str()).collect();
        assert_eq!(fields, ["mall.serves_regions[0]", "mall.sites", "mall.stages[2].date"]);
    }
}
