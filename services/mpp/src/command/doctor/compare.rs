//! Compares a copy with the digests that the records' own service has told of the same revision.
//!
//! A copy that lags is no fault: the feed works out its digest at the copy's revision. A copy that
//! cannot be compared is called neither equal nor different.

use mpp_api::{
    digest,
    feed::{Copy, CopyFinding, GetFeedResponse, copy::Place, copy_finding::Code},
};
use mpp_core::{Contents, Digest, Result};
use mpp_store::WAY_OUT;

use super::told::CheckOutcome;
use crate::service::Service;

/// The service whose records a copy holds, as far as it is known.
pub enum Source<'a> {
    /// The service has answered with this.
    Told(&'a GetFeedResponse),
    /// Why it does not answer.
    Silent(&'a str),
}

/// The revisions at which copies of a feed stand.
pub fn revisions_of<'a>(feed: &str, copies: impl Iterator<Item = &'a Copy>) -> Vec<i64> {
    let own = copies.filter(|copy| copy.feed == feed && copy.digest.is_some());
    let mut revisions: Vec<i64> = own.map(|copy| copy.revision).collect();
    revisions.sort_unstable();
    revisions.dedup();
    revisions.truncate(16);
    revisions
}

/// Whether a copy is right, and what to do if it is not.
pub fn judge(service: Service, copy: &Copy, source: Option<Source<'_>>) -> (CheckOutcome, String) {
    if copy.moving {
        let text = format!("moved while it was read, each time: {}", copy.unread_reason);
        return (CheckOutcome::Moved, text);
    }
    if !copy.unread_reason.is_empty() {
        return (CheckOutcome::NotCompared, format!("not compared: {}", copy.unread_reason));
    }
    if !copy.findings.is_empty() {
        let found: Vec<String> =
            copy.findings.iter().map(|found| finding_text(copy, found)).collect();
        let repair = repair(service, copy).map_or(String::new(), |repair| format!("; {repair}"));
        return (CheckOutcome::Fails, found.join("; ") + &repair);
    }
    match (copy.place(), source) {
        (Place::Records, _) => {
            let proven = copy.record_count - copy.unproven_count;
            (CheckOutcome::Ok, format!("{proven} records as written{}", unproven(copy)))
        }
        (Place::Derived, _) if !copy.kinds.is_empty() => {
            let (count, tables) = (copy.kinds.len(), copy.kinds.join(", "));
            (CheckOutcome::Ok, format!("{count} tables as they follow from what is kept: {tables}"))
        }
        (Place::Derived, _) => {
            let text = format!("as it follows from what is kept: {} rows", copy.record_count);
            (CheckOutcome::Ok, text)
        }
        (_, None) => {
            let text = format!("not compared: {} is no service that is asked", copy.feed);
            (CheckOutcome::NotCompared, text)
        }
        (_, Some(Source::Silent(why))) => {
            (CheckOutcome::NotCompared, format!("not compared: {} is silent: {why}", copy.feed))
        }
        (_, Some(Source::Told(told))) => beside(service, copy, told).unwrap_or_else(|error| {
            (CheckOutcome::NotCompared, format!("not compared: {}", error.message()))
        }),
    }
}

fn finding_text(copy: &Copy, found: &CopyFinding) -> String {
    let (count, kind, names) = (found.count, &found.kind, found.names.join(", "));
    let more = if count > found.names.len() as i64 { " …" } else { "" };
    match found.code() {
        Code::Altered if copy.place() == Place::Records => {
            format!("{count} {kind} altered in the database: {names}{more}")
        }
        Code::Altered => format!("{count} {kind} altered in the copy: {names}{more}"),
        Code::Unreadable => format!("{count} {kind} that cannot be read: {names}{more}"),
        Code::Differs | Code::Unspecified => {
            format!("{count} {kind} other than what they follow from: {names}{more}")
        }
    }
}

/// The command that mends the findings that name no way out of their own.
fn repair(service: Service, copy: &Copy) -> Option<String> {
    let has_own = |found: &&CopyFinding| found.names.iter().any(|name| name.contains(WAY_OUT));
    let own = copy.findings.iter().filter(has_own).count();
    let what = if own == 0 { "it" } else { "the rest" };
    let text = format!("{} mends {what}", command(service, copy));
    (own == 0 || own < copy.findings.len()).then_some(text)
}

fn command(service: Service, copy: &Copy) -> String {
    let name = copy.name.trim_start_matches("copies/");
    format!("`mpp repair {} {name}`", service.name())
}

/// Compares a copy with its source's digest of the same revision and kinds.
fn beside(service: Service, copy: &Copy, told: &GetFeedResponse) -> Result<(CheckOutcome, String)> {
    let is_wanted = |kind: &str| copy.kinds.iter().any(|own| own == kind);
    let held = digest::contents_from_wire(&copy.digest.clone().unwrap_or_default())?;
    let head = digest::contents_from_wire(&told.digest.clone().unwrap_or_default())?;
    let head = Contents {
        versions: head.versions.only(is_wanted),
        documents: head.documents.only(is_wanted),
    };
    let lag = told.head_revision - copy.revision;
    let Some(wanted) = told.past.iter().find(|past| past.revision == copy.revision) else {
        return Ok(match held == head {
            true => (CheckOutcome::Ok, equal(copy, told.head_revision)),
            false => (CheckOutcome::NotCompared, apart(copy, told, lag)),
        });
    };
    let wanted = digest::from_wire(&wanted.digest.clone().unwrap_or_default())?.only(is_wanted);
    let mut found = versions(&held.versions, &wanted);
    found.extend(documents(&held, &head));
    if found.is_empty() {
        let behind = if lag > 0 { format!(", {lag} behind the head") } else { String::new() };
        return Ok((CheckOutcome::Ok, equal(copy, copy.revision) + &behind));
    }
    let text = format!(
        "differs from {} at revision {}: {}; it starts again by itself within a minute, or {} mends it",
        copy.feed,
        copy.revision,
        found.join("; "),
        command(service, copy)
    );
    Ok((CheckOutcome::Fails, text))
}

fn equal(copy: &Copy, revision: i64) -> String {
    let (feed, count) = (&copy.feed, copy.record_count);
    format!("equal to {feed} at revision {revision}: {count} records{}", unproven(copy))
}

/// Says how many rows have no hash of their version: an earlier release wrote none, or somebody has
/// altered them.
fn unproven(copy: &Copy) -> String {
    match copy.unproven_count {
        0 => String::new(),
        count => {
            format!(
                "; of {count} nobody can say, since they bear no hash of their version: a program \
                 of before wrote them, or somebody else, and they are proven once written again"
            )
        }
    }
}

fn apart(copy: &Copy, told: &GetFeedResponse, lag: i64) -> String {
    if lag < 0 {
        return format!(
            "not compared: at revision {}, above {}'s head {}; where that was restored, the copy \
             starts again by itself",
            copy.revision, copy.feed, told.head_revision
        );
    }
    format!(
        "not compared yet: {lag} revisions behind, and {} keeps none from before {}",
        copy.feed, told.floor_revision
    )
}

fn versions(held: &Digest, wanted: &Digest) -> Vec<String> {
    let found = held.differences(wanted).into_iter().map(|found| {
        let (kind, held, wanted) = (found.kind, found.held, found.wanted);
        match held - wanted {
            0 => format!("other versions among its {held} {kind}"),
            more @ 1.. => format!("{more} {kind} too many ({held}, not {wanted})"),
            fewer => format!("{} {kind} too few ({held}, not {wanted})", -fewer),
        }
    });
    found.collect()
}

/// The kinds whose versions are those of the head but whose documents are not. For other kinds the
/// documents of that revision are not known; there, only the hash of each row shows an alteration.
fn documents(held: &Contents, head: &Contents) -> Vec<String> {
    let differing = held.documents.differences(&head.documents).into_iter();
    let same = differing.filter(|found| {
        let of = |contents: &Contents| contents.versions.of(&found.kind);
        of(held) == of(head)
    });
    same.map(|found| {
        format!("other documents under the same versions among its {} {}", found.held, found.kind)
    })
    .collect()
}

#[cfg(test)]
mod tests {
    use mpp_api::feed::PastDigest;

    use super::*;

    /// Malls with their versions and documents.
    fn malls(records: &[(&str, i64, &str)]) -> Contents {
        let mut contents = Contents::default();
        for (name, version, doc) in records {
            contents.add("mall", name, *version, doc.as_bytes());
        }
        contents
    }

    fn copy(revision: i64, contents: &Contents) -> Copy {
        Copy {
            name: "copies/registry-feed".into(),
            feed: "registry".into(),
            place: Place::Database.into(),
            revision,
            kinds: vec!["mall".into()],
            record_count: contents.versions.count(),
            digest: Some(digest::contents_to_wire(contents)),
            ..Copy::default()
        }
    }

    fn response(head: i64, contents: &Contents, past: &[(i64, &Contents)]) -> GetFeedResponse {
        let mut contents = contents.clone();
        contents.add("unit", "units/of-no-interest", 1, b"");
        let past = past.iter().map(|(revision, contents)| PastDigest {
            revision: *revision,
            digest: Some(digest::to_wire(&contents.versions)),
        });
        GetFeedResponse {
            head_revision: head,
            floor_revision: 3,
            digest: Some(digest::contents_to_wire(&contents)),
            past: past.collect(),
            ..GetFeedResponse::default()
        }
    }

    fn judged(copy: &Copy, told: &GetFeedResponse) -> (CheckOutcome, String) {
        judge(Service::Scheduling, copy, Some(Source::Told(told)))
    }

    #[test]
    fn a_copy_that_lags_is_compared_where_it_stands() {
        let before = malls(&[("malls/a", 1, "one")]);
        let now = malls(&[("malls/a", 2, "two"), ("malls/b", 1, "b")]);
        let (outcome, text) = judged(&copy(7, &before), &response(9, &now, &[(7, &before)]));
        assert_eq!(outcome, CheckOutcome::Ok, "{text}");
        assert!(text.contains("revision 7") && text.contains("2 behind"), "{text}");
    }

    #[test]
    fn a_record_that_is_lost_stale_or_altered_is_told_with_its_kind_and_what_to_do() {
        let now = malls(&[("malls/a", 2, "two"), ("malls/b", 1, "b")]);
        for (held, words) in [
            (malls(&[("malls/a", 2, "two")]), "1 mall too few"),
            (
                malls(&[("malls/a", 1, "one"), ("malls/b", 1, "b")]),
                "other versions among its 2 mall",
            ),
            (malls(&[("malls/a", 2, "two"), ("malls/b", 1, "x")]), "other documents"),
        ] {
            let (outcome, text) = judged(&copy(9, &held), &response(9, &now, &[(9, &now)]));
            assert_eq!(outcome, CheckOutcome::Fails, "{text}");
            assert!(text.contains(words), "{text}");
            assert!(text.contains("mpp repair scheduling registry-feed"), "{text}");
        }
    }

    #[test]
    fn what_could_not_be_compared_is_neither_equal_nor_different() {
        let now = malls(&[("malls/a", 2, "two")]);
        let old = malls(&[("malls/a", 1, "one")]);
        for (copy, told) in
            [(copy(2, &old), response(9, &now, &[])), (copy(12, &old), response(9, &now, &[]))]
        {
            let (outcome, text) = judged(&copy, &told);
            assert_eq!(outcome, CheckOutcome::NotCompared, "{text}");
            assert!(text.starts_with("not compared"), "{text}");
        }
        let unread = Copy { unread_reason: "still loading".into(), ..copy(9, &now) };
        assert_eq!(judged(&unread, &response(9, &now, &[(9, &now)])).0, CheckOutcome::NotCompared);
        let moving = Copy { moving: true, ..unread };
        let (outcome, text) = judged(&moving, &response(9, &now, &[(9, &now)]));
        assert_eq!(outcome, CheckOutcome::Moved, "{text}");
        assert!(outcome.is_ok(), "a busy hour is no fault");
        let silent = judge(Service::Scheduling, &copy(9, &now), Some(Source::Silent("frozen")));
        assert_eq!(silent.0, CheckOutcome::NotCompared);
    }

    #[test]
    fn a_repair_is_named_for_what_it_mends_and_for_nothing_else() {
        let finding = |kind: &str, name: &str| CopyFinding {
            code: Code::Differs.into(),
            kind: kind.into(),
            count: 1,
            names: vec![name.into()],
        };
        let lost = finding("inbox", &format!("7: events are gone{WAY_OUT}restore a backup"));
        let head = finding("inbox_head", "it says 1, and the inbox ends at 9");
        for (findings, words) in [
            (vec![head.clone()], "; `mpp repair reporting bookkeeping` mends it"),
            (vec![lost.clone(), head], "; `mpp repair reporting bookkeeping` mends the rest"),
            (vec![lost], "; way out: restore a backup"),
        ] {
            let copy = Copy { name: "copies/bookkeeping".into(), findings, ..Copy::default() };
            let (outcome, text) = judge(Service::Reporting, &copy, None);
            assert_eq!(outcome, CheckOutcome::Fails, "{text}");
            assert!(text.ends_with(words), "{text}");
        }
    }

    #[test]
    fn tables_that_were_compared_are_named() {
        let kinds = vec!["feed".into(), "job".into()];
        let copy = Copy { place: Place::Derived.into(), kinds, ..Copy::default() };
        let (outcome, text) = judge(Service::Registry, &copy, None);
        assert_eq!(outcome, CheckOutcome::Ok);
        assert!(text.starts_with("2 tables") && text.ends_with("feed, job"), "{text}");
    }

    #[test]
    fn one_that_is_older_than_the_feed_and_holds_what_it_should_is_equal() {
        let now = malls(&[("malls/a", 2, "two")]);
        assert_eq!(judged(&copy(1, &now), &response(9, &now, &[])).0, CheckOutcome::Ok);
    }
}
