//! Counts that others published (`data/mall_counts.csv`), beside our own as of the same day.
//!
//! Two different counts of two bodies both stay: a note explains the difference, and reporting does
//! not decide between them.

use std::sync::LazyLock;

use mpp_api::reporting::PublishedCount;
use mpp_core::Micros;

use super::{
    coverage::covered_regions,
    message::{count, text},
    nation::Nation,
    stage::{AsOf, malls_then},
};

/// All published counts, oldest first, each beside ours by all that is known now.
pub fn published(nation: &Nation) -> &[PublishedCount] {
    let beside = || rows_of_file().iter().map(|row| beside_ours(nation, row.clone())).collect();
    nation.published.get_or_init(beside)
}

fn beside_ours(nation: &Nation, row: PublishedCount) -> PublishedCount {
    let at = AsOf { day: row.date.clone(), known: Micros::MAX };
    let malls_then = malls_then(nation, &at);
    let operating = malls_then.iter().filter(|mall| mall.operates());
    PublishedCount {
        own_malls: count(operating.count()),
        own_regions: count(covered_regions(&malls_then).len()),
        ..row
    }
}

fn rows_of_file() -> &'static [PublishedCount] {
    static PUBLISHED: LazyLock<Vec<PublishedCount>> =
        LazyLock::new(|| parse(include_str!("../../data/mall_counts.csv")));
    &PUBLISHED
}

/// The file is part of the program, and a test reads all of it; a row that is short of a column
/// gets an empty one.
fn parse(csv: &str) -> Vec<PublishedCount> {
    let mut reader = csv::Reader::from_reader(csv.as_bytes());
    let rows = reader.records().filter_map(Result::ok);
    rows.map(|row| {
        let column = |number: usize| row.get(number).unwrap_or_default();
        PublishedCount {
            date: column(0).to_owned(),
            operating: column(1).parse().ok(),
            denominator: column(2).parse().ok(),
            publisher: column(3).to_owned(),
            note: Some(text(column(5), column(4))),
            ..PublishedCount::default()
        }
    })
    .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn both_bodies_that_disagree_stay() {
        let counts = rows_of_file();
        let of = |publisher: &str, date: &str| {
            counts.iter().find(|row| row.publisher == publisher && row.date == date)
        };
        assert_eq!(of("Kemendagri", "2024-05-02").and_then(|row| row.operating), Some(216));
        assert_eq!(of("PANRB", "2024-06-10").and_then(|row| row.operating), Some(191));
        assert_eq!(counts.len(), include_str!("../../data/mall_counts.csv").lines().count() - 1);
    }

    #[test]
    fn every_row_has_a_date_a_publisher_and_its_note_in_both_languages() {
        for row in rows_of_file() {
            assert!(row.date.len() == 10 && !row.publisher.is_empty(), "{row:?}");
            let note = row.note.clone().unwrap_or_default();
            assert_eq!(note.id.is_empty(), note.en.is_empty(), "{row:?}");
        }
        let key = |row: &PublishedCount| (row.date.clone(), row.publisher.clone());
        assert!(rows_of_file().is_sorted_by(|row, next| key(row) < key(next)), "each key once");
    }
}
