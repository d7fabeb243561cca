//! The words of the field: abbreviations with their meanings, how citizens spell and say them,
//! words that carry no meaning in a question, and words that point at each other.
//!
//! Everything here is in lower case. Left sides of [`SPELLINGS`] and all of [`FILLERS`] are words
//! as typed; [`FAINT`] and [`RELATED`] hold stems.

/// An abbreviation and the phrases that it stands for; the first phrase is the official one.
pub const ABBREVIATIONS: &[(&str, &[&str])] = &[
    (
        "ak1",
        &[
            "kartu tanda bukti pendaftaran pencari kerja",
            "kartu pencari kerja",
            "kartu tanda pencari kerja",
            "kartu kuning",
            "ak 1",
        ],
    ),
    ("amdal", &["analisis mengenai dampak lingkungan"]),
    ("bpjs", &["badan penyelenggara jaminan sosial"]),
    ("bpkb", &["buku pemilik kendaraan bermotor"]),
    ("bphtb", &["bea perolehan hak atas tanah dan bangunan"]),
    ("hki", &["hak kekayaan intelektual", "haki"]),
    ("ikd", &["identitas kependudukan digital", "ktp digital"]),
    ("imb", &["izin mendirikan bangunan"]),
    ("isr", &["izin stasiun radio"]),
    ("itas", &["izin tinggal terbatas", "kartu izin tinggal terbatas", "kitas"]),
    ("itap", &["izin tinggal tetap", "kartu izin tinggal tetap", "kitap"]),
    ("jht", &["jaminan hari tua"]),
    ("jkn", &["jaminan kesehatan nasional", "bpjs kesehatan", "kartu indonesia sehat"]),
    ("kbli", &["klasifikasi baku lapangan usaha indonesia"]),
    ("kia", &["kartu identitas anak"]),
    ("kk", &["kartu keluarga"]),
    ("kkpr", &["kesesuaian kegiatan pemanfaatan ruang"]),
    ("ktp", &["kartu tanda penduduk"]),
    ("kua", &["kantor urusan agama"]),
    ("kur", &["kredit usaha rakyat"]),
    ("lkpm", &["laporan kegiatan penanaman modal"]),
    ("nib", &["nomor induk berusaha"]),
    ("nik", &["nomor induk kependudukan"]),
    ("npwp", &["nomor pokok wajib pajak"]),
    ("oss", &["online single submission"]),
    ("pbb", &["pajak bumi dan bangunan"]),
    ("pbg", &["persetujuan bangunan gedung"]),
    ("phk", &["pemutusan hubungan kerja"]),
    ("pirt", &["pangan industri rumah tangga", "p irt"]),
    ("pkb", &["pajak kendaraan bermotor"]),
    ("pmi", &["pekerja migran indonesia", "tenaga kerja indonesia", "tki"]),
    ("pns", &["pegawai negeri sipil", "aparatur sipil negara", "asn"]),
    ("pse", &["penyelenggara sistem elektronik"]),
    ("pt", &["perseroan terbatas"]),
    ("ptsl", &["pendaftaran tanah sistematis lengkap"]),
    ("shm", &["sertifikat hak milik"]),
    ("sim", &["surat izin mengemudi"]),
    ("sip", &["surat izin praktik"]),
    ("siup", &["surat izin usaha perdagangan"]),
    (
        "skck",
        &[
            "surat keterangan catatan kepolisian",
            "surat kelakuan baik",
            "surat keterangan kelakuan baik",
        ],
    ),
    ("sktm", &["surat keterangan tidak mampu", "surat miskin"]),
    ("slf", &["sertifikat laik fungsi"]),
    ("sppt", &["surat pemberitahuan pajak terutang"]),
    ("spt", &["surat pemberitahuan tahunan"]),
    ("stnk", &["surat tanda nomor kendaraan"]),
    ("str", &["surat tanda registrasi"]),
    ("tdp", &["tanda daftar perusahaan"]),
    ("umkm", &["usaha mikro kecil dan menengah", "ukm"]),
    ("wna", &["warga negara asing", "orang asing"]),
    ("wni", &["warga negara indonesia"]),
];

/// Other spellings and everyday words, with the word that catalogs use.
pub const SPELLINGS: &[(&str, &str)] = &[
    ("abis", "habis"),
    ("akte", "akta"),
    ("aktenya", "akta"),
    ("bayik", "bayi"),
    ("berapaan", "berapa"),
    ("bikin", "buat"),
    ("bikinin", "buat"),
    ("bisnis", "usaha"),
    ("brp", "berapa"),
    ("bule", "asing"),
    ("cetakin", "cetak"),
    ("dicuri", "hilang"),
    ("ektp", "ktp"),
    ("expired", "mati"),
    ("fotocopy", "fotokopi"),
    ("gantiin", "ganti"),
    ("harga", "biaya"),
    ("ijin", "izin"),
    ("ilang", "hilang"),
    ("ilangan", "hilang"),
    ("kadaluarsa", "mati"),
    ("kadaluwarsa", "mati"),
    ("kecopetan", "hilang"),
    ("kecurian", "hilang"),
    ("kedaluwarsa", "mati"),
    ("ktpel", "ktp"),
    ("legalisir", "legalisasi"),
    ("lisensi", "izin"),
    ("lost", "hilang"),
    ("mbuat", "buat"),
    ("ngelamar", "lamar"),
    ("ngilangin", "hilang"),
    ("nikahan", "nikah"),
    ("ongkos", "biaya"),
    ("paspot", "paspor"),
    ("pasport", "paspor"),
    ("passport", "paspor"),
    ("pemilik", "milik"),
    ("praktek", "praktik"),
    ("prpanjang", "perpanjang"),
    ("renew", "perpanjang"),
    ("renewal", "perpanjang"),
    ("rmh", "rumah"),
    ("robek", "rusak"),
    ("patah", "rusak"),
    ("sertipikat", "sertifikat"),
    ("sobek", "rusak"),
    ("srt", "surat"),
    ("tarif", "biaya"),
    ("tarip", "biaya"),
    ("umroh", "umrah"),
    ("wafat", "meninggal"),
    ("tewas", "meninggal"),
];

/// Question words, courtesies, pronouns and particles: dropped from queries and documents alike.
#[rustfmt::skip]
pub const FILLERS: &[&str] = &[
    "ada", "adalah", "adik", "agar", "aja", "akan", "aku", "anda", "apa", "apakah", "apasih", "asli", "atas", "atau", "bagaimana",
    "bagi", "bang", "belum", "berapa", "bgmn", "biar", "bila", "bisa", "bisakah", "blm", "boleh", "bu", "butuh", "cara",
    "caranya", "dan", "dapat", "dari", "dekat", "deh", "dengan", "dgn", "di", "dimana", "dimanakah", "dmn", "dong", "dulu",
    "e", "el", "enggak", "for", "ga", "gak", "gimana", "gimna", "gmana", "gmn", "gue", "gw", "hai", "halo", "hari", "harus",
    "harusnya", "how", "ingin", "ini", "itu", "jadi", "jika", "juga", "kah", "kak", "kalau", "kalo", "kami", "kamu", "kapan",
    "karena", "ke", "kemana", "kenapa", "kena", "kita", "klo", "kok", "kpd", "lagi", "lah", "lain", "lewat", "mah", "mana",
    "mas", "mau", "mbak", "melalui", "memang", "mengapa", "mengenai", "mesti", "min", "my", "nggak", "ngga", "nih", "nya", "of",
    "oleh", "om", "oh", "pada", "pak", "para", "pas", "pengen", "pengin", "perlu", "permisi", "pun", "punya", "saat", "saja",
    "sama", "sampai", "saya", "secara", "sedang", "sekarang", "sekitar", "semua", "si", "siapa", "sih", "sudah", "supaya", "sy",
    "tanya", "telah", "tempat", "tentang", "terdekat", "terhadap", "terus", "the", "to", "tolong", "trus", "tuh", "udah", "udh",
    "untuk", "utk", "what", "where", "ya", "yaa", "yah", "yang", "yg", "yuk", "i", "in", "is", "mohon", "buk", "gan", "gaes",
];

/// Stems that rank a result but do not decide whether it is one: nearly every service has them.
#[rustfmt::skip]
pub const FAINT: &[&str] = &[
    "a", "b", "c", "alur", "berkas", "biaya", "buat", "butuh", "cepat", "daftar", "dokumen", "gratis", "info",
    "informasi", "jadwal", "jam", "jalan", "jasa", "kantor", "kota", "lama", "layan", "loket", "mal", "mpp", "offline", "online",
    "proses", "prosedur", "pusat", "surat", "syarat", "terbit", "urus",
];

/// A stem in a query and the stems that also answer it, each with how much less than the word
/// itself (0 to 1).
pub const RELATED: &[(&str, &[(&str, f32)])] = &[
    ("anak", &[("bayi", 0.5)]),
    ("asing", &[("wna", 0.9)]),
    (
        "baru",
        &[
            ("terbit", 0.7),
            ("buat", 0.7),
            ("rekam", 0.6),
            ("daftar", 0.6),
            ("mula", 0.5),
            ("pertama", 0.5),
        ],
    ),
    ("bayi", &[("lahir", 0.8), ("anak", 0.4)]),
    ("bangun", &[("gedung", 0.6), ("pbg", 0.5)]),
    (
        "buat",
        &[
            ("terbit", 0.9),
            ("baru", 0.8),
            ("rekam", 0.6),
            ("daftar", 0.5),
            ("mula", 0.5),
            ("mohon", 0.5),
        ],
    ),
    ("cair", &[("klaim", 0.8)]),
    ("cek", &[("periksa", 0.6)]),
    ("dagang", &[("usaha", 0.7)]),
    ("domisili", &[("pindah", 0.6), ("alamat", 0.6)]),
    ("ganti", &[("ubah", 0.6), ("hilang", 0.3), ("rusak", 0.3)]),
    ("habis", &[("panjang", 0.6), ("mati", 0.6)]),
    ("hilang", &[("ganti", 0.4)]),
    ("imb", &[("pbg", 0.9)]),
    ("jual", &[("usaha", 0.5), ("dagang", 0.7), ("produksi", 0.4)]),
    ("kawin", &[("nikah", 0.9)]),
    ("kue", &[("pangan", 0.7), ("makan", 0.7)]),
    ("makan", &[("pangan", 0.8)]),
    ("mati", &[("panjang", 0.7), ("habis", 0.7), ("meninggal", 0.7)]),
    ("meninggal", &[("mati", 0.9)]),
    ("miskin", &[("sktm", 0.9)]),
    ("mobil", &[("kendara", 0.8)]),
    ("motor", &[("kendara", 0.8)]),
    ("mutasi", &[("pindah", 0.7)]),
    ("nikah", &[("kawin", 0.9)]),
    ("pangan", &[("makan", 0.8)]),
    ("panjang", &[("habis", 0.5), ("baru", 0.2)]),
    ("pbg", &[("imb", 0.9)]),
    ("pindah", &[("mutasi", 0.7), ("datang", 0.4)]),
    ("rumah", &[("bangun", 0.6), ("gedung", 0.5)]),
    ("rusak", &[("ganti", 0.4)]),
    ("salah", &[("betul", 0.8), ("koreksi", 0.8), ("ubah", 0.6)]),
    ("siup", &[("nib", 0.8)]),
    ("tdp", &[("nib", 0.8)]),
    ("toko", &[("usaha", 0.7), ("dagang", 0.7)]),
    ("ubah", &[("betul", 0.6), ("ganti", 0.6)]),
    ("warung", &[("usaha", 0.7), ("dagang", 0.7)]),
];

#[cfg(test)]
mod tests {
    use super::*;
    use crate::search::stem::stem;

    #[test]
    fn every_abbreviation_stands_once_and_is_not_a_filler() {
        let mut seen = std::collections::HashSet::new();
        for (short, phrases) in ABBREVIATIONS {
            assert!(seen.insert(short), "{short} stands twice");
            assert!(!FILLERS.contains(short) && !phrases.is_empty());
            assert_eq!(stem(short), *short);
        }
    }

    #[test]
    fn related_and_faint_words_are_stems() {
        let related =
            RELATED.iter().flat_map(|(from, to)| to.iter().map(|(to, _)| to).chain([from]));
        for word in related.chain(FAINT) {
            assert_eq!(stem(word), *word);
        }
        for (from, to) in RELATED {
            assert!(to.iter().all(|(to, weight)| to != from && (0.0..1.0).contains(weight)));
        }
    }
}
