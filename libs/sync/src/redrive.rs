//! Records that waited are tried again: by command, and by themselves once what they wait for is
//! there ([`super::look`]).

use std::collections::{BTreeMap, HashSet};

use mpp_api::sync::{Record, RedriveRecordsRequest, Source};
use mpp_core::{Error, FieldCode, FieldViolation, Reason, Result, Role};
use mpp_form::Check;
use mpp_resource::Call;
use mpp_store::{Actor, Tx};
use prost::Message as _;

use crate::{
    account::show,
    apply::{failed_on, is_a_records_fault},
    fate::{Done, Fate, Fates, WaitingRecord, fault, first_fault},
    kind::Synced,
    metrics,
    model::{forms::Forms, quarantine::check_code},
    session::{Session, permit},
    settle::{settle, tried},
    store::{
        clients::Client,
        lease::Lease,
        waiting::{self, Selection, Waiting},
    },
    syncs::Syncs,
    turn::{Patience, Work, turn},
};

/// The message for a record that its source has not sent like this, and that is therefore not
/// taken.
fn altered<S: Syncs>() -> FieldViolation {
    let text = format!(
        "the record was altered in the database while it waited, and is not taken: `mpp repair {} \
         bookkeeping` has its source send it again",
        S::NAME
    );
    fault("", FieldCode::Internal, &text)
}

/// The code of records that were undone.
const UNDONE: &str = "UNDONE";

/// The session that brought a record; none for what an officer releases after its session was
/// undone, which is the officer's word.
fn brought_by(row: &Waiting) -> &str {
    if row.code == UNDONE { "" } else { &row.session }
}

/// The place of a record's kind in the order of writing, how its client writes, and that.
type Alike = (usize, bool, i64, i64);

fn alike_to<D: Synced>(row: &Waiting) -> Alike {
    let kind = D::kind_of(&row.name);
    let place = D::KINDS.iter().position(|own| Some(*own) == kind).unwrap_or_default();
    (place, row.unique_ids, row.form, row.client)
}

fn owned(names: &[&str]) -> Vec<String> {
    names.iter().copied().map(str::to_owned).collect()
}

/// A redrive's author and settings.
#[derive(Clone)]
pub struct Redrive<S> {
    /// The replica that does it.
    pub service: S,
    /// The author of what it writes.
    pub actor: Actor,
    /// Records move to other units, however many they are.
    pub accept_moves: bool,
    /// A dry run: nothing is stored.
    pub validate_only: bool,
    /// For how long its caller waits.
    pub patience: Patience,
}

/// Tries the records that a caller's request names.
///
/// # Errors
/// `NOT_FOUND` for a source that does not exist, `PERMISSION_DENIED` for another's; those of
/// [`Redrive::all`].
pub async fn by_command<S: Syncs>(
    service: &S,
    call: &Call,
    request: &RedriveRecordsRequest,
) -> Result<Done> {
    let mut check = Check::new("");
    check.name::<Source>("source", &request.source);
    check_kept_name::<S::Doc>(&mut check, &request.name);
    check_code(&mut check, &request.code);
    check.finish()?;
    service.await_source(&request.source).await?;
    let actor = Actor::new(request.source.clone(), call.caller.subject.clone());
    let mut tx = service.db().begin(&actor).await?;
    permit(service, &mut tx, call, &request.source).await?;
    tx.rollback().await?;
    check_release(call, &request.code)?;
    let (accept_moves, validate_only) = (request.accept_moves, request.validate_only);
    let (service, patience) = (service.clone(), Patience::of(call));
    let redrive = Redrive { service, actor, accept_moves, validate_only, patience };
    let wanted = Selection {
        source: request.source.clone(),
        code: request.code.clone(),
        name: request.name.clone(),
        with_refused: !request.code.is_empty() || !request.name.is_empty(),
        with_undone: releases(call) && (!request.name.is_empty() || request.code == UNDONE),
        ..Selection::default()
    };
    let done = redrive.all(&wanted).await?;
    redrive.service.memory().see(done.revision, call.deadline).await;
    Ok(done)
}

/// True for a caller who may release what was undone: it comes back by an officer's word, and not
/// by that of the program that has sent it.
fn releases(call: &Call) -> bool {
    [Role::Administrator, Role::UnitOfficer].iter().any(|role| call.caller.is(*role))
}

fn check_kept_name<D: Synced>(check: &mut Check, name: &str) {
    match D::kind_of(name) {
        _ if name.is_empty() => {}
        Some(kind) => check.name_of(kind, "name", name),
        None => {
            let text = format!("is no name of a record that waits here: {}", D::KINDS.join(", "));
            check.fail("name", FieldCode::Name, text);
        }
    }
}

fn check_release(call: &Call, code: &str) -> Result<()> {
    if releases(call) || code != UNDONE {
        return Ok(());
    }
    let text = "what was undone is released by an officer of the source's unit or an administrator";
    Err(Error::new(Reason::PermissionDenied, text))
}

impl<S: Syncs> Redrive<S> {
    /// Tries all records of a selection, some at a time, in the order of their names.
    ///
    /// # Errors
    /// `UNAVAILABLE`, `WRITE_CONFLICT` and `NEWER_FORM` if they cannot be written here or now;
    /// records that were tried before keep their outcome.
    pub async fn all(&self, wanted: &Selection) -> Result<Done> {
        let (mut done, mut after) = (Done::default(), String::new());
        loop {
            let most = self.service.settings().batch_records;
            let mut db = self.service.db().read().await?;
            let found = waiting::select(db.conn(), wanted, &after, most).await?;
            db.end().await?;
            let Some(last) = found.last() else { return Ok(done) };
            after.clone_from(last);
            let names: Vec<&str> = found.iter().map(String::as_str).collect();
            done.add(self.some(wanted, &names).await?);
        }
    }

    /// Tries some records together, or one by one if the database refuses one of them; all in one
    /// turn.
    pub(super) async fn some(&self, wanted: &Selection, names: &[&str]) -> Result<Done> {
        let source = &wanted.source;
        let _turn = turn(&self.service, source, Work::Redrive, &self.patience).await?;
        let (mut done, mut left) = (Done::default(), owned(names));
        match self.raced(wanted, &mut left, &mut done).await {
            Err(error) if is_a_records_fault(&error) => {
                tracing::error!(source, %error, context = ?error.context(),
                    "the database refused records that waited; looking for the one");
            }
            all => return all.map(|()| done),
        }
        for name in left {
            match self.raced(wanted, &mut vec![name.clone()], &mut done).await {
                Err(error) if is_a_records_fault(&error) => {
                    done.add(self.failed(source, &name).await?);
                }
                one => one?,
            }
        }
        Ok(done)
    }

    /// Tries records, those of each session in a transaction of their own: the history names one
    /// session for all that a transaction writes, and an undo finds by it what the session brought.
    /// Those that were tried are counted, and no more among the `names`.
    async fn raced(
        &self,
        wanted: &Selection,
        names: &mut Vec<String>,
        done: &mut Done,
    ) -> Result<()> {
        while !names.is_empty() {
            let some: Vec<&str> = names.iter().map(String::as_str).collect();
            let (of_one, left) = self.raced_once(wanted, &some).await?;
            done.add(of_one);
            *names = left;
        }
        Ok(())
    }

    /// Tries again after a lost race, as a batch does.
    async fn raced_once(&self, wanted: &Selection, names: &[&str]) -> Result<(Done, Vec<String>)> {
        let mut tries = 1;
        loop {
            match self.attempt(wanted, names).await {
                Err(error)
                    if error.reason() == Reason::WriteConflict
                        && tries < self.service.settings().batch_tries =>
                {
                    tries += 1;
                    let head = self.service.db().read().await?.revision();
                    self.service.memory().catch_up(head).await?;
                }
                done => return done,
            }
        }
    }

    /// Tries the records of one session in one transaction, and answers the names of the others; a
    /// second try at the same time finds only those that are left and that the selection still
    /// means.
    async fn attempt(&self, wanted: &Selection, names: &[&str]) -> Result<(Done, Vec<String>)> {
        let source = &wanted.source;
        let mut tx = self.service.db().begin(&self.actor).await?;
        if !waiting::lock(&mut tx, source).await? {
            tx.rollback().await?;
            return Ok((Done::default(), Vec::new()));
        }
        let mut all: Vec<Waiting> =
            waiting::still(&mut tx, wanted, names).await?.into_values().collect();
        all.sort_by(|one, other| one.name.cmp(&other.name));
        let first = all.first().map(brought_by).unwrap_or_default().to_owned();
        let (rows, others): (Vec<_>, Vec<_>) =
            all.into_iter().partition(|row| brought_by(row) == first);
        let others = others.into_iter().map(|row| row.name).collect();
        tx.within(&first);
        let fates = self.write(&mut tx, source, &rows).await?;
        let taken = rows.iter().zip(&fates).filter(|(row, fate)| !row.deletes && fate.is_ok());
        let taken_of: HashSet<i64> = taken.map(|(row, _)| row.client).collect();
        let mut done = settle::<S::Doc>(&mut tx, rows, &fates).await?;
        if done.taken > 0 || done.refused != 0 {
            show(&self.service, &mut tx, source, (&done, &taken_of)).await?;
        }
        if self.validate_only {
            tx.rollback().await?;
            return Ok((done, others));
        }
        done.revision = tx.commit().await?;
        metrics::redriven::<S>(&done.kinds);
        let (taken, left) = (done.taken, done.waiting);
        tracing::info!(source, taken, left, rejected = done.rejected, "records were redriven");
        Ok((done, others))
    }

    /// Writes records as the batches that brought them would.
    async fn write(&self, tx: &mut Tx, source: &str, rows: &[Waiting]) -> Result<Vec<Fate>> {
        let mut fates = Fates::new();
        let mut alike: BTreeMap<Alike, Vec<WaitingRecord<S::Doc>>> = BTreeMap::new();
        for (index, row) in rows.iter().enumerate() {
            if row.is_altered() {
                fates.insert(index, Err(altered::<S>()));
                continue;
            }
            let decoded = Record::decode(row.record.as_slice()).map_err(Error::internal)?;
            match S::Doc::check(decoded, source) {
                Ok(checked) => {
                    alike.entry(alike_to::<S::Doc>(row)).or_default().push((index, checked));
                }
                Err(error) => drop(fates.insert(index, Err(first_fault(&error)))),
            }
        }
        let since = self.service.settings().away(tx.now());
        for ((kind, unique_ids, form, client), records) in alike {
            let lease = Lease {
                source: source.to_owned(),
                unique_ids,
                forms: Forms::only(S::Doc::KINDS[kind], form),
                accept_moves: self.accept_moves,
                client: Client::of(tx, source, client, since).await?,
                ..Lease::default()
            };
            let session = Session::standing_in(&self.service, lease, self.actor.clone());
            fates.extend(session.write(tx, &records).await?);
        }
        let unseen = || Err(fault("", FieldCode::Internal, "was not looked at"));
        Ok((0..rows.len()).map(|index| fates.remove(&index).unwrap_or_else(unseen)).collect())
    }

    /// Notes that the service failed on a record, which is then left alone for ever longer.
    async fn failed(&self, source: &str, name: &str) -> Result<Done> {
        let mut tx = self.service.db().begin(&self.actor).await?;
        let mut done = Done::default();
        let is_there = waiting::lock(&mut tx, source).await?;
        let mut known = waiting::known(&mut tx, source, &[name]).await?;
        if let Some(row) = known.remove(name).filter(|_| is_there) {
            let text = failed_on::<S>("it is tried again");
            let refused = row.refused;
            let was = row.clone();
            let why = fault("", FieldCode::Internal, &text);
            let row = tried::<S::Doc>(row, &why, refused, tx.now());
            waiting::tried(&mut tx, &was, &row).await?;
            done.waiting += 1;
            done.left.push(row);
        }
        if self.validate_only {
            tx.rollback().await?;
        } else {
            tx.commit().await?;
        }
        Ok(done)
    }
}
