//! The mapping: a jq program from the source's record to `mpp.sync.v1.Record` as proto3 JSON.
//!
//! Beside jq's own filters it has those of `functions::FUNCTIONS`, for texts of such catalogs.

use std::cell::OnceCell;

use jaq_core::{
    Compiler, Ctx, Filter, RunPtr, ValR, Vars, data,
    load::{Arena, File, Loader, parse::Def},
    native::{self, bome},
    unwrap_valr,
};
use jaq_json::{Val, read};
use mpp_core::{Error, FieldCode, Result};
use serde_json::Value;
use sha2::{Digest, Sha256};

use super::{jq_fault, keys::Keys, locate, text, wording};

/// Canonical records that one source record may yield; a program that loops is cut there.
const MAX_OUTPUTS: usize = 100;

/// Changes when the native filters change their answers, so that everything is mapped again.
const FILTERS_VERSION: &str = "8";

type Data = data::JustLut<Val>;

/// Signs of an error that repeats the record it stumbled over.
const LONGEST_FAULT: usize = 240;

/// A compiled program. It stays on the thread that compiled it.
pub struct Mapping {
    filter: Filter<Data>,
    program: String,
    /// The program with its steps noting their places, once a record has failed.
    noting: OnceCell<Option<Filter<Data>>>,
}

impl Mapping {
    /// Compiles a program.
    ///
    /// # Errors
    /// Line and column of whatever jq cannot parse or does not know.
    pub fn compile(program: &str) -> Result<Self> {
        let filter = compile(None, program)
            .map_err(|text| Error::field("mapping", FieldCode::Mapping, text))?;
        Ok(Self { filter, program: program.to_owned(), noting: OnceCell::new() })
    }

    /// The keys that the program reads.
    pub fn keys(&self) -> Keys {
        Keys::of(&self.program)
    }

    /// True where the program has this text, such as a column's name.
    pub fn mentions(&self, text: &str) -> bool {
        self.program.contains(text)
    }

    /// Maps one record; a program may yield none, one or several.
    ///
    /// # Errors
    /// The same as [`Self::run`].
    pub fn apply(&self, record: &Value) -> Result<Vec<Value>> {
        let input = read::parse_single(record.to_string().as_bytes())
            .map_err(|error| failed(error.to_string()))?;
        self.run(input)
    }

    /// Like [`Self::apply`], of a record as it was read: all digits of a long number stay.
    ///
    /// # Errors
    /// The error that the program raised and where, or that it yields too many records.
    pub fn run(&self, record: Val) -> Result<Vec<Value>> {
        let mut outputs = Vec::new();
        for output in run(&self.filter, record.clone()) {
            let output = output.map_err(|fault| self.located(&fault, record.clone()))?;
            if outputs.len() == MAX_OUTPUTS {
                return Err(failed(format!("the program yields more than {MAX_OUTPUTS} records")));
            }
            let json = output.to_string();
            let mut output =
                serde_json::from_str(&json).map_err(|error| failed(error.to_string()))?;
            drop_no_fees(&mut output);
            outputs.push(output);
        }
        Ok(outputs)
    }

    /// What the program fails with on a record, without its place.
    pub fn fails(&self, record: Val) -> Option<String> {
        let mut outputs = run(&self.filter, record).take(MAX_OUTPUTS + 1);
        outputs.find_map(|output| output.err()).map(|fault| fault.to_string())
    }

    fn located(&self, fault: &jaq_core::Error<Val>, record: Val) -> Error {
        let said = jq_fault::short(&fault.to_string(), LONGEST_FAULT);
        match self.place(fault, record) {
            Some((line, column)) => failed(format!("line {line}, column {column}: {said}")),
            None => failed(said),
        }
    }

    /// The place of a fault in the program, if the program raises the same one while it notes
    /// places.
    fn place(&self, fault: &jaq_core::Error<Val>, record: Val) -> Option<(usize, usize)> {
        let noting = self.noting.get_or_init(|| {
            let places = Arena::default();
            let body = locate::noting(&self.program, &places)?;
            compile(Some(Def { name: NOTING, args: Vec::new(), body }), NOTING).ok()
        });
        let raised =
            run(noting.as_ref()?, record).take(MAX_OUTPUTS + 1).find_map(|out| out.err())?;
        let Val::Arr(noted) = raised.into_val() else { return None };
        let [Val::TStr(mark), Val::Num(place), original] = noted.as_slice() else { return None };
        let same = mark.as_ref() == locate::NOTE.as_bytes()
            && fault.clone().into_val().to_string() == original.to_string();
        let place = place.to_string().parse().ok().filter(|_| same)?;
        Some(locate::line_and_column(&self.program, place))
    }
}

/// `fees: [.biaya | rupiah]` of an empty cell is a list without a fee.
fn drop_no_fees(output: &mut Value) {
    for (name, value) in output.as_object_mut().into_iter().flatten() {
        match value {
            Value::Array(fees) if name == "fees" => fees.retain(|fee| !fee.is_null()),
            other => drop_no_fees(other),
        }
    }
}

/// The name under which the noting program is called.
const NOTING: &str = "mpp_noting";

fn failed(text: String) -> Error {
    Error::field("mapping", FieldCode::Mapping, text)
}

fn run(filter: &Filter<Data>, record: Val) -> impl Iterator<Item = ValR<Val>> + '_ {
    let context = Ctx::<Data>::new(&filter.lut, Vars::new([]));
    filter.id.run((context, record)).map(unwrap_valr)
}

fn compile<'s>(own: Option<Def<&'s str>>, program: &'s str) -> Result<Filter<Data>, String> {
    fn shorter<'s>(def: Def<&'static str>) -> Def<&'s str> {
        def
    }
    let defs = jaq_core::defs().chain(jaq_std::defs()).chain(jaq_json::defs());
    let defs = defs.map(shorter).chain(own);
    let arena = Arena::default();
    let modules = Loader::new(defs)
        .load(&arena, File { code: program, path: () })
        .map_err(jq_fault::of_load)?;
    let funs = jaq_core::funs().chain(jaq_std::funs()).chain(jaq_json::funs());
    Compiler::default()
        .with_funs(funs.chain(own_filters()))
        .compile(modules)
        .map_err(jq_fault::of_compile)
}

/// Names a program by its text: another one maps everything again.
pub fn version(program: &str) -> String {
    let digest = Sha256::new().chain_update(FILTERS_VERSION).chain_update(program).finalize();
    mpp_core::hex(&digest[..12])
}

fn own_filters() -> impl Iterator<Item = native::Fun<Data>> {
    let filters: [native::Filter<RunPtr<Data>>; 5] = [
        ("rupiah", native::v(0), |cv| bome(with_text(cv.1, wording::rupiah))),
        ("service_time", native::v(0), |cv| bome(with_text(cv.1, wording::service_time))),
        ("service_state", native::v(0), |cv| bome(state(cv.1))),
        ("html_text", native::v(0), |cv| bome(with_text(cv.1, |t| text::html_text(t).into()))),
        ("list_items", native::v(0), |cv| bome(with_text(cv.1, |t| text::list_items(t).into()))),
    ];
    let note: native::Filter<RunPtr<Data>> = (locate::NOTE, native::v(1), |cv| {
        native::unary(cv, |fault, place| Err(locate::note(fault, place)))
    });
    filters.into_iter().chain([note]).map(|filter| native::run::<Data>(filter))
}

/// Databases and spreadsheets have the words true and false of their own.
fn state(input: Val) -> ValR<Val> {
    let input = match input {
        Val::Bool(is) => Val::from(is.to_string()),
        other => other,
    };
    let read = with_text(input, |text| {
        wording::service_state(text).unwrap_or_else(|fault| serde_json::json!([fault]))
    })?;
    match read {
        Val::Arr(fault) => Err(jaq_core::Error::new(fault.first().cloned().unwrap_or(Val::Null))),
        read => Ok(read),
    }
}

/// Null reads as an empty text: a column that is not there and one that is empty are one. A number
/// reads as it is written; as a number, 50000.0 is 50000, while in a text nobody knows.
fn with_text(input: Val, read_text: impl Fn(&str) -> Value) -> ValR<Val> {
    let bytes = match &input {
        Val::TStr(bytes) => bytes.as_ref().clone(),
        Val::Null => Default::default(),
        Val::Num(number) => {
            let text = number.to_string();
            let whole =
                text.split_once('.').filter(|(_, part)| part.bytes().all(|sign| sign == b'0'));
            whole.map_or(text.as_str(), |(whole, _)| whole).as_bytes().to_vec().into()
        }
        _ => return Err(jaq_core::Error::typ(input, "string")),
    };
    let json = read_text(&String::from_utf8_lossy(&bytes)).to_string();
    read::parse_single(json.as_bytes()).map_err(jaq_core::Error::str)
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::{super::functions::FUNCTIONS, *};

    #[test]
    fn an_empty_cell_is_no_fee_and_no_time() {
        let program =
            "{service: {fees: [(.biaya, .denda) | rupiah], time: (.waktu | service_time)}}";
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
    fn a_record_that_fails_says_where_the_program_fails_and_shows_no_record() {
        let long = "x".repeat(5_000);
        let row =
            json!({ "nama": { "id": long }, "kode": null, "biaya": "Rp5.000", "daftar": [1] });
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
        assert_eq!(
            caught.expect("compiles").apply(&row).expect("maps"),
            [json!({"a": "x", "b": 1})]
        );
    }

    #[test]
    fn numbers_of_json_are_read_by_the_helpers_and_long_ones_keep_their_digits() {
        let program =
            "{id: (.id | tostring), fee: (.biaya | rupiah), time: (.waktu | service_time)}";
        let page =
            read::parse_single(br#"{"id": 123456789012345678901, "biaya": 50000, "waktu": 3}"#);
        let out =
            Mapping::compile(program).expect("compiles").run(page.expect("JSON")).expect("maps");
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
        for (helper, form) in
            FUNCTIONS.iter().flat_map(|own| own.forms.iter().map(move |f| (own, f)))
        {
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
}
