//! Places within a page of JSON: a key, a dotted path, or a JSON pointer.

use jaq_json::Val;

use crate::source::fault::excerpt;

/// A setting that names a place, and where it is set, such as "bkpm.toml, line 9".
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Setting {
    /// `data`, `data.instansi` or `/data/instansi`; empty: not set.
    pub text: String,
    /// The key under which it is set.
    pub place: String,
}

impl From<&str> for Setting {
    fn from(text: &str) -> Self {
        Self { text: text.to_owned(), place: format!("'{text}'") }
    }
}

/// The value at a place; a key that contains dots itself goes before a path.
pub fn find<'a>(page: &'a Val, place: &str) -> Option<&'a Val> {
    if let Some(found) = key(page, place) {
        return Some(found);
    }
    if let Some(pointer) = place.strip_prefix('/') {
        let parts = pointer.split('/').map(|part| part.replace("~1", "/").replace("~0", "~"));
        return parts.into_iter().try_fold(page, |at, part| step(at, &part));
    }
    place.split('.').try_fold(page, step)
}

fn step<'a>(at: &'a Val, part: &str) -> Option<&'a Val> {
    match at {
        Val::Arr(items) => items.get(part.parse::<usize>().ok()?),
        _ => key(at, part),
    }
}

/// A key of an object.
pub fn key<'a>(object: &'a Val, key: &str) -> Option<&'a Val> {
    let Val::Obj(map) = object else { return None };
    map.get(&Val::utf8_str(key.to_owned().into_bytes()))
}

/// A text as such.
pub fn text(value: &Val) -> Option<String> {
    let Val::TStr(bytes) = value else { return None };
    Some(String::from_utf8_lossy(bytes).into_owned())
}

/// A text, or those of a list.
pub fn texts(value: &Val) -> Vec<String> {
    match value {
        Val::Arr(items) => items.iter().filter_map(text).collect(),
        _ => text(value).into_iter().collect(),
    }
}

/// A whole number that is not negative.
pub fn count(value: &Val) -> Option<u64> {
    match value {
        Val::Num(number) => {
            let number = number.to_string();
            let whole = number.split_once('.').filter(|(_, rest)| rest.bytes().all(|b| b == b'0'));
            whole.map_or(number.as_str(), |(whole, _)| whole).parse().ok()
        }
        _ => None,
    }
}

/// The keys of an object, or what is there instead, for an error.
pub fn shape(value: &Val) -> String {
    match value {
        Val::Null => "null".to_owned(),
        Val::Bool(flag) => flag.to_string(),
        Val::Num(number) => format!("the number {}", excerpt(&number.to_string())),
        Val::TStr(_) | Val::BStr(_) => {
            format!("the text \"{}\"", excerpt(&text(value).unwrap_or_default()))
        }
        Val::Arr(items) => format!("a list of {}", items.len()),
        Val::Obj(map) => {
            let keys: Vec<_> = map.keys().take(12).filter_map(text).collect();
            format!("an object with the keys {}", excerpt(&keys.join(", ")))
        }
    }
}

/// The places of all lists of objects, two levels deep, for an error.
pub fn lists(page: &Val) -> Vec<String> {
    let mut found = Vec::new();
    each(page, "", 3, &mut |place, value| {
        if let Val::Arr(items) = value
            && items.first().is_some_and(|item| matches!(item, Val::Obj(_)))
        {
            found.push(place.to_owned());
        }
    });
    found
}

/// Calls `tell` with each value that lies in objects, down to a depth; lists are not gone into.
pub fn each(value: &Val, place: &str, depth: usize, tell: &mut dyn FnMut(&str, &Val)) {
    let Val::Obj(map) = value else { return };
    for (name, inner) in map.iter() {
        let name = text(name).unwrap_or_default();
        let here = if place.is_empty() { name } else { format!("{place}.{name}") };
        tell(&here, inner);
        if depth > 1 {
            each(inner, &here, depth - 1, tell);
        }
    }
}

/// Keys by which an object names a value that stands beside its name.
const NAMES: [&str; 8] = ["name", "nama", "key", "kunci", "label", "field", "property", "title"];
const VALUES: [&str; 8] = ["value", "nilai", "val", "jumlah", "count", "total", "isi", "content"];
/// Levels that are gone into.
const DEEPEST: usize = 12;

/// Calls `tell` with each value beside the rows of a page, at any depth, by its path. It goes into
/// lists of one object and into those that pair names with values: `[{"name": "total", "value":
/// 42}]` stands for `total`. Other lists hold records of their own.
pub fn beside(page: &Val, rows: &[Val], tell: &mut dyn FnMut(&str, &Val)) {
    go_into(page, "", DEEPEST, rows, tell);
}

fn go_into(value: &Val, place: &str, depth: usize, rows: &[Val], tell: &mut dyn FnMut(&str, &Val)) {
    let Some(depth) = depth.checked_sub(1) else { return };
    let at = |name: &str| match place {
        "" => name.to_owned(),
        place => format!("{place}.{name}"),
    };
    match value {
        Val::Obj(map) => {
            for (name, inner) in map.iter() {
                let here = at(&text(name).unwrap_or_default());
                tell(&here, inner);
                go_into(inner, &here, depth, rows, tell);
            }
        }
        Val::Arr(items) if std::ptr::eq(items.as_slice(), rows) => {}
        // [{"page": 1, "total": 42}, [ … ]]: what is said of the rows, and the rows.
        Val::Arr(items) if items.iter().any(|item| is_rows(item, rows)) => {
            for (number, item) in items.iter().enumerate() {
                go_into(item, &at(&number.to_string()), depth, rows, tell);
            }
        }
        Val::Arr(items) if items.len() == 1 && pair(&items[0]).is_none() => {
            go_into(&items[0], place, depth, rows, tell);
        }
        Val::Arr(items) => {
            for (name, value) in items.iter().filter_map(pair) {
                tell(&at(&name), value);
            }
        }
        _ => {}
    }
}

fn is_rows(value: &Val, rows: &[Val]) -> bool {
    matches!(value, Val::Arr(items) if std::ptr::eq(items.as_slice(), rows))
}

/// `{"name": "total", "value": 42}`, `["total", 42]`.
fn pair(object: &Val) -> Option<(String, &Val)> {
    if let Val::Arr(both) = object
        && let [name, value] = both.as_slice()
    {
        return text(name).map(|name| (name, value));
    }
    let name = NAMES.iter().find_map(|name| text(key(object, name)?))?;
    let value = VALUES.iter().find_map(|name| key(object, name))?;
    let Val::Obj(map) = object else { return None };
    (map.len() == 2).then_some((name, value))
}

/// The page without the values at these places; the rest is shared with it.
pub fn without(page: &Val, places: &[String]) -> Val {
    places.iter().fold(page.clone(), |page, place| match key(&page, place) {
        Some(_) => without_one(&page, &[place]),
        None => {
            let path: Vec<&str> = place.trim_start_matches('/').split(['.', '/']).collect();
            without_one(&page, &path)
        }
    })
}

fn without_one(at: &Val, path: &[&str]) -> Val {
    let Some((first, rest)) = path.split_first() else { return at.clone() };
    let map = match at {
        Val::Arr(items) => return without_item(items, path),
        Val::Obj(map) => map,
        _ => return at.clone(),
    };
    let kept = map.iter().filter_map(|(name, inner)| match text(name) {
        Some(own) if own == *first && rest.is_empty() => None,
        Some(own) if own == *first => Some((name.clone(), without_one(inner, rest))),
        _ => Some((name.clone(), inner.clone())),
    });
    Val::obj(kept.collect())
}

/// A list as [`beside`] goes into it: by number, of one object, or of names with values.
fn without_item(items: &[Val], path: &[&str]) -> Val {
    let [first, rest @ ..] = path else { return items.iter().cloned().collect() };
    let is_one = items.len() == 1 && pair(&items[0]).is_none();
    let kept = items.iter().enumerate().filter_map(|(number, item)| match pair(item) {
        _ if is_one => Some(without_one(item, path)),
        _ if number.to_string() == *first => Some(without_one(item, rest)),
        Some((name, _)) if name == *first && rest.is_empty() => None,
        _ => Some(item.clone()),
    });
    kept.collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn page(text: &str) -> Val {
        jaq_json::read::parse_single(text.as_bytes()).expect("JSON")
    }

    #[test]
    fn keys_paths_and_pointers_lead_to_their_places() {
        let page = page(
            r#"{"data": {"instansi": [{"a": 1}], "x.y": 2}, "links.next": "b", "a/b": {"c": 3}}"#,
        );
        let at = |place| find(&page, place).map(ToString::to_string);
        assert_eq!(at("data.instansi").as_deref(), Some(r#"[{"a":1}]"#));
        assert_eq!(at("/data/instansi/0/a").as_deref(), Some("1"));
        assert_eq!(at("data.instansi.0.a").as_deref(), Some("1"));
        assert_eq!(at("links.next").as_deref(), Some(r#""b""#));
        assert_eq!(at("/a~1b/c").as_deref(), Some("3"));
        assert_eq!(at("/data/x.y").as_deref(), Some("2"));
        assert_eq!(at("data.none"), None);
        assert_eq!(lists(&page), ["data.instansi"]);
    }

    #[test]
    fn what_stands_beside_the_rows_is_told_at_any_depth_and_what_is_named_is_left_out() {
        let page = page(
            r#"{"a": {"b": {"c": {"d": {"e": 1}}}}, "meta": [{"total": 2}],
                "info": [{"name": "ada", "value": 3}, {"name": "x", "value": 4}],
                "lain": [{"n": 5, "nama": "p"}, {"n": 6}], "data": [{"n": 7}], "kuota": {"n": 8}}"#,
        );
        let Some(Val::Arr(rows)) = key(&page, "data") else { panic!("a list") };
        let told = |page: &Val| {
            let mut told = Vec::new();
            beside(page, rows, &mut |place, value| {
                told.extend(count(value).map(|number| format!("{place} {number}")));
            });
            told.sort_unstable();
            told
        };
        let all = ["a.b.c.d.e 1", "info.ada 3", "info.x 4", "kuota.n 8", "meta.total 2"];
        assert_eq!(told(&page), all);
        let left = without(&page, &["kuota.n".into(), "/a/b".into(), "info".into()]);
        assert_eq!(told(&left), ["meta.total 2"]);
        let left = without(&page, &["info.ada".into(), "meta.total".into()]);
        assert_eq!(told(&left), ["a.b.c.d.e 1", "info.x 4", "kuota.n 8"]);
        let paired = self::page(r#"{"data": [{"pages": 4, "page": 1}, [{"n": 7}]]}"#);
        let Some(Val::Arr(rows)) = find(&paired, "data.1") else { panic!("a list") };
        let mut places = Vec::new();
        beside(&paired, rows, &mut |place, _| places.push(place.to_owned()));
        places.sort_unstable();
        assert_eq!(places, ["data", "data.0.page", "data.0.pages"]);
        let left = without(&paired, &["data.0.pages".into()]);
        assert_eq!(
            find(&left, "data.0").map(ToString::to_string).as_deref(),
            Some(r#"{"page":1}"#)
        );
    }
}
