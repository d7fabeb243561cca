//! A page that is as full as an answer may be: where nothing says that it is the last, there may
//! be more behind it.

use jaq_json::Val;
use url::Url;

use super::{more::words, prose::amount, spoken::holds};
use crate::source::pages::place::{beside, count, text};

/// Names for the most records that an answer may hold, as letters.
const MOST: &str = " limit pagelimit perpage pagesize maxresults maxrecords maxrows batas top take \
    rowsperpage itemsperpage resultsperpage recordsperpage dataperpage perhalaman perhal \
    dataperhalaman jumlahperhalaman barisperhalaman ukuranhalaman maksimum ";
/// Further names by which an address asks for so many.
const ASKED: &str = " rows count size length jumlah num max first n banyak ";

/// The bound on the page, or in its address, that exactly as many records came as, if there is one.
pub fn bound(page: &Val, rows: &[Val], location: &str) -> Option<String> {
    let came = rows.len() as u64;
    let mut found = None;
    beside(page, rows, &mut |place, value| {
        let name = words(place.rsplit('.').next().unwrap_or(place)).concat();
        let number = count(value).or_else(|| amount(&text(value)?));
        if came > 0 && holds(MOST, &name) && number == Some(came) {
            found.get_or_insert_with(|| format!("\"{place}\": {came}"));
        }
    });
    found.or_else(|| asked(location, came))
}

fn asked(location: &str, came: u64) -> Option<String> {
    let url = Url::parse(location).ok()?;
    let mut pairs = url.query_pairs();
    let (name, _) = pairs.find(|(name, value)| {
        let letters = words(name).concat();
        let is_bound = holds(MOST, &letters) || holds(ASKED, &letters);
        came > 0 && is_bound && value.parse() == Ok(came)
    })?;
    Some(format!("{name}={came} in its address"))
}

/// The message about a page that is as full as its bound.
pub fn message(bound: &str) -> String {
    format!(
        "as many records came as {bound} allows, and nothing says that these are all; ask for more at \
         once, set next to what leads to the next page, or complete to the number of all"
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_page_is_full_where_as_many_came_as_may() {
        let full = |page: &str, location: &str| {
            let page = jaq_json::read::parse_single(page.as_bytes()).expect("JSON");
            let rows = match crate::source::pages::place::key(&page, "data") {
                Some(Val::Arr(rows)) => rows.as_slice(),
                _ => &[],
            };
            bound(&page, rows, location)
        };
        for (page, location) in [
            (r#"{"limit": 2, "data": [1, 2]}"#, "x.json"),
            (r#"{"meta": {"per_page": "2"}, "data": [1, 2]}"#, "x.json"),
            (r#"{"data": [1, 2]}"#, "http://a.test/x?$top=2"),
            (r#"{"data": [1, 2]}"#, "http://a.test/x?jumlah=2&urut=nama"),
        ] {
            assert!(full(page, location).is_some(), "{page} {location}");
        }
        for (page, location) in [
            (r#"{"limit": 10, "data": [1, 2]}"#, "http://a.test/x?limit=10"),
            (r#"{"jumlah": 2, "data": [1, 2]}"#, "http://a.test/x?tahun=2"),
            (r#"{"limit": 0, "data": []}"#, "http://a.test/x?limit=0"),
        ] {
            assert_eq!(full(page, location), None, "{page} {location}");
        }
    }
}
