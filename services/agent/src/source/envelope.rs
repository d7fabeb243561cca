//! What surrounds the list on a page of JSON: whether the source refuses to answer, where the list
//! is, and how much the source says that there is.

use jaq_json::Val;

use super::{
    fault::{Fault, excerpt},
    place::{self, Setting, count, each, key, shape, text},
};

/// Keys by which an answer says whether it is one.
const VERDICTS: [&str; 7] =
    ["success", "ok", "status", "sukses", "berhasil", "isSuccess", "result"];
const FAILURES: [&str; 9] =
    ["error", "err", "fail", "failed", "failure", "gagal", "false", "unauthorized", "forbidden"];
const CODES: [&str; 6] = ["code", "status", "statusCode", "status_code", "kode", "responseCode"];
const ERRORS: [&str; 3] = ["error", "errors", "exception"];
const MESSAGES: [&str; 7] =
    ["message", "msg", "pesan", "error_description", "detail", "keterangan", "error"];

/// Keys by which a source says how many records it has in all.
const TOTALS: [&str; 16] = [
    "total",
    "count",
    "total_count",
    "totalCount",
    "total_data",
    "totalData",
    "total_items",
    "totalItems",
    "total_records",
    "totalRecords",
    "totalElements",
    "recordsTotal",
    "jumlah",
    "jumlah_data",
    "totalRows",
    "total_rows",
];
/// And how many pages.
const PAGES: [&str; 9] = [
    "last_page",
    "lastPage",
    "total_pages",
    "totalPages",
    "page_count",
    "pageCount",
    "totalPage",
    "total_page",
    "jumlah_halaman",
];

/// What the source says instead of its list, if it does.
pub fn refusal(page: &Val) -> Option<String> {
    let found = verdict(page).or_else(|| code(page)).or_else(|| error(page))?;
    let message = MESSAGES.iter().find_map(|name| text(key(page, name)?));
    let message = message.filter(|message| !message.trim().is_empty());
    Some(match message {
        Some(message) => format!("it answers {found} and says \"{}\"", excerpt(&message)),
        None => format!("it answers {found}"),
    })
}

fn verdict(page: &Val) -> Option<String> {
    VERDICTS.iter().find_map(|name| {
        let value = key(page, name)?;
        let fails = match value {
            Val::Bool(flag) => !flag,
            _ => FAILURES.contains(&text(value)?.trim().to_lowercase().as_str()),
        };
        fails.then(|| format!("\"{name}\": {}", excerpt(&value.to_string())))
    })
}

fn code(page: &Val) -> Option<String> {
    CODES.iter().find_map(|name| {
        let value = key(page, name)?;
        let code = count(value).or_else(|| text(value)?.trim().parse().ok())?;
        (400..600).contains(&code).then(|| format!("\"{name}\": {code}"))
    })
}

fn error(page: &Val) -> Option<String> {
    ERRORS.iter().find_map(|name| {
        let value = key(page, name)?;
        let is_set = match value {
            Val::Bool(flag) => *flag,
            Val::TStr(_) => !text(value)?.trim().is_empty(),
            Val::Arr(items) => !items.is_empty(),
            Val::Obj(map) => !map.is_empty(),
            _ => false,
        };
        is_set.then(|| format!("\"{name}\": {}", excerpt(&value.to_string())))
    })
}

/// The list of records on a page.
///
/// # Errors
/// There is none where it is looked for: a fault of the configuration, with what there is.
pub fn items<'a>(page: &'a Val, items: &Setting, address: &str) -> Result<&'a [Val], Fault> {
    let found = if items.text.is_empty() { Some(page) } else { place::find(page, &items.text) };
    if let Some(Val::Arr(list)) = found {
        return Ok(list);
    }
    let what = found.map_or_else(|| "nothing".to_owned(), shape);
    let lists = place::lists(page);
    let way_out = match lists.as_slice() {
        [] => format!("the page is {}", shape(page)),
        [one] => format!("a list is at items = \"{one}\""),
        more => format!("lists are at items = \"{}\"", more.join("\" or \"")),
    };
    let place = if items.place.is_empty() { address } else { &items.place };
    let text = format!(
        "items = \"{}\" leads to {what} on {address}, and not to a list; {way_out}",
        items.text
    );
    if lists.is_empty() {
        return Err(Fault::unreadable(address, text));
    }
    Err(Fault::config(place, text))
}

/// What the source says that it has beyond what was read.
pub fn beyond(page: &Val, records: u64, pages: u64) -> Option<String> {
    let mut found = None;
    each(page, "", 3, &mut |place, value| {
        let name = place.rsplit('.').next().unwrap_or(place);
        let Some(says) = count(value).or_else(|| text(value)?.trim().parse().ok()) else { return };
        let (had, what) = match name {
            _ if TOTALS.contains(&name) => (records, "records"),
            _ if PAGES.contains(&name) => (pages, "pages"),
            _ => return,
        };
        if says > had {
            found.get_or_insert_with(|| {
                format!("the source says \"{place}\": {says}, and {had} {what} were found")
            });
        }
    });
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    fn page(text: &str) -> Val {
        jaq_json::read::parse_single(text.as_bytes()).expect("JSON")
    }

    #[test]
    fn a_source_that_refuses_is_told_as_what_it_says() {
        for (answer, said) in [
            (r#"{"success": false, "data": []}"#, "\"success\": false"),
            (
                r#"{"status": "error", "message": "Token kedaluwarsa", "data": null}"#,
                "Token kedaluwarsa",
            ),
            (r#"{"status": "GAGAL", "data": []}"#, "GAGAL"),
            (r#"{"code": 401, "data": []}"#, "\"code\": 401"),
            (r#"{"code": "500", "data": []}"#, "\"code\": 500"),
            (r#"{"error": {"kode": 7}, "data": []}"#, "\"error\""),
            (r#"{"errors": ["x"]}"#, "\"errors\""),
        ] {
            let found = refusal(&page(answer)).unwrap_or_default();
            assert!(found.contains(said), "{answer}: {found}");
        }
        for fine in [
            r#"{"success": true, "code": 200, "error": null, "errors": [], "data": []}"#,
            r#"{"status": "ok", "error": false, "message": "data ditemukan"}"#,
            r#"{"status": 1, "error": "", "data": []}"#,
            r#"[{"status": "gagal"}]"#,
        ] {
            assert_eq!(refusal(&page(fine)), None, "{fine}");
        }
    }

    #[test]
    fn a_list_that_is_not_where_it_is_looked_for_is_a_fault_of_the_configuration() {
        let page = page(r#"{"data": {"instansi": [{"a": 1}], "jumlah": 1}}"#);
        assert_eq!(items(&page, &"data.instansi".into(), "x").expect("a list").len(), 1);
        let setting = Setting { text: "data".into(), place: "x.toml, line 9".into() };
        let said = items(&page, &setting, "http://x/y").expect_err("an object").error;
        for part in
            ["x.toml, line 9", "keys instansi, jumlah", "items = \"data.instansi\"", "http://x/y"]
        {
            assert!(said.message().contains(part), "{part}: {said}");
        }
    }

    #[test]
    fn a_source_that_says_that_it_has_more_is_believed() {
        let said = |text: &str| beyond(&page(text), 50, 1).unwrap_or_default();
        assert!(said(r#"{"meta": {"total": 120}, "data": []}"#).contains("\"meta.total\": 120"));
        assert!(said(r#"{"total": "51"}"#).contains("51"));
        assert!(said(r#"{"last_page": 3}"#).contains("1 pages"));
        assert_eq!(
            said(r#"{"total": 50, "count": 50, "last_page": 1, "data": [{"total": 900}]}"#),
            ""
        );
    }
}
