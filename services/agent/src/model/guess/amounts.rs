//! Fees that are lists of objects: which key holds the amount, and which says what it is for.

use serde_json::{Map, Value};

use super::{looks::reads_as_fee, names::words};

/// Words of keys that hold an amount.
const AMOUNTS: [&str; 12] = [
    "biaya",
    "tarif",
    "nominal",
    "retribusi",
    "harga",
    "pnbp",
    "besaran",
    "rupiah",
    "rp",
    "fee",
    "price",
    "amount",
];
/// Keys of the database's own, which say nothing of the fee.
const OF_ROWS: [&str; 6] = ["id", "no", "nomor", "kode", "urutan", "uuid"];

/// The parts of a fee that is an object.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct FeeKeys {
    /// The key of the amount; `None`: it is not sure which, or others may change it, and a fee is
    /// kept as it is written.
    pub(super) amount: Option<String>,
    /// The key of the thing that is charged for.
    pub(super) label: Option<String>,
    /// All keys that the looked-at fees have: a fee with another one may hold a second amount.
    pub(super) keys: Vec<String>,
}

/// The parts of the fees of a list, by all its items that are objects.
pub(super) fn parts(items: &[Value]) -> FeeKeys {
    let objects: Vec<&Map<String, Value>> = items.iter().filter_map(Value::as_object).collect();
    let mut keys: Vec<&String> = objects.iter().flat_map(|one| one.keys()).collect();
    keys.sort_unstable();
    keys.dedup();
    let all: Vec<String> = keys.iter().map(ToString::to_string).collect();
    keys.retain(|key| !words(key).iter().all(|word| OF_ROWS.contains(&word.as_str())));
    let holds = |key: &str, test: &dyn Fn(&Value) -> bool| {
        let mut values = objects.iter().filter_map(|one| one.get(key)).filter(|one| !is_empty(one));
        let first = values.next();
        first.is_some_and(test) && values.all(test)
    };
    let amounts: Vec<&&String> =
        keys.iter().filter(|key| holds(key, &|value| is_amount(key, value))).collect();
    let [amount] = amounts.as_slice() else { return FeeKeys::default() };
    let others: Vec<&&String> = keys.iter().filter(|key| *key != *amount).collect();
    match others.as_slice() {
        [] => FeeKeys { amount: Some(amount.to_string()), label: None, keys: all },
        [label] if holds(label, &Value::is_string) => {
            let label = Some(label.to_string());
            FeeKeys { amount: Some(amount.to_string()), label, keys: all }
        }
        _ => FeeKeys::default(),
    }
}

fn is_empty(value: &Value) -> bool {
    value.is_null() || value.as_str().is_some_and(|text| text.trim().is_empty())
}

/// Whether it is an amount: by its words, or a number below a key that is called so.
fn is_amount(key: &str, value: &Value) -> bool {
    let is_called = words(key).iter().any(|word| AMOUNTS.contains(&word.as_str()));
    match value {
        Value::Number(_) => is_called,
        Value::String(text) => {
            let is_number = text.trim().parse::<u64>().is_ok();
            if is_number { is_called } else { reads_as_fee(text) }
        }
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn amount_and_label(items: Value) -> (Option<String>, Option<String>) {
        let FeeKeys { amount, label, .. } = parts(items.as_array().expect("a list"));
        (amount, label)
    }

    #[test]
    fn the_amount_of_a_fee_is_told_from_its_name() {
        let of = |amount: &str, label: &str| (Some(amount.to_owned()), Some(label.to_owned()));
        for (items, parts) in [
            (
                json!([{ "jenis": "Paspor biasa 48 halaman", "tarif": "Rp 350.000" }]),
                of("tarif", "jenis"),
            ),
            (json!([{ "id": 7, "nama": "Baru", "nominal": 50000 }]), of("nominal", "nama")),
            (
                json!([{ "nama": "Baru", "besar": "Gratis" }, { "nama": "Ganti", "besar": "Rp 5.000" }]),
                of("besar", "nama"),
            ),
            (json!([{ "biaya": 0 }, { "biaya": "Rp 5.000" }]), (Some("biaya".to_owned()), None)),
        ] {
            assert_eq!(amount_and_label(items.clone()), parts, "{items}");
        }
        for open in [
            json!([{ "nama": "Baru", "jumlah": 50000 }]),
            json!([{ "biaya": 50000, "denda": "Rp 5.000", "nama": "Baru" }]),
            json!([{ "nama": "Baru", "tarif": 50000, "satuan": "per lembar" }]),
            json!([{ "nama": "Baru", "tarif": "lihat lampiran" }]),
            json!([{ "nama": "Baru" }]),
        ] {
            assert_eq!(amount_and_label(open.clone()), (None, None), "{open}");
        }
    }
}
