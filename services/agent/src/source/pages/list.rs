//! The lists on a page of JSON that may be a catalog, for a person who configures a source.

use jaq_json::Val;

use super::{fetch::Fetch, parse::parse, place::text};
use crate::{
    policy::Policy,
    source::fault::{Fault, address},
};

/// How deep a list may lie.
const DEEPEST: usize = 4;
/// Keys under which the address of the next page lies.
const NEXT: [&str; 7] =
    ["next", "next_page_url", "nextPageUrl", "next_url", "nextPage", "nextLink", "@odata.nextLink"];
/// Objects in which such a key may lie.
const AROUND: [&str; 6] = ["links", "_links", "meta", "pagination", "paging", "data"];

/// The lists that a page holds, and its link to the next page.
#[derive(Debug, Default)]
pub struct Lists {
    /// Places of lists of objects, and how many items each has; the longest first.
    pub items: Vec<(String, usize)>,
    /// The place of the next page's address, if there is one.
    pub next: Option<String>,
}

/// Looks at the first page, at an address or in a file.
///
/// # Errors
/// The page cannot be fetched, or is no JSON.
pub fn lists(location: &str, token: Option<&str>, policy: &Policy) -> Result<Lists, Fault> {
    let fetched = Fetch::new(token, policy).page(location)?;
    let unreadable = |text: String| Fault::unreadable(&address(location), text);
    let page = parse(&fetched.body).map_err(unreadable)?;
    let mut items = Vec::new();
    walk(&page, "", 0, &mut items);
    items.sort_by_key(|(_, count)| std::cmp::Reverse(*count));
    Ok(Lists { items, next: next(&page) })
}

fn walk(value: &Val, place: &str, depth: usize, found: &mut Vec<(String, usize)>) {
    match value {
        Val::Arr(list) if list.first().is_some_and(|item| matches!(item, Val::Obj(_))) => {
            found.push((place.to_owned(), list.len()));
        }
        Val::Obj(fields) if depth < DEEPEST => {
            for (name, inner) in fields.iter() {
                let Some(name) = text(name) else { continue };
                // A pointer names keys with dots, too.
                let name = name.replace('~', "~0").replace('/', "~1");
                walk(inner, &format!("{place}/{name}"), depth + 1, found);
            }
        }
        _ => {}
    }
}

fn next(page: &Val) -> Option<String> {
    let has = |object: &Val, name: &str| {
        super::place::key(object, name).is_some_and(|value| !matches!(value, Val::Arr(_)))
    };
    if let Some(name) = NEXT.iter().find(|name| has(page, name)) {
        return Some(format!("/{name}"));
    }
    AROUND.iter().find_map(|around| {
        let inner = super::place::key(page, around)?;
        let name = NEXT.iter().find(|name| has(inner, name))?;
        Some(format!("/{around}/{name}"))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(page: &str) -> Lists {
        let folder = tempfile::tempdir().expect("a folder");
        let path = folder.path().join("page.json");
        std::fs::write(&path, page).expect("a page");
        lists(&path.display().to_string(), None, &Policy::default()).expect("lists")
    }

    #[test]
    fn the_longest_list_of_objects_comes_first_and_the_next_page_is_found() {
        let found = of(r#"{"opd": [{"a": 1}], "data": {"layanan": [{"a": 1}, {"a": 2}]},
            "links": {"next": null}, "kode": ["a"]}"#);
        assert_eq!(found.items, [("/data/layanan".to_owned(), 2), ("/opd".to_owned(), 1)]);
        assert_eq!(found.next.as_deref(), Some("/links/next"));
        assert_eq!(of(r#"[{"a": 1}]"#).items, [(String::new(), 1)]);
    }
}
