//! The envelope around the list on a page of JSON: whether the source refuses to answer, where the
//! list is, and how much the source says that there is.

use jaq_json::Val;

use super::{
    fault::{Fault, excerpt},
    place::{self, Setting, count, key, shape, text},
};

/// Keys by which an answer says whether it is one.
const VERDICTS: [&str; 7] =
    ["success", "ok", "status", "sukses", "berhasil", "isSuccess", "result"];
const FAILURES: [&str; 16] = [
    "error",
    "err",
    "fail",
    "failed",
    "failure",
    "gagal",
    "false",
    "unauthorized",
    "forbidden",
    "denied",
    "ditolak",
    "nok",
    "no",
    "tidak",
    "expired",
    "invalid",
];
const CODES: [&str; 6] = ["code", "status", "statusCode", "status_code", "kode", "responseCode"];
const ERRORS: [&str; 3] = ["error", "errors", "exception"];
const MESSAGES: [&str; 7] =
    ["message", "msg", "pesan", "error_description", "detail", "keterangan", "error"];

/// Fields other than the page itself that may hold the verdict.
const ENVELOPES: [&str; 9] = [
    "meta",
    "metadata",
    "metaData",
    "_meta",
    "status",
    "header",
    "result",
    "response",
    "diagnostic",
];

/// The source's error message, if it sent one instead of its list. `is_empty`: there is no list
/// with records on the page; beside records a number may be anything, such as an agency's code.
pub fn refusal(page: &Val, is_empty: bool) -> Option<String> {
    let inner = ENVELOPES.iter().filter_map(|name| key(page, name));
    std::iter::once(page).chain(inner).find_map(|part| refusal_of(part, is_empty))
}

fn refusal_of(part: &Val, is_empty: bool) -> Option<String> {
    let found = verdict(part, is_empty);
    let found = found.or_else(|| code(part).filter(|_| is_empty)).or_else(|| error(part))?;
    let message = MESSAGES.iter().find_map(|name| text(key(part, name)?));
    let message = message.filter(|message| !message.trim().is_empty());
    Some(match message {
        Some(message) => format!("it answers {found} and says \"{}\"", excerpt(&message)),
        None => format!("it answers {found}"),
    })
}

fn verdict(part: &Val, is_empty: bool) -> Option<String> {
    VERDICTS.iter().find_map(|name| {
        let value = key(part, name)?;
        // Some count faults there, and 0 is none.
        let zero_fails = is_empty || !["status", "result"].contains(name);
        let fails = match value {
            Val::Bool(flag) => !flag,
            Val::Num(_) => zero_fails && count(value) == Some(0),
            _ => is_failure(&text(value)?, zero_fails),
        };
        fails.then(|| format!("\"{name}\": {}", excerpt(&value.to_string())))
    })
}

/// "Gagal", and "error: kuota habis".
fn is_failure(said: &str, zero_fails: bool) -> bool {
    let said = said.to_lowercase();
    let mut words =
        said.split(|sign: char| !sign.is_alphanumeric()).filter(|word| !word.is_empty());
    let first = words.next().unwrap_or_default();
    FAILURES.contains(&first) || (zero_fails && first == "0")
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
            (r#"{"success": 0, "data": []}"#, "\"success\": 0"),
            (r#"{"status": 0, "data": []}"#, "\"status\": 0"),
            (r#"{"status": "error: kuota habis"}"#, "kuota habis"),
            (r#"{"metaData": {"code": "401", "message": "Token"}, "data": []}"#, "\"Token\""),
        ] {
            let found = refusal(&page(answer), true).unwrap_or_default();
            assert!(found.contains(said), "{answer}: {found}");
        }
        for fine in [
            r#"{"success": true, "code": 200, "error": null, "errors": [], "data": []}"#,
            r#"{"status": "ok", "error": false, "message": "data ditemukan"}"#,
            r#"{"status": 1, "error": "", "data": []}"#,
            r#"[{"status": "gagal"}]"#,
        ] {
            assert_eq!(refusal(&page(fine), true), None, "{fine}");
        }
        for beside_records in [r#"{"kode": "412"}"#, r#"{"kode": 412}"#, r#"{"status": 0}"#] {
            assert_eq!(refusal(&page(beside_records), false), None, "{beside_records}");
        }
        assert!(refusal(&page(r#"{"success": 0}"#), false).is_some());
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
}
