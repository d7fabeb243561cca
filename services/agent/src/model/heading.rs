//! What a heading says of the numbers below it: "biaya (ribu Rp)", "tarif dalam USD", "sewa per
//! bulan". A bare number under such a heading is not what it looks like.

use super::wording;

/// Words by which an amount is not the one that stands there.
const SCALES: &str = " rb ribu ribuan jt juta jutaan miliar miliaran milyar milyaran triliun \
    thousand thousands million millions ";
/// Words by which an amount comes again.
const PERIODS: &str = " per tiap setiap hari harian sehari minggu mingguan seminggu bulan bulanan \
    sebulan tahun tahunan setahun jam sejam day daily week weekly month monthly year yearly annual ";
/// Words of lengths of time.
const LENGTHS: &str = " detik menit jam hari kerja minggu bulan tahun hk hr minutes hours days ";
/// Words behind which a unit stands.
const IN: [&str; 2] = ["dalam", "in"];

/// True if the heading says that amounts below it are other than rupiah, each once.
pub fn changes_amounts(heading: &str) -> bool {
    let words = words(heading);
    words.iter().enumerate().any(|(at, word)| {
        let of_year = words.get(at + 1).is_some_and(|next| is_number(next));
        is_in(SCALES, word) || is_currency(word) || (is_in(PERIODS, word) && !of_year)
    })
}

/// The unit that the heading names, in brackets, behind "dalam" or from "per" on.
pub fn unit(heading: &str) -> Option<String> {
    let in_brackets = || {
        let (_, rest) = heading.split_once(['(', '['])?;
        rest.split_once([')', ']']).map(|(unit, _)| unit)
    };
    let behind = || {
        let starts = heading.match_indices(' ').map(|(at, _)| &heading[at + 1..]);
        let mut behind = starts.filter_map(|rest| rest.split_once(' '));
        behind.find(|(word, _)| IN.contains(&word.to_lowercase().as_str())).map(|(_, unit)| unit)
    };
    let each = || heading.to_lowercase().find(" per ").and_then(|at| heading.get(at..));
    let unit = in_brackets().or_else(behind).or_else(each)?.trim();
    words(unit).iter().any(|word| is_unit(word)).then(|| spelt(unit))
}

/// A unit as amounts are read with it: "ribu rupiah" for "ribuan Rp".
fn spelt(unit: &str) -> String {
    let words = words(unit);
    let scale = words.iter().find_map(|word| match word.as_str() {
        "ribu" | "ribuan" | "rb" => Some("ribu"),
        "juta" | "jutaan" | "jt" => Some("juta"),
        _ => None,
    });
    match scale {
        Some(scale) if !words.iter().any(|word| is_currency(word)) => format!("{scale} rupiah"),
        _ => unit.to_owned(),
    }
}

fn is_unit(word: &str) -> bool {
    let is_rupiah = matches!(word, "rp" | "rupiah" | "idr");
    let is_amount = is_rupiah || is_currency(word) || is_in(SCALES, word);
    is_amount || is_in(LENGTHS, word) || is_in(PERIODS, word)
}

fn is_currency(word: &str) -> bool {
    let is_sign = |sign: char| wording::is_currency(&sign.to_string());
    wording::is_currency(word) || word.chars().any(is_sign)
}

/// Words in small letters, and signs of currencies.
fn words(text: &str) -> Vec<String> {
    let is_parting = |sign: char| !sign.is_alphanumeric() && !is_currency(&sign.to_string());
    let words = text.split(is_parting).filter(|word| !word.is_empty());
    words.map(str::to_lowercase).collect()
}

fn is_number(word: &str) -> bool {
    word.starts_with(|sign: char| sign.is_ascii_digit())
}

fn is_in(list: &str, word: &str) -> bool {
    list.split_whitespace().any(|one| one == word)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_heading_of_scale_currency_or_period_is_known() {
        for heading in [
            "biaya (USD)",
            "Tarif dalam jutaan rupiah",
            "biaya per bulan",
            "biaya (ribu Rp)",
            "sewa/tahun",
            "Retribusi (US$)",
            "Fee in €",
        ] {
            assert!(changes_amounts(heading), "{heading}");
        }
        for heading in ["biaya", "Biaya (Rp)", "tarif tahun 2026", "Besaran tarif", "column 4"] {
            assert!(!changes_amounts(heading), "{heading}");
        }
    }

    #[test]
    fn a_number_with_the_headings_unit_is_read() {
        for (told, kind) in [
            ("150 ribu rupiah", "KIND_FIXED"),
            ("2 juta rupiah", "KIND_FIXED"),
            ("50000 per bulan", "KIND_FIXED"),
        ] {
            let read = wording::rupiah(told).to_string();
            assert!(read.contains(kind), "{told}: {read}");
        }
    }

    #[test]
    fn the_unit_is_the_headings_own() {
        for (heading, told) in [
            ("biaya (ribu Rp)", Some("ribu rupiah")),
            ("waktu (menit)", Some("menit")),
            ("tarif dalam jutaan rupiah", Some("juta rupiah")),
            ("Lama [hari kerja]", Some("hari kerja")),
            ("biaya per bulan", Some("per bulan")),
            ("biaya (lihat perda)", None),
            ("biaya", None),
        ] {
            assert_eq!(unit(heading).as_deref(), told, "{heading}");
        }
    }
}
