//! Pages of any shape: whatever a source answers, the readers of the members beside its rows say
//! something of it, and none of them panics.

use jaq_json::Val;

use super::{
    pages::{envelope, next::Next, place},
    whole::{
        account::{self, PageSoFar},
        address::Address,
        extent::{Extent, SeenPage},
        full, more, says, spoken,
    },
};

/// Names of members, of all kinds that the readers know, and some that none does.
const NAMES: [&str; 32] = [
    "total",
    "count",
    "limit",
    "per_page",
    "offset",
    "page",
    "last_page",
    "next",
    "links",
    "href",
    "cursor",
    "has_more",
    "status",
    "code",
    "message",
    "pesan",
    "error",
    "success",
    "warning",
    "meta",
    "pagination",
    "hits",
    "value",
    "rel",
    "data",
    "items",
    "kode",
    "catatan",
    "sisa",
    "terakhir",
    "qzx",
    "spatialReference",
];
/// Values, as JSON.
const VALUES: [&str; 26] = [
    "null",
    "true",
    "false",
    "0",
    "1",
    "2",
    "42",
    "-1",
    "1.5",
    "1e300",
    "18446744073709551616",
    "\"\"",
    "\"ok\"",
    "\"1-2/42\"",
    "\"2 dari 42\"",
    "\"empat puluh dua\"",
    "\"/x?page=2\"",
    "\"http://a.test/x?offset=99999999999999999999\"",
    "\"{?page}\"",
    "\"gagal\"",
    "\"...\"",
    "\"２ dari ３\"",
    "[]",
    "{}",
    "[1, 2]",
    "[{\"rel\": \"next\", \"href\": \"\"}]",
];

/// A member of a page from three bytes; deeper ones hold others.
fn member(bytes: &mut std::slice::Iter<'_, u8>, depth: usize) -> Option<String> {
    let name = NAMES[usize::from(*bytes.next()?) % NAMES.len()];
    let kind = *bytes.next()?;
    let value = match kind % 5 {
        0 if depth > 0 => format!("{{{}}}", members(bytes, depth - 1, kind % 4)),
        1 if depth > 0 => format!("[{{{}}}]", members(bytes, depth - 1, kind % 4)),
        _ => VALUES[usize::from(*bytes.next()?) % VALUES.len()].to_owned(),
    };
    Some(format!("\"{name}\": {value}"))
}

fn members(bytes: &mut std::slice::Iter<'_, u8>, depth: usize, most: u8) -> String {
    let members = (0..=most).map_while(|_| member(bytes, depth));
    members.collect::<Vec<_>>().join(", ")
}

/// A page with two rows, and whatever stands beside them.
fn page(beside: &str) -> Val {
    let comma = if beside.is_empty() { "" } else { ", " };
    let text = format!("{{{beside}{comma}\"layanan\": [{{\"a\": 1}}, {{\"a\": 2}}]}}");
    jaq_json::read::parse_single(text.as_bytes()).expect("JSON")
}

fn rows(page: &Val) -> &[Val] {
    match place::key(page, "layanan") {
        Some(Val::Arr(rows)) => rows.as_slice(),
        _ => &[],
    }
}

/// Reads a page by all readers; answers the members that nothing accounts for.
fn read(page: &Val, location: &str) -> Vec<account::Unknown> {
    let rows = rows(page);
    let _ = envelope::refusal(page, false);
    let _ = envelope::items(page, &"layanan".into(), location);
    let mut extent = Extent::default();
    let _ = extent.page(&SeenPage { page, rows, location });
    let _ = (extent.beyond(2), extent.all_read(2), extent.says_how_many());
    let _ = (more::sign(page, rows, "next"), more::says_last(page, rows));
    let _ = full::bound(page, rows, location, &[]);
    let next = Next { link: "next".into(), parameter: String::new() };
    let _ = next.after((page, rows), None, location, true);
    let _ = account::beyond(page, rows, location, 2);
    account::unknown(&PageSoFar {
        page,
        rows,
        location,
        pages: 1,
        records: 2,
        next: "",
        is_last: true,
        is_counted: false,
    })
}

#[test]
fn no_page_makes_a_reader_panic_and_what_none_knows_is_named() {
    bolero::check!().with_iterations(500).with_type::<Vec<u8>>().for_each(|bytes: &Vec<u8>| {
        let beside = members(&mut bytes.iter(), 3, 6);
        for location in ["http://a.test/x?limit=2", "katalog.json"] {
            read(&page(&beside), location);
            // An unknown member is named, whatever else there is, up to twelve of them.
            let added =
                format!("\"qwzx\": \"k-11\"{}{beside}", if beside.is_empty() { "" } else { ", " });
            let unknown = read(&page(&added), location);
            let is_named = unknown.iter().any(|one| one.place == "qwzx");
            assert!(is_named || unknown.len() >= 12, "{added}");
        }
        let ignored = place::without(&page(&beside), &NAMES.map(str::to_owned));
        assert!(read(&ignored, "katalog.json").is_empty(), "{beside}");
    });
}

#[test]
fn no_text_of_an_answer_makes_a_reader_panic() {
    bolero::check!().with_iterations(3_000).with_type::<(String, String)>().for_each(
        |(one, two)| {
            let _ = (says::is_success(one), says::is_success_code(one), spoken::flag(one));
            let _ = spoken::is_plain_form(one);
            let words = more::words(one);
            let _ = (spoken::is_flag(&words, true), spoken::code_name(&words));
            for location in ["http://a.test/x?page=1", two] {
                let _ = Address::of(one, location).and_then(|address| address.offset());
            }
            let whole = serde_json::json!({ one.as_str(): two, "layanan": [] }).to_string();
            let page = jaq_json::read::parse_single(whole.as_bytes()).expect("JSON");
            read(&page, "http://a.test/x");
        },
    );
}
