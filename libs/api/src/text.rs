//! The texts within a message: every string of a record that is not a name.
//!
//! Made by the build script of the contract itself, so a new field is cleaned and checked as all
//! others are, with no line written for it.

use std::fmt;

use mpp_core::{FieldCode, FieldViolation, text};

/// Whether a text may have several lines.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Form {
    /// A name, a title or a reason: one line.
    Line,
    /// Words that may be long.
    #[default]
    Lines,
}

/// The place of a text in a message.
#[derive(Clone, Copy, Debug, Default)]
pub struct TextPlace<'a> {
    above: Option<&'a TextPlace<'a>>,
    field: &'static str,
    index: Option<usize>,
    /// The form of the text.
    pub form: Form,
}

impl<'a> TextPlace<'a> {
    /// The whole message, which lies in `field`.
    pub fn root(field: &'static str) -> Self {
        Self { field, ..Self::default() }
    }

    fn field(&'a self, field: &'static str, index: Option<usize>) -> Self {
        Self { above: Some(self), field, index, form: Form::default() }
    }

    fn of(&self, form: Form) -> Self {
        Self { form, ..*self }
    }
}

/// The path, such as `service.requirements[2].text`.
impl fmt::Display for TextPlace<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let Some(above) = self.above.filter(|above| !above.field.is_empty()) {
            write!(f, "{above}.")?;
        }
        f.write_str(self.field)?;
        self.index.map_or(Ok(()), |index| write!(f, "[{index}]"))
    }
}

/// A message whose texts can be visited.
pub trait Texts {
    /// Calls `visit` for each text; `at` is where the message stands.
    fn each_text(&mut self, visit: &mut dyn FnMut(&TextPlace<'_>, &mut String), at: &TextPlace<'_>);
}

/// Cleans every text of a message that lies in `field` of a request, by the one rule of
/// [`mpp_core::text`]. Answers the texts with control characters, which only their author can mend.
pub fn clean(message: &mut impl Texts, field: &'static str) -> Vec<FieldViolation> {
    let mut faults = Vec::new();
    let mut visit = |place: &TextPlace<'_>, text: &mut String| {
        let cleaned = match place.form {
            Form::Line => text::line(text),
            Form::Lines => text::lines(text),
        };
        if cleaned != text.as_str() {
            *text = cleaned.into_owned();
        }
        if text::has_control(text) {
            faults.push(control_character(place.to_string()));
        }
    };
    message.each_text(&mut visit, &TextPlace::root(field));
    faults
}

fn control_character(field: String) -> FieldViolation {
    let description = "holds control characters; remove them".to_owned();
    FieldViolation { field, description, code: FieldCode::ControlCharacter }
}

include!(concat!(env!("OUT_DIR"), "/texts.rs"));

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        registry::{Mall, Service, mall::Site, service::Requirement},
        scheduling::{HoursRule, hours_rule::Closure},
        types::LocalizedText,
    };

    fn words(id: &str) -> Option<LocalizedText> {
        Some(LocalizedText { id: id.into(), en: String::new() })
    }

    #[test]
    fn every_text_of_a_record_is_cleaned_and_no_name_is() {
        let requirement =
            Requirement { text: "KTP\u{a0} asli\u{200b}\nKK".into(), ..Default::default() };
        let mut service = Service {
            name: "units/a\u{ad}/services/b".into(),
            title: words("Bimbingan\npra\u{ad}nikah "),
            keywords: vec!["a  b".into()],
            requirements: vec![requirement],
            ..Service::default()
        };
        assert!(clean(&mut service, "service").is_empty());
        assert_eq!(service.name, "units/a\u{ad}/services/b");
        assert_eq!(service.title, words("Bimbingan pranikah"));
        assert_eq!(service.keywords, ["a b"]);
        assert_eq!(service.requirements[0].text, "KTP asli\nKK");
    }

    #[test]
    fn a_control_character_is_told_with_the_path_of_its_field() {
        let site = Site { address: "Jl. A\u{1b}[31m".into(), ..Site::default() };
        let mut mall = Mall { sites: vec![Site::default(), site], ..Mall::default() };
        let faults = clean(&mut mall, "mall");
        assert_eq!(faults[0].field, "mall.sites[1].address");
        let closure = Closure { reason: words("libur\0"), ..Closure::default() };
        let mut rule = HoursRule { closure: Some(closure), ..HoursRule::default() };
        assert_eq!(clean(&mut rule, "hours_rule")[0].field, "hours_rule.closure.reason.id");
    }
}
