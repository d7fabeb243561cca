//! Rows and records that the others of a source do not bear: they are held back and told.

use axum::{
    http::header,
    response::{IntoResponse, Response},
};
use mpp_agent::CsvFile;

use crate::office::{Office, counts, file, lack, places};

fn plain() -> CsvFile {
    CsvFile::default()
}

fn json(text: String) -> Response {
    ([(header::CONTENT_TYPE, "application/json")], text).into_response()
}

const IDS: &str = "kode,nama,syarat,waktu,biaya\nL01,Akta lahir,KTP; KK,1 hari kerja,Gratis\n\
    L02,Akta kematian,KTP,2 hari,Gratis\nL03,KIA,KK,3 hari,Gratis\nL04,Pindah,KK,1 hari,Gratis\n\
    L05,Datang,KK,1 hari,Gratis\nL06,Legalisir,KTP,1 hari,Rp 5.000\n";

#[tokio::test]
async fn rows_that_the_table_does_not_bear_are_held_back_wherever_they_stand() {
    let (heading, rows) = IDS.split_once('\n').expect("a heading");
    let text = format!(
        "{heading}\nA,PENDAFTARAN PENDUDUK,,,\n{rows},B. PENCATATAN,,,\nL07,Ubah nama,KTP,1 hari,\n\
         CETAK,CETAK,CETAK,CETAK,CETAK\nJumlah,7 layanan,,,\nCatatan: bawa yang asli,,,,\n\
         ,,,\"Madiun, 12 Januari 2026\",\n,,,Kepala Dinas,\n,,,\"Ahmad, S.Sos\",\n,,,NIP. 19700101,\n"
    );
    let said = file(&text, plain()).await;
    assert_eq!(counts(&said), (16, 9, true), "{:?}", said.problems);
    assert_eq!((said.tally.suspicious, said.tally.rejected), (9, 0));
    assert_eq!(places(&said)[0], "row at line 2 (a)", "also before any record");
}

#[tokio::test]
async fn a_second_table_below_is_no_part_of_the_catalog() {
    for table in [
        "No,Pegawai,Jabatan,NIP,Ket\n1,Budi,Kepala Seksi,19700101,-\n2,Siti,Staf,19800101,-\n",
        "\nNama Pegawai,Jabatan,No. HP,,\nBudi,Kepala Seksi,0812,,\nSiti,Staf,0813,,\n",
        ",,,,\nHari,Jam,Petugas,,\nSenin,08.00,Budi,,\nSelasa,08.00,Siti,,\n",
        "Wilayah,Camat,Lurah,Kasi,Staf\n1,Ali,Budi,Cici,Dedi\n2,Euis,Fajar,Gita,Hadi\n",
    ] {
        let said = file(format!("{IDS}{table}"), plain()).await;
        assert!(said.lack.is_some(), "{table}: {:?}", said.problems);
        assert!(lack(&said).contains("is a heading with other columns"), "{table}");
        assert_eq!(said.tally.read - said.tally.unread(), 6, "{table}");
    }
}

#[tokio::test]
async fn a_page_of_a_print_is_a_part() {
    for (above, below) in [
        ("", "Halaman 1 dari 3,,,,\n"),
        ("Menampilkan 1-6 dari 45 data,,,,\n", ""),
        ("", ",,,,\n,Hal. 1 dari 2,,,\n"),
    ] {
        let said = file(format!("{above}{IDS}{below}"), plain()).await;
        assert!(lack(&said).contains("there are"), "{above}{below}: {}", lack(&said));
        assert_eq!(said.tally.read - said.tally.unread(), 6);
    }
    let whole = file(format!("{IDS}Halaman 1 dari 1,,,,\n"), plain()).await;
    assert_eq!(counts(&whole), (7, 1, true), "{:?}", whole.problems);
}

#[tokio::test]
async fn an_empty_file_is_told_as_the_sources_fault() {
    for text in ["", "\n\n", "kode,nama,syarat\n"] {
        let said = file(text, plain()).await;
        assert_eq!(said.lack.expect("a lack").reason(), mpp_core::Reason::SourceUnreadable);
    }
}

#[tokio::test]
async fn a_section_among_records_of_json_is_none_of_them() {
    let item = |n: usize| {
        format!(
            r#"{{"kode": "l{n}", "nama": "Layanan nomor {n}", "syarat": "KTP", "waktu": "1 hari", "biaya": 0}}"#
        )
    };
    let section =
        r#"{"kode": "A", "nama": "PENDAFTARAN", "syarat": null, "waktu": "", "biaya": null}"#;
    let sparse = r#"{"kode": "l9", "nama": "Akta", "syarat": "KTP"}"#;
    let all: Vec<String> = (1..=8).map(item).collect();
    let page = format!(r#"{{"data": [{section}, {}, {sparse}]}}"#, all.join(", "));
    let office = Office::open(move |_, _| json(page.clone())).await;
    let said = office.read("/", "data", "").await;
    assert_eq!(counts(&said), (10, 1, true), "{:?}", said.problems);
    assert_eq!(places(&said), ["page 1, item 1 (a)"]);
}

#[tokio::test]
async fn one_doubled_record_on_pages_of_one_ends_no_catalog_and_a_page_without_end_does() {
    let office = Office::open(|asked, _| {
        let page: usize = asked.split("page=").nth(1).and_then(|n| n.parse().ok()).unwrap_or(1);
        let id = if page < 4 { page } else { page - 1 };
        let next = if page < 6 { format!("\"?page={}\"", page + 1) } else { "null".into() };
        let item = format!(r#"{{"kode": "l{id}", "nama": "Layanan nomor {id}"}}"#);
        json(format!(r#"{{"data": [{item}], "next": {next}, "total": 5}}"#))
    })
    .await;
    let said = office.read("/?page=1", "data", "next").await;
    assert_eq!((said.tally.read, said.tally.duplicate, said.lack.is_none()), (6, 1, true));
    let endless = Office::open(|_, call| {
        json(format!(
            r#"{{"data": [{{"kode": "a", "nama": "Akta"}}], "next": "?page={}"}}"#,
            call + 1
        ))
    })
    .await;
    let said = endless.read("/?page=1", "data", "next").await;
    assert!(lack(&said).contains("pages before had already"), "{}", lack(&said));
    assert!(endless.called() < 5);
}
