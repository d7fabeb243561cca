//! Catalogs that the agent sees for the first time, and the mappings that are proposed for them.

use std::path::{Path, PathBuf};

use mpp_agent::{Input, Pages, Policy, Setting, Table, lists, propose};

fn catalogs() -> Vec<PathBuf> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/it/strange");
    let files = ["seen", "unseen"].map(|part| std::fs::read_dir(folder.join(part)));
    let files = files.into_iter().flat_map(|files| files.expect("a folder"));
    let files = files.map(|file| file.expect("a file").path());
    files.filter(|file| file.extension().is_some_and(|end| end != "expected")).collect()
}

fn input(path: PathBuf) -> Input {
    if path.extension().is_some_and(|end| end == "csv") {
        return Input::Csv(Table { path, ..Table::default() });
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
        let proposed = propose(input(path), "units/dinas", &Policy::default()).await;
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
    let input = Input::Csv(Table { path, ..Table::default() });
    let said = propose(input, "units/dinas", &Policy::default()).await;
    assert!(said.expect_err("nothing is proposed").message().contains("by hand"));
}
