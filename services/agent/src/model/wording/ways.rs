//! Words of the ways in which a service comes, of its documents and of the steps of its work.

use super::phrase::lists;

/// True for a word of a way, a document or a step of work.
pub fn names_way(word: &str) -> bool {
    [WAYS, DOCUMENTS, WORK, SERVICES].iter().any(|list| lists(list, word))
}

/// True for a word of a step that is no service of its own.
pub fn is_step(word: &str) -> bool {
    lists(WORK, word) && !lists(SERVICES, word)
}

/// Words of one of several ways in which a service comes.
pub const WAYS: &str = "\
    baru | lama | ulang | hilang | rusak | perpanjangan | perubahan | penggantian | mutasi | \
     online | offline | daring | luring | roda | golongan | gol | kelas | vip | wni | wna | umum | \
     pelajar | anak | dewasa | lansia | rumah | luar | mandiri | kilat | biasa | reguler | cepat | \
     ringan | berat | kecil | besar | sedang | sederhana | khusus";

/// Documents that a service hands out: two of them are two services.
pub const DOCUMENTS: &str =
    "ktp | kk | kia | stnk | bpkb | sim | skck | akta | akte | paspor | nib | izin | ijin";

pub const WORK: &str = "\
    pemeriksaan | tindakan | verifikasi | pencetakan | cetak | pendaftaran | registrasi \
     | administrasi | penerbitan | penandatanganan | penyerahan | pengambilan | validasi \
     | entri | entry | input | survei | survey | pengukuran | sumpah | formulir | blangko \
     | transport | transportasi | persetujuan | pengecekan | penelitian | perekaman | \
     pembayaran | penyusunan | pembuatan | pengetikan | peninjauan | disposisi | \
     penerimaan | pengesahan | akomodasi | konsumsi | leges | jasa | foto | wawancara | \
     pengolahan | analisa | analisis | rapat | paraf | scan | pemotretan | pemberkasan | \
     tes | asuransi | laboratorium | konsultasi | obat | ongkos | pengiriman | antrian | \
     panitia | materai | pelayanan | pencatatan";

/// Steps that may also be services of their own.
pub const SERVICES: &str = "\
    pelayanan | penerbitan | pembuatan | pencatatan | pengesahan | konsultasi | laboratorium | \
     obat | tes";
