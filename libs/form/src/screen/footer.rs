//! Rows below and between the records of a sheet, and what a program shows where it has none:
//! totals, remarks, signatures, addresses; and titles that say that the service is no longer one.

use crate::dates::is_month;

/// Titles without their numbers and marks: the rows of a sheet that are no record.
const ROWS: [&str; 22] = [
    "total",
    "grandtotal",
    "subtotal",
    "totallayanan",
    "jumlah",
    "jumlahtotal",
    "jumlahlayanan",
    "catatan",
    "keterangan",
    "mengetahui",
    "kepaladinas",
    "nip",
    "error",
    "notfound",
    "datatidakditemukan",
    "loading",
    "memuat",
    "comingsoon",
    "segerahadir",
    "newrow",
    "deleteme",
    "jangandipakai",
];
/// What a total counts.
const COUNTED: [&str; 5] = ["layanan", "data", "baris", "record", "records"];
/// Words in brackets, or set off, beside the name of a service that is not offered.
const NOT_OFFERED: [&str; 48] = [
    "tidak dilayani",
    "belum dilayani",
    "tidak tersedia",
    "belum tersedia",
    "tidak dibuka",
    "belum dibuka",
    "belum aktif",
    "belum berlaku",
    "tidak digunakan",
    "tidak dipakai",
    "disabled",
    "off",
    "archived",
    "obsolete",
    "deprecated",
    "expired",
    "kadaluarsa",
    "kedaluwarsa",
    "usang",
    "unpublished",
    "not active",
    "suspended",
    "dibekukan",
    "ditangguhkan",
    "disembunyikan",
    "hidden",
    "dihentikan",
    "dihapuskan",
    "discontinued",
    "wip",
    "salah input",
    "do not use",
    "don't use",
    "not available",
    "tidak aktif",
    "nonaktif",
    "non aktif",
    "inactive",
    "tidak berlaku",
    "dihapus",
    "hapus",
    "deleted",
    "draft",
    "draf",
    "arsip",
    "dicabut",
    "ditutup",
    "jangan dipakai",
];
/// Words before and after it.
const BEFORE: [&str; 7] =
    ["status ", "status: ", "layanan ", "sudah ", "telah ", "sementara ", "untuk sementara "];
const AFTER: [&str; 4] = [" lagi", " sementara", " saat ini", " permanen"];
/// True for the title of a row that is no service, or of a service that is not offered.
pub fn is_footer(title: &str) -> bool {
    let lower = title.trim().to_lowercase();
    let letters: String = lower.chars().filter(|sign| sign.is_alphabetic()).collect();
    ROWS.contains(&letters.as_str())
        || is_count(&lower)
        || is_place_and_date(&lower)
        || is_address(&lower)
        || in_brackets(&lower).chain(set_off(&lower)).any(is_not_offered)
}

/// "sudah tidak aktif", "sementara ditutup", "tidak aktif lagi".
fn is_not_offered(words: &str) -> bool {
    let words = words.trim_matches(|sign: char| !sign.is_alphanumeric());
    let words =
        BEFORE.iter().fold(words, |words, before| words.strip_prefix(before).unwrap_or(words));
    NOT_OFFERED.contains(
        &AFTER.iter().fold(words, |words, after| words.strip_suffix(after).unwrap_or(words)),
    )
}

/// The first and the last part of "NONAKTIF - Akta lahir", "Akta lahir: draft".
pub fn set_off(title: &str) -> impl Iterator<Item = &str> {
    let cut = |sign: &'static str| {
        let first = title.split_once(sign).map(|(first, _)| first);
        [first, title.rsplit_once(sign).map(|(_, last)| last)].into_iter().flatten()
    };
    [": ", " - ", " – ", " — ", " | ", " / ", "**", "~~"].into_iter().flat_map(cut)
}

/// True for a count, such as "15 layanan".
fn is_count(title: &str) -> bool {
    let number = |word: &str| word.bytes().all(|byte| byte.is_ascii_digit());
    title.split_once(' ').is_some_and(|(first, rest)| number(first) && COUNTED.contains(&rest))
}

/// "Madiun, 12 Januari 2026": where somebody signs.
fn is_place_and_date(title: &str) -> bool {
    let words: Vec<&str> = title.split_whitespace().collect();
    let number = |word: &str| word.parse::<u16>().is_ok();
    let [place @ .., day, month, year] = words.as_slice() else { return false };
    let dated = number(day) && is_month(month) && number(year);
    dated && place.last().is_none_or(|last| last.ends_with(','))
}

fn is_address(title: &str) -> bool {
    let mail = title.split_once('@').is_some_and(|(_, host)| host.contains('.'));
    let page = ["http://", "https://", "www."].iter().any(|start| title.starts_with(start));
    !title.contains(char::is_whitespace) && (mail || page)
}

/// The parts of a title in brackets, or between marks.
pub fn in_brackets(title: &str) -> impl Iterator<Item = &str> {
    let opened = title.split(['(', '[', '{', '<', '*', '#']).skip(1);
    opened.map(|rest| rest.split([')', ']', '}', '>', '*', '#']).next().unwrap_or(rest))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_stands_below_a_table_is_told_from_services() {
        for title in [
            "Total",
            "GRAND TOTAL",
            "Jumlah: 12",
            "15 layanan",
            "Catatan:",
            "Kepala Dinas",
            "Mengetahui,",
            "NIP. 19700101 199503 1 002",
            "Madiun, 12 Januari 2026",
            "Error 404",
            "Not found",
            "Data tidak ditemukan",
            "Loading...",
            "New Row",
            "coming soon",
            "http://pacitan.go.id/layanan",
            "admin@pacitan.go.id",
            "(TIDAK AKTIF) Akta lahir",
            "Akta lahir (dihapus)",
            "Akta lahir [draft]",
            "Akta lahir (sudah tidak berlaku)",
            "Akta lahir (sementara ditutup)",
            "NONAKTIF - Akta lahir",
            "Akta lahir - tidak aktif lagi",
            "Draft: Akta lahir",
            "*DIHAPUS* Akta lahir",
            "{arsip} Akta lahir",
            "Akta lahir (OFF",
        ] {
            assert!(is_footer(title), "{title}");
        }
        for title in [
            "Akta lahir",
            "Legalisasi catatan sipil",
            "Surat keterangan",
            "Layanan 110",
            "Akta lahir (baru)",
            "Izin penutupan jalan (sementara)",
            "Akta lahir - terlambat",
            // Services whose titles hold such a word, without being in that state.
            "Buku nikah (duplikat)",
            "Rekening air: tutup",
            "Surat keterangan: tidak mampu",
            "Pencabutan izin - dicabut sendiri",
            "Legalisir C# (komputer)",
            "Pengaduan melalui lapor@pacitan.go.id",
            "Perubahan jumlah anggota keluarga",
            "Izin reklame 17 Agustus",
        ] {
            assert!(!is_footer(title), "{title}");
        }
    }
}
