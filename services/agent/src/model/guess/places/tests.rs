//! Tables of offices, malls and counters as regencies keep them.

use mpp_api::sync::Record;
use serde_json::json;

use super::*;
use crate::model::{destination::Destination, mapping::Mapping};

const ABOVE_ALL: Above<'_> = Above { unit: "units/pemkab", mall: "malls/wa" };

/// The record that the guessed program makes of a row, which is of the form of the contract.
fn mapped(row: &Value, place: PlaceKind) -> (Value, Vec<String>) {
    let guessed = places(std::slice::from_ref(row), place, ABOVE_ALL).expect("names");
    let mapping = Mapping::compile(&guessed.program);
    let mapping = mapping.unwrap_or_else(|error| panic!("{error}\n{}", guessed.program));
    let output = mapping.apply(row).unwrap_or_else(|error| panic!("{error}\n{}", guessed.program));
    let record: Record = mpp_api::json::read(&output[0]).expect("a record");
    let judged = Destination::Registry.judge(record, "sources/pemkab");
    judged.unwrap_or_else(|error| panic!("{error}\n{}", guessed.program));
    (output[0].clone(), guessed.left)
}

#[test]
fn a_list_of_offices_is_mapped_to_units() {
    let row = json!({"Kode": "DINSOS", "Nama Kantor": "Dinas Sosial", "Induk": "Pemkab",
        "Kode Wilayah": "35.10", "Telepon": "(0333) 421234", "Warna": "biru"});
    let (record, left) = mapped(&row, PlaceKind::Unit);
    assert_eq!(record["source_id"], "dinsos");
    assert_eq!(record["unit_record"]["parent"], "units/pemkab");
    assert_eq!(record["unit_record"]["region"], "regions/35.10");
    assert_eq!(record["unit_record"]["contacts"][0]["value"], "(0333) 421234");
    assert_eq!(left, ["Warna"]);
}

#[test]
fn offices_without_a_code_or_an_office_above_are_named_by_their_names() {
    let (record, _) = mapped(&json!({"OPD": "Dinas Sosial", "Telp": ""}), PlaceKind::Unit);
    assert_eq!(record["source_id"], "dinas-sosial");
    assert_eq!(record["unit_record"]["parent"], "units/pemkab");
    assert_eq!(record["unit_record"]["contacts"], json!([]), "an empty cell is no number");
}

#[test]
fn a_list_of_malls_is_mapped_with_what_no_source_changes() {
    let row = json!({"kode": "wa", "nama_mal": "MPP Wa", "alamat": "Jl. A. Yani 57", "lat": "-8.2192",
        "long": "114.3691", "wilayah": "35.10", "pengelola": "dpmptsp"});
    let (record, left) = mapped(&row, PlaceKind::Mall);
    assert_eq!(record["mall"]["organiser"], "units/dpmptsp");
    assert_eq!(record["mall"]["region"], "regions/35.10");
    assert_eq!(record["mall"]["sites"][0]["location"]["latitude"], -8.2192);
    assert!(left.is_empty(), "{left:?}");
}

#[test]
fn a_list_of_counters_is_mapped_with_their_offices_and_agreements() {
    let row = json!({"Kode Kantor": "dinsos", "Kode Gerai": "SOSIAL", "Nama Gerai": "Gerai Sosial",
        "Mal": "wa", "Awalan antrean": "b", "Lantai": "1", "Zona": "B",
        "Nomor PKS": "PKS 1/2026", "Berlaku sampai": "2028-12-31"});
    let (record, left) = mapped(&row, PlaceKind::Counter);
    assert_eq!((&record["source_id"], &record["parent"]), (&json!("sosial"), &json!("malls/wa")));
    let counter = &record["counter"];
    assert_eq!(
        (&counter["unit"], &counter["ticket_prefix"]),
        (&json!("units/dinsos"), &json!("B"))
    );
    assert_eq!(counter["agreement"]["expire_date"], "2028-12-31");
    assert!(left.is_empty(), "{left:?}");
    let bare = json!({"Gerai": "BPJS Kesehatan", "Instansi": "BPJS"});
    let (record, _) = mapped(&bare, PlaceKind::Counter);
    assert_eq!(record["source_id"], "bpjs-kesehatan");
    assert_eq!(
        (&record["counter"]["unit"], &record["parent"]),
        (&json!("units/bpjs"), &json!("malls/wa"))
    );
}

#[test]
fn a_table_without_names_is_of_no_places() {
    let rows = [json!({"suhu": 31.2, "lembap": 80})];
    for place in [PlaceKind::Unit, PlaceKind::Mall, PlaceKind::Counter] {
        assert!(places(&rows, place, ABOVE_ALL).is_none(), "{place:?}");
    }
}
