//! Files of rows: what is wrong with them is found, with its line.

use encoding_rs::WINDOWS_1252;
use mpp_agent::{CsvFile, Input};

use crate::office::{MAPPING, counts, file, lack, mapped, places};

fn plain() -> CsvFile {
    CsvFile::default()
}

#[tokio::test]
async fn a_lone_quote_refuses_the_rows_that_it_swallows_and_the_run_is_not_complete() {
    let said =
        file("kode,nama,syarat\na,Akta,KTP\nb,KK,\"KTP\nc,KIA,KTP\nd,SKCK,KTP\n", plain()).await;
    assert_eq!(counts(&said), (4, 3, false));
    assert_eq!(places(&said), ["row at line 3", "row at line 4", "row at line 5"]);
    assert!(lack(&said).contains("lines 3 to 5"), "{}", lack(&said));
}

#[tokio::test]
async fn two_stray_quotes_six_rows_apart_are_found_in_each_column() {
    for column in 0..3 {
        let mut text = "kode,nama,syarat\n".to_owned();
        for row in 1..=100 {
            let mut cells = [format!("k{row}"), format!("Layanan nomor {row}"), "KTP".to_owned()];
            if row == 40 {
                cells[column].insert(0, '"');
            }
            if row == 46 {
                cells[column].push('"');
            }
            text.push_str(&cells.join(","));
            text.push('\n');
        }
        let said = file(&text, plain()).await;
        assert_eq!(counts(&said), (100, 7, false), "column {column}");
        assert_eq!(places(&said)[0], "row at line 41");
    }
}

#[tokio::test]
async fn separators_titles_and_headings_are_found_or_asked_for() {
    for text in [
        "kode;nama;syarat\na;Akta;KTP, KK\nb;KK;KTP\n",
        "sep=;\r\nkode;nama;syarat\r\na;Akta;KTP\r\nb;KK;KTP\r\n",
        "DAFTAR LAYANAN;;\nKabupaten Pacitan, 2026;;\n;;\nkode;nama;syarat\n(1);(2);(3)\na;Akta;KTP\nb;KK;KTP\n",
        "kode\tnama\tsyarat\na\tAkta\tKTP; KK\nb\tKK\tKTP\n",
        "kode|nama|syarat\na|Akta|KTP\nb|KK|KTP\n",
        "\u{feff}kode,nama,syarat\na,Akta,KTP\nb,KK,KTP\n,,\n\n",
    ] {
        let said = file(text, plain()).await;
        assert_eq!(counts(&said), (2, 0, true), "{text}: {:?}", said.problems);
    }
    let said = file("kode;nama\na;Akta\nb;KK\n", CsvFile { delimiter: Some(','), ..plain() }).await;
    assert!(lack(&said).contains("delimiter = \",\""), "{}", lack(&said));
    let forced = CsvFile { heading_line: Some(3), ..plain() };
    let said = file("x,y,z\nx,y,z\nkode,nama,syarat\na,Akta,KTP\n", forced).await;
    assert_eq!(counts(&said), (1, 0, true));
}

#[tokio::test]
async fn a_file_of_which_nothing_can_be_read_has_failed() {
    let said = file("kode,nama,syarat\n#N/A,#N/A,#N/A\n", plain()).await;
    assert_eq!(counts(&said), (1, 1, false));
    let said = file("kode,nama,syarat\n", plain()).await;
    assert_eq!(counts(&said), (0, 0, false));
    assert_eq!(counts(&file("", plain()).await), (0, 0, false));
}

#[tokio::test]
async fn a_doubled_heading_is_refused_by_name() {
    let said = file("kode,nama,syarat,syarat\na,Akta,KTP,\n", plain()).await;
    assert!(
        lack(&said).contains("\"syarat\"") && lack(&said).contains("columns 3 and 4"),
        "{}",
        lack(&said)
    );
    assert_eq!(said.tally.read, 0);
}

#[tokio::test]
async fn a_filled_cell_under_no_heading_refuses_its_row_unless_the_mapping_reads_it() {
    let text = "kode,nama,syarat,\na,Akta,KTP,\nb,KK,KTP,Surat RT\n";
    let said = file(text, plain()).await;
    assert_eq!(counts(&said), (2, 1, true), "{:?}", said.problems);
    let told = &said.problems[0];
    assert_eq!((told.record.as_str(), told.code.as_str()), ("row at line 3", "UNREADABLE"));
    assert!(
        told.message.contains("column 4 (D) has no heading and holds \"Surat RT\""),
        "{told:?}"
    );

    let two = "kode,nama,biaya,\n,,Baru,Perpanjangan\na,Izin A,Rp 50.000,Rp 25.000\n";
    assert_eq!(file(two, plain()).await.tally.unread(), 2, "the second part of a heading");
    let numbered = ",kode,nama,syarat\n0,a,Akta,KTP\n1,b,KK,KTP\n";
    assert_eq!(counts(&file(numbered, plain()).await), (2, 0, true), "they count the rows");

    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("x.csv");
    std::fs::write(&path, text).expect("a file");
    let program = MAPPING.replace(".syarat //", ".\"column 4\" //");
    let said = mapped(Input::Csv(CsvFile { path, ..plain() }), &program, false).await;
    assert_eq!(counts(&said), (2, 0, true), "{:?}", said.problems);
}

#[tokio::test]
async fn error_values_are_refused_and_never_become_records() {
    let text = "kode,nama,syarat\n#REF!,Akta,KTP\nb,#NAME?,KTP\nc,KIA,########\nd,SKCK,#BEZUG!\ne,KK,KTP\n";
    let said = file(text, plain()).await;
    assert_eq!(counts(&said), (5, 4, true));
    assert!(said.problems.iter().all(|problem| problem.code == "ERROR_VALUE"));
    assert!(said.problems[0].message.contains("kode: \"#REF!\""), "{}", said.problems[0].message);
}

#[tokio::test]
async fn lines_are_those_of_an_editor_also_with_cells_of_several_lines() {
    let text =
        "kode,nama,syarat\r\na,Akta,KTP\r\nb,KK\r\nc,KIA,\"KTP\nKK asli\r\nFoto\"\r\nd,SKCK\r\n";
    let said = file(text, plain()).await;
    assert_eq!(places(&said), ["row at line 3", "row at line 7"]);
    assert_eq!(counts(&said), (4, 2, false));
    assert!(said.problems[0].message.contains("2 columns where the heading has 3"));
}

#[tokio::test]
async fn other_encodings_are_read_where_they_are_named_or_marked() {
    let old = b"kode,nama,syarat\na,Surat keterangan \x96 baru,KTP\n";
    let read = file(old, CsvFile { encoding: Some(WINDOWS_1252), ..plain() }).await;
    let title = |checked: &mpp_agent::Checked| {
        format!("{:?}", checked.first.as_ref().expect("a record").body)
    };
    assert!(title(&read).contains("keterangan – baru"), "{}", title(&read));
    let refused = file(old, plain()).await;
    assert!(refused.problems[0].message.contains("windows-1252"), "{:?}", refused.problems);
    let wide: Vec<u8> = "\u{feff}kode;nama;syarat\r\na;Café;KTP\r\n"
        .encode_utf16()
        .flat_map(u16::to_le_bytes)
        .collect();
    assert!(title(&file(wide, plain()).await).contains("Café"));
    let workbook = file(b"PK\x03\x04xlsx", plain()).await;
    assert!(lack(&workbook).contains("workbook"), "{}", lack(&workbook));
}

#[tokio::test]
async fn trials_are_told_as_suspicious_and_applied_only_where_that_is_wanted() {
    let text = "kode,nama,syarat\na,tes,KTP\nb,xxx,KTP\nc,Ketik disini,KTP\nd,Tes kesehatan,KTP\ne,KK,Ketik disini\n";
    let said = file(text, plain()).await;
    assert_eq!((said.tally.suspicious, said.tally.invalid), (4, 0), "{:?}", said.problems);
    assert!(said.problems.iter().all(|problem| problem.code == "SUSPICIOUS"));
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("x.csv");
    std::fs::write(&path, text).expect("a file");
    let wanted = mapped(Input::Csv(CsvFile { path, ..plain() }), MAPPING, true).await;
    assert_eq!(counts(&wanted), (5, 0, true));
}

#[tokio::test]
async fn a_bundle_is_one_record_that_a_person_is_asked_to_split() {
    let permits: Vec<String> = (1..=70).map(|n| format!("{n}. Izin usaha jenis {n}")).collect();
    let rota = "Senin: KTP; Selasa: KK; Rabu: Akta; Kamis: KIA; Jumat: Pindah";
    let text =
        format!("kode,nama,syarat\na,Perizinan,\"{}\"\nb,Jadwal,\"{rota}\"\n", permits.join("\n"));
    let said = file(text, plain()).await;
    assert_eq!(counts(&said), (2, 0, true));
    assert_eq!(said.problems.len(), 1, "{:?}", said.problems);
    assert_eq!((said.problems[0].code.as_str(), said.problems[0].is_remark()), ("BUNDLE", true));
}

#[tokio::test]
async fn one_row_may_yield_many_records() {
    let program = r#".unit as $unit | .daftar | split(";")[] | capture("(?<kode>[A-Z]+) (?<nama>.+)")
        | {source_id: (.kode | ascii_downcase), unit: "units/\($unit)", service: {title: {id: .nama}}}"#;
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("x.csv");
    std::fs::write(&path, "unit,daftar\npacitan,KTP Kartu tanda penduduk;KK Kartu keluarga\n")
        .expect("a file");
    let said = mapped(Input::Csv(CsvFile { path, ..plain() }), program, false).await;
    assert_eq!(counts(&said), (2, 0, true));
    assert_eq!(said.first.expect("a record").source_id, "ktp");
}

#[tokio::test]
async fn a_field_of_ten_megabytes_and_a_quote_without_end_are_refused_and_the_rest_goes_on() {
    let huge = "x".repeat(10_000_000);
    let said = file(format!("kode,nama,syarat\na,Akta,{huge}\nb,KK,KTP\n"), plain()).await;
    assert_eq!(counts(&said), (2, 1, true));
    let lines = format!("c,KIA,{}\n", "KTP ".repeat(300)).repeat(4_500);
    let said = file(format!("kode,nama,syarat\na,Akta,\"KTP\n{lines}"), plain()).await;
    assert!(!counts(&said).2);
    assert!(said.tally.unread() > 1_000);
}

#[tokio::test]
async fn a_motto_and_a_lost_value_in_a_column_that_is_not_mapped_refuse_nothing() {
    let text =
        "kode,nama,syarat,moto,rumus\na,Akta,KTP,#MelayaniSepenuhHati!,#REF!\nb,#REF!,KTP,,1\n";
    let said = file(text, plain()).await;
    assert_eq!(counts(&said), (2, 1, true), "{:?}", said.problems);
    assert_eq!(places(&said), ["row at line 3"]);
}

#[tokio::test]
async fn requirements_in_lines_are_read_whatever_parts_the_table() {
    let cell = "\"KK asli, fotokopi\nKTP asli, fotokopi\nPas foto, 2 lembar, berwarna\"";
    let text = format!("Daftar layanan;;\nkode;nama;syarat\na;Akta;{cell}\nb;KK;{cell}\n");
    let said = file(text, plain()).await;
    assert_eq!(counts(&said), (2, 0, true), "{:?}", said.problems);
    let titled = "Daftar layanan, Kabupaten Pacitan, 2026\nkode,nama,syarat\na,Akta,KTP\n";
    assert_eq!(counts(&file(titled, plain()).await), (1, 0, true));
}

#[tokio::test]
async fn rows_within_a_cell_are_refused_and_read_only_where_the_quotes_are_trusted() {
    let text = "kode,nama,syarat\na,Akta,\"KTP\nb,KK,KTP\nTotal\nc,KIA, anak,KTP\nd,SKCK,KTP\"\ne,KIA,KTP\n";
    let said = file(text, plain()).await;
    assert_eq!(counts(&said), (6, 5, false));
    assert!(lack(&said).contains("trust_quotes"), "{}", lack(&said));
    let trusted = file(text, CsvFile { trust_quotes: true, ..plain() }).await;
    assert_eq!(counts(&trusted), (2, 0, true));
}

/// Each way to put one or two stray quotes into a heading.
fn quoted(heading: &str) -> Vec<String> {
    let places = || (0..=heading.len()).filter(|at| heading.is_char_boundary(*at));
    let with = |at: usize, text: &str| format!("{}\"{}", &text[..at], &text[at..]);
    let one = places().map(|at| with(at, heading));
    let two = places().flat_map(|first| {
        places().filter(move |second| *second >= first).map(move |second| (first, second))
    });
    one.chain(two.map(|(first, second)| with(first, &with(second, heading)))).collect()
}

#[tokio::test]
async fn no_stray_quote_in_a_heading_lets_a_part_pass_for_the_whole() {
    let plain_rows = (1..=6).map(|n| format!("k{n};Layanan nomor {n};KTP\n")).collect::<String>();
    let quoted_rows =
        (1..=6).map(|n| format!("k{n};\"Layanan; nomor {n}\";\"KTP\nKK\"\n")).collect::<String>();
    for rows in [plain_rows, quoted_rows] {
        for above in ["", "DAFTAR LAYANAN;;\n"] {
            for heading in quoted("kode;nama;syarat") {
                let said = file(format!("{above}{heading}\n{rows}"), plain()).await;
                let is_whole = said.lack.is_none() && said.tally.unread() == 0;
                let passes = is_whole && said.tally.rejected == 0;
                assert!(!passes || said.tally.read == 6, "{above}{heading}: {:?}", said.tally);
            }
        }
    }
}

#[tokio::test]
async fn a_heading_among_the_rows_is_passed_over_and_told_and_never_a_record() {
    let text = "DAFTAR LAYANAN;;\nkode;nama;syarat\n(1);(2);(3)\na;Akta;KTP\nb;KK;KTP\n\
        DAFTAR LAYANAN;;\nKODE;Nama ;Syarat:\n(1);(2);(3)\nc;KIA;KTP\nKode;Nama;Persyaratan\nd;SKCK;KTP\n";
    let said = file(text, plain()).await;
    assert_eq!(counts(&said), (4, 0, true), "{:?}", said.problems);
    assert_eq!(said.tally.headings, 3);
    assert_eq!(places(&said), ["row at line 6", "row at line 7", "row at line 10"]);
    assert!(said.problems.iter().all(|problem| problem.code == "HEADING_AGAIN"));
    assert!(said.problems.iter().all(mpp_agent::Problem::is_remark));
}

#[tokio::test]
async fn a_second_heading_of_another_order_tears_the_file() {
    let text = "kode,nama,syarat\na,Akta,KTP\nnama,kode,syarat\nKIA,c,KTP\nSKCK,d,KTP\n\
        kode,nama,syarat\ne,KK,KTP\n";
    let said = file(text, plain()).await;
    assert_eq!(counts(&said), (5, 3, false));
    assert_eq!(said.tally.headings, 1, "the first order again");
    assert!(lack(&said).contains("line 3") && lack(&said).contains("another order"));
}

#[tokio::test]
async fn what_programs_leave_becomes_no_record_in_any_field() {
    let text = "kode,nama,syarat\na,undefined,KTP\nb,NULL,KTP\nc,N/A,KTP\nd,-,KTP\n\
        e,[object Object],KTP\nf,=VLOOKUP(A2;B:C;2),KTP\ng,NaN,KTP\nh,Akta,undefined\n\
        i,KIA,\"KTP\n[object Object]\"\nnull,SKCK,KTP\nj,Lorem ipsum,KTP\nk,Akta lahir,KTP asli\n";
    let said = file(text, plain()).await;
    assert_eq!(counts(&said), (12, 11, true), "{:?}", said.problems);
    assert_eq!(said.first.expect("one is left").source_id, "k");
    let fine = ["SUSPICIOUS", "ERROR_VALUE"];
    assert!(said.problems.iter().all(|problem| fine.contains(&problem.code.as_str())));
}

const CATALOG: &str = "kode,nama,syarat,waktu,biaya\na,Akta,KTP,1 hari kerja,Rp 10.000\nb,KK,KTP,2 hari,Rp 20.000\n\
    c,KIA,KTP,3 hari,Rp 30.000\nd,SKCK,KTP,4 hari,Gratis\n";

#[tokio::test]
async fn what_is_no_row_of_the_table_makes_the_run_incomplete() {
    for end in [
        "<br />\n<b>Fatal error</b>: Allowed memory size exhausted\n",
        "(9 of 40 rows shown)\n",
        "e;Pindah;KTP;5 hari;Gratis\nf;Datang;KTP;6 hari;Gratis\n",
        "e,Pindah,KTP,5 h",
    ] {
        let said = file(format!("{CATALOG}{end}"), plain()).await;
        assert!(lack(&said).contains("1 column") || lack(&said).contains("4 columns"), "{end}");
        assert_eq!(said.tally.read - said.tally.unread(), 4, "{end}");
    }
}

#[tokio::test]
async fn a_second_part_under_renamed_headings_in_another_order_is_torn() {
    for heading in
        ["Kode Layanan,Nama Layanan,Waktu,Syarat,Tarif", "id,judul,lama,dokumen,retribusi"]
    {
        let part = "e,Pindah,5 hari,KTP,Rp 50.000\nf,Datang,6 hari,KTP,Gratis\n";
        let said = file(format!("{CATALOG}{heading}\n{part}"), plain()).await;
        assert!(lack(&said).contains("line 6 is a heading"), "{heading}: {}", lack(&said));
        assert_eq!(said.tally.read - said.tally.unread(), 4, "{heading}");
    }
    let words = "e,Pindah,KTP,Segera,Gratis\nf,Datang,KTP,6 hari,Gratis\n";
    let said = file(format!("{CATALOG}{words}"), plain()).await;
    assert_eq!(counts(&said), (6, 0, true), "a row of words is no heading: {:?}", said.problems);
}

#[tokio::test]
async fn a_footer_of_a_small_table_says_how_much_there_is() {
    for footer in ["Menampilkan 3 dari 42 layanan", "Halaman 1 dari 14", "1-3 dari 45 data"] {
        let text = format!("kode,nama,syarat\na,Akta,KTP\nb,KK,KTP\nc,KIA,KK\n{footer},,\n");
        let said = file(&text, plain()).await;
        assert!(said.lack.is_some(), "{footer}: {:?}", said.problems);
    }
}

#[tokio::test]
async fn of_two_codes_that_become_one_id_the_first_counts_and_both_rows_are_named() {
    let program = r#"{source_id: (.kode | ascii_downcase | gsub("[^a-z0-9]+"; "-")),
        unit: "units/pacitan", service: {title: {id: .nama}}}"#;
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("katalog.csv");
    std::fs::write(&path, "kode,nama\nA/1,Akta\nA.1,Kartu Keluarga\n").expect("a file");
    let said = mapped(Input::Csv(CsvFile { path, ..plain() }), program, false).await;
    let [twin] = said.problems.as_slice() else { panic!("{:?}", said.problems) };
    assert_eq!((twin.record.as_str(), twin.code.as_str()), ("row at line 3 (a-1)", "DUPLICATE"));
    assert!(twin.message.contains("row at line 2"), "{}", twin.message);
}
