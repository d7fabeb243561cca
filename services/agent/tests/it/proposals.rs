//! Catalogs that the agent sees for the first time, and the mappings that are proposed for them.

use std::path::{Path, PathBuf};

use mpp_agent::{
    Above, CsvFile, Destination, Folder, Input, Pages, Policy, Setting, Wanted, lists, propose,
};

const SERVICES: Wanted<'_> = Wanted {
    destination: Destination::Registry,
    place: None,
    above: Above { unit: "units/dinas", mall: "malls/mal" },
};

fn catalogs() -> Vec<PathBuf> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/it/strange");
    let files = ["seen", "unseen"].map(|part| std::fs::read_dir(folder.join(part)));
    let files = files.into_iter().flat_map(|files| files.expect("a folder"));
    let files = files.map(|file| file.expect("a file").path());
    files.filter(|file| file.extension().is_some_and(|end| end != "expected")).collect()
}

fn input(path: PathBuf) -> Input {
    if path.extension().is_some_and(|end| end == "csv") {
        return Input::Csv(CsvFile { path, ..CsvFile::default() });
    }
    let location = path.display().to_string();
    let found = lists(&location, None, &Policy::default()).expect("a page");
    let items = Setting { text: found.items[0].0.clone(), place: "x.toml, line 4".into() };
    Input::Json(Pages { location, items, ..Pages::default() })
}

#[tokio::test]
async fn each_proposal_makes_records_of_the_contract_of_its_catalog() {
    for path in catalogs() {
        let shown = path.display().to_string();
        let proposed = propose(input(path), &SERVICES, &Policy::default()).await;
        let proposed = proposed.unwrap_or_else(|error| panic!("{shown}: {error}"));
        let mapped = proposed.mapped(3).expect("a program that can be used");
        assert_eq!(mapped.len(), 3, "{shown}");
        for record in mapped {
            let record = record.unwrap_or_else(|error| panic!("{shown}: {error}"));
            let read = mpp_api::json::read::<mpp_api::sync::Record>(&record);
            let read = read.unwrap_or_else(|error| panic!("{shown}: {error}: {record}"));
            let wrong = of_form(read);
            assert_eq!(wrong, None, "{shown}: {record}");
        }
    }
}

/// The refusal by which the registry would answer a record's form, if it would.
fn of_form(record: mpp_api::sync::Record) -> Option<String> {
    mpp_form::record::check(record, "sources/dinas").err().map(|error| error.to_string())
}

#[tokio::test]
async fn what_is_no_catalog_of_services_is_told() {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("suhu.csv");
    std::fs::write(&path, "suhu,lembap\n31.2,80\n30.9,82\n").expect("a file");
    let input = Input::Csv(CsvFile { path, ..CsvFile::default() });
    let said = propose(input, &SERVICES, &Policy::default()).await;
    assert!(said.expect_err("nothing is proposed").message().contains("by hand"));
}

#[tokio::test]
async fn of_a_folder_each_bad_file_is_named_and_the_others_are_guessed_from() {
    let folder = tempfile::tempdir().expect("a folder");
    let put = |name: &str, text: &str| {
        std::fs::write(folder.path().join(name), text).expect("a file");
    };
    put("a.json", "no JSON");
    put("b.xlsx", "no workbook");
    put("c.csv", "");
    put(
        "d.csv",
        "kode,nama,syarat,biaya\nKTP,KTP elektronik,KK,Gratis\nKIA,Kartu anak,KK,Gratis\n",
    );
    put("e.csv", "kode,nama,syarat,biaya\nSIP,Izin praktik dokter,STR,Rp 50.000\n\"SIK,Izin,x,y\n");
    put("lama.xls", "x");
    let input = Folder { path: folder.path().to_owned(), ..Folder::default() };
    let proposed = propose(Input::Folder(input), &SERVICES, &Policy::default()).await;
    let proposed = proposed.expect("of the good ones");
    assert_eq!(proposed.records.len(), 3, "{:?}", proposed.records);
    assert!(proposed.mapped(1).expect("a program")[0].is_ok());
    let told: Vec<&str> = proposed.lacks.iter().map(mpp_core::Error::message).collect();
    for (bad, why) in [
        ("a.json", "JSON"),
        ("b.xlsx", ""),
        ("c.csv", "empty"),
        ("e.csv", "line 3"),
        ("lama.xls", "save them as"),
    ] {
        let named = told.iter().any(|text| text.contains(bad) && text.contains(why));
        assert!(named, "{bad}: {told:#?}");
    }
    assert!(!told.iter().any(|text| text.contains("d.csv")), "{told:#?}");
}
