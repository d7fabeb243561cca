//! Links as objects: where the address stands, and the purpose of a link in a list of them.

use jaq_json::Val;

use super::place::{key, shape, text};
use crate::model::text::html_text;

/// Keys of a link's address, within an object that is the link.
pub const ADDRESSES: [&str; 6] = ["href", "url", "link", "uri", "@id", "page"];

/// Keys under which a link in a list of links tells its purpose.
const PURPOSES: [&str; 6] = ["rel", "relation", "label", "name", "title", "text"];

/// The purpose of a link in a list, with all its words.
pub fn purposes(link: &Val) -> String {
    let mut said = Vec::new();
    for value in PURPOSES.iter().filter_map(|name| key(link, name)) {
        match value {
            Val::Arr(items) => said.extend(items.iter().filter_map(text)),
            Val::Num(number) => said.push(number.to_string()),
            _ => said.extend(text(value)),
        }
    }
    if said.is_empty() { shape(link) } else { html_text(&said.join(" ")).to_lowercase() }
}

/// True for a link to the next page.
pub fn says_next(link: &Val) -> bool {
    let said = purposes(link);
    let signs = ["»", "›", "→", ">", ">>", "raquo", "rsaquo"];
    matches!(link, Val::Obj(_))
        && (["next", "berikut", "selanjut"].iter().any(|word| said.contains(word))
            || said.split_whitespace().any(|word| signs.contains(&word)))
}

/// True for a link that is known to lead elsewhere.
pub fn says_else(link: &Val) -> bool {
    let said = purposes(link);
    let known = [
        "prev",
        "sebelum",
        "first",
        "pertama",
        "awal",
        "last",
        "terakhir",
        "akhir",
        "self",
        "current",
        "up",
        "index",
        "collection",
        "canonical",
        "alternate",
        "search",
        "describedby",
        "item",
        "«",
        "‹",
        "←",
        "<",
        "...",
        "…",
    ];
    let is_number = said.trim().chars().all(|sign| sign.is_ascii_digit());
    is_number || known.iter().any(|word| said.contains(word))
}
