//! Remarks about a list that stand where one of its records should: "Menampilkan 3 dari 42", "Data
//! belum lengkap", "dan 30 layanan lainnya".
//!
//! They are recognised by what they lack. The title of a service has a word of its own: what is
//! issued, who asks, what for. A remark about a list speaks of the list and of nothing else: once
//! numbers, what lists are called, denials, amounts and links are taken away, no word is left. So
//! the words below are those used to speak about lists, which are few, and no whole remark is
//! listed here; a single word that is not among them makes it a title. Rejected: *recognising such
//! remarks by phrases*, of which there is no end.

use std::{collections::HashSet, sync::LazyLock};

use super::filler::has;

/// Words for a list, for a part of one or for an entry.
const LISTS: &str = "data layanan pelayanan daftar list tabel table baris row rows record records \
    rekaman entri entry entries item items hasil result results rincian info informasi isi konten \
    halaman hal hlm laman page pages lembar lampiran kolom bagian sheet file berkas jenis macam \
    buah poin butir service services syarat persyaratan unit total jumlah jml";
/// How it is shown, filled or ended: with one of these a sentence of such words is a remark.
const SHOWN: &str = "menampilkan ditampilkan tampilkan tampil showing shown show displayed \
    displaying muat memuat dimuat termuat load loaded loading tercantum dicantumkan tercatat dicatat \
    tertera diinput terinput dimasukkan diunggah ditambahkan ditambah diisi dilengkapi disusulkan \
    diperbarui dipindahkan view see lihat melihat dilihat terlihat baca klik click buka kunjungi \
    hubungi cek mengirim terkirim truncated terpotong dipotong dibatasi disembunyikan limited \
    continued continue berlanjut incomplete";
/// Words for more to come, wherever they stand: "dst.", "Syarat lain menyusul".
const GOES_ON: &str = "sisanya selebihnya seterusnya selengkapnya dst dll etc menyusul bersambung \
    lanjutan";
/// Words for more to come in lists only: a step of a procedure has a next one, too.
const NEXT: &str =
    "berikut berikutnya selanjutnya lengkapnya more remaining rest next previous sebelumnya";
/// Denials, bounds, and what is still to come.
const NOT: &str = "tidak belum bukan tak not no hanya cuma only masih sebagian separuh \
    sedang";
/// The same for entries, beside a number or behind "dan".
const OTHERS: &str = "lain lainnya lain-lain lagi other others another pertama terakhir first last";
/// Amounts, links and whatever else a sentence may hold.
const LINKS: &str = "dan di ke dari dalam pada untuk yang ini itu tersebut nya of the to in on at \
    from a an is are be been for and this that here atas bawah sampai hingga s/d sd karena sebab \
    oleh keterbatasan kemudian nanti akan sudah telah dapat bisa harus silakan silahkan mohon kami \
    petugas website situs web resmi link tautan sini ada terdapat juga serta atau proses hilang \
    input final per baru lebih lanjut banyak semua seluruh seluruhnya semuanya keseluruhan lengkap utuh \
    all complete full whole tersedia resmi about out";
/// Words before the number of all.
const OUT_OF: [&str; 3] = ["dari", "of", "dr"];
/// Words that count what a list holds.
const TOTALS: &str = "total jumlah jml";
/// The most words of a remark: nobody remarks on a list in more.
const LONGEST: usize = 12;
/// The most bytes of a remark, which saves looking at long texts.
const LARGEST: usize = 200;

/// True for a title that speaks of the list in which it stands, and of nothing else.
pub fn is_remark(title: &str) -> bool {
    of_list(title, |words| {
        let any = |list: &str| words.iter().any(|word| has(list, word));
        // "Pelayanan lanjutan" may be one of health.
        let ends = words.iter().skip(1).all(|word| *word != "lanjutan");
        (says_part(words) && ends) || any(SHOWN) || any(NEXT) || (any(NOT) && words.len() > 1)
    })
}

/// True for a text of a record that says of its own list that it is not whole: "dan 12 syarat
/// lainnya", "Selengkapnya di lampiran". "Isi data", "Klik daftar" are steps.
pub fn is_cut(text: &str) -> bool {
    breaks_off(text) || of_list(text, says_part)
}

/// True for a text that ends within a word or right behind one: "dari rumah sa...". More dots are
/// a blank to be filled in.
fn breaks_off(text: &str) -> bool {
    let text = text.trim_end();
    let before = text.strip_suffix("...").or_else(|| text.strip_suffix('…'));
    before.is_some_and(|before| before.ends_with(char::is_alphanumeric) && before.contains(' '))
}

/// Whether all words of a text are of lists, and `judge` takes them for a remark.
fn of_list(text: &str, judge: impl FnOnce(&[&str]) -> bool) -> bool {
    if text.len() > LARGEST {
        return false;
    }
    let lower = text.trim().to_lowercase();
    // No title begins by going on: "+ 12", "... dan lain-lain".
    let goes_on = ["+", "…", "..", "dan "].iter().any(|start| lower.starts_with(start));
    let words: Vec<&str> = lower
        .split_whitespace()
        .map(bare)
        .filter(|one| !one.is_empty())
        .take(LONGEST + 1)
        .collect();
    (1..=LONGEST).contains(&words.len())
        && words.iter().all(|word| is_listed(word))
        && (judge(&words) || (goes_on && words.iter().any(|word| has(OTHERS, word))))
}

/// Every record's texts are looked at by it, word by word.
static LISTED: LazyLock<HashSet<&str>> = LazyLock::new(|| {
    let lists = [LISTS, SHOWN, GOES_ON, NEXT, NOT, OTHERS, LINKS];
    lists.iter().flat_map(|list| list.split_whitespace()).collect()
});

fn is_listed(word: &str) -> bool {
    is_number(word) || LISTED.contains(word)
}

/// Whether words of lists say that there is more: "3 dari 42", "2/7", "12 lainnya", "total 42".
/// With none of these they may name something ("Layanan Satu Data", "Layanan 110").
fn says_part(words: &[&str]) -> bool {
    let any = |list: &str| words.iter().any(|word| has(list, word));
    let out_of =
        |three: &[&str]| is_number(three[0]) && OUT_OF.contains(&three[1]) && is_number(three[2]);
    let counted = words.iter().any(|word| is_number(word));
    any(GOES_ON)
        || (counted && (any(OTHERS) || any(TOTALS)))
        || words.windows(3).any(out_of)
        || words.iter().any(|word| word.matches('/').count() == 1 && is_number(word))
}

/// "45", "1.240", "1-20", "2/7".
fn is_number(word: &str) -> bool {
    word.starts_with(|sign: char| sign.is_ascii_digit())
        && word.chars().all(|sign| sign.is_ascii_digit() || ".,-–/".contains(sign))
}

fn bare(word: &str) -> &str {
    word.trim_matches(|sign: char| !sign.is_alphanumeric())
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Titles, written before the words above: remarks, and names that look like them.
    const TITLES: &str = include_str!("remark.tsv");

    #[test]
    fn remarks_about_a_list_are_told_from_titles_that_share_words_with_them() {
        let mut wrong = Vec::new();
        for (kind, title) in TITLES.lines().filter_map(|line| line.split_once('\t')) {
            let is_heard = crate::screen::title(title).is_some();
            if is_heard != (kind == "junk") {
                wrong.push(format!("{kind}: {title}"));
            }
        }
        assert!(wrong.is_empty(), "{wrong:#?}");
    }

    #[test]
    fn a_list_of_a_record_says_of_itself_that_it_is_cut() {
        for text in [
            "Menampilkan 3 dari 42",
            "... dan 12 syarat lainnya",
            "Selengkapnya di lampiran",
            "Lihat selengkapnya",
            "dst.",
            "Syarat lain menyusul",
            "Halaman 1 dari 2",
            "Surat keterangan lahir dari rumah sa...",
            "KTP, KK, Surat nikah…",
        ] {
            assert!(is_cut(text), "{text}");
        }
        for text in [
            "Fotokopi KTP 2 dari 3 saksi",
            "Surat keterangan lain yang diperlukan",
            "Formulir halaman 1 sampai 3",
            "Dokumen pendukung lainnya (bila ada)",
            "Belum pernah menikah dibuktikan dengan surat pernyataan",
            "Foto 4x6 lebih dari 2 lembar",
            "Isi data",
            "Klik daftar",
            "Buka laman resmi",
            "Petugas menginput data",
            "Berkas belum lengkap dikembalikan",
            "Hubungi petugas",
            "3/5/2026",
            "Surat pernyataan Nomor ........",
            "Biaya Rp ...",
        ] {
            assert!(!is_cut(text), "{text}");
        }
    }
}
