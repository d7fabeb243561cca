//! Signs on a page that it is not the last. They are known by the meaning of names and values
//! rather than by a list of names, since a name that such a list lacks would end a catalog in
//! silence.

use jaq_json::Val;

use super::{
    prose::{Counted, amount, counted, says_cut},
    spoken::holds,
};
use crate::source::pages::{
    links::{ADDRESSES, says_next},
    place::{beside, count, key, shape, text, texts},
};

/// Values of a next-page field that mean that there is no next page.
const IN_TIME: [&str; 18] = [
    "update", "updated", "sync", "refresh", "run", "date", "time", "at", "in", "day", "week",
    "month", "year", "holiday", "release", "review", "jadwal", "tanggal",
];
/// Words for a source's place in its list.
const MARKS: [&str; 10] = [
    "cursor",
    "continuation",
    "continue",
    "token",
    "scroll",
    "bookmark",
    "resumption",
    "resume",
    "after",
    "lanjutan",
];
/// Tokens of another kind.
const OF_ACCESS: [&str; 12] = [
    "access", "refresh", "csrf", "xsrf", "auth", "api", "id", "type", "user", "bearer", "session",
    "before",
];
const LAST: [&str; 12] = [
    "last",
    "final",
    "done",
    "end",
    "finished",
    "complete",
    "completed",
    "terakhir",
    "selesai",
    "lengkap",
    "utuh",
    "whole",
];
const CUT: [&str; 13] = [
    "truncated",
    "incomplete",
    "partial",
    "terpotong",
    "sebagian",
    "timed",
    "exceeded",
    "exceeds",
    "dibatasi",
    "capped",
    "parsial",
    "dipotong",
    "melebihi",
];
/// Words for true.
const YES: [&str; 6] = ["true", "yes", "ya", "y", "1", "iya"];
/// Parts of a search of which some may have failed.
const PARTS: [&str; 7] = ["shard", "shards", "partition", "partitions", "node", "nodes", "sources"];
const LEFT: &str = "remaining remainder left leftover sisa sisanya tersisa rest omitted skipped \
    dropped unread unloaded outstanding pending dilewati dilewatkan tertinggal kurang belum missing \
    hilang disembunyikan hidden withheld";
/// Words with which a name tells the rest of something else than the list, such as of a quota.
const OF_CALLS: [&str; 20] = [
    "rate", "limit", "quota", "kuota", "credits", "calls", "requests", "time", "waktu", "seconds",
    "days", "hari", "antrian", "antrean", "queue", "slot", "slots", "kursi", "jobs", "bayar",
];

/// Fields in which a source says in words how it answered.
const MESSAGES: [&str; 24] = [
    "message",
    "messages",
    "msg",
    "pesan",
    "detail",
    "details",
    "keterangan",
    "warning",
    "warnings",
    "notice",
    "info",
    "note",
    "notes",
    "catatan",
    "peringatan",
    "status",
    "state",
    "hasil",
    "result",
    "remark",
    "remarks",
    "alert",
    "completeness",
    "kelengkapan",
];

/// The words of a name: "hasMorePages" and "has_more_pages" are three.
pub fn words(name: &str) -> Vec<String> {
    let mut words: Vec<String> = Vec::new();
    let mut before = ' ';
    for sign in name.chars() {
        let starts = !before.is_alphanumeric() || (sign.is_uppercase() && before.is_lowercase());
        if sign.is_alphanumeric() {
            match words.last_mut() {
                Some(word) if !starts => word.extend(sign.to_lowercase()),
                _ => words.push(sign.to_lowercase().collect()),
            }
        }
        before = sign;
    }
    words
}

/// Signs beside the rows that there is more, other than the value at `looked_at`.
pub fn sign(page: &Val, rows: &[Val], looked_at: &str) -> Option<String> {
    let looked_at = looked_at.trim_start_matches('/').replace('/', ".");
    let within = |place: &str| {
        place == looked_at
            || place.strip_prefix(&looked_at).is_some_and(|rest| rest.starts_with('.'))
    };
    let (mut sure, mut likely, mut denied) = (None, None, false);
    beside(page, rows, &mut |place, value| {
        let said = says(place, value);
        denied |= said == MoreSign::Last;
        if !looked_at.is_empty() && within(place) {
            return;
        }
        let found = || format!("{} at \"{place}\"", shape(value));
        match said {
            MoreSign::More => drop(sure.get_or_insert_with(found)),
            MoreSign::Mark => drop(likely.get_or_insert_with(found)),
            MoreSign::Last | MoreSign::Nothing => {}
        }
    });
    // Some sources send a cursor with the last page, too, and say that it is the last.
    sure.or(likely.filter(|_| !denied))
}

/// True if a page says that it is the last.
pub fn says_last(page: &Val, rows: &[Val]) -> bool {
    let mut denied = false;
    beside(page, rows, &mut |place, value| denied |= says(place, value) == MoreSign::Last);
    denied
}

/// True for a value that is judged by its name: more, a mark, or the end.
pub fn is_judged(place: &str, value: &Val) -> bool {
    says(place, value) != MoreSign::Nothing
}

/// True for the name of a number that tells how much is left: of the list, which the last page
/// tells, or of something else.
pub fn names_what_is_left(place: &str) -> bool {
    words(place.rsplit('.').next().unwrap_or(place)).iter().any(|word| holds(LEFT, word))
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum MoreSign {
    /// There is another page.
    More,
    /// A mark from which it may go on.
    Mark,
    /// This is the last page.
    Last,
    Nothing,
}

fn says(place: &str, value: &Val) -> MoreSign {
    let name = words(place.rsplit('.').next().unwrap_or(place));
    let dotted = words(place);
    let any = |list: &[&str]| name.iter().any(|word| list.contains(&word.as_str()));
    let starts = |with: &str| name.iter().any(|word| word.starts_with(with));
    let more = starts("more") || starts("hasmore");
    let next = starts("next") || starts("hasnext") || starts("berikut") || starts("selanjut");
    if (more || next) && !any(&IN_TIME) {
        return if is_set(value) { MoreSign::More } else { MoreSign::Last };
    }
    if any(&CUT) || (any(&LAST) && matches!(value, Val::Bool(_))) {
        return match value {
            Val::Bool(flag) if *flag == any(&CUT) => MoreSign::More,
            Val::Bool(_) => MoreSign::Last,
            _ if any(&CUT) && says_yes(value) => MoreSign::More,
            _ => MoreSign::Nothing,
        };
    }
    if any(&["failed"]) && dotted.iter().any(|word| PARTS.contains(&word.as_str())) {
        return if is_set(value) { MoreSign::More } else { MoreSign::Nothing };
    }
    if name.iter().any(|word| holds(LEFT, word))
        && !dotted.iter().any(|word| OF_CALLS.contains(&word.as_str()))
    {
        let left = count(value).or_else(|| amount(&text(value)?));
        let are_left = left.map_or_else(|| is_list(value), |left| left > 0);
        return if are_left { MoreSign::More } else { MoreSign::Nothing };
    }
    if texts(value).iter().any(|said| matches!(counted(said), Some(Counted::Left(1..)))) {
        return MoreSign::More;
    }
    if any(&MESSAGES) && texts(value).iter().any(|said| says_cut(said)) {
        return MoreSign::More;
    }
    let is_mark = any(&MARKS) && !name.iter().any(|word| OF_ACCESS.contains(&word.as_str()));
    match value {
        Val::TStr(_) | Val::Num(_) if is_mark && is_set(value) => MoreSign::Mark,
        Val::Arr(links) if leads_on(links) => MoreSign::More,
        _ => MoreSign::Nothing,
    }
}

fn is_list(value: &Val) -> bool {
    matches!(value, Val::Arr(items) if !items.is_empty())
}

fn says_yes(value: &Val) -> bool {
    let said = text(value).map(|said| said.trim().to_lowercase());
    count(value) == Some(1) || said.is_some_and(|said| YES.contains(&said.as_str()))
}

/// A list of links of which one says that it is the next.
fn leads_on(links: &[Val]) -> bool {
    links.iter().any(|link| says_next(link) && has_address(link))
}

fn has_address(link: &Val) -> bool {
    ADDRESSES.iter().any(|name| key(link, name).is_some_and(is_set))
}

fn is_set(value: &Val) -> bool {
    match value {
        Val::Null | Val::Bool(false) => false,
        Val::TStr(_) => {
            let said = text(value).unwrap_or_default().trim().to_lowercase();
            !["", "0", "-1", "false", "no", "none", "null", "n", "tidak", "#"]
                .contains(&said.as_str())
        }
        Val::Num(_) => count(value).is_some_and(|number| number > 0),
        Val::Arr(items) => !items.is_empty(),
        Val::Obj(map) => {
            has_address(value)
                || map
                    .values()
                    .any(|inner| !matches!(inner, Val::Obj(_) | Val::Arr(_)) && is_set(inner))
        }
        _ => true,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn found(page: &str, looked_at: &str) -> Option<String> {
        let page = jaq_json::read::parse_single(page.as_bytes()).expect("JSON");
        let rows = match key(&page, "data") {
            Some(Val::Arr(rows)) => rows.as_slice(),
            _ => &[],
        };
        sign(&page, rows, looked_at)
    }

    #[test]
    fn whatever_speaks_of_more_is_heard() {
        for page in [
            r#"{"nextToken": "x"}"#,
            r#"{"cursor": "x"}"#,
            r#"{"hasMorePages": true}"#,
            r#"{"more": true}"#,
            r#"{"_shards": {"total": 5, "failed": 2}}"#,
            r#"{"timed_out": true}"#,
            r#"{"more": "true"}"#,
            r#"{"hasmore": 1}"#,
            r#"{"nextBatch": "b-7"}"#,
            r#"{"halaman_berikutnya": 2}"#,
            r#"{"meta": {"paging": {"continuationToken": "x"}}}"#,
            r#"{"_scroll_id": "", "scroll": "x"}"#,
            r#"{"isLast": false}"#,
            r#"{"last": false}"#,
            r#"{"IsTruncated": true}"#,
            r#"{"incomplete_results": true}"#,
            r#"{"remaining": 70}"#,
            r#"{"remaining": "30"}"#,
            r#"{"exceededTransferLimit": true}"#,
            r#"{"truncated": "ya"}"#,
            r#"{"lengkap": false}"#,
            r#"{"sisa": "tiga puluh"}"#,
            r#"{"belum_dimuat": 30}"#,
            r#"{"a": {"b": {"c": {"d": {"has_more": true}}}}}"#,
            r#"{"teks": "Masih ada 30 layanan lagi"}"#,
            r#"{"info": [{"name": "remaining", "value": 7}, {"name": "x", "value": 1}]}"#,
            r#"{"links": [{"rel": ["next"], "href": "?page=2"}]}"#,
            r#"{"pagination": {"links": [{"label": "»", "url": "?page=2"}]}}"#,
            r#"{"@odata.nextLink": "?page=2"}"#,
            r#"{"next": "", "has_more": true}"#,
            r#"{"status": "partial"}"#,
            r#"{"message": "Hasil dibatasi 6 baris pertama"}"#,
            r#"{"meta": {"warnings": ["result truncated at 6"]}}"#,
            r#"{"x-next-page": "2"}"#,
        ] {
            assert!(found(page, "next").is_some(), "{page}");
        }
    }

    #[test]
    fn what_speaks_of_something_else_or_of_the_end_is_let_be() {
        for page in [
            r#"{"next": null, "has_more": false, "cursor": "x"}"#,
            r#"{"pageInfo": {"hasNextPage": false, "endCursor": "x"}}"#,
            r#"{"number": 0, "totalPages": 1, "last": true, "first": true}"#,
            r#"{"access_token": "x", "csrfToken": "y", "token_type": "bearer"}"#,
            r#"{"next_update": "2026-12-01", "rate_limit": {"remaining": 59}}"#,
            r#"{"next": {"href": null}, "links": [{"rel": "next", "href": null}, {"rel": "self", "href": "x"}]}"#,
            r#"{"status": "ok", "last_updated": "2026", "last_page": 1, "last_page_url": "?page=1"}"#,
            r#"{"status": "complete", "message": "Data lengkap, tidak terpotong"}"#,
            r#"{"x-next-page": "", "retry": "2"}"#,
            r#"{"remaining": "0", "sisa_antrian": 12, "sisa_kuota": "4", "belum": "tidak ada"}"#,
            r#"{"data": [{"next": "Izin lanjutan", "more": true}]}"#,
        ] {
            assert_eq!(found(page, "tautan"), None, "{page}");
        }
        assert_eq!(found(r#"{"links": {"next": {"label": "x"}}}"#, "links.next"), None);
        assert_eq!(words("@odata.nextLink"), ["odata", "next", "link"]);
        assert_eq!(words("has_more-Pages2"), ["has", "more", "pages2"]);
    }
}
