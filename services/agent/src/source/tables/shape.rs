//! The common shape of a table's rows: which columns nearly all of them fill, and what their ids
//! look like. A row of another shape does not belong to the table: a title of a section, a total, a
//! signature, a remark, a second table below.

use std::collections::HashMap;

use mpp_core::{Error, FieldCode};

use super::{habit::form, kinds::is_name};

/// Rows by which the shape is known.
const ENOUGH: usize = 4;
/// Words of which the cells of a heading consist.
const NAMES: &str = " no nomor nama kode id judul layanan pelayanan jenis syarat persyaratan waktu \
    lama jangka penyelesaian biaya tarif retribusi produk keterangan ket pegawai petugas jabatan nip \
    nik golongan pangkat alamat telepon telp hp kontak email hari jam tanggal tahun bulan jumlah unit \
    kerja bidang seksi loket instansi opd status uraian deskripsi dasar hukum prosedur alur dokumen \
    penanggung jawab pimpinan satuan volume target realisasi anggaran paraf tanda tangan lokasi \
    ruang gedung kecamatan desa kelurahan pemohon berkas hasil sasaran indikator nilai capaian \
    username password user role item description name code fee time service requirement phone \
    address position staff value total ";
/// Words that join them.
const JOINTS: [&str; 5] = ["dan", "atau", "per", "of", "and"];

/// Kinds of rows that are told apart.
const KINDS: usize = 4_096;
/// After this many rows the shape is worked out only now and then.
const OFTEN: usize = 300;

/// Learnt from rows, also from those that are read ahead.
#[derive(Default)]
pub struct Shape {
    rows: usize,
    /// How many rows begin with an id of this form and fill these columns.
    kinds: HashMap<(String, Vec<bool>), usize>,
    core: Computed,
}

/// The results that are worked out from the rows.
#[derive(Default)]
struct Computed {
    /// How many rows begin with each form of id.
    forms: HashMap<String, usize>,
    /// The form of the table's own ids, if they have one with digits: a mere word is the form of
    /// half of all prose.
    main: Option<String>,
    /// The columns that nearly all rows of that form fill, or else that most rows fill alike.
    usual: Vec<bool>,
}

impl Shape {
    /// Takes up a row.
    pub fn see(&mut self, cells: &[String]) {
        let kind = kind(cells);
        if !kind.1.contains(&true) {
            return;
        }
        self.rows += 1;
        if self.kinds.len() < KINDS || self.kinds.contains_key(&kind) {
            *self.kinds.entry(kind).or_default() += 1;
        }
        if self.rows <= OFTEN || self.rows.is_multiple_of(OFTEN) {
            self.core = Computed::of(&self.kinds);
        }
    }

    /// True for a row that fills other columns than nearly all the others and has no id like
    /// theirs, or that is sparse.
    pub fn is_foreign(&self, cells: &[String]) -> bool {
        let (all, filled) = self.filled(cells);
        let others = (all - filled) * 3 >= all.max(1) && filled < all;
        let strange = self.rows >= ENOUGH && others && self.has_no_id(cells);
        strange || self.is_sparse(cells)
    }

    /// True for a row of one or two cells if nearly all others fill many, or one that repeats a
    /// single text, as merged cells do.
    pub fn is_sparse(&self, cells: &[String]) -> bool {
        let (all, filled) = self.filled(cells);
        let few = all > 2 && filled < 3 && filled * 2 < all && self.is_rare(cells);
        self.rows >= ENOUGH && (few || is_one_text(cells))
    }

    /// How many columns nearly all rows fill, and how many of them this one does.
    fn filled(&self, cells: &[String]) -> (usize, usize) {
        let columns = cells.iter().zip(&self.core.usual).filter(|(_, usual)| **usual);
        columns.fold((0, 0), |(all, filled), (cell, _)| {
            (all + 1, filled + usize::from(!is_empty(cell)))
        })
    }

    /// True for a row that fills other columns than at least a fifth of the rows do, and for each
    /// one where a form of ids tells strangers.
    fn is_rare(&self, cells: &[String]) -> bool {
        let (_, pattern) = kind(cells);
        let same = self.kinds.iter().filter(|((_, other), _)| *other == pattern);
        self.core.main.is_some() || same.map(|(_, count)| count).sum::<usize>() * 5 < self.rows
    }

    /// True if other rows begin with an id of one form, or at least with some value, and this one
    /// does not.
    fn has_no_id(&self, cells: &[String]) -> bool {
        let first = cells.first().map(String::as_str).unwrap_or_default();
        let is_usual = self.core.usual.first() == Some(&true);
        (is_usual && is_empty(first)) || self.core.is_strange(first, 4)
    }

    /// True if the row below one that reads like a heading begins differently from the rows of the
    /// table, and from that heading.
    pub fn begins_another(&self, heading: &[String], below: &[String]) -> bool {
        let [Some(named), Some(first)] = [heading.first(), below.first()] else { return false };
        let are_strange =
            [named, first].iter().all(|cell| !is_empty(cell) && self.core.is_strange(cell, 2));
        are_strange && form(named) != form(first)
    }
}

impl Computed {
    fn of(kinds: &HashMap<(String, Vec<bool>), usize>) -> Self {
        let mut forms: HashMap<String, usize> = HashMap::new();
        for ((form, _), count) in kinds {
            *forms.entry(form.clone()).or_default() += count;
        }
        let main = main(&forms);
        let usual = match &main {
            Some(main) => often(kinds.iter().filter(|((form, _), _)| form == main)),
            None => most_alike(kinds),
        };
        Self { forms, main, usual }
    }

    /// An id of another form than the table's own, that not one row in `share` of those has.
    fn is_strange(&self, cell: &str, share: usize) -> bool {
        let count = |form: &str| self.forms.get(form).copied().unwrap_or_default();
        let own = self.main.as_deref().map(count);
        let form = form(cell);
        own.is_some_and(|own| count(&form) < 2 || count(&form) * share < own)
    }
}

/// The form of a row's id, and which columns it fills.
fn kind(cells: &[String]) -> (String, Vec<bool>) {
    let first = cells.first().map(|cell| form(cell)).unwrap_or_default();
    (first, cells.iter().map(|cell| !is_empty(cell)).collect())
}

/// The form that a fourth of the rows have, and twice as many as have any other with digits.
fn main(forms: &HashMap<String, usize>) -> Option<String> {
    let all: usize = forms.values().sum();
    let mut counted: Vec<_> = forms.iter().filter(|(form, _)| form.contains('0')).collect();
    counted.sort_by_key(|(_, count)| std::cmp::Reverse(**count));
    let (form, count) = counted.first()?;
    let second = counted.get(1).map_or(0, |(_, count)| **count);
    let leads = **count >= ENOUGH && **count * 4 >= all && **count >= second * 2;
    leads.then(|| (*form).clone())
}

/// The columns that four of five of these rows fill.
fn often<'a>(kinds: impl Iterator<Item = (&'a (String, Vec<bool>), &'a usize)>) -> Vec<bool> {
    let (mut rows, mut filled) = (0, Vec::new());
    for ((_, pattern), count) in kinds {
        rows += count;
        filled.resize(filled.len().max(pattern.len()), 0);
        for (sum, _) in filled.iter_mut().zip(pattern).filter(|(_, filled)| **filled) {
            *sum += count;
        }
    }
    filled.into_iter().map(|sum| sum * 5 >= rows * 4).collect()
}

/// The columns that most rows fill alike, if those rows are many.
fn most_alike(kinds: &HashMap<(String, Vec<bool>), usize>) -> Vec<bool> {
    let all: usize = kinds.values().sum();
    let mut patterns: HashMap<&Vec<bool>, usize> = HashMap::new();
    for ((_, pattern), count) in kinds {
        *patterns.entry(pattern).or_default() += count;
    }
    let most = patterns.iter().max_by_key(|(pattern, count)| (**count, **pattern));
    match most.filter(|(_, count)| **count * 5 >= all * 2) {
        Some((pattern, _)) => (*pattern).clone(),
        None => often(kinds.iter()),
    }
}

/// The error for a row of another shape.
pub fn foreign() -> Error {
    let text = "it fills other columns than nearly all rows of the table do: a title of a section, a \
                total, a signature or a remark, and no record";
    Error::field("row", FieldCode::Suspicious, text)
}

/// A row whose cells name columns: "No, Pegawai, Jabatan".
pub fn names_columns(cells: &[String]) -> bool {
    let filled: Vec<&str> =
        cells.iter().map(|cell| cell.trim()).filter(|cell| !cell.is_empty()).collect();
    let named = filled.iter().filter(|cell| is_of_heading(cell)).count();
    filled.len() > 2
        && cells.first().is_some_and(|first| is_of_heading(first))
        && filled.iter().all(|cell| is_name(cell))
        && named * 2 >= filled.len()
}

fn is_of_heading(cell: &str) -> bool {
    let lower = cell.to_lowercase();
    let words = lower.split(|sign: char| !sign.is_alphanumeric()).filter(|word| !word.is_empty());
    let mut words = words.filter(|word| !JOINTS.contains(word)).peekable();
    words.peek().is_some() && words.all(|word| NAMES.contains(&format!(" {word} ")))
}

/// The same in three cells or more, of which one is the id, and nothing else.
fn is_one_text(cells: &[String]) -> bool {
    let filled: Vec<&String> = cells.iter().filter(|cell| !is_empty(cell)).collect();
    let first = cells.first().filter(|first| !is_empty(first));
    filled.len() > 2 && first.is_some_and(|first| filled.iter().all(|cell| *cell == first))
}

fn is_empty(cell: &str) -> bool {
    cell.trim().trim_matches(['-', '–', '_', '.']).is_empty()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn row(text: &str) -> Vec<String> {
        text.split(',').map(str::to_owned).collect()
    }

    fn shape(rows: &[&str]) -> Shape {
        let mut shape = Shape::default();
        rows.iter().for_each(|text| shape.see(&row(text)));
        shape
    }

    #[test]
    fn what_the_shape_of_the_table_does_not_bear_is_foreign() {
        let one = "L01,Akta,KTP,1 hari,Gratis";
        let table = shape(&[one, "L02,KK,KTP,2 hari,Gratis", one, one, one, one, one]);
        for text in [
            "A,PENDAFTARAN PENDUDUK,,,",
            ",B. PENCATATAN SIPIL,,,",
            "Jumlah,15 layanan,,,",
            ",,,\"Madiun 12 Januari 2026\",",
            ",,,Kepala Dinas,",
            "Catatan: bawa dokumen asli,,,,",
            "I.,IZIN USAHA,-,-,-",
            "x,x,x,x,x",
            "PERIZINAN,PERIZINAN,PERIZINAN,PERIZINAN,PERIZINAN",
        ] {
            assert!(table.is_foreign(&row(text)), "{text}");
        }
        for text in
            [one, "L03,SKCK,,1 hari,Gratis", "SKCK,Surat,KTP,1 hari,Gratis", "L04,KIA,KTP,,"]
        {
            assert!(!table.is_foreign(&row(text)), "{text}");
        }
        let narrow =
            shape(&["K-1,Akta,KTP", "K-2,KK,KTP", "K-3,KIA,KTP", "K-4,NIB,KTP", "K-5,A,B"]);
        assert!(narrow.is_foreign(&row("A,PENDAFTARAN,")) && narrow.is_foreign(&row(",,Lurah")));
        assert!(!narrow.is_foreign(&row("K-6,Pindah,")));
    }

    #[test]
    fn rows_that_are_sparse_themselves_hold_nothing_back() {
        let sparse =
            shape(&["a,Akta,,,", "b,KK,KTP,,", "c,KIA,,,Gratis", "d,NIB,,1 hari,", "e,,,,"]);
        assert!(
            ["f,SKCK,,,", "A,PENDAFTARAN,,,"].iter().all(|text| !sparse.is_foreign(&row(text)))
        );
        assert!(!shape(&["a,Akta,KTP"]).is_foreign(&row("b,,")), "one row tells nothing");
    }

    #[test]
    fn a_second_table_is_known_by_its_heading() {
        for text in
            ["No,Pegawai,Jabatan,NIP,Ket", "Hari,Jam,Petugas,,", "Nama Pegawai,Jabatan,No. HP"]
        {
            assert!(names_columns(&row(text)), "{text}");
        }
        for text in
            ["akta,Pelayanan,Syarat,Biaya", "ktp,KTP,KK,Gratis", "Jumlah,15 layanan,,", "No,,", ""]
        {
            assert!(!names_columns(&row(text)), "{text}");
        }
        let table =
            shape(&["L6,D,KTP", "L1,Akta,KTP", "L2,KK,KTP", "L3,A,KTP", "L4,B,KTP", "L5,C,KTP"]);
        assert!(table.begins_another(&row("Wilayah,Kasi,Camat"), &row("1,Ali,Budi")));
        assert!(!table.begins_another(&row("SIM,Izin,KTP"), &row("SKCK,Surat,KTP")));
    }
}
