//! The template, as offices fill it in.

use std::io::Cursor;

use calamine::{Data, Reader as _, Xlsx};
use mpp_agent::{Checked, Placed, Policy, TemplateLang, Upload, Withdraw, open_upload, template};
use mpp_api::{registry::Service, sync::record::Body};
use rust_xlsxwriter::{Chart, ChartType, Workbook, Worksheet};

/// What was found in a workbook.
pub struct Looked {
    pub checked: Checked,
    pub placed: Vec<Placed>,
}

/// A cell of a row, by its heading.
pub type Cell<'a> = (&'a str, &'a str);

/// What stands in a sheet of the template.
pub fn sheet(bytes: &[u8], name: &str) -> Vec<Vec<String>> {
    let mut workbook: Xlsx<_> = Xlsx::new(Cursor::new(bytes)).expect("a workbook");
    let range = workbook.worksheet_range(name).expect("the sheet");
    range.rows().map(|row| row.iter().map(Data::to_string).collect()).collect()
}

/// The template in a language, with the headings of its first sheet.
pub struct Filled {
    pub workbook: Workbook,
    headings: Vec<String>,
}

impl Filled {
    pub fn of(lang: TemplateLang) -> Self {
        let bytes = template(lang).expect("the template");
        let mut workbook = Workbook::new();
        let name = if lang == TemplateLang::Id { "Layanan" } else { "Services" };
        let services = workbook.add_worksheet().set_name(name).expect("a name");
        let headings = sheet(&bytes, name).remove(0);
        for (at, heading) in (0..).zip(&headings) {
            services.write_string(0, at, heading).expect("a heading");
        }
        let marks = sheet(&bytes, "_mpp").remove(0);
        let mark = workbook.add_worksheet().set_name("_mpp").expect("a name").set_hidden(true);
        for (at, text) in (0..).zip(marks) {
            mark.write_string(0, at, text).expect("the mark");
        }
        Self { workbook, headings }
    }

    pub fn sheet(&mut self) -> &mut Worksheet {
        self.workbook.worksheet_from_index(0).expect("the first sheet")
    }

    pub fn column(&self, heading: &str) -> u16 {
        let at = self.headings.iter().position(|own| own == heading);
        u16::try_from(at.unwrap_or_else(|| panic!("no '{heading}'"))).expect("few columns")
    }

    pub fn row(&mut self, row: u32, cells: &[Cell<'_>]) -> &mut Self {
        for (heading, text) in cells {
            let at = self.column(heading);
            self.sheet().write_string(row - 1, at, *text).expect("a cell");
        }
        self
    }

    pub async fn read(&mut self) -> Looked {
        let bytes = self.workbook.save_to_buffer().expect("a workbook");
        read(&bytes).await.expect("it is of the template")
    }
}

pub async fn read(bytes: &[u8]) -> mpp_core::Result<Looked> {
    read_with(bytes, &[]).await
}

async fn read_with(bytes: &[u8], release: &[&str]) -> mpp_core::Result<Looked> {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("katalog.xlsx");
    std::fs::write(&path, bytes).expect("a file");
    let upload = Upload {
        path,
        name: "katalog.xlsx".into(),
        source: "sources/pacitan".into(),
        unit: "units/pacitan".into(),
        release: release.iter().map(|id| (*id).to_owned()).collect(),
        withdraw: Withdraw::Nothing,
        accept_missing: false,
        accept_moves: false,
        take_over: false,
        policy: Policy::default(),
    };
    let (checked, placed) = open_upload(&upload).await?.check().await;
    Ok(Looked { checked, placed })
}

fn service(uploaded: &Looked) -> Service {
    let record = uploaded.checked.first.clone().expect("a record");
    match record.body {
        Some(Body::Service(service)) => service,
        other => panic!("a service, and not {other:?}"),
    }
}

/// Place and code of each fault.
pub fn faults(uploaded: &Looked) -> Vec<(String, &str)> {
    uploaded.placed.iter().map(|placed| (placed.place(), placed.code.as_str())).collect()
}

pub async fn refused(bytes: &[u8]) -> String {
    let error = read(bytes).await.map(|_| ()).expect_err("it is refused");
    assert_eq!(error.reason(), mpp_core::Reason::SourceUnreadable, "{error}");
    error.message().to_owned()
}

pub const KTP: &[Cell<'static>] = &[("Kode", "KTP-1"), ("Nama layanan", "KTP elektronik baru")];

#[tokio::test]
async fn the_example_of_the_template_is_read_field_by_field_once_it_has_a_code_of_its_own() {
    for lang in [TemplateLang::Id, TemplateLang::En] {
        let bytes = template(lang).expect("the template");
        let name = if lang == TemplateLang::Id { "Contoh" } else { "Example" };
        let example = sheet(&bytes, name);
        let mut filled = Filled::of(lang);
        for (at, text) in (0..).zip(&example[2]) {
            filled.sheet().write_string(1, at, text).expect("a cell");
        }
        assert_eq!(faults(&filled.read().await)[0].1, "NOT_ALLOWED", "the example is no service");
        filled.sheet().write_string(1, 0, "KTP-Baru").expect("a cell");
        let read = filled.read().await;
        assert_eq!(faults(&read), [], "{:?}", read.placed);
        let record = read.checked.first.as_ref().expect("a record");
        assert_eq!(
            (record.source_id.as_str(), record.unit.as_str()),
            ("ktp-baru", "units/pacitan")
        );
        let written = mpp_api::json::write(&service(&read)).expect("JSON");
        let service: serde_json::Value = serde_json::from_str(&written).expect("JSON");
        assert_eq!(service, expected());
    }
}

fn expected() -> serde_json::Value {
    serde_json::json!({
        "title": {"id": "Penerbitan KTP elektronik baru", "en": "New electronic identity card"},
        "category": "population",
        "keywords": ["bikin KTP", "e-KTP"],
        "state": "STATE_ACTIVE",
        "requirements": [
            {"text": "Kartu keluarga", "applicant": "APPLICANT_ANY"},
            {"text": "Surat kuasa", "applicant": "APPLICANT_ANY", "condition": "jika dikuasakan"},
        ],
        "procedure": [
            "Ambil nomor antrean", "Serahkan berkas", "Perekaman biometrik", "Ambil KTP",
        ],
        "time": {
            "value": "1", "unit": "UNIT_WORKING_DAYS", "atMost": true,
            "sourceText": "Paling lama 1 hari kerja",
        },
        "fees": [{"kind": "KIND_FREE", "sourceText": "Gratis"}],
        "product": "KTP elektronik",
        "complaints": ["Loket informasi", "lapor.go.id"],
        "legalBasis": ["UU No. 24 Tahun 2013", "Permendagri No. 72 Tahun 2022"],
        "facilities": ["Ruang tunggu", "Alat perekam biometrik"],
        "competence": "Operator SIAK bersertifikat",
        "supervision": "Kepala bidang, setiap minggu",
        "staff": {"count": 3, "sourceText": "3 orang"},
        "serviceGuarantee": "Selesai pada hari yang sama bila berkas lengkap",
        "safetyGuarantee": "Data pribadi dilindungi UU No. 27 Tahun 2022",
        "evaluation": "Survei kepuasan setiap semester",
        "channels": [
            {"kind": "KIND_COUNTER"},
            {"kind": "KIND_ONLINE", "uri": "https://layanan.contoh.go.id"},
            {"kind": "KIND_MOBILE", "note": "Setiap Rabu, balai desa"},
        ],
        "forms": [{"title": "F-1.02", "uri": "https://layanan.contoh.go.id/f-102.pdf"}],
        "productValidity": "Seumur hidup",
    })
}

#[tokio::test]
async fn what_the_example_leaves_out_has_its_columns_too() {
    let mut filled = Filled::of(TemplateLang::Id);
    filled.row(2, KTP).row(
        2,
        &[
            ("Unit", "dinkes-pacitan"),
            ("Status", "tidak aktif"),
            ("Persyaratan perorangan", "1. KTP\n2. KK"),
            ("Persyaratan badan usaha", "NIB | | units/bkpm/services/nib"),
            ("Biaya", "Rp 100.000 | baru\nRp 75.000 | perpanjangan"),
            ("Kanal: pos", "Yes"),
            ("Kanal: telepon atau pesan", "0357-881234"),
            ("Dokumen hasil", "Sertifikat; Kartu"),
            ("Maklumat pelayanan", "Kami melayani dengan sepenuh hati"),
            ("Catatan", "Bawa dokumen asli"),
            ("KBLI", "56101\n56102"),
            ("Edisi KBLI", "2020"),
            ("Tingkat risiko", "Menengah tinggi"),
            ("Skala usaha", "mikro"),
            ("Kewenangan", "kabupaten"),
            ("Masa berlaku izin", "selama usaha berjalan"),
        ],
    );
    let read = filled.read().await;
    assert_eq!(faults(&read), [], "{:?}", read.placed);
    assert_eq!(read.checked.first.as_ref().expect("a record").unit, "units/dinkes-pacitan");
    let written = mpp_api::json::write(&service(&read)).expect("JSON");
    for part in [
        r#""state":"STATE_INACTIVE""#,
        r#"{"text":"KK","applicant":"APPLICANT_PERSON"}"#,
        r#"{"text":"NIB","applicant":"APPLICANT_BODY","satisfiedBy":"units/bkpm/services/nib"}"#,
        r#"{"label":"perpanjangan","kind":"KIND_FIXED","amountRupiah":"75000""#,
        r#"{"kind":"KIND_POST"}"#,
        r#"{"kind":"KIND_TELEPHONE","note":"0357-881234"}"#,
        r#""producedDocuments":["Sertifikat","Kartu"]"#,
        r#""servicePledge":"Kami melayani dengan sepenuh hati""#,
        r#""notes":["Bawa dokumen asli"]"#,
        r#"{"code":"56102","edition":"2020"}"#,
        r#""risk":"RISK_MEDIUM_HIGH","scale":"mikro","authority":"kabupaten""#,
        r#""validity":"selama usaha berjalan""#,
    ] {
        let plain: String = written.split_whitespace().collect::<Vec<_>>().join(" ");
        let plain = plain.replace("\": ", "\":").replace("{ ", "{").replace(" }", "}");
        let plain = plain.replace(", \"", ",\"").replace("[ ", "[").replace(" ]", "]");
        assert!(plain.contains(part), "{part}: {plain}");
    }
}

#[tokio::test]
async fn every_fault_is_told_by_sheet_row_and_column() {
    let mut filled = Filled::of(TemplateLang::Id);
    filled
        .row(2, KTP)
        .row(3, &[("Kode", "a"), ("Nama layanan", "Akta"), ("Status", "libur")])
        .row(4, &[("Kode", "b"), ("Nama layanan", "KIA"), ("Jangka waktu", "3")])
        .row(5, &[("Nama layanan", "Pindah")])
        .row(6, &[("Kode", "c"), ("Nama layanan", "#REF!")])
        .row(7, &[("Kode", "KTP-1"), ("Nama layanan", "KTP lagi")])
        .row(8, &[("Kode", "d"), ("Nama layanan", "SKCK"), ("Tingkat risiko", "gawat")])
        .row(9, &[("Kode", "e"), ("Nama layanan", "SIM"), ("Kanal: daring", "http:/a")])
        .row(10, &[("Kode", "f"), ("Nama layanan", "Izin"), ("Kategori", "Dua Kata")]);
    let read = filled.read().await;
    let found = faults(&read);
    for (place, code) in [
        ("Layanan, row 3, column G (Status)", "UNKNOWN_VALUE"),
        ("Layanan, row 4, column L (Jangka waktu)", "FORMAT"),
        ("Layanan, row 5, column A (Kode)", "SUSPICIOUS"),
        ("Layanan, row 6, column C (Nama layanan)", "ERROR_VALUE"),
        ("Layanan, row 7, column A (Kode)", "DUPLICATE"),
        ("Layanan, row 8, column AJ (Tingkat risiko)", "UNKNOWN_VALUE"),
        ("Layanan, row 10, column E (Kategori)", "FORMAT"),
    ] {
        assert!(found.iter().any(|(at, told)| at == place && *told == code), "{place}: {found:#?}");
    }
    let online = read.placed.iter().find(|one| one.place().starts_with("Layanan, row 9"));
    assert!(online.is_some_and(|one| one.columns.iter().any(|(_, name)| name == "Kanal: daring")));
    let tally = read.checked.tally;
    let counted = (tally.read, tally.invalid, tally.suspicious, tally.duplicate);
    assert_eq!(counted, (9, 4, 1, 1), "{found:#?}");
    assert!(
        read.placed.iter().all(|one| !one.way_out.is_empty() && !one.message.contains("agent"))
    );
}

#[tokio::test]
async fn a_row_that_looks_like_a_trial_is_sent_once_a_person_has_released_it() {
    let mut filled = Filled::of(TemplateLang::Id);
    filled.row(2, KTP).row(3, &[("Kode", "tes"), ("Nama layanan", "tes")]);
    let bytes = filled.workbook.save_to_buffer().expect("a workbook");
    let read = read(&bytes).await.expect("read");
    assert_eq!(faults(&read), [("Layanan, row 3".to_owned(), "SUSPICIOUS")]);
    assert!(read.placed[0].way_out.ends_with("--release tes"), "{}", read.placed[0].way_out);
    let released = read_with(&bytes, &["tes"]).await.expect("read");
    assert_eq!((released.checked.tally.read, released.placed.len()), (2, 0));
    let error = read_with(&bytes, &["ktp-1"]).await.map(|_| ()).expect_err("it is not held back");
    assert!(error.message().contains("ktp-1"), "{error}");
}

#[tokio::test]
async fn nothing_that_is_filled_in_is_left_unread_in_silence() {
    let mut filled = Filled::of(TemplateLang::Id);
    filled.row(2, KTP);
    let mut lines = Chart::new(ChartType::Line);
    lines.add_series().set_values(("Layanan", 0, 0, 1, 0));
    let chart = filled.workbook.add_chartsheet().set_name("Grafik").expect("a name");
    chart.insert_chart(0, 0, &lines).expect("a chart");
    let example = filled.workbook.add_worksheet().set_name("Contoh").expect("a name");
    for (row, text) in [(0, "CONTOH"), (1, "Kode"), (2, "contoh-KTP-el-baru")] {
        example.write_string(row, 0, text).expect("a cell");
    }
    assert_eq!(faults(&filled.read().await), [], "a chart holds no rows");
    let example = filled.workbook.worksheet_from_name("Contoh").expect("the example");
    example.write_string(3, 2, "Akta kelahiran").expect("a cell");
    let said = refused(&filled.workbook.save_to_buffer().expect("a workbook")).await;
    assert!(said.contains("'Contoh', row 4") && said.contains("sheet 'Layanan'"), "{said}");
}

#[tokio::test]
async fn a_fee_that_only_says_what_it_is_for_is_refused() {
    let mut filled = Filled::of(TemplateLang::Id);
    filled.row(2, KTP).row(2, &[("Biaya", "Rp 5.000 | cetak\n | legalisir")]);
    let read = filled.read().await;
    assert_eq!(faults(&read)[0].1, "FORMAT", "{:?}", read.placed);
    assert!(read.placed[0].message.contains("| legalisir"), "{}", read.placed[0].message);
    assert!(read.placed[0].place().ends_with("(Biaya)"), "{}", read.placed[0].place());
}
