//! Places in questions: all regions by their official names, the ways in which people shorten and
//! misspell them, and words that are names of regions as well.

use crate::model::region::{TABLE, parse_table};

use super::*;

/// What the question names, as typed, with its codes.
async fn places(engine: &Engine, text: &str) -> Vec<(String, Vec<String>)> {
    let places = ask(engine, text).await.places.into_iter();
    places.map(|place| (place.text, place.region_codes)).collect()
}

async fn codes(engine: &Engine, text: &str) -> Vec<String> {
    places(engine, text).await.into_iter().flat_map(|(_, codes)| codes).collect()
}

#[tokio::test]
async fn every_region_is_known_by_its_official_name_and_changes_no_answer() {
    let engine = engine(judged_services()).await;
    let (mut wrong, mut all) = (String::new(), 0);
    for region in
        parse_table(TABLE).expect("the table").iter().filter(|one| one.valid_to.is_empty())
    {
        let (name, code) = (&region.display_name, region.name.trim_start_matches("regions/"));
        for (act, service) in [("bikin ktp di", "ktp-baru"), ("paspor", "paspor-baru")] {
            let found = ask(&engine, &format!("{act} {name}")).await;
            let told =
                found.places.iter().any(|place| place.region_codes.iter().any(|one| one == code));
            all += 1;
            if services(&found).first() != Some(&service) || found.weak || !told {
                wrong += &format!("{act} {name}: {:?}, {:?}\n", services(&found), found.places);
            }
        }
    }
    println!("regions: {} of {all} wrong", wrong.lines().count());
    assert!(all == 2 * (38 + 514) && wrong.is_empty(), "of {all}:\n{wrong}");
}

#[tokio::test]
async fn short_forms_kinds_spacing_and_slips_name_the_region() {
    let engine = engine(judged_services()).await;
    for (text, expected) in [
        ("bikin ktp di jogja", &["34", "34.71"][..]),
        ("paspor jaksel", &["31.74"]),
        ("sim jatim", &["35"]),
        ("perpanjang sim sby", &["35.78"]),
        ("skck kab. malang", &["35.07"]),
        ("skck kota malang", &["35.73"]),
        ("skck kabupaten banyuwangi", &["35.10"]),
        ("akta lahir tanjungpinang", &["21.72"]),
        ("akta lahir tanjung pinang", &["21.72"]),
        ("nib di bau-bau", &["74.72"]),
        ("nib di kota adm. jakarta timur", &["31.75"]),
        ("paspor banyuwnagi", &["35.10"]),
        ("paspor di mentawai", &["13.09"]),
        ("bikin kk di tangsel", &["36.74"]),
    ] {
        assert_eq!(codes(&engine, text).await, expected, "{text}");
    }
}

#[tokio::test]
async fn a_name_that_is_a_word_as_well_is_a_place_only_where_the_question_says_so() {
    let engine = engine(judged_services()).await;
    assert_eq!(codes(&engine, "bikin ktp di batu").await, ["35.79"]);
    assert_eq!(codes(&engine, "izin usaha batu alam").await, [""; 0]);
    assert_eq!(codes(&engine, "ktp baru kota").await, [""; 0]);
    let both = codes(&engine, "pindah dari malang ke batu").await;
    assert_eq!(both, ["35.07", "35.73", "35.79"]);
}

#[tokio::test]
async fn what_is_offered_in_the_place_comes_first_among_equals_and_nothing_is_hidden() {
    let at = |number: f64| (-7.0 - number, 110.0);
    let engine = engine(vec![
        named("a", "Penerbitan KTP"),
        named("b", "Penerbitan KTP"),
        offering("o1", "a", "malls/medan", "12.71", at(0.0)),
        offering("o2", "b", "malls/surabaya", "35.78", at(0.1)),
        offering("o3", "b", "malls/kendal", "33.24", at(0.2)),
        offering("o4", "b", "malls/semarang", "33.74", at(0.3)),
    ])
    .await;
    let found = ask(&engine, "bikin ktp di kota semarang").await;
    assert_eq!(services(&found), ["b", "a"]);
    assert_eq!((found.hits[0].offered_there, found.hits[1].offered_there), (1, 0));
    let malls: Vec<&str> = found.hits[0].offerings.iter().map(|one| one.mall.as_str()).collect();
    assert_eq!(malls, ["malls/semarang", "malls/kendal", "malls/surabaya"]);
    assert_eq!(found.places[0].text, "kota semarang");
}

#[tokio::test]
async fn the_office_of_the_place_comes_before_that_of_another() {
    let engine = engine(vec![
        named("a", "Izin reklame Kabupaten Sleman"),
        named("b", "Izin reklame Kabupaten Bantul"),
    ])
    .await;
    assert_eq!(services(&ask(&engine, "izin reklame bantul").await), ["b", "a"]);
    assert_eq!(services(&ask(&engine, "reklame di kab sleman").await), ["a", "b"]);
}
