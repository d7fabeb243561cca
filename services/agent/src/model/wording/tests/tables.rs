//! The expected readings of real wordings.

use super::*;

#[test]
fn times_are_read_truly_or_marked() {
    for table in
        [include_str!("times.tsv"), include_str!("more_times.tsv"), include_str!("fresh_times.tsv")]
    {
        for row in rows(table) {
            let words = row[0].replace("\\n", "\n");
            let time = time::read(&words);
            assert_eq!(told(&time), row[1..4].join(" "), "{}: {}", row[0], json::of_time(&time));
            assert_eq!(time.source_text, squeeze(&words));
        }
    }
}

#[test]
fn fees_are_read_truly_or_marked() {
    for table in
        [include_str!("fees.tsv"), include_str!("more_fees.tsv"), include_str!("fresh_fees.tsv")]
    {
        for row in rows(table) {
            let fee = fee::read(row[0]);
            assert_eq!(priced(&fee), row[1..4].join(" "), "{}: {}", row[0], json::of_fee(&fee));
            assert_eq!(fee.source_text, squeeze(row[0]));
        }
    }
}

#[test]
fn cases_keep_their_conditions() {
    let both = fee::read("Gratis untuk warga kota, selain itu sesuai Perda No. 3 Tahun 2020");
    let said: Vec<_> =
        both.cases.iter().map(|case| (case.condition.as_str(), priced(case))).collect();
    assert_eq!(
        said,
        [("untuk warga kota", "FREE 0 0".into()), ("selain itu", "LOCAL_REGULATION 0 0".into())]
    );
    assert_eq!(both.cases[1].regulation, "Perda No. 3 Tahun 2020");

    let risky = time::read("2 hari kerja (risiko rendah); sesuai ketentuan untuk risiko tinggi");
    let said: Vec<_> =
        risky.cases.iter().map(|case| (case.condition.as_str(), told(case))).collect();
    assert_eq!(said, [("risiko rendah", "2 2 WORKING_DAYS".into()), ("", "0 0 UNPARSED".into())]);
    assert_eq!(risky.cases[1].source_text, "sesuai ketentuan untuk risiko tinggi");

    let wide =
        time::read("24 hari untuk luasan sampai 10 Ha dan 48 hari untuk luasan lebih dari 10 Ha");
    let said: Vec<_> =
        wide.cases.iter().map(|case| (case.condition.as_str(), case.value)).collect();
    assert_eq!(said, [("untuk luasan sampai 10 Ha", 24), ("untuk luasan lebih dari 10 Ha", 48)]);
}

#[test]
fn clauses_of_the_closed_list_stay_as_text() {
    let days = time::read("4–6 hari kerja sejak berkas lengkap.");
    assert_eq!(days.notes, ["sejak berkas lengkap"]);
    let minutes = time::read("20 menit, jam pelayanan Senin s/d Kamis 08.00 – 14.00 WIB");
    assert_eq!(minutes.notes, ["jam pelayanan Senin s/d Kamis 08.00 – 14.00 WIB"]);
    let about = time::read("± 20 Menit (bila jaringan stabil)");
    assert_eq!((about.approximate, about.notes), (true, vec!["bila jaringan stabil".to_owned()]));
    let total = time::read("maksimal 14 hari: 10 hari di dinas teknis, 4 hari di DPMPTSP");
    assert_eq!(total.notes, ["10 hari di dinas teknis", "4 hari di DPMPTSP"]);

    let each = fee::read("Rp.1.500,00 / Orang / Bulan (sesuai PP No. 11 Tahun 2021 tentang PNBP)");
    assert_eq!((each.unit.as_str(), each.amount_rupiah), ("Orang / Bulan", 1_500));
    assert_eq!(each.regulation, "PP No. 11 Tahun 2021 tentang PNBP");
    let foreign = fee::read("dikenakan biaya (100 USD per bulan per orang)");
    assert_eq!(foreign.unit, "bulan per orang");
    let amount = foreign.foreign.expect("an amount");
    assert_eq!((amount.currency.as_str(), amount.units, amount.cents), ("USD", 100, 0));
    let formula = fee::read("Luas Bangunan x Koefisien x Tarif Retribusi");
    assert_eq!(formula.formula, "Luas Bangunan x Koefisien x Tarif Retribusi");
}

#[test]
fn what_adds_up_keeps_its_parts() {
    let fee = fee::read("Biaya pendaftaran: 50.000; biaya sumpah: 150.000");
    let said: Vec<_> =
        fee.parts.iter().map(|part| (part.label.as_str(), part.amount_rupiah)).collect();
    assert_eq!(said, [("Biaya pendaftaran", 50_000), ("biaya sumpah", 150_000)]);
    let half = fee::read("Rp3.000 (karcis) ditambah tarif sesuai jenis pelayanan");
    assert_eq!((half.parts[0].label.as_str(), half.parts[0].amount_rupiah), ("karcis", 3_000));
    assert_eq!(priced(&half.parts[1]), "UNPARSED 0 0");
    let time = time::read("1. Pemeriksaan (10-15 menit) 2. Tindakan (1 jam)");
    assert_eq!(told(&time), "70 75 STEPS");
    assert_eq!(time.steps[1].condition, "Tindakan");
}
