//! The envelope around the list on a page of JSON: whether the source refuses to answer, where the
//! list is, and how much the source says that there is.

use jaq_json::Val;

use super::place::{self, Setting, count, key, shape, text};
use crate::source::{
    fault::{Fault, excerpt},
    whole::more::words,
};

/// Words of the names by which an answer says whether it is one.
const VERDICTS: [&str; 7] =
    ["success", "successful", "succeeded", "ok", "sukses", "berhasil", "valid"];
/// Whole names by which an answer says how it went.
const STATES: [&str; 12] = [
    "status",
    "result",
    "state",
    "outcome",
    "hasil",
    "response",
    "respon",
    "keadaan",
    "stat",
    "responsestatus",
    "statustext",
    "resultstatus",
];
const FAILURES: [&str; 22] = [
    "error",
    "errors",
    "err",
    "fail",
    "fails",
    "failed",
    "failure",
    "gagal",
    "false",
    "unauthorized",
    "unauthenticated",
    "forbidden",
    "denied",
    "ditolak",
    "nok",
    "no",
    "n",
    "f",
    "tidak",
    "expired",
    "invalid",
    "timeout",
];
/// Names of a status of HTTP, as letters.
const STATUSES: [&str; 8] = [
    "status",
    "statuscode",
    "httpstatus",
    "httpcode",
    "httpstatuscode",
    "responsecode",
    "rescode",
    "statushttp",
];
/// The same, but may be anything's code as well.
const CODES: [&str; 2] = ["code", "kode"];
/// Words in the name of a member that tells of a failure.
const ERRORS: [&str; 10] = [
    "error",
    "errors",
    "exception",
    "exceptions",
    "kesalahan",
    "galat",
    "fault",
    "failed",
    "failures",
    "gagal",
];
/// Words with which such a name only concerns errors and tells of none: "last_error", "error_url".
const OF_ERRORS: [&str; 12] = [
    "last",
    "rate",
    "log",
    "url",
    "docs",
    "reporting",
    "level",
    "handler",
    "page",
    "margin",
    "on",
    "no",
];
const MESSAGES: [&str; 9] = [
    "message",
    "msg",
    "pesan",
    "error_description",
    "detail",
    "keterangan",
    "error",
    "reason",
    "description",
];
/// How messages of a failure begin.
const COMPLAINTS: [&str; 14] = [
    "error",
    "gagal",
    "failed",
    "failure",
    "terjadi kesalahan",
    "terjadi error",
    "kesalahan",
    "internal server error",
    "service unavailable",
    "bad gateway",
    "gateway timeout",
    "unauthorized",
    "akses ditolak",
    "maaf, terjadi",
];
/// Levels of an envelope that are gone into.
const DEPTH: usize = 4;

/// The source's error message, if it sent one instead of its list. `is_empty`: there is no list
/// with records on the page; beside records some numbers may be anything, such as an agency's code.
pub fn refusal(page: &Val, is_empty: bool) -> Option<String> {
    refusal_within(page, is_empty, DEPTH)
}

fn refusal_within(part: &Val, is_empty: bool, depth: usize) -> Option<String> {
    let Val::Obj(map) = part else { return None };
    let inner =
        |part: &Val| depth.checked_sub(1).and_then(|depth| refusal_within(part, is_empty, depth));
    refusal_of(part, is_empty).or_else(|| map.values().find_map(inner))
}

/// What a part says in words.
fn message(part: &Val) -> Option<String> {
    let said = MESSAGES.iter().find_map(|name| text(key(part, name)?));
    said.filter(|message| !message.trim().is_empty())
}

fn refusal_of(part: &Val, is_empty: bool) -> Option<String> {
    let Val::Obj(map) = part else { return None };
    let may_be_any = is_empty || message(part).is_some();
    let named = |(name, value): (&Val, &Val)| {
        let name = text(name)?;
        let fails = has_failed(&name, value, is_empty)
            || is_failed_code(&name, value, may_be_any)
            || is_error(&name, value);
        fails.then(|| format!("\"{name}\": {}", excerpt(&value.to_string())))
    };
    match (map.iter().find_map(named), message(part)) {
        (Some(found), Some(message)) => {
            Some(format!("it answers {found} and says \"{}\"", excerpt(&message)))
        }
        (Some(found), None) => Some(format!("it answers {found}")),
        (None, Some(message)) if complains(&message) => {
            Some(format!("it says \"{}\"", excerpt(&message)))
        }
        (None, _) => None,
    }
}

/// A name without its signs: "statusCode" and "status_code" are one.
fn letters(name: &str) -> String {
    words(name).concat()
}

/// "success": false, "isSuccess": "N", "status": "gagal".
fn has_failed(name: &str, value: &Val, is_empty: bool) -> bool {
    let is_state = STATES.contains(&letters(name).as_str());
    let is_verdict = words(name).iter().any(|word| VERDICTS.contains(&word.as_str()));
    if !is_state && !is_verdict {
        return false;
    }
    // Some answers count faults in their status, and 0 means none.
    let zero_fails = is_empty || !is_state;
    match value {
        Val::Bool(flag) => !flag,
        Val::Num(_) => zero_fails && count(value) == Some(0),
        _ => text(value).is_some_and(|said| is_failure(&said, zero_fails)),
    }
}

/// "Gagal", and "error: kuota habis".
fn is_failure(said: &str, zero_fails: bool) -> bool {
    let said = said.to_lowercase();
    let mut words =
        said.split(|sign: char| !sign.is_alphanumeric()).filter(|word| !word.is_empty());
    let first = words.next().unwrap_or_default();
    FAILURES.contains(&first) || (zero_fails && first == "0" && words.next().is_none())
}

/// "status": 500, "statusCode": "503 Service Unavailable"; for a mere code only if it may be one.
fn is_failed_code(name: &str, value: &Val, may_be_any: bool) -> bool {
    let name = letters(name);
    let is_code = CODES.contains(&name.as_str()) && may_be_any;
    let code = || {
        let first = || text(value)?.split_whitespace().next().map(str::to_owned);
        count(value).or_else(|| first()?.parse().ok())
    };
    (is_code || STATUSES.contains(&name.as_str()))
        && code().is_some_and(|code| (400..600).contains(&code))
}

/// "error": {…}, "errorMessage": "…", "isError": true, "records_failed": 3.
fn is_error(name: &str, value: &Val) -> bool {
    let words = words(name);
    let any = |list: &[&str]| words.iter().any(|word| list.contains(&word.as_str()));
    if !any(&ERRORS) || any(&OF_ERRORS) {
        return false;
    }
    match value {
        Val::Bool(flag) => *flag,
        Val::Num(_) => count(value) != Some(0),
        Val::TStr(_) => {
            let said = text(value).unwrap_or_default().trim().to_lowercase();
            let none = [
                "", "0", "00", "none", "null", "no", "n", "false", "nihil", "ok", "tidak", "-",
                "200",
            ];
            let is_none = said.starts_with("tidak ada") || said.starts_with("no error");
            !none.contains(&said.as_str()) && !is_none
        }
        Val::Arr(items) => !items.is_empty(),
        Val::Obj(map) => !map.is_empty(),
        _ => false,
    }
}

fn complains(message: &str) -> bool {
    let message = message.trim().to_lowercase();
    COMPLAINTS.iter().any(|start| {
        message.strip_prefix(start).is_some_and(|rest| !rest.starts_with(char::is_alphanumeric))
    })
}

/// The list of records on a page.
///
/// # Errors
/// There is none at the configured place: a fault of the configuration, told with the lists that
/// there are.
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
        let said = message(page).map(|said| format!("; it says \"{}\"", excerpt(&said)));
        return Err(Fault::unreadable(address, text + &said.unwrap_or_default()));
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
            (r#"{"code": "500", "data": []}"#, "\"code\": \"500\""),
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
        for beside_records in [
            r#"{"kode": "412"}"#,
            r#"{"kode": 412}"#,
            r#"{"status": 0}"#,
            r#"{"failed": 0, "error_code": "00", "errors": 0, "kesalahan": "tidak ada"}"#,
            r#"{"error_reporting": "on", "message": "Errors are told below"}"#,
            r#"{"status": 200, "hasil": "sukses", "result": {"a": {"isError": false}}}"#,
        ] {
            assert_eq!(refusal(&page(beside_records), false), None, "{beside_records}");
        }
        for beside_records in [
            r#"{"status": 500}"#,
            r#"{"status": "500"}"#,
            r#"{"statusCode": "503 Service Unavailable"}"#,
            r#"{"code": 500, "message": "Kueri terputus"}"#,
            r#"{"response": {"meta": {"http_status": 502}}}"#,
            r#"{"isSuccess": "false"}"#,
            r#"{"berhasil": "tidak"}"#,
            r#"{"hasError": true}"#,
            r#"{"errorMessage": "timeout"}"#,
            r#"{"kesalahan": ["basis data"]}"#,
            r#"{"records_failed": 3}"#,
            r#"{"outcome": "FAILURE"}"#,
            r#"{"message": "Terjadi kesalahan pada server"}"#,
            r#"{"message": "Internal Server Error"}"#,
        ] {
            assert!(refusal(&page(beside_records), false).is_some(), "{beside_records}");
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
