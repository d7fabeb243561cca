//! The mapping: a jq program from the source's record to `mpp.sync.v1.Record` as proto3 JSON.
//!
//! Beside jq's own filters it has four that read a text or a number as Indonesian catalogs write it: `rupiah`
//! yields an `mpp.type.v1.Fee`, `service_time` an `mpp.type.v1.ServiceTime`, `html_text` a text and
//! `list_items` a list of texts.

use jaq_core::{
    Compiler, Ctx, Filter, RunPtr, ValR, Vars, data,
    load::{Arena, File, Loader},
    native::{self, bome},
    unwrap_valr,
};
use jaq_json::{Val, read};
use mpp_core::{Error, FieldCode, Result};
use serde_json::Value;
use sha2::{Digest, Sha256};

use super::{jq_fault, text, wording};

/// Canonical records that one source record may yield; a program that loops is cut there.
const MAX_OUTPUTS: usize = 100;

/// Changes when the native filters change their answers, so that everything is mapped again.
const FILTERS_VERSION: &str = "4";

type Data = data::JustLut<Val>;

/// A compiled program. It stays on the thread that compiled it.
pub struct Mapping {
    filter: Filter<Data>,
}

impl Mapping {
    /// Compiles a program.
    ///
    /// # Errors
    /// Line and column of whatever jq cannot parse or does not know.
    pub fn compile(program: &str) -> Result<Self> {
        let invalid = |text: String| Error::field("mapping", FieldCode::Mapping, text);
        let defs = jaq_core::defs().chain(jaq_std::defs()).chain(jaq_json::defs());
        let arena = Arena::default();
        let modules = Loader::new(defs)
            .load(&arena, File { code: program, path: () })
            .map_err(|errors| invalid(jq_fault::of_load(errors)))?;
        let funs = jaq_core::funs().chain(jaq_std::funs()).chain(jaq_json::funs());
        let filter = Compiler::default()
            .with_funs(funs.chain(text_filters()))
            .compile(modules)
            .map_err(|errors| invalid(jq_fault::of_compile(errors)))?;
        Ok(Self { filter })
    }

    /// Maps one record; a program may yield none, one or several.
    ///
    /// # Errors
    /// What the program raised, or that it yields too many.
    pub fn apply(&self, record: &Value) -> Result<Vec<Value>> {
        let failed = |text: String| Error::field("mapping", FieldCode::Mapping, text);
        let input = read::parse_single(record.to_string().as_bytes())
            .map_err(|error| failed(error.to_string()))?;
        let context = Ctx::<Data>::new(&self.filter.lut, Vars::new([]));
        let mut outputs = Vec::new();
        for output in self.filter.id.run((context, input)).map(unwrap_valr) {
            let output = output.map_err(|error| failed(error.to_string()))?;
            if outputs.len() == MAX_OUTPUTS {
                return Err(failed(format!("the program yields more than {MAX_OUTPUTS} records")));
            }
            let json = output.to_string();
            outputs.push(serde_json::from_str(&json).map_err(|error| failed(error.to_string()))?);
        }
        Ok(outputs)
    }
}

/// Names a program by its text: another one maps everything again.
pub fn version(program: &str) -> String {
    let digest = Sha256::new().chain_update(FILTERS_VERSION).chain_update(program).finalize();
    digest.iter().take(12).map(|byte| format!("{byte:02x}")).collect()
}

fn text_filters() -> impl Iterator<Item = native::Fun<Data>> {
    let filters: [native::Filter<RunPtr<Data>>; 4] = [
        ("rupiah", native::v(0), |cv| bome(with_text(cv.1, wording::rupiah))),
        ("service_time", native::v(0), |cv| bome(with_text(cv.1, wording::service_time))),
        ("html_text", native::v(0), |cv| bome(with_text(cv.1, |t| text::html_text(t).into()))),
        ("list_items", native::v(0), |cv| bome(with_text(cv.1, |t| text::list_items(t).into()))),
    ];
    filters.into_iter().map(|filter| native::run::<Data>(filter))
}

/// Null reads as an empty text: a column that is not there and one that is empty are one. A number
/// reads as it is written.
fn with_text(input: Val, read_text: impl Fn(&str) -> Value) -> ValR<Val> {
    let bytes = match &input {
        Val::TStr(bytes) => bytes.as_ref().clone(),
        Val::Null => Default::default(),
        Val::Num(number) => number.to_string().into_bytes().into(),
        _ => return Err(jaq_core::Error::typ(input, "string")),
    };
    let json = read_text(&String::from_utf8_lossy(&bytes)).to_string();
    read::parse_single(json.as_bytes()).map_err(jaq_core::Error::str)
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

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
        assert_eq!(
            (&out[0]["kind"], &out[0]["amount_rupiah"]),
            (&json!("KIND_FIXED"), &json!(50_000))
        );
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
    fn a_program_without_end_is_cut() {
        let mapping = Mapping::compile("repeat(1)").expect("compiles");
        assert!(mapping.apply(&json!({})).is_err());
    }

    #[test]
    fn another_program_is_another_version() {
        assert_ne!(version("."), version(".a"));
        assert_eq!(version("."), version("."));
    }
}
