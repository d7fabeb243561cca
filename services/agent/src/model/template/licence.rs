//! What only licences have.

use super::column::{CellForm, Choice, Column, Words};

/// Editions of the standard classification of business fields.
const EDITIONS: &[Choice] = &[
    Choice { value: "2020", words: Words("2020", "2020") },
    Choice { value: "2025", words: Words("2025", "2025") },
];
/// Risks of a business.
const RISKS: &[Choice] = &[
    Choice { value: "RISK_LOW", words: Words("Rendah", "Low") },
    Choice { value: "RISK_MEDIUM_LOW", words: Words("Menengah rendah", "Medium low") },
    Choice { value: "RISK_MEDIUM_HIGH", words: Words("Menengah tinggi", "Medium high") },
    Choice { value: "RISK_HIGH", words: Words("Tinggi", "High") },
];

/// The columns that only licences fill in.
pub const COLUMNS: &[Column] = &[
    Column {
        key: "kbli",
        path: "service.licence.kbli",
        heading: Words("KBLI", "KBLI"),
        how: Words(
            "Hanya untuk izin: kode KBLI 2 sampai 5 angka, satu per baris.",
            "Licences only: KBLI codes of 2 to 5 digits, one a line.",
        ),
        example: "",
        form: CellForm::Lines,
        width: 14,
    },
    Column {
        key: "edisi_kbli",
        path: "service.licence.kbli",
        heading: Words("Edisi KBLI", "KBLI edition"),
        how: Words(
            "Hanya bila KBLI diisi: pilih dari daftar.",
            "Only where KBLI is given: choose from the list.",
        ),
        example: "",
        form: CellForm::Choice(EDITIONS),
        width: 12,
    },
    Column {
        key: "risiko",
        path: "service.licence.risk",
        heading: Words("Tingkat risiko", "Risk"),
        how: Words("Hanya untuk izin: pilih dari daftar.", "Licences only: choose from the list."),
        example: "",
        form: CellForm::Choice(RISKS),
        width: 18,
    },
    Column {
        key: "skala",
        path: "service.licence.scale",
        heading: Words("Skala usaha", "Scale of the business"),
        how: Words(
            "Hanya untuk izin, misalnya mikro dan kecil.",
            "Licences only, such as mikro dan kecil.",
        ),
        example: "",
        form: CellForm::Text,
        width: 18,
    },
    Column {
        key: "kewenangan",
        path: "service.licence.authority",
        heading: Words("Kewenangan", "Authority"),
        how: Words(
            "Hanya untuk izin: pemerintah yang memutuskan, misalnya kabupaten.",
            "Licences only: the government that decides, such as kabupaten.",
        ),
        example: "",
        form: CellForm::Text,
        width: 18,
    },
    Column {
        key: "masa_berlaku_izin",
        path: "service.licence.validity",
        heading: Words("Masa berlaku izin", "Validity of the licence"),
        how: Words(
            "Hanya untuk izin, misalnya selama usaha berjalan.",
            "Licences only, such as selama usaha berjalan.",
        ),
        example: "",
        form: CellForm::Text,
        width: 22,
    },
];
