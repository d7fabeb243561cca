//! A bad sync is undone: what a session has written goes back to what it was before, as a new
//! change.
//!
//! **What is undone is worked out from the history alone**: a record whose last versions are all
//! the session's goes back to the version before them. A record that somebody has changed since, or
//! in between, is left and named. So an undo that was cut off, by a kill or a lost connection, goes
//! on where it was when it is asked for again: what it has put back is no longer the session's.
//!
//! **A call undoes a piece**, in one transaction under the lock of its source's lease, and answers
//! the place to go on at: so none writes more than that, whatever the session has brought, nor
//! reads more (`store/touched.rs`): it goes through the session's revisions in their order.
//!
//! **What was undone is kept in mind** (`store/undone.rs`): as long as its source sends the same
//! bytes it waits as `UNDONE`, since the next run, or the next reconcile, would bring it back.
//! Other bytes are taken as ever, and an officer may release it. If several sessions that changed a
//! record are undone, the bytes that came last are kept in mind.
//!
//! **Places that the session has made go last** (`undo/places.rs`), and from the last one back: by
//! then what the session had put into them has gone.
//!
//! **What others have made keeps what it rests on, and what is kept keeps what rests on it**
//! (`undo/stays.rs`), of places and of all other records alike.
//!
//! **What is put back is checked as a write is, and filed as one**: where its place has gone
//! meanwhile, or would lie below itself, it is left. What has only followed a place, as the
//! services of an office that moved, follows it back, and is neither told nor kept in mind.
//!
//! Rejected: *one transaction for all of it*, which would hold up every writer of an SQLite file
//! for as long as the sync itself took. *Undoing what others have built on*: only those who came
//! later know what they meant.

mod places;
mod stays;
mod then;

use mpp_api::{
    difference::{self, Room},
    document,
    sync::{
        Source, UndoSessionRequest, UndoSessionResponse, UndoneRecord, undone_record::Change as Did,
    },
    types::{Tombstone, tombstone::Reason as Why},
};
use mpp_core::{Error, FieldCode, Result};
use mpp_form::Check;
use mpp_resource::Call;
use mpp_store::{Actor, Change, Label, Op, Tx, newest_version};

use self::then::{UNDO, is_same, is_undone, unknown};
use crate::{
    kind::Synced as _,
    metrics,
    session::permit,
    store::{
        lease,
        touched::{self, SessionPlace, Touched},
        undone::{self, Undone},
        waiting,
    },
    syncs::Syncs,
    turn::{Patience, Work, turn},
};

/// The place after all records of a session, from which its records in quarantine are undone.
const WAITING: &str = "waiting";

/// Undoes a piece of a session for a caller, or shows what that would do.
///
/// # Errors
/// `NOT_FOUND` for a source that does not exist, or a session of which nothing is known;
/// `PERMISSION_DENIED` for another's; `WRONG_STATE` while the session is alive.
pub async fn by_command<S: Syncs>(
    service: &S,
    call: &Call,
    request: &UndoSessionRequest,
) -> Result<UndoSessionResponse> {
    let mut check = Check::new("");
    check.name::<Source>("source", &request.source);
    if request.session.is_empty() {
        let text = "must name a session; `mpp history SOURCE` tells them";
        check.fail("session", FieldCode::Required, text);
    }
    check.finish()?;
    service.await_source(&request.source).await?;
    // Who may not do it has no turn either.
    let mut tx = service.db().begin(&by(call, request)).await?;
    permit(service, &mut tx, call, &request.source).await?;
    tx.rollback().await?;
    let mut tries = 1;
    let answer = loop {
        match piece(service, call, request).await {
            Err(error) if service.settings().tries_again(&error, tries) => tries += 1,
            done => break done?,
        }
    };
    if !request.validate_only {
        service.memory().see(answer.revision, call.deadline).await;
        metrics::undone::<S>(&answer.records);
    }
    Ok(answer)
}

fn by(call: &Call, request: &UndoSessionRequest) -> Actor {
    Actor::new(UNDO, call.caller.subject.clone()).within(&request.session)
}

async fn piece<S: Syncs>(
    service: &S,
    call: &Call,
    request: &UndoSessionRequest,
) -> Result<UndoSessionResponse> {
    let actor = by(call, request);
    let _turn = turn(service, &request.source, Work::Undo, &Patience::of(call)).await?;
    let mut tx = service.db().begin(&actor).await?;
    permit(service, &mut tx, call, &request.source).await?;
    lease::check_over(&mut tx, &request.source, &request.session).await?;
    let mut piece = UndoPiece::new(request, service.settings().batch_records);
    piece.check_known(&mut tx).await?;
    match request.after.strip_prefix(WAITING) {
        None => match request.after.strip_prefix(places::PLACES) {
            None => piece.undo_records(service, &mut tx).await?,
            Some(place) => piece.undo_places(service, &mut tx, place.trim_start()).await?,
        },
        Some(place) if place.is_empty() || place.starts_with(' ') => {
            piece.undo_waiting(service, &mut tx, place.trim_start()).await?;
        }
        Some(_) => {
            let text = "is no place in a session; pass on the `next` of the answer before";
            return Err(Error::field("after", FieldCode::Format, text));
        }
    }
    let kept_for = (request.source.as_str(), request.session.as_str());
    undone::keep(&mut tx, kept_for, &call.caller.subject, &piece.kept).await?;
    let answer = UndoSessionResponse { records: piece.told, next: piece.next, revision: 0 };
    if request.validate_only {
        tx.rollback().await?;
        return Ok(answer);
    }
    let revision = tx.commit().await?;
    Ok(UndoSessionResponse { revision, ..answer })
}

/// The piece of a session that one call undoes.
struct UndoPiece<'a> {
    request: &'a UndoSessionRequest,
    /// How many records it may have.
    most: usize,
    told: Vec<UndoneRecord>,
    /// Names of records that are gone again.
    gone: Vec<String>,
    /// Names of records that are filed elsewhere again.
    moved: Vec<String>,
    /// Records that are not taken again as they were.
    kept: Vec<Undone>,
    /// The place at which the next piece begins; empty after the last.
    next: String,
    room: Room,
}

impl<'a> UndoPiece<'a> {
    fn new(request: &'a UndoSessionRequest, most: usize) -> Self {
        let (told, kept, next) = (Vec::new(), Vec::new(), String::new());
        let (gone, moved) = (Vec::new(), Vec::new());
        Self { request, most, told, gone, moved, kept, next, room: Room::default() }
    }

    /// Puts records back.
    async fn undo_records<S: Syncs>(&mut self, service: &S, tx: &mut Tx) -> Result<()> {
        let UndoSessionRequest { source, session, after, .. } = self.request;
        let (of, place) = ((source.as_str(), session.as_str()), SessionPlace::read(after));
        let order = (S::Doc::KINDS, self.most);
        let (found, next) = touched::touched(tx.conn(), of, place, order).await?;
        for one in &found {
            self.undo(service, tx, one).await?;
        }
        service.gone(tx, &self.gone).await?;
        service.follow(tx, &self.moved).await?;
        self.next = next.map_or_else(|| WAITING.to_owned(), |place| place.token());
        Ok(())
    }

    /// There was such a session: one may have changed nothing.
    async fn check_known(&self, tx: &mut Tx) -> Result<()> {
        let UndoSessionRequest { source, session, .. } = self.request;
        let known = touched::has_written(tx.conn(), (source, session)).await?
            || lease::was_there(tx, source, session).await?;
        if known { Ok(()) } else { Err(unknown(source, session)) }
    }

    async fn undo<S: Syncs>(&mut self, service: &S, tx: &mut Tx, one: &Touched) -> Result<()> {
        // It has followed a place in which it lies, and follows it again.
        if one.said == 0 {
            return Ok(());
        }
        let kind = document::KINDS.iter().copied().find(|kind| *kind == one.kind);
        let kind = kind.ok_or_else(|| Error::internal("a kind that the contract has not"))?;
        let Some(last) = newest_version(tx.conn(), (kind, &one.name)).await? else {
            return Ok(());
        };
        if is_undone(tx, &self.request.session, &last, one).await? {
            return Ok(());
        }
        let before = match self.judged(service, tx, (&last, one)).await? {
            Ok(before) => before,
            Err(why) => {
                self.leave(&last, why);
                return Ok(());
            }
        };
        if before.as_ref().is_some_and(|before| is_same(before, &last)) {
            return Ok(());
        }
        let buried = before.as_ref().and_then(|before| before.tombstone.clone());
        let then = before.filter(|before| before.op == Op::Put);
        // It was made and deleted within the session; or others may lie in it, and it goes last.
        let is_later = S::Doc::PLACES.contains(&kind);
        if then.is_none() && (last.op == Op::Deleted || is_later) {
            return Ok(());
        }
        let undone = Tombstone { reason: Why::Undone.into(), successor: String::new() };
        let gone = buried.unwrap_or(undone);
        tx.put_back((kind, &one.name, last.version), then.as_ref(), &gone).await?;
        self.note::<S>(kind, &last, then.as_ref());
        Ok(())
    }

    /// Notes what was done to a record, and what follows from it.
    fn note<S: Syncs>(&mut self, kind: &str, last: &Change, then: Option<&Change>) {
        self.tell::<S>(last, then);
        if then.is_some_and(|then| then.labels != last.labels) {
            self.moved.push(last.name.clone());
        }
        if S::Doc::KINDS.contains(&kind) {
            if then.is_none() {
                self.gone.push(last.name.clone());
            }
            // A place that its source has given up stays, without its label.
            let source = Some(&self.request.source);
            let deletes = last.op == Op::Deleted || last.labels.get(&Label::Source) != source;
            self.kept.push(Undone { name: last.name.clone(), deletes, waited: false });
        }
    }

    /// A record that stays as it is now.
    fn leave(&mut self, last: &Change, why: String) {
        let (kind, name) = (last.kind.clone(), last.name.clone());
        let change = Did::Left.into();
        self.told.push(UndoneRecord { kind, name, change, left_reason: why, ..Default::default() });
    }

    fn tell<S: Syncs>(&mut self, last: &Change, then: Option<&Change>) {
        let mut told = UndoneRecord {
            kind: last.kind.clone(),
            name: last.name.clone(),
            from_version: last.version,
            to_version: then.map_or(0, |then| then.version),
            ..UndoneRecord::default()
        };
        told.set_change(match (last.op, then) {
            (Op::Put, Some(_)) => Did::Restored,
            (_, Some(_)) => Did::BroughtBack,
            (_, None) => Did::Deleted,
        });
        if told.change() == Did::Deleted {
            told.unseen = S::unseen(&last.kind).to_owned();
        }
        let both = then.filter(|_| last.op == Op::Put);
        let found = both.and_then(|then| difference::of(&last.kind, &last.doc, &then.doc));
        told.differences = found.unwrap_or_default();
        // Who has set what over a source is told with the record.
        told.differences.retain(|one| !one.path.contains(".overrides"));
        told.left_out = self.room.keep(&mut told.differences);
        self.told.push(told);
    }

    /// Holds back what the session has brought and is not applied yet, after a name.
    async fn undo_waiting<S: Syncs>(
        &mut self,
        service: &S,
        tx: &mut Tx,
        after: &str,
    ) -> Result<()> {
        let UndoSessionRequest { source, session, .. } = self.request;
        let held = waiting::undo(tx, (source, session), after, self.most).await?;
        self.next = match held.last().filter(|_| held.len() == self.most) {
            Some((name, _)) => format!("{WAITING} {name}"),
            None => String::new(),
        };
        for (name, deletes) in held {
            let kind = S::Doc::kind_of(&name).unwrap_or_default().to_owned();
            let mut told = UndoneRecord { kind, name: name.clone(), ..UndoneRecord::default() };
            told.set_change(Did::Held);
            self.told.push(told);
            self.kept.push(Undone { name, deletes, waited: true });
        }
        if !self.next.is_empty() {
            return Ok(());
        }
        lease::ask_anew(tx, source).await?;
        self.undo_places(service, tx, "").await
    }
}
