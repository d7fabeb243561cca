//! How much a source says that it has, against what came: the most that any of its pages names,
//! against records that are not the same one again.

use std::collections::HashMap;

use jaq_json::Val;

use super::{
    more::words,
    place::{count, each, texts},
    prose::{OutOf, leading, out_of},
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
enum Unit {
    Records,
    Pages,
}

impl Extent {
    /// Takes up what a page says of the whole.
    pub fn page(&mut self, page: &Val) {
        self.pages += 1;
        self.told(page);
    }

    /// Takes up what a part of a page, or the fields of its answer, say of the whole.
    pub fn told(&mut self, part: &Val) {
        each(part, "", 3, &mut |place, value| {
            let unit = unit(place);
            if let (Some(unit), Some(number)) = (unit, count(value)) {
                self.say(unit, number, place);
            }
            for said in texts(value) {
                self.hear(place, unit, &said);
            }
        });
    }

    /// A number as text: by the name of its field, or in a sentence.
    fn hear(&mut self, place: &str, unit: Option<Unit>, said: &str) {
        let names_pages = words(place).iter().any(|word| OF_PAGES.contains(&word.as_str()));
        if let Some(OutOf { all, pages }) = out_of(said, unit.is_some() || names_pages) {
            let counts_pages = pages || names_pages || unit == Some(Unit::Pages);
            self.say(if counts_pages { Unit::Pages } else { Unit::Records }, all, place);
        } else if let (Some(unit), Some(number)) = (unit, leading(said)) {
            self.say(unit, number, place);
        }
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

/// The words of a field's name; "totalpages" is two, and what stands before them in a field of an
/// answer, such as "X-WP-", tells nothing.
fn parted(name: &str) -> Vec<String> {
    let own = words(name).into_iter().flat_map(|word| split(&word).unwrap_or(vec![word]));
    let mut own: Vec<String> = own.collect();
    if own.first().is_some_and(|word| word == "x") {
        let known = own.iter().position(|word| word != "x" && is_known(word));
        own.drain(..known.unwrap_or(0));
    }
    own
}

fn is_known(word: &str) -> bool {
    [&OF_ALL[..], &OF_RECORDS, &OF_PAGES, &LAST_OF_PAGES].iter().any(|list| list.contains(&word))
}

/// A word that is two known ones written together.
fn split(word: &str) -> Option<Vec<String>> {
    let long = |part: &str| part.len() > 2 && is_known(part);
    let mut cuts = word.char_indices().map(|(at, _)| word.split_at(at));
    let (one, two) = cuts.find(|(one, two)| long(one) && long(two))?;
    (!is_known(word)).then(|| vec![one.to_owned(), two.to_owned()])
}

/// What a number of this name counts, where it counts all.
fn unit(place: &str) -> Option<Unit> {
    let mut names = place.rsplit('.');
    let mut name = parted(names.next().unwrap_or(place));
    // {"total": {"value": 120}}
    if name == ["value"] {
        name = parted(names.next().unwrap_or_default());
    }
    if name == ["content", "range", "total"] {
        return Some(Unit::Records);
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
            extent.page(&jaq_json::read::parse_single(text.as_bytes()).expect("JSON"));
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
            r#"{"totalpages": 3}"#,
            r#"{"meta": {"totaldata": "3"}}"#,
            r#"{"total": "3 data"}"#,
            r#"{"halaman": "1/3"}"#,
            r#"{"keterangan": "Menampilkan 1 sampai 2 dari 3 data"}"#,
            r#"{"info": ["Halaman 1 dari 3"]}"#,
            r#"{"x-total": "3"}"#,
            r#"{"x-wp-total": "3"}"#,
            r#"{"x-total-pages": "3"}"#,
            r#"{"x-wp-totalpages": "3"}"#,
            r#"{"content range total": "3"}"#,
        ] {
            assert!(said(text).contains(": 3, and 2"), "{text}: {}", said(text));
        }
        let grouped = said(r#"{"totalRecords": "1.234"}"#);
        assert!(grouped.contains(": 1234, and 2"), "{grouped}");
        for text in [
            r#"{"x-runtime": "12", "x-total-time": "9", "x-request-id": "77", "content-length": "512"}"#,
            r#"{"tanggal": "12/04/2026", "versi": "1/4", "total": "-1", "page": "1"}"#,
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
