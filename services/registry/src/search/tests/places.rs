//! Places in questions: all regions by their official names, the ways in which people shorten and
//! misspell them, and words that are names of regions as well.

use mpp_core::region_code;

use super::*;
use crate::{
    model::region::{TABLE, parse_table},
    search::words::vocabulary::{ORDINARY, SEATS},
};

/// The places that a question names, as typed, with their codes.
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
        let (name, code) = (&region.display_name, region_code(&region.name));
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
async fn a_preposition_that_is_joined_to_a_region_is_read_apart() {
    let engine = engine(judged_services()).await;
    let (mut wrong, mut all) = (String::new(), 0);
    for region in parse_table(TABLE).expect("the table") {
        let name = region.display_name.to_lowercase();
        let name = name.trim_start_matches("kabupaten ").trim_start_matches("kota ");
        let is_plain = name.len() > 3 && name.chars().all(char::is_alphabetic);
        if !region.valid_to.is_empty() || !is_plain || ORDINARY.contains(&name) {
            continue;
        }
        let code = region_code(&region.name);
        for text in [format!("paspor di{name}"), format!("bikin paspor ke{name}")] {
            let found = ask(&engine, &text).await;
            let told =
                found.places.iter().any(|one| one.region_codes.iter().any(|own| own == code));
            all += 1;
            if !told || found.weak {
                wrong += &format!("{text}: {:?}\n", found.places);
            }
        }
    }
    assert!(all > 500 && wrong.is_empty(), "of {all}:\n{wrong}");
    assert_eq!(codes(&engine, "skck ditanjung pinang").await, ["21.72"]);
    assert_eq!(codes(&engine, "ktp ditolak").await, [""; 0], "no place");
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
        ("sim kediri", &["35.06", "35.71"]),
        ("akta kelahiran kediri", &["35.06", "35.71"]),
        ("nib medan kota", &["12.71"]),
        ("ktp batu kota", &["35.79"]),
        ("sim pasuruan kab", &["35.14"]),
        ("sim pasuruan kota berapa lama", &["35.75"]),
        ("skck kep. mentawai", &["13.09"]),
        ("ktp di kab. kep. meranti", &["14.10"]),
        ("nib kep siau", &["71.09"]),
        ("pindah dari malang kota surabaya", &["35.07", "35.73", "35.78"]),
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

/// The places that are certain, and those that are guessed.
async fn told(engine: &Engine, text: &str) -> (Vec<String>, Vec<String>) {
    let (guessed, sure): (Vec<_>, Vec<_>) =
        ask(engine, text).await.places.into_iter().partition(|place| place.guessed);
    let texts = |places: Vec<NamedPlace>| places.into_iter().map(|place| place.text).collect();
    (texts(sure), texts(guessed))
}

#[tokio::test]
async fn a_name_that_may_mean_something_else_is_a_place_by_a_guess_at_most() {
    let engine = engine(judged_services()).await;
    for (text, sure, guessed) in [
        ("paspor medan berapa lama", "medan", ""),
        ("skck malang online", "malang", ""),
        ("sim bdg", "bdg", ""),
        ("ktp di sda", "sda", ""),
        ("paspor hilang medan", "", "medan"),
        ("izin tambang batubara", "", "batubara"),
        ("izin tambang batu bara", "", "batu bara"),
        ("bikin ktp di semarng", "", "semarng"),
        ("paspor banyuwnagi", "", "banyuwnagi"),
        ("ktp hilang smg cepat jadi", "", ""),
        ("izin sda", "", ""),
        ("cek dps", "", ""),
        ("langkah bikin ktp", "", ""),
        ("ajukan banding pajak", "", ""),
        ("jual barang pantai", "", ""),
        ("lembaga sumber bintang", "", ""),
    ] {
        let (own, maybe) = told(&engine, text).await;
        assert_eq!((own.join(","), maybe.join(",")), (sure.into(), guessed.into()), "{text}");
    }
    let guess = ask(&engine, "izin tambang batubara").await;
    assert!(guess.unanswered.contains(&"batubara".into()), "{:?}", guess.unanswered);
}

#[tokio::test]
async fn a_place_stays_one_when_services_bear_its_name() {
    let offices = parse_table(TABLE).expect("the table");
    let offices = offices.iter().filter(|region| region.valid_to.is_empty()).map(|region| {
        let title = format!("Izin reklame {}", region.display_name);
        service(&[&region.name, &title, "", "", &region.display_name.to_lowercase()])
    });
    let ktp = [named("ktp", "Penerbitan KTP"), service(&["slm", "Izin parkir", "", "", "sleman"])];
    let there = offering("o", "ktp", "malls/sleman", "34.04", (-7.7, 110.3));
    let engine = engine(offices.chain(ktp).chain([there]).collect()).await;
    let found = ask(&engine, "ktp sleman").await;
    assert_eq!((services(&found)[0], found.places.len()), ("ktp", 1));
    assert_eq!(found.hits[0].offered_there, 1);
    assert_eq!(services(&ask(&engine, "reklame sleman").await)[0], "regions/34.04");
    assert_eq!(services(&ask(&engine, "reklame kota malang").await)[0], "regions/35.73");
    assert_eq!(codes(&engine, "ktp malang").await, ["35.07", "35.73"]);
}

#[tokio::test]
async fn an_island_is_its_regencies_and_not_its_province() {
    let engine = engine(judged_services()).await;
    assert_eq!(codes(&engine, "ktp di madura").await, ["35.26", "35.27", "35.28", "35.29"]);
    let flores = codes(&engine, "paspor di flores").await;
    assert!(flores.contains(&"53.08".into()) && !flores.contains(&"53.71".into()), "{flores:?}");
    assert!(!codes(&engine, "ktp di lombok").await.contains(&"52.06".into()));
}

#[tokio::test]
async fn where_it_is_offered_does_not_depend_on_the_region_asked_for() {
    let engine = engine(vec![
        named("a", "Penerbitan KTP"),
        offering("o1", "a", "malls/sleman", "34.04", (-7.7, 110.3)),
        offering("o2", "a", "malls/kediri", "35.06", (-7.8, 112.0)),
    ])
    .await;
    let query =
        Query { text: "ktp di sleman".into(), region: Some("35".into()), ..Query::default() };
    let hit = engine.search(query).await.unwrap().hits.remove(0);
    assert_eq!((hit.offering_count, hit.offered_there, hit.offerings.len()), (1, 1, 1));
}

#[tokio::test]
async fn a_town_that_governs_and_a_land_of_several_regions_are_places() {
    let engine = engine(judged_services()).await;
    assert_eq!(codes(&engine, "paspor di wamena").await, ["95.01"]);
    assert_eq!(codes(&engine, "ktp timika").await, ["94.04"]);
    assert_eq!(codes(&engine, "sim labuan bajo").await, ["53.15"]);
    let halmahera = codes(&engine, "ktp di halmahera").await;
    assert!(halmahera.len() == 5 && halmahera.iter().all(|code| code.starts_with("82")));
    assert_eq!(codes(&engine, "ktp di jawa").await, ["32", "33", "35"]);
}

#[test]
fn every_town_that_governs_is_that_of_a_regency() {
    let rows = parse_table(TABLE).expect("the table");
    for (seat, regency) in SEATS {
        let name = format!("Kabupaten {regency}");
        let known = rows.iter().any(|one| one.valid_to.is_empty() && one.display_name == name);
        assert!(known, "{seat} of {regency}");
    }
}

#[tokio::test]
async fn a_place_that_nobody_knows_is_told_and_changes_no_answer() {
    let engine = engine(judged_services()).await;
    for (text, place) in [("ktp di malaysia", "malaysia"), ("bikin ktp di mars", "mars")] {
        let found = ask(&engine, text).await;
        assert_eq!((services(&found)[0], found.weak), ("ktp-baru", false), "{text}");
        assert_eq!((&*found.places[0].text, found.places[0].region_codes.len()), (place, 0));
        assert_eq!(found.hits[0].offered_there, 0);
    }
}

#[tokio::test]
async fn where_one_goes_is_not_where_one_asks() {
    let there = offering("o", "pindah", "malls/denpasar", "51.71", (-8.65, 115.2));
    let engine = engine(judged_services().into_iter().chain([there]).collect()).await;
    let found = ask(&engine, "pindah ke bali").await;
    assert_eq!((services(&found)[0], found.hits[0].offered_there), ("pindah", 0));
    assert_eq!(found.places[0].stance, Stance::Destination);
    let both = ask(&engine, "pindah dari bali ke malang").await;
    let stances: Vec<Stance> = both.places.iter().map(|place| place.stance).collect();
    let leaves = vec![Stance::Wanted, Stance::Destination];
    assert_eq!((stances, both.hits[0].offered_there), (leaves, 1));
    assert_eq!(ask(&engine, "lapor ke bali").await.places[0].stance, Stance::Wanted);
}

#[tokio::test]
async fn what_is_asked_for_on_the_way_is_asked_for_there() {
    let engine = engine(judged_services()).await;
    for (text, destination) in [
        ("mau pergi umroh bikin paspor di malang", false),
        ("mau pergi umroh, bikin paspor ke malang", false),
        ("mau berangkat haji urus paspor ke jember", false),
        ("pindah ktp ke jember", true),
        ("mau pergi ke jember", true),
    ] {
        let found = ask(&engine, text).await;
        assert_eq!(found.places[0].stance == Stance::Destination, destination, "{text}");
    }
}

#[tokio::test]
async fn where_one_does_not_want_to_ask_is_no_preference() {
    let there = offering("o", "paspor-baru", "malls/surabaya", "35.78", (-7.2, 112.7));
    let engine = engine(judged_services().into_iter().chain([there]).collect()).await;
    for text in [
        "paspor selain surabaya",
        "paspor selain di surabaya",
        "bikin paspor jangan di surabaya",
        "bikin paspor tidak di kota surabaya",
        "paspor kecuali surabaya",
    ] {
        let found = ask(&engine, text).await;
        let told = (services(&found)[0], found.weak, found.hits[0].offered_there);
        assert_eq!(told, ("paspor-baru", false, 0), "{text}: {:?}", found.unanswered);
        let place = &found.places[0];
        assert!(place.stance == Stance::Avoided && place.text.ends_with("surabaya"), "{text}");
    }
    let wanted = ask(&engine, "bikin paspor di surabaya").await;
    assert_eq!((wanted.places[0].stance, wanted.hits[0].offered_there), (Stance::Wanted, 1));
    assert_eq!(region_name("35.78"), "Kota Surabaya");
}
