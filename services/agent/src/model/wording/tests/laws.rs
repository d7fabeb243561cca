//! Laws for texts of several readings: nothing is lost, and no condition changes its price.

use super::*;

/// The label and the reading of each case: "untuk WNA=FIXED 50000 0".
fn cases_of(fee: &Fee) -> Vec<String> {
    let one = |case: &Fee| format!("{}{}={}", case.condition, case.label, priced(case));
    fee.cases.iter().chain(&fee.parts).map(one).collect()
}

fn times_of(time: &ServiceTime) -> Vec<String> {
    let one = |case: &ServiceTime| format!("{}={}", case.condition, told(case));
    time.cases.iter().chain(&time.steps).map(one).collect()
}

/// Conditions and values, not only that there are cases; "-" where the text must not be read.
#[test]
fn each_case_has_its_own_words_and_its_own_value() {
    let wrong = rows(include_str!("cases.tsv")).filter_map(|row| {
        let (kind, said) = both_told(row[0], row[1]);
        let expected = row.get(3).copied().unwrap_or_default();
        let same = kind.contains(row[2]) && said == expected;
        (!same).then(|| format!("{}: {kind} [{said}]", row[1]))
    });
    assert_eq!(wrong.collect::<Vec<_>>(), Vec::<String>::new());
}

fn both_told(table: &str, text: &str) -> (String, String) {
    if table == "fee" {
        let fee = fee::read(text);
        return (priced(&fee), cases_of(&fee).join(" | "));
    }
    let time = time::read(text);
    (told(&time), times_of(&time).join(" | "))
}

const PRICES: [&str; 4] = ["Rp 11.000", "gratis", "Rp 22.000", "berbayar"];
const PEOPLE: [&str; 5] = ["lansia", "warga kota", "WNA", "pelajar", "roda dua"];
const JOINS: [&str; 8] = [", ", "; ", " dan ", " atau ", ". ", " / ", "\n", " "];

/// Two prices and up to four groups of people, in every order in which offices put them.
fn mixed(picks: &[usize]) -> String {
    let of = |at: usize, list: &[&'static str]| list[picks[at] % list.len()];
    let (one, other) = (of(0, &PRICES), of(1, &PRICES));
    let (a, b, c) = (of(2, &PEOPLE), of(3, &PEOPLE), of(4, &PEOPLE));
    let (join, then) = (of(5, &JOINS), of(6, &JOINS));
    match picks[7] % 9 {
        0 => format!("{one} ({other} untuk {a})"),
        1 => format!("{one} untuk {a}{join}{other} untuk {b}"),
        2 => format!("{one} untuk {a}{join}{b}{then}{c} {other}"),
        3 => format!("{a} {one}{join}{b} {other}"),
        4 => format!("{a}: {one}{join}{b}: {other}"),
        5 => format!("{one} ({a}){join}{other} ({b})"),
        6 => format!("{one}{join}untuk {a} {other}"),
        7 => format!("{one} bagi {a} ({b} {other})"),
        _ => format!("{one}{join}{other} bagi {a}"),
    }
}

/// How often a price stands in a text.
fn prices_in(text: &str) -> usize {
    PRICES.iter().map(|price| text.matches(price).count()).sum()
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(2_000))]

    #[test]
    fn each_price_stands_in_one_case_beside_its_own_condition(
        picks in proptest::collection::vec(0usize..100, 8),
    ) {
        prop_assume!(picks[0] % 4 != picks[1] % 4);
        let text = mixed(&picks);
        let fee = fee::read(&text);
        prop_assert!(!is_plain(&fee), "{}", text);
        let mut told = 0;
        for case in fee.cases.iter().chain(&fee.parts) {
            let words = [&case.condition, &case.label];
            prop_assert!(words.iter().all(|words| prices_in(words) == 0), "{}", text);
            prop_assert!(case.source_text.contains(case.condition.as_str()), "{}", text);
            prop_assert!(prices_in(&case.source_text) <= 1, "{}: {}", text, case.source_text);
            told += usize::from(case.kind() != Kind::Unparsed);
        }
        prop_assert!(fee.kind() == Kind::Unparsed || told == 2, "{}: {:?}", text, cases_of(&fee));
    }
}

/// Prices that name their regulation, whose name a condition may seem to belong to.
const BY_REGULATION: &[&str] = &[
    "gratis sesuai perda kota bekasi",
    "gratis sesuai perda tentang retribusi",
    "rp 0 sesuai peraturan daerah kabupaten garut nomor 3 tahun 2020 tentang retribusi jasa umum",
    "rp 45.000 ( pp 76/2020 )",
    "tidak dipungut biaya sesuai uu no. 24 tahun 2013",
    "sesuai perda kota bekasi no. 1 tahun 2024",
    "sesuai perda tentang pajak daerah dan retribusi daerah",
];

const CONDITIONS: &[&str] = &[
    "pemegang ktp bekasi",
    "pasien miskin",
    "warga kota saja",
    "untuk wna",
    "bagi lansia",
    "khusus pelajar",
    "pelajar",
    "lansia",
    "kunjungan pertama",
    "( untuk wna )",
    "( pelajar )",
    "setiap minggu",
    "senin - jumat",
    "pada hari kerja",
    "dan biaya laboratorium dibayar pemohon",
    "dan biaya cetak",
    "jika hilang",
    "di luar kantor",
];

#[test]
fn a_condition_never_becomes_part_of_a_regulation() {
    let kept = BY_REGULATION.iter().flat_map(|text| {
        let places = 0..=text.split(' ').count();
        places.flat_map(move |at| CONDITIONS.iter().map(move |words| inserted(text, words, at)))
    });
    let kept: Vec<_> = kept.filter(|text| is_plain(&fee::read(text))).collect();
    assert_eq!(kept, Vec::<String>::new());
}

#[test]
fn regulations_are_read_by_their_usual_names() {
    for text in BY_REGULATION {
        assert!(is_plain(&fee::read(text)), "{text}");
    }
}

proptest! {
    /// Times of day, years and numbers of something else are no lengths.
    #[test]
    fn no_clock_is_a_length(hour in 0u8..24, minute in 0u8..60, mark in "[.:,]", lead in "(|0)") {
        let text = format!("{lead}{hour}{mark}{minute:02} jam");
        prop_assert!(!is_one_time(&time::read(&text)), "{}", text);
        let both = format!("Baru {text}, lama 1 jam");
        prop_assert_eq!(time::read(&both).unit(), Unit::Unparsed, "{}", both);
    }

    #[test]
    fn no_date_and_no_telephone_number_is_an_amount(day in 1u32..29, month in 1u32..13, year in 1990u32..2030) {
        for text in [
            format!("{day:02}{month:02}{year}"),
            format!("{year}{month:02}{day:02}"),
            format!("{day:02}-{month:02}-{year}"),
            format!("{}", 5_550_001 + day * month * year),
        ] {
            prop_assert!(!is_plain(&fee::read(&text)), "{}", text);
        }
        let text = format!("{year} hari");
        prop_assert!(!is_one_time(&time::read(&text)), "{}", text);
    }
}

/// Prices and times that may be of others, of before or of later.
const READ: &[&str] =
    &["rp 50.000", "gratis", "rp 50.000 untuk umum", "3 hari", "umum : 3 hari", "wni gratis"];

const CANCELS: &[&str] = &[
    "( dihapus )",
    "( batal )",
    "( rencana )",
    "( usulan )",
    "semula",
    "dulu",
    ", kini",
    ", sekarang gratis",
    ", sebelumnya rp 75.000",
    "menjadi 5 hari",
    "untuk materai",
    "; sudah dicabut",
    "( salah )",
    "( ralat )",
    "( masih dikaji )",
    "( menunggu sk )",
    "( asumsi )",
    "( kisaran )",
    "( lunas )",
    "( dp )",
    "( cicilan 1 )",
    "( hub. 08123456789 )",
    "( per 1 januari 2023 )",
    "pada tahun 2020",
    "untuk saat ini",
    "pada masa promosi",
    "untuk sementara",
    "lalu",
];

#[test]
fn what_is_cancelled_or_planned_is_no_case_either() {
    let texts = READ.iter().flat_map(|text| {
        let places = 0..=text.split(' ').count();
        places.flat_map(move |at| CANCELS.iter().map(move |words| inserted(text, words, at)))
    });
    let kept = texts.filter(|text| {
        fee::read(text).kind() != Kind::Unparsed || time::read(text).unit() != Unit::Unparsed
    });
    assert_eq!(kept.collect::<Vec<_>>(), Vec::<String>::new());
}

/// Clauses that leave out, add to or take back a part of what stands beside them.
const RESTRICTIONS: &[&str] = &[
    "kecuali hari libur nasional",
    "kecuali untuk duplikat",
    "kecuali warga luar kota",
    "selain duplikat",
    "( kecuali duplikat )",
    ", kecuali duplikat",
    "; kecuali duplikat",
    "tidak termasuk fotokopi",
    ", tidak termasuk fotokopi",
    "; tidak termasuk fotokopi",
    "( tidak termasuk fotokopi )",
    "belum termasuk ongkos kirim",
    "sudah termasuk ongkos kirim",
    "diluar ongkos kirim",
    "di luar ongkos kirim",
    "di samping waktu survei",
    "di tambah ongkos kirim",
    "di kali jumlah lembar",
    "di perpanjang",
    "pada prinsipnya",
    "hanya administrasi",
    "untuk setiap tahap",
    "untuk rata - rata",
    "untuk verifikasi",
    "jika perlu lebih lama",
    "jika lebih akan diberitahukan",
    "jika ada kendala bertambah",
    "jika terlambat",
    "jika belum selesai pemohon menghubungi loket",
    "apabila lewat dianggap disetujui",
    "minimal dua lembar",
    "asal lengkap",
];

/// Prices and times of one case, of several, and of all.
const CASES: &[&str] = &[
    "gratis",
    "rp50.000",
    "3\u{a0}hari\u{a0}kerja",
    "rp50.000 untuk warga kota",
    "gratis ( wni )",
    "3\u{a0}hari\u{a0}kerja untuk izin baru",
    "3\u{a0}hari\u{a0}kerja ( risiko rendah )",
    "gratis untuk pelajar ; rp50.000 untuk umum",
    "baru : 3\u{a0}hari\u{a0}kerja ; ulang : sehari",
    "wni gratis , wna rp50.000",
];

/// An exception is no condition: nobody knows how much or how long it is for what is left out.
#[test]
fn no_restriction_anywhere_keeps_a_case() {
    let texts = CASES.iter().flat_map(|text| {
        let places = 0..=text.split(' ').count();
        places.flat_map(move |at| RESTRICTIONS.iter().map(move |words| inserted(text, words, at)))
    });
    let kept = texts.filter(|text| {
        fee::read(text).kind() != Kind::Unparsed || time::read(text).unit() != Unit::Unparsed
    });
    assert_eq!(kept.collect::<Vec<_>>(), Vec::<String>::new());
}

const UNSEEN: &[&str] = &[
    "<s>",
    "<del>",
    "<strike>",
    "<span hidden>",
    "<b style='display:none'>",
    "<b style='font-size: 0'>",
    "<i class='text-muted d-none'>",
    "<span class='sr-only'>",
    "<span class='visually-hidden'>",
    "<span style='color:#fff'>",
    "<p style='position:absolute; left:-9999px'>",
    "<datalist>",
];

proptest! {
    /// A bracket behind a price or a time is a condition only where it is known as one.
    #[test]
    fn no_bracket_that_nobody_knows_is_a_condition(text in select(READ), word in "q[a-z]{2,9}") {
        let text = format!("{text} ({word})");
        prop_assert_eq!(fee::read(&text).kind(), Kind::Unparsed, "{}", text);
        prop_assert_eq!(time::read(&text).unit(), Unit::Unparsed, "{}", text);
    }

    /// Unknown labels: steps of one course and parts of a sum look the same.
    #[test]
    fn no_labels_that_nobody_knows_are_alternatives(
        one in "q[a-z]{2,9}", other in "q[a-z]{2,9}", join in select(&[", ", "; ", " / ", "\n"][..]),
    ) {
        let fees = format!("{one} Rp 5.000{join}{other} Rp 7.000");
        prop_assert_eq!(fee::read(&fees).kind(), Kind::Unparsed, "{}", fees);
        let times = format!("{one} 5 menit{join}{other} 2 hari");
        prop_assert_eq!(time::read(&times).unit(), Unit::Unparsed, "{}", times);
    }

    /// The meaning of a text that breaks off, or doubts itself, is not known.
    #[test]
    fn a_text_that_breaks_off_is_not_read(
        fee in select(FEES), time in select(TIMES), end in select(&["...", " …", " ?", " -> x"][..]),
    ) {
        prop_assert_eq!(fee::read(&format!("{fee}{end}")).kind(), Kind::Unparsed, "{}", fee);
        prop_assert_eq!(time::read(&format!("{time}{end}")).unit(), Unit::Unparsed, "{}", time);
    }

    /// Text that is struck out or hidden does not count, and beside it nothing is sure.
    #[test]
    fn what_is_struck_out_or_hidden_is_never_read(
        fee in select(FEES),
        time in select(TIMES),
        tag in select(UNSEEN),
    ) {
        let name = tag.trim_start_matches('<').trim_end_matches('>').split(' ').next().expect("a name");
        let struck = |text: &str| format!("{tag}{text}</{name}>");
        prop_assert!(!is_plain(&fee::read(&struck(fee))), "{}", fee);
        prop_assert!(!is_one_time(&time::read(&struck(time))), "{}", time);
        let (fee, time) = (struck("gratis") + fee, struck("2 hari") + time);
        prop_assert!(!is_plain(&fee::read(&fee)) && !is_one_time(&time::read(&time)));
    }
}

/// A record with a text that the registry does not take would be lost; its words are kept instead.
#[test]
fn a_text_too_long_for_a_field_is_not_read() {
    let long = format!("Gratis untuk {}; Rp 5.000 untuk WNA", "pelajar ".repeat(80));
    assert_eq!(fee::read(&long).kind(), Kind::Unparsed);
    let long = format!("3 hari untuk {}; 5 hari untuk WNA", "pelajar ".repeat(80));
    assert_eq!(time::read(&long).unit(), Unit::Unparsed);
}

#[test]
fn an_empty_cell_says_nothing() {
    for text in ["", "  ", "\u{a0}", "<p></p>"] {
        assert_eq!((rupiah(text), service_time(text)), (Value::Null, Value::Null), "{text:?}");
    }
}
