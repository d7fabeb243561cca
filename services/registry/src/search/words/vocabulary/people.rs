//! Words that say who something is asked for.

/// Stems of occupations: some services are only for people of one, as "bpjs ojol".
#[rustfmt::skip]
pub const OCCUPATIONS: &[&str] = &[
    "buruh", "guru", "karyawan", "mahasiswa", "nelayan", "ojek", "ojol", "petani", "siswa", "sopir", "wiraswasta",
];

/// Stems: who asks for a document of theirs says no other document by it.
#[rustfmt::skip]
pub const PEOPLE: &[&str] = &[
    "anak", "balita", "bayi", "bibi", "buruh", "cucu", "dewasa", "difabel", "duda", "guru", "janda", "karyawan",
    "keluarga", "lansia", "mahasiswa", "majikan", "nelayan", "ojek", "ojol", "paman", "petani", "pria", "remaja",
    "siswa", "sopir", "wanita", "wiraswasta",
];
