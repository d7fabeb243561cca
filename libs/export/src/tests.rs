//! What is surely known is a value, what is not is words.

use mpp_api::{
    registry::{Counter, Mall, Offering, Service, Unit, mall::Stage, offering, service},
    types::{Fee, LocalizedText, ServiceTime, fee, service_time},
};

use crate::{
    Dataset, Download, Notation,
    dataset::Linked,
    sheets::SERVICES,
    surroundings::Surroundings,
    table::{Book, Csv},
};

const BASE: &str = "https://index.example/v1";

fn named(id: &str) -> Option<LocalizedText> {
    Some(LocalizedText { id: id.into(), en: String::new() })
}

fn office() -> Unit {
    Unit { name: "units/dukcapil".into(), display_name: named("Dukcapil"), ..Unit::default() }
}

fn mall(stage: Stage) -> Mall {
    let mut mall = Mall { name: "malls/kudus".into(), ..Mall::default() };
    mall.display_name = named("MPP Kudus");
    mall.set_stage(stage);
    mall
}

fn counter() -> Counter {
    let name = "malls/kudus/counters/dukcapil".into();
    Counter { name, display_name: named("Loket Dukcapil"), ..Counter::default() }
}

fn around(stage: Stage, offering: &Offering) -> Surroundings {
    let mut around =
        Surroundings::new(vec![office()], Vec::new(), vec![mall(stage)], vec![counter()]);
    around.offer(offering);
    around
}

fn offered(fees: Vec<Fee>) -> Offering {
    let name = "malls/kudus/counters/dukcapil/offerings/akta".into();
    let service = "units/dukcapil/services/akta".into();
    let mut offering = Offering { name, service, fees, ..Offering::default() };
    offering.set_state(offering::State::Accepted);
    offering
}

fn service() -> Service {
    let name = "units/dukcapil/services/akta".into();
    Service { name, title: named("Akta kelahiran"), ..Service::default() }
}

fn fixed(rupiah: i64) -> Fee {
    let mut fee = Fee { amount_rupiah: rupiah, ..Fee::default() };
    fee.set_kind(fee::Kind::Fixed);
    fee
}

fn time(value: i64, unit: service_time::Unit) -> ServiceTime {
    let mut time = ServiceTime { value, ..ServiceTime::default() };
    time.set_unit(unit);
    time
}

fn about(base: &str) -> Dataset {
    let (base, unit) = (base.into(), "units/-".into());
    let (publisher, landing_page) = (String::new(), String::new());
    Dataset { base, unit, publisher, landing_page, downloads: Vec::new(), sample: false }
}

/// The service as Turtle.
fn turtle(service: &Service, around: &Surroundings) -> String {
    let about = about(BASE);
    let mut linked =
        Linked::begin(Notation::Turtle, about, around, Vec::new()).expect("an address");
    linked.service(service, around).expect("written");
    String::from_utf8(linked.end(around).expect("whole")).expect("UTF-8")
}

/// The service's row as CSV has it, without the heading.
fn row(service: &Service, around: &Surroundings) -> String {
    let mut csv = Csv::begin(Vec::new());
    csv.row(&SERVICES.row(service, around)).expect("written");
    String::from_utf8(csv.end().expect("whole")).expect("UTF-8")
}

#[test]
fn a_price_that_was_surely_read_is_a_value_and_any_other_is_words() {
    let around = around(Stage::Operating, &offered(Vec::new()));
    let priced = |fee: Fee| turtle(&Service { fees: vec![fee], ..service() }, &around);
    assert!(priced(fixed(50_000)).contains("cv:hasValue \"50000\"^^xsd:double"));
    let per_page = Fee { unit: "lembar".into(), ..fixed(50_000) };
    let about = Fee { approximate: true, ..fixed(50_000) };
    let mut unread = Fee { source_text: "Sesuai luas".into(), ..Fee::default() };
    unread.set_kind(fee::Kind::Unparsed);
    for fee in [per_page, about, unread] {
        let text = priced(fee.clone());
        assert!(!text.contains("cv:hasValue"), "{fee:?}: {text}");
        assert!(text.contains("a cv:Cost"), "it is there in words: {text}");
    }
}

#[test]
fn a_working_day_is_no_fixed_number_of_hours() {
    let around = around(Stage::Operating, &offered(Vec::new()));
    let timed = |time| turtle(&Service { time: Some(time), ..service() }, &around);
    let hours = timed(time(3, service_time::Unit::Hours));
    assert!(hours.contains("cv:processingTime \"PT3H\"^^xsd:duration"), "{hours}");
    let days = timed(time(3, service_time::Unit::WorkingDays));
    assert!(!days.contains("processingTime"), "{days}");
    assert!(days.contains("Waktu penyelesaian: 3 hari kerja"), "{days}");
    let three = || time(3, service_time::Unit::Hours);
    for other in [
        ServiceTime { at_most: true, ..three() },
        ServiceTime { approximate: true, ..three() },
        ServiceTime { min_value: 2, ..three() },
        ServiceTime { per: "halaman".into(), ..three() },
    ] {
        assert!(!timed(other.clone()).contains("processingTime"), "{other:?}");
    }
}

#[test]
fn a_counters_own_fee_is_a_cost_through_that_counter() {
    let around = around(Stage::Operating, &offered(vec![fixed(10_000)]));
    let text = turtle(&Service { fees: vec![fixed(5_000)], ..service() }, &around);
    assert!(text.contains("cv:hasValue \"5000\""), "{text}");
    assert!(text.contains("cv:hasValue \"10000\""), "{text}");
    let through = format!("cv:ifAccessedThrough <{BASE}/malls/kudus/counters/dukcapil>");
    assert!(text.contains(&through), "{text}");
}

#[test]
fn a_mall_that_serves_nobody_now_and_a_proposal_are_no_way_to_a_service() {
    let way = "cv:hasChannel";
    let accepted = offered(Vec::new());
    assert!(turtle(&service(), &around(Stage::Operating, &accepted)).contains(way));
    assert!(!turtle(&service(), &around(Stage::Suspended, &accepted)).contains(way));
    let mut proposed = accepted;
    proposed.set_state(offering::State::Proposed);
    assert!(!turtle(&service(), &around(Stage::Operating, &proposed)).contains(way));
}

#[test]
fn what_a_requirement_asks_for_is_linked_only_where_it_is_in_the_data_set() {
    let around = around(Stage::Operating, &offered(Vec::new()));
    let asks = |other: &str| service::Requirement {
        text: "KTP".into(),
        satisfied_by: other.into(),
        ..service::Requirement::default()
    };
    let other = "units/dukcapil/services/akta";
    let itself = Service { requirements: vec![asks(other)], ..service() };
    assert!(turtle(&itself, &around).contains("dct:requires"));
    let beyond = Service { requirements: vec![asks("units/x/services/y")], ..service() };
    assert!(!turtle(&beyond, &around).contains("dct:requires"));
}

#[test]
fn an_address_that_is_none_is_refused() {
    for base in [
        "index.example/v1",
        "https://index.example/v1?x=1",
        "https://a b/",
        "ftp://a/",
        "https://u:p@a/",
    ] {
        let about = about(base);
        let opened = Linked::begin(Notation::Turtle, about, &Surroundings::default(), Vec::new());
        assert!(opened.is_err(), "{base}");
    }
}

#[test]
fn the_files_of_a_data_set_are_told_with_what_they_are() {
    let address = format!("{BASE}/data/catalog.ttl");
    let title = LocalizedText { id: "Seluruh katalog".into(), ..LocalizedText::default() };
    let file = Download { address: address.clone(), media_type: "text/turtle", title };
    let downloads = vec![file.clone(), Download { media_type: "text/csv", ..file.clone() }, file];
    let about = Dataset { downloads, ..about(BASE) };
    about.check().expect("addresses");
    let around = Surroundings::default();
    let linked = Linked::begin(Notation::Turtle, about.clone(), &around, Vec::new());
    let written = linked.and_then(|linked| linked.end(&around)).expect("written");
    let written = String::from_utf8(written).expect("UTF-8");
    assert_eq!(written.matches(" a dcat:Distribution").count(), 3, "{written}");
    assert!(written.contains(&format!("dcat:downloadURL <{address}>")), "{written}");
    assert_eq!(written.matches("media-types/text/turtle> a dct:MediaType").count(), 1, "{written}");
    assert!(!written.contains("Data contoh"), "{written}");
    let made_up = Dataset { sample: true, ..about.clone() };
    let linked = Linked::begin(Notation::Turtle, made_up, &around, Vec::new());
    let written = linked.and_then(|linked| linked.end(&around)).expect("written");
    assert!(String::from_utf8(written).expect("UTF-8").contains("Data contoh: rekaan"));
    let elsewhere = Dataset { landing_page: "the pages".into(), ..about };
    assert!(elsewhere.check().is_err());
}

#[test]
fn a_region_whose_code_has_ended_is_a_place_all_the_same() {
    let old = Unit { region: "regions/91.71".into(), ..office() };
    let around = Surroundings::new(vec![old], Vec::new(), Vec::new(), Vec::new());
    let text = turtle(&service(), &around);
    let place = format!("<{BASE}/regions/91.71>");
    assert!(text.contains(&format!("dct:spatial {place}")), "{text}");
    assert_eq!(text.matches(&format!("{place} a dct:Location")).count(), 1, "{text}");
}

#[test]
fn no_text_of_a_table_is_a_formula() {
    let around = around(Stage::Operating, &offered(Vec::new()));
    let row = |title: &str| row(&Service { title: named(title), ..service() }, &around);
    let dangerous = ["=cmd|' /C calc'!A0", "+1", "-1+1", "@SUM(A1)", "\t=1", "＝1"];
    for title in dangerous {
        assert!(row(title).contains(&format!("'{title}")), "{title}");
    }
    assert!(row("Akta kelahiran").contains(",Akta kelahiran,"));
}

#[test]
fn a_text_that_no_cell_holds_is_cut_and_counted() {
    let around = around(Stage::Operating, &offered(Vec::new()));
    let mut book = Book::default();
    book.sheet(SERVICES.name).expect("a sheet");
    for product in ["a".repeat(32_767), "a".repeat(32_768), "😀".repeat(16_384)] {
        let service = Service { product, ..service() };
        book.row(&SERVICES.row(&service, &around)).expect("a row");
    }
    let mut file = Vec::new();
    assert_eq!(book.end(&mut file).expect("a file"), 2);
    assert!(file.starts_with(b"PK"));
}

#[test]
fn a_units_services_are_a_data_set_of_their_own() {
    let around = around(Stage::Operating, &offered(Vec::new()));
    let of = |unit: &str, publisher: &str| {
        let (unit, publisher) = (unit.into(), publisher.into());
        let about = Dataset { unit, publisher, ..about(BASE) };
        let linked = Linked::begin(Notation::Turtle, about, &around, Vec::new())?;
        linked.end(&around).map(|bytes| String::from_utf8(bytes).expect("UTF-8"))
    };
    let part = of("units/dukcapil", "").expect("written");
    assert!(part.contains(&format!("{BASE}/units/dukcapil#dataset-1> a dcat:Dataset")), "{part}");
    assert!(part.contains("Katalog layanan Mal Pelayanan Publik: Dukcapil"), "{part}");
    assert!(of("units/-", "units/dukcapil").expect("written").contains("#dataset> a dcat:Dataset"));
    assert!(of("units/-", "units/nobody").is_err(), "who is not there publishes nothing");
    assert!(of("units/nobody", "").is_err(), "and has no services to be told of");
}
