//! Resource names: `malls/banyuwangi/counters/dukcapil`, pairs of a collection and an id.

use crate::{Error, FieldCode};

/// Longest id, in bytes.
const MAX_ID: usize = 80;
/// Stands for every id in the parent of a list; no record has it.
const ANY: &str = "-";

/// A name split into its pairs; every part has been checked.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ResourceName<'a> {
    pairs: Vec<(&'a str, &'a str)>,
    text: &'a str,
}

impl<'a> ResourceName<'a> {
    /// Parses `text` as a name with exactly these collections.
    ///
    /// # Errors
    /// Names `field` and shows the form that was expected.
    pub fn parse(text: &'a str, collections: &[&str], field: &str) -> Result<Self, Error> {
        Ok(Self { pairs: pairs(text, collections, field, is_id)?, text })
    }

    /// The id of the last pair.
    pub fn id(&self) -> &'a str {
        self.pairs.last().map_or("", |(_, id)| id)
    }

    /// The id of a collection; empty if the name has no such pair.
    pub fn id_of(&self, collection: &str) -> &'a str {
        self.pairs.iter().find(|(name, _)| *name == collection).map_or("", |(_, id)| id)
    }

    /// The name without its last pair; empty at the top.
    pub fn parent(&self) -> &'a str {
        let own = self.pairs.last().map_or(0, |(name, id)| name.len() + id.len() + 1);
        self.text[..self.text.len() - own].trim_end_matches('/')
    }

    /// The first pair as a name, such as the mall of a counter.
    pub fn root(&self) -> &'a str {
        let end = self.pairs.first().map_or(0, |(name, id)| name.len() + 1 + id.len());
        &self.text[..end]
    }

    /// The whole name.
    pub fn as_str(&self) -> &'a str {
        self.text
    }
}

/// The last part of a checked name: a record's own id.
pub fn id_of(name: &str) -> &str {
    name.rsplit('/').next().unwrap_or_default()
}

/// A checked name without its last pair; empty at the top.
pub fn parent_of(name: &str) -> &str {
    let cut = name.rmatch_indices('/').nth(1).map_or(0, |(at, _)| at);
    &name[..cut]
}

/// The mall of a checked name that lies in one; of the mall's own, itself.
pub fn mall_of(name: &str) -> &str {
    root_of(name)
}

/// The unit of a checked name that lies in one; empty for a name of anything else.
pub fn unit_of(name: &str) -> &str {
    let lies_in_one = name.starts_with("units/") && !parent_of(name).is_empty();
    if lies_in_one { root_of(name) } else { "" }
}

fn root_of(name: &str) -> &str {
    name.match_indices('/').nth(1).map_or(name, |(end, _)| &name[..end])
}

/// Checks that `text` is a name with these collections.
///
/// # Errors
/// The same as [`ResourceName::parse`].
pub fn check_name(text: &str, collections: &[&str], field: &str) -> Result<(), Error> {
    ResourceName::parse(text, collections, field).map(drop)
}

/// Checks the parent that a list names: a name with these collections, in which "-" stands for any
/// id.
///
/// # Errors
/// The same as [`ResourceName::parse`].
pub fn check_parent(text: &str, collections: &[&str], field: &str) -> Result<(), Error> {
    pairs(text, collections, field, |id| id == ANY || is_id(id)).map(drop)
}

fn pairs<'a>(
    text: &'a str,
    collections: &[&str],
    field: &str,
    is_id: impl Fn(&str) -> bool,
) -> Result<Vec<(&'a str, &'a str)>, Error> {
    let parts: Vec<&str> = text.split('/').collect();
    let fits = parts.len() == collections.len() * 2
        && parts.chunks(2).zip(collections).all(|(pair, want)| pair[0] == *want)
        && parts.iter().skip(1).step_by(2).all(|id| is_id(id));
    if !fits {
        let form: Vec<String> = collections.iter().map(|name| format!("{name}/{{id}}")).collect();
        let text = format!("'{}' is not a name of the form {}", shown(text), form.join("/"));
        return Err(Error::field(field, FieldCode::Name, text));
    }
    Ok(parts.chunks(2).map(|pair| (pair[0], pair[1])).collect())
}

/// Checks that `text` can be the id of a new record.
///
/// # Errors
/// Names `field` and says what an id may hold.
pub fn check_id(text: &str, field: &str) -> Result<(), Error> {
    let starts_well = text.bytes().next().is_some_and(|byte| byte.is_ascii_alphanumeric());
    let holds_only = text.bytes().all(|byte| {
        byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-' || byte == b'.'
    });
    if starts_well && holds_only && text.len() <= MAX_ID {
        return Ok(());
    }
    Err(Error::field(
        field,
        FieldCode::Id,
        format!(
            "'{}' is not an id; use a to z, 0 to 9, hyphens and dots, beginning with a letter or \
             digit, {MAX_ID} characters at most",
            shown(text)
        ),
    ))
}

fn is_id(text: &str) -> bool {
    !text.is_empty() && text != ANY && can_begin_id(text)
}

/// True if an id within a name can begin like this. Such an id may also hold capitals, as those of
/// slots and tickets do.
pub fn can_begin_id(text: &str) -> bool {
    text.len() <= MAX_ID
        && text.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"-._".contains(&byte))
}

/// The part of a peer's text that an error repeats: bounded, and on one line.
fn shown(text: &str) -> String {
    text.chars().take(100).map(|c| if c.is_control() { ' ' } else { c }).collect()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    const COUNTER: &[&str] = &["malls", "counters"];

    #[test]
    fn a_counter_knows_its_mall() {
        let name = ResourceName::parse("malls/banyuwangi/counters/dukcapil", COUNTER, "name")
            .expect("a counter's name");
        assert_eq!(name.id(), "dukcapil");
        assert_eq!(name.id_of("malls"), "banyuwangi");
        assert_eq!(name.parent(), "malls/banyuwangi");
        assert_eq!(name.root(), "malls/banyuwangi");
    }

    #[test]
    fn what_is_no_name_is_refused_with_the_form_it_should_have() {
        for text in [
            "",
            "malls",
            "malls/",
            "malls/a/counters",
            "units/a/counters/b",
            "malls/a b/counters/c",
        ] {
            let error = ResourceName::parse(text, COUNTER, "name").expect_err(text);
            assert!(error.message().contains("malls/{id}/counters/{id}"), "{error}");
        }
    }

    #[test]
    fn a_name_leads_to_its_mall_its_unit_its_parent_and_its_id() {
        let offering = "malls/a/counters/b/offerings/c";
        assert_eq!((mall_of(offering), parent_of(offering)), ("malls/a", "malls/a/counters/b"));
        assert_eq!((parent_of("units/a/services/b"), id_of(offering)), ("units/a", "c"));
        assert_eq!((mall_of("malls/a"), parent_of("malls/a")), ("malls/a", ""));
        assert_eq!(unit_of("units/a/services/b/standardLinks/c"), "units/a");
        assert_eq!((unit_of("units/a"), unit_of(offering)), ("", ""), "it lies in none");
    }

    #[test]
    fn what_stands_for_every_id_is_none() {
        for text in ["malls/-/counters/dukcapil", "malls/banyuwangi/counters/-"] {
            assert!(check_name(text, COUNTER, "name").is_err(), "{text}");
            assert!(check_parent(text, COUNTER, "parent").is_ok(), "{text}");
        }
        assert!(check_parent("malls/-/counters/", COUNTER, "parent").is_err());
    }

    #[test]
    fn the_top_has_no_parent() {
        let name = ResourceName::parse("malls/a", &["malls"], "name").expect("a name");
        assert_eq!((name.parent(), name.root()), ("", "malls/a"));
    }

    proptest! {
        #[test]
        fn no_text_makes_the_parser_panic(text in ".{0,200}") {
            let _ = ResourceName::parse(&text, COUNTER, "name");
            let _ = check_id(&text, "id");
        }
    }
}
