//! The tree of units: ministry → regional office → branch; local government → office.

use mpp_core::{Error, FieldCode, Result};

/// Units above one another at the most, the unit itself included.
pub const MAX_DEPTH: usize = 8;

const PARENT: &str = "unit.parent";

/// A unit and the units above it, from itself to its agency. Never empty.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Lineage(Vec<String>);

impl Lineage {
    /// From the unit itself upward; `None` if there is no unit.
    pub fn new(upward: Vec<String>) -> Option<Self> {
        (!upward.is_empty()).then_some(Self(upward))
    }

    /// The unit itself.
    pub fn unit(&self) -> &str {
        &self.0[0]
    }

    /// The unit at the root.
    pub fn agency(&self) -> &str {
        &self.0[self.0.len() - 1]
    }

    /// Names whose holder may write the records of this unit: its own and those of the units above.
    pub fn names(&self) -> Vec<&str> {
        self.0.iter().map(String::as_str).collect()
    }

    /// True if `unit` is this one or lies above it.
    pub fn is_within(&self, unit: &str) -> bool {
        self.0.iter().any(|own| own == unit)
    }

    /// Units in the line, the unit itself included.
    pub fn depth(&self) -> usize {
        self.0.len()
    }
}

/// Checks that `unit` can be put below `parent`.
///
/// # Errors
/// `REFERENCE_INVALID` if the unit would lie below itself, or too deep.
pub fn check_parent(unit: &str, parent: &Lineage) -> Result<()> {
    if parent.is_within(unit) {
        let text = format!("{} lies below {unit}; a unit cannot lie below itself", parent.unit());
        return Err(Error::reference(PARENT, FieldCode::Circle, text));
    }
    check_depth(parent.depth() + 1)
}

/// Checks that a tree of so many levels is kept.
///
/// # Errors
/// `REFERENCE_INVALID`.
pub fn check_depth(depth: usize) -> Result<()> {
    if depth <= MAX_DEPTH {
        return Ok(());
    }
    let text = format!("the tree would be {depth} units deep; at most {MAX_DEPTH} are kept");
    Err(Error::reference(PARENT, FieldCode::TooDeep, text))
}

#[cfg(test)]
mod tests {
    use mpp_core::Reason;

    use super::*;

    fn line(names: &[&str]) -> Lineage {
        Lineage::new(names.iter().map(|name| (*name).to_owned()).collect()).expect("not empty")
    }

    #[test]
    fn a_unit_cannot_lie_below_itself() {
        let parent = line(&["units/branch", "units/office", "units/ministry"]);
        check_parent("units/desk", &parent).expect("a new leaf");
        for unit in ["units/branch", "units/ministry"] {
            let error = check_parent(unit, &parent).expect_err("a cycle");
            assert_eq!(error.reason(), Reason::ReferenceInvalid);
        }
    }

    #[test]
    fn the_tree_has_a_bounded_depth() {
        let names = |count| (0..count).map(|level| format!("units/{level}")).collect();
        let line = |count| Lineage::new(names(count)).expect("not empty");
        check_parent("units/new", &line(MAX_DEPTH - 1)).expect("just deep enough");
        check_parent("units/new", &line(MAX_DEPTH)).expect_err("too deep");
    }

    #[test]
    fn whoever_holds_a_unit_above_may_write() {
        let branch = line(&["units/branch", "units/ministry"]);
        assert_eq!(branch.names(), ["units/branch", "units/ministry"]);
        assert_eq!((branch.unit(), branch.agency()), ("units/branch", "units/ministry"));
        assert!(branch.is_within("units/ministry") && !branch.is_within("units/other"));
    }
}
