//! The mapping: a jq program from the source's record to `mpp.sync.v1.Record` as proto3 JSON.
//!
//! Beside jq's own filters it has those of `functions::FUNCTIONS`, for texts of Indonesian
//! catalogs.

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

use super::{jq_fault, keys::Keys, locate, only_id, text, wording};

/// Canonical records that one source record may yield; a program that loops is cut there.
const MAX_OUTPUTS: usize = 100;

/// Changes when the native filters change their answers, so that everything is mapped again.
const FILTERS_VERSION: &str = "12";

type Data = data::JustLut<Val>;

/// Characters that are shown of an error, which may repeat the record that it stumbled over.
const LONGEST_FAULT: usize = 240;

/// A compiled program. It stays on the thread that compiled it.
pub struct Mapping {
    filter: Filter<Data>,
    program: String,
    /// The program with its steps noting their places, once a record has failed.
    noting: OnceCell<Option<Filter<Data>>>,
    /// The part of the program that makes the id, once a record has failed.
    only_id: OnceCell<Option<Filter<Data>>>,
}

impl Mapping {
    /// Compiles a program.
    ///
    /// # Errors
    /// Line and column of whatever jq cannot parse or does not know.
    pub fn compile(program: &str) -> Result<Self> {
        let filter = compile(None, program)
            .map_err(|text| Error::field("mapping", FieldCode::Mapping, text))?;
        let program = program.to_owned();
        Ok(Self { filter, program, noting: OnceCell::new(), only_id: OnceCell::new() })
    }

    /// The keys that the program reads.
    pub fn keys(&self) -> Keys {
        Keys::of(&self.program)
    }

    /// True if the program has this text, such as a column's name.
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
                let text = "records of this row, and one may yield no more";
                return Err(failed(format!("the program yields more than {MAX_OUTPUTS} {text}")));
            }
            let json = output.to_string();
            let mut output =
                serde_json::from_str(&json).map_err(|error| failed(error.to_string()))?;
            drop_no_fees(&mut output);
            outputs.push(output);
        }
        Ok(outputs)
    }

    /// The error that the program raises on a record, without its place.
    pub fn fails(&self, record: Val) -> Option<String> {
        let mut outputs = run(&self.filter, record).take(MAX_OUTPUTS + 1);
        outputs.find_map(|output| output.err()).map(|fault| fault.to_string())
    }

    /// The record that a row yields with nothing in it but what its id is made of; `None` if the
    /// program makes the id of more, or that part fails, too.
    pub fn only_id(&self, record: Val) -> Option<Value> {
        let filter = self.only_id.get_or_init(|| {
            let body = only_id::of(&self.program)?;
            compile(Some(Def { name: ONLY_ID, args: Vec::new(), body }), ONLY_ID).ok()
        });
        let mut outputs = run(filter.as_ref()?, record).take(2);
        let (Some(Ok(only)), None) = (outputs.next(), outputs.next()) else { return None };
        serde_json::from_str(&only.to_string()).ok()
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

/// The names under which the noting program and the one of the id are called.
const NOTING: &str = "mpp_noting";
const ONLY_ID: &str = "mpp_only_id";

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
    let filters: [native::Filter<RunPtr<Data>>; 6] = [
        ("rupiah", native::v(0), |cv| bome(with_text(cv.1, wording::rupiah))),
        ("service_time", native::v(0), |cv| bome(with_text(cv.1, wording::service_time))),
        ("service_state", native::v(0), |cv| bome(or_fault(cv.1, wording::service_state))),
        ("opening_hours", native::v(0), |cv| bome(or_fault(cv.1, wording::opening_hours))),
        ("html_text", native::v(0), |cv| bome(with_text(cv.1, |t| text::html_text(t).into()))),
        ("list_items", native::v(0), |cv| bome(with_text(cv.1, |t| text::list_items(t).into()))),
    ];
    let note: native::Filter<RunPtr<Data>> = (locate::NOTE, native::v(1), |cv| {
        native::unary(cv, |fault, place| Err(locate::note(fault, place)))
    });
    filters.into_iter().chain([note]).map(|filter| native::run::<Data>(filter))
}

/// Reads a text, or fails with what is wrong with it. Databases and spreadsheets write true and
/// false in words of their own.
fn or_fault(input: Val, read: impl Fn(&str) -> Result<Value, String>) -> ValR<Val> {
    let input = match input {
        Val::Bool(is) => Val::from(is.to_string()),
        other => other,
    };
    let fault = OnceCell::new();
    let read = with_text(input, |text| {
        read(text).unwrap_or_else(|why| {
            // The first fault that is set stays; there is only one text.
            let _ = fault.set(why);
            Value::Null
        })
    })?;
    fault.into_inner().map_or(Ok(read), |why| Err(jaq_core::Error::str(why)))
}

/// Null reads as an empty text: a missing column and an empty one are the same. A number reads as
/// it is written: 50000.0 is 50000 as a number, while in a text the point may mean thousands.
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
mod tests;
