//! Labels, under which records are filed.

use std::{collections::BTreeMap, fmt, str::FromStr};

use jiff::civil::Date;
use serde::{Serialize, Serializer};

use crate::{Error, FieldCode, RegionCode, check_name};

/// The labels of a record; filters of feeds and lists match on them.
pub type Labels = BTreeMap<Label, String>;

macro_rules! texts {
    ($(#[$about:meta])* $of:ident { $($(#[$doc:meta])* $name:ident = $text:literal,)* }) => {
        $(#[$about])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub enum $of { $($(#[$doc])* $name),* }

        impl $of {
            /// Every one, in order.
            pub const ALL: &'static [$of] = &[$($of::$name),*];

            /// The text that stands for it in the contract and in the database.
            pub const fn as_str(self) -> &'static str {
                match self { $($of::$name => $text),* }
            }
        }
    };
}

texts! {
    /// A key that a record is filed under. In the order of their texts, so that equal labels have
    /// equal bytes.
    Label {
        /// The agency at the top of the unit's tree, such as `units/kemendagri`.
        Agency = "agency",
        /// A service's category, such as `population`.
        Category = "category",
        /// The counter, such as `malls/banyuwangi/counters/dukcapil`.
        Counter = "counter",
        /// A day, or the Monday of a week, local to the mall: `2026-11-24`.
        Date = "date",
        /// The mall, such as `malls/banyuwangi`.
        Mall = "mall",
        /// The unit that runs the mall.
        Organiser = "organiser",
        /// Whether a curator has overridden fields of a service that a source publishes: a value of
        /// [`Overridden`], empty for none.
        Overridden = "overridden",
        /// The region's Kemendagri code, such as `35.10`; a filter by `35` matches it too.
        Region = "region",
        /// The service that is offered.
        Service = "service",
        /// The source that publishes the record; empty for none.
        Source = "source",
        /// The standard itself, or the one that a link is to: `standards/ktp-el-baru`.
        Standard = "standard",
        /// Whether an offering is accepted, a value of [`Acceptance`], or how a link to a standard
        /// was decided, a value of [`Decision`].
        State = "state",
        /// The target of an hours rule: `national`, a mall, a counter or an offering.
        Target = "target",
        /// The unit that the record belongs to.
        Unit = "unit",
    }
}

texts! {
    /// Value of [`Label::State`]: whether the mall's organiser has accepted an offering.
    Acceptance {
        /// Citizens are offered it.
        Accepted = "accepted",
        /// It waits for the organiser.
        Proposed = "proposed",
    }
}

texts! {
    /// Value of [`Label::State`]: whether a person has found that a service is of a standard.
    Decision {
        /// A person has found that it is.
        Confirmed = "confirmed",
        /// A person has found that it is not; it is not suggested again.
        Rejected = "rejected",
    }
}

texts! {
    /// Value of [`Label::Overridden`]: whether the source still says what a curator replaced.
    Overridden {
        /// The source still says it.
        Settled = "settled",
        /// The source has changed an overridden field since.
        Drifting = "drifting",
        /// A record was handed over to a source, which has not sent it since.
        Handed = "handed",
    }
}

/// Value of [`Label::Target`]: the rule holds for the whole nation.
pub const NATIONAL: &str = "national";

impl Label {
    /// The value that records bear, from the one that a filter names: `35` for `regions/35`. A
    /// record without a value, such as a service that no source publishes, bears an empty value.
    ///
    /// # Errors
    /// A value that no record can bear, with the form of those that one can.
    pub fn value(self, text: &str) -> Result<String, Error> {
        let field = format!("labels.{self}");
        let forms = self.forms();
        let plain = |collections: &&[&str]| check_name(text, collections, &field).is_ok();
        let fits = match self {
            _ if text.is_empty() => {
                matches!(self, Self::Category | Self::Overridden | Self::Region | Self::Source)
            }
            Self::Region => return code(text).map_err(|hint| wrong(&field, &hint)),
            Self::Date => text.len() == 10 && text.parse::<Date>().is_ok(),
            Self::State => states().any(|value| value == text),
            Self::Overridden => Overridden::ALL.iter().any(|value| value.as_str() == text),
            Self::Category => text
                .bytes()
                .all(|byte| byte.is_ascii_lowercase() || b"-_0123456789".contains(&byte)),
            Self::Target if text == NATIONAL => true,
            _ => forms.iter().any(plain),
        };
        if fits { Ok(text.to_owned()) } else { Err(wrong(&field, &self.hint(text))) }
    }

    /// The collections of the names that it may hold.
    fn forms(self) -> &'static [&'static [&'static str]] {
        match self {
            Self::Agency | Self::Organiser | Self::Unit => &[&["units"]],
            Self::Counter => &[&["malls", "counters"]],
            Self::Mall => &[&["malls"]],
            Self::Service => &[&["units", "services"]],
            Self::Source => &[&["sources"]],
            Self::Standard => &[&["standards"]],
            Self::Target => {
                &[&["malls"], &["malls", "counters"], &["malls", "counters", "offerings"]]
            }
            Self::Category | Self::Date | Self::Overridden | Self::Region | Self::State => &[],
        }
    }

    fn hint(self, text: &str) -> String {
        let names = self.forms().iter().map(|form| {
            form.iter()
                .map(|collection| format!("{collection}/{{id}}"))
                .collect::<Vec<_>>()
                .join("/")
        });
        let forms = match self {
            Self::Date => "a day such as 2026-11-24".to_owned(),
            Self::State => either(states()),
            Self::Overridden => either(Overridden::ALL.iter().map(|value| value.as_str())),
            Self::Category => "a lower-case word such as population".to_owned(),
            Self::Target => format!("{NATIONAL}, {}", names.collect::<Vec<_>>().join(", ")),
            _ => names.collect::<Vec<_>>().join(", "),
        };
        let shown: String = text.chars().filter(|c| !c.is_control()).take(40).collect();
        format!("no record is filed under '{shown}'; write {forms}")
    }
}

/// The values of [`Label::State`], of whatever kind of record.
fn states() -> impl Iterator<Item = &'static str> {
    let acceptances = Acceptance::ALL.iter().map(|value| value.as_str());
    acceptances.chain(Decision::ALL.iter().map(|value| value.as_str()))
}

fn either<'a>(values: impl Iterator<Item = &'a str>) -> String {
    values.collect::<Vec<_>>().join(" or ")
}

fn code(text: &str) -> Result<String, String> {
    let code = text.parse::<RegionCode>().map(|code| code.to_string());
    code.map_err(|error| {
        error.violations().first().map_or_else(String::new, |v| v.description.clone())
    })
}

fn wrong(field: &str, hint: &str) -> Error {
    Error::field(field, FieldCode::UnknownValue, hint)
}

impl fmt::Display for Label {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl FromStr for Label {
    type Err = Error;

    fn from_str(text: &str) -> Result<Self, Error> {
        let found = Self::ALL.iter().copied().find(|label| label.as_str() == text);
        found.ok_or_else(|| {
            let shown: String = text.chars().filter(|c| !c.is_control()).take(40).collect();
            let all: Vec<_> = Self::ALL.iter().map(|label| label.as_str()).collect();
            let hint = format!("'{shown}' is not a label; the labels are {}", all.join(", "));
            Error::field("labels", FieldCode::UnknownValue, hint)
        })
    }
}

impl Serialize for Label {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.as_str())
    }
}

/// Labels as a newer version may have written them: what this one does not know is left out, since
/// nothing here filters by it.
pub fn known_labels(texts: impl IntoIterator<Item = (String, String)>) -> Labels {
    texts.into_iter().filter_map(|(key, value)| Some((key.parse().ok()?, value))).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn labels_lie_in_the_order_of_their_texts() {
        assert!(Label::ALL.is_sorted_by_key(|label| label.as_str()));
        assert!(
            Label::ALL.iter().all(|label| label.as_str().parse::<Label>().ok() == Some(*label))
        );
    }

    #[test]
    fn a_misspelt_label_is_refused_with_those_that_there_are() {
        let error = "regoin".parse::<Label>().expect_err("no such label");
        assert!(error.violations()[0].description.contains("organiser, overridden, region"));
    }

    #[test]
    fn a_value_that_no_record_can_bear_is_refused() {
        for (label, value, kept) in [
            (Label::Region, "35.10", "35.10"),
            (Label::Region, "regions/35", "35"),
            (Label::Source, "", ""),
            (Label::Source, "sources/bkpm", "sources/bkpm"),
            (Label::Target, "national", "national"),
            (Label::Target, "malls/a/counters/b", "malls/a/counters/b"),
            (Label::State, "accepted", "accepted"),
            (Label::State, "confirmed", "confirmed"),
            (Label::Standard, "standards/ktp-el-baru", "standards/ktp-el-baru"),
            (Label::Date, "2026-11-23", "2026-11-23"),
            (Label::Category, "population", "population"),
        ] {
            assert_eq!(label.value(value).expect(value), kept);
        }
        for (label, value) in [
            (Label::Region, "3510"),
            (Label::Region, "Banyuwangi"),
            (Label::Mall, "banyuwangi"),
            (Label::Mall, "malls/a/counters/b"),
            (Label::Unit, ""),
            (Label::State, "ACCEPTED"),
            (Label::Overridden, "yes"),
            (Label::Date, "24-11-2026"),
            (Label::Category, "Kependudukan"),
            (Label::Target, "nasional"),
        ] {
            let error = label.value(value).expect_err(value);
            assert_eq!(error.violations()[0].field, format!("labels.{label}"));
        }
    }

    #[test]
    fn a_label_of_a_newer_version_is_left_out() {
        let texts = [("mall", "malls/a"), ("weather", "rain")].map(|(k, v)| (k.into(), v.into()));
        assert_eq!(known_labels(texts), Labels::from([(Label::Mall, "malls/a".to_owned())]));
    }
}
