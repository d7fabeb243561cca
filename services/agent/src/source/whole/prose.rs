//! Sentences of a source about how much it has: "12 data", "masih ada 30 lagi", "Hasil dibatasi".
//! Numbers are written as in Indonesia or in English, in digits of any width.

use unicode_normalization::UnicodeNormalization as _;

use super::spelt;

/// Words for the entries of a list of services.
pub const COUNTED: &str = "layanan pelayanan data baris record records rekaman entri entry entries \
    item items hasil result results row rows service services objek object objects elemen \
    element elements izin perizinan";
const KINDS_OF: &str = "jenis macam buah unik matching";
/// Words before the number of all.
const ALL: &str = "total jumlah jml sebanyak banyaknya banyak terdapat ditemukan tersedia \
    terdaftar keseluruhan seluruhnya semua found available count ada hits memuat contains \
    berisi";
/// Words behind it.
const WHOLES: &str = "total seluruhnya semuanya keseluruhan altogether overall";
/// Words before and behind the number of those that are left.
const LEFT: &str = "sisa sisanya tersisa remaining left another kurang";
const REST: &str = "lagi lainnya lain more others other remaining left tersisa";
/// Words that may stand beside a number that counts.
const LINKS: &str = "adalah is are yang di pada dan untuk in found available tersedia ditemukan \
    terdaftar telah sudah masih there seluruh ini of the records aktif";
/// Words by which it is a bound, and counts nothing.
const BOUNDS: &str = "maksimal maksimum maks max maximum limit batas hingga most per tiap \
    setiap each minimal terakhir tabel lampiran nomor no bab pasal seri edisi versi loket gerai \
    lantai tahun halaman hal kode angka formulir urutan";
/// Starts of words by which a message says that not all came.
const CUT: &str = "truncat incomplet partial terpotong dipotong sebagian dibatas terbatas \
    limited capped exceed melebihi parsial";
/// Words that say so beside a number: "hanya 6 baris pertama".
pub const ONLY: &str = "only hanya cuma first pertama top teratas terbaru";
/// Words of a failure, or of something still to come: a remark with one does not mean the whole.
const UNDONE: &str = "sementara belum sedang masih tertunda gagal galat kesalahan error errors failed failing \
    failure pending progress unfinished interrupted aborted timeout terhenti dihentikan terputus \
    unavailable unreachable degraded temporary interim draft draf percobaan stale tertinggal missing";
/// Words that begin such a clause behind a denial: "tidak dapat dihubungi", "not yet".
const UNABLE: &str =
    "dapat bisa terhubung tersedia termuat terbaca yet available all semua seluruhnya terambil";
const WHOLE: &str = "lengkap complete seluruhnya semuanya";
const NOT: &str = "not tidak belum tak no bukan";

/// The number at the start of a text: "1.234", "12 data", "40".
pub fn leading(text: &str) -> Option<u64> {
    let words = spelt::in_digits(parts(text));
    words.first().and_then(|word| number(word))
}

/// The number in a text that holds nothing else but the thing it counts: "42", "1.234", "42
/// layanan", "empat puluh dua", "42 (empat puluh dua)". A number that begins with 0 is a code.
pub fn amount(text: &str) -> Option<u64> {
    let words = spelt::in_digits(parts(text));
    let (first, rest) = words.split_first()?;
    let is_same = |word: &String| word == first || has(COUNTED, word);
    let is_code = first.len() > 1 && first.starts_with('0');
    if is_code || !rest.iter().all(is_same) { None } else { number(first) }
}

/// "1-12/42": a range of all; "12/42" if that many rows came with it. A date has no such order.
pub fn fraction(text: &str, rows: u64) -> Option<u64> {
    let bare: String = text.nfkc().filter(|sign| !sign.is_whitespace()).collect();
    let (here, all) = bare.split_once('/')?;
    let all = number(all)?;
    match here.split_once(['-', '–']) {
        Some((first, last)) => {
            let (first, last) = (number(first)?, number(last)?);
            (first <= last && last <= all).then_some(all)
        }
        None => (number(here)? == rows && rows > 1 && all > rows).then_some(all),
    }
}

/// The things that a sentence counts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Counted {
    /// There are this many in all: "Total layanan: 42", "42 data ditemukan".
    All(u64),
    /// There are this many more: "dan 30 layanan lainnya", "sisa 30".
    Left(u64),
}

/// How many a sentence says that there are; the greatest number if it names several. A number is a
/// count where it stands before what a list holds, or behind a word that counts; never where it
/// bounds ("maksimal 100 data", "20 data per halaman") or counts something else ("42 instansi").
pub fn counted(text: &str) -> Option<Counted> {
    let text = text.replace(['=', ':'], " ");
    // "12. Layanan" is the twelfth of a list.
    let is_ordinal = |word: &str| {
        word.strip_suffix(['.', ')'])
            .is_some_and(|number| number.bytes().all(|b| b.is_ascii_digit()))
    };
    let last = text.split_whitespace().last().unwrap_or_default();
    let words = text.split_whitespace().filter(|word| *word == last || !is_ordinal(word));
    let words = spelt::in_digits(parts(&words.collect::<Vec<_>>().join(" ")));
    let found = (0..words.len()).filter_map(|at| counted_at(&words, at));
    found.max_by_key(|one| match one {
        Counted::All(number) | Counted::Left(number) => *number,
    })
}

/// Words of a footer; a row of more is one of the table.
const FOOTER: usize = 10;

/// Whether a row's text is as short as a footer.
pub fn is_footer(text: &str) -> bool {
    text.split_whitespace().count() <= FOOTER
}

fn counted_at(words: &[String], at: usize) -> Option<Counted> {
    let found = number(&words[at])?;
    let word = |at: usize| words.get(at).map_or("", String::as_str);
    let is_noun = |word: &str| has(COUNTED, word);
    // "42 jenis layanan", "42 data layanan".
    let nouns = (1..4).take_while(|on| is_noun(word(at + on)) || has(KINDS_OF, word(at + on)));
    let behind = at + 1 + nouns.count();
    let has_noun = behind > at + 1 && is_noun(word(behind - 1));
    let before = words[..at].iter().rev().find(|word| !is_noun(word) && !has(LINKS, word));
    let before = before.map_or("", String::as_str);
    if has(BOUNDS, before) || has(BOUNDS, word(behind)) {
        return None;
    }
    let is_alone = has_noun || word(behind).is_empty() || has(LINKS, word(behind));
    let says_left = has(LEFT, before) && is_alone;
    if has(REST, word(behind)) || says_left {
        return Some(Counted::Left(found));
    }
    let says_all = (has(ALL, before) && is_alone) || has(WHOLES, word(behind));
    (has_noun || says_all).then_some(Counted::All(found))
}

/// How many rows a line says that an export holds at most: "Limit 20", "20 baris pertama",
/// "Hasil dibatasi 20 baris".
pub fn limited(text: &str) -> Option<u64> {
    let words = spelt::in_digits(parts(text));
    let said = words.iter().any(|word| has(LIMITS, word));
    // "Hanya 20 baris pertama" says that there are more, however many came.
    let first = words.iter().any(|word| has(FIRST, word))
        && !words.iter().any(|word| has(ONLY, word) && !has(FIRST, word));
    let counts = words.iter().any(|word| has(COUNTED, word));
    let mut numbers = words.iter().filter_map(|word| number(word));
    let only = numbers.next().filter(|_| is_footer(text))?;
    ((said || first && counts) && numbers.next().is_none()).then_some(only)
}

/// Words of the begin of a list, among those of [`ONLY`].
const FIRST: &str = "first pertama";

/// Words of a limit that an export has.
const LIMITS: &str = "limit limited limits dibatasi batas";

/// Whether a message says that not all came.
pub fn says_cut(text: &str) -> bool {
    let words = spelt::in_digits(parts(text));
    let denied = |at: usize| at > 0 && has(NOT, &words[at - 1]);
    let has_number = words.iter().any(|word| number(word).is_some());
    words.iter().enumerate().any(|(at, word)| {
        let is_cut = CUT.split_whitespace().any(|start| word.starts_with(start));
        let is_only = has_number && has(ONLY, word);
        let is_whole = has(WHOLE, word);
        ((is_cut || is_only) && !denied(at)) || (is_whole && denied(at))
    })
}

/// Whether a remark says that something is still to come, or went wrong.
pub fn says_undone(text: &str) -> bool {
    let words = parts(text);
    let denied = |at: usize| at > 0 && has(NOT, &words[at - 1]);
    words
        .iter()
        .enumerate()
        .any(|(at, word)| (has(UNDONE, word) && !denied(at)) || (has(UNABLE, word) && denied(at)))
}

/// Whether a list of words holds one.
pub fn has(list: &str, word: &str) -> bool {
    list.split_whitespace().any(|own| own == word)
}

/// Words in lower case, without the signs around them, and signs that only look otherwise as they
/// are usually written: "４２" is "42".
pub fn parts(text: &str) -> Vec<String> {
    let text: String = text.nfkc().collect();
    let bare = |word: &str| {
        word.trim_matches(|sign: char| !sign.is_alphanumeric() && sign != '-').to_lowercase()
    };
    text.split_whitespace().map(bare).filter(|word| !word.is_empty()).collect()
}

/// A number in digits: "40", "1.234" and "1,234"; no decimals.
pub fn number(word: &str) -> Option<u64> {
    let groups: Vec<&str> = word.split(['.', ',']).collect();
    let (first, rest) = groups.split_first()?;
    let is_grouped =
        rest.iter().all(|group| group.len() == 3) && (rest.is_empty() || first.len() < 4);
    let digits = groups.concat();
    let is_number = !digits.is_empty() && digits.chars().all(|sign| sign.is_ascii_digit());
    (is_grouped && is_number && !first.is_empty()).then(|| digits.parse().ok())?
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_number_of_all_is_read_however_it_is_written() {
        for (text, count) in [
            ("40", 40),
            (" 1.234 ", 1234),
            ("12 data", 12),
            ("1,234 rows", 1234),
            ("2.000.000", 2_000_000),
        ] {
            assert_eq!(leading(text), Some(count), "{text}");
        }
        for text in ["", "Rp 50.000", "1,5", "12.50", "-1", "v2", "2026-11-28"] {
            assert_eq!(leading(text), None, "{text}");
        }
    }

    #[test]
    fn a_text_may_be_a_number_in_digits_or_in_words() {
        for (text, number) in [
            ("42", 42),
            ("empat puluh dua", 42),
            ("Empat puluh dua layanan", 42),
            ("42 (empat puluh dua)", 42),
            ("forty-two", 42),
            ("seratus dua puluh", 120),
            ("42 jenis", 0),
        ] {
            assert_eq!(amount(text), Some(number).filter(|number| *number > 0), "{text}");
        }
        for text in ["0351", "007", "12 April 2026", "3 hari", "Jalan 42", "v2", "1,5", ""] {
            assert_eq!(amount(text), None, "{text}");
        }
    }

    #[test]
    fn a_range_of_all_is_no_date() {
        assert_eq!(fraction("1-12/42", 12), Some(42));
        assert_eq!(fraction("1 - 12 / 42", 9), Some(42));
        assert_eq!(fraction("12/42", 12), Some(42));
        for text in ["12/04/2026", "2025-2026/1", "12/42", "1/4", "x-1/2"] {
            assert_eq!(fraction(text, 1), None, "{text}");
        }
    }

    #[test]
    fn what_a_sentence_counts_is_heard_and_what_it_bounds_is_not() {
        for (text, found) in [
            ("Total layanan: 42", Counted::All(42)),
            ("TOTAL = 42", Counted::All(42)),
            ("Jumlah 15 layanan", Counted::All(15)),
            ("Terdapat 42 data", Counted::All(42)),
            ("Found 1,240 matching services.", Counted::All(1240)),
            ("12 records (42 total)", Counted::All(42)),
            ("Jumlah seluruh layanan adalah empat puluh dua", Counted::All(42)),
            ("42 jenis layanan tersedia", Counted::All(42)),
            ("dan 30 layanan lainnya", Counted::Left(30)),
            ("masih ada 30 lagi", Counted::Left(30)),
            ("Sisa: 30", Counted::Left(30)),
            ("30 more services", Counted::Left(30)),
            ("tiga puluh layanan lagi", Counted::Left(30)),
        ] {
            assert_eq!(counted(text), Some(found), "{text}");
        }
        for text in [
            "Daftar layanan dari 40 dinas",
            "maksimal 100 data",
            "20 data per halaman",
            "Total 42 instansi",
            "Total waktu: 42 menit",
            "Jumlah penduduk 586110 jiwa",
            "Data per 12 April 2026",
            "Layanan tahun 2026",
            "Keputusan Bupati Nomor 42 Tahun 2025",
            "12. Layanan KTP",
            "Tabel 12 Layanan Disdukcapil",
            "No. 12 Layanan",
            "Loket 12 layanan KTP",
            "ok",
        ] {
            assert_eq!(counted(text), None, "{text}");
        }
    }

    #[test]
    fn a_message_that_not_all_came_is_heard_and_its_denial_as_well() {
        for text in [
            "partial",
            "Hasil dibatasi 6 baris pertama",
            "result truncated at 6",
            "hanya 6 data ditampilkan",
            "Data belum lengkap",
            "not complete",
        ] {
            assert!(says_cut(text), "{text}");
        }
        for text in
            ["ok", "sukses", "Data lengkap", "complete", "tidak terpotong", "hanya untuk warga"]
        {
            assert!(!says_cut(text), "{text}");
        }
    }

    #[test]
    fn a_remark_that_something_is_still_to_come_is_heard() {
        for text in [
            "Data sementara, sinkronisasi belum selesai",
            "Server Disdukcapil tidak dapat dihubungi",
            "import in progress",
            "Sinkronisasi masih berjalan, 60%",
            "not all sources answered",
        ] {
            assert!(says_undone(text), "{text}");
        }
        for text in ["Standar pelayanan 2026", "tidak gagal", "Melayani sampai malam"] {
            assert!(!says_undone(text), "{text}");
        }
    }

    #[test]
    fn no_text_makes_it_panic() {
        bolero::check!().with_iterations(3_000).with_type::<String>().for_each(|text| {
            let _ = (leading(text), says_cut(text));
            let _ = (amount(text), fraction(text, 2), counted(text));
        });
    }
}
