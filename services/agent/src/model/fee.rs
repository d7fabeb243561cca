//! Fees as Indonesian catalogs write them. The source's words are kept; a text that cannot be read
//! is marked as unparsed, never guessed.

use mpp_api::types::fee::Kind;
use serde_json::{Value, json};

use super::text::squeeze;

/// An `mpp.type.v1.Fee` from a text such as "Rp50.000,-", "GRATIS" or "Sesuai Perda".
pub fn rupiah(text: &str) -> Value {
    let words = squeeze(text);
    let lower = words.to_lowercase();
    let amounts = amounts(&lower);
    let (kind, amount, max) = match amounts.as_deref() {
        Some([]) if is_free(&lower) => (Kind::Free, 0, 0),
        Some([]) if is_local_regulation(&lower) => (Kind::LocalRegulation, 0, 0),
        Some([0]) => (Kind::Free, 0, 0),
        Some([amount]) if is_only_amount(&lower) => (Kind::Fixed, *amount, 0),
        Some([low, high]) if low < high && is_only_amount(&lower) => (Kind::Range, *low, *high),
        _ => (Kind::Unparsed, 0, 0),
    };
    json!({
        "kind": kind.as_str_name(), "amount_rupiah": amount, "max_rupiah": max, "source_text": words
    })
}

fn is_free(lower: &str) -> bool {
    ["gratis", "tidak dipungut", "tanpa biaya", "bebas biaya", "tidak ada biaya", "nihil"]
        .iter()
        .any(|word| lower.contains(word))
}

fn is_local_regulation(lower: &str) -> bool {
    ["perda", "peraturan daerah", "perbup", "perwali", "retribusi daerah"]
        .iter()
        .any(|word| lower.contains(word))
}

/// True where nothing but amounts and the words of a range stand in the text: a further word may
/// be a condition ("per meter", "per tahun") that the amount alone would hide.
fn is_only_amount(lower: &str) -> bool {
    lower.split(|c: char| !c.is_alphabetic()).filter(|word| !word.is_empty()).all(|word| {
        matches!(word, "rp" | "idr" | "rupiah" | "s" | "d" | "sd" | "sampai" | "dengan" | "hingga")
    })
}

/// The amounts of a text in whole rupiah; `None` where a number is not one ("1,5 juta").
fn amounts(lower: &str) -> Option<Vec<i64>> {
    if ["juta", "ribu", "%", "persen"].iter().any(|word| lower.contains(word)) {
        return None;
    }
    lower
        .split(|c: char| !(c.is_ascii_digit() || c == '.' || c == ','))
        .map(|number| number.trim_matches(['.', ',']))
        .filter(|number| !number.is_empty())
        .map(amount)
        .collect()
}

/// "50.000", "50000" or "50.000,00": dots part thousands, a comma parts cents of zero.
fn amount(number: &str) -> Option<i64> {
    let whole = match number.split_once(',') {
        Some((whole, cents)) if cents.bytes().all(|cent| cent == b'0') => whole,
        Some(_) => return None,
        None => number,
    };
    let mut groups = whole.split('.');
    let first = groups.next().filter(|group| !group.is_empty())?;
    let rest: Vec<&str> = groups.collect();
    let well_grouped =
        rest.iter().all(|group| group.len() == 3) && (rest.is_empty() || first.len() <= 3);
    let digits = std::iter::once(first).chain(rest).collect::<String>();
    digits.parse().ok().filter(|_| well_grouped && digits.len() <= 15)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn fees_are_read_as_officers_write_them() {
        let table = [
            ("GRATIS", "KIND_FREE", 0, 0),
            ("Rp. 0,-", "KIND_FREE", 0, 0),
            ("Tidak dipungut biaya", "KIND_FREE", 0, 0),
            ("Rp30.000", "KIND_FIXED", 30_000, 0),
            ("Rp. 350.000,-", "KIND_FIXED", 350_000, 0),
            ("Rp 50.000,00", "KIND_FIXED", 50_000, 0),
            ("50000", "KIND_FIXED", 50_000, 0),
            ("Rp100.000 s.d. Rp200.000", "KIND_RANGE", 100_000, 200_000),
            ("Rp100.000 - Rp200.000", "KIND_RANGE", 100_000, 200_000),
            ("Sesuai Perda", "KIND_LOCAL_REGULATION", 0, 0),
        ];
        for (text, kind, amount, max) in table {
            let fee = rupiah(text);
            assert_eq!(fee["kind"], kind, "{text}");
            assert_eq!(
                (&fee["amount_rupiah"], &fee["max_rupiah"]),
                (&json!(amount), &json!(max)),
                "{text}"
            );
        }
    }

    #[test]
    fn a_fee_with_a_condition_is_kept_and_not_guessed() {
        for text in
            ["Sesuai tarif PNBP", "Rp1,5 juta", "Rp5.000 per meter", "2% dari NJOP", "Rp1.00", ""]
        {
            let fee = rupiah(text);
            assert_eq!(fee["kind"], "KIND_UNPARSED", "{text}");
            assert_eq!(fee["source_text"], text);
        }
    }

    proptest! {
        #[test]
        fn an_amount_is_read_back_as_it_is_written(amount in 1i64..1_000_000_000_000) {
            let digits = amount.to_string();
            let grouped = digits.as_bytes().rchunks(3).rev().map(|g| std::str::from_utf8(g).unwrap()).collect::<Vec<_>>().join(".");
            prop_assert_eq!(&rupiah(&format!("Rp{grouped},-"))["amount_rupiah"], &json!(amount));
        }

        #[test]
        fn no_text_is_lost_and_none_makes_us_panic(text in ".{0,300}") {
            let fee = rupiah(&text);
            prop_assert_eq!(fee["source_text"].as_str().expect("a text"), squeeze(&text));
        }
    }
}
