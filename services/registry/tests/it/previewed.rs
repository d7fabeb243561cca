//! A client that looks before it sends: the caller's side of a preview.

use std::collections::BTreeSet;

use mpp_api::sync::{
    Outcome, PreviewRecordsRequest, PreviewRecordsResponse, Record, RecordPreview,
    record_preview::Change,
};
use mpp_testkit::{alter_records, on_both};
use serde_json::Value;
use tonic::Status;

use crate::{
    publisher::record,
    pusher::publisher,
    world::{KTP, SOURCE, World},
};

pub fn asked(records: Vec<Record>) -> PreviewRecordsRequest {
    PreviewRecordsRequest { source: SOURCE.into(), records, ..Default::default() }
}

pub async fn try_preview(
    world: &World,
    request: PreviewRecordsRequest,
) -> Result<PreviewRecordsResponse, Status> {
    Ok(publisher(world).sync.preview_records(request).await?.into_inner())
}

/// Looks at one part alone.
pub async fn preview(world: &World, records: Vec<Record>) -> Vec<RecordPreview> {
    try_preview(world, asked(records)).await.expect("an answer").records
}

/// Looks at a source part by part, as the contract says it.
pub async fn in_parts(
    world: &World,
    like: &PreviewRecordsRequest,
    parts: &[Vec<Record>],
) -> Vec<RecordPreview> {
    let mut told = Vec::new();
    let mut request = like.clone();
    let (mut there, mut gone) = (BTreeSet::new(), BTreeSet::new());
    for part in parts {
        request.records.clone_from(part);
        request.published_before = there.iter().cloned().collect();
        request.gone_before = gone.iter().cloned().collect();
        let answer = try_preview(world, request.clone()).await.expect("an answer");
        request.so_far = answer.so_far;
        for one in &answer.records {
            gone.extend(one.moved_from.iter().cloned());
            match one.change() {
                Change::Deleted => drop(gone.insert(one.name.clone())),
                _ if is_taken(one) => drop(there.insert(one.name.clone())),
                _ => {}
            }
        }
        told.extend(answer.records);
    }
    told
}

fn is_taken(one: &RecordPreview) -> bool {
    let outcome = one.result.as_ref().expect("an answer").outcome();
    matches!(outcome, Outcome::Applied | Outcome::Unchanged)
}

/// What stands at a path of a service.
pub fn at<'a>(service: &'a Value, path: &str) -> Option<&'a Value> {
    let path = path.replace('[', ".").replace(']', "");
    path.split('.').skip(1).try_fold(service, |at, step| match at {
        Value::Array(all) => all.get(step.parse::<usize>().ok()?),
        other => other.get(step),
    })
}

/// A batch keeps it waiting without touching the row of the other.
#[tokio::test]
async fn a_record_of_another_that_was_altered_by_hand_fails_no_preview() {
    on_both(async |database| {
        let world = World::with_source(&database).await;
        let alter = format!(
            "update record set doc = (select o.doc from record o where o.kind = 'unit' limit 1)
             where name = '{KTP}'"
        );
        alter_records(database.url(), &alter).await;
        let told = preview(&world, vec![record("ktp-el-baru", "Lain"), record("kk", "KK")]).await;
        let outcomes = told.iter().filter_map(|one| one.result.as_ref()).map(|one| one.outcome());
        assert_eq!(outcomes.collect::<Vec<_>>(), [Outcome::Quarantined, Outcome::Applied]);
        world.stop().await;
    })
    .await;
}
