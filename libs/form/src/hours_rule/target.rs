//! The targets of hours: the nation, a mall, a counter, or an offering at a counter.

use mpp_api::{
    Document as _,
    registry::{Counter, Mall, Offering},
};
use mpp_calendar::Layer;
use mpp_core::{Error, FieldCode, Label, Labels, NATIONAL, ResourceName, Result};

/// A target with its layer; its name has been checked.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Target {
    layer: Layer,
    name: String,
}

impl Target {
    /// Reads `national`, `malls/x`, `malls/x/counters/y` or `malls/x/counters/y/offerings/z`.
    ///
    /// # Errors
    /// Names `field`.
    pub fn parse(text: &str, field: &str) -> Result<Self> {
        let layer = match text.split('/').count() {
            1 if text == NATIONAL => Layer::National,
            2 => checked(text, Mall::COLLECTIONS, field, Layer::Mall)?,
            4 => checked(text, Counter::COLLECTIONS, field, Layer::Counter)?,
            6 => checked(text, Offering::COLLECTIONS, field, Layer::Offering)?,
            _ => return Err(not_a_target(field)),
        };
        Ok(Self { layer, name: text.to_owned() })
    }

    /// Reads the name of a counter, and of nothing else.
    ///
    /// # Errors
    /// Names `field`.
    pub fn counter_named(text: &str, field: &str) -> Result<Self> {
        let layer = checked(text, Counter::COLLECTIONS, field, Layer::Counter)?;
        Ok(Self { layer, name: text.to_owned() })
    }

    /// The layer whose rules speak of the target.
    pub fn layer(&self) -> Layer {
        self.layer
    }

    /// The whole name.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// The mall that the target is or lies in; `None` for the nation.
    pub fn mall(&self) -> Option<&str> {
        self.up_to(2)
    }

    /// The counter that the target is or lies at.
    pub fn counter(&self) -> Option<&str> {
        self.up_to(4)
    }

    /// This target and all above it, the nation first: the layers whose rules it inherits.
    pub fn chain(&self) -> impl Iterator<Item = &str> {
        std::iter::once(NATIONAL).chain([2, 4, 6].into_iter().filter_map(|parts| self.up_to(parts)))
    }

    /// Labels of an appointment, a ticket or a deviation of this counter.
    pub fn labels(&self, region: &str, date: &str) -> Labels {
        let (mall, counter) = (self.mall().unwrap_or_default(), self.counter().unwrap_or_default());
        let pairs = [
            (Label::Mall, mall),
            (Label::Counter, counter),
            (Label::Region, region),
            (Label::Date, date),
        ];
        pairs.into_iter().map(|(label, value)| (label, value.to_owned())).collect()
    }

    fn up_to(&self, parts: usize) -> Option<&str> {
        let mut slashes = self.name.match_indices('/').map(|(at, _)| at);
        match slashes.nth(parts - 1) {
            Some(end) => Some(&self.name[..end]),
            None => (self.name.split('/').count() == parts).then_some(&self.name),
        }
    }
}

/// True for the name itself and for every name below it.
pub fn lies_within(name: &str, above: &str) -> bool {
    name.strip_prefix(above).is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
}

fn checked(text: &str, collections: &[&str], field: &str, layer: Layer) -> Result<Layer> {
    ResourceName::parse(text, collections, field).map(|_| layer)
}

fn not_a_target(field: &str) -> Error {
    let hint = "write national, malls/{id}, malls/{id}/counters/{id} or \
                malls/{id}/counters/{id}/offerings/{id}";
    Error::field(field, FieldCode::Name, hint)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_offering_inherits_from_counter_mall_and_nation() {
        let target = Target::parse("malls/a/counters/b/offerings/c", "target").unwrap();
        let chain: Vec<_> = target.chain().collect();
        let expected =
            ["national", "malls/a", "malls/a/counters/b", "malls/a/counters/b/offerings/c"];
        assert_eq!(chain, expected);
        assert_eq!(target.mall(), Some("malls/a"));
        assert_eq!(target.counter(), Some("malls/a/counters/b"));
    }

    #[test]
    fn the_nation_has_no_mall_and_a_mall_no_counter() {
        let nation = Target::parse("national", "target").unwrap();
        assert_eq!((nation.mall(), nation.chain().count()), (None, 1));
        let mall = Target::parse("malls/a", "target").unwrap();
        assert_eq!((mall.counter(), mall.chain().count()), (None, 2));
    }

    #[test]
    fn what_is_no_target_is_refused_with_its_field() {
        for text in ["", "nation", "malls", "malls/a/counters", "units/x", "malls/a/windows/1"] {
            let error = Target::parse(text, "hours_rule.target").unwrap_err();
            assert_eq!(error.violations()[0].field, "hours_rule.target", "{text}");
        }
    }
}
