//! The six components of delivery (UU 25/2009, Article 21).

use super::column::{CellForm, Column, Words};

/// The columns on how a service is delivered.
pub const COLUMNS: &[Column] = &[
    Column {
        key: "syarat",
        path: "service.requirements",
        heading: Words("Persyaratan", "Requirements"),
        how: Words(
            "Satu syarat per baris. Bila hanya berlaku dalam keadaan tertentu: syarat | keadaannya. Bila dipenuhi hasil layanan lain: syarat | | units/…/services/…",
            "One requirement a line. Where it holds in a case only: requirement | case. Where another service's product satisfies it: requirement | | units/…/services/…",
        ),
        example: "Kartu keluarga\nSurat kuasa | jika dikuasakan",
        form: CellForm::Parts(3),
        width: 44,
    },
    Column {
        key: "syarat_perorangan",
        path: "service.requirements",
        heading: Words("Persyaratan perorangan", "Requirements for persons"),
        how: Words(
            "Hanya untuk pemohon perorangan. Satu syarat per baris. Bila hanya berlaku dalam keadaan tertentu: syarat | keadaannya. Bila dipenuhi hasil layanan lain: syarat | | units/…/services/…",
            "For persons only. One requirement a line. Where it holds in a case only: requirement | case. Where another service's product satisfies it: requirement | | units/…/services/…",
        ),
        example: "",
        form: CellForm::Parts(3),
        width: 36,
    },
    Column {
        key: "syarat_badan",
        path: "service.requirements",
        heading: Words("Persyaratan badan usaha", "Requirements for bodies"),
        how: Words(
            "Hanya untuk pemohon badan usaha. Satu syarat per baris. Bila hanya berlaku dalam keadaan tertentu: syarat | keadaannya. Bila dipenuhi hasil layanan lain: syarat | | units/…/services/…",
            "For companies and other bodies only. One requirement a line. Where it holds in a case only: requirement | case. Where another service's product satisfies it: requirement | | units/…/services/…",
        ),
        example: "",
        form: CellForm::Parts(3),
        width: 36,
    },
    Column {
        key: "prosedur",
        path: "service.procedure",
        heading: Words("Prosedur", "Procedure"),
        how: Words("Satu langkah per baris, berurutan.", "One step a line, in order."),
        example: "Ambil nomor antrean\nSerahkan berkas\nPerekaman biometrik\nAmbil KTP",
        form: CellForm::Lines,
        width: 44,
    },
    Column {
        key: "waktu",
        path: "service.time",
        heading: Words("Jangka waktu", "Time"),
        how: Words(
            "Angka dengan satuannya: 30 menit, 3 hari kerja, maksimal 14 hari, 2 - 3 jam.",
            "A number and its unit: 30 menit, 3 hari kerja, maksimal 14 hari, 2 - 3 jam.",
        ),
        example: "Paling lama 1 hari kerja",
        form: CellForm::Time,
        width: 26,
    },
    Column {
        key: "biaya",
        path: "service.fees",
        heading: Words("Biaya", "Fees"),
        how: Words(
            "Satu tarif per baris, bila perlu dengan kegunaannya: tarif | untuk apa. Misalnya Gratis, Rp 50.000, Rp 50.000 per lembar, Sesuai Perda No. 1 Tahun 2024. Angka saja berarti rupiah.",
            "One fee a line, if need be with what it is for: fee | what for. Such as Gratis, Rp 50.000, Rp 50.000 per lembar, Sesuai Perda No. 1 Tahun 2024. A number alone is in rupiah.",
        ),
        example: "Gratis",
        form: CellForm::Fees,
        width: 28,
    },
    Column {
        key: "produk",
        path: "service.product",
        heading: Words("Produk layanan", "Product"),
        how: Words("Yang diterima pemohon.", "What the applicant gets."),
        example: "KTP elektronik",
        form: CellForm::Text,
        width: 28,
    },
    Column {
        key: "pengaduan",
        path: "service.complaints",
        heading: Words("Penanganan pengaduan", "Complaints"),
        how: Words("Satu saluran pengaduan per baris.", "One channel for complaints a line."),
        example: "Loket informasi\nlapor.go.id",
        form: CellForm::Lines,
        width: 30,
    },
];
