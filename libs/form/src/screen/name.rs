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
/// Headings, which name no service.
const HEADINGS: [&str; 14] = [
    "nama",
    "namalayanan",
    "namapelayanan",
    "namaizin",
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

/// True for a title that says nothing, or is a heading.
pub fn is_none(name: &str) -> bool {
    HEADINGS.contains(&letters(name).as_str()) || is_blank(name)
}

/// True for a text without meaning, even as the label of a fee. "Layanan" is not one: beside
/// "Bahan" it tells the fees apart.
pub fn is_blank(name: &str) -> bool {
    let letters = letters(name);
    let is_empty = letters.is_empty() && !name.trim().is_empty();
    is_empty || NO_NAMES.contains(&letters.as_str()) || residue::of_text(name)
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
        assert!(!is_blank("Layanan"), "of a fee");
    }
}
