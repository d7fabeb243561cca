//! Which records a publisher takes out of the index, once they are no longer in the source. Which
//! of them count as gone, and how many may go at once, `difference.rs` decides.

use std::collections::BTreeMap;

use mpp_api::{
    sync::{
        Record,
        record::{Body, Delete},
    },
    types::{Tombstone, tombstone},
};
use mpp_core::{Error, FieldCode, id_of};
use mpp_form::record::is_place;

use super::{
    difference::Difference,
    problem::Problem,
    tally::{named, some},
};

/// The records that a run takes out of the index.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum Withdraw {
    /// No records are withdrawn.
    #[default]
    Nothing,
    /// The records of these ids.
    These(Vec<String>),
    /// All that the registry holds of the source, and the source no longer has.
    AllGone,
}

impl Withdraw {
    /// Whether a record that has gone is to be taken out.
    pub fn takes(&self, id: &str) -> bool {
        match self {
            Self::Nothing => false,
            Self::These(ids) => ids.iter().any(|one| one == id),
            Self::AllGone => true,
        }
    }
}

/// The deletes that are sent, and why others are not. `held` is what the registry holds, by id;
/// `difference` knows what the source has, and what this configuration has sent: what others have
/// is left alone, but for a place that is named, which stays in the index.
pub fn deletes(
    wanted: &Withdraw,
    held: &BTreeMap<String, String>,
    difference: &Difference,
    unread: i64,
) -> (Vec<Record>, Vec<Problem>) {
    let is_there = |id: &str| difference.is_there(id);
    let (mut records, mut problems) = (Vec::new(), Vec::new());
    let ids: Vec<&String> = match wanted {
        Withdraw::Nothing => Vec::new(),
        Withdraw::AllGone if unread > 0 => {
            problems.push(refused("", FieldCode::NotAllowed, &unsure(unread)));
            Vec::new()
        }
        Withdraw::These(ids) => ids.iter().collect(),
        Withdraw::AllGone => {
            problems.extend(shared(held, difference));
            held.keys().filter(|id| difference.may_go_unnamed(id)).collect()
        }
    };
    for id in ids {
        match held.get(id) {
            _ if is_there(id) => problems.push(refused(id, FieldCode::NotAllowed, STILL_THERE)),
            Some(_) if unread > 0 => {
                problems.push(refused(id, FieldCode::NotAllowed, &unsure(unread)));
            }
            Some(_) if !difference.is_own(id) && !is_place(id) => {
                problems.push(refused(id, FieldCode::NotAllowed, difference.why_not_own()));
            }
            Some(name) => records.push(delete(id, name)),
            None => problems.push(refused(id, FieldCode::NotFound, NOT_HELD)),
        }
    }
    (records, problems)
}

const STILL_THERE: &str = "it is still in the source; take it out there first";
const NOT_HELD: &str = "the index holds no record of this id of this source";

fn unsure(unread: i64) -> String {
    format!(
        "{}, and nobody knows whose they are: what stands there would be withdrawn for good; mend what \
         is named beside this first, and withdraw then",
        some(unread, "row could not be read", "rows could not be read")
    )
}

/// What has left the source, and is not taken out with all that has: its feeder may be another.
fn shared(held: &BTreeMap<String, String>, difference: &Difference) -> Option<Problem> {
    let is_shared = |id: &&str| difference.has_left(id) && !difference.may_go_unnamed(id);
    let ids: Vec<&str> = held.keys().map(String::as_str).filter(is_shared).collect();
    let text = format!(
        "{} {}, by its id: {}",
        some(ids.len(), "record stays:", "records stay, each of them:"),
        difference.why_named(),
        named(&ids)
    );
    (!ids.is_empty()).then(|| refused("", FieldCode::NotAllowed, &text))
}

fn refused(id: &str, code: FieldCode, text: &str) -> Problem {
    Problem::unsent("withdraw", id, &Error::field("source_id", code, text))
}

fn delete(id: &str, name: &str) -> Record {
    let reason = tombstone::Reason::Withdrawn.into();
    let tombstone = Some(Tombstone { reason, successor: String::new() });
    let body = Body::Delete(Delete { name: name.to_owned(), tombstone });
    // One that is known by its name bears the last part as its id.
    let source_id = id_of(id).to_owned();
    Record { source_id, body: Some(body), ..Record::default() }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::own::{Senders, SentIds};

    /// The source has the family card.
    fn with_kk() -> Difference {
        let mut difference = Difference::default();
        difference.refuse(Some("kk"), "row 1");
        difference
    }

    fn chosen(wanted: Withdraw, unread: i64) -> (Vec<String>, Vec<String>) {
        let held = ["akta", "kk", "ktp"].map(|id| (id.into(), format!("units/a/services/{id}")));
        let (records, problems) = deletes(&wanted, &held.into(), &with_kk(), unread);
        let ids = records.into_iter().map(|record| record.source_id).collect();
        (ids, problems.into_iter().map(|one| format!("{} {}", one.record, one.message)).collect())
    }

    #[test]
    fn only_what_has_gone_is_withdrawn() {
        assert_eq!(chosen(Withdraw::Nothing, 0), (vec![], vec![]));
        assert_eq!(chosen(Withdraw::AllGone, 0), (vec!["akta".into(), "ktp".into()], vec![]));
        let (ids, problems) =
            chosen(Withdraw::These(vec!["ktp".into(), "kk".into(), "xy".into()]), 0);
        assert_eq!(ids, ["ktp"]);
        assert!(problems[0].contains("(kk)") && problems[0].contains("still in the source"));
        assert!(problems[1].contains("(xy)") && problems[1].contains("holds no record"));
    }

    #[test]
    fn what_another_configuration_has_sent_is_left_alone() {
        let held = ["akta", "kk", "ktp", "malls/wa"].map(|id| (id.into(), id.into())).into();
        let difference = with_kk().of(Some(SentIds::alone(&["akta"])));
        let chosen = |wanted| deletes(&wanted, &held, &difference, 0);
        let (records, problems) = chosen(Withdraw::AllGone);
        assert_eq!((records.len(), problems.len()), (1, 0), "its own has gone: {records:?}");
        let (records, problems) = chosen(Withdraw::These(vec!["ktp".into()]));
        assert!(
            records.is_empty() && problems[0].message.contains("does not know of having sent it")
        );
        let (records, _) = chosen(Withdraw::These(vec!["malls/wa".into()]));
        assert_eq!(records.len(), 1, "one that was handed over is given back");
    }

    #[test]
    fn what_another_may_feed_by_now_goes_only_where_it_is_named() {
        let held = ["akta", "kk", "ktp"].map(|id| (id.into(), id.into())).into();
        let mut own = SentIds::alone(&["akta", "ktp"]);
        own.alone.remove("ktp");
        let difference = with_kk().of(Some(own));
        let chosen = |wanted| deletes(&wanted, &held, &difference, 0);
        let (records, problems) = chosen(Withdraw::AllGone);
        assert!(records.len() == 1 && records[0].source_id == "akta", "{records:?}");
        assert!(problems[0].message.contains("may feed it by now"), "{problems:?}");
        assert!(problems[0].message.ends_with("by its id: ktp"), "{problems:?}");
        let (records, problems) = chosen(Withdraw::These(vec!["ktp".into()]));
        assert_eq!((records.len(), problems.len()), (1, 0), "a person has named it");
    }

    #[test]
    fn an_upload_takes_out_what_only_uploads_have_sent_and_by_name_what_nobody_else_sends() {
        let held = ["akta", "kk", "ktp", "kia", "nib"].map(|id| (id.into(), id.into())).into();
        let mut difference = with_kk().uploads(true);
        let sent = |ids: &[&str]| ids.iter().map(|id| (*id).to_owned()).collect();
        difference.hear_senders(Senders { alone: sent(&["akta", "kk"]), others: sent(&["nib"]) });
        let ids = |records: &[Record]| {
            records.iter().map(|one| one.source_id.clone()).collect::<Vec<_>>().join(" ")
        };
        let (records, problems) = deletes(&Withdraw::AllGone, &held, &difference, 0);
        assert_eq!(ids(&records), "akta");
        let told = &problems[0].message;
        assert!(told.contains("only uploads have sent"), "{told}");
        assert!(told.ends_with("by its id: kia, ktp"), "{told}");
        let named = Withdraw::These(vec!["ktp".into(), "nib".into()]);
        let (records, problems) = deletes(&named, &held, &difference, 0);
        assert_eq!(ids(&records), "ktp", "a person has named it");
        assert!(problems[0].message.contains("another configuration of the source sends it"));
        let unheard = with_kk().uploads(true);
        let (records, _) = deletes(&Withdraw::AllGone, &held, &unheard, 0);
        assert!(records.is_empty(), "nobody has said who has sent them: {records:?}");
    }

    #[test]
    fn with_rows_that_could_not_be_read_nobody_knows_what_has_gone() {
        let (ids, problems) = chosen(Withdraw::AllGone, 2);
        assert!(ids.is_empty() && problems[0].contains("2 rows could not be read"), "{problems:?}");
        let (ids, problems) = chosen(Withdraw::These(vec!["ktp".into(), "xy".into()]), 2);
        assert!(ids.is_empty() && problems[0].starts_with("withdraw (ktp)"), "{problems:?}");
        assert!(problems[0].contains("2 rows") && problems[1].contains("holds no record"));
    }
}
