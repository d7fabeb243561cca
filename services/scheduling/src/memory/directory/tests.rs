//! Malls in the directory, and the names by which they are found.

use super::*;

fn with_a_mall() -> Directory {
    let mut copy = Directory::default();
    let region = registry::Region { time_zone: "Asia/Jayapura".into(), ..Default::default() };
    copy.put("region", "regions/93.01", &region.encode_to_vec()).unwrap();
    let mall = registry::Mall { region: "regions/93.01".into(), ..Default::default() };
    copy.put("mall", "malls/merauke", &mall.encode_to_vec()).unwrap();
    copy
}

#[test]
fn a_mall_lives_by_the_clock_of_its_region() {
    let copy = with_a_mall();
    let mall = copy.mall("malls/merauke").unwrap();
    assert_eq!(copy.zone(mall).unwrap(), Zone::Wit);
}

#[test]
fn a_mall_belongs_to_its_organiser_and_the_units_above_it() {
    let mut copy = with_a_mall();
    let organiser = "units/dpmptsp".to_owned();
    let mall = registry::Mall {
        region: "regions/93.01".into(),
        organiser: organiser.clone(),
        ..Default::default()
    };
    copy.put("mall", "malls/merauke", &mall.encode_to_vec()).unwrap();
    assert_eq!(copy.owners("malls/merauke"), ["malls/merauke", "units/dpmptsp"]);
    let below = |parent: &str| registry::Unit { parent: parent.into(), ..Default::default() };
    copy.put("unit", &organiser, &below("units/merauke").encode_to_vec()).unwrap();
    let owners = copy.owners("malls/merauke");
    assert_eq!(owners, ["malls/merauke", "units/dpmptsp", "units/merauke"]);
    copy.put("unit", &organiser, &below("").encode_to_vec()).unwrap();
    assert_eq!(copy.owners("malls/merauke").len(), 2, "it has moved to the top");
    assert!(copy.owners("malls/sorong").is_empty());
}

#[test]
fn a_change_of_a_counter_touches_its_mall_only() {
    let mut copy = with_a_mall();
    let counter = registry::Counter::default().encode_to_vec();
    let touched = copy.put("counter", "malls/merauke/counters/a", &counter).unwrap();
    assert_eq!(touched, Touched::Mall("malls/merauke".into()));
    assert_eq!(copy.counters_of("malls/merauke").count(), 1);
    assert_eq!(copy.counters_of("malls/mer").count(), 0);
}

#[test]
fn a_target_is_known_with_all_that_it_lies_in() {
    let mut copy = with_a_mall();
    let target = Target::parse("malls/merauke/counters/a", "target").unwrap();
    let error = copy.require(&target).unwrap_err();
    assert!(error.message().contains("malls/merauke/counters/a"));
    copy.put("counter", target.name(), &[]).unwrap();
    assert!(copy.require(&target).is_ok());
    copy.remove("mall", "malls/merauke");
    assert!(copy.require(&target).is_err());
}

#[test]
fn a_document_that_cannot_be_read_changes_nothing() {
    let mut copy = with_a_mall();
    assert!(copy.put("mall", "malls/merauke", &[0xff, 0xff]).is_err());
    assert!(copy.mall("malls/merauke").is_ok());
}

#[test]
fn a_copy_that_lost_the_unit_above_differs() {
    let mut copy = with_a_mall();
    let (unit, doc) =
        ("units/dpmptsp", registry::Unit { parent: "units/merauke".into(), ..Default::default() });
    copy.put("unit", unit, &doc.encode_to_vec()).unwrap();
    let mut lost = copy.clone();
    lost.remove("unit", unit);
    assert_eq!(lost.count() + 1, copy.count());
    let [(kind, found)] = &lost.differences(&copy)[..] else { panic!("one kind differs") };
    assert_eq!((*kind, found.count, &found.names[..]), ("unit", 1, &[unit.to_owned()][..]));
    assert!(copy.differences(&copy.clone()).is_empty());
}
