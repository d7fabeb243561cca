//! The keys that a program is found to read.

use super::*;

fn record(json: &str) -> Val {
    jaq_json::read::parse_single(json.as_bytes()).expect("JSON")
}

fn missing(program: &str, json: &str) -> Vec<String> {
    let mut keys = Keys::of(program);
    keys.look_at(&record(json));
    keys.missing().iter().map(|error| error.message().to_owned()).collect()
}

#[test]
fn a_key_that_no_record_has_is_named_with_those_that_there_are() {
    let row = r#"{"kode": "kk", "nama": "KK", "Nama Unit": "a", "syarat": "x"}"#;
    for (program, key) in [
        ("{source_id: .kode, title: .persyaratan}", ".persyaratan"),
        (". as $row | {source_id: $row.kode, title: $row.judul}", ".judul"),
        ("{source_id: .kode, a: (.[\"Nama unit\"] | ascii_downcase)}", ".\"Nama unit\""),
        ("{kode, judul}", ".judul"),
        (". as {kode: $k, judul: $j} | {source_id: $k}", ".judul"),
        ("def record: {source_id: .kode, t: .judul}; record", ".judul"),
        ("{a: \"\\(.kode)-\\(.judul)\"}", ".judul"),
        ("if .aktif == \"ya\" then {source_id: .kode} else empty end", ".aktif"),
        ("{a: (.judul // .title)}", ".judul // .title"),
        ("{a: (.judul // \"\")}", ".judul"),
        (". as {$judul} | {a: $judul}", ".judul"),
        ("def judul($of): $of.judul; judul(.)", ".judul"),
    ] {
        let told = missing(program, row);
        assert_eq!(told.len(), 1, "{program}: {told:?}");
        assert!(told[0].contains(&format!("reads {key}, and no")), "{program}: {told:?}");
        assert!(told[0].contains("Nama Unit, kode, nama, syarat"), "{told:?}");
    }
}

#[test]
fn what_the_program_makes_or_allows_for_is_not_asked_of_the_source() {
    let row = r#"{"kode": "kk", "daftar": [{"nama": "KK"}], "isi": "{}"}"#;
    for program in [
        "{a: .kode} | .a, .b",
        ".daftar[] | {t: .nama}",
        ".daftar | map({t: .nama}) | .[] | .t",
        "{a: (.id // .kode)}",
        "if has(\"judul\") then .judul else .kode end",
        "with_entries(select(.value != null)) | .x",
        "(.isi | fromjson) as $isi | {a: $isi.b}",
        "{a: (.kode | sub(\"(?<x>k)\"; \"\\(.x)\"))}",
        "reduce .daftar[] as $x ({}; .[$x.nama] = .n) | .n",
        "try error(\"x\") catch .message",
        "def made: {u: 1}; {a: made.u}",
        ".baru = .kode | {a: .baru}",
        "{a: (.kode | ascii_downcase), b: [.daftar[] | .nama | {text: .}]}",
        ".daftar as $x | [range($x | length) as $i | {text: $x[$i]}]",
        ".daftar as $x | $x[0 as $i | $i + 1]",
        "\"judul\" as $field | {a: .[$field]}",
        ".kode as $judul | {$judul}",
        ".kode as $k | if has($k) then .[$k] else empty end",
        "{a: $ENV.JUDUL, b: env.JUDUL}",
        "INDEX(.daftar[]; .nama) | .x",
        "[.daftar[] | {key: .nama, value: 1}] | from_entries | .x",
        "def judul($of): $of.judul; judul({judul: .kode})",
        "def judul(of): of.judul; judul({judul: .kode})",
        "{a: (.kode | rupiah | .amount_rupiah)}",
    ] {
        assert_eq!(missing(program, row), Vec::<String>::new(), "{program}");
    }
    assert!(Keys::of(".nama").missing().is_empty(), "no record, no word");
}

#[test]
fn a_heading_that_was_renamed_is_lost_where_the_mapping_reads_it() {
    let mut keys = Keys::of("{a: .kode, b: (.syarat // .dokumen)}");
    keys.look_at(&record(r#"{"kode": 1, "syarat": 2, "lain": 3}"#));
    keys.look_at(&record(r#"{"kode": 1, "syarat": 2}"#));
    let before = keys.relied_on().keys;
    let set = |keys: &[&str]| keys.iter().map(|key| (*key).to_owned()).collect();
    assert_eq!(before, set(&["kode", "syarat"]));
    let told = keys.lost(&before, &set(&["kode", "persyaratan"])).expect("lost");
    assert!(told.contains(".syarat // .dokumen") && told.contains("persyaratan"), "{told}");
    assert_eq!(keys.lost(&before, &set(&["kode", "dokumen"])), None, "the other will do");
    assert_eq!(keys.lost(&set(&[]), &set(&["x"])), None, "the first run");
}

#[test]
fn a_key_that_is_nearly_another_is_told_with_it() {
    let told = missing("{a: .kode, b: .Biaya}", r#"{"kode": 1, "Biaaya": 2}"#);
    assert!(
        told[0]
            .contains("reads .Biaya, and no record of the source has it (did you mean .Biaaya?)"),
        "{told:?}"
    );
    let told = missing("{a: .kode, b: .syarat}", r#"{"kode": 1, "Biaaya": 2}"#);
    assert!(!told[0].contains("did you mean"), "{told:?}");
    let set = |keys: &[&str]| keys.iter().map(|key| (*key).to_owned()).collect();
    let keys = Keys::of("{b: .Biaya}");
    let lost = keys.lost(&set(&["Biaya"]), &set(&["Biaaya"])).expect("lost");
    assert!(lost.contains("(did you mean .Biaaya?)"), "{lost}");
}

#[test]
fn a_column_that_empties_is_told_unless_few_had_it_or_another_will_do() {
    let read = |rows: &[&str]| {
        let mut keys = Keys::of("{a: .kode, b: (.syarat // .dokumen), c: .biaya}");
        rows.iter().for_each(|row| keys.look_at(&record(row)));
        keys
    };
    let row = |biaya: &str| format!(r#"{{"kode": 1, "syarat": "KTP", "biaya": "{biaya}"}}"#);
    let (full, empty) = (row("Gratis"), row(" "));
    let (full, empty) = (full.as_str(), empty.as_str());
    let before = read(&[full; 6]).relied_on();
    let told = read(&[empty; 6]).emptied(&before).expect("emptied");
    assert!(told.contains("reads .biaya,"), "{told}");
    assert_eq!(read(&[empty, full]).emptied(&before), None);
    assert_eq!(read(&[]).emptied(&before), None, "that is another fault");
    let other = r#"{"kode": 1, "syarat": "", "dokumen": ["KTP"], "biaya": 0}"#;
    assert_eq!(read(&[other]).emptied(&before), None, "the other will do, and 0 is something");
    let few = read(&[full, empty, empty, empty]).relied_on().heed(3);
    assert_eq!(read(&[empty]).emptied(&few), None, "one was filled");
}
