//! Suggestions against what persons have judged. README.md tells how the pairs came about.

use std::collections::HashMap;

use mpp_api::{registry::service::Requirement, types::LocalizedText};
use mpp_core::serde::Deserialize;

use super::*;
use crate::{Policy, model::likeness::likeness};

/// How suggestions stand against what a person has said.
#[derive(Debug, Default, PartialEq)]
struct Measured {
    right: u32,
    wrong: u32,
    missed: u32,
}

impl Measured {
    fn count(&mut self, percent: u32, is_same: bool) {
        match (percent >= Policy::default().suggest_least_percent, is_same) {
            (true, true) => self.right += 1,
            (true, false) => self.wrong += 1,
            (false, true) => self.missed += 1,
            (false, false) => {}
        }
    }

    /// Of those suggested, how many are right; of those that are right, how many are suggested.
    fn shares(&self) -> (f64, f64) {
        let of = |whole: u32| f64::from(self.right) / f64::from(whole.max(1));
        (of(self.right + self.wrong), of(self.right + self.missed))
    }
}

/// A service or a standard of the judged set.
#[derive(Deserialize)]
#[serde(crate = "mpp_core::serde")]
struct JudgedRecord {
    id: String,
    title: String,
    keywords: Vec<String>,
    requirements: Vec<String>,
    product: String,
    legal_basis: Vec<String>,
}

impl JudgedRecord {
    fn portrait(self) -> (String, Portrait) {
        let asks = |text: String| Requirement { text, ..Requirement::default() };
        let service = Service {
            title: Some(LocalizedText { id: self.title, en: String::new() }),
            keywords: self.keywords,
            requirements: self.requirements.into_iter().map(asks).collect(),
            product: self.product,
            legal_basis: self.legal_basis,
            ..Service::default()
        };
        (self.id, of_service(&service))
    }
}

fn portraits(lines: &str) -> HashMap<String, Portrait> {
    let read = |line| serde_json::from_str::<JudgedRecord>(line).expect("a record").portrait();
    lines.lines().map(read).collect()
}

/// The pairs of a half; those that were judged otherwise than suggested are printed if asked for.
fn measure(half: &str, shows: bool) -> Measured {
    let standards = portraits(include_str!("standards.jsonl"));
    let services = portraits(include_str!("services.jsonl"));
    let mut measured = Measured::default();
    for line in include_str!("pairs.tsv").lines() {
        let [service, standard, said, own_half] = line.split('\t').collect::<Vec<_>>()[..] else {
            panic!("four columns: {line}");
        };
        if own_half != half {
            continue;
        }
        let percent = likeness(&services[service], &standards[standard]).percent;
        measured.count(percent, said == "same");
        let suggested = percent >= Policy::default().suggest_least_percent;
        if shows && suggested != (said == "same") {
            println!("{percent:3} % {said}: {service} | {standard}");
        }
    }
    println!("{half}: {measured:?}, precision and recall {:?}", measured.shares());
    measured
}

fn titled(title: &str) -> Portrait {
    let title = Some(LocalizedText { id: title.into(), en: String::new() });
    of_service(&Service { title, ..Service::default() })
}

#[test]
fn most_titles_by_themselves_are_judged_as_a_person_judges_them() {
    let mut measured = Measured::default();
    for line in include_str!("titles.tsv").lines().filter(|line| !line.starts_with('#')) {
        let [service, standard, said] = line.split('\t').collect::<Vec<_>>()[..] else {
            panic!("three columns: {line}");
        };
        let percent = likeness(&titled(service), &titled(standard)).percent;
        measured.count(percent, said == "same");
    }
    let (precision, recall) = measured.shares();
    assert!(precision >= 0.9 && recall >= 0.9, "{measured:?}");
}

#[test]
fn a_letter_a_number_or_a_denial_tells_two_services_apart_whatever_else_they_say() {
    let percent = |one: &str, other: &str| likeness(&titled(one), &titled(other)).percent;
    for (one, other) in [
        ("Penerbitan SIM A", "Penerbitan SIM C"),
        ("IMB rumah tinggal", "IMB bukan rumah tinggal"),
        ("Pelaporan SPT PPh Pasal 21", "Pelaporan SPT PPh Pasal 23"),
        ("Paspor biasa elektronik", "Paspor biasa non-elektronik"),
        ("Paspor 24 halaman", "Paspor 48 halaman"),
        ("Izin reklame permanen", "Izin reklame tidak permanen"),
        ("Izin trayek golongan II", "Izin trayek golongan III"),
        ("Surat keterangan belum menikah", "Surat keterangan menikah"),
    ] {
        assert_eq!(percent(one, other), 0, "{one} | {other}");
        assert_eq!(percent(other, one), 0, "{other} | {one}");
        assert!(percent(one, one) > 0, "{one}");
    }
    assert!(percent("Penerbitan SIM A dan SIM C", "Penerbitan SIM C baru") > 0, "both name C");
    assert!(percent("Penerbitan SIM", "Penerbitan SIM C") > 0, "one says nothing of the kind");
}

#[test]
fn the_open_half_of_the_judged_pairs_is_suggested_as_a_person_judges_it() {
    let (precision, recall) = measure("open", true).shares();
    assert!(precision >= 0.8 && recall >= 0.8, "{precision} and {recall}");
}

/// Printed by `cargo test -p mpp-registry held -- --ignored --nocapture`.
#[test]
#[ignore = "what was kept away from the weights is measured when somebody asks for it"]
fn the_held_half_is_measured() {
    measure("held", false);
}
