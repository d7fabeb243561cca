//! How much a source says that it has, against what came: the most that any of its pages names,
//! against records that are not the same one again.

use std::collections::HashMap;

use jaq_json::Val;

use super::{
    more::words,
    place::{count, each, text},
};
use crate::source::sink::Identity;

const OF_ALL: [&str; 8] =
    ["total", "totals", "count", "counts", "jumlah", "banyak", "banyaknya", "found"];
/// Further things that may be counted.
const OF_RECORDS: [&str; 28] = [
    "records",
    "record",
    "items",
    "item",
    "data",
    "rows",
    "row",
    "elements",
    "element",
    "results",
    "result",
    "hits",
    "entries",
    "objects",
    "docs",
    "documents",
    "services",
    "service",
    "layanan",
    "number",
    "num",
    "of",
    "all",
    "x",
    "semua",
    "seluruh",
    "value",
    "baris",
];
const OF_PAGES: [&str; 5] = ["page", "pages", "halaman", "hal", "laman"];
const LAST_OF_PAGES: [&str; 12] = [
    "last", "total", "count", "jumlah", "max", "num", "number", "of", "banyak", "terakhir", "all",
    "akhir",
];

/// What was read, and what should have been.
#[derive(Default)]
pub struct Extent {
    /// The page on which each record came first.
    first: HashMap<Identity, usize>,
    pages: u64,
    again: u64,
    /// Where one came again, and where it had come before.
    example: Option<(String, usize)>,
    /// The most that is said, and where.
    says: HashMap<Unit, (u64, String)>,
}

/// What is counted.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub enum Unit {
    Records,
    Pages,
}

/// How much there is, as a page's header says.
pub struct Told {
    pub unit: Unit,
    pub number: u64,
    /// The header's field.
    pub place: &'static str,
}

impl Extent {
    /// Takes up what a page says of the whole.
    pub fn page(&mut self, page: &Val, header: &[Told]) {
        self.pages += 1;
        header.iter().for_each(|told| self.say(told.unit, told.number, told.place));
        each(page, "", 3, &mut |place, value| {
            let number = count(value).or_else(|| text(value)?.trim().parse().ok());
            if let (Some(unit), Some(number)) = (unit(place), number) {
                self.say(unit, number, place);
            }
        });
    }

    /// Takes up a record; true for one that no other page had. The same one twice on one page is
    /// the source's own; on another page it is there because the pages moved.
    pub fn record(&mut self, page: usize, found_at: &str, record: Identity) -> bool {
        let before = *self.first.entry(record).or_insert(page);
        if before != page {
            self.again += 1;
            self.example.get_or_insert_with(|| (found_at.to_owned(), before));
        }
        before == page
    }

    /// How much more the source has than was read, as far as it can be told.
    pub fn beyond(&self, items: u64) -> Option<String> {
        let records = items - self.again;
        let had = [(Unit::Records, records, "records"), (Unit::Pages, self.pages, "pages")];
        let missing = had.into_iter().find_map(|(unit, had, what)| {
            let (says, place) = self.says.get(&unit)?;
            let text =
                || format!("the source says \"{place}\": {says}, and {had} {what} were found");
            (*says > had).then(text)
        });
        let again = self.example.as_ref().map(|(found_at, before)| {
            let times = self.again;
            format!(
                "{times} records came twice, such as {found_at}, which page {before} had already: \
                 where pages move while they are read, others are missed; ask for a fixed order"
            )
        });
        match (missing, again) {
            (Some(missing), Some(again)) => Some(format!("{missing}; {again}")),
            // All that it says to have came as well.
            (None, Some(_)) if self.says.contains_key(&Unit::Records) => None,
            (missing, again) => missing.or(again),
        }
    }

    fn say(&mut self, unit: Unit, number: u64, place: &str) {
        let most = self.says.entry(unit).or_default();
        if number > most.0 || most.1.is_empty() {
            *most = (number, place.to_owned());
        }
    }
}

/// What a number of this name counts, where it counts all.
fn unit(place: &str) -> Option<Unit> {
    let mut names = place.rsplit('.');
    let mut name = words(names.next().unwrap_or(place));
    // {"total": {"value": 120}}
    if name == ["value"] {
        name = words(names.next().unwrap_or_default());
    }
    let all = |allowed: &[&[&str]]| {
        name.iter().all(|word| allowed.iter().any(|list| list.contains(&word.as_str())))
    };
    let any = |list: &[&str]| name.iter().any(|word| list.contains(&word.as_str()));
    if name == ["pages"]
        || (any(&OF_PAGES) && any(&LAST_OF_PAGES) && all(&[&OF_PAGES, &LAST_OF_PAGES]))
    {
        // "page number" is where one is.
        let is_here =
            !name.iter().any(|word| word == "pages") && all(&[&OF_PAGES, &["number", "num", "of"]]);
        return (!is_here).then_some(Unit::Pages);
    }
    (any(&OF_ALL) && all(&[&OF_ALL, &OF_RECORDS])).then_some(Unit::Records)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(pages: &[(&str, &[u128])]) -> Option<String> {
        let mut extent = Extent::default();
        let mut items = 0;
        for (number, (text, records)) in pages.iter().enumerate() {
            extent.page(&jaq_json::read::parse_single(text.as_bytes()).expect("JSON"), &[]);
            for record in *records {
                items += 1;
                extent.record(number, &format!("page {}", number + 1), *record);
            }
        }
        extent.beyond(items)
    }

    #[test]
    fn a_source_that_says_that_it_has_more_is_believed_on_each_of_its_pages() {
        let said =
            |text: &str| read(&[(text, &[1, 2]), ("{\"data\": []}", &[])]).unwrap_or_default();
        for text in [
            r#"{"meta": {"total": 3}}"#,
            r#"{"total": "3"}"#,
            r#"{"jumlah_layanan": 3}"#,
            r#"{"recordsTotal": 3}"#,
            r#"{"hits": {"total": {"value": 3}}}"#,
            r#"{"last_page": 3}"#,
            r#"{"pagination": {"page": 1, "pages": 3}}"#,
            r#"{"numberOfPages": 3}"#,
            r#"{"jumlahHalaman": 3}"#,
        ] {
            assert!(said(text).contains(": 3, and 2"), "{text}: {}", said(text));
        }
        for text in [
            r#"{"total": 2, "count": 2, "last_page": 1, "data": [{"total": 900}]}"#,
            r#"{"total_biaya": 50000, "page_size": 50, "per_page": 50, "page": 9, "pageNumber": 9}"#,
        ] {
            assert_eq!(said(text), "", "{text}");
        }
    }

    #[test]
    fn a_record_that_comes_again_on_another_page_counts_once() {
        let told = r#"{"total": 4}"#;
        let said = read(&[(told, &[1, 2]), (told, &[2, 3])]).expect("one is missed");
        assert!(said.contains("3 records were found") && said.contains("1 records came twice"));
        assert!(read(&[("{}", &[1, 2]), ("{}", &[2, 3])]).expect("moved").contains("page 2"));
        assert_eq!(read(&[(r#"{"total": 3}"#, &[1, 2]), (told, &[2, 3, 4])]), None, "all came");
        assert_eq!(read(&[(told, &[1, 1]), (told, &[2, 2])]), None, "the source's own");
    }
}
