//! Rows below and between the records of a sheet, and what a program shows where it has none:
//! totals, remarks, signatures, addresses; and titles that say that the service is no longer one.

use jaq_json::Val;

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
/// The things that a total counts.
const COUNTED: [&str; 5] = ["layanan", "data", "baris", "record", "records"];
/// Words in brackets beside the name of a service that is not offered.
const NOT_OFFERED: [&str; 14] = [
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
const MONTHS: [&str; 12] = [
    "januari",
    "februari",
    "maret",
    "april",
    "mei",
    "juni",
    "juli",
    "agustus",
    "september",
    "oktober",
    "november",
    "desember",
];
/// Fewer columns tell nothing of a row that fills two.
const LEAST_COLUMNS: usize = 4;
/// Rows that must have been whole before one that is not is told.
const LEAST_ROWS: usize = 5;

/// True for a title of what is no service, or of one that is not offered.
pub fn is_footer(title: &str) -> bool {
    let lower = title.trim().to_lowercase();
    let letters: String = lower.chars().filter(|sign| sign.is_alphabetic()).collect();
    ROWS.contains(&letters.as_str())
        || is_count(&lower)
        || is_place_and_date(&lower)
        || is_address(&lower)
        || in_brackets(&lower).any(|words| NOT_OFFERED.contains(&words.trim()))
}

/// "15 layanan".
fn is_count(title: &str) -> bool {
    let number = |word: &str| word.bytes().all(|byte| byte.is_ascii_digit());
    title.split_once(' ').is_some_and(|(first, rest)| number(first) && COUNTED.contains(&rest))
}

/// "Madiun, 12 Januari 2026": where somebody signs.
fn is_place_and_date(title: &str) -> bool {
    let words: Vec<&str> = title.split_whitespace().collect();
    let number = |word: &str| word.parse::<u16>().is_ok();
    let [place @ .., day, month, year] = words.as_slice() else { return false };
    let dated = number(day) && MONTHS.contains(month) && number(year);
    dated && place.last().is_none_or(|last| last.ends_with(','))
}

fn is_address(title: &str) -> bool {
    let mail = title.split_once('@').is_some_and(|(_, host)| host.contains('.'));
    let page = ["http://", "https://", "www."].iter().any(|start| title.starts_with(start));
    !title.contains(char::is_whitespace) && (mail || page)
}

fn in_brackets(title: &str) -> impl Iterator<Item = &str> {
    let opened = title.split(['(', '[']).skip(1);
    opened.filter_map(|rest| rest.split_once([')', ']'])).map(|(words, _)| words)
}

/// How full the rows so far are.
#[derive(Default)]
pub struct Fullness {
    rows: usize,
    has_gaps: bool,
}

impl Fullness {
    /// True for a row of one or two cells where each one before it was whole: a title of a section,
    /// a total, a remark.
    pub fn lacks(&mut self, raw: &Val) -> bool {
        let Val::Obj(map) = raw else { return false };
        let is_filled = |value: &&Val| match value {
            Val::Null => false,
            Val::TStr(bytes) => !String::from_utf8_lossy(bytes).trim().is_empty(),
            _ => true,
        };
        let filled = map.values().filter(is_filled).count();
        let enough = map.len() >= LEAST_COLUMNS && self.rows >= LEAST_ROWS;
        let lacks = enough && !self.has_gaps && filled <= 2;
        self.rows += 1;
        self.has_gaps |= !lacks && filled * 4 < map.len() * 3;
        lacks
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

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
        ] {
            assert!(is_footer(title), "{title}");
        }
        for title in [
            "Akta lahir",
            "Legalisasi catatan sipil",
            "Surat keterangan",
            "Layanan 110",
            "Akta lahir (baru)",
            "Pengaduan melalui lapor@pacitan.go.id",
            "Perubahan jumlah anggota keluarga",
            "Izin reklame 17 Agustus",
        ] {
            assert!(!is_footer(title), "{title}");
        }
    }

    fn row(cells: usize) -> Val {
        let cell = |at: usize| if at < cells { "isi" } else { " " };
        let row = json!({"kode": cell(0), "nama": cell(1), "syarat": cell(2), "biaya": cell(3)});
        jaq_json::read::parse_single(row.to_string().as_bytes()).expect("JSON")
    }

    #[test]
    fn a_row_of_two_cells_below_whole_ones_is_no_record() {
        let mut rows = Fullness::default();
        assert!((0..12).all(|_| !rows.lacks(&row(4))));
        assert!(rows.lacks(&row(2)) && rows.lacks(&row(1)) && !rows.lacks(&row(3)));
        let mut sparse = Fullness::default();
        assert!((0..12).all(|at| !sparse.lacks(&row(if at % 4 == 2 { 2 } else { 4 }))));
    }
}
