//! Names that name nothing.

use super::residue;

/// Placeholders for a name that is not known, as letters.
const NO_NAMES: [&str; 38] = [
    "na",
    "nd",
    "nil",
    "null",
    "none",
    "nan",
    "undefined",
    "objectobject",
    "unknown",
    "noname",
    "notitle",
    "tbd",
    "tba",
    "todo",
    "blank",
    "empty",
    "kosong",
    "nihil",
    "tidakada",
    "tidakadadata",
    "tidaktersedia",
    "belumada",
    "belumdiisi",
    "belumdiketahui",
    "tanpajudul",
    "tanpanama",
    "takbernama",
    "idem",
    "sda",
    "samadenganatas",
    "true",
    "false",
    "ya",
    "tidak",
    "benar",
    "salah",
    "dst",
    "dll",
];
/// Words that stand for the text above, as letters.
const DITTOS: [&str; 4] = ["idem", "sda", "samadenganatas", "samadengandiatas"];
/// Signs that stand for the text above.
const DITTO_MARKS: &str = "\"'“”’‘″〃";
/// Headings, which name no service.
const HEADINGS: [&str; 18] = [
    "nama",
    "namalayanan",
    "namapelayanan",
    "namaizin",
    "namaperizinan",
    "namasurat",
    "jenisizin",
    "jenisperizinan",
    "jenislayanan",
    "jenispelayanan",
    "judul",
    "judullayanan",
    "layanan",
    "pelayanan",
    "title",
    "name",
    "service",
    "servicename",
];

/// Names for whatever has none of its own, as letters. As the label of a fee they tell it from the
/// others, and "Layanan lain-lain" is what some offices call their last window.
const OTHERS: [&str; 13] = [
    "lain",
    "lain2",
    "lainlain",
    "lainnya",
    "yanglain",
    "yanglainnya",
    "danlain",
    "danlainlain",
    "danlainnya",
    "other",
    "others",
    "misc",
    "miscellaneous",
];
/// Signs with which a sheet ticks a cell, also the letters that stand for them and the tick of
/// Wingdings.
const TICKS: &str = "√✓✔☑✅✗✘☒×xXvV\u{f0fc}";

/// True for a title that says nothing, is a heading, or is the name of all the rest.
pub fn is_none(name: &str) -> bool {
    let letters = letters(name);
    [&HEADINGS[..], &OTHERS].iter().any(|names| names.contains(&letters.as_str())) || is_blank(name)
}

/// True for a cell that is ticked: what it says stands in its heading, and not in it.
pub fn is_tick(text: &str) -> bool {
    let text = text.trim().trim_matches(['(', ')', '[', ']', '.', '\u{fe0f}']).trim();
    let first = text.chars().next();
    first.is_some_and(|sign| TICKS.contains(sign)) && text.chars().all(|sign| Some(sign) == first)
}

/// True for a text without meaning, even as the label of a fee. "Layanan" is not one: beside
/// "Bahan" it tells the fees apart.
pub fn is_blank(name: &str) -> bool {
    let letters = letters(name);
    let is_empty = letters.is_empty() && !name.trim().is_empty();
    is_empty || NO_NAMES.contains(&letters.as_str()) || residue::of_text(name)
}

/// True for a text that stands for that of the row above: "idem", "s.d.a.", `"`.
pub fn is_ditto(text: &str) -> bool {
    let text = text.trim().trim_matches('-').trim();
    let is_mark = !text.is_empty() && text.chars().all(|sign| DITTO_MARKS.contains(sign));
    is_mark || DITTOS.contains(&letters(text).as_str())
}

fn letters(name: &str) -> String {
    name.chars().filter(|sign| sign.is_alphanumeric()).flat_map(char::to_lowercase).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_names_nothing_is_told_from_a_short_name() {
        for name in ["-", "N/A", "NULL", "tidak ada", "Nama Layanan"] {
            assert!(is_none(name), "{name}");
        }
        for name in ["KTP", "Layanan 112", ""] {
            assert!(!is_none(name), "{name}");
        }
        assert!(!is_blank("Layanan") && !is_blank("Lainnya"), "of a fee");
        for text in ["√", "✓", " v ", "V", "[x]", "(√)", "✔\u{fe0f}", "vv"] {
            assert!(is_tick(text), "{text}");
        }
        for text in ["VX", "KTP v", "Vi", "", "-", "o"] {
            assert!(!is_tick(text), "{text}");
        }
        for text in ["idem", "s.d.a.", "\"", "- \" -", "〃", "Sama dengan di atas"] {
            assert!(is_ditto(text), "{text}");
        }
        assert!(!is_ditto("-") && !is_ditto("Idem dito") && !is_ditto(""));
    }
}
