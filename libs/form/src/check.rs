//! Gathers every fault of a message.

use std::fmt::Display;

use jiff::civil::Date;
use mpp_api::{Document, document};
use mpp_core::{Error, FieldCode, FieldViolation, Result, check_id, check_name, text};

/// Most violations that are gathered, more than a record within the contract's bounds can have: new
/// violations are told from old ones by comparing all of them. How many are shown is decided where
/// they are shown.
pub(crate) const MAX_VIOLATIONS: usize = 5_000;

/// Gathers every wrong field of a message, so that the caller mends them all at once.
#[derive(Debug)]
pub struct Check {
    path: String,
    violations: Vec<FieldViolation>,
}

impl Check {
    /// Begins at `root`, the field of the request that holds the message.
    pub fn new(root: &str) -> Self {
        Self { path: root.to_owned(), violations: Vec::new() }
    }

    /// Ends the gathering.
    ///
    /// # Errors
    /// All that was found.
    pub fn finish(self) -> Result<()> {
        if self.violations.is_empty() { Ok(()) } else { Err(Error::fields(self.violations)) }
    }

    /// Notes that `field` is wrong; the description says how it would be right.
    pub fn fail(&mut self, field: &str, code: FieldCode, description: impl Into<String>) {
        if self.violations.len() < MAX_VIOLATIONS {
            let field = self.path_of(field);
            self.violations.push(FieldViolation { field, description: description.into(), code });
        }
    }

    /// Checks a part that lies in `field`.
    pub fn within(&mut self, field: &str, check: impl FnOnce(&mut Self)) {
        let before = self.path.len();
        self.path = self.path_of(field);
        check(self);
        self.path.truncate(before);
    }

    /// Checks a list's length and each of its items.
    pub fn each<T>(
        &mut self,
        field: &str,
        items: &[T],
        most: usize,
        check: impl Fn(&mut Self, &T),
    ) {
        if items.len() > most {
            let count = items.len();
            self.fail(
                field,
                FieldCode::TooMany,
                format!("has {count} entries; at most {most} are kept"),
            );
        }
        for (index, item) in items.iter().take(most).enumerate() {
            self.within(&format!("{field}[{index}]"), |inner| check(inner, item));
        }
    }

    /// Checks a text that must be there, of at most `most` characters.
    pub fn required(&mut self, field: &str, text: &str, most: usize) {
        if text.trim().is_empty() {
            self.fail(field, FieldCode::Required, "must not be empty");
        }
        self.text(field, text, most);
    }

    /// Checks a text of at most `most` characters. `mpp_api::text` has already cleaned those of
    /// records.
    pub fn text(&mut self, field: &str, given: &str, most: usize) {
        // Bytes bound characters, so that most texts are never counted.
        if given.len() > most && given.chars().count() > most {
            self.fail(
                field,
                FieldCode::TooLong,
                format!("is longer than {most} characters; shorten it"),
            );
        }
        if text::has_control(given) {
            self.fail(field, FieldCode::ControlCharacter, "holds control characters; remove them");
        }
    }

    /// Checks a text that programs compare, such as an id that a client has chosen: it is never
    /// cleaned, since two might become one, so it must be as it is seen.
    pub fn token(&mut self, field: &str, given: &str, most: usize) {
        self.text(field, given, most);
        if text::is_disguised(given) && !text::has_control(given) {
            let hint = "holds characters that nobody sees; remove them";
            self.fail(field, FieldCode::ControlCharacter, hint);
        }
    }

    /// Checks a list of texts, none of which may be empty.
    pub fn texts(&mut self, field: &str, texts: &[String], most: usize, longest: usize) {
        self.each(field, texts, most, |item, text| item.required("", text, longest));
    }

    /// Checks a number between two bounds, both included.
    pub fn range<N: PartialOrd + Display>(&mut self, field: &str, number: N, low: N, high: N) {
        if number < low || number > high {
            self.fail(
                field,
                FieldCode::OutOfRange,
                format!("{number} is not between {low} and {high}"),
            );
        }
    }

    /// Checks a resource name that must be there.
    pub fn name<K: Document>(&mut self, field: &str, name: &str) {
        self.name_of(K::KIND, field, name);
    }

    /// Checks the name of a record whose kind is known only at run time.
    pub fn name_of(&mut self, kind: &str, field: &str, name: &str) {
        if let Err(error) = check_name(name, &collections(kind), field) {
            self.adopt(&error);
        }
    }

    /// Checks a resource name, where there is one.
    pub fn optional_name<K: Document>(&mut self, field: &str, name: &str) {
        if !name.is_empty() {
            self.name::<K>(field, name);
        }
    }

    /// Checks the id of a new record.
    pub fn id(&mut self, field: &str, id: &str) {
        if let Err(error) = check_id(id, field) {
            self.adopt(&error);
        }
    }

    /// Checks a day such as "2026-05-01", where there is one.
    pub fn date(&mut self, field: &str, text: &str) -> Option<Date> {
        if text.is_empty() {
            return None;
        }
        let date = parse_date(text);
        if date.is_none() {
            self.fail(field, FieldCode::Date, "is not a day; write it as 2026-05-01");
        }
        date
    }

    /// Checks two days, of which the first must lie before the second where both are there.
    pub fn period(&mut self, from: (&str, &str), to: (&str, &str)) {
        let (first, end) = (self.date(from.0, from.1), self.date(to.0, to.1));
        if first.zip(end).is_some_and(|(first, end)| first >= end) {
            self.fail(to.0, FieldCode::Order, format!("must be later than {}", from.0));
        }
    }

    fn adopt(&mut self, error: &Error) {
        for violation in error.violations() {
            self.fail(&violation.field, violation.code, violation.description.clone());
        }
    }

    fn path_of(&self, field: &str) -> String {
        match (self.path.is_empty(), field.is_empty()) {
            (_, true) => self.path.clone(),
            (true, _) => field.to_owned(),
            _ => format!("{}.{field}", self.path),
        }
    }
}

/// The collections of a kind's names: `["units", "services"]` of `units/{id}/services/{id}`.
pub(crate) fn collections(kind: &str) -> Vec<&'static str> {
    document::form(kind).split('/').step_by(2).collect()
}

/// Reads a day in the one form that the contract has.
pub fn parse_date(text: &str) -> Option<Date> {
    (text.len() == "2026-05-01".len()).then(|| text.parse().ok()).flatten()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_wrong_field_is_told_with_its_whole_path() {
        let mut check = Check::new("mall");
        check.required("display_name.id", " ", 10);
        check.each("sites", &[1, 200], 5, |site, latitude| {
            site.range("latitude", *latitude, -90, 90)
        });
        check.period(("valid_from", "2026-05-02"), ("valid_to", "2026-05-02"));
        let error = check.finish().expect_err("three faults");
        let fields: Vec<_> =
            error.violations().iter().map(|v| (v.field.as_str(), v.code)).collect();
        assert_eq!(
            fields,
            [
                ("mall.display_name.id", FieldCode::Required),
                ("mall.sites[1].latitude", FieldCode::OutOfRange),
                ("mall.valid_to", FieldCode::Order)
            ]
        );
    }

    #[test]
    fn only_days_of_the_one_form_are_days() {
        assert!(parse_date("2024-02-29").is_some());
        for text in ["2023-02-29", "2026-5-1", "20260501", "2026-05-01T00:00", "+002026-01"] {
            assert!(parse_date(text).is_none(), "{text}");
        }
    }

    #[test]
    fn a_list_of_items_that_are_all_wrong_makes_a_bounded_answer() {
        let mut check = Check::new("");
        check.texts("procedure", &vec![String::new(); 100_000], 100, 10);
        let error = check.finish().expect_err("too many");
        assert_eq!(error.violations().len(), 101);
        assert!(error.message().len() < 10_000, "{}", error.message().len());
        assert_eq!(error.violations()[0].code, FieldCode::TooMany);
    }
}
