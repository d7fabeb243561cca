//! What a source says in words of how much it has: "12 data", "Menampilkan 1 sampai 6 dari 40",
//! "Hasil dibatasi". Numbers are written as in Indonesia or in English.

/// What stands before the number of all: "6 dari 40", "1 of 4".
const OUT_OF: [&str; 4] = ["dari", "of", "from", "daripada"];
/// Words that may stand between: "dari total 40".
const FILLERS: [&str; 9] =
    ["total", "jumlah", "sekitar", "about", "a", "the", "sebanyak", "seluruh", "all"];
const PAGES: [&str; 5] = ["page", "pages", "halaman", "hal", "laman"];

/// Starts of words by which a message says that not all came.
const CUT: [&str; 13] = [
    "truncat",
    "incomplet",
    "partial",
    "terpotong",
    "dipotong",
    "sebagian",
    "dibatas",
    "terbatas",
    "limited",
    "capped",
    "exceed",
    "melebihi",
    "parsial",
];
/// Words that say so beside a number: "hanya 6 baris pertama".
const ONLY: [&str; 8] = ["only", "hanya", "cuma", "first", "pertama", "top", "teratas", "terbaru"];
const WHOLE: [&str; 4] = ["lengkap", "complete", "seluruhnya", "semuanya"];
const NOT: [&str; 6] = ["not", "tidak", "belum", "tak", "no", "bukan"];

/// How much there is in all, as a sentence says it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct OutOf {
    /// The number of all.
    pub all: u64,
    /// They are pages.
    pub pages: bool,
}

/// The number at the start of a text: "1.234", "12 data", "40".
pub fn leading(text: &str) -> Option<u64> {
    let words = parts(text);
    words.first().and_then(|word| number(word))
}

/// "1 sampai 6 dari 40", "halaman 1 dari 4"; "1/4" only where `is_count`, since it may be a date.
pub fn out_of(text: &str, is_count: bool) -> Option<OutOf> {
    let words = parts(text);
    if let ([one], true) = (words.as_slice(), is_count)
        && let Some((here, all)) = one.split_once('/')
    {
        let (_, all) = (number(here)?, number(all)?);
        return Some(OutOf { all, pages: false });
    }
    if let Some(all) = words.windows(2).find_map(page_of) {
        return Some(OutOf { all, pages: true });
    }
    let at = words.iter().rposition(|word| OUT_OF.contains(&word.as_str()))?;
    let here = at.checked_sub(1)?;
    let has_number = number(words[here].rsplit(['-', '–']).next()?).is_some()
        || here.checked_sub(1).is_some_and(|before| number(&words[before]).is_some());
    let all = words[at + 1..].iter().find(|word| !FILLERS.contains(&word.as_str()))?;
    let all = number(all).filter(|_| has_number)?;
    Some(OutOf { all, pages: words[..at].iter().any(|word| PAGES.contains(&word.as_str())) })
}

/// "Hal. 1/4".
fn page_of(words: &[String]) -> Option<u64> {
    let [page, numbers] = words else { return None };
    let (here, all) = numbers.split_once('/')?;
    number(here)?;
    PAGES.contains(&page.as_str()).then(|| number(all))?
}

/// Whether a message says that not all came.
pub fn says_cut(text: &str) -> bool {
    let words = parts(text);
    let denied = |at: usize| at > 0 && NOT.contains(&words[at - 1].as_str());
    let has_number = words.iter().any(|word| number(word).is_some());
    words.iter().enumerate().any(|(at, word)| {
        let is_cut = CUT.iter().any(|start| word.starts_with(start));
        let is_only = has_number && ONLY.contains(&word.as_str());
        let is_whole = WHOLE.contains(&word.as_str());
        ((is_cut || is_only) && !denied(at)) || (is_whole && denied(at))
    })
}

/// Words in lower case, without the signs around them.
fn parts(text: &str) -> Vec<String> {
    let bare = |word: &str| {
        word.trim_matches(|sign: char| !sign.is_alphanumeric() && sign != '-').to_lowercase()
    };
    text.split_whitespace().map(bare).filter(|word| !word.is_empty()).collect()
}

/// "40", "1.234" and "1,234"; no decimals.
fn number(word: &str) -> Option<u64> {
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
    fn so_many_out_of_so_many_is_heard() {
        let heard = |text| out_of(text, false).map(|said| (said.all, said.pages));
        assert_eq!(heard("Menampilkan 1 sampai 6 dari 40 data"), Some((40, false)));
        assert_eq!(heard("Showing 1-6 of about 1,240 entries."), Some((1240, false)));
        assert_eq!(heard("6 baris dari total 41"), Some((41, false)));
        assert_eq!(heard("Halaman 1 dari 4"), Some((4, true)));
        assert_eq!(heard("(Page 2 of 3)"), Some((3, true)));
        assert_eq!(heard("Hal. 1/4"), Some((4, true)));
        assert_eq!(out_of("1/4", true).map(|said| said.all), Some(4));
        for text in
            ["1/4", "12/04/2026", "Layanan dari 40 dinas", "data dari Disdukcapil", "of", ""]
        {
            assert_eq!(heard(text), None, "{text}");
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
    fn no_text_makes_it_panic() {
        bolero::check!().with_iterations(3_000).with_type::<String>().for_each(|text| {
            let _ = (leading(text), out_of(text, true), out_of(text, false), says_cut(text));
        });
    }
}
