//! The eight components of management (UU 25/2009, Article 21).

use super::column::{CellForm, Column, Words};

/// The columns on how a service is managed.
pub const COLUMNS: &[Column] = &[
    Column {
        key: "dasar_hukum",
        path: "service.legal_basis",
        heading: Words("Dasar hukum", "Legal basis"),
        how: Words("Satu peraturan per baris.", "One regulation a line."),
        example: "UU No. 24 Tahun 2013\nPermendagri No. 72 Tahun 2022",
        form: CellForm::Lines,
        width: 40,
    },
    Column {
        key: "sarana",
        path: "service.facilities",
        heading: Words("Sarana dan prasarana", "Facilities"),
        how: Words("Satu per baris.", "One a line."),
        example: "Ruang tunggu\nAlat perekam biometrik",
        form: CellForm::Lines,
        width: 30,
    },
    Column {
        key: "kompetensi",
        path: "service.competence",
        heading: Words("Kompetensi pelaksana", "Competence"),
        how: Words("Keahlian yang harus dimiliki petugas.", "What the staff must be able to do."),
        example: "Operator SIAK bersertifikat",
        form: CellForm::Text,
        width: 30,
    },
    Column {
        key: "pengawasan",
        path: "service.supervision",
        heading: Words("Pengawasan internal", "Internal supervision"),
        how: Words("Siapa yang mengawasi, dan bagaimana.", "Who supervises, and how."),
        example: "Kepala bidang, setiap minggu",
        form: CellForm::Text,
        width: 30,
    },
    Column {
        key: "jumlah_pelaksana",
        path: "service.staff",
        heading: Words("Jumlah pelaksana", "Number of staff"),
        how: Words("Misalnya 3 atau 3 orang.", "Such as 3, or 3 orang."),
        example: "3 orang",
        form: CellForm::Text,
        width: 18,
    },
    Column {
        key: "jaminan_layanan",
        path: "service.service_guarantee",
        heading: Words("Jaminan pelayanan", "Guarantee of service"),
        how: Words("Yang dijanjikan kepada pemohon.", "What applicants are promised."),
        example: "Selesai pada hari yang sama bila berkas lengkap",
        form: CellForm::Text,
        width: 30,
    },
    Column {
        key: "jaminan_keamanan",
        path: "service.safety_guarantee",
        heading: Words("Jaminan keamanan dan keselamatan", "Guarantee of safety"),
        how: Words(
            "Cara melindungi pemohon dan datanya.",
            "How applicants and their data are kept safe.",
        ),
        example: "Data pribadi dilindungi UU No. 27 Tahun 2022",
        form: CellForm::Text,
        width: 30,
    },
    Column {
        key: "evaluasi",
        path: "service.evaluation",
        heading: Words("Evaluasi kinerja pelaksana", "Evaluation"),
        how: Words("Cara dan waktu menilai kinerja.", "How and when the work is judged."),
        example: "Survei kepuasan setiap semester",
        form: CellForm::Text,
        width: 30,
    },
];
