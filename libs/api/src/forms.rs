//! The forms of records: which fields each kind's message has, and since which form.
//!
//! A program that decodes a record skips the fields that it does not know, and would write the
//! record back without them. So each row says in which form it was written
//! ([`document::form_number`]), and a program of an older form refuses to rewrite it. A client that
//! sends whole records says which form it writes: fields that this form lacks stay as they are
//! ([`kept`]).
//!
//! `forms.tsv` lists the fields, and the labels that a kind's records are filed under: a program
//! that does not know of one would file them without. If a kind has gained either, a test fails
//! until its number in [`document`] is raised and the listing is written anew.

use mpp_core::Result;

use crate::{Document, document, mask};

/// Kind, form, message and its fields with their numbers, one line each; labels like a message
/// named `labels`.
const LISTING: &str = include_str!("forms.tsv");

/// The fields that one message of a kind has had since a form.
struct Line<'a> {
    kind: &'a str,
    form: i64,
    message: &'a str,
    fields: Vec<&'a str>,
}

fn lines(listing: &str) -> impl Iterator<Item = Line<'_>> {
    listing.lines().filter_map(|line| {
        let mut cells = line.split('\t');
        let (kind, form) = (cells.next()?, cells.next()?.parse().ok()?);
        let (message, fields) = (cells.next()?, cells.next()?.split(' ').collect());
        Some(Line { kind, form, message, fields })
    })
}

/// The record for a client that has sent `given` in an older form: fields that came later stay as
/// they are `stored`. A message within the record is always sent whole.
///
/// # Errors
/// The message is not of the contract.
pub fn kept<D: Document>(given: &D, stored: &D, form: i64) -> Result<D> {
    keep(LISTING, given, stored, form)
}

/// True if this contract has fields of the record itself that came after `form`.
pub fn has_newer<D: Document>(form: i64) -> bool {
    form < document::form_number(D::KIND) && added_after::<D>(LISTING, form).next().is_some()
}

fn keep<D: Document>(listing: &str, given: &D, stored: &D, form: i64) -> Result<D> {
    added_after::<D>(listing, form)
        .try_fold(given.clone(), |record, field| mask::copy(&record, stored, field))
}

fn added_after<D: Document>(listing: &str, form: i64) -> impl Iterator<Item = &str> {
    lines(listing)
        .filter(move |line| {
            line.kind == D::KIND && line.form > form && line.message == D::full_name()
        })
        .flat_map(|line| line.fields)
        .filter_map(|field| Some(field.split_once('=')?.0))
}

#[cfg(test)]
mod tests {
    use std::{
        collections::{BTreeMap, BTreeSet},
        env, fs,
    };

    use prost_reflect::{Kind, MessageDescriptor};

    use super::*;
    use crate::{json, registry::Service};

    /// Fields by message.
    type Fields = BTreeMap<String, BTreeSet<String>>;

    /// The fields of a message and of all messages within it.
    fn gather(message: &MessageDescriptor, all: &mut Fields) {
        let name = message.full_name();
        if name.starts_with("google.") || all.contains_key(name) {
            return;
        }
        let fields = message.fields().map(|field| format!("{}={}", field.name(), field.number()));
        all.insert(name.to_owned(), fields.collect());
        for field in message.fields() {
            if let Kind::Message(within) = field.kind() {
                gather(&within, all);
            }
        }
    }

    /// The fields of `all` that `known` lacks.
    fn beyond(all: &Fields, known: &Fields) -> Fields {
        let none = BTreeSet::new();
        let news = all.iter().map(|(message, fields)| {
            let before = known.get(message).unwrap_or(&none);
            (message.clone(), fields.difference(before).cloned().collect::<BTreeSet<_>>())
        });
        news.filter(|(_, fields)| !fields.is_empty()).collect()
    }

    /// A kind's labels, as if they were fields of a message.
    fn labels(kind: &str) -> (String, BTreeSet<String>) {
        let labels = document::labels(kind).iter().map(|label| label.as_str().to_owned());
        ("labels".to_owned(), labels.collect())
    }

    fn listed(kind: &str) -> (i64, Fields) {
        let (mut newest, mut all) = (0, Fields::new());
        for line in lines(LISTING).filter(|line| line.kind == kind) {
            newest = newest.max(line.form);
            let fields = all.entry(line.message.to_owned()).or_default();
            fields.extend(line.fields.iter().map(|field| (*field).to_owned()));
        }
        (newest, all)
    }

    #[test]
    fn a_kind_that_has_gained_a_field_or_a_label_has_a_higher_form() {
        let write = env::var_os("WRITE_REFERENCE").is_some();
        let mut listing = LISTING.to_owned();
        for kind in document::KINDS {
            let (newest, known) = listed(kind);
            let mut all = Fields::new();
            gather(&json::descriptor(kind).expect("a kind of the contract"), &mut all);
            all.extend([labels(kind)]);
            let (gained, lost) = (beyond(&all, &known), beyond(&known, &all));
            assert!(lost.is_empty(), "{kind} has lost {lost:?}; deprecate fields, keep them");
            let own = document::form_number(kind);
            if gained.is_empty() {
                assert_eq!(own, newest, "the form of {kind}, which has gained no field");
                continue;
            }
            let next = newest + 1;
            assert_eq!(
                own, next,
                "{kind} has gained {gained:?}: its form in document.rs is {next}"
            );
            assert!(write, "now run WRITE_REFERENCE=1 cargo test -p mpp-api forms");
            for (message, fields) in gained {
                let fields = fields.into_iter().collect::<Vec<_>>().join(" ");
                listing += &format!("{kind}\t{own}\t{message}\t{fields}\n");
            }
        }
        if write {
            let path = concat!(env!("CARGO_MANIFEST_DIR"), "/src/forms.tsv");
            fs::write(path, listing).expect("written");
        }
    }

    #[test]
    fn what_a_client_of_an_older_form_does_not_know_it_does_not_take_away() {
        let listing = "service\t1\tmpp.registry.v1.Service\tname=1 title=2 product=9\n\
                       service\t2\tmpp.registry.v1.Service\tcategory=3\n\
                       service\t2\tmpp.type.v1.LocalizedText\tkeywords=9\n\
                       mall\t2\tmpp.registry.v1.Mall\tproduct=3\n";
        let service = |product: &str, category: &str| Service {
            product: product.into(),
            category: category.into(),
            ..Service::default()
        };
        let stored = service("KTP", "kependudukan");
        let keep = |form| keep(listing, &service("KTP-el", ""), &stored, form).expect("kept");
        assert_eq!(keep(1), service("KTP-el", "kependudukan"), "it does not know of categories");
        assert_eq!(keep(2), service("KTP-el", ""), "it knows, and says that there is none");
    }
}
