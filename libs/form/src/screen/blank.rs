//! Titles that leave open what they name, as a form does until somebody fills it in: "Izin xxx",
//! "Surat keterangan ....", "Izin [nama izin]", "Izin -".

use super::filler::has;

/// Words that say of what sort a paper is, and not which one.
const SORTS: &str = "izin ijin perizinan surat keterangan layanan pelayanan pengurusan penerbitan \
    pembuatan pendaftaran perpanjangan permohonan pengajuan rekomendasi sertifikat sertifikasi \
    persetujuan pernyataan pengantar dokumen berkas usaha operasional praktik praktek jenis nama \
    atas dan untuk baru";
/// Words of trials that are no part of any title beside such words: "Surat test".
const TRIALS: &str = "test testing tester dummy asdf qwerty placeholder untitled varchar";
/// Words with which a bracket asks for something.
const ORDERS: &str = "isi isikan sebutkan tulis tuliskan ketik masukkan lengkapi";
/// The same where the bracket is one of programs: "Izin <nama izin>".
const ASKED: &str = "nama jenis judul name title";
/// Dots from which a row of them is a blank; three end a text that is cut.
const DOTS: usize = 4;

/// True for a title that has a blank where its name should be, or says nothing but of what sort it
/// is beside one.
pub fn leaves_open(title: &str) -> bool {
    let words: Vec<&str> =
        title.split(|sign: char| !sign.is_alphanumeric()).filter(|word| !word.is_empty()).collect();
    let lower: Vec<String> = words.iter().map(|word| word.to_lowercase()).collect();
    let is_sort = |word: &String| has(SORTS, word);
    let fills = |at: usize| is_hammered(words[at]) || has(TRIALS, &lower[at]);
    let filled = (0..words.len()).any(fills);
    let nothing_else = (0..words.len()).all(|at| fills(at) || is_sort(&lower[at]));
    has_blank(title)
        || words.iter().any(|word| is_crossed(word))
        || asks(title)
        || (!words.is_empty() && nothing_else && (filled || ends_open(title)))
}

/// "Izin ____", "Surat ......", "Izin (...)", "Izin ???".
fn has_blank(title: &str) -> bool {
    let is_dot = |sign: char| ".…".contains(sign);
    let longest = title.split(|sign| !is_dot(sign)).map(dots).max().unwrap_or_default();
    let is_only = |word: &str| {
        let word = word.trim_matches(['(', ')', '[', ']', '"']);
        let is_asked = word.len() > 1 && word.chars().all(|sign| sign == '?');
        is_asked || (dots(word) > 2 && word.chars().all(is_dot))
    };
    title.contains("__") || longest >= DOTS || title.split_whitespace().any(is_only)
}

fn dots(text: &str) -> usize {
    text.chars().map(|sign| if sign == '…' { 3 } else { 1 }).sum()
}

/// "xxx" stands for a name, "XXX" may be a Roman number.
fn is_crossed(word: &str) -> bool {
    let count = word.chars().count();
    let is_x = word.chars().all(|sign| "xX".contains(sign));
    is_x && count > 2 && (count > 3 || word.contains('x'))
}

/// "aaa", "XXX": a key that was held down. Capitals may be an abbreviation.
fn is_hammered(word: &str) -> bool {
    let first = word.chars().next();
    let is_one = word.chars().all(|sign| Some(sign) == first && sign.is_alphabetic());
    let is_name = word.chars().all(char::is_uppercase) && first != Some('X');
    is_one && !is_name && word.chars().count() > 2
}

/// A bracket in which a form asks for the name.
fn asks(title: &str) -> bool {
    let lower = title.to_lowercase();
    let asked = |open: char, close: char, first: &str| {
        let parts = lower.split(open).skip(1).filter_map(|rest| rest.split_once(close));
        let mut parts = parts.map(|(inner, _)| inner.split_whitespace().collect::<Vec<_>>());
        parts.any(|words| match words.as_slice() {
            [one, rest @ ..] => {
                has(first, one) && rest.iter().all(|word| has(SORTS, word) || has(ASKED, word))
            }
            [] => false,
        })
    };
    let of_forms = [('(', ')'), ('[', ']'), ('<', '>'), ('{', '}')];
    of_forms.iter().any(|(open, close)| asked(*open, *close, ORDERS))
        || of_forms[1..].iter().any(|(open, close)| asked(*open, *close, ASKED))
}

/// "Izin -", "Surat keterangan:".
fn ends_open(title: &str) -> bool {
    let title = title.trim();
    title.ends_with(':') || [" -", " –", " —"].iter().any(|end| title.ends_with(end))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_title_that_leaves_open_what_it_names_is_told_from_one_with_such_a_word() {
        for title in [
            "Izin xxx",
            "IZIN XXX",
            "Surat keterangan xxxx",
            "Surat Keterangan Ahli Waris a.n. xxx",
            "Izin aaa",
            "Izin ....",
            "Izin ...",
            "Surat keterangan ……",
            "Rekomendasi ______",
            "Izin usaha (...)",
            "Izin ???",
            "Izin [nama izin]",
            "Izin <jenis usaha>",
            "Surat keterangan (sebutkan)",
            "Izin -",
            "Surat keterangan:",
            "Surat test",
            "Izin dummy",
        ] {
            assert!(leaves_open(title), "{title}");
        }
        for title in [
            "Izin usaha",
            "Surat keterangan",
            "Izin operasional baru",
            "Diklat Kepemimpinan Angkatan XXX",
            "Izin AAA",
            "Perubahan data KTP-el (nama)",
            "Perubahan sertifikat (nama usaha)",
            "Uji contoh air",
            "Tes kesehatan",
            "Surat keterangan hasil test narkoba",
            "Izin Uji Coba",
            "Izin Demo",
            "Layanan III",
            "Legalisasi dokumen dan surat lainnya",
            "Kapan KTP jadi?",
            "www.dukcapil.go.id",
            "SKCK - baru",
            "Pelayanan s.d. pukul 15.00",
            "Layanan tera...",
            "",
        ] {
            assert!(!leaves_open(title), "{title}");
        }
    }
}
