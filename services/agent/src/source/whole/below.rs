//! Rows of a table that are no record, and say how much there is or that more follows.

use super::{
    part::{mark, out_of},
    partial,
    prose::{counted, is_footer},
};

/// Words by which a title or a footer says that there is more.
pub const GOES_ON: [&str; 5] =
    ["bersambung", "lanjut ke halaman", "to be continued", "continued on", "halaman berikutnya"];
/// The same in a row of the table that is no record.
const MORE_BELOW: [&str; 10] = [
    "lanjut ke",
    "selanjutnya",
    "berikutnya",
    "lanjutan ada",
    "next page",
    "next sheet",
    "dipotong",
    "terpotong",
    "truncated",
    "lihat lampiran",
];
/// The same, if they are all that a row says.
const AND_SO_ON: [&str; 9] = [
    "dst",
    "dsb",
    "dll",
    "etc",
    "more",
    "dan lain-lain",
    "dan lain lain",
    "dan lainnya",
    "dan seterusnya",
];
/// Words behind the number of others: "dan 30 layanan lainnya".
const OTHERS: [&str; 5] = ["lainnya", "lain", "lagi", "more", "others"];

/// The words by which a row that is no record says that more follows; dots alone say it, too.
pub fn goes_on_below(text: &str) -> Option<String> {
    let text = text.trim();
    if is_dots(text) {
        return Some(text.to_owned());
    }
    // "43. dst.": the number of the row that is not there.
    let behind = text.split_once(char::is_whitespace).filter(|(first, _)| is_ordinal(first));
    if let Some(said) = behind.and_then(|(_, rest)| goes_on_below(rest)) {
        return Some(said);
    }
    let lower = text.to_lowercase();
    let bare = lower.trim_matches(|sign: char| !sign.is_alphanumeric());
    let words: Vec<&str> = bare.split_whitespace().collect();
    let is_rest = words.last().is_some_and(|last| OTHERS.contains(last))
        && words.iter().any(|word| word.parse::<u64>().is_ok());
    let goes_on = MORE_BELOW.iter().chain(&GOES_ON).any(|words| bare.contains(words));
    (is_rest || goes_on || AND_SO_ON.contains(&bare)).then(|| bare.to_owned())
}

/// True for a row that holds nothing but how much there is, or that more follows: "Menampilkan 3
/// dari 42 layanan", "dst.".
pub fn is_extent(cells: &[String]) -> bool {
    let filled = cells.iter().map(|cell| cell.trim()).filter(|cell| !cell.is_empty());
    let mut filled: Vec<&str> = filled.collect();
    filled.dedup();
    let row_number = filled.first().filter(|first| filled.len() > 1 && is_ordinal(first));
    let is_numbered = row_number.is_some();
    match filled[usize::from(is_numbered)..] {
        [text] if is_footer(text) => {
            let tells = || out_of(text, true).is_some() || counted(text).is_some();
            let is_told = || tells() || mark(text).is_some() || partial::is_extent(text);
            is_more(text, is_numbered) || (!is_numbered && is_told())
        }
        _ => false,
    }
}

/// Whether a row's only text says that more follows and can be no title: "Perpanjangan izin tahun
/// berikutnya" can, and behind the number of a row all but "dst." and dots can.
fn is_more(text: &str, is_numbered: bool) -> bool {
    let lower = text.to_lowercase();
    let bare = lower.trim_matches(|sign: char| !sign.is_alphanumeric());
    if is_numbered {
        return bare.is_empty() && is_dots(text) || AND_SO_ON.contains(&bare);
    }
    let words = || MORE_BELOW.iter().chain(&GOES_ON);
    let is_within = words().any(|words| bare.contains(words));
    let begins = words().any(|words| bare.starts_with(words));
    goes_on_below(text).is_some() && (begins || !is_within)
}

/// "...", "…", "⋮".
fn is_dots(text: &str) -> bool {
    let is_dot = |sign: char| ".…⋮".contains(sign) || sign.is_whitespace();
    text.chars().all(is_dot) && (text.contains("...") || text.contains(['…', '⋮']))
}

/// "12", "12.": the number of a row.
fn is_ordinal(cell: &str) -> bool {
    let digits = cell.trim_end_matches(['.', ')']);
    !digits.is_empty() && digits.bytes().all(|digit| digit.is_ascii_digit())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_row_that_only_tells_of_the_list_is_known_however_short_the_table_is() {
        let row = |cells: &[&str]| cells.iter().map(|cell| (*cell).to_owned()).collect::<Vec<_>>();
        for cells in [
            ["dst.", "", ""],
            ["", "...", ""],
            ["3", "dst", ""],
            ["⋮", "⋮", "⋮"],
            ["20/40", "", ""],
            ["Bersambung ke halaman 2", "", ""],
        ] {
            assert!(is_extent(&row(&cells)), "{cells:?}");
        }
        for cells in [
            ["3", "KTP", ""],
            ["KTP", "", ""],
            ["3", "1/2", ""],
            ["1", "dst", "KK"],
            ["", "", ""],
            ["7", "Perpanjangan izin tahun berikutnya", ""],
            ["7", "Selanjutnya disebut izin", ""],
            ["Perpanjangan izin tahun berikutnya", "", ""],
        ] {
            assert!(!is_extent(&row(&cells)), "{cells:?}");
        }
    }
}
