//! Catalogs of which it is known what holds which field, and programs that can be run.

use std::{collections::BTreeMap, fs, path::Path};

use serde_json::json;

use super::*;

#[test]
fn a_code_that_comes_twice_by_a_slip_is_a_code_and_is_named() {
    let row = |number: usize| {
        let code = if number == 7 { 2 } else { number };
        json!({ "kode": format!("PRZ-{code:03}"), "nama": format!("Izin nomor {number}") })
    };
    let guessed = guess(&(1..=14).map(row).collect::<Vec<_>>());
    let id = guessed.of(Field::SourceId).expect("the codes");
    assert_eq!(id.column(), "kode");
    assert!(id.doubt.as_deref().is_some_and(|doubt| doubt.contains("PRZ-002")), "{id:?}");
}

#[test]
fn a_list_in_one_record_and_a_text_in_another_are_both_read() {
    let texts = |papers: Value, fee: Value| {
        let mut record = json!({ "kode": "a", "nama": "Izin" });
        (record["syarat"], record["biaya"]) = (papers, fee);
        record
    };
    let lists = texts(json!(["KTP", "KK"]), json!(["Gratis", "Rp 50.000"]));
    let objects = texts(json!([{ "isi": "KTP asli" }, { "isi": "KK" }]), json!([]));
    let plain = texts(json!("<ol><li>KTP</li><li>KK</li></ol>"), json!("Rp 50.000"));
    let short = texts(json!("1. KTP; 2. NIB"), json!(50000));
    let (empty, none) = (texts(json!([]), json!([])), texts(Value::Null, Value::Null));
    for first in [&lists, &objects] {
        let sample = [first, &plain, &short, &empty, &none].map(Value::clone);
        let program = program(&guess(&sample), "units/a");
        let mapping = crate::model::mapping::Mapping::compile(&program).expect("a program");
        let counted = |record: &Value| {
            let made = mapping.apply(record);
            let made = made.unwrap_or_else(|error| panic!("{error}\n{program}"));
            let all = |field: &str| made[0]["service"][field].as_array().map_or(0, Vec::len);
            (all("requirements"), all("fees"))
        };
        assert_eq!(counted(&plain), (2, 1), "{program}");
        assert_eq!(counted(&short), (2, 1), "{program}");
        assert_eq!((counted(&empty), counted(&none)), ((0, 0), (0, 0)), "{program}");
        assert_eq!(counted(&lists), (2, 2), "a list of texts: {program}");
        let torn = mapping.apply(&texts(json!([{ "lain": "KTP" }]), Value::Null));
        assert!(torn.is_err(), "an item of another form is not lost: {torn:?}\n{program}");
    }
}

#[test]
fn a_list_of_fees_is_read_by_its_amounts_and_kept_whole_where_they_are_not_sure() {
    let of = |fees: Value| {
        let record = json!({ "kode": "a", "nama": "Paspor", "biaya": fees });
        let program = program(&guess(std::slice::from_ref(&record)), "units/a");
        let mapping = crate::model::mapping::Mapping::compile(&program).expect("a program");
        let made = mapping.apply(&record).unwrap_or_else(|error| panic!("{error}\n{program}"));
        (made[0]["service"]["fees"].clone(), program)
    };
    let names = ["Paspor biasa 48 halaman", "Paspor elektronik"];
    let (fees, _) = of(json!([
        { "jenis": names[0], "tarif": "Rp 350.000" }, { "jenis": names[1], "tarif": 650000 },
    ]));
    for (at, amount) in [350_000, 650_000].into_iter().enumerate() {
        assert_eq!(fees[at]["amount_rupiah"], amount, "{fees}");
        assert_eq!(fees[at]["label"], names[at], "{fees}");
    }
    let (fees, program) = of(json!([
        { "jenis": "Sewa tenda", "tarif": 5000, "denda": "Rp 1.000" },
        { "jenis": "", "tarif": 50000, "denda": null },
    ]));
    assert_eq!(fees[0]["kind"], "KIND_UNPARSED", "{fees}");
    let said = fees[0]["source_text"].as_str().unwrap_or_default();
    assert!(said.contains("Sewa tenda") && said.contains("5000"), "{fees}");
    assert_eq!(fees[1]["kind"], "KIND_UNPARSED", "of two amounts one is none: {fees}");
    assert!(program.contains("which of its keys is the amount"), "{program}");
}

#[test]
fn a_fee_with_a_key_that_no_fee_had_before_is_not_read() {
    let of = |fees: Value| json!({ "kode": "a", "nama": "Paspor", "biaya": fees });
    let seen = of(json!([{ "id": 1, "jenis": "Biasa", "tarif": "Rp 5.000" }]));
    let program = program(&guess(std::slice::from_ref(&seen)), "units/a");
    let mapping = crate::model::mapping::Mapping::compile(&program).expect("a program");
    for (fee, kind) in [
        (json!({ "id": 2, "jenis": "Ganti", "tarif": 9000 }), "KIND_FIXED"),
        (json!({ "jenis": "Ganti", "tarif": 9000, "denda": "" }), "KIND_FIXED"),
        (json!({ "jenis": "Ganti", "tarif": 9000, "denda": 5000 }), "KIND_UNPARSED"),
        (json!({ "jenis": "Ganti", "tarif": null }), "KIND_UNPARSED"),
        (json!({ "jenis": "5000", "tarif": "" }), "KIND_UNPARSED"),
    ] {
        let made = mapping.apply(&of(json!([fee]))).expect("a record");
        assert_eq!(made[0]["service"]["fees"][0]["kind"], kind, "{fee}\n{program}");
    }
}

#[test]
fn a_code_that_comes_twice_in_a_short_list_stays_the_id_and_is_named() {
    let catalog = |codes: &[&str]| {
        let row = |(at, code): (usize, &&str)| {
            // Numbers that do not count the rows are worse ids than codes.
            let title = format!("Surat keterangan {at}");
            json!({ "No": at * 3 % 7 + 1, "Kode": code, "Nama Layanan": title })
        };
        guess(&codes.iter().enumerate().map(row).collect::<Vec<_>>())
    };
    let all = ["KS-001", "KS-002", "KS-003", "KS-004", "KS-004", "KS-006"];
    let id = |guess: &Guess| guess.of(Field::SourceId).map(|id| (id.column(), id.doubt.clone()));
    let said = "KS-004 comes twice: mend it; the first row counts";
    let guessed = catalog(&all);
    assert_eq!(id(&guessed), Some(("Kode".to_owned(), Some(said.to_owned()))));
    assert!(program(&guessed, "units/a").contains(said));
    let of_offices = catalog(&["DP", "DP", "DK", "DK", "DK", "DS"]);
    assert_ne!(id(&of_offices).map(|(column, _)| column).as_deref(), Some("Kode"));
}

/// A catalog of tests/it/strange: its records, and which column holds what.
fn catalog(path: &Path) -> (Vec<Value>, BTreeMap<String, String>) {
    let text = fs::read_to_string(path).expect("a catalog");
    let records = if path.extension().is_some_and(|end| end == "json") {
        list(&serde_json::from_str(&text).expect("JSON")).expect("a list")
    } else {
        rows(&text)
    };
    let expected = fs::read_to_string(path.with_extension("expected")).expect("its columns");
    let pairs = expected.lines().filter_map(|line| line.split_once('\t'));
    (records, pairs.map(|(field, column)| (field.into(), column.into())).collect())
}

fn list(value: &Value) -> Option<Vec<Value>> {
    match value {
        Value::Array(items) => Some(items.clone()),
        Value::Object(fields) => fields.values().find_map(list),
        _ => None,
    }
}

/// Cells of which some have lines within quotes.
fn rows(text: &str) -> Vec<Value> {
    let heading = text.lines().next().unwrap_or_default();
    let sign = [';', '|', ','].into_iter().find(|sign| heading.contains(*sign)).unwrap_or(',');
    let (mut rows, mut quoted) = (vec![vec![String::new()]], false);
    for found in text.trim_end().chars() {
        let row = rows.last_mut().expect("a row");
        match found {
            '"' => quoted = !quoted,
            '\n' if !quoted => rows.push(vec![String::new()]),
            sign_found if sign_found == sign && !quoted => row.push(String::new()),
            other => row.last_mut().expect("a cell").push(other),
        }
    }
    let heading = rows.remove(0);
    let record = |row: Vec<String>| {
        Value::Object(heading.iter().cloned().zip(row.into_iter().map(Value::from)).collect())
    };
    rows.into_iter().map(record).collect()
}

/// How many fields are right, how many there are, and what is wrong.
fn tried(folder: &str) -> (usize, usize, Vec<String>) {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/it/strange").join(folder);
    let (mut right, mut all, mut wrong) = (0, 0, Vec::new());
    for file in fs::read_dir(folder).expect("a folder").map(|file| file.expect("it").path()) {
        if file.extension().is_some_and(|end| end == "expected") {
            continue;
        }
        let (records, expected) = catalog(&file);
        let guess = guess(&records);
        let found: BTreeMap<String, String> = guess
            .choices
            .iter()
            .map(|choice| (choice.field.name().to_owned(), choice.column()))
            .collect();
        for (_, field) in Field::ALL {
            let (is, should) = (found.get(field), expected.get(field));
            if is.is_none() && should.is_none() {
                continue;
            }
            all += 1;
            if is == should {
                right += 1;
            } else {
                let file = file.file_name().unwrap_or_default().display();
                wrong.push(format!("{file}: {field} is {is:?}, and should be {should:?}"));
            }
        }
    }
    (right, all, wrong)
}

#[test]
fn nine_in_ten_fields_of_catalogs_are_right() {
    for folder in ["seen", "unseen"] {
        let (right, all, wrong) = tried(folder);
        println!("{folder}: {right} of {all} fields are right; {wrong:#?}");
        assert!(right * 10 >= all * 9, "{folder}: {right} of {all}: {wrong:#?}");
    }
}

#[test]
fn a_name_or_a_code_of_several_lines_stays_within_its_remark() {
    let row = |number: usize| {
        let code = if number == 7 { 2 } else { number };
        json!({
            "kode": format!("PRZ\n{code:03}"), "nama": format!("Izin nomor {number}"),
            "biaya": "Gratis", "biaya\n{": "Gratis", "lain\r\nlagi\\": "x", "def": "Rp 5.000",
        })
    };
    assert_runs(&(1..=14).map(row).collect::<Vec<_>>());
}

fn assert_runs(records: &[Value]) {
    let program = program(&guess(records), "units/a");
    let mapping = crate::model::mapping::Mapping::compile(&program);
    assert!(mapping.is_ok(), "{:?}\n{program}", mapping.err());
}

#[test]
fn of_whatever_columns_a_program_comes_that_can_be_run() {
    let known = ["kode", "nama", "biaya", "waktu", "syarat", "id", "unit", "judul"];
    let texts = ["Gratis", "Rp 50.000", "3 hari kerja", "1. KTP 2. KK", "KTP-01", "<b>a</b>", ""];
    bolero::check!().with_iterations(300).with_type::<Vec<(String, u8, String)>>().for_each(
        |cells: &Vec<(String, u8, String)>| {
            let row = cells.iter().map(|(name, pick, text)| {
                let pick = usize::from(*pick);
                let name = if pick % 2 == 0 { name.as_str() } else { known[pick % known.len()] };
                let text = if pick % 3 == 0 { text.as_str() } else { texts[pick % texts.len()] };
                (name.to_owned(), Value::from(text))
            });
            let row = Value::Object(row.collect());
            assert_runs(&[row.clone(), row]);
        },
    );
}
