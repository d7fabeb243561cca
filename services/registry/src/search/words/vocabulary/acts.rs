//! Words for acts on a document, or for its fate: verbs of the language, whether or not any service
//! of a catalog does them.

/// Stems of acts. A question for one wants a service that does just that: a service of the same
/// document that does another act is near, and no answer. Acts that every service begins with
/// ("daftar", "urus", "bayar") stand in `FAINT`.
#[rustfmt::skip]
pub const ACTS: &[&str] = &[
    "adopsi", "aktivasi", "alih", "apostille", "balik", "banding", "batal", "beku", "beli", "betul", "blokir",
    "bobol", "buang", "cabut", "cair", "cari", "cek", "cetak", "duplikat", "edit", "fotokopi", "gabung", "gadai",
    "ganti", "gugat", "habis", "hack", "hapus", "hibah", "hilang", "jual", "kembali", "kirim", "klaim", "koreksi",
    "kurang", "lacak", "laminating", "legalisasi", "mati", "mutakhir", "mutasi", "naik", "nonaktif", "palsu",
    "panjang", "pasang", "pecah", "periksa", "pindah", "pinjam", "pisah", "print", "pulih", "putus", "retas", "rusak",
    "salah", "salin", "sambung", "scan", "sementara", "sewa", "sita", "tambah", "tarik", "tebus", "terjemah", "tes",
    "tukar", "turun", "ubah", "uji", "waris",
];

/// Further stems of what is done about a thing, where a title says both: "praktik bidan".
pub const DEEDS: &[&str] = &[
    "catat",
    "edar",
    "kelola",
    "laksana",
    "operasi",
    "operasional",
    "praktik",
    "sah",
    "selenggara",
    "tera",
    "ulang",
];

/// Papers and deeds that say nothing without what they are about: stems.
pub const GENERIC: &[&str] = &[
    "akta",
    "card",
    "certificate",
    "data",
    "kartu",
    "licence",
    "permit",
    "registrasi",
    "rekomendasi",
    "sertifikasi",
    "sertifikat",
    "validasi",
    "verifikasi",
];

/// Faint words that ask to pay.
pub const PAYING: &[&str] = &["bayar", "pay", "payment"];

/// Faint words that are an act right before a document: "tutup nib" ends it, "jam tutup" does not.
pub const ENDINGS: &[&str] = &["tutup", "close"];

/// Faint words that tell a document from others where they end its name: "paspor dinas" is another
/// passport, and "ktp dinas dukcapil" names the office.
pub const KINDS_OF_DOCUMENTS: &[&str] = &["dinas", "kedinasan"];

/// Acts and faint words that ask for a document that is not there yet.
pub const NEW: &[&str] = &["baru", "buat", "terbit", "pertama"];

/// Words before a past event: "habis nikah ganti kk" asks for no marriage.
pub const AFTER: &[&str] = &[
    "abis", "abs", "after", "habis", "hbs", "sehabis", "selepas", "sesudah", "setelah", "stlh",
    "usai",
];

/// Words before a document that one does not ask for: "selain ktp".
pub const EXCEPT: &[&str] =
    &["bukan", "selain", "kecuali", "ketimbang", "daripada", "except", "besides", "instead"];

/// Words that begin a part that is said aside: for what, where, why and when.
pub const ASIDE: &[&str] = &[
    "untuk", "utk", "bwt", "biar", "agar", "supaya", "di", "d", "ke", "dari", "dr", "pada", "pd",
    "karena", "karna", "krn", "gara", "sejak", "pas", "waktu", "saat", "ketika", "tapi", "tp",
    "tetapi", "padahal", "sebelum", "sblm", "sblum", "tanpa", "dan", "atau", "sama", "dengan",
    "dgn", "dg", "lewat", "via", "oleh", "kalau", "kalo", "klo", "klau", "jika", "for", "in", "at",
    "from", "to", "because", "since", "but", "and", "or", "with", "by", "of",
];
