//! How an ended session leaves its source, by a client of the contract: a run from which no record
//! stands is no success, and records that stand rejected are told apart from those that were
//! rejected once.

use mpp_api::{
    registry::DeleteServiceRequest,
    sync::{
        Checkpoint, End, Hello, OpenSessionRequest, Record, Source, Summary, incomplete::Reason,
    },
    types::{Tombstone, tombstone},
};
use mpp_testkit::on_both;

use crate::{
    publisher::{Session, begin_again, delete, hello, record, source},
    pusher::{Push, opening},
    world::{KEMENDAGRI, SECOND, World, refused},
};

/// One run of a client: what it keeps from one to the next.
pub struct Client<'a> {
    world: &'a World,
    by_calls: bool,
    pub mapping: &'a str,
    checkpoint: Option<Checkpoint>,
}

pub struct Ended {
    pub send_all: bool,
    pub summary: Summary,
    pub source: Source,
}

impl Client<'_> {
    pub async fn run(&mut self, records: Vec<Record>) -> Ended {
        self.run_to(records, End::default()).await
    }

    pub async fn run_to(&mut self, records: Vec<Record>, end: End) -> Ended {
        self.world.clock.advance(SECOND);
        let (send_all, summary) = if self.by_calls {
            self.call(records, end).await
        } else {
            self.stream(records, end).await
        };
        Ended { send_all, summary, source: source(self.world).await }
    }

    async fn stream(&mut self, records: Vec<Record>, end: End) -> (bool, Summary) {
        let checkpoint = self.checkpoint.clone();
        let hello =
            Hello { mapping_version: self.mapping.into(), checkpoint, unique_ids: true, ..hello() };
        let mut session = begin_again(self.world, hello).await;
        session.checkpoint.sequence = session.welcome.next_sequence - 1;
        if !records.is_empty() {
            self.checkpoint = session.send(records).await.checkpoint;
        }
        (session.welcome.send_all, session.end_with(end).await)
    }

    async fn call(&mut self, records: Vec<Record>, end: End) -> (bool, Summary) {
        let checkpoint = self.checkpoint.clone();
        let mapping_version = self.mapping.to_owned();
        let open =
            OpenSessionRequest { mapping_version, checkpoint, unique_ids: true, ..opening() };
        let mut push = Push::with(self.world, open).await.expect("a session");
        push.checkpoint.sequence = push.welcome.next_sequence - 1;
        if !records.is_empty() {
            self.checkpoint = push.send(records).await.checkpoint;
        }
        (push.welcome.send_all, push.end_with(end).await.expect("a summary"))
    }
}

impl Ended {
    /// Why it is no success; `None` if it is one.
    pub fn lack(&self) -> Option<Reason> {
        assert_eq!(self.summary.incomplete, self.source.incomplete, "told to the client as well");
        let is_fresh = self.source.last_success_time == self.source.last_end_time;
        assert_eq!(is_fresh, self.source.incomplete.is_none(), "{:?}", self.source);
        self.source.incomplete.as_ref().map(|lack| lack.reason())
    }
}

pub fn good(numbers: std::ops::Range<u8>) -> Vec<Record> {
    numbers.map(|number| record(&format!("s{number}"), "Layanan")).collect()
}

pub fn untitled(numbers: std::ops::Range<u8>) -> Vec<Record> {
    numbers.map(|number| record(&format!("s{number}"), "")).collect()
}

/// Tells a story of a client by a stream and by single calls, each on both databases.
pub async fn told(story: impl AsyncFn(&World, Client<'_>)) {
    on_both(async |database| {
        let world = World::with_source(&database).await;
        story(&world, Client { world: &world, by_calls: false, mapping: "1", checkpoint: None })
            .await;
    })
    .await;
    on_both(async |database| {
        let world = World::with_source(&database).await;
        story(&world, Client { world: &world, by_calls: true, mapping: "1", checkpoint: None })
            .await;
    })
    .await;
}

#[tokio::test]
async fn a_run_whose_records_were_all_rejected_is_no_success_nor_is_the_next_that_sends_nothing() {
    told(async |_, mut client| {
        let first = client.run(untitled(0..3)).await;
        assert!(first.send_all);
        assert_eq!(first.lack(), Some(Reason::NothingTaken));
        assert!(first.source.last_success_time.is_none() && first.source.last_end_time.is_some());
        let again = client.run(Vec::new()).await;
        assert!(!again.send_all, "the same records get the same answers");
        assert_eq!(again.lack(), Some(Reason::NothingTaken));
        assert_eq!(again.source.rejected_now, 3);
        let one = client.run(good(0..1)).await;
        assert_eq!((one.lack(), one.source.rejected_now), (None, 2));
        let quiet = client.run(Vec::new()).await;
        assert_eq!((quiet.lack(), quiet.source.rejected_now), (None, 2));
    })
    .await;
}

#[tokio::test]
async fn where_everything_had_to_come_and_nothing_came_there_is_no_success() {
    told(async |_, mut client| {
        let empty = client.run(Vec::new()).await;
        assert!(empty.send_all);
        assert_eq!(empty.lack(), Some(Reason::NothingSent));
        let unread = client.run_to(Vec::new(), End { unread: 20, ..End::default() }).await;
        assert_eq!((unread.lack(), unread.source.unread_now), (Some(Reason::NothingSent), 20));
        assert_eq!(client.run(good(0..4)).await.lack(), None);
        let before = client.run(Vec::new()).await;
        assert_eq!(before.lack(), None, "nothing is new");

        client.mapping = "2";
        let remapped = client.run(Vec::new()).await;
        assert!(remapped.send_all);
        assert_eq!(remapped.lack(), Some(Reason::NothingSent));
        assert_eq!(remapped.source.last_success_time, before.source.last_success_time, "as it was");
        assert!(client.run(Vec::new()).await.send_all, "it is still asked for");
    })
    .await;
}

#[tokio::test]
async fn records_that_stand_from_before_make_no_success_of_a_mapping_that_loses_all_titles() {
    told(async |_, mut client| {
        assert_eq!(client.run(good(0..4)).await.lack(), None);
        client.mapping = "2";
        let spoilt = client.run(untitled(0..4)).await;
        assert_eq!((spoilt.lack(), spoilt.source.rejected_now), (Some(Reason::NothingTaken), 4));
        assert_eq!(client.run(Vec::new()).await.lack(), Some(Reason::NothingTaken));
        client.mapping = "3";
        let mended = client.run(good(0..4)).await;
        assert_eq!((mended.lack(), mended.source.rejected_now), (None, 0));
    })
    .await;
}

#[tokio::test]
async fn a_delete_that_was_taken_is_no_record_that_stands() {
    told(async |_, mut client| {
        let before = client.run(good(0..1)).await;
        let refused_and_deleted = [untitled(1..4), vec![delete("s0")]].concat();
        let run = client.run(refused_and_deleted).await;
        assert_eq!((run.lack(), run.source.rejected_now), (Some(Reason::NothingTaken), 3));
        assert_eq!(run.source.last_success_time, before.source.last_success_time);
        assert_eq!(client.run(Vec::new()).await.lack(), Some(Reason::NothingTaken), "as the next");
    })
    .await;
}

#[tokio::test]
async fn a_source_of_which_each_record_went_wrong_under_one_mapping_is_no_success() {
    told(async |_, mut client| {
        client.run(good(0..3)).await;
        let one = client.run(untitled(0..1)).await;
        assert_eq!((one.lack(), one.source.rejected_now), (None, 1), "two others stand");
        let all = client.run(untitled(1..3)).await;
        assert_eq!((all.lack(), all.source.rejected_now), (Some(Reason::NothingTaken), 3));
        let gone = [delete("s0"), delete("s1"), delete("s2")].to_vec();
        let withdrawn = client.run(gone).await;
        assert_eq!((withdrawn.lack(), withdrawn.source.rejected_now), (None, 0));
        assert_eq!(client.run(Vec::new()).await.lack(), None, "it is empty, and known to be");
    })
    .await;
}

#[tokio::test]
async fn what_stands_rejected_counts_once_and_no_longer_than_it_stands() {
    told(async |_, mut client| {
        let records = |bad: Vec<Record>| [good(0..5), bad].concat();
        client.run(records(untitled(7..9))).await;
        let again = client.run(records(untitled(7..9))).await;
        assert_eq!(again.source.rejected_now, 2, "each counts once");
        assert_eq!(again.source.accounting.expect("the history").rejected, 4);
        let mended = client.run(good(7..8)).await;
        assert_eq!(mended.source.rejected_now, 1);
        let end = End { rejected_gone: vec!["s8".into()], unread: 3, ..End::default() };
        let gone = client.run_to(Vec::new(), end).await;
        assert_eq!((gone.source.rejected_now, gone.source.unread_now), (0, 3));

        client.run(records(untitled(8..9))).await;
        client.mapping = "2";
        let remapped = client.run(good(0..5)).await;
        assert_eq!(remapped.source.rejected_now, 0, "everything came, and s8 was not among it");
        let twice = [record("s0", "Layanan"), record("s0", "")].to_vec();
        assert_eq!(client.run(twice).await.source.rejected_now, 0, "the first counts");
    })
    .await;
}

#[tokio::test]
async fn a_long_id_that_has_gone_is_named_whole_and_ends_its_session() {
    told(async |_, mut client| {
        let long = "surat-".repeat(30);
        let records = [good(0..2), vec![record(&long, "Surat")]].concat();
        assert_eq!(client.run(records).await.source.rejected_now, 1, "its id is too long");
        let end = End { rejected_gone: vec![long], ..End::default() };
        let gone = client.run_to(Vec::new(), end).await;
        assert_eq!((gone.lack(), gone.source.rejected_now), (None, 0));
    })
    .await;
}

#[tokio::test]
async fn what_was_rejected_in_a_batch_that_nobody_heard_of_comes_again_and_counts_then() {
    on_both(async |database| {
        let world = World::with_source(&database).await;
        let mut push = Push::open(&world).await;
        let known = push.send(good(0..2)).await.checkpoint;
        push.send(untitled(2..4)).await;
        let lost = push.checkpoint.position.clone();
        let request = OpenSessionRequest { checkpoint: known, under_way: vec![lost], ..opening() };
        let mut back = Push::with(&world, request).await.expect("a session");
        assert!(!back.welcome.send_all);
        back.checkpoint.sequence = back.welcome.next_sequence - 1;
        back.send(untitled(3..4)).await;
        back.end().await.expect("a summary");
        assert_eq!(source(&world).await.rejected_now, 1, "the source has no s2 any more");
    })
    .await;
}

#[tokio::test]
async fn the_welcome_names_what_the_registry_holds_of_the_source() {
    on_both(async |database| {
        let world = World::with_source(&database).await;
        let digest = |names: &[&str]| {
            let names = names.iter().map(|id| format!("{KEMENDAGRI}/services/{id}"));
            mpp_form::held::digest(names.collect::<Vec<_>>().iter().map(String::as_str)).to_vec()
        };
        let mut push = Push::open(&world).await;
        assert_eq!((push.welcome.held, push.welcome.held_digest.to_vec()), (0, digest(&[])));
        push.send(good(0..2)).await;
        push.end().await.expect("a summary");
        let held = |push: &Push| (push.welcome.held, push.welcome.held_digest.to_vec());
        assert_eq!(held(&Push::open(&world).await), (2, digest(&["s0", "s1"])));

        let tombstone =
            Tombstone { reason: tombstone::Reason::Withdrawn.into(), ..Tombstone::default() };
        let request = DeleteServiceRequest {
            name: format!("{KEMENDAGRI}/services/s0"),
            tombstone: Some(tombstone),
            ..DeleteServiceRequest::default()
        };
        world.admin().catalog.delete_service(request).await.expect("deleted by hand");
        let mut push = Push::open(&world).await;
        push.send(good(2..3)).await;
        push.end().await.expect("a summary");
        let (count, now) = held(&Push::open(&world).await);
        assert_eq!(count, 2, "as many as before");
        assert_ne!(now, digest(&["s0", "s1"]), "and others");
        assert_eq!(now, digest(&["s1", "s2"]));
    })
    .await;
}

#[tokio::test]
async fn what_turns_or_hides_a_text_is_cleaned_or_refused() {
    on_both(async |database| {
        let world = World::with_source(&database).await;
        let at = |position: &str| Checkpoint { sequence: 1, position: position.into(), mark: 0 };
        for (hello, field) in [
            (Hello { mapping_version: "1\u{202e}2".into(), ..hello() }, "hello.mapping_version"),
            (Hello { mapping_version: "1\u{200b}".into(), ..hello() }, "hello.mapping_version"),
            (Hello { holder: "agen\u{2066}".into(), ..hello() }, "hello.holder"),
            (Hello { holder: "agen\0".into(), ..hello() }, "hello.holder"),
            (
                Hello { checkpoint: Some(at("row\u{feff}1")), ..hello() },
                "hello.checkpoint.position",
            ),
            (Hello { under_way: vec!["row\u{202d}".into()], ..hello() }, "hello.under_way[0]"),
        ] {
            let answer = Session::with(&world, hello).await;
            let (told, why) = refused(answer.map(|_| ())).fields[0].clone();
            assert!(told == field && why.contains("characters"), "{told}: {why}");
        }
        let mut push = Push::open(&world).await;
        let mut hidden = push.batch(good(0..1));
        hidden.checkpoint = Some(at("row\u{202e}1"));
        let fields = refused(push.push(hidden).await).fields;
        assert_eq!(fields[0].0, "batch.checkpoint.position");
        push.nonce -= 1;
        push.send(good(0..1)).await;
        let lack = mpp_api::sync::Incomplete {
            reason: Reason::Torn.into(),
            text: "katalog\u{202e}vsc.\u{ad} baris\u{a0} 3".into(),
        };
        let end = End { incomplete: Some(lack), ..End::default() };
        push.end_with(end).await.expect("a summary");
        assert_eq!(source(&world).await.incomplete.expect("a lack").text, "katalogvsc. baris 3");
    })
    .await;
}
