//! A template that was filled in, on its way into the index: read with all its faults by sheet, row
//! and column, then sent as any source is. No state is kept beside it: each upload compares with
//! what the registry holds, so that the same file twice changes nothing.

use std::path::PathBuf;

use mpp_client::Endpoint;
use mpp_core::{Error, Result};
use tempfile::TempDir;
use tokio_util::sync::CancellationToken;

use super::{
    check::{Checked, check},
    plan::{Event, Run, RunOutcome},
    preview::{Previewed, preview},
    run,
};
use crate::{
    model::{
        foreseen::ForeseenRecord,
        problem::Problem,
        template::{Layout, Placed, program},
        withdraw::Withdraw,
    },
    policy::Policy,
    registry,
    source::{Input, Template, Way, layout},
    store::Store,
};

/// A workbook to upload.
#[derive(Clone, Debug)]
pub struct Upload {
    /// The workbook's file.
    pub path: PathBuf,
    /// What it is called in messages.
    pub name: String,
    /// The source's name, such as "sources/disdukcapil-pacitan".
    pub source: String,
    /// The source's unit, for rows that name none: see [`unit_of`].
    pub unit: String,
    /// Ids of rows that look like trials and that a person has looked at.
    pub release: Vec<String>,
    /// Which records to withdraw of those that the workbook no longer has.
    pub withdraw: Withdraw,
    /// Take the upload for complete although many records have gone.
    pub accept_missing: bool,
    /// Let records move to other units although they are many.
    pub accept_moves: bool,
    /// Take the lease from a session whose holder is known to be gone.
    pub take_over: bool,
    /// The numbers that it is held to.
    pub policy: Policy,
}

/// A workbook of the template, ready to be looked at or sent.
#[derive(Debug)]
pub struct Uploaded {
    layout: Layout,
    run: Run,
    /// Holds the state of the run, for as long as it is needed.
    _folder: TempDir,
}

/// The unit that a source belongs to.
///
/// # Errors
/// The registry cannot be reached, does not know the caller, or has no such source.
pub async fn unit_of(source: &str, endpoint: &Endpoint) -> Result<String> {
    registry::unit_of(endpoint, source).await
}

/// Asks the registry whether a caller may publish a source; nothing is published.
///
/// # Errors
/// The registry cannot be reached, or the caller may not.
pub async fn may_publish(source: &str, endpoint: &Endpoint) -> Result<()> {
    registry::may_publish(endpoint, source).await
}

/// Opens a workbook: its rows are not read yet.
///
/// # Errors
/// It is no workbook of the template, or no row of the codes to release is held back.
pub async fn open(upload: &Upload) -> Result<Uploaded> {
    let template = Template { path: upload.path.clone(), name: upload.name.clone() };
    let (of, policy) = (template.clone(), upload.policy.clone());
    let layout = tokio::task::spawn_blocking(move || layout(&of, &policy)).await;
    let layout = layout.map_err(Error::internal)?.map_err(|fault| fault.error)?;
    let folder = tempfile::tempdir().map_err(Error::internal)?;
    let run = upload.run(template, folder.path().join("state.db"));
    if !upload.release.is_empty() {
        release(&run, &upload.release).await?;
    }
    Ok(Uploaded { layout, run, _folder: folder })
}

/// Lets the rows of these ids pass although they look like trials, as long as they are called so.
async fn release(run: &Run, ids: &[String]) -> Result<()> {
    let held_back = check(run).await.held_back;
    let store = Store::open(&run.state).await?;
    store.hold_back(&held_back).await?;
    store.release(ids).await.map(drop)
}

impl Uploaded {
    /// Tells what sending it would change, record by record, and what would be refused by sheet,
    /// row and column. Nothing is changed.
    ///
    /// # Errors
    /// The same as [`preview`].
    pub async fn preview(
        &self,
        endpoint: &Endpoint,
        report: &(dyn Fn(Event) + Sync),
        tell: &mut (dyn FnMut(ForeseenRecord) + Send),
        shutdown: &CancellationToken,
    ) -> Result<(Previewed, Vec<Placed>)> {
        let most = usize::try_from(self.run.policy.kept_problems).unwrap_or(usize::MAX);
        let mut refused = Vec::new();
        let mut hear = |foreseen: ForeseenRecord| {
            refused.extend(refusal(&foreseen).filter(|_| refused.len() < most));
            tell(foreseen);
        };
        let previewed = preview(&self.run, endpoint, report, &mut hear, shutdown).await?;
        let placed = self.placed(&[&previewed.problems[..], &refused].concat());
        Ok((previewed, placed))
    }

    /// Reads it without a registry, and judges each row as the registry would by its form.
    pub async fn check(&self) -> (Checked, Vec<Placed>) {
        let checked = check(&self.run).await;
        let placed = self.placed(&checked.problems);
        (checked, placed)
    }

    fn placed(&self, problems: &[Problem]) -> Vec<Placed> {
        problems.iter().map(|problem| Placed::of(problem, &self.layout)).collect()
    }

    /// Sends it, and tells what was answered by sheet, row and column.
    ///
    /// # Errors
    /// The same as [`run::run`].
    pub async fn send(
        &self,
        endpoint: &Endpoint,
        report: &(dyn Fn(Event) + Sync),
        shutdown: &CancellationToken,
    ) -> Result<(RunOutcome, Vec<Placed>)> {
        let outcome = run::run(&self.run, endpoint, report, shutdown).await?;
        let placed = self.placed(&outcome.problems);
        Ok((outcome, placed))
    }
}

/// Why the registry would refuse a record, or keep it waiting; `None` if it would do neither.
fn refusal(foreseen: &ForeseenRecord) -> Option<Problem> {
    let result = foreseen.record.result.as_ref().filter(|result| !result.code.is_empty())?;
    Some(Problem {
        record: Problem::located(Some(&foreseen.place), &foreseen.id),
        field: result.field.clone(),
        code: result.code.clone(),
        message: result.message.clone(),
    })
}

impl Upload {
    fn run(&self, template: Template, state: PathBuf) -> Run {
        let units = [("biaya".to_owned(), "Rp".to_owned())].into();
        Run {
            source: self.source.clone(),
            input: Input::Template(template),
            way: Way { program: program(&self.unit), units, ..Way::default() },
            state,
            take_over: self.take_over,
            accept_missing: self.accept_missing,
            accept_moves: self.accept_moves,
            reconcile: false,
            withdraw: self.withdraw.clone(),
            rows: None,
            policy: self.policy.clone(),
        }
    }
}
