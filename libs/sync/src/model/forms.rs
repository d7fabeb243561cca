//! The forms in which a client writes records, by their kinds.

use std::{collections::BTreeMap, time::Duration};

use mpp_api::{document, sync::Form};
use mpp_core::{Error, Reason, Result};

use crate::kind::Synced;

/// How long the client of a newer form waits for a replica that knows it.
const RETRY_UPGRADE: Duration = Duration::from_secs(1);

/// The form of each kind; 1 for one that is not named.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Forms(BTreeMap<&'static str, i64>);

impl Forms {
    /// The forms that a client names, of the kinds that a service takes.
    pub fn named<D: Synced>(forms: &[Form]) -> Self {
        let number = |kind: &str| {
            let named = forms.iter().filter(|form| form.kind == kind);
            named.map(|form| form.number).max()
        };
        Self(D::KINDS.iter().filter_map(|kind| Some((*kind, number(kind)?))).collect())
    }

    /// The form of one kind.
    pub fn only(kind: &'static str, number: i64) -> Self {
        Self(BTreeMap::from([(kind, number)]))
    }

    /// The form of a kind.
    pub fn of(&self, kind: &str) -> i64 {
        self.0.get(kind).copied().unwrap_or(1)
    }

    /// The forms as they are stored: those of all kinds but the one that has a column of its own.
    pub fn written<D: Synced>(&self) -> String {
        let others = self.0.iter().filter(|(kind, _)| **kind != D::ALONE);
        others.map(|(kind, number)| format!("{kind}={number}")).collect::<Vec<_>>().join(" ")
    }

    /// Reads what [`Self::written`] has written; `alone` is the form of the other kind.
    pub fn read<D: Synced>(text: &str, alone: i64) -> Self {
        let form = |part: &str| {
            let (kind, number) = part.split_once('=')?;
            let kind = D::KINDS.iter().find(|own| **own == kind)?;
            Some((*kind, number.parse().ok()?))
        };
        let others = text.split(' ').filter_map(form);
        Self(others.chain([(D::ALONE, alone)]).collect())
    }

    /// A record of a newer form would be stored without the fields that this replica does not know,
    /// and its client would not send it again.
    ///
    /// # Errors
    /// `NEWER_FORM`, to be tried again once the service was upgraded.
    pub fn check(&self) -> Result<()> {
        let newer = self.0.iter().find(|(kind, form)| **form > document::form_number(kind));
        let Some((kind, form)) = newer else { return Ok(()) };
        let message = format!(
            "the client writes {kind}s in form {form} and this replica, which knows form {}, would \
             lose fields of them; nothing was written: wait until this service was upgraded",
            document::form_number(kind)
        );
        Err(Error::new(Reason::NewerForm, message).with_retry_after(RETRY_UPGRADE))
    }
}

#[cfg(test)]
mod tests {
    use mpp_form::record::Entry;

    use super::*;

    #[test]
    fn forms_are_read_as_they_were_written_and_one_of_a_kind_is_1_where_none_is_named() {
        let form = |kind: &str, number| Form { kind: kind.into(), number };
        let named = [form("mall", 2), form("service", 3), form("mall", 1), form("hours_rule", 2)];
        let forms = Forms::named::<Entry>(&named);
        assert_eq!(["mall", "service", "unit"].map(|kind| forms.of(kind)), [2, 3, 1]);
        let written = forms.written::<Entry>();
        assert_eq!(written, "mall=2");
        assert_eq!(Forms::read::<Entry>(&written, 3), forms);
        assert_eq!(Forms::read::<Entry>("", 1).of("mall"), 1);
    }

    #[test]
    fn a_newer_form_of_any_kind_is_refused() {
        Forms::only("mall", document::form_number("mall")).check().expect("its own");
        let error = Forms::only("mall", 1_000).check().expect_err("a newer one");
        assert_eq!(error.reason(), Reason::NewerForm);
        assert!(error.message().contains("malls in form 1000"), "{error}");
    }
}
