//! What the state of earlier runs knows, read and left as it is.

use std::collections::{BTreeMap, BTreeSet, HashSet};

use mpp_core::{Clock, Result};
use mpp_form::record::is_place;

use crate::{
    app::{plan::Run, survey::Survey},
    model::{
        absence::{Absent, Due, RunCounts},
        filled::Relied,
        foreseen::Goes,
        own::SentIds,
    },
    source::Way,
    store::{Beliefs, Compared, Store},
};

/// What earlier runs know of a source; nothing if there was none.
#[derive(Default)]
pub(super) struct EarlierRuns {
    /// The name of the client that a run is.
    pub(super) client: String,
    /// The columns that the last run found.
    pub(super) relied: Relied,
    /// Rows that a person has released.
    released: BTreeMap<String, String>,
    /// How records stand by the registry's last answers.
    pub(super) beliefs: Beliefs,
    /// Ids that the registry holds.
    pub(super) held: HashSet<String>,
    /// Ids that were reported as gone.
    told_gone: HashSet<String>,
    /// Ids that a person has said to be rightly gone.
    pub(super) accepted_gone: HashSet<String>,
    /// What this configuration has sent; `None`: whatever the registry holds is its own.
    pub(super) own: Option<SentIds>,
    /// Since when records are absent.
    absent: BTreeMap<String, Absent>,
    /// The source may be empty.
    pub(super) is_empty_meant: bool,
}

impl EarlierRuns {
    pub(super) async fn of(run: &Run) -> Result<Self> {
        // A state that does not exist is not made.
        if !run.state.exists() {
            let own = (!run.is_upload()).then(SentIds::default);
            return Ok(Self { client: run.client(), own, ..Self::default() });
        }
        let store = Store::open(&run.state).await?;
        store.check_service(run.way.destination).await?;
        Ok(Self {
            client: store.client(&run.client()).await?,
            relied: if run.accept_missing { Relied::default() } else { store.relied_on().await? },
            released: store.released().await?,
            beliefs: store.beliefs().await?,
            held: store.held().await?,
            told_gone: store.told_gone().await?,
            accepted_gone: store.accepted_gone().await?,
            own: if run.is_upload() { None } else { Some(store.own().await?) },
            absent: store.absent().await?,
            is_empty_meant: store.is_empty_meant().await?,
        })
    }

    /// Ids that were reported as gone, without those that this run takes out of the index.
    pub(super) fn still_missed(&mut self, run: &Run) -> HashSet<String> {
        let mut told = std::mem::take(&mut self.told_gone);
        told.retain(|id| !run.withdraw.takes(id));
        told
    }

    /// How the source is mapped, with what a person has released.
    pub(super) fn way(&self, run: &Run) -> Way {
        Way { released: self.released.clone(), ..run.way.clone() }
    }

    /// Ids of what a run would withdraw by itself.
    pub(super) fn due(
        &self,
        run: &Run,
        survey: &Survey<'_>,
        compared: &Compared,
        standing: i64,
    ) -> BTreeSet<String> {
        let mut absent = self.absent.clone();
        absent
            .retain(|id, _| compared.held.contains_key(id) && survey.difference.may_go_unnamed(id));
        let seen = RunCounts { held: compared.held.len(), unread: survey.tally.unread(), standing };
        match run.absence().judge(&absent, seen, Clock::system().now()) {
            Due::These(ids) => ids.into_iter().collect(),
            Due::TooMany(..) => BTreeSet::new(),
        }
    }

    /// When a record that is not due yet goes by itself. For a record that this run would be the
    /// first to miss, the time begins now; a run that could not read a row misses nothing.
    pub(super) fn goes(&self, run: &Run, survey: &Survey<'_>, id: &str) -> Goes {
        if !survey.difference.is_own(id) && !is_place(id) {
            return Goes::NotByThis;
        }
        if !survey.difference.may_go_unnamed(id) {
            return Goes::Never;
        }
        let rule = run.absence();
        let since = self.absent.get(id);
        let now = Clock::system().now();
        let due = rule.due(id, since.map_or(now, |one| one.since));
        match (due, since) {
            (Some(due), Some(one)) => Goes::At(due.max(one.due)),
            (Some(due), None) if survey.tally.unread() == 0 => Goes::At(due),
            _ => Goes::Never,
        }
    }
}
