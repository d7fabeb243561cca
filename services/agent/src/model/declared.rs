//! Columns of bare numbers, and the unit that the source's keeper declares for one: what the number
//! format of a sheet does for its cells, for sources of any kind.

use std::collections::{BTreeMap, BTreeSet};

use jaq_json::Val;

/// The unit of each column that has one: "Rp" for `biaya`, "hari kerja" for `lama`.
pub type Units = BTreeMap<String, String>;

/// A raw record in which bare numbers have their column's unit.
pub fn with_units(raw: Val, units: &Units) -> Val {
    let (Val::Obj(map), false) = (&raw, units.is_empty()) else { return raw };
    let with = |(name, value): (&Val, &Val)| {
        let unit = text(name).and_then(|name| units.get(&name).cloned());
        let number = unit.as_ref().and_then(|_| bare_number(value));
        let joined = number.zip(unit).map(|(number, unit)| joined(&number, &unit));
        (
            name.clone(),
            joined.map_or_else(|| value.clone(), |text| Val::utf8_str(text.into_bytes())),
        )
    };
    Val::obj(map.iter().map(with).collect())
}

/// The columns of a raw record that hold a bare number, and the number.
pub fn bare_columns(raw: &Val) -> Vec<(String, String)> {
    let Val::Obj(map) = raw else { return Vec::new() };
    let bare = map.iter().filter_map(|(name, value)| Some((text(name)?, bare_number(value)?)));
    bare.collect()
}

/// Why the units do not fit the columns, if they do not.
pub fn unknown(units: &Units, columns: &BTreeSet<String>) -> Option<String> {
    let column = units.keys().find(|column| !columns.contains(*column))?;
    let known: Vec<_> = columns.iter().map(String::as_str).collect();
    Some(format!("units.{column:?} names no column; the columns are \"{}\"", known.join("\", \"")))
}

/// The line that declares a column's unit.
pub fn line(column: &str, unit: &str) -> String {
    let is_plain = |sign: char| sign.is_ascii_alphanumeric() || sign == '_' || sign == '-';
    let key = if !column.is_empty() && column.chars().all(is_plain) {
        column.to_owned()
    } else {
        format!("{column:?}")
    };
    format!("units.{key} = {unit:?}")
}

/// A currency stands before its number, any other unit behind it.
fn joined(number: &str, unit: &str) -> String {
    let unit = unit.trim();
    let is_code = unit.len() == 3 && unit.bytes().all(|byte| byte.is_ascii_uppercase());
    let is_sign = unit.chars().all(|sign| !sign.is_alphanumeric());
    let is_rupiah = unit.trim_end_matches('.').eq_ignore_ascii_case("rp");
    if is_code || is_sign || is_rupiah {
        format!("{unit} {number}")
    } else {
        format!("{number} {unit}")
    }
}

/// Digits, grouped or not, and nothing else.
fn bare_number(value: &Val) -> Option<String> {
    let said = match value {
        Val::Num(_) => value.to_string(),
        _ => text(value)?.trim().to_owned(),
    };
    let is_number = said.starts_with(|sign: char| sign.is_ascii_digit())
        && said.chars().all(|sign| sign.is_ascii_digit() || sign == '.' || sign == ',');
    is_number.then_some(said)
}

fn text(value: &Val) -> Option<String> {
    let Val::TStr(bytes) = value else { return None };
    Some(String::from_utf8_lossy(bytes).into_owned())
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::*;

    fn raw(value: &Value) -> Val {
        jaq_json::read::parse_single(value.to_string().as_bytes()).expect("JSON")
    }

    #[test]
    fn a_bare_number_bears_its_columns_unit_and_what_has_one_keeps_it() {
        let units = [("biaya", "Rp"), ("lama", "hari kerja"), ("tarif", "USD")];
        let units = units.map(|(column, unit)| (column.to_owned(), unit.to_owned())).into();
        for (given, read) in [
            (json!({"biaya": "12000"}), json!({"biaya": "Rp 12000"})),
            (json!({"biaya": 2000}), json!({"biaya": "Rp 2000"})),
            (json!({"lama": " 3 "}), json!({"lama": "3 hari kerja"})),
            (json!({"tarif": "50"}), json!({"tarif": "USD 50"})),
            (json!({"biaya": "12.000"}), json!({"biaya": "Rp 12.000"})),
            (json!({"biaya": "0.00"}), json!({"biaya": "Rp 0.00"})),
        ] {
            assert_eq!(with_units(raw(&given), &units).to_string(), raw(&read).to_string());
        }
        for same in [
            json!({"biaya": "Gratis"}),
            json!({"biaya": "Rp 5.000"}),
            json!({"biaya": "12000 per lembar"}),
            json!({"biaya": ""}),
            json!({"kode": "12000"}),
        ] {
            assert_eq!(with_units(raw(&same), &units).to_string(), raw(&same).to_string());
        }
    }

    #[test]
    fn the_line_is_one_that_can_be_pasted() {
        let columns = ["biaya".to_owned()].into();
        let units: Units = [("biaaya".to_owned(), "Rp".to_owned())].into();
        assert!(
            unknown(&units, &columns).expect("misspelt").contains("\"biaaya\" names no column")
        );
        assert_eq!(line("biaya", "Rp"), r#"units.biaya = "Rp""#);
        assert_eq!(line("Biaya (Rp)", "Rp"), r#"units."Biaya (Rp)" = "Rp""#);
    }
}
