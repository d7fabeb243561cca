//! Files as spreadsheets, portals and content systems of offices write them: what is a record, what
//! waits for a person, and whether the file is known to be whole.

use mpp_agent::{Checked, CsvFile};

use crate::office::{file, lack};

fn plain() -> CsvFile {
    CsvFile::default()
}

/// How many records would be sent.
fn taken(said: &Checked) -> i64 {
    said.tally.read - said.tally.unread() - said.tally.duplicate - said.tally.rejected
}

const SIX: &str = "kode,nama,syarat\nak-1,Akta kelahiran,KTP\nkk-2,Kartu keluarga,KTP\n\
    kt-3,KTP elektronik,KK\nki-4,Kartu identitas anak,KK\nsp-5,Surat pindah,KK\nlg-6,Legalisasi akta,Akta\n";

/// Lines below the six records, and whether the file is then known to be whole.
const BELOW: &[(&str, bool)] = &[
    ("", true),
    (",,\n,,\n", true),
    ("Total layanan: 42,,\n", false),
    (",Total layanan: 6,\n", true),
    ("Jumlah,42,\n", false),
    ("JUMLAH SELURUH LAYANAN = 42,,\n", false),
    (",\"Jumlah: empat puluh dua layanan\",\n", false),
    ("TOTAL,6,\n", true),
    ("Ditampilkan 6 dari 42 data,,\n", false),
    ("Showing 1 to 6 of 42 entries,,\n", false),
    ("Showing 1 to 6 of 6 entries,,\n", true),
    (",dan 36 layanan lainnya,\n", false),
    ("\"... (36 more rows)\",,\n", false),
    ("Halaman 1 dari 7,,\n", false),
    ("Hal 1/1,,\n", true),
    ("1/7,,\n", false),
    (",6/42,\n", false),
    ("6/6,,\n", true),
    ("7,dst.,\n", false),
    ("Dicetak 28 November 2026,,\n", true),
    ("Sumber: Perbup Nomor 42 Tahun 2025,,\n", true),
    (",,\"Pacitan, 28 November 2026\"\n,,Kepala Dinas\n,,NIP 19700101 199503 1 002\n", true),
    ("Bersambung ke lembar berikutnya,,\n", false),
    ("Daftar ini memuat 42 layanan,,\n", false),
];

#[tokio::test]
async fn a_line_below_the_table_may_say_that_there_are_more() {
    for (below, is_whole) in BELOW {
        let said = file(format!("{SIX}{below}"), plain()).await;
        assert_eq!(said.lack.is_none(), *is_whole, "{below}: {:?}", said.lack);
        assert_eq!(taken(&said), 6, "{below}: {:?}", said.problems);
    }
    let said = file(format!("{SIX}Total layanan: 42,,\n"), plain()).await;
    assert!(lack(&said).contains("42 rows, and 6 were found"), "{}", lack(&said));
}

/// Lines above the heading.
const ABOVE: &[(&str, bool)] = &[
    ("DAFTAR LAYANAN DISDUKCAPIL,,\nTahun 2026,,\n", true),
    ("Jumlah layanan: 42,,\n", false),
    ("Halaman 1 dari 7,,\n", false),
    ("Data per 28 November 2026,,\n", true),
    ("Mal Pelayanan Publik dengan 40 instansi,,\n", true),
];

#[tokio::test]
async fn a_title_above_the_table_may_say_it_as_well() {
    for (above, is_whole) in ABOVE {
        let said = file(format!("{above}{SIX}"), plain()).await;
        assert_eq!(said.lack.is_none(), *is_whole, "{above}: {:?}", said.lack);
        assert_eq!(taken(&said), 6, "{above}: {:?}", said.problems);
    }
}

/// Titles of trials of forms and from lists of programs, which name no service.
const JUNK: &[&str] = &[
    "Admin",
    "Layanan 1",
    "test",
    "Hapus saja",
    "-",
    "xxx",
    "contoh",
    "Layanan A",
    "asdf",
    "Testing 123",
    "user1",
    "coba input",
    "jangan dihapus",
    "dummy",
    "Nama Layanan",
    "#N/A",
    "null",
    "undefined",
    "0",
    "Item baru",
    "haha",
    "Contoh layanan",
    "KTP (tes)",
    "[TEST] Akta",
    "Data kosong",
    "abcdef",
    "New Item",
    "....",
    "Isi nanti",
    "Super Admin",
];

#[tokio::test]
async fn junk_titles_wait_for_a_person_in_files_and_answers_alike() {
    for title in JUNK {
        let said = file(format!("{SIX}zz-7,{title},KTP\n"), plain()).await;
        assert_eq!(taken(&said), 6, "{title}: {:?}", said.problems);
        let rows = SIX.lines().skip(1).map(|line| {
            let cells: Vec<&str> = line.split(',').collect();
            format!(
                r#"{{"kode": "{}", "nama": "{}", "syarat": "{}"}}"#,
                cells[0], cells[1], cells[2]
            )
        });
        let rows = rows.collect::<Vec<_>>().join(",");
        let page = format!(r#"[{rows}, {{"kode": "zz-7", "nama": "{title}", "syarat": "KTP"}}]"#);
        let office = crate::office::Office::open(move |_, _| {
            axum::response::IntoResponse::into_response(page.clone())
        });
        let said = office.await.read("/", "", "").await;
        assert_eq!(taken(&said), 6, "{title} in JSON: {:?}", said.problems);
    }
}

/// Cells as spreadsheets and content systems leave them, each with the title that is read from it.
const TITLES: &[(&str, &str)] = &[
    ("<span class=\"screen-reader-text\">Buka di tab baru</span>Akta lahir", "Akta lahir"),
    ("Akta lahir<span style=\"display:none\">hapus</span>", "Akta lahir"),
    ("<p style='font-size:0'>promo</p><p>Akta lahir</p>", "Akta lahir"),
    ("<font color='white'>rahasia</font> Akta lahir", "Akta lahir"),
    ("<template>x</template>Akta lahir", "Akta lahir"),
    ("<i class='material-icons'>home</i>Akta lahir", "Akta lahir"),
    ("<div class='sr-only'><b>Menu</b></div>Akta lahir", "Akta lahir"),
    ("<span aria-hidden='true'>Akta</span> lahir", "Akta lahir"),
    ("Akta&nbsp;lahir&#8203;", "Akta lahir"),
    ("\u{feff}Akta\u{a0}lahir", "Akta lahir"),
    ("1. Akta lahir", "Akta lahir"),
];

#[tokio::test]
async fn hidden_text_is_no_part_of_a_title_or_a_requirement() {
    for (cell, title) in TITLES {
        let quoted = cell.replace('"', "\"\"");
        let said =
            file(format!("kode,nama,syarat\nak-1,\"{quoted}\",\"{quoted}\"\n"), plain()).await;
        let first = said.first.unwrap_or_else(|| panic!("{cell}: {:?}", said.problems));
        let Some(mpp_api::sync::record::Body::Service(service)) = first.body else {
            panic!("{cell}")
        };
        assert_eq!(service.title.expect("a title").id, *title, "{cell}");
        let asked: Vec<_> = service.requirements.iter().map(|one| one.text.as_str()).collect();
        assert_eq!(asked, [*title], "{cell}");
    }
}

#[tokio::test]
async fn error_values_and_formulas_of_sheets_are_no_records() {
    for cell in [
        "#N/A",
        "#REF!",
        "#VALUE!",
        "#NAME?",
        "#DIV/0!",
        "Err:502",
        "Err:508",
        "#NILAI!",
        "########",
        "=VLOOKUP(A2;B:C;2;0)",
        "{=SUM(A1:A3)}",
        "#SPILL!",
        "Loading...",
        "#ERROR!",
    ] {
        let said = file(format!("{SIX}zz-7,\"{cell}\",KTP\n"), plain()).await;
        assert_eq!(taken(&said), 6, "{cell}: {:?}", said.problems);
    }
}

#[tokio::test]
async fn a_table_of_two_rows_goes_on_where_a_row_below_them_says_so() {
    for (below, is_whole) in [
        ("", true),
        ("dst.,,\n", false),
        (",...,\n", false),
        ("3,dst,\n", false),
        ("…,…,…\n", false),
        ("2/40,,\n", false),
        ("20/40,,\n", false),
        ("2/2,,\n", true),
        ("Bersambung ke halaman 2,,\n", false),
        (",lihat lampiran,\n", false),
    ] {
        let text =
            format!("kode,nama,syarat\nak-1,Akta kelahiran,KTP\nkk-2,Kartu keluarga,KTP\n{below}");
        let said = file(text, plain()).await;
        let told = (said.lack.is_none(), taken(&said));
        assert_eq!(told, (is_whole, 2), "{below}: {:?}", said.problems);
    }
    let above = "20/40,,\nkode,nama,syarat\nak-1,Akta kelahiran,KTP\nkk-2,Kartu keluarga,KTP\n";
    assert!(lack(&file(above, plain()).await).contains("there are 40 pages"));
}

#[tokio::test]
async fn what_stands_for_a_title_is_held_back_and_a_tick_is_no_requirement() {
    let rows = "a,Lainnya,KTP\nb,Izin xxx,KTP\nc,-,KTP\nd,contoh,KTP\ne,test,KTP\n\
        f,Legalisasi surat lainnya,v\ng,Uji contoh air,√\n";
    let said = file(format!("kode,nama,syarat\n{rows}"), plain()).await;
    let held: Vec<_> = said.problems.iter().map(|one| (&*one.record, &*one.code)).collect();
    let row = |line: usize, id: &str| format!("row at line {line} ({id})");
    let wanted: Vec<_> = ["a", "b", "c", "d", "e"].into_iter().zip(2..).collect();
    for (id, line) in wanted {
        assert!(held.contains(&(&*row(line, id), "SUSPICIOUS")), "{id}: {held:?}");
    }
    assert_eq!(taken(&said), 2, "{held:?}");
}
