//! Words that ask how, where, when, by whom or for how much, but not for what.

/// Stems that rank a result a little but never decide whether it is one: nearly every service has a
/// fee, a time, a place, an officer, and somebody for whom it is done.
#[rustfmt::skip]
pub const FAINT: &[&str] = &[
    "a", "address", "alamat", "alur", "ambil", "antre", "antrean", "antri", "application", "ayah",
    "emak", "b", "bagian", "bapak", "bawa", "bayar", "berkas", "besok", "biaya", "bidang", "bini",
    "bokap", "brother", "buat", "buka", "bulan", "butuh", "c", "call", "center", "cepat", "cepet",
    "close", "closed", "contoh", "cost", "costs", "counter", "counters", "daftar", "daring", "day",
    "days", "dekat", "desa", "dinas", "disdukcapil", "document", "documents", "dokumen", "download",
    "duit", "dukcapil", "durasi", "email", "estimasi", "father", "fee", "fees", "format",
    "formulir", "free", "friend", "gampang", "gerai", "gratis", "hal", "hari", "hour", "hours",
    "husband", "ibu", "ikut", "info", "informasi", "instan", "instansi", "isi", "istri", "jadi",
    "jadwal", "jalan", "jam", "jarak", "jasa", "jauh", "jenis", "jumat", "juta", "kakak", "kakek",
    "kamis", "kanim", "kantor", "camat", "lurah", "kilat", "kontak", "kota", "kuasa", "kumpul",
    "laki", "lama", "langkah", "langsung", "lantai", "layan", "lembaga", "lengkap", "libur", "link",
    "location", "lokasi", "loket", "long", "luring", "lusa", "macam", "mahal", "mal", "mall",
    "mama", "mamah", "many", "mekanisme", "menit", "mertua", "minggu", "mother", "mpp", "much",
    "mudah", "murah", "nenek", "no", "nomor", "nyokap", "office", "offline", "ofline", "online",
    "open", "opening", "operasional", "orang", "ortu", "papa", "parent", "parents", "pegawai",
    "perempuan", "perlu", "petugas", "polda", "polres", "polresta", "polsek", "ponakan", "price",
    "procedure", "process", "prosedur", "proses", "pukul", "pusat", "rabu", "rb", "required",
    "requirement", "requirements", "ribet", "ribu", "rumahan", "rupiah", "sabtu", "saudara", "schedule",
    "sekitar", "selasa", "selesai", "sendiri", "senin", "sepupu", "serah", "service", "services",
    "siap", "sistem", "sister", "situs", "step", "steps", "suami", "surat", "susah", "syarat",
    "tahap", "tahun", "tata", "tatacara", "taun", "telepon", "teman", "temen", "tempat", "terang",
    "terbit", "tetangga", "time", "times", "titip", "tua", "tutup", "uang", "unduh", "umur", "urus",
    "usia", "via", "wa", "wakil", "web", "whatsapp", "wife", "blangko", "blanko", "capil", "error",
    "gagal", "kosong", "kuota", "lambat", "lemot", "login", "loading", "macet", "pending", "penuh",
    "reservasi", "stok", "telat", "terlambat", "tolak", "tunda", "lupa", "password", "sandi", "ukuran", "digit", "mbah", "simbah", "eyang", "opa", "oma", "antar", "depan", "kadang", "kuartal",
    "pay", "payment", "segera", "semester", "sering", "setiap", "tiap", "triwulan",
];

/// The forms in which those words are typed most, to know them when they are misspelt.
#[rustfmt::skip]
pub const FAINT_FORMS: &[&str] = &[
    "alamatnya", "bagaimana", "biayanya", "caranya", "dimanakah", "dokumennya", "gratiskah", "informasinya", "jadwalnya", "keterangan",
    "kelengkapan", "ketentuan", "lokasinya", "mengurus", "pelayanan", "pembuatan", "pendaftaran", "penerbitan", "pengurusan",
    "persiapan", "persyaratan", "persyaratannya", "prosedurnya", "prosesnya", "syaratnya",
];
