//! Rows without a key: told with the column, and by what else stands in the row.

use mpp_testkit::{execute, on_both};

use crate::{
    databases::{CATALOG, access, asked, read},
    office::MAPPING,
};

/// The mapping that fails on a NULL, one that makes no id of it, and one that makes a text of it.
const MAPPINGS: [(&str, &str, &str); 3] = [
    (
        "{source_id: (.kode | ascii_downcase), unit: \"units/pacitan\", service: {title: {id: .nama}}}",
        "MAPPING",
        "MAPPING",
    ),
    (
        "{source_id: .kode, unit: \"units/pacitan\", service: {title: {id: .nama}}}",
        "SUSPICIOUS",
        "REQUIRED",
    ),
    (MAPPING, "ERROR_VALUE", "ERROR_VALUE"),
];

#[tokio::test]
async fn a_null_key_is_told_with_its_column_and_what_else_the_row_has() {
    on_both(async |database| {
        execute(database.url(), CATALOG).await;
        let rows = "INSERT INTO layanan VALUES (NULL, 'tes', 'KTP'), (NULL, 'Surat pindah', 'KK')";
        execute(database.url(), rows).await;
        for (program, of_trial, of_other) in MAPPINGS {
            let said = read(access(&database), asked("layanan", true), program).await;
            let of_row = |row: &str| {
                let mut all = said.problems.iter().filter(|one| one.record.starts_with(row));
                all.next().unwrap_or_else(|| panic!("{row}: {:?}", said.problems))
            };
            for (row, code, name) in
                [("row 4", of_trial, "tes"), ("row 5", of_other, "Surat pindah")]
            {
                let problem = of_row(row);
                assert_eq!(problem.code, code, "{problem:?}");
                let text = &problem.message;
                assert!(text.contains("kode is NULL"), "{program}: {text}");
                assert!(text.contains(&format!("nama \"{name}\"")), "{program}: {text}");
                let advice = problem.advice();
                assert!(!advice.contains("trial_rows") && !advice.contains("formula in the sheet"));
            }
        }
    })
    .await;
}
