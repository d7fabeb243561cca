//! Words that say what is done with a document, or what has become of it.

/// Stems of acts. Whoever asks for one wants a service that does just that: one of the same
/// document that does another is near, and no answer. Those that every service begins with
/// ("daftar", "urus", "bayar") stand in `FAINT`.
#[rustfmt::skip]
pub const ACTS: &[&str] = &[
    "adopsi", "aktivasi", "alih", "balik", "banding", "batal", "beku", "betul", "blokir", "cabut", "cair",
    "cetak", "duplikat", "gabung", "ganti", "gugat", "habis", "hapus", "hibah", "hilang", "jual",
    "klaim", "koreksi", "kurang", "legalisasi", "mati", "mutakhir", "mutasi", "naik", "nonaktif", "panjang", "pasang",
    "pecah", "pindah", "pinjam", "pisah", "putus", "rusak", "salah", "salin", "sambung", "sementara",
    "sewa", "tambah", "terjemah", "tukar", "turun", "ubah",
];

/// Of them and of the faint words those that ask for a document that is not there yet.
pub const NEW: &[&str] = &["baru", "buat", "terbit", "pertama"];

/// Words before a document that one does not ask for: "selain ktp".
pub const EXCEPT: &[&str] =
    &["bukan", "selain", "kecuali", "ketimbang", "daripada", "except", "besides", "instead"];

/// Words of refusal, which exclude with one of [`WISHES`] behind them: "tidak mau bikin ktp".
pub const REFUSALS: &[&str] = &[
    "tidak", "tdk", "tak", "gak", "ga", "gk", "nggak", "ngga", "enggak", "engga", "ndak", "kagak",
    "ogah", "batal", "urung", "not",
];

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
