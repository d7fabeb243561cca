//! The units for each of which a time or fee may be stated, by name.

/// True for a unit's name.
pub fn is_unit(word: &str) -> bool {
    word.len() > 1
        && [EACH_OF, EACH_TIME].iter().any(|list| list.split(" | ").any(|unit| unit == word))
}

/// Units that times and fees are counted by.
pub const EACH_OF: &str = "\
    pemohon | orang | berkas | dokumen | permohonan | layanan | pelayanan | pasien | \
     kartu | lembar | surat | izin | ijin | sertipikat | sertifikat | sampel | sample | \
     tindakan | unit | kendaraan | kunjungan | pemeriksaan | akta | buku | jenis | \
     parameter | kegiatan | peserta | siswa | ekor | bidang | petak | kios | los | alat | \
     contoh | rangkap | eksemplar | paket | kali | keping | produk | usaha | pengujian | \
     uji | kapal | set | meter | m | m2 | m3 | m² | m³ | ha | hektar | hektare | kg | ton \
     | liter | kilogram | km | wp | nop | kk | kepala | jiwa | rumah | titik | tiang | \
     pohon | batang | buah | botol | kamar | rekening | transaksi | halaman | penerbitan \
     | pengajuan | pendaftaran | pengesahan | legalisir | legalisasi | perkara | putusan \
     | lbr | org | pucuk | visa | paspor | barang | kelas | merek | judul | formasi | perpanjangan";

/// Further units that fees are counted by.
pub const EACH_TIME: &str =
    "bulan | tahun | hari | jam | minggu | malam | semester | triwulan | bln | thn";
