//! The methods that are alike for every kind of record, from request to answer.

use mpp_api::Document as _;
use mpp_api::{
    method::{Create, Delete, Get, Update},
    types::{Tombstone, Warning, tombstone::Reason},
};
use mpp_core::{Error, FieldCode, FieldViolation, Result, check_name};
use mpp_form::tombstone;
use mpp_rpc::status;
use tonic::{Request, Response, Status};

use crate::{
    call::Call,
    kind::{Kind, Resource},
    memory::View,
    service::{Keeps, Serves, filled},
    write,
};

/// The answer of a handler.
pub type Answer<T> = Result<Response<T>, Status>;

/// Wraps an answer.
///
/// # Errors
/// The error as a status.
pub fn reply<T>(answer: Result<T>) -> Answer<T> {
    answer.map(Response::new).map_err(status)
}

/// Answers one record from memory.
///
/// # Errors
/// `NOT_FOUND`; a name of another form.
pub async fn get<M>(service: &impl Serves<M::Record>, request: Request<M>) -> Answer<M::Response>
where
    M: Get,
    M::Record: Kind,
{
    let request = request.into_inner();
    let found = read(service, request.name(), request.min_revision()).await;
    reply(found.map(M::response))
}

/// One record from memory, as readers get it.
///
/// # Errors
/// `NOT_FOUND`; a name of another form.
pub async fn read<K: Kind>(service: &impl Serves<K>, name: &str, min_revision: i64) -> Result<K> {
    check_name(name, K::COLLECTIONS, "name")?;
    service.memory().wait_for(min_revision).await?;
    let view = service.memory().read();
    let found = view.records().get::<K>(name).ok_or_else(|| Error::not_found(name))?;
    let etag = found.etag();
    let mut record = filled(service, &view, found.doc);
    record.stamp(etag, &found.stamp);
    Ok(record)
}

/// Makes a record.
///
/// # Errors
/// The errors of [`write::create`].
pub async fn create<M>(service: &impl Keeps<M::Record>, request: Request<M>) -> Answer<M::Response>
where
    M: Create,
    M::Record: Resource,
{
    reply(created(service, request).await)
}

async fn created<M>(service: &impl Keeps<M::Record>, request: Request<M>) -> Result<M::Response>
where
    M: Create,
    M::Record: Resource,
{
    let (call, mut request) = Call::open(request)?;
    let record = request.take_record();
    let name = write::NewName { parent: request.parent(), id: request.id(), id_field: M::ID_FIELD };
    let done = write::create(service, &call, name, record).await?;
    let warnings = warnings(service, &done.answer);
    Ok(M::response(done.answer, done.revision, warnings))
}

/// Changes a record.
///
/// # Errors
/// The errors of [`write::update`].
pub async fn update<M>(service: &impl Keeps<M::Record>, request: Request<M>) -> Answer<M::Response>
where
    M: Update,
    M::Record: Resource,
{
    let answer = updated(service, request).await.map(|(record, revision)| {
        let warnings = warnings(service, &record);
        M::response(record, revision, warnings)
    });
    reply(answer)
}

/// Like [`update`]; answers record and revision, for a handler that adds to the record.
///
/// # Errors
/// The errors of [`write::update`].
pub async fn updated<M>(
    service: &impl Keeps<M::Record>,
    request: Request<M>,
) -> Result<(M::Record, i64)>
where
    M: Update,
    M::Record: Resource,
{
    let (call, mut request) = Call::open(request)?;
    let (record, mask) = request.take_record();
    let done = write::update(service, &call, record, mask).await?;
    Ok((done.answer, done.revision))
}

/// Deletes a record.
///
/// # Errors
/// The errors of [`write::delete`].
pub async fn delete<M>(service: &impl Keeps<M::Record>, request: Request<M>) -> Answer<M::Response>
where
    M: Delete,
    M::Record: Resource,
{
    reply(deleted(service, request).await)
}

async fn deleted<M>(service: &impl Keeps<M::Record>, request: Request<M>) -> Result<M::Response>
where
    M: Delete,
    M::Record: Resource,
{
    let (call, request) = Call::open(request)?;
    let why = if M::SAYS_WHY {
        let collections = M::Record::COLLECTIONS;
        tombstone::checked(request.tombstone(), request.name(), collections, "tombstone")?
    } else {
        Tombstone { reason: Reason::Withdrawn.into(), successor: String::new() }
    };
    let revision = write::delete(service, &call, request.name(), request.etag(), &why).await?;
    Ok(M::response(revision, successor_warning::<M::Record>(service, &why)))
}

/// References of a written record to records that do not exist.
fn warnings<R: Resource>(service: &impl Keeps<R>, record: &R) -> Vec<Warning> {
    let found = service.warnings(&service.memory().read(), record);
    found.into_iter().map(warning).collect()
}

/// A successor may come only after its predecessor has gone, or its name may be a slip.
fn successor_warning<R: Resource>(service: &impl Keeps<R>, why: &Tombstone) -> Vec<Warning> {
    let view = service.memory().read();
    if why.successor.is_empty() || view.records().row::<R>(&why.successor).is_some() {
        return Vec::new();
    }
    vec![warning(not_there_yet("tombstone.successor", &why.successor))]
}

/// The warning about a field that names a record which does not exist yet.
pub fn not_there_yet(field: &str, name: &str) -> FieldViolation {
    let description = format!(
        "{name} does not exist yet; nothing has to be done where it will come, else mend the name"
    );
    FieldViolation { field: field.to_owned(), description, code: FieldCode::NotThereYet }
}

/// A warning in the contract's form.
pub fn warning(found: FieldViolation) -> Warning {
    let FieldViolation { field, description, code } = found;
    Warning { field, code: code.to_string(), message: description }
}
