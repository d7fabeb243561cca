//! Brings the labels of hours rules in line when a mall moves: a rule's region follows from the
//! registry's record, and followers of a region learn of the rules that come and go with a mall.

use mpp_api::scheduling::HoursRule;
use mpp_core::{Label, Labels, Reason, Result};
use mpp_form::hours_rule::Target;
use mpp_resource::memory::View as _;
use mpp_store::Expect;

use super::{Deviations, hours_rules::keep_handed};
use crate::{memory::dirty::Dirty, store::own_name};

impl Deviations {
    /// Gives the rules of these malls the labels of now, if they bear labels from before. Rules of
    /// an unknown mall stay as they are; so do rules that a newer program has written, unless this
    /// one is `alone`, with no newer one beside it.
    ///
    /// # Errors
    /// `UNAVAILABLE`, `WRITE_CONFLICT` or `NEWER_FORM`, as the database answers.
    pub async fn relabel_rules(&self, dirty: &Dirty, alone: bool) -> Result<()> {
        let mislabelled = self.mislabelled(dirty);
        if mislabelled.is_empty() {
            return Ok(());
        }
        let mut tx = self.db.begin(&own_name()).await?;
        for (name, mut labels) in mislabelled {
            // Reads it as it stands now: an officer may have changed it meanwhile.
            if let Some(rule) = tx.get::<HoursRule>(&name).await? {
                keep_handed(&mut labels, Some(&rule.labels));
                let put = tx.put(&name, &rule.doc, labels, Expect::Version(rule.version)).await;
                match put {
                    Err(error) if alone && error.reason() == Reason::NewerForm => {}
                    put => drop(put?),
                }
            }
        }
        tx.commit().await.map(drop)
    }

    fn mislabelled(&self, dirty: &Dirty) -> Vec<(String, Labels)> {
        let state = self.memory.read();
        let touched = |mall: &str| dirty.all || dirty.malls.contains(mall);
        let known = |target: &Target| target.mall().is_none_or(|m| state.directory.mall(m).is_ok());
        let rows = state.records.records().rows::<HoursRule>("");
        rows.filter(|(_, row)| touched(row.label(Label::Mall)))
            .filter_map(|(name, row)| {
                let target = Target::parse(row.label(Label::Target), "target").ok()?;
                let labels = state.rule_labels(&target, row.label(Label::Source));
                let mut own = row.labels();
                own.remove(&Label::Overridden);
                (known(&target) && labels != own).then(|| (name.to_string(), labels))
            })
            .collect()
    }
}
