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

/// Nations of the world whose people are foreigners: "orang belanda". Not those whose name
/// Indonesians of that descent bear as well ("orang arab").
#[rustfmt::skip]
pub const NATIONS: &[&str] = &[
    "afganistan", "amerika", "australia", "austria", "bangladesh", "belanda", "belgia", "brasil", "brunei", "denmark",
    "filipina", "finlandia", "hongkong", "inggris", "irak", "iran", "irlandia", "italia", "jepang", "jerman", "kamboja",
    "kanada", "korea", "kuwait", "laos", "malaysia", "maroko", "meksiko", "mesir", "myanmar", "nepal", "nigeria",
    "norwegia", "pakistan", "palestina", "perancis", "portugal", "prancis", "qatar", "rusia", "singapura", "spanyol",
    "suriah", "swedia", "swiss", "taiwan", "thailand", "tiongkok", "turki", "ukraina", "vietnam", "yaman", "yordania",
    "yunani",
];
