//! Lists of offices, malls and counters: what counts as a record of them, and what does not.

use mpp_agent::{Checked, CsvFile, Folder, Input, Pages, Policy, Setting};
use serde_json::{Value, json};

use crate::office::{counts, mapped, mapped_under};

const COUNTERS: &str = r#"{source_id: (.kode | ascii_downcase), parent: "malls/wa", counter:
  {display_name: {id: .nama}, unit: ("units/" + (.kantor | ascii_downcase)), ticket_prefix: .awalan,
   floor: .lantai, regime: "REGIME_CIVIL_SERVICE"}}"#;
const UNITS: &str = r#"{source_id: .kode, unit_record: {display_name: {id: .nama},
  kind: "KIND_OFFICE", parent: "units/pemkab"}}"#;

async fn csv(text: &str, program: &str) -> Checked {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("gerai.csv");
    std::fs::write(&path, text).expect("a file");
    mapped(Input::Csv(CsvFile { path, ..CsvFile::default() }), program, false).await
}

fn codes(checked: &Checked) -> Vec<&str> {
    checked.problems.iter().map(|one| one.code.as_str()).collect()
}

#[tokio::test]
async fn a_counter_without_a_code_is_no_part_of_the_one_above_it() {
    let rows = "kode,nama,kantor,awalan,lantai\nSOSIAL,Gerai Sosial,DINSOS,B,1\n\
                ,Gerai BPJS Kesehatan,DINSOS,D,2\nPAJAK,Gerai Pajak,BAPENDA,P,1\n";
    let said = csv(rows, COUNTERS).await;
    assert_eq!(counts(&said), (3, 1, true), "{:?}", said.problems);
    assert!(!codes(&said).contains(&"TORN"), "{:?}", said.problems);
    assert!(said.problems[0].record.starts_with("row at line 3"), "{:?}", said.problems);
}

#[tokio::test]
async fn a_counter_in_several_rows_is_sent_in_no_part() {
    let rows = "kode,nama,kantor,awalan,lantai\nSOSIAL,Gerai Sosial,DINSOS,B,1\n\
                SOSIAL,Gerai Sosial,DINSOS,B,2\nPAJAK,Gerai Pajak,BAPENDA,P,1\n";
    let said = csv(rows, COUNTERS).await;
    assert_eq!(counts(&said), (3, 2, true), "{:?}", said.problems);
    assert_eq!(codes(&said), ["TORN", "TORN"]);
}

#[tokio::test]
async fn what_is_no_place_is_held_back() {
    for name in
        ["-", "Jumlah", "N/A", "dan 12 lainnya", "Menampilkan 3 dari 42", "tes", "Layanan 1"]
    {
        let row = |id: &str, name: &str| format!("{id},{name}\n");
        let rows = format!("kode,nama\n{}{}", row("dinsos", "Dinas Sosial"), row("lain", name));
        let said = csv(&rows, UNITS).await;
        assert_eq!((said.tally.suspicious, said.tally.read), (1, 2), "{name}: {:?}", said.problems);
    }
}

/// Items of a list in the contract's own form.
fn items(kinds: &[(usize, Value)]) -> Vec<Value> {
    let each = |(count, item): &(usize, Value)| {
        let named = |number: usize| {
            let mut item = item.clone();
            item["sourceId"] = format!("a-{number}").into();
            item
        };
        (0..*count).map(named).collect::<Vec<_>>()
    };
    kinds.iter().flat_map(each).collect()
}

#[tokio::test]
async fn few_of_one_kind_among_many_of_another_are_no_headings() {
    let name = |name: &str| json!({ "id": name });
    let unit = json!({"unitRecord": {"displayName": name("Dinas Sosial"), "kind": "KIND_OFFICE",
        "parent": "units/pemkab"}});
    let counter = json!({"parent": "malls/wa", "counter": {"displayName": name("Gerai Sosial"),
        "unit": "units/a-0", "regime": "REGIME_OWN", "ticketPrefix": "S"}});
    let service = json!({"unit": "units/a-0", "service": {"title": name("Kartu keluarga")}});
    let list = items(&[(1, unit), (12, counter), (1, service)]);
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("semua.json");
    std::fs::write(&path, Value::from(list).to_string()).expect("a file");
    let location = path.display().to_string();
    let pages = Pages { location, items: Setting::default(), ..Pages::default() };
    let said = mapped(Input::Json(pages), ".", false).await;
    assert_eq!(counts(&said), (14, 0, true), "{:?} {:?}", said.problems, said.lack);
}

#[tokio::test]
async fn a_file_of_offices_lacks_nothing_that_only_files_of_counters_have() {
    let missing = async |counters: &str| {
        let folder = tempfile::tempdir().expect("a folder");
        let put = |name: &str, text: &str| {
            std::fs::write(folder.path().join(name), text).expect("a file");
        };
        put("kantor.csv", "kode,nama\ndinsos,Dinas Sosial\n");
        put("gerai-1.csv", "kode,nama,kantor,awalan,lantai\nsos,Gerai Sosial,dinsos,S,1\n");
        put("gerai-2.csv", counters);
        let input = Input::Folder(Folder { path: folder.path().to_owned(), ..Folder::default() });
        let program = format!("if has(\"awalan\") then {COUNTERS} else {UNITS} end");
        let policy = Policy { settle_millis: 20, ..Policy::default() };
        let said = mapped_under(policy, input, &program, false).await;
        let told = said.problems.into_iter().filter(|one| one.code == "KEY_MISSING");
        told.map(|one| one.message).collect::<Vec<_>>()
    };
    let whole = "kode,nama,kantor,awalan,lantai\npjk,Gerai Pajak,dinsos,P,1\n";
    assert!(missing(whole).await.is_empty(), "{:?}", missing(whole).await);
    let told = missing(&whole.replace("lantai", "lt")).await;
    let [told] = told.as_slice() else { panic!("{told:?}") };
    assert!(told.contains("reads .lantai, and no record of gerai-2.csv has it"), "{told}");
}
