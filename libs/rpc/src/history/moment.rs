//! A record as it was at a moment.

use mpp_api::{
    feed::{Moment, moment::At},
    time::{from_timestamp, to_timestamp},
};
use mpp_core::{Error, FieldCode, Reason, Result};
use mpp_store::{Change, Db, Read};

/// What a moment shows of a record.
pub(super) struct ShownVersion {
    /// The version that the moment shows.
    pub change: Change,
    /// The moment lies after it, and versions that came in between are not kept any more.
    pub standing_unknown: bool,
}

/// The version that a moment shows; without a moment, the last.
///
/// # Errors
/// Names `field` for a moment that is not valid, or that has not come yet; `NOT_FOUND` for a record
/// that was not there then, `REVISION_COMPACTED` where that is no longer kept.
pub(super) async fn find(
    db: &Db,
    read: &mut Read,
    key: (&str, &str),
    moment: Option<Moment>,
    field: &str,
) -> Result<ShownVersion> {
    let change = version(db, read, key, moment, field).await?;
    let is_later = moment.is_some_and(|moment| is_later(&moment, &change));
    let standing_unknown = is_later && has_gap_after(read, key, change.version).await?;
    Ok(ShownVersion { change, standing_unknown })
}

/// The version alone.
async fn version(
    db: &Db,
    read: &mut Read,
    key: (&str, &str),
    moment: Option<Moment>,
    field: &str,
) -> Result<Change> {
    let Some(moment) = moment else {
        let last = read.versions_below(key, None, 1).await?.into_iter().next();
        return last.ok_or_else(|| Error::not_found(key.1));
    };
    let found = match moment.at.ok_or_else(|| missing(field))? {
        At::Version(version) => {
            let found = read.version(key, version).await?;
            if found.is_none() {
                check_version(read, key, version, field).await?;
            }
            found
        }
        At::Revision(revision) => {
            check_revision(revision, read.revision(), field)?;
            read.version_at(key, revision).await?
        }
        At::Time(time) => {
            let field = format!("{field}.time");
            let (time, now) = (from_timestamp(&time, &field)?, db.now_by(read.conn()).await?);
            if time > now {
                let text = format!("lies ahead; the database's clock shows {}", to_timestamp(now));
                return Err(Error::field(field, FieldCode::OutOfRange, text));
            }
            let revision = read.revision_at(time).await?;
            read.version_at(key, revision).await?
        }
    };
    match found {
        Some(found) => Ok(found),
        None => Err(why_none(read, key).await?),
    }
}

/// The error for a moment that says nothing.
pub(super) fn missing(field: &str) -> Error {
    Error::field(field, FieldCode::Required, "must name a revision, a time or a version")
}

fn check_revision(revision: i64, head: i64, field: &str) -> Result<()> {
    if (0..=head).contains(&revision) {
        return Ok(());
    }
    let text = format!("{revision} is no revision of this service's feed; its last is {head}");
    Err(Error::field(format!("{field}.revision"), FieldCode::OutOfRange, text))
}

/// Refuses a version that the record never had, or that is no longer kept although others are.
async fn check_version(
    read: &mut Read,
    key: (&str, &str),
    version: i64,
    field: &str,
) -> Result<()> {
    let last = read.versions_below(key, None, 1).await?.into_iter().next();
    let name = key.1;
    match last {
        Some(last) if !(1..=last.version).contains(&version) => {
            let text = format!("{name} has versions 1 to {}, and no {version}", last.version);
            Err(Error::field(format!("{field}.version"), FieldCode::OutOfRange, text))
        }
        Some(_) if !read.versions_below(key, Some(version), 1).await?.is_empty() => {
            let text = format!(
                "version {version} of {name} is not kept any more: a session that changed no \
                 record left it by ending, and such versions go after `feed_days`"
            );
            Err(Error::new(Reason::RevisionCompacted, text))
        }
        _ => Ok(()),
    }
}

/// Whether a moment lies after the version that it shows, and does not name it.
fn is_later(moment: &Moment, shown: &Change) -> bool {
    match moment.at {
        Some(At::Revision(revision)) => revision > shown.revision,
        Some(At::Time(time)) => from_timestamp(&time, "time").is_ok_and(|time| time > shown.at),
        Some(At::Version(_)) | None => false,
    }
}

/// Whether versions that came right after this one are not kept any more.
async fn has_gap_after(read: &mut Read, key: (&str, &str), at: i64) -> Result<bool> {
    let next = read.version_above(key, at).await?;
    Ok(next.is_some_and(|next| next.version > at + 1))
}

/// Why a record has no version at a moment.
async fn why_none(read: &mut Read, key: (&str, &str)) -> Result<Error> {
    let (kind, name) = key;
    let first = read.version_above(key, 0).await?;
    let last = read.versions_below(key, None, 1).await?.into_iter().next();
    let (Some(first), Some(last)) = (first, last) else { return Ok(Error::not_found(name)) };
    let of = |change: &Change| {
        let (version, revision, at) = (change.version, change.revision, to_timestamp(change.at));
        format!("version {version}, revision {revision}, of {at}")
    };
    if first.version > 1 {
        let text = format!(
            "the first version of {name} that is still kept is {}; earlier ones of a {kind} go \
             after `history_days`",
            of(&first)
        );
        return Ok(Error::new(Reason::RevisionCompacted, text));
    }
    let text =
        format!("there was no {name} then: its first is {}; its last {}", of(&first), of(&last));
    Ok(Error::new(Reason::NotFound, text))
}
