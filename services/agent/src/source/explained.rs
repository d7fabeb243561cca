//! Explains a fault of a row to the source's keeper: which column is NULL or empty, and other
//! values of the row by which it can be found.

use jaq_json::Val;
use mpp_api::sync::Record;
use mpp_core::{Error, FieldCode, Result};
use serde_json::Value;

use super::tables::held_back::id;
use crate::model::{
    filled::text,
    lacking::{columns, shown},
    mapping::Mapping,
    screen,
};

/// A fault of the mapping on a row.
pub fn of_mapping(mapping: &Mapping, row: &Val, error: Error) -> Error {
    let said = error.violations().first().map(|fault| fault.description.clone());
    let said = said.unwrap_or_else(|| error.message().to_owned());
    let text = match lacking(mapping, row, |filled| mapping.fails(filled).is_none()) {
        Some(lack) => format!("{lack}, and the mapping cannot do without it ({said})"),
        None => compound(row, &said).map_or(said.clone(), |found| format!("{found} ({said})")),
    };
    Error::field("mapping", FieldCode::Mapping, format!("{text}{}", shown(row)))
}

/// A fault of a record that the mapping made of a row.
pub fn of_record(mapping: &Mapping, row: &Val, output: Option<&Value>, error: Error) -> Error {
    let Some(fault) = error.violations().first() else { return error };
    let lack = match fault.code {
        FieldCode::Suspicious | FieldCode::Required if output.and_then(id).is_none() => {
            lacking_key(mapping, row)
        }
        FieldCode::ErrorValue => {
            let is_whole =
                |outputs: Vec<Value>| outputs.iter().all(|o| screen::residue(o).is_none());
            lacking(mapping, row, |filled| mapping.run(filled).is_ok_and(is_whole))
        }
        _ => return error,
    };
    let lack = lack.map(|lack| format!("; {lack}")).unwrap_or_default();
    let text = format!("{}{lack}{}", fault.description, shown(row));
    Error::field(fault.field.clone(), fault.code, text)
}

/// Refuses a record without an id: it could be neither mended nor withdrawn.
pub fn with_id(record: Record) -> Result<Record> {
    if record.source_id.is_empty() {
        let text = "a record needs the id that it has in its source";
        return Err(Error::field("source_id", FieldCode::Required, text));
    }
    Ok(record)
}

/// "kode is NULL": the empty column that the row's id is made of.
fn lacking_key(mapping: &Mapping, row: &Val) -> Option<String> {
    let has_id = |outputs: Vec<Value>| outputs.first().and_then(id).is_some();
    let lack = lacking(mapping, row, |filled| mapping.run(filled).is_ok_and(has_id));
    Some(lack.map_or("it has no id".to_owned(), |lack| format!("{lack}, so it has no id")))
}

/// "kode is NULL and unit is empty".
fn lacking(mapping: &Mapping, row: &Val, mends: impl Fn(Val) -> bool) -> Option<String> {
    if mends(row.clone()) {
        return None; // Whatever it is, no column lacks.
    }
    let columns = columns(row, &mapping.keys().uppermost(), mends);
    let told: Vec<_> = columns.iter().map(|(column, how)| format!("{column} is {how}")).collect();
    (!told.is_empty()).then(|| told.join(" and "))
}

/// "syarat holds a list": the column whose value the mapping stumbled over.
fn compound(row: &Val, said: &str) -> Option<String> {
    let Val::Obj(map) = row else { return None };
    map.iter().find_map(|(name, value)| {
        let (what, how) = match value {
            Val::Arr(_) => ("a list", "join(\"; \")"),
            Val::Obj(_) => ("an object", "one of its members"),
            _ => return None,
        };
        let name = text(name).filter(|_| said.contains(&value.to_string()))?;
        Some(format!("{name} holds {what}, and the mapping takes it for a text; give it {how}"))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn raw(text: &str) -> Val {
        jaq_json::read::parse_single(text.as_bytes()).expect("JSON")
    }

    fn fault(program: &str, row: &str) -> String {
        let (mapping, row) = (Mapping::compile(program).expect("compiles"), raw(row));
        let error = mapping.run(row.clone()).expect_err("it fails");
        of_mapping(&mapping, &row, error).message().to_owned()
    }

    #[test]
    fn a_null_is_named_with_its_column_and_its_row() {
        let row = r#"{"kode": null, "nama": "Surat Pindah", "catatan": null}"#;
        let said = fault("{\n source_id: (.kode | ascii_downcase), product: .catatan}", row);
        assert!(said.contains("kode is NULL") && !said.contains("catatan"), "{said}");
        assert!(
            said.contains("(line 2, column ") && said.contains("nama \"Surat Pindah\""),
            "{said}"
        );
        let two = r#"{"kode": null, "unit": null, "nama": "KK"}"#;
        let said = fault("[(.kode | ascii_downcase), (.unit | ascii_downcase)]", two);
        assert!(said.contains("kode is NULL and unit is NULL"), "{said}");
        let said = fault("error(\"bukan layanan: \\(.)\")", row);
        assert!(
            !said.contains("NULL") && said.contains("bukan layanan"),
            "none is to blame: {said}"
        );
    }

    #[test]
    fn no_column_is_blamed_for_what_another_value_would_not_mend() {
        let row = r#"{"layanan": [{"kode": "a"}, {"nama": "x"}]}"#;
        let said = fault("range(101) as $n | {source_id: .layanan[0].kode}", row);
        assert!(!said.contains("is not there") && said.contains("more than 100 records"), "{said}");
        let program = ".layanan[] | {source_id: .kode, service: {title: {id: .nama}}}";
        let (mapping, row) = (Mapping::compile(program).expect("compiles"), raw(row));
        let required = Error::field("source_id", FieldCode::Required, "a record needs an id");
        let said = of_record(&mapping, &row, None, required).message().to_owned();
        assert!(said.contains("it has no id") && !said.contains("is not there"), "{said}");
    }

    #[test]
    fn a_column_that_holds_more_than_a_text_is_named() {
        let row = r#"{"kode": "a", "syarat": ["KTP", "KK"], "waktu": {"nilai": 3}}"#;
        let said = fault("{source_id: .kode, a: (.syarat | ascii_downcase)}", row);
        assert!(said.contains("syarat holds a list"), "{said}");
        let said = fault("{source_id: .kode, a: (.waktu | service_time)}", row);
        assert!(said.contains("waktu holds an object"), "{said}");
    }

    #[test]
    fn a_record_without_an_id_names_the_column_that_would_give_it_one() {
        let program = "{source_id: .kode, service: {title: {id: .nama}, product: .catatan}}";
        let mapping = Mapping::compile(program).expect("compiles");
        let row = raw(r#"{"catatan": null, "kode": null, "nama": "tes"}"#);
        let trial = Error::field("row", FieldCode::Suspicious, "it looks like a trial");
        let said = of_record(&mapping, &row, None, trial).message().to_owned();
        assert!(said.contains("trial; kode is NULL, so it has no id; the row has nama"), "{said}");
    }

    #[test]
    fn a_null_that_became_a_text_names_its_column() {
        let program = "{source_id: .kode, unit: \"units/\\(.unit)\"}";
        let mapping = Mapping::compile(program).expect("compiles");
        let row = raw(r#"{"kode": "kk", "catatan": null, "unit": null}"#);
        let output = mapping.run(row.clone()).expect("maps").remove(0);
        let why = screen::residue(&output).expect("units/null");
        let error = Error::field("row", FieldCode::ErrorValue, why);
        let said = of_record(&mapping, &row, Some(&output), error).message().to_owned();
        assert!(said.contains("; unit is NULL; the row has kode \"kk\""), "{said}");
    }
}
