//! Effects that no further word may have on a reading. The expected readings of real wordings stand
//! in `tables.rs`.

use mpp_api::types::{Fee, ServiceTime, fee::Kind, service_time::Unit};
use proptest::{prelude::*, sample::select};

use super::{
    super::text::{lines, squeeze},
    *,
};

mod doubts;
mod laws;
mod tables;

/// The rows of a table of cases, by column.
fn rows(table: &'static str) -> impl Iterator<Item = Vec<&'static str>> {
    let lines = table.lines().filter(|line| !line.starts_with('#'));
    lines.map(|line| line.split('\t').collect())
}

/// Least, most and what kind, as the tables write them.
fn told(time: &ServiceTime) -> String {
    let least = match time.min_value {
        _ if time.at_most => 0,
        0 => time.value,
        least => least,
    };
    let unit = if time.steps.is_empty() { time.unit().as_str_name() } else { "UNIT_STEPS" };
    format!("{least} {} {}", time.value, unit.trim_start_matches("UNIT_"))
}

fn priced(fee: &Fee) -> String {
    let kind = fee.kind().as_str_name().trim_start_matches("KIND_");
    format!("{kind} {} {}", fee.amount_rupiah, fee.max_rupiah)
}

/// One price or one time that holds for all.
fn is_plain(fee: &Fee) -> bool {
    !matches!(fee.kind(), Kind::Unparsed | Kind::Cases | Kind::Parts)
}

fn is_one_time(time: &ServiceTime) -> bool {
    !matches!(time.unit(), Unit::Unparsed | Unit::Cases) && time.steps.is_empty()
}

/// Wordings that are read, each of whose words a reading stands on.
const TIMES: &[&str] = &[
    "4 hari kerja",
    "maksimal 12 (dua belas) hari",
    "2 - 3 jam",
    "3 x 24 jam",
    "satu hari kerja",
    "20 menit ( bila jaringan stabil )",
    "4 - 6 hari kerja sejak berkas lengkap",
    "sekitar 25 menit",
    "waktu penyelesaian : 15 menit",
    "1 hari kerja / pemohon",
    "paling lambat 10 hari kerja setelah pembayaran",
    "1 jam 30 menit",
    "paling cepat 1 hari paling lama 3 hari",
    "5 hari kerja , 08.00 - 15.00 wib",
    "5 hari kerja ( senin - jumat )",
    "5 hari kerja , sabtu tutup",
    "3 atau 4 hari kerja",
    "antara 5 dan 7 hari",
    "14 hari kerja maks",
    "selama - lamanya 21 hari",
    "selesai 3 hari",
];

const FEES: &[&str] = &[
    "gratis",
    "tidak dipungut biaya",
    "rp 0 ( gratis )",
    "rp 45.000",
    "rp. 45.000,-",
    "rp 1,5 juta",
    "biaya rp. 60.000 per sertipikat",
    "rp 40.000 ( sesuai pp no. 11 tahun 2021 )",
    "rp 6.000 - rp 12.000",
    "rp 350.000 ( tiga ratus lima puluh ribu rupiah )",
    "tidak dikenakan biaya apa pun",
    "100 usd per orang",
    "total : 425.000",
    "rp 5.000 / orang / hari",
    "rp 1 000 000",
    "rp 50.000 ( estimasi )",
    "≤ rp 50.000",
    "biaya : tidak ada",
    "biaya 0",
    "seratus ribu",
];

const CHARGES: &[&str] = &["sesuai perda no. 1 tahun 2024", "dikenakan biaya", "sesuai tarif pnbp"];

/// Clauses that no reading may pass over: negations, minima, exceptions, cases, other amounts,
/// other matters, and unknown words.
const OTHERS: &[&str] = &[
    "tidak",
    "bukan",
    "belum",
    "kecuali hari libur",
    "kecuali warga luar kota",
    "minimal",
    "lebih dari",
    "di atas",
    "mulai dari",
    "paling sedikit",
    "tidak termasuk materai",
    "belum termasuk ongkos kirim",
    "ditambah biaya bank",
    "untuk warga kota",
    "bagi pemegang kartu",
    "jika luasnya di bawah 10 ha",
    "di kelurahan",
    "iuran",
    "sebelum acara",
    "masa berlaku",
    "denda",
    "santunan",
    "setiap 6 bulan sekali",
    "ke-5",
    "namun wajib membayar iuran",
    "selain itu sesuai jadwal",
    "hanya kunjungan pertama",
    "rp 99.000",
    "dan rp 7.000",
    "77 hari",
    "atau 3 minggu",
    "5 %",
    "per",
    "kucing",
    "xyz",
    "tes",
    "2 kali",
    "17",
    "0",
    "setengah",
    "pertama",
    "sekali",
    "tanpa",
    "asal",
    "( lihat lampiran )",
    "+ ppn",
    "gelombang ii",
    "s/d selesai",
    "- selesai",
    "( dihapus )",
    "( batal )",
    "( rencana )",
    "semula",
    "kini gratis",
    "sekarang rp 99.000",
    "dibatalkan",
    "di luar ongkos kirim",
    "garansi 7 hari",
    "materai rp 10.000",
];

fn inserted(text: &str, clause: &str, at: usize) -> String {
    let mut words: Vec<&str> = text.split(' ').collect();
    words.insert(at % (words.len() + 1), clause);
    words.join(" ")
}

#[test]
fn what_the_laws_below_start_from_is_read() {
    for text in TIMES {
        assert!(is_one_time(&time::read(text)), "{text}");
    }
    for text in FEES {
        assert!(is_plain(&fee::read(text)), "{text}");
    }
}

/// Every text with every other clause at every place.
fn longer(texts: &'static [&'static str]) -> impl Iterator<Item = (&'static str, String)> {
    let pairs = texts.iter().flat_map(|text| OTHERS.iter().map(move |clause| (*text, *clause)));
    pairs.flat_map(|(text, clause)| {
        let places = 0..=text.split(' ').count();
        places.map(move |at| (clause, inserted(text, clause, at)))
    })
}

#[test]
fn no_other_clause_anywhere_keeps_a_time() {
    let kept = longer(TIMES).filter(|(_, text)| is_one_time(&time::read(text)));
    assert_eq!(kept.map(|(_, text)| text).collect::<Vec<_>>(), Vec::<String>::new());
}

#[test]
fn no_other_clause_anywhere_keeps_a_fee() {
    // "tidak gratis" says that there is a charge, and only that; "mulai dari" has both ends here.
    let true_again = |clause: &str, fee: &Fee| match clause {
        "tidak" | "bukan" => fee.kind() == Kind::Charged,
        "mulai dari" => fee.kind() == Kind::Range,
        _ => false,
    };
    let kept = longer(FEES).filter(|(clause, text)| {
        let fee = fee::read(text);
        is_plain(&fee) && !true_again(clause, &fee)
    });
    assert_eq!(kept.map(|(_, text)| text).collect::<Vec<_>>(), Vec::<String>::new());
}

#[test]
fn no_other_clause_anywhere_keeps_a_charge_without_an_amount() {
    // With these it says something else, and is read so.
    let another = ["tidak", "bukan", "tanpa", "rp 99.000"];
    let kept = longer(CHARGES)
        .filter(|(clause, text)| !another.contains(clause) && is_plain(&fee::read(text)));
    assert_eq!(kept.map(|(_, text)| text).collect::<Vec<_>>(), Vec::<String>::new());
}

proptest! {
    #[test]
    fn a_word_that_nobody_knows_is_never_passed_over(
        time in select(TIMES), fee in select(FEES), word in "q[a-z]{2,9}", at in 0usize..20,
    ) {
        prop_assert!(!is_one_time(&time::read(&inserted(time, &word, at))));
        prop_assert!(!is_plain(&fee::read(&inserted(fee, &word, at))));
    }

    #[test]
    fn number_and_words_that_disagree_are_not_read(number in 1i64..99, other in 1usize..9) {
        let words = ["satu", "dua", "tiga", "empat", "lima", "enam", "tujuh", "delapan", "sembilan"];
        let time = time::read(&format!("{number} ({}) hari", words[other - 1]));
        prop_assert_eq!(is_one_time(&time), number == other as i64);
    }

    #[test]
    fn an_amount_is_read_back_as_it_is_written(amount in 1_000i64..1_000_000_000_000, mark in "[.,]") {
        let digits = amount.to_string();
        let groups: Vec<&str> =
            digits.as_bytes().rchunks(3).rev().map(|g| std::str::from_utf8(g).expect("digits")).collect();
        let fee = fee::read(&format!("Rp{}", groups.join(&mark)));
        prop_assert_eq!(priced(&fee), format!("FIXED {amount} 0"));
    }

    #[test]
    fn no_text_is_lost(text in "[ -~]{0,200}") {
        let words = squeeze(&lines(&text));
        prop_assert_eq!(&fee::read(&text).source_text, &words);
        prop_assert_eq!(&time::read(&text).source_text, &words);
    }
}

/// Whatever bytes a source holds: an answer, and a marked one keeps the words.
#[test]
fn no_bytes_make_the_grammars_panic() {
    bolero::check!().with_iterations(400).for_each(|bytes: &[u8]| {
        let text = String::from_utf8_lossy(bytes);
        rupiah(&text);
        service_time(&text);
        _ = (opening_hours(&text), service_state(&text));
    });
}

/// In a form's empty brackets something may have been lost: the words are kept, and not read.
#[test]
fn what_stood_in_empty_brackets_is_not_guessed() {
    assert_eq!(priced(&fee::read("Rp 50.000 ( )")), "UNPARSED 0 0");
    assert!(!is_one_time(&time::read("5 hari ()")));
}

/// Texts made of the grammars' own words go deeper than bytes do.
#[test]
fn no_order_of_known_words_makes_the_grammars_panic() {
    bolero::check!().with_iterations(400).for_each(|picks: &[u8]| {
        let words = [TIMES, FEES, OTHERS].concat().join(" ");
        let words: Vec<&str> = words.split(' ').collect();
        let picked = picks.iter().map(|pick| words[usize::from(*pick) * 7 % words.len()]);
        let text = picked.collect::<Vec<_>>().join(" ");
        rupiah(&text);
        service_time(&text);
    });
}

#[test]
fn what_a_program_gets_is_a_message_of_the_contract() {
    let fee = rupiah("Gratis untuk warga kota; lainnya: Rp 5.000 per orang");
    assert_eq!(fee["kind"], "KIND_CASES");
    assert_eq!(fee["cases"][1]["unit"], "orang");
    assert_eq!(fee["cases"][0].get("unit"), None);
    let time = service_time("2 - 3 jam");
    assert_eq!((&time["min_value"], &time["value"]), (&2.into(), &3.into()));
}
