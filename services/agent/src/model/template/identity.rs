//! Which service it is: its code, its unit, its name, and whether it is served.

use super::{
    column::{CellForm, Choice, Column, Words},
    names::EXAMPLE_CODE,
};

/// Whether its owner serves it now.
const STATES: &[Choice] = &[
    Choice { value: "STATE_ACTIVE", words: Words("Aktif", "Active") },
    Choice { value: "STATE_INACTIVE", words: Words("Tidak aktif", "Inactive") },
];

/// The columns that say which service it is.
pub const COLUMNS: &[Column] = &[
    Column {
        key: "kode",
        path: "source_id",
        heading: Words("Kode", "Code"),
        how: Words(
            "Tetap untuk selamanya: huruf kecil a-z, angka, tanda hubung, titik. Kode yang pernah ditarik tidak dipakai lagi.",
            "For good: a to z, digits, hyphens, dots. A code that was withdrawn is not used again.",
        ),
        example: EXAMPLE_CODE,
        form: CellForm::Text,
        width: 20,
    },
    Column {
        key: "unit",
        path: "unit",
        heading: Words("Unit", "Unit"),
        how: Words(
            "Kode unit penyelenggara di indeks, misalnya disdukcapil-pacitan. Kosong: unit pemilik sumber.",
            "The unit's code in the index, such as disdukcapil-pacitan. Empty: the unit of the source.",
        ),
        example: "",
        form: CellForm::Text,
        width: 22,
    },
    Column {
        key: "nama_layanan",
        path: "service.title.id",
        heading: Words("Nama layanan", "Service name"),
        how: Words(
            "Satu layanan per baris, dengan nama yang dikenal warga.",
            "One service a row, called as citizens know it.",
        ),
        example: "Penerbitan KTP elektronik baru",
        form: CellForm::Text,
        width: 40,
    },
    Column {
        key: "nama_inggris",
        path: "service.title.en",
        heading: Words("Nama dalam bahasa Inggris", "Name in English"),
        how: Words("Boleh kosong.", "May be empty."),
        example: "New electronic identity card",
        form: CellForm::Text,
        width: 34,
    },
    Column {
        key: "kategori",
        path: "service.category",
        heading: Words("Kategori", "Category"),
        how: Words(
            "Satu kata dengan huruf kecil, misalnya population, licensing, health. Boleh kosong.",
            "One lower-case word, such as population, licensing, health. May be empty.",
        ),
        example: "population",
        form: CellForm::Text,
        width: 16,
    },
    Column {
        key: "kata_kunci",
        path: "service.keywords",
        heading: Words("Kata kunci", "Keywords"),
        how: Words(
            "Sebutan lain yang dipakai warga; satu per baris.",
            "Other names that citizens use; one a line.",
        ),
        example: "bikin KTP\ne-KTP",
        form: CellForm::Lines,
        width: 24,
    },
    Column {
        key: "status",
        path: "service.state",
        heading: Words("Status", "State"),
        how: Words(
            "Pilih dari daftar. Kosong: dianggap aktif.",
            "Choose from the list. Empty: counts as active.",
        ),
        example: "Aktif",
        form: CellForm::Choice(STATES),
        width: 14,
    },
];
