//! A page that is as full as an answer may be: if nothing says that it is the last, there may be
//! more behind it.

use jaq_json::Val;
use url::Url;

use super::{more::words, prose::amount, spoken::holds};
use crate::source::pages::place::{beside, count, text};

/// Names for the most records that an answer may hold, as letters.
const MOST: &str = " limit pagelimit perpage pagesize maxresults maxrecords maxrows batas top take \
    rowsperpage itemsperpage resultsperpage recordsperpage dataperpage perhalaman perhal \
    dataperhalaman jumlahperhalaman barisperhalaman ukuranhalaman maksimum ";
/// Further names by which an address asks for a number of records.
const ASKED: &str = " rows count size length jumlah num max first n banyak ";
/// Names of parameters that say where an answer begins, and not how much it holds.
const WHERE: &str = " page pages p pagenumber pageno halaman hal laman nomorhalaman offset start \
    skip from mulai dari after since id ";

/// The bound on the page, or in its address, that exactly as many records came as, if there is one.
/// `ignore` names what counts nothing.
pub fn bound(page: &Val, rows: &[Val], location: &str, ignore: &[String]) -> Option<String> {
    let came = rows.len() as u64;
    let mut found = None;
    beside(page, rows, &mut |place, value| {
        let name = words(place.rsplit('.').next().unwrap_or(place)).concat();
        let number = count(value).or_else(|| amount(&text(value)?));
        if came > 0 && holds(MOST, &name) && number == Some(came) {
            found.get_or_insert_with(|| format!("\"{place}\": {came}"));
        }
    });
    found.or_else(|| asked(location, came, ignore))
}

/// The parameter of the address that is the number of what came. Of a name that nobody knows one
/// that is 1 may be a switch.
fn asked(location: &str, came: u64, ignore: &[String]) -> Option<String> {
    let url = Url::parse(location).ok()?;
    let mut pairs = url.query_pairs();
    let (name, _) = pairs.find(|(name, value)| {
        let letters = words(name).concat();
        let is_bound = holds(MOST, &letters) || holds(ASKED, &letters);
        let may_be = came > 1 && !holds(WHERE, &letters) && !ignore.iter().any(|one| one == name);
        came > 0 && (is_bound || may_be) && value.parse() == Ok(came)
    })?;
    Some(format!("{name}={came} in its address"))
}

/// The message about a page that is as full as its bound.
pub fn message(bound: &str) -> String {
    format!(
        "as many records came as {bound} allows, and nothing says that these are all; ask for more at \
         once, set next to what leads to the next page, or complete to the number of all; where \
         that counts nothing, name it in ignore"
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
            bound(&page, rows, location, &["bulan".to_owned()])
        };
        for (page, location) in [
            (r#"{"limit": 2, "data": [1, 2]}"#, "x.json"),
            (r#"{"meta": {"per_page": "2"}, "data": [1, 2]}"#, "x.json"),
            (r#"{"data": [1, 2]}"#, "http://a.test/x?$top=2"),
            (r#"{"data": [1, 2]}"#, "http://a.test/x?jumlah=2&urut=nama"),
            (r#"{"data": [1, 2]}"#, "http://a.test/x?tampil=2"),
            (r#"{"data": [1, 2]}"#, "http://a.test/x?aktif=1&baris=2"),
        ] {
            assert!(full(page, location).is_some(), "{page} {location}");
        }
        for (page, location) in [
            (r#"{"limit": 10, "data": [1, 2]}"#, "http://a.test/x?limit=10"),
            (r#"{"jumlah": 2, "data": [1, 2]}"#, "http://a.test/x?halaman=2"),
            (r#"{"data": [1, 2]}"#, "http://a.test/x?bulan=2"),
            (r#"{"data": [1]}"#, "http://a.test/x?aktif=1"),
            (r#"{"limit": 0, "data": []}"#, "http://a.test/x?limit=0"),
        ] {
            assert_eq!(full(page, location), None, "{page} {location}");
        }
    }
}
