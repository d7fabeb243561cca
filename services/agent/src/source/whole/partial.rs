//! Titles and descriptions that speak of a part: by its number, as a continuation, or in words.

use unicode_normalization::UnicodeNormalization as _;

use super::{
    part,
    prose::{COUNTED, ONLY, has, is_footer, parts, says_cut},
    spelt,
};

/// Words of a title that call the rows below it a part.
const PARTIAL: &str = "sebagian separuh separuhnya setengahnya bersambung cuplikan selebihnya \
    sisanya teratas terpopuler terfavorit excerpt continued snippet subset preview pratinjau partially \
    offset remaining selanjutnya berikutnya";
const PARTIAL_DATA: [&str; 6] =
    ["contoh data", "data contoh", "sampel data", "data sampel", "sample data", "data sample"];
/// The same, but only set off by a bracket or dash: "tingkat lanjutan" belongs to a service.
const GOES_ON: [&str; 3] = ["lanjutan", "sambungan", "cont"];

/// Whether a title or a description says that not all is there: by its number as a part, as a
/// continuation, or in words.
pub fn speaks_of_a_part(text: &str) -> bool {
    let words = parts(text);
    let lower = words.join(" ");
    let is_only = |text: &str| {
        let is_bound = words.iter().any(|word| CUT_OFF.contains(&word.as_str()));
        says_cut(text) && !is_bound
    };
    words.iter().any(|word| has(PARTIAL, word))
        || PARTIAL_DATA.iter().any(|phrase| lower.contains(phrase))
        || part::alone(text).is_some()
        || is_continuation(text)
        || is_only(text)
}

/// Words of a cut that also belong to services and areas: "izin terbatas".
const CUT_OFF: [&str; 2] = ["terbatas", "melebihi"];

/// "Lanjutan", "Daftar layanan (lanjutan)", "Tabel 2 - sambungan".
fn is_continuation(text: &str) -> bool {
    let text: String = text.nfkc().collect::<String>().to_lowercase();
    let set_off = text.split(['(', '[', '-', '–', '—', ':', '.', ',', '/']).map(str::trim_start);
    set_off.enumerate().any(|(at, part)| {
        let part = part.trim_end_matches([')', ']', ' ']);
        let begins = |word: &str| part.strip_prefix(word).is_some_and(|rest| rest.starts_with(' '));
        GOES_ON.iter().any(|word| part == *word || (at == 0 && begins(word)))
    })
}

/// Whether a title is a sentence about how much there is, and no service is called so.
pub fn is_extent(text: &str) -> bool {
    let words = spelt::in_digits(parts(text));
    let is_counted = words.iter().any(|word| has(COUNTED, word));
    let is_only = words.iter().any(|word| has(ONLY, word)) && is_counted && says_cut(text);
    is_footer(text)
        && (part::out_of(text, false).is_some_and(|said| said.here <= said.all) || is_only)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_title_that_speaks_of_a_part_is_told_from_one_that_names_something() {
        for text in [
            "Sebagian data",
            "Lanjutan",
            "Lanjutan tabel 2",
            "Daftar layanan (lanjutan)",
            "Tabel 1 - sambungan",
            "Jilid II",
            "10 layanan teratas",
            "Hanya lima data pertama ditampilkan",
            "Data belum lengkap",
            "Contoh data",
        ] {
            assert!(speaks_of_a_part(text), "{text}");
        }
        for text in [
            "Layanan lanjut usia",
            "Pelayanan kesehatan tingkat lanjutan",
            "Izin trayek terbatas",
            "Bagian Organisasi Setda",
            "Daftar layanan lengkap",
            "Kutipan akta",
            "Pengujian sampel air",
            "Melayani 42 kecamatan, maksimal 100 data per halaman",
        ] {
            assert!(!speaks_of_a_part(text), "{text}");
        }
        for text in ["Menampilkan 3 dari 42", "Halaman I dari IV", "Hanya 12 data pertama"] {
            assert!(is_extent(text), "{text}");
        }
        for text in ["Layanan Satu Data", "Kartu keluarga pertama", "SIM C", "Pindah dari Pacitan"]
        {
            assert!(!is_extent(text), "{text}");
        }
    }

    #[test]
    fn no_text_makes_it_panic() {
        bolero::check!().with_iterations(3_000).with_type::<String>().for_each(|text| {
            let _ = (speaks_of_a_part(text), is_extent(text));
        });
    }
}
