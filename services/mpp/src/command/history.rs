//! `mpp history`: the versions of a record, who made each and what it changed; the record as it
//! was; and how it differs between two moments.

use clap::Args as ClapArgs;
use mpp_api::{
    feed::{
        Change, CompareRecordVersionsRequest, CompareRecordVersionsResponse,
        GetRecordVersionRequest, ListRecordVersionsRequest, Moment, Version, change::Op,
        history_service_client::HistoryServiceClient, moment::At,
    },
    json,
    time::to_timestamp,
    types::Tombstone,
};
use mpp_client::Channel;
use mpp_core::{Error, FieldCode, Result};

use super::{agent::difference, get::print_value, watch::by};
use crate::{
    call::refused,
    client::Client,
    output::{self, Output},
    record::Kind,
    service::Service,
};

#[derive(ClapArgs)]
pub struct HistoryArgs {
    /// The record, such as units/kemendagri/services/kk; also one that is deleted.
    pub name: String,
    /// Show the record as it was: at a revision (812), in a version (v3), or at a time
    /// (2026-11-24T09:00:00+07:00).
    #[arg(long, value_name = "MOMENT", conflicts_with = "diff")]
    pub as_of: Option<String>,
    /// Show how the record differs between two moments.
    #[arg(long, num_args = 2, value_names = ["FROM", "TO"])]
    pub diff: Option<Vec<String>>,
    /// Show at most this many versions; 0: all.
    #[arg(long, default_value_t = 20)]
    pub limit: usize,
    /// Of a source, what its sessions have left at this service and not at the registry.
    #[arg(long)]
    pub service: Option<Service>,
}

type History = HistoryServiceClient<Channel>;

pub async fn run(args: HistoryArgs, client: &Client, output: Output) -> Result<()> {
    let service = args.service.map_or_else(|| Kind::of(&args.name)?.service(), Ok)?;
    let mut history = History::new(client.channel(service)?);
    match (&args.as_of, &args.diff) {
        (Some(at), _) => {
            let request =
                GetRecordVersionRequest { name: args.name, moment: Some(moment(at, "as-of")?) };
            let answer = history.get_record_version(request).await.map_err(refused)?.into_inner();
            as_it_was(&answer.version.unwrap_or_default(), output)
        }
        (None, Some(moments)) => {
            let both = moments.iter().map(|at| moment(at, "diff")).collect::<Result<Vec<_>>>()?;
            let mut both = both.into_iter();
            let (from, to) = (both.next(), both.next());
            let request = CompareRecordVersionsRequest { name: args.name, from, to };
            let answer = history.compare_record_versions(request).await;
            compared(&answer.map_err(refused)?.into_inner(), output)
        }
        (None, None) => list(&mut history, args, output).await,
    }
}

/// A moment as people write it.
fn moment(text: &str, field: &str) -> Result<Moment> {
    let version = text.strip_prefix('v').and_then(|number| number.parse().ok());
    let at = match (version, text.parse(), text.parse::<jiff::Timestamp>()) {
        (Some(version), ..) => At::Version(version),
        (None, Ok(revision), _) => At::Revision(revision),
        (None, _, Ok(time)) => At::Time(to_timestamp(time.as_microsecond())),
        _ => {
            let hint = format!(
                "'{text}' is no moment; write a revision (812), a version of the record (v3) or a \
                 time with its zone (2026-11-24T09:00:00+07:00)"
            );
            return Err(Error::field(field, FieldCode::Format, hint));
        }
    };
    Ok(Moment { at: Some(at) })
}

async fn list(history: &mut History, args: HistoryArgs, output: Output) -> Result<()> {
    let (mut left, mut before_version) = (args.limit, 0);
    loop {
        let page_size = i32::try_from(left).unwrap_or(i32::MAX);
        let request =
            ListRecordVersionsRequest { name: args.name.clone(), page_size, before_version };
        let page = history.list_record_versions(request).await.map_err(refused)?.into_inner();
        for version in &page.versions {
            tell(version, output)?;
        }
        before_version = page.next_before_version;
        if before_version == 0 {
            return Ok(());
        }
        if args.limit > 0 {
            left = left.saturating_sub(page.versions.len());
            if left == 0 {
                complain!("… there are more; --limit 0 shows all");
                return Ok(());
            }
        }
    }
}

fn tell(version: &Version, output: Output) -> Result<()> {
    if output.is_json() {
        say!("{}", output::json(version)?);
        return Ok(());
    }
    say!("{}", heading(version));
    version.differences.iter().for_each(difference);
    if version.left_out > 0 {
        let to = version.change.as_ref().map_or(0, |change| change.version);
        let from = version.compared_version;
        say!("      and {} more: --diff v{from} v{to}", version.left_out);
    }
    Ok(())
}

/// What happened to the record since the version before, when, and who did it from where.
fn heading(version: &Version) -> String {
    let version_number = version.change.as_ref().map_or(0, |change| change.version);
    let what = match version.compared_version {
        0 if version_number > 1 => "written; the version before is no record, or not kept any more",
        0 => "made",
        _ => "changed",
    };
    headed(version, what)
}

/// A version by itself, of which nobody has asked what it changed.
fn standing(version: &Version) -> String {
    headed(version, "written")
}

fn headed(version: &Version, written: &str) -> String {
    let change = version.change.clone().unwrap_or_default();
    let at = change.commit_time.map(|time| time.to_string()).unwrap_or_default();
    let what = match change.op() {
        Op::Deleted => format!("deleted{}", why(change.tombstone.as_ref())),
        _ => written.to_owned(),
    };
    format!(
        "v{:<4} revision {:<8} {at}  {what}{}{}",
        change.version,
        version.revision,
        by(&change.actor),
        origin(&change)
    )
}

fn why(tombstone: Option<&Tombstone>) -> String {
    let Some(tombstone) = tombstone else { return String::new() };
    let reason = output::word(tombstone.reason().as_str_name());
    match tombstone.successor.as_str() {
        "" => format!(" ({reason})"),
        successor => format!(" ({reason}: {successor})"),
    }
}

fn origin(change: &Change) -> String {
    match (change.origin.as_str(), change.session.as_str()) {
        ("", _) => String::new(),
        (origin, "") => format!("  from {origin}"),
        (origin, session) => format!("  from {origin}, session {session}"),
    }
}

fn as_it_was(version: &Version, output: Output) -> Result<()> {
    if output.is_json() {
        say!("{}", output::json(version)?);
        return Ok(());
    }
    say!("{}", standing(version));
    let document = version.change.as_ref().and_then(|change| change.document.as_ref());
    if let Some(document) = document {
        let text = json::write_encoded(&document.type_url, &document.value)?;
        print_value("", &serde_json::from_str(&text).map_err(Error::internal)?);
    }
    if version.standing_unknown {
        standing_unknown();
    }
    Ok(())
}

fn standing_unknown() {
    say!("      sessions ended after this version and changed no record; theirs are not kept:");
    say!("      how the source stood at that moment (counts, times) is not known");
}

fn compared(answer: &CompareRecordVersionsResponse, output: Output) -> Result<()> {
    if output.is_json() {
        say!("{}", output::json(answer)?);
        return Ok(());
    }
    for (word, version) in [("from", &answer.from), ("to", &answer.to)] {
        say!("{word:5} {}", version.as_ref().map(standing).unwrap_or_default());
        if version.as_ref().is_some_and(|version| version.standing_unknown) {
            standing_unknown();
        }
    }
    answer.differences.iter().for_each(difference);
    let is_record = |version: &Option<Version>| {
        let change = version.as_ref().and_then(|version| version.change.as_ref());
        change.is_some_and(|change| change.op() == Op::Put)
    };
    match (is_record(&answer.from) && is_record(&answer.to), answer.differences.is_empty()) {
        (false, _) => say!("      one of them is no record, so there is nothing to compare"),
        (true, true) => say!("      they are alike"),
        (true, false) => {}
    }
    if answer.left_out > 0 {
        say!("      and {} more, which found no room in the answer", answer.left_out);
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_moment_is_a_revision_a_version_or_a_time_with_its_zone() {
        let at = |text: &str| moment(text, "as-of").expect(text).at;
        assert_eq!(at("812"), Some(At::Revision(812)));
        assert_eq!(at("v3"), Some(At::Version(3)));
        let time = prost_types::Timestamp { seconds: 1_795_485_600, nanos: 0 };
        assert_eq!(at("2026-11-24T09:00:00+07:00"), Some(At::Time(time)));
        for wrong in ["", "v", "yesterday", "2026-11-24", "2026-11-24T09:00:00"] {
            let error = moment(wrong, "as-of").expect_err(wrong);
            assert!(error.message().contains("with its zone"), "{error}");
        }
    }

    #[test]
    fn a_version_tells_who_made_it_from_where() {
        let change = Change {
            version: 2,
            actor: "units/kemendagri".into(),
            origin: "sources/kemendagri".into(),
            session: "s-1".into(),
            ..Change::default()
        };
        let version = Version {
            change: Some(change),
            revision: 9,
            compared_version: 1,
            ..Version::default()
        };
        let told = heading(&version);
        assert!(told.starts_with("v2    revision 9"), "{told}");
        assert!(
            told.contains("by units/kemendagri  from sources/kemendagri, session s-1"),
            "{told}"
        );
        let alone = standing(&Version { compared_version: 0, ..version });
        assert!(alone.contains("written  by units/kemendagri"), "{alone}");
    }
}
