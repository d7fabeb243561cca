//! The items of a list: one a line, run together with numbers or bullets, or parted by semicolons.

use std::collections::HashMap;

use mpp_form::{
    dates::{is_day, is_month},
    markup::has_markup,
};

use super::{
    first_column::with_dots,
    heading,
    html::list_text,
    mark::{Mark, behind_bullets, bracketed, is_bullet, is_dash, is_weak_bullet, numbering},
    squeeze,
};

/// The items of a numbered, lettered or bulleted list, without what stood before them.
pub fn list_items(text: &str) -> Vec<String> {
    let text = if has_markup(text) { list_text(text) } else { with_dots(text) };
    let text = super::lines(&text);
    let lines: Vec<String> = text.lines().map(squeeze).filter(|line| !line.is_empty()).collect();
    let behind: Vec<&str> = lines.iter().map(|line| behind_bullets(line)).collect();
    let numbers = numbering(&behind);
    let marked =
        |at: usize| behind[at].len() < lines[at].len() || numbers[at].iter().any(|mark| mark.leads);
    let is_list = (0..lines.len()).filter(|at| marked(*at)).count() > 1;
    let mut beginning: HashMap<char, usize> = HashMap::new();
    for first in lines.iter().filter_map(|line| line.chars().next()) {
        *beginning.entry(first).or_default() += 1;
    }
    let mut items = Items::default();
    for (at, line) in lines.iter().enumerate() {
        if is_list && !marked(at) && line.starts_with(char::is_lowercase) && items.go_on(line) {
            continue;
        }
        let bullet = line.chars().next().filter(|_| behind[at].len() < line.len());
        let alone = bullet.filter(|bullet| beginning[bullet] == 1);
        items.add_line(behind[at], &numbers[at], alone);
    }
    heading::without_heading(items.found)
}

#[derive(Default)]
struct Items {
    found: Vec<String>,
    /// "atau" between two items, which belongs to the second.
    or: bool,
    /// The last line ended its item.
    ended: bool,
}

impl Items {
    /// Continues the last item with a line of its own; false if there is none or it has ended.
    fn go_on(&mut self, line: &str) -> bool {
        let Some(last) = self.found.last_mut().filter(|_| !self.ended) else {
            return false;
        };
        last.push(' ');
        last.push_str(line.trim_end_matches(';').trim_end());
        self.ended = line.ends_with([';', '.']);
        true
    }

    fn add_line(&mut self, line: &str, numbers: &[Mark], bullet: Option<char>) {
        self.ended = line.ends_with([';', '.', ':']);
        let mut start = 0;
        for mark in numbers {
            self.add_parts(&line[start..mark.at], bullet);
            start = mark.end;
        }
        self.add_parts(&line[start..], bullet);
    }

    fn add_parts(&mut self, text: &str, bullet: Option<char>) {
        let inside = bracketed(text);
        let mut start = 0;
        for (at, c) in text.char_indices() {
            if !inside[at] && (c == ';' || parts_items(text, at, c, bullet)) {
                self.add(&text[start..at]);
                start = at + c.len_utf8();
            }
        }
        self.add(&text[start..]);
    }

    fn add(&mut self, text: &str) {
        let text = behind_bullets(text.trim()).trim_end_matches([',', ';']).trim();
        match text.to_lowercase().as_str() {
            "" | "dan" | "serta" | "dan/atau" => {}
            "atau" => self.or = true,
            _ if std::mem::take(&mut self.or) => self.found.push(format!("atau {text}")),
            _ => self.found.push(text.to_owned()),
        }
    }
}

/// True if the sign at `at` begins another item of the line. A sign that may stand for something
/// else does so only in a line that begins with it, as the only one.
fn parts_items(text: &str, at: usize, c: char, bullet: Option<char>) -> bool {
    let (before, after) = (&text[..at], &text[at + c.len_utf8()..]);
    let blank_before = before.is_empty() || before.ends_with(char::is_whitespace);
    let blank_after = after.starts_with(char::is_whitespace);
    if is_bullet(c) {
        return true;
    }
    if bullet != Some(c) || !(is_dash(c) || is_weak_bullet(c)) {
        return false;
    }
    let both = blank_before && blank_after;
    both && !is_range(before, after)
        || is_dash(c) && blank_after && before.ends_with(char::is_alphabetic)
        || is_dash(c) && blank_before && after.starts_with(char::is_alphabetic)
}

/// "08.00 - 15.00", "Senin - Jumat".
fn is_range(before: &str, after: &str) -> bool {
    let (before, after) = (before.trim_end(), after.trim_start());
    let word = |text: Option<&str>| {
        let word = text.unwrap_or("").to_lowercase();
        is_day(&word) || is_month(&word)
    };
    before.ends_with(|c: char| c.is_ascii_digit())
        && after.starts_with(|c: char| c.is_ascii_digit())
        || word(before.split_whitespace().next_back()) && word(after.split_whitespace().next())
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::{super::mark::NUMBERED, *};

    fn read(text: &str) -> String {
        list_items(text).join(" | ")
    }

    /// Lists as offices write them, and their items.
    const CASES: &[(&str, &str)] = &[
        (
            "1. KTP asli\n2) Surat pengantar RT 05. RW 02\n- a. Fotokopi KK; b. Pas foto\n\n",
            "KTP asli | Surat pengantar RT 05. RW 02 | Fotokopi KK | Pas foto",
        ),
        ("1. KTP 2. KK 3. Foto", "KTP | KK | Foto"),
        ("1.KTP 2.KK 3.Foto", "KTP | KK | Foto"),
        ("1.KTP", "KTP"),
        ("1) KTP 2) KK", "KTP | KK"),
        ("(1) KTP (2) KK (3) Foto (4x6)", "KTP | KK | Foto (4x6)"),
        ("1.) KTP\n2.) KK", "KTP | KK"),
        ("KK (asli; legalisir)", "KK (asli; legalisir)"),
        ("KTP; KK (asli; legalisir); Foto", "KTP | KK (asli; legalisir) | Foto"),
        ("KTP (asli; KK", "KTP (asli | KK"),
        ("\u{25aa} KTP\n\u{25cf} KK\n\u{b7} Foto\no Surat", "KTP | KK | Foto | Surat"),
        ("\u{2022} KTP \u{2022} KK \u{2022} Foto", "KTP | KK | Foto"),
        ("\u{2022}KTP \u{2022}KK\u{2022}Foto", "KTP | KK | Foto"),
        ("\u{b7}KTP\n\u{b7}KK", "KTP | KK"),
        (
            "KTP (1) lembar, KK (2) lembar, foto (3) lembar",
            "KTP (1) lembar, KK (2) lembar, foto (3) lembar",
        ),
        ("a.KTP b.KK c.Foto", "KTP | KK | Foto"),
        ("1.KTP;2.KK;3.Foto", "KTP | KK | Foto"),
        ("1. Permohonan 2 rangkap 3. KTP", "Permohonan 2 rangkap 3. KTP"),
        ("o KTP o KK", "KTP | KK"),
        (
            "\u{f0b7} KTP\n\u{f0a7} KK\n\u{2713} Foto\n\u{27a2} Akta\n\u{a7} NPWP\n\u{2714}\u{fe0f} SIM",
            "KTP | KK | Foto | Akta | NPWP | SIM",
        ),
        ("\u{b7}&nbsp;&nbsp;&nbsp; KTP", "KTP"),
        ("a) KTP b) KK", "KTP | KK"),
        ("a. KTP; b. KK; dan c. Foto", "KTP | KK | Foto"),
        ("a. KTP; atau\nb. SIM", "KTP | atau SIM"),
        ("i. KTP\nii. KK\niii. Foto", "KTP | KK | Foto"),
        ("ii. KK", "KK"),
        ("I. KTP\nII. KK\nV. Foto", "KTP | KK | Foto"),
        ("A. KTP\nB. KK", "KTP | KK"),
        ("- A- B", "A | B"),
        ("- KTP - KK - Foto", "KTP | KK | Foto"),
        ("-KTP\n-KK", "KTP | KK"),
        ("- KTP - asli\n- KK", "KTP - asli | KK"),
        ("\u{2013} Izin usaha - baru", "Izin usaha - baru"),
        ("- Senin - Jumat 08.00 - 15.00", "Senin - Jumat 08.00 - 15.00"),
        ("Bimbingan pra-nikah", "Bimbingan pra-nikah"),
        ("Surat RT 05. RW 02", "Surat RT 05. RW 02"),
        ("UU No. 25 Tahun 2009", "UU No. 25 Tahun 2009"),
        ("Materai 10.000 atau 3.000", "Materai 10.000 atau 3.000"),
        ("Pasal 5 ayat (2)", "Pasal 5 ayat (2)"),
        ("Pasal 5 ayat (1) dan ayat (2)", "Pasal 5 ayat (1) dan ayat (2)"),
        (
            "Lahir sebelum 1.1.2024 atau 17. Agustus 1945",
            "Lahir sebelum 1.1.2024 atau 17. Agustus 1945",
        ),
        ("1. Aaa 2. Mei", "Aaa | Mei"),
        ("1. Januari 2. Februari 3. Maret", "Januari | Februari | Maret"),
        ("1. Berlaku mulai 2. Mei\n2. KK", "Berlaku mulai 2. Mei | KK"),
        ("1. Lahir 2. Mei 1998", "Lahir 2. Mei 1998"),
        ("Lantai 1. Loket 2. Gedung B", "Lantai 1. Loket 2. Gedung B"),
        ("a. n. Bupati", "a. n. Bupati"),
        ("H. Ahmad", "H. Ahmad"),
        ("CV. Maju", "CV. Maju"),
        ("s.d. 2024", "s.d. 2024"),
        ("1. Fotokopi KTP rangkap 2. 2. KK", "Fotokopi KTP rangkap 2. | KK"),
        ("1. Surat dari RT 2. lama\n2. KK", "Surat dari RT 2. lama | KK"),
        ("Persyaratan: 1. KTP 2. KK", "KTP | KK"),
        ("Syarat 1. KTP 2. KK 3. Foto", "KTP | KK | Foto"),
        ("Syarat-syarat:\nKTP\nKK", "KTP | KK"),
        ("Persyaratan: KTP; KK", "KTP | KK"),
        ("Persyaratan: KTP", "KTP"),
        ("<p>Persyaratan :</p><ul><li>KTP</li></ul>", "KTP"),
        ("Persyaratan", "Persyaratan"),
        ("Persyaratan:", "Persyaratan:"),
        ("Persyaratan khusus: 1. KTP 2. KK", "Persyaratan khusus: | KTP | KK"),
        ("KTP\nPersyaratan lain: KK", "KTP | Persyaratan lain: KK"),
        ("1. KTP\na. asli\nb. fotokopi\n2. KK", "KTP | asli | fotokopi | KK"),
        ("1.\nKTP\n2.\nKK", "KTP | KK"),
        ("1. Surat keterangan\ndari lurah\n2. KK", "Surat keterangan dari lurah | KK"),
        ("ktp\nkk\npas foto", "ktp | kk | pas foto"),
        ("1. Fotokopi KTP, 2. KK,", "Fotokopi KTP | KK"),
        ("1. 2 lembar foto\n2. KK", "2 lembar foto | KK"),
        ("> 17 tahun", "> 17 tahun"),
        ("(021) 5551234; +62 811 2345; 0333-12345", "(021) 5551234 | +62 811 2345 | 0333-12345"),
        (
            "1. UU No. 25 Tahun 2009; 2. PP No. 96 Tahun 2012",
            "UU No. 25 Tahun 2009 | PP No. 96 Tahun 2012",
        ),
        ("12.30 WIB", "12.30 WIB"),
        ("<ol><li>KTP</li><li>KK (asli; legalisir)</li></ol>", "KTP | KK (asli; legalisir)"),
        ("Pas foto 3&times;4; KTP &amp; KK", "Pas foto 3\u{d7}4 | KTP & KK"),
        ("01. KTP 02. KK", "KTP | KK"),
        ("\u{2460} KTP\n\u{2461} KK", "KTP | KK"),
        ("", ""),
        ("-", ""),
    ];

    #[test]
    fn lists_of_offices_become_their_items() {
        let wrong = CASES.iter().filter(|(text, items)| read(text) != *items);
        let wrong: Vec<_> = wrong.map(|(text, _)| (text, read(text))).collect();
        assert!(wrong.is_empty(), "{wrong:#?}");
    }

    #[test]
    fn a_list_of_any_length_is_read_without_panic() {
        for part in [
            "1. ",
            "1. KTP 2. KK ",
            "(",
            "- ",
            "- a\n",
            "1. a\n",
            "\u{2022} ",
            "; ",
            "a) ",
            "([",
            "i. ii. ",
        ] {
            list_items(&part.repeat(20_000));
        }
    }

    /// No word that joins items, and none at the end that a number belongs to: "Surat RT 2. lama"
    /// may be one item or two.
    fn item() -> impl Strategy<Value = String> {
        let text = "[A-Z][a-z]{2,8}( [a-z]{3,8}){0,3}( \\([a-z]{2,5}; [a-z]{2,5}\\))?";
        text.prop_filter("it is an item", |item| {
            let last = item.rsplit(' ').next().unwrap_or_default().to_lowercase();
            !NUMBERED.contains(&last.as_str()) && !["Dan", "Serta", "Atau"].contains(&item.as_str())
        })
    }

    proptest! {
        #[test]
        fn a_list_gives_back_the_items_that_it_was_made_of(
            items in prop::collection::vec(item(), 2..12),
            style in 0..6_usize,
            parted in prop::sample::select(vec!["\n", " ", "; ", ";\n", "\r\n"]),
        ) {
            let marked = items.iter().enumerate().map(|(at, item)| match style {
                0 => format!("{}. {item}", at + 1),
                1 => format!("{}) {item}", at + 1),
                2 => format!("({}) {item}", at + 1),
                3 => format!("{}.{item}", at + 1),
                4 => format!("\u{2022} {item}"),
                _ => format!("{}) {item}", char::from(b'a' + at as u8)),
            });
            let text = marked.collect::<Vec<_>>().join(parted);
            prop_assert_eq!(list_items(&text), items);
        }

        #[test]
        fn numbers_within_a_sentence_part_nothing(
            words in prop::collection::vec("[A-Z][a-z]{3,8}", 2..6),
            numbers in prop::collection::vec(4..400_u32, 6),
        ) {
            let text: Vec<String> =
                words.iter().zip(&numbers).map(|(word, n)| format!("{word} {n}.")).collect();
            prop_assert_eq!(list_items(&text.join(" ")).len(), 1);
        }

        #[test]
        fn no_letter_of_a_text_is_lost(text in "[a-zA-Z0-9 .;()\n-]{0,60}") {
            let letters = |text: &str| text.chars().filter(|c| c.is_alphabetic()).count();
            let (before, after) = (letters(&text), letters(&list_items(&text).concat()));
            prop_assert!(after <= before && before - after <= 4 * text.split_whitespace().count());
        }
    }
}
