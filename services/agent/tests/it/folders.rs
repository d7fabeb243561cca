//! A folder of files as an agent reads it.

use std::{fs, path::Path, time::Duration};

use mpp_agent::{Checked, Edited, Folder, Input, Policy, Setting, Way, pattern};
use rust_xlsxwriter::Workbook;
use tokio::time::timeout;

use crate::{
    office::{MAPPING, counts, in_a_way, lack, mapped_under, places},
    watched::comes_unasked,
};

const DUKCAPIL: &str = "kode,nama,syarat\nKTP,KTP elektronik,Kartu keluarga\nKK,Kartu keluarga,\n";
const IZIN: &str = "kode,nama,syarat\nSIP,Izin praktik dokter,STR\n";

async fn read(path: &Path, files: Option<&str>) -> Checked {
    let files = files.map(|text| pattern(text).expect("a pattern"));
    let mut folder = Folder { path: path.to_owned(), files, ..Folder::default() };
    folder.pages.items = Setting::from("data");
    let policy = Policy { settle_millis: 20, ..Policy::default() };
    mapped_under(policy, Input::Folder(folder), MAPPING, false).await
}

fn office(files: &[(&str, &str)]) -> tempfile::TempDir {
    let folder = tempfile::tempdir().expect("a folder");
    for (name, text) in files {
        let path = folder.path().join(name);
        fs::create_dir_all(path.parent().expect("a folder")).expect("a folder");
        fs::write(path, text).expect("a file");
    }
    folder
}

#[tokio::test]
async fn files_of_every_kind_are_one_catalog() {
    let page = r#"{"data": [{"kode": "AKTA", "nama": "Akta kelahiran"}]}"#;
    let folder =
        office(&[("a.csv", DUKCAPIL), ("b.json", page), ("~$c.xlsx", "x"), ("baca.md", "")]);
    let mut book = Workbook::new();
    let sheet = book.add_worksheet();
    for (row, cells) in
        [["kode", "nama"], ["SIP", "Izin praktik"], ["NIB", "NIB usaha"]].into_iter().enumerate()
    {
        sheet.write_row(row as u32, 0, cells).expect("a row");
    }
    book.save(folder.path().join("c.xlsx")).expect("a workbook");
    let said = read(folder.path(), None).await;
    assert_eq!(counts(&said), (5, 0, true), "{:?} {:?}", said.problems, said.lack);
}

#[tokio::test]
async fn a_unit_is_of_a_column_that_one_of_the_lists_has() {
    let fees = "kode,nama,biaya\nSIP,Izin praktik dokter,12000\n";
    let folder = office(&[("a.csv", DUKCAPIL), ("b.csv", fees)]);
    let read = async |column: &str| {
        let input = Input::Folder(Folder { path: folder.path().to_owned(), ..Folder::default() });
        let program = MAPPING.replace("title:", "fees: [.biaya | rupiah], title:");
        let units = [(column.to_owned(), "Rp".to_owned())].into();
        let policy = Policy { settle_millis: 20, ..Policy::default() };
        in_a_way(policy, input, Way { program, units, ..Way::default() }).await
    };
    let said = read("biaya").await;
    assert_eq!(counts(&said), (3, 0, true), "{:?} {:?}", said.problems, said.lack);
    assert_eq!(said.tally.not_read, 0, "{:?}", said.problems);
    let said = read("biaaya").await;
    assert!(lack(&said).contains("units.\"biaaya\" names no column"), "{}", lack(&said));
}

#[tokio::test]
async fn the_files_that_are_named_are_read_also_in_folders_within() {
    let files = [("2026/a.csv", DUKCAPIL), ("b.CSV", IZIN), ("c.json", "{}"), ("lama.xls", "x")];
    let folder = office(&files);
    let said = read(folder.path(), Some("**/*.csv")).await;
    assert_eq!(counts(&said), (3, 0, true), "{:?} {:?}", said.problems, said.lack);
    let said = read(folder.path(), Some("*.csv")).await;
    assert_eq!(counts(&said), (1, 0, true), "{:?}", said.lack);
    let said = read(folder.path(), Some("*.tsv")).await;
    assert!(lack(&said).contains("no file there is called *.tsv"), "{}", lack(&said));
    let said = read(&folder.path().join("tiada"), None).await;
    assert!(lack(&said).contains("see path"), "{}", lack(&said));
}

#[tokio::test]
async fn one_id_in_two_files_counts_once_and_both_are_named() {
    let folder = office(&[("a.csv", DUKCAPIL), ("b.csv", DUKCAPIL)]);
    let said = read(folder.path(), None).await;
    assert_eq!((said.tally.read, said.tally.duplicate), (4, 2), "{:?}", said.lack);
    assert_eq!(places(&said)[0], "b.csv, row at line 2 (ktp)");
    assert!(said.problems[0].message.contains("a.csv, row at line 2"), "{:?}", said.problems);
}

#[tokio::test]
async fn one_file_that_is_not_whole_is_named_and_the_others_are_read() {
    for (name, text, told) in [
        ("b.csv", "", "the file is empty"),
        ("b.csv", "kode,nama\n", "it holds no record"),
        ("b.json", r#"{"data": []}"#, "it holds no record"),
        ("b.xlsx", "PK", "cut short"),
        ("b.json", r#"{"data": [{"kode""#, "b.json"),
        ("b.csv", "kode,nama,syarat\nSIP,\"Izin praktik,STR\n", "b.csv"),
        ("b.csv.part", "kode", "b.csv.part: being written"),
        ("b.xls", "x", "b.xls: not read; save them as .xlsx"),
        ("bagian 2 dari 3.csv", IZIN, "there are 3 parts"),
    ] {
        let folder = office(&[("a.csv", DUKCAPIL), (name, text)]);
        let said = read(folder.path(), None).await;
        assert!(lack(&said).contains(told), "{name}: {}", lack(&said));
        assert!(said.tally.read >= 2, "{name}");
    }
    let folder = office(&[("a.csv", DUKCAPIL), ("b.csv", ""), ("c.json", "")]);
    let said = read(folder.path(), None).await;
    assert!(lack(&said).contains("b.csv: ") && lack(&said).contains("c.json: "), "{}", lack(&said));
}

#[tokio::test]
async fn what_a_folder_holds_beside_its_files_is_told_unless_the_files_are_named() {
    let files = [("a.csv", DUKCAPIL), ("2026/b.csv", IZIN), ("foto/c.jpg", "x")];
    let folder = office(&files);
    let said = read(folder.path(), None).await;
    assert!(
        lack(&said).contains("2026/: a folder with files that are not read"),
        "{}",
        lack(&said)
    );
    assert!(!lack(&said).contains("foto"), "{}", lack(&said));
    assert_eq!(counts(&read(folder.path(), Some("*.csv")).await), (2, 0, true));
    assert_eq!(counts(&read(folder.path(), Some("**/*.csv")).await), (3, 0, true));

    for (link, leads_to, also) in
        [("b.csv", "tiada.csv", "*.csv"), ("lain", "2026", "**/*.csv"), ("b.csv", "2026", "*.csv")]
    {
        let folder = office(&[("a.csv", DUKCAPIL)]);
        let other = office(&[("2026/b.csv", IZIN)]);
        let to = other.path().join(leads_to);
        std::os::unix::fs::symlink(to, folder.path().join(link)).expect("a link");
        for files in [None, Some(also)] {
            let said = read(folder.path(), files).await;
            let told = format!("{link}: a link that leads to no file");
            assert!(lack(&said).contains(&told), "{files:?}: {}", lack(&said));
            assert_eq!(said.tally.read, 2);
        }
    }
    let folder = office(&[("a.csv", DUKCAPIL)]);
    let other = office(&[("b.csv", IZIN)]);
    let to = other.path().join("b.csv");
    std::os::unix::fs::symlink(to, folder.path().join("b.csv")).expect("a link");
    assert_eq!(counts(&read(folder.path(), None).await), (3, 0, true), "a link to a file is one");
}

#[tokio::test]
async fn a_file_that_calls_a_column_otherwise_is_named() {
    let other = IZIN.replace("syarat", "persyaratan");
    let missing = async |files: &[(&str, &str)]| {
        let folder = office(files);
        let input = Input::Folder(Folder { path: folder.path().to_owned(), ..Folder::default() });
        let program = MAPPING.replace(".syarat // empty | ", ".syarat | ");
        let policy = Policy { settle_millis: 20, ..Policy::default() };
        let said = mapped_under(policy, input, &program, false).await;
        let told = said.problems.into_iter().filter(|one| one.code == "KEY_MISSING");
        told.map(|one| one.message).collect::<Vec<_>>()
    };
    let told = missing(&[("a.csv", DUKCAPIL), ("b.csv", &other)]).await;
    let [told] = told.as_slice() else { panic!("{told:?}") };
    assert!(told.contains("reads .syarat, and no record of b.csv has it"), "{told}");
    assert!(told.ends_with("there are: kode, nama, persyaratan"), "{told}");
    assert_eq!(missing(&[("b.csv", &other)]).await.len(), 1, "where no file has it, once");
    assert!(missing(&[("a.csv", DUKCAPIL), ("b.csv", IZIN)]).await.is_empty());
}

#[tokio::test]
async fn all_parts_of_a_list_that_was_parted_are_the_whole() {
    let parts = [("bagian-1-dari-2.csv", DUKCAPIL), ("bagian-2-dari-2.csv", IZIN)];
    let said = read(office(&parts).path(), None).await;
    assert_eq!(counts(&said), (3, 0, true), "{:?}", said.lack);
}

#[tokio::test]
async fn files_that_change_while_they_are_read_are_no_whole() {
    let many: String = (0..4_000).map(|row| format!("K-{row},Izin usaha {row},KTP\n")).collect();
    let folder = office(&[("a.csv", &format!("kode,nama,syarat\n{many}"))]);
    rested_at(&folder.path().join("a.csv"), 0);
    // Each time whole, and rested for long: nobody waits for it.
    let writing = async {
        let other = tempfile::tempdir().expect("a folder");
        let new = other.path().join("b.csv");
        for time in 1.. {
            fs::write(&new, IZIN).expect("a file");
            rested_at(&new, time);
            fs::rename(&new, folder.path().join("b.csv")).expect("in its place");
            tokio::time::sleep(Duration::from_millis(1)).await;
        }
    };
    let said = tokio::select! {
        said = read(folder.path(), None) => said,
        () = writing => unreachable!("it goes on until the folder is read"),
    };
    assert!(lack(&said).contains("b.csv: changed, came or went"), "{}", lack(&said));
    let said = read(folder.path(), None).await;
    assert_eq!(counts(&said), (4_001, 0, true), "{:?}", said.lack);
}

/// Dates a file's last edit years ago, so many seconds after another.
fn rested_at(path: &Path, second: u64) {
    let past = std::time::UNIX_EPOCH + Duration::from_secs(1_700_000_000 + second);
    fs::File::open(path).and_then(|file| file.set_modified(past)).expect("a time");
}

#[tokio::test]
async fn an_edit_of_a_file_is_noticed_at_once() {
    let folder = office(&[("a.csv", DUKCAPIL)]);
    let policy = Policy { look_millis: 100, ..Policy::default() };
    let path = folder.path().join("a.csv");
    let of = Folder { path: folder.path().to_owned(), ..Folder::default() };
    let watches = [Edited::of_folder(&of, &policy), Edited::of_file(&path, &policy)];
    for (number, mut watch) in watches.into_iter().enumerate() {
        watch.note().await;
        assert!(!comes_unasked(watch.changed()).await, "nothing was written");
        fs::write(&path, IZIN.repeat(number + 2)).expect("an edit");
        timeout(Duration::from_secs(60), watch.changed()).await.expect("noticed");
    }
    let mut watch = Edited::of_folder(&of, &policy);
    watch.note().await;
    fs::remove_file(path).expect("removed");
    timeout(Duration::from_secs(60), watch.changed()).await.expect("noticed");
}
