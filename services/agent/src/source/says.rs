//! What an answer says of itself where all went well: only words of success, and what succeeded. A
//! message with any other word is not understood.

use super::prose::{parts, says_cut};

/// Words of which a message of success consists.
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
    tanpa no tidak ada error errors kesalahan galat terpotong truncated dibatasi limited none nihil ";
/// Words that deny, and those of the above that stand only behind one.
const DENIALS: [&str; 4] = ["tanpa", "no", "tidak", "ada"];
const DENIED: [&str; 8] =
    ["error", "errors", "kesalahan", "galat", "terpotong", "truncated", "dibatasi", "limited"];

/// True for a message that says that all went well, and nothing else.
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
            word => WORDS.split_ascii_whitespace().any(|own| own == word),
        }
    })
}

/// True for a code of an answer that went well.
pub fn is_success_code(said: &str) -> bool {
    let said = said.trim().trim_start_matches('+');
    let is_number = !said.is_empty() && said.bytes().all(|digit| digit.is_ascii_digit());
    let is_http = said.len() == 3 && said.starts_with('2');
    // Of interfaces between banks: 200, and two digits each of a service and of a case.
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
