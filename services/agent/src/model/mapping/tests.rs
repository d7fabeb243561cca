//! Mappings: what they make of a row, and what they say if they fail.

use serde_json::json;

use super::{super::functions::FUNCTIONS, *};

#[test]
fn an_empty_cell_is_no_fee_and_no_time() {
    let program = "{service: {fees: [(.biaya, .denda) | rupiah], time: (.waktu | service_time)}}";
    let mapping = Mapping::compile(program).expect("compiles");
    let row = json!({ "biaya": "", "denda": "Rp 5.000", "waktu": null });
    let out = mapping.apply(&row).expect("maps");
    assert_eq!(out[0]["service"]["fees"].as_array().map(Vec::len), Some(1));
    assert_eq!(out[0]["service"]["time"], Value::Null);
    let out = mapping.apply(&json!({ "biaya": " " })).expect("maps");
    assert_eq!(out[0]["service"]["fees"], json!([]));
}

#[test]
fn a_state_is_read_or_the_row_is_told() {
    let mapping = Mapping::compile(".aktif | service_state").expect("compiles");
    let said = |aktif: Value| mapping.apply(&json!({ "aktif": aktif }));
    for (aktif, state) in [
        (json!("Aktif"), json!("STATE_ACTIVE")),
        (json!(0), json!("STATE_INACTIVE")),
        (json!(false), json!("STATE_INACTIVE")),
        (Value::Null, Value::Null),
    ] {
        assert_eq!(said(aktif).expect("read"), [state]);
    }
    let error = said(json!("draft")).expect_err("neither");
    assert!(error.message().contains("says neither that the service is served"), "{error}");
}

#[test]
fn a_program_maps_a_row_with_the_helpers() {
    let mapping = Mapping::compile(
        r#"{source_id: (.kode | ascii_downcase), service: {title: {id: .nama}, fees: [.biaya | rupiah],
           time: (.waktu | service_time), procedure: (.alur | list_items), product: (.hasil | html_text)}}"#,
    )
    .expect("compiles");
    let row = json!({
        "kode": "SKCK", "nama": "SKCK", "biaya": "Rp30.000", "waktu": "1 jam",
        "alur": "1. A\n2. B", "hasil": "<b>SKCK</b>",
    });
    let out = mapping.apply(&row).expect("maps");
    assert_eq!(out[0]["source_id"], "skck");
    assert_eq!(out[0]["service"]["fees"][0]["amount_rupiah"], 30_000);
    assert_eq!(out[0]["service"]["time"]["unit"], "UNIT_HOURS");
    assert_eq!(out[0]["service"]["procedure"], json!(["A", "B"]));
    assert_eq!(out[0]["service"]["product"], "SKCK");
}

#[test]
fn the_helpers_read_numbers_as_well_as_texts() {
    let mapping = Mapping::compile("(.biaya | rupiah), (.rinci | rupiah)").expect("compiles");
    let out = mapping.apply(&json!({ "biaya": 50_000, "rinci": 50_000.5 })).expect("maps");
    assert_eq!((&out[0]["kind"], &out[0]["amount_rupiah"]), (&json!("KIND_FIXED"), &json!(50_000)));
    assert_eq!(out[1]["kind"], "KIND_UNPARSED");
}

#[test]
fn a_wrong_program_says_what_is_wrong() {
    let fault = |program: &str| Mapping::compile(program).err().expect("wrong").to_string();
    let unclosed = fault("{\n  a: (.b");
    assert!(unclosed.contains("line 2, column 9: expected closing parenthesis"), "{unclosed}");
    let empty = fault("{a: }");
    assert!(empty.contains("line 1, column 5: expected term"), "{empty}");
    let unknown = fault("# é\n.nama | rupiahs");
    assert!(unknown.contains("line 2, column 9: there is no filter 'rupiahs'"), "{unknown}");
    let mapping = Mapping::compile("error(\"kolom biaya kosong\")").expect("compiles");
    let error = mapping.apply(&json!({})).expect_err("raises");
    assert!(error.message().contains("kolom biaya kosong"), "{error}");
}

#[test]
fn a_record_that_fails_says_where_the_program_fails_and_shows_no_record() {
    let long = "x".repeat(5_000);
    let row = json!({ "nama": { "id": long }, "kode": null, "biaya": "Rp5.000", "daftar": [1] });
    for (program, place, said) in [
        ("{\n  a: 1,\n  b: (.nama | ascii_downcase)\n}", "line 3, column 15", "cannot use"),
        (
            "def trimmed: gsub(\" \"; \"\");\n. as $row | {id: ($row.kode | trimmed)}",
            "line 1, column 14",
            "null",
        ),
        ("[.daftar[] | .a]", "line 1, column 15", "cannot index"),
        (
            "if .kode == null then error(\"kode kosong\") else . end",
            "line 1, column 23",
            "kode kosong",
        ),
        ("{a: (.nama + 1)}", "line 1, column 7", "cannot calculate"),
        (".daftar | map(.[0])", "line 1, column 17", "cannot index"),
        ("{t: (.nama | rupiah)}", "line 1, column 14", "cannot use"),
    ] {
        let mapping = Mapping::compile(program).expect(program);
        let error = mapping.apply(&row).expect_err(program);
        let message = error.message();
        assert!(message.contains(place) && message.contains(said), "{program}: {message}");
        assert!(message.len() < 400, "{program}: {message}");
    }
    let caught = Mapping::compile("{a: (try error(\"x\") catch .), b: (.kode.x? // 1)}");
    assert_eq!(caught.expect("compiles").apply(&row).expect("maps"), [json!({"a": "x", "b": 1})]);
}

#[test]
fn numbers_of_json_are_read_by_the_helpers_and_long_ones_keep_their_digits() {
    let program = "{id: (.id | tostring), fee: (.biaya | rupiah), time: (.waktu | service_time)}";
    let page = read::parse_single(br#"{"id": 123456789012345678901, "biaya": 50000, "waktu": 3}"#);
    let out = Mapping::compile(program).expect("compiles").run(page.expect("JSON")).expect("maps");
    assert_eq!(out[0]["id"], "123456789012345678901");
    assert_eq!(out[0]["fee"]["amount_rupiah"], 50_000);
    assert_eq!(out[0]["time"]["source_text"], "3");
    for number in ["150000.0", "150000.00"] {
        let page = format!(r#"{{"id": 1, "biaya": {number}, "waktu": 3}}"#);
        let page = read::parse_single(page.as_bytes()).expect("JSON");
        let out = Mapping::compile(program).expect("compiles").run(page).expect("maps");
        assert_eq!(out[0]["fee"]["amount_rupiah"], 150_000, "a database's number");
    }
}

#[test]
fn every_helper_that_is_told_of_is_there() {
    for helper in FUNCTIONS {
        let program = format!("{} | {}", helper.from, helper.name);
        let mapping = Mapping::compile(&program).expect(&program);
        assert_eq!(mapping.apply(&json!(null)).expect(&program).len(), 1);
    }
    for (helper, form) in FUNCTIONS.iter().flat_map(|own| own.forms.iter().map(move |f| (own, f))) {
        let mapping = Mapping::compile(helper.name).expect(helper.name);
        let read = mapping.apply(&json!(form)).expect(form).remove(0);
        assert!(!read.to_string().contains("_UNPARSED"), "{form}: {read}");
    }
    let unknown = Mapping::compile("rupiahs").err().expect("unknown").to_string();
    assert!(FUNCTIONS.iter().all(|helper| unknown.contains(helper.name)), "{unknown}");
}

#[test]
fn a_program_without_end_is_cut() {
    let mapping = Mapping::compile("repeat(1)").expect("compiles");
    assert!(mapping.apply(&json!({})).is_err());
}

#[test]
fn another_program_is_another_version() {
    assert_ne!(version("."), version(".a"));
    assert_eq!(version("."), version("."));
}
