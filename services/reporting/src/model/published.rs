//! Counts that others published (`data/mall_counts.csv`), beside our own as of the same day.
//!
//! Two bodies that publish different counts both stay; what sets them apart is shown, not decided.

use std::sync::LazyLock;

use mpp_api::reporting::PublishedCount;
use mpp_core::Micros;

use super::{
    coverage::covered_regions,
    report::{count, text},
    stage::{AsOf, standings},
    state::State,
};

/// A published count.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Published {
    /// The day of the publication.
    pub date: String,
    /// Operating malls; `None` where the publication gives none.
    pub operating: Option<u32>,
    /// Regions that it was divided by; `None` where the publication names none.
    pub denominator: Option<u32>,
    /// Who published it.
    pub publisher: String,
    /// What explains it, in Indonesian; may be empty.
    pub note_id: String,
    /// The same in English.
    pub note_en: String,
}

/// Our own count as of a day.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct OwnCount {
    /// Malls that operate.
    pub malls: usize,
    /// Distinct regions that they lie in.
    pub regions: usize,
}

/// All published counts, oldest first.
pub fn published() -> &'static [Published] {
    static PUBLISHED: LazyLock<Vec<Published>> =
        LazyLock::new(|| parse(include_str!("../../data/mall_counts.csv")));
    &PUBLISHED
}

/// Each of them beside ours.
pub fn published_counts(state: &State) -> Vec<PublishedCount> {
    published().iter().map(|row| beside_ours(state, row)).collect()
}

fn beside_ours(state: &State, row: &Published) -> PublishedCount {
    let own = own_count(state, &row.date);
    let whole = |number: u32| i32::try_from(number).ok();
    PublishedCount {
        date: row.date.clone(),
        publisher: row.publisher.clone(),
        operating: row.operating.and_then(whole),
        denominator: row.denominator.and_then(whole),
        note: Some(text(&row.note_id, &row.note_en)),
        own_malls: count(own.malls),
        own_regions: count(own.regions),
    }
}

/// Ours as of the same day, from all that is known today.
pub fn own_count(state: &State, day: &str) -> OwnCount {
    let standings = standings(state, &AsOf { day: day.to_owned(), known: Micros::MAX });
    OwnCount {
        malls: standings.iter().filter(|mall| mall.operates()).count(),
        regions: covered_regions(&standings).len(),
    }
}

/// The file is part of the program, and a test reads all of it; a row that is short of a column
/// gets an empty one.
fn parse(csv: &str) -> Vec<Published> {
    let mut reader = csv::Reader::from_reader(csv.as_bytes());
    let rows = reader.records().filter_map(Result::ok);
    rows.map(|row| {
        let column = |place: usize| row.get(place).unwrap_or_default();
        Published {
            date: column(0).to_owned(),
            operating: column(1).parse().ok(),
            denominator: column(2).parse().ok(),
            publisher: column(3).to_owned(),
            note_en: column(4).to_owned(),
            note_id: column(5).to_owned(),
        }
    })
    .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn both_bodies_that_disagree_stay() {
        let counts = published();
        let of = |publisher: &str, date: &str| {
            counts.iter().find(|row| row.publisher == publisher && row.date == date)
        };
        assert_eq!(of("Kemendagri", "2024-05-02").and_then(|row| row.operating), Some(216));
        assert_eq!(of("PANRB", "2024-06-10").and_then(|row| row.operating), Some(191));
        assert_eq!(counts.len(), include_str!("../../data/mall_counts.csv").lines().count() - 1);
    }

    #[test]
    fn every_row_has_a_date_a_publisher_and_its_note_in_both_languages() {
        for row in published() {
            assert!(row.date.len() == 10 && !row.publisher.is_empty(), "{row:?}");
            assert_eq!(row.note_id.is_empty(), row.note_en.is_empty(), "{row:?}");
        }
        let key = |row: &Published| (row.date.clone(), row.publisher.clone());
        assert!(published().is_sorted_by(|row, next| key(row) < key(next)), "each key once");
    }
}
