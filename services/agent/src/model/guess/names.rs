//! How catalogs call their columns: words of a name, and which field they speak of.

use super::field::Field;

/// Abbreviations of words in names of columns.
const SHORT: [(&str, &str); 34] = [
    ("kd", "kode"),
    ("kod", "kode"),
    ("nm", "nama"),
    ("nmr", "nomor"),
    ("lyn", "layanan"),
    ("lay", "layanan"),
    ("pelayanan", "layanan"),
    ("services", "layanan"),
    ("service", "layanan"),
    ("wkt", "waktu"),
    ("jml", "jumlah"),
    ("jmlh", "jumlah"),
    ("dsr", "dasar"),
    ("hkm", "hukum"),
    ("hk", "hukum"),
    ("ket", "keterangan"),
    ("kat", "kategori"),
    ("category", "kategori"),
    ("instansi", "opd"),
    ("skpd", "opd"),
    ("lembaga", "opd"),
    ("dinas", "opd"),
    ("agency", "opd"),
    ("organization", "opd"),
    ("organisation", "opd"),
    ("organisasi", "opd"),
    ("sektor", "kategori"),
    ("prsyrtn", "persyaratan"),
    ("syrt", "syarat"),
    ("syaratnya", "syarat"),
    ("requirement", "syarat"),
    ("requirements", "syarat"),
    ("persyaratan", "syarat"),
    ("peraturan", "aturan"),
];

/// Words that tell nothing by themselves, since any column may have them.
const PLAIN: [&str; 22] = [
    "layanan",
    "data",
    "daftar",
    "list",
    "yang",
    "dan",
    "atau",
    "dengan",
    "dibutuhkan",
    "diperlukan",
    "pemohon",
    "di",
    "untuk",
    "per",
    "rp",
    "of",
    "the",
    "and",
    "text",
    "sp",
    "standar",
    "detail",
];

/// Words of columns that belong to the database rather than to the catalog.
const OWN: [&str; 22] = [
    "created", "updated", "deleted", "user", "status", "active", "aktif", "password", "foto",
    "gambar", "image", "icon", "ikon", "url", "link", "views", "hits", "slug", "urutan", "order",
    "lat", "long",
];

/// Which words speak of which field, and how surely (of 40).
const WORDS: &[(Field, &str, i32)] = &[
    (Field::SourceId, "kode", 34),
    (Field::SourceId, "code", 34),
    (Field::SourceId, "uuid", 34),
    (Field::SourceId, "id", 26),
    (Field::SourceId, "ref", 28),
    (Field::SourceId, "nomor", 26),
    (Field::SourceId, "no", 8),
    (Field::SourceId, "key", 22),
    (Field::Title, "nama layanan", 40),
    (Field::Title, "jenis layanan", 38),
    (Field::Title, "judul", 36),
    (Field::Title, "title", 34),
    (Field::Title, "nama", 32),
    (Field::Title, "name", 30),
    (Field::Title, "nama izin", 40),
    (Field::Title, "jenis izin", 38),
    (Field::Title, "perizinan", 28),
    (Field::Title, "izin", 22),
    (Field::Title, "layanan", 20),
    (Field::TitleEn, "english", 40),
    (Field::TitleEn, "inggris", 40),
    (Field::TitleEn, "en", 38),
    (Field::TitleEn, "eng", 38),
    (Field::Category, "kategori", 36),
    (Field::Category, "jenis", 22),
    (Field::Category, "kelompok", 28),
    (Field::Category, "type", 18),
    (Field::Category, "rumpun", 28),
    (Field::Keywords, "kata kunci", 40),
    (Field::Keywords, "keyword", 40),
    (Field::Keywords, "keywords", 40),
    (Field::Keywords, "tag", 36),
    (Field::Keywords, "tags", 36),
    (Field::Requirements, "syarat", 38),
    (Field::Requirements, "kelengkapan", 30),
    (Field::Requirements, "berkas", 28),
    (Field::Requirements, "dokumen", 24),
    (Field::Requirements, "documents", 26),
    (Field::Procedure, "prosedur", 38),
    (Field::Procedure, "procedure", 38),
    (Field::Procedure, "procedures", 38),
    (Field::Procedure, "mekanisme", 36),
    (Field::Procedure, "alur", 36),
    (Field::Procedure, "sop", 32),
    (Field::Procedure, "tahap", 32),
    (Field::Procedure, "tahapan", 34),
    (Field::Procedure, "langkah", 34),
    (Field::Procedure, "steps", 34),
    (Field::Procedure, "flow", 28),
    (Field::Procedure, "proses", 20),
    (Field::Time, "jangka waktu", 40),
    (Field::Time, "waktu", 34),
    (Field::Time, "lama", 30),
    (Field::Time, "durasi", 34),
    (Field::Time, "duration", 34),
    (Field::Time, "sla", 34),
    (Field::Time, "time", 26),
    (Field::Time, "processing time", 38),
    (Field::Time, "penyelesaian", 20),
    (Field::Fees, "biaya", 38),
    (Field::Fees, "tarif", 38),
    (Field::Fees, "retribusi", 36),
    (Field::Fees, "fee", 38),
    (Field::Fees, "fees", 38),
    (Field::Fees, "cost", 36),
    (Field::Fees, "bea", 36),
    (Field::Fees, "harga", 34),
    (Field::Fees, "price", 34),
    (Field::Fees, "pnbp", 30),
    (Field::Product, "produk", 38),
    (Field::Product, "product", 38),
    (Field::Product, "hasil", 36),
    (Field::Product, "output", 36),
    (Field::Product, "keluaran", 36),
    (Field::Product, "result", 34),
    (Field::Complaints, "pengaduan", 38),
    (Field::Complaints, "aduan", 38),
    (Field::Complaints, "complaint", 38),
    (Field::Complaints, "complaints", 38),
    (Field::Complaints, "saran", 20),
    (Field::Complaints, "kontak", 24),
    (Field::Complaints, "contact", 24),
    (Field::Complaints, "narahubung", 28),
    (Field::LegalBasis, "dasar hukum", 40),
    (Field::LegalBasis, "landasan hukum", 40),
    (Field::LegalBasis, "hukum", 32),
    (Field::LegalBasis, "legal", 34),
    (Field::LegalBasis, "regulasi", 36),
    (Field::LegalBasis, "regulation", 36),
    (Field::LegalBasis, "aturan", 34),
    (Field::Facilities, "sarana", 38),
    (Field::Facilities, "prasarana", 38),
    (Field::Facilities, "sarpras", 38),
    (Field::Facilities, "fasilitas", 36),
    (Field::Facilities, "facilities", 38),
    (Field::Competence, "kompetensi", 38),
    (Field::Competence, "competence", 38),
    (Field::Supervision, "pengawasan", 36),
    (Field::Supervision, "supervision", 38),
    (Field::Staff, "jumlah pelaksana", 40),
    (Field::Staff, "jumlah petugas", 40),
    (Field::Staff, "staff", 34),
    (Field::Staff, "petugas", 24),
    (Field::Staff, "pelaksana", 20),
    (Field::ServiceGuarantee, "jaminan layanan", 40),
    (Field::ServiceGuarantee, "jaminan", 30),
    (Field::ServiceGuarantee, "guarantee", 30),
    (Field::SafetyGuarantee, "keamanan", 40),
    (Field::SafetyGuarantee, "keselamatan", 40),
    (Field::SafetyGuarantee, "safety", 40),
    (Field::Evaluation, "evaluasi", 36),
    (Field::Evaluation, "evaluation", 36),
    (Field::Validity, "masa berlaku", 40),
    (Field::Validity, "berlaku", 30),
    (Field::Validity, "validity", 36),
    (Field::State, "aktif", 40),
    (Field::State, "active", 40),
    (Field::State, "status", 34),
    (Field::Notes, "catatan", 36),
    (Field::Notes, "keterangan", 30),
    (Field::Notes, "notes", 34),
    (Field::Unit, "opd", 34),
    (Field::Unit, "unit", 32),
    (Field::Unit, "penyelenggara", 32),
    (Field::Unit, "bidang", 24),
];

/// The words of a name, spelt out: `nmLayanan`, `NM_LAYANAN` and "Nama pelayanan" are one.
pub(super) fn words(name: &str) -> Vec<String> {
    let mut parted = String::new();
    let mut before = ' ';
    for sign in name.chars() {
        if sign.is_uppercase() && before.is_lowercase() {
            parted.push(' ');
        }
        parted.push(if sign.is_alphanumeric() { sign } else { ' ' });
        before = sign;
    }
    let spelt = |word: &str| {
        let word = word.to_lowercase();
        let whole = SHORT.iter().find(|(short, _)| *short == word);
        whole.map_or(word, |(_, whole)| (*whole).to_owned())
    };
    let mut words: Vec<String> = parted.split_whitespace().map(spelt).collect();
    // "syarat-syarat"
    words.dedup();
    words
}

/// How surely a column of these words speaks of a field: 0 to 40. `around` are the names of what it
/// lies in, which tell less.
pub(super) fn speaks_of(field: Field, own: &[String], around: &[String]) -> i32 {
    let is_own = own.iter().any(|word| OWN.contains(&word.as_str()));
    if is_own && field != Field::State {
        return 0;
    }
    let of_field = WORDS.iter().filter(|(of, ..)| *of == field);
    of_field.map(|(_, phrase, sure)| weighed(phrase, *sure, own, around)).max().unwrap_or_default()
}

fn weighed(phrase: &str, sure: i32, own: &[String], around: &[String]) -> i32 {
    let phrase: Vec<&str> = phrase.split(' ').collect();
    let has = |words: &[String]| phrase.iter().all(|part| words.iter().any(|word| word == part));
    let both: Vec<String> = around.iter().chain(own).cloned().collect();
    if has(own) {
        let others = own
            .iter()
            .filter(|word| !phrase.contains(&word.as_str()) && !PLAIN.contains(&word.as_str()));
        // "Hasil Layanan" speaks of layanan only by the way.
        let is_plain = phrase.iter().all(|part| PLAIN.contains(part));
        let others = i32::try_from(others.count()).unwrap_or(9);
        return (sure - others * if is_plain { 12 } else { 3 }).max(0);
    }
    if has(&both) { sure * 3 / 5 } else { 0 }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_is_read_however_it_is_written() {
        for name in ["nm_layanan", "nmLayanan", "Nama Pelayanan", "NAMA_LAYANAN", "nama-layanan"] {
            assert_eq!(words(name), ["nama", "layanan"], "{name}");
        }
        assert_eq!(words("SYARAT-SYARAT"), ["syarat"]);
        assert_eq!(words("waktuPenyelesaian"), ["waktu", "penyelesaian"]);
    }
}
