//! Accounts for the members of a page beside its rows. A member is accounted for if both its name
//! and its value are known to tell neither of further rows nor of a fault. Any other could say that
//! there is more, in words that nobody thought of, so the run does not count as complete until the
//! source's keeper says what it is.

use jaq_json::Val;

use super::{
    address::{self, Address},
    more::{self, words},
    others::{is_echo, is_no_count},
    part::out_of,
    partial::speaks_of_a_part,
    prose::{amount, counted, fraction, says_undone},
    says::{is_success, is_success_code},
    spoken,
    units::unit,
};
use crate::source::{
    fault::excerpt,
    pages::place::{beside, count, key, text},
};

/// Most members that a message names.
const NAMED: usize = 12;
/// Items of a list that are looked at, to tell whether they may be further rows.
const DEEP: usize = 3;

/// The page that is looked at, and how far the reading has come with it.
pub struct PageSoFar<'a> {
    /// The page, without the members that its keeper has told the agent to ignore.
    pub page: &'a Val,
    /// The records on the page.
    pub rows: &'a [Val],
    /// The address or file that it came from.
    pub location: &'a str,
    /// Pages, and records, that were read with it.
    pub pages: u64,
    pub records: u64,
    /// The configured place of the link to the next page; a link there is followed.
    pub next: &'a str,
    /// No page follows. On earlier pages, members that speak of more are right.
    pub is_last: bool,
    /// The place of the number of all is configured, and that number agrees with what was read.
    pub is_counted: bool,
}

/// A member of a page that cannot be accounted for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Unknown {
    /// The member's path within the page.
    pub place: String,
    /// Its value, shortened.
    pub value: String,
}

/// Everything beside the rows of a page that cannot be accounted for.
pub fn unknown(looked: &PageSoFar<'_>) -> Vec<Unknown> {
    let denied = more::says_last(looked.page, looked.rows);
    let mut found: Vec<Unknown> = Vec::new();
    beside(looked.page, looked.rows, &mut |place, value| {
        let is_named = found.iter().any(|one| within(place, &one.place));
        if !is_named && found.len() < NAMED && !is_accounted(looked, place, value, denied) {
            found.push(Unknown { place: place.to_owned(), value: excerpt(&value.to_string()) });
        }
    });
    found
}

fn within(place: &str, outer: &str) -> bool {
    place.strip_prefix(outer).is_some_and(|rest| rest.is_empty() || rest.starts_with('.'))
}

fn is_accounted(looked: &PageSoFar<'_>, place: &str, value: &Val, denied: bool) -> bool {
    if is_nothing(value) || (!looked.next.is_empty() && is_within_next(place, looked.next)) {
        return true;
    }
    let name = words(place.rsplit('.').next().unwrap_or(place));
    if spoken::is_warning(&name) {
        return matches!(value, Val::Bool(false));
    }
    if let Some(right) = code(&name, value) {
        return right;
    }
    if !looked.is_last || looked.is_counted {
        return true;
    }
    // Members with known words for more, a mark or the end are judged by those.
    if more::is_judged(place, value) {
        return true;
    }
    let path = words(place);
    let is_of_this_page =
        spoken::is_offset(&name) && count(value).is_some_and(|at| at < looked.records);
    if spoken::is_mark(&name) && !denied && !is_of_this_page {
        return spoken::is_aside(&path[..path.len() - name.len().min(path.len())]);
    }
    match value {
        Val::Arr(items) if std::ptr::eq(items.as_slice(), looked.rows) => true,
        Val::Bool(flag) => is_known_flag(&name, &path, *flag),
        Val::Num(_) => is_known_number(looked, place, value),
        Val::TStr(_) => {
            let said = text(value).unwrap_or_default();
            is_known_text(looked, place, value, &said, denied)
        }
        Val::Arr(items) => is_known_list(looked, &name, items),
        _ => true,
    }
}

fn is_within_next(place: &str, next: &str) -> bool {
    within(place, &next.trim_start_matches('/').replace('/', "."))
}

fn is_nothing(value: &Val) -> bool {
    match value {
        Val::Null => true,
        Val::TStr(_) => text(value).unwrap_or_default().trim().trim_matches('-').is_empty(),
        Val::Arr(items) => items.is_empty(),
        Val::Obj(map) => map.is_empty(),
        _ => count(value) == Some(0),
    }
}

/// Whether a code is one of success; `None` if the name is not that of a code.
fn code(name: &[String], value: &Val) -> Option<bool> {
    let said = match value {
        Val::Num(_) => value.to_string(),
        _ => text(value)?,
    };
    let said = said.trim().to_lowercase();
    match spoken::code_name(name) {
        spoken::Code::Answer => Some(is_success_code(&said)),
        // It may also be the code of an agency or of a region.
        spoken::Code::Any => {
            // An agency's has three digits, and is a text then.
            let least = if name == ["kode"] && matches!(value, Val::TStr(_)) { 3 } else { 4 };
            let is_of_region =
                said.len() >= least && said.bytes().all(|b| b.is_ascii_digit() || b == b'.');
            let is_word =
                said.chars().all(|sign| sign.is_alphabetic() || sign == '-' || sign == '_');
            Some(is_of_region || is_word || is_success_code(&said))
        }
        spoken::Code::None => None,
    }
}

fn is_known_flag(name: &[String], path: &[String], flag: bool) -> bool {
    spoken::is_flag(name, flag) || spoken::is_aside(&path[..path.len().saturating_sub(name.len())])
}

fn is_known_number(looked: &PageSoFar<'_>, place: &str, value: &Val) -> bool {
    let name = words(place.rsplit('.').next().unwrap_or(place));
    let path = words(place);
    let Some(number) = count(value).or_else(|| amount(&text(value)?)) else {
        // A fraction counts nothing; a negative number needs a name that is known.
        let is_fraction = !value.to_string().trim_matches('"').starts_with('-');
        let counts_nothing = is_no_count(place, 0) || spoken::is_number(&name);
        return is_fraction || counts_nothing || spoken::is_aside(&path);
    };
    let is_of_all = unit(place).is_some() || spoken::counts_here(&name);
    is_of_all
        || number == looked.records
        || spoken::is_offset(&name)
        || number > 1 && looked.rows.len() as u64 * looked.pages < number
        || is_no_count(place, number)
        || is_echo(place, number, looked.location)
        || spoken::is_number(&name)
        || spoken::is_aside(&path)
}

fn is_known_text(
    looked: &PageSoFar<'_>,
    place: &str,
    value: &Val,
    said: &str,
    denied: bool,
) -> bool {
    let name = words(place.rsplit('.').next().unwrap_or(place));
    let path = words(place);
    if let Some(address) = Address::of(said, looked.location) {
        return address::is_elsewhere(&address, &path, looked.pages, denied);
    }
    let rows = looked.rows.len() as u64;
    // A list of one link is looked into; if the link leads on, the list was told.
    if spoken::leads_elsewhere(&name, said) {
        return true;
    }
    let is_read = fraction(said, rows).is_some()
        || out_of(said, unit(place).is_some()).is_some()
        || counted(said).is_some();
    if is_read {
        return true;
    }
    if let Some(flag) = spoken::flag(said) {
        return is_known_flag(&name, &path, flag);
    }
    if said.trim().parse::<f64>().is_ok() && !said.trim().starts_with('0') {
        return is_known_number(looked, place, value);
    }
    if spoken::is_message(&name) {
        return is_success(said);
    }
    let is_known = spoken::is_text(&name) || spoken::is_aside(&path) || spoken::is_plain_form(said);
    is_known && !speaks_of_a_part(said) && !(spoken::is_remark(&name) && says_undone(said))
}

fn is_known_list(looked: &PageSoFar<'_>, name: &[String], items: &[Val]) -> bool {
    if items.len() == 1 {
        // Such lists are gone into.
        return !matches!(&items[0], Val::TStr(_)) || list_of_texts(name, items);
    }
    let is_like_rows = |item: &Val| is_like(item, looked.rows);
    match &items[0] {
        Val::Obj(_) => !items.iter().take(DEEP).all(is_like_rows),
        Val::TStr(_) => list_of_texts(name, items),
        _ => true,
    }
}

fn list_of_texts(name: &[String], items: &[Val]) -> bool {
    let mut said = items.iter().filter_map(text);
    said.all(|said| match spoken::is_message(name) {
        true => is_success(&said) || counted(&said).is_some() || out_of(&said, false).is_some(),
        false => counted(&said).is_some() || !speaks_of_a_part(&said),
    })
}

/// True for an item with the keys of the rows: it may be one of the rest.
fn is_like(item: &Val, rows: &[Val]) -> bool {
    let (Val::Obj(_), Some(Val::Obj(row))) = (item, rows.first()) else { return false };
    let keys: Vec<String> = row.keys().filter_map(text).collect();
    let shared = keys.iter().filter(|own| key(item, own).is_some()).count();
    shared > 0 && shared * 3 >= keys.len() * 2
}

/// The places of addresses of this list that lead beyond its last record.
pub fn beyond(page: &Val, rows: &[Val], location: &str, all: u64) -> Vec<String> {
    let mut found = Vec::new();
    beside(page, rows, &mut |place, value| {
        let address = text(value).and_then(|said| Address::of(&said, location));
        if address.and_then(|address| address.offset()).is_some_and(|offset| offset >= all) {
            found.push(place.to_owned());
        }
    });
    found
}

/// The message about members that cannot be accounted for, with the line that accounts for them;
/// `file` is the source's configuration, `ignored` are the places that it ignores already.
pub fn message(unknown: &[Unknown], file: &str, ignored: &[String]) -> String {
    let shown: Vec<_> =
        unknown.iter().map(|one| format!("\"{}\": {}", one.place, one.value)).collect();
    let places = ignored.iter().map(String::as_str);
    let places = places.chain(unknown.iter().map(|one| one.place.as_str()));
    let places: Vec<_> = places.map(|place| format!("{place:?}")).collect();
    let (these, speaks) = if shown.len() == 1 { ("this", "speaks") } else { ("these", "speak") };
    format!(
        "beside the records there is {}, and the agent cannot tell whether {these} {speaks} of further \
         records or of a fault. Where of neither, write into {file}: ignore = [{}]; where there are \
         more, set next to what leads to them, or complete to the number of all",
        shown.join(", "),
        places.join(", ")
    )
}
