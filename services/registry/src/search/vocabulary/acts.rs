//! Words that say what is done with a document, or what has become of it: verbs of the language,
//! whether or not any service of a catalog does them.

/// Stems of acts. Whoever asks for one wants a service that does just that: one of the same
/// document that does another is near, and no answer. Those that every service begins with
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

/// Of the faint words those that are an act right before a document: "tutup nib" ends it, "jam
/// tutup" does not.
pub const ENDINGS: &[&str] = &["tutup", "close"];

/// What happens to a document by mishap, as "ke-", "ter-" and "di-" say it: "keselip", "tercecer".
#[rustfmt::skip]
pub const LOSSES: &[&str] = &[
    "begal", "buang", "cecer", "cicir", "colong", "embat", "gondol", "hanyut", "jambret", "jatuh",
    "lenyap", "maling", "rampas", "rampok", "selip", "tilep",
];

/// The same where the document is still there.
pub const DAMAGES: &[&str] = &[
    "baret", "belah", "bolong", "gigit", "kelupas", "kotor", "kunyah", "lindas", "lupas", "noda",
    "remuk", "rendam", "sobek", "tumpah",
];

/// Of them those that are done on purpose as well: a mishap only with the prefix.
pub const SPOILED: &[&str] = &[
    "coret", "cuci", "gores", "gunting", "injak", "iris", "jepit", "lipat", "remas", "setrika",
    "siram", "tekuk", "tindih", "tusuk",
];

/// Acts and faint words that ask for a document that is not there yet.
pub const NEW: &[&str] = &["baru", "buat", "terbit", "pertama"];

/// Words behind which stands what came before: "habis nikah ganti kk" asks for no marriage.
pub const AFTER: &[&str] = &[
    "abis", "abs", "after", "habis", "hbs", "sehabis", "selepas", "sesudah", "setelah", "stlh",
    "usai",
];

/// Words before a document that one does not ask for: "selain ktp".
pub const EXCEPT: &[&str] =
    &["bukan", "selain", "kecuali", "ketimbang", "daripada", "except", "besides", "instead"];

/// Words of refusal, which exclude with one of [`WISHES`] behind them: "tidak mau bikin ktp".
pub const REFUSALS: &[&str] = &[
    "tidak", "tdk", "tak", "gak", "ga", "gk", "nggak", "ngga", "enggak", "engga", "ndak", "kagak",
    "ogah", "batal", "urung", "not",
];

/// Words before a place where one does not want to ask, beside [`EXCEPT`] and [`REFUSALS`].
pub const NOT_THERE: &[&str] = &["jangan", "jgn"];

/// Words of wishing.
pub const WISHES: &[&str] = &[
    "mau", "jadi", "ingin", "pengen", "pingin", "pengin", "usah", "perlu", "butuh", "want", "need",
];

/// Words that begin what is said aside: for what, where, why and when.
pub const ASIDE: &[&str] = &[
    "untuk", "utk", "bwt", "biar", "agar", "supaya", "di", "d", "ke", "dari", "dr", "pada", "pd",
    "karena", "karna", "krn", "gara", "sejak", "pas", "waktu", "saat", "ketika", "tapi", "tp",
    "tetapi", "padahal", "tanpa", "dan", "atau", "sama", "dengan", "dgn", "dg", "lewat", "via",
    "oleh", "kalau", "kalo", "klo", "klau", "jika", "for", "in", "at", "from", "to", "because",
    "since", "but", "and", "or", "with", "by", "of",
];
