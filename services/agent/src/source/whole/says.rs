//! Messages of answers that went well: nothing but words of success, and of the thing that
//! succeeded. A message with any other word counts as not understood.

use super::{
    partial::speaks_of_a_part,
    prose::{parts, says_cut, says_undone},
};

/// The words that a message of success may consist of.
const WORDS: &str = " ok oke okay success successful successfully succeeded sukses berhasil data datanya layanan \
    pelayanan daftar list katalog permintaan request anda diambil dimuat ditampilkan ditemukan tersedia \
    available retrieved fetched loaded found returned complete completed completely lengkap selesai done utuh \
    valid active aktif published normal up true semua seluruh seluruhnya all is are was were has have been \
    telah sudah di ke dari of the your from untuk for get got pengambilan menampilkan memuat mengambil \
    informasi information record records rows baris item items results result hasil operation operasi proses \
    process processed diproses query kueri response respon respons kode code status pada dan and eq exact \
    public publik terverifikasi verified berjalan lancar baik good y ya yes 1 200 00 0 service services \
    executed dengan ini online sehat healthy pass passed terima kasih thank you created accepted read show \
    showing tampil final full penuh jenis unit instansi kabupaten kota provinsi pemerintah dinas api server \
    tanpa no tidak ada error errors kesalahan galat terpotong truncated dibatasi limited none nihil \
    izin perizinan nonperizinan dokumen permohonan persyaratan standar sop publik catalogue catalog \
    fetching getting loading response selesai diterima ditarik terambil terbaca sukse ";
/// Words that are followed by the name of a place or an office, which may be any.
const NAMED: [&str; 8] =
    ["kota", "kabupaten", "kab", "provinsi", "kecamatan", "kelurahan", "dinas", "badan"];
/// From this many letters on, a word with one slip is still taken for that word.
const SLIPS_FROM: usize = 6;
/// Words that deny, and (below) words of success that stand only after one.
const DENIALS: [&str; 4] = ["tanpa", "no", "tidak", "ada"];
const DENIED: [&str; 8] =
    ["error", "errors", "kesalahan", "galat", "terpotong", "truncated", "dibatasi", "limited"];

/// True for a message that says nothing but that all went well.
pub fn is_success(said: &str) -> bool {
    let words = parts(said);
    if says_cut(said) {
        return false;
    }
    words.iter().enumerate().all(|(at, word)| {
        let before = at.checked_sub(1).and_then(|before| words.get(before));
        let is_denied = before.is_some_and(|before| DENIALS.contains(&before.as_str()));
        let denies = ["tidak", "no", "tanpa"].contains(&word.as_str());
        let next = words.get(at + 1).map(String::as_str).unwrap_or_default();
        match word.as_str() {
            word if DENIED.contains(&word) => is_denied,
            _ if denies => DENIED.contains(&next) || next == "ada" && words.len() > at + 2,
            word => {
                is_of_success(word) || is_place(said, before, word) || is_short_form(said, word)
            }
        }
    })
}

/// True for a word of success, even with one slip: "successfull", "succes", "berhasill".
fn is_of_success(word: &str) -> bool {
    let is_near =
        |own: &str| own.len().min(word.len()) >= SLIPS_FROM && strsim::osa_distance(own, word) == 1;
    WORDS.split_ascii_whitespace().any(|own| own == word || is_near(own))
}

/// "DPMPTSP", in capitals among other words and with hardly a vowel, is short for an office.
fn is_short_form(said: &str, word: &str) -> bool {
    let vowels = word.chars().filter(|sign| "aeiou".contains(*sign)).count();
    let mut written = said.split(|sign: char| !sign.is_alphanumeric());
    let is_capital = written.any(|own| own == word.to_uppercase());
    is_capital && word.len() > 2 && vowels * 4 <= word.len() && said.chars().any(char::is_lowercase)
}

/// "Kota Madiun": a capitalised word after one of `NAMED`.
fn is_place(said: &str, before: Option<&String>, word: &str) -> bool {
    let is_named = before.is_some_and(|before| NAMED.contains(&before.as_str()));
    let starts_large = |own: &str| own.starts_with(char::is_uppercase);
    let is_all_large = !said.chars().any(char::is_lowercase);
    let mut written = said.split(|sign: char| !sign.is_alphanumeric());
    is_named
        && !is_all_large
        && written.any(|own| own.to_lowercase() == word && starts_large(own))
        && !speaks_of_a_part(word)
        && !says_undone(word)
}

/// True for a code of an answer that went well.
pub fn is_success_code(said: &str) -> bool {
    let said = said.trim().trim_start_matches('+');
    let is_number = !said.is_empty() && said.bytes().all(|digit| digit.is_ascii_digit());
    let is_http = said.len() == 3 && said.starts_with('2');
    // Interfaces between banks: 200, two digits for the service and two for the case.
    let is_long = said.len() == 7 && said.starts_with("200") && said.ends_with("00");
    let is_zero = said.bytes().all(|digit| digit == b'0');
    if is_number { is_zero || said == "1" || is_http || is_long } else { is_success(said) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_words_of_success_are_success() {
        for said in [
            "OK",
            "Data berhasil diambil",
            "Sukses.",
            "Daftar layanan berhasil dimuat",
            "Data lengkap, tidak terpotong",
            "Tidak ada kesalahan",
            "Request completed successfully",
            "Get data successfull",
            "Data Jenis Izin",
            "Daftar layanan Kota Madiun berhasil dimuat",
            "Data layanan DPMPTSP berhasil diambil",
        ] {
            assert!(is_success(said), "{said}");
        }
        for said in [
            "sebagian berhasil",
            "Data yang tampil baru separuhnya",
            "Showing the first dozen",
            "belum",
            "tidak",
            "tidak ada",
            "berhasil dengan kesalahan",
            "data tidak lengkap",
            "gagal",
            "Data layanan Kota gagal",
            "DATA KOTA SEMENTARA",
        ] {
            assert!(!is_success(said), "{said}");
        }
    }

    #[test]
    fn a_code_of_success_is_one_of_a_few() {
        for code in ["0", "00", "0000", "1", "200", "204", "2000000", "2007300", "ok", "sukses"] {
            assert!(is_success_code(code), "{code}");
        }
        for code in ["68", "99", "-1", "e017", "500", "404", "2007301", "5000000", "b0", ""] {
            assert!(!is_success_code(code) || code.is_empty(), "{code}");
        }
    }
}
