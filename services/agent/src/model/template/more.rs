//! What catalogs have beside the 14 components: channels, forms, notes.

use super::column::{CellForm, Column, Words};

/// The columns for what lies beside the 14 components.
pub const COLUMNS: &[Column] = &[
    Column {
        key: "kanal_loket",
        path: "service.channels",
        heading: Words("Kanal: loket", "Channel: counter"),
        how: Words(
            "Ya, Tidak, atau keterangan singkat. Kosong: tidak disebutkan.",
            "Yes, No, or a few words that say more. Empty: nothing is said.",
        ),
        example: "Ya",
        form: CellForm::Way,
        width: 16,
    },
    Column {
        key: "kanal_daring",
        path: "service.channels",
        heading: Words("Kanal: daring", "Channel: online"),
        how: Words(
            "Alamat yang diawali https://, boleh dengan keterangan: alamat | keterangan. Atau Ya, Tidak.",
            "An address that begins with https://, if need be with a note: address | note. Or Yes, No.",
        ),
        example: "https://layanan.contoh.go.id",
        form: CellForm::Way,
        width: 30,
    },
    Column {
        key: "kanal_keliling",
        path: "service.channels",
        heading: Words("Kanal: keliling", "Channel: mobile"),
        how: Words(
            "Jemput bola atau layanan keliling. Ya, Tidak, atau keterangan singkat. Kosong: tidak disebutkan.",
            "The office comes to the citizen. Yes, No, or a few words that say more. Empty: nothing is said.",
        ),
        example: "Setiap Rabu, balai desa",
        form: CellForm::Way,
        width: 22,
    },
    Column {
        key: "kanal_pos",
        path: "service.channels",
        heading: Words("Kanal: pos", "Channel: post"),
        how: Words(
            "Ya, Tidak, atau keterangan singkat. Kosong: tidak disebutkan.",
            "Yes, No, or a few words that say more. Empty: nothing is said.",
        ),
        example: "Tidak",
        form: CellForm::Way,
        width: 16,
    },
    Column {
        key: "kanal_telepon",
        path: "service.channels",
        heading: Words("Kanal: telepon atau pesan", "Channel: telephone or messages"),
        how: Words(
            "Ya, Tidak, atau keterangan singkat. Kosong: tidak disebutkan.",
            "Yes, No, or a few words that say more. Empty: nothing is said.",
        ),
        example: "",
        form: CellForm::Way,
        width: 22,
    },
    Column {
        key: "formulir",
        path: "service.forms",
        heading: Words("Formulir", "Forms"),
        how: Words(
            "Satu formulir per baris: judul | alamat yang diawali https://",
            "One form a line: title | address that begins with https://",
        ),
        example: "F-1.02 | https://layanan.contoh.go.id/f-102.pdf",
        form: CellForm::Parts(2),
        width: 34,
    },
    Column {
        key: "masa_berlaku",
        path: "service.product_validity",
        heading: Words("Masa berlaku produk", "Validity of the product"),
        how: Words("Misalnya 5 tahun, seumur hidup.", "Such as 5 tahun, seumur hidup."),
        example: "Seumur hidup",
        form: CellForm::Text,
        width: 20,
    },
    Column {
        key: "dokumen_hasil",
        path: "service.produced_documents",
        heading: Words("Dokumen hasil", "Documents produced"),
        how: Words(
            "Satu per baris, bila lebih dari yang disebut pada produk.",
            "One a line, where they are more than the product says.",
        ),
        example: "",
        form: CellForm::Lines,
        width: 26,
    },
    Column {
        key: "maklumat",
        path: "service.service_pledge",
        heading: Words("Maklumat pelayanan", "Service pledge"),
        how: Words("Janji kepada masyarakat.", "The pledge to the public."),
        example: "",
        form: CellForm::Text,
        width: 30,
    },
    Column {
        key: "catatan",
        path: "service.notes",
        heading: Words("Catatan", "Notes"),
        how: Words(
            "Hal lain yang perlu diketahui pemohon; satu per baris.",
            "Whatever else the applicant should know; one a line.",
        ),
        example: "",
        form: CellForm::Lines,
        width: 34,
    },
];
