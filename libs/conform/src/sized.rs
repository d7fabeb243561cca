//! Batches that are as large as a server allows, and larger by one.

use mpp_api::{json, sync::Batch};
use prost::Message as _;
use serde_json::{Value, json};

use crate::fill::Values;

/// How often a padding is tried: the length of a text is written before it, so that one try is
/// rarely enough.
const TRIES: usize = 5;

/// `count` records, each with its place for `${at}`.
pub fn records(values: &Values, count: i64, record: &Value) -> Result<Value, String> {
    let one = |at: i64| {
        let mut values = values.clone();
        values.set("at", json!(at));
        values.fill(record)
    };
    (0..count).map(one).collect::<Result<Vec<_>, _>>().map(Value::from)
}

/// A batch of `bytes` encoded bytes: its `${pad}` is as long as that takes.
pub fn batch(values: &Values, bytes: i64, batch: &Value) -> Result<Value, String> {
    let wanted = usize::try_from(bytes).map_err(|error| error.to_string())?;
    let mut pad = wanted / 2;
    for _ in 0..TRIES {
        let mut values = values.clone();
        values.set("pad", json!("x".repeat(pad)));
        let filled = values.fill(batch)?;
        let length = encoded(&filled)?;
        if length == wanted {
            return Ok(filled);
        }
        let less = length.saturating_sub(wanted);
        pad = (pad + wanted.saturating_sub(length)).saturating_sub(less);
    }
    Err(format!("no padding makes a batch of {wanted} bytes"))
}

fn encoded(batch: &Value) -> Result<usize, String> {
    let batch: Batch = json::read(batch).map_err(|error| error.to_string())?;
    Ok(batch.encoded_len())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_batch_is_as_large_as_it_has_to_be_to_the_byte() {
        let given =
            json!({"nonce": 1, "records": [{"sourceId": "a", "service": {"product": "${pad}"}}]});
        for bytes in [200, 2_000, 20_001, 2_097_152] {
            let filled = batch(&Values::default(), bytes, &given).expect("a batch");
            assert_eq!(encoded(&filled), Ok(usize::try_from(bytes).expect("small")));
        }
    }

    #[test]
    fn records_differ_by_their_ids() {
        let made = records(&Values::default(), 3, &json!({"sourceId": "c-${at}"})).expect("made");
        assert_eq!(made, json!([{"sourceId": "c-0"}, {"sourceId": "c-1"}, {"sourceId": "c-2"}]));
    }
}
