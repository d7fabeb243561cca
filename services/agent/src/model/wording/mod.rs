//! Times and fees as Indonesian catalogs write them, read by a grammar.
//!
//! **Whatever is left over means "not read".** A text is read if the grammar knows each of its
//! words: the amount or the length, its heading, and clauses of a closed list (`clause`), which are
//! kept as text. One further word, a negation, a minimum, an exception, a second amount, and the
//! text is no longer one price or one time. It may be several, each with its condition, or parts
//! that add up (`cases`); or else it is kept in the source's words and marked as unparsed. Nothing
//! is looked for in a text, and nothing passed over.
//!
//! | file | what it reads |
//! | --- | --- |
//! | `token`, `phrase` | words, numbers and marks; phrases of a closed list |
//! | `number` | counts in digits and words, grouped amounts |
//! | `clause`, `unit`, `each`, `regulation` | what may stand beside a reading and leaves it |
//! | `time`, `length`; `fee`, `price`, `money`, `foreign`, `formula`, `counter` | a time; a fee |
//! | `cases`, `label`, `condition`, `sum`, `boundary` | several readings and what each holds for |
//! | `words`, `ways` | words that turn their neighbours; names of cases and of steps |

use serde_json::Value;

mod boundary;
mod cases;
mod clause;
mod condition;
mod counter;
mod each;
mod fee;
mod foreign;
mod formula;
mod hours;
mod json;
mod label;
mod length;
mod money;
mod number;
mod opening;
mod phrase;
mod price;
mod regulation;
mod state;
mod sum;
mod time;
mod token;
mod unit;
mod ways;
mod words;

#[cfg(test)]
mod tests;

pub use foreign::is_currency;
pub use hours::opening_hours;
pub use state::is_served;

/// Words in small letters with one blank between them, however they were set apart.
fn words_of(text: &str) -> String {
    let parts = text.split(|sign: char| sign.is_whitespace() || matches!(sign, '-' | '_'));
    let words: Vec<String> = parts.filter(|part| !part.is_empty()).map(str::to_lowercase).collect();
    words.join(" ")
}

/// A `mpp.registry.v1.Service.State` from a text such as "Aktif" or "0"; null from an empty one.
///
/// # Errors
/// The text says neither that the service is served nor that it is not.
pub fn service_state(text: &str) -> Result<Value, String> {
    match state::is_served(text) {
        Some(true) => Ok("STATE_ACTIVE".into()),
        Some(false) => Ok("STATE_INACTIVE".into()),
        None if text.trim().is_empty() => Ok(Value::Null),
        None => Err(format!(
            "service_state: \"{text}\" says neither that the service is served nor that it is not; \
             say in the mapping what it means"
        )),
    }
}

/// An `mpp.type.v1.Fee` from a text such as "Rp50.000,-", "GRATIS" or "Sesuai Perda"; null from an
/// empty one, which says nothing.
pub fn rupiah(text: &str) -> Value {
    let fee = fee::read(text);
    if fee.source_text.is_empty() { Value::Null } else { json::of_fee(&fee) }
}

/// An `mpp.type.v1.ServiceTime` from a text such as "Maksimal 20 (dua puluh) hari"; null from
/// an empty one.
pub fn service_time(text: &str) -> Value {
    let time = time::read(text);
    if time.source_text.is_empty() { Value::Null } else { json::of_time(&time) }
}
