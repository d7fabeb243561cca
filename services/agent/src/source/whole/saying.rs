//! Titles and footers of a table about how much there is: "Halaman 1 dari 3", "Menampilkan 1-20
//! dari 45 data". If they announce more than the file holds, the file is a part.

use std::collections::BTreeSet;

use super::{
    below::{GOES_ON, goes_on_below},
    part::{alone, mark, mark_within, out_of, page},
    partial::{self, speaks_of_a_part},
    prose::{Counted, counted, is_footer, limited},
};
use crate::{model::tally::some, source::fault::excerpt};

/// The most cells that a footer fills, such as "Total", "layanan" and "42".
const FOOTER_CELLS: usize = 3;

/// The announcements, and how much came.
#[derive(Default)]
pub struct Saying {
    rows: u64,
    /// The pages or other parts whose numbers are told; each number stands on its own.
    pages: BTreeSet<u64>,
    records_said: u64,
    pages_said: u64,
    /// The last announcement that more follows, and how many rows had come by then.
    more: Option<(u64, String)>,
    /// How many rows a line allows at most, and the line.
    limit: Option<(u64, String)>,
}

impl Saying {
    /// Counts a row of the table.
    pub fn count(&mut self) {
        self.rows += 1;
    }

    /// Takes up a row that is no record.
    pub fn hear_row(&mut self, text: &str) {
        match goes_on_below(text) {
            Some(said) => self.more_follows(&said),
            None => self.hear(text),
        }
    }

    fn more_follows(&mut self, said: &str) {
        self.more = Some((self.rows, excerpt(said)));
    }

    /// Takes up a sentence.
    pub fn hear(&mut self, text: &str) {
        let text: String =
            text.chars().map(|sign| if ",;|\t\"".contains(sign) { ' ' } else { sign }).collect();
        let alone = mark(&text);
        if let Some((here, all)) = alone.or_else(|| mark_within(&text)) {
            // The number of the rows so far, or of the page.
            if here == self.rows {
                self.records_said = self.records_said.max(all);
            } else {
                self.number(here, all);
            }
        }
        // Beside a mark in brackets the rest may say more.
        if alone.is_some() {
            return;
        }
        if let Some(said) = out_of(&text, false) {
            if said.pages {
                self.number(said.here, said.all);
            } else {
                self.records_said = self.records_said.max(said.all);
            }
            return;
        }
        if let Some(most) = limited(&text) {
            self.limit = Some((most, excerpt(text.trim())));
            return;
        }
        match counted(&text) {
            Some(Counted::All(all)) => self.records_said = self.records_said.max(all),
            Some(Counted::Left(1..)) => self.more_follows(text.trim()),
            _ => self.hear_words(&text),
        }
    }

    fn hear_words(&mut self, text: &str) {
        let goes_on = GOES_ON.iter().any(|words| text.to_lowercase().contains(words));
        if let Some(page) = page(text) {
            self.number(page, page);
        } else if goes_on || speaks_of_a_part(text) || alone(text).is_some() {
            self.more_follows(text.trim());
        }
    }

    fn number(&mut self, page: u64, all: u64) {
        self.pages.insert(page);
        self.pages_said = self.pages_said.max(all);
    }

    /// Takes up the name of a file: a person who parts a list numbers the files, whatever they are
    /// called: "layanan 1 dari 3", "daftar_1of3", "bagian II".
    pub fn hear_name(&mut self, name: &str) {
        let name = spaced(name);
        if let Some(said) = out_of(&name, false).filter(|said| said.here <= said.all) {
            self.number(said.here, said.all);
        } else if let Some(number) = alone(&name) {
            self.number(number, number);
        }
    }

    /// Takes a row of the table that is no record: a footer does not count as a row.
    pub fn hear_refused(&mut self, cells: &[String]) {
        let filled = cells.iter().filter(|cell| !cell.trim().is_empty()).count();
        let text = cells.join(" ");
        if filled > FOOTER_CELLS || !is_footer(&text) {
            return;
        }
        let tells = counted(&text).is_some() || limited(&text).is_some() || mark(&text).is_some();
        let is_none = tells || partial::is_extent(&text);
        self.rows -= u64::from(is_none && self.rows > 0);
        self.hear_row(&text);
    }

    /// How many parts the numbers tell of, and how many of them are here; `None` if none is
    /// missing.
    pub fn parts_missing(&self) -> Option<(u64, u64)> {
        let here = self.pages.len() as u64;
        (self.pages_said > here).then_some((self.pages_said, here))
    }

    /// How much more there should be.
    pub fn beyond(&self) -> Option<String> {
        // Above the table it speaks of all of it; between two pages the next one came.
        if let Some((at, said)) = &self.more
            && (*at == 0 || *at == self.rows)
        {
            return Some(format!(
                "a line says \"{said}\", and that is not here; export all into one file, or take \
                 that line out"
            ));
        }
        if let Some((most, said)) = &self.limit
            && *most == self.rows
        {
            return Some(format!(
                "a line says \"{said}\", and there are just as many rows; export all of them, or \
                 take that line out"
            ));
        }
        let pages = self.pages.len() as u64;
        let (said, had, what) = if self.pages_said > pages {
            (self.pages_said, pages, "page")
        } else if self.records_said > self.rows {
            (self.records_said, self.rows, "row")
        } else {
            return None;
        };
        Some(format!(
            "a line above or below the table says that there are {said} {what}s, and {} found; \
             export all of them into one file, or take that line out",
            some(had, "was", "were")
        ))
    }
}

/// A file's name with a blank between its words and numbers.
fn spaced(name: &str) -> String {
    let mut spaced = String::new();
    let mut was_digit = None;
    for sign in name.chars() {
        let is_digit = sign.is_ascii_digit();
        let parts = sign.is_alphanumeric() && was_digit.is_some_and(|was| was != is_digit);
        spaced.extend(parts.then_some(' '));
        was_digit = sign.is_alphanumeric().then_some(is_digit);
        spaced.push(if sign.is_alphanumeric() || sign == '/' { sign } else { ' ' });
    }
    spaced
}

#[cfg(test)]
mod tests {
    use super::*;

    fn beyond(rows: u64, said: &[&str]) -> Option<String> {
        let mut saying = Saying { rows, ..Saying::default() };
        said.iter().for_each(|text| saying.hear(text));
        saying.beyond()
    }

    #[test]
    fn a_row_that_is_no_record_may_say_that_more_follows() {
        let beyond = |row: &str| {
            let mut saying = Saying { rows: 12, ..Saying::default() };
            saying.hear_row(row);
            saying.beyond()
        };
        for row in [
            "...dan 30 layanan lainnya    ",
            "    Hal. 1/4",
            "lanjut ke sheet berikutnya",
            "Selanjutnya lihat lampiran II",
            "-- More --",
            "...",
            " … ",
            "... ... ...",
            "[data dipotong]",
            "dst.",
            "and 30 more",
            "Halaman 1 dari 3",
            "13 dst.",
            "13. …",
            "12/40",
            "1/3",
        ] {
            assert!(beyond(row).is_some(), "{row}");
        }
        let mut glued = Saying { rows: 12, ..Saying::default() };
        glued.hear_row("Bersambung");
        glued.count();
        assert!(glued.beyond().is_none(), "the next page came");
        for row in
            ["A PENDAFTARAN PENDUDUK", "Pelayanan lain", "Jumlah 12", "12/04/2026", "12/12", ""]
        {
            assert!(beyond(row).is_none(), "{row}");
        }
    }

    #[test]
    fn files_that_are_numbered_are_whole_where_all_of_them_are_there() {
        let missing = |names: &[&str]| {
            let mut saying = Saying::default();
            names.iter().for_each(|name| saying.hear_name(name));
            saying.parts_missing()
        };
        for name in ["layanan 1 dari 3", "daftar-1of3", "layanan_1_dari_3", "katalog (1 of 3)"] {
            assert_eq!(missing(&[name]), Some((3, 1)), "{name}");
        }
        assert_eq!(missing(&["1 dari 3", "2 dari 3"]), Some((3, 2)));
        assert_eq!(missing(&["layanan 1 dari 2", "layanan 2 dari 2"]), None);
        assert_eq!(missing(&["layanan_part1", "layanan_part3"]), Some((3, 2)));
        assert_eq!(missing(&["Bagian I", "Bagian II"]), None);
        for name in ["layanan 2026", "kantor dari 40 dinas", "31-12-2026", "Bagian Umum", "v2"] {
            assert_eq!(missing(&[name]), None, "{name}");
        }
    }

    #[test]
    fn a_file_that_says_to_be_a_part_is_one() {
        for said in [
            "Halaman 1 dari 3,,,",
            "Menampilkan 1-20 dari 45 data",
            "Total layanan: 42",
            "Total;42",
            "Jumlah seluruh layanan adalah empat puluh dua",
            "masih ada 30 layanan lagi",
            "(Page 2 of 3)",
            "Bersambung ...",
            "Bagian 1 dari 3",
            "Jilid I dari III",
            "Bagian II",
            "Halaman 2",
            "Sebagian data",
            "Lanjutan",
            "Daftar layanan (1/3)",
            "Daftar layanan (1/1), halaman 1 dari 3",
            "Ditampilkan (20/40)",
        ] {
            assert!(beyond(20, &[said]).is_some(), "{said}");
        }
        assert!(beyond(20, &["Halaman 1 dari 2", "Halaman 2 dari 2"]).is_none(), "both came");
        assert!(beyond(20, &["Halaman 1", "Halaman 2"]).is_none(), "a print of both");
        assert!(beyond(20, &["Bagian 1 dari 2", "Bagian 1 dari 2"]).is_some(), "one, told twice");
        assert!(beyond(45, &["Menampilkan 1-45 dari 45 data"]).is_none());
        assert!(beyond(40, &["Ditampilkan (40/40)"]).is_none(), "rows, and no parts");
        for said in
            ["Export limited to 20 rows", "Hasil dibatasi 20 baris", "20 baris pertama", "Limit 20"]
        {
            assert!(beyond(20, &[said]).is_some(), "{said}");
            assert!(beyond(19, &[said]).is_none(), "{said}");
        }
        assert!(beyond(15, &["Daftar layanan dari 40 dinas", "Jumlah,15 layanan"]).is_none());
        assert!(beyond(3, &["Tahun 2026", "Nomor 42 Tahun 2025", "Total 42 instansi"]).is_none());
    }
}
