//! The unit of a number beside the rows, by the name of its field.

use super::more::words;

const OF_ALL: [&str; 8] =
    ["total", "totals", "count", "counts", "jumlah", "banyak", "banyaknya", "found"];
/// Names of things that are counted as records.
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
const OF_PAGES: [&str; 6] = ["page", "pages", "halaman", "hal", "laman", "lembar"];
/// Objects that tell of pages: within one, "last" is the number of the last page.
const PAGERS: [&str; 6] = ["page", "paging", "pagination", "pager", "halaman", "paginasi"];
/// Other names for parts of a list: within such an object, "total" counts parts.
const PARTS: [&str; 10] =
    ["chunk", "chunks", "part", "parts", "bagian", "segment", "segmen", "batch", "volume", "jilid"];
const OF_PARTS: [&str; 6] = ["count", "total", "jumlah", "of", "dari", "banyak"];
const LAST: [&str; 7] = ["last", "max", "of", "terakhir", "akhir", "dari", "end"];
const LAST_OF_PAGES: [&str; 12] = [
    "last", "total", "count", "jumlah", "max", "num", "number", "of", "banyak", "terakhir", "all",
    "akhir",
];

/// The unit of a count.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub enum Unit {
    /// Rows of the list.
    Records,
    /// Pages of it.
    Pages,
    /// Not named, so it could be records.
    Unnamed,
}

/// True if a name speaks of pages.
pub fn names_pages(place: &str) -> bool {
    let is_of = |word: &String| OF_PAGES.contains(&word.as_str()) || PARTS.contains(&word.as_str());
    words(place).iter().any(is_of)
}

/// The words of a field's name; "totalpages" is two, and a header's prefix, such as "X-WP-", is
/// left out.
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

/// The unit of a number of this name, if it counts all.
pub fn unit(place: &str) -> Option<Unit> {
    let mut names = place.rsplit('.');
    let mut name = parted(names.next().unwrap_or(place));
    // {"total": {"value": 120}}
    if name == ["value"] {
        name = parted(names.next().unwrap_or_default());
    }
    if name == ["content", "range", "total"] {
        return Some(Unit::Records);
    }
    let parent = parted(names.next().unwrap_or_default());
    if let ([own], [.., pager]) = (name.as_slice(), parent.as_slice())
        && LAST.contains(&own.as_str())
        && PAGERS.contains(&pager.as_str())
    {
        return Some(Unit::Pages);
    }
    if let ([own], [.., part]) = (name.as_slice(), parent.as_slice())
        && OF_PARTS.contains(&own.as_str())
        && PARTS.contains(&part.as_str())
    {
        return Some(Unit::Pages);
    }
    let all = |allowed: &[&[&str]]| {
        name.iter().all(|word| allowed.iter().any(|list| list.contains(&word.as_str())))
    };
    let any = |list: &[&str]| name.iter().any(|word| list.contains(&word.as_str()));
    if name == ["pages"]
        || (any(&OF_PAGES) && any(&LAST_OF_PAGES) && all(&[&OF_PAGES, &LAST_OF_PAGES]))
    {
        // "page number" is the present page.
        let is_here =
            !name.iter().any(|word| word == "pages") && all(&[&OF_PAGES, &["number", "num", "of"]]);
        return (!is_here).then_some(Unit::Pages);
    }
    (any(&OF_ALL) && all(&[&OF_ALL, &OF_RECORDS])).then_some(Unit::Records)
}
