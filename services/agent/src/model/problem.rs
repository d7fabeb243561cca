//! A record that did not get into the index, or that a person should look at, and what would help.

use mpp_core::{Error, FieldCode, Reason, text};
use mpp_form::record::is_place;

use super::{
    difference::{OF_OTHERS, Twin},
    going::{Going, NOT_SENT, SENT_BY_OTHER, SHARED},
    tally::{named, some},
};

/// A record that was refused or could not be sent, or a remark.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Problem {
    /// The record's id, or where it stands in the source: "row at line 7".
    pub record: String,
    /// Path of the field at fault; empty if the message names it.
    pub field: String,
    /// Stable code.
    pub code: String,
    /// The fault, and how to mend it.
    pub message: String,
}

impl Problem {
    /// A record that never reached the registry; `source_id` is empty if it could not be read.
    pub fn unsent(found_at: &str, source_id: &str, error: &Error) -> Self {
        let code =
            error.violations().first().map_or(error.reason().as_str(), |field| field.code.as_str());
        Self {
            record: Self::located(Some(found_at), source_id),
            field: String::new(),
            code: code.to_owned(),
            message: error.message().to_owned(),
        }
    }

    /// "row at line 7 (ktp)": where a record stands, and its id; either may be unknown.
    pub fn located(found_at: Option<&str>, source_id: &str) -> String {
        match (found_at, source_id) {
            (None, id) => id.to_owned(),
            (Some(place), "") => place.to_owned(),
            (Some(place), id) => format!("{place} ({id})"),
        }
    }

    /// A record whose id came before in the same source, and a remark on the first one where that
    /// may be a part of the same service.
    pub fn duplicate(found_at: &str, source_id: &str, twin: &Twin) -> Vec<Self> {
        let Twin { first, goes_on, is_refused, .. } = twin;
        let told = |place: &str, code, text: String| {
            Self::unsent(place, source_id, &Error::field("source_id", code, text))
        };
        let counts = match is_refused {
            true => ", which is refused; this one does not stand in for it: mend that one first",
            false => "; the first one counts",
        };
        let text = format!("this id came before, at {first}{counts}");
        let second = told(found_at, FieldCode::Duplicate, text);
        let mark = format!(
            "{found_at} has the same id and title, and says something else, which is not published; \
             where they are one service, write it as one record"
        );
        let mark = goes_on.then(|| told(first, FieldCode::Cut, mark));
        mark.into_iter().chain([second]).collect()
    }

    /// A record that the source no longer has, and the registry still holds as `name`; `going` says
    /// when it is withdrawn by itself.
    pub fn gone(source_id: &str, name: &str, going: &Going) -> Self {
        if is_place(name) {
            return Self::place_gone(name);
        }
        if *going == Going::NotByThis {
            let text =
                format!("it is not in the source, and {name} stays in the index: {NOT_SENT}");
            return Self::unsent(
                "gone",
                source_id,
                &Error::field("source_id", FieldCode::Gone, text),
            );
        }
        let stays = match going {
            Going::Never | Going::NotByThis => {
                format!("{name} stays in the index; to remove it for good")
            }
            Going::Named => format!("{name} stays in the index: {SHARED}"),
            Going::After(due) => format!(
                "{name} is withdrawn for good by the first complete run after {due} that does not \
                 find it again; put it back into the source to keep it, or, to remove it now"
            ),
            Going::HeldUp(due, why) => format!(
                "{name} should have been withdrawn by itself after {due}, and still stands: {why}; \
                 put it back into the source to keep it, or, to remove it now"
            ),
        };
        let message = format!(
            "it is no longer in the source, and {stays}: mpp agent withdraw CONFIG {}",
            text::quoted(source_id)
        );
        Self::unsent("gone", source_id, &Error::field("source_id", FieldCode::Gone, message))
    }

    /// What this configuration's state does not know of having sent, in one.
    pub fn of_others(ids: &[String]) -> Option<Self> {
        let ids: Vec<&str> = ids.iter().map(String::as_str).collect();
        let stay = some(
            ids.len(),
            "record is not in the source, and stays in the index:",
            "records are not in the source, and stay in the index, of each:",
        );
        let text = format!("{stay} {NOT_SENT}: {}", named(&ids));
        let error = Error::field("source_id", FieldCode::Gone, text);
        (!ids.is_empty()).then(|| Self::unsent("gone", "", &error))
    }

    /// A place that the registry holds of the source, and that is not in it: it stays whatever is
    /// done.
    fn place_gone(name: &str) -> Self {
        let message = format!(
            "it is not in the source, and {name} stays in the index as this source's, with all that lies \
             in it. Add it to the source, also where it was handed over; or give it back, to be changed by \
             calls again: mpp agent withdraw CONFIG {}",
            text::quoted(name)
        );
        Self::unsent("gone", name, &Error::field("source_id", FieldCode::Gone, message))
    }

    /// A record that is not among the rows that were read, where it may be one of those that were
    /// not.
    pub fn not_seen(source_id: &str, unknown: usize) -> Self {
        let rows = some(
            unknown,
            "row could not be read, and nobody knows whose it is",
            "rows could not be read, and nobody knows whose they are",
        );
        let text = format!(
            "it is in the index, and not among the rows that were read; {rows}. Mend what is named \
             beside this first: then it is there, or gone for sure"
        );
        Self::unsent("not seen", source_id, &Error::field("source_id", FieldCode::Gone, text))
    }

    /// A record of which too many others have gone with it for the run to be complete; they may all
    /// be `of_others`.
    pub fn missing(source_id: &str, of_others: bool) -> Self {
        let others = format!("it was not read, and all that was not is {OF_OTHERS}");
        let text = "it is no longer in the source, like more of them than may go at once; the index \
                    still has it. Put it back into the source, or, where it is right that they have \
                    gone, run once with: mpp agent run CONFIG --accept-missing";
        let text = if of_others { others.as_str() } else { text };
        Self::unsent("gone", source_id, &Error::field("source_id", FieldCode::Gone, text))
    }

    /// True for a remark: the record itself is in the index.
    pub fn is_remark(&self) -> bool {
        const REMARKS: [FieldCode; 13] = [
            FieldCode::HeadingAgain,
            FieldCode::Hidden,
            FieldCode::KeyMissing,
            FieldCode::Moved,
            FieldCode::NotRead,
            FieldCode::LeftOut,
            FieldCode::Bundle,
            FieldCode::Cut,
            FieldCode::Gone,
            FieldCode::NotThereYet,
            FieldCode::Overridden,
            FieldCode::AlsoElsewhere,
            FieldCode::OtherClient,
        ];
        REMARKS.iter().any(|code| code.as_str() == self.code)
    }

    /// The way out, with the command for it where there is one.
    pub fn advice(&self) -> String {
        let is = |code: FieldCode| self.code == code.as_str();
        let stays = is(FieldCode::Gone) && !self.message.contains("mpp agent withdraw");
        let is_of_others = [NOT_SENT, SENT_BY_OTHER].iter().any(|why| self.message.contains(why));
        match self.id() {
            Some(id) if is(FieldCode::Suspicious) => release(id),
            None if is(FieldCode::Suspicious) => NO_ID.to_owned(),
            _ if self.code == Reason::RecordsRefused.as_str() => NAMED_BESIDE.to_owned(),
            _ if is_of_others => OF_ANOTHER.to_owned(),
            _ if stays => {
                "Nothing has gone yet: do what the message says, and run again.".to_owned()
            }
            Some(id) if is(FieldCode::Gone) && is_place(id) => PLACE_GONE.to_owned(),
            _ if is(FieldCode::TooManyMoved) => ACCEPT_MOVES.to_owned(),
            _ => advice(&self.code).to_owned(),
        }
    }

    /// The record's id, where its place stands beside it.
    pub fn id(&self) -> Option<&str> {
        let (_, id) = self.record.strip_suffix(')')?.split_once(" (")?;
        Some(id)
    }
}

/// The way out for a record that is held back and has an id.
fn release(id: &str) -> String {
    format!(
        "A person has to look at it. Where it is no record, remove it at the source, or let the \
         mapping leave it out; where it is one, release it, and run again: mpp agent release CONFIG {}",
        text::quoted(id)
    )
}

/// The way out for a place that a source has no more.
const PLACE_GONE: &str = "No source deletes a unit, a mall or a counter. Where it is still there, add it to the \
                          source. Where it has ended, give it its end while it is in the source (a unit's valid_to, \
                          an agreement's last day; a mall's stages are set by calls). What was given back and comes \
                          into the source again is its own again; where somebody has written it since, it waits until \
                          a person hands it over: `mpp hand-back NAME --to SOURCE`.";

/// The way out for one that is held back and has none.
const NO_ID: &str = "Remove it at the source, or let the mapping leave it out. Where it is a record, \
                     fill the column that its id is made of, and run again: then it can be released, by its id.";
/// The way out for a record that is not this configuration's to take out.
const OF_ANOTHER: &str = "Nothing is to be done here where another configuration of the source has it: the record \
                          is that one's, and in the index. Only where none has it: do what the message says.";
const NAMED_BESIDE: &str = "Do for each record what is said of it beside this, and run again.";
const ACCEPT_MOVES: &str = "Mend the mapping; where the moves are meant, run once with: mpp agent run CONFIG --accept-moves";

/// The way out for a code, of a field or of a failure.
pub fn advice(code: &str) -> &'static str {
    let of_field = FieldCode::of(code);
    let of_reason = Reason::ALL.iter().find(|known| known.as_str() == code);
    of_field
        .map(|code| code.way_out())
        .or_else(|| of_reason.map(|reason| reason.way_out()))
        .unwrap_or("The message says what is wrong; mend the record at the source, or the mapping.")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_code_has_its_advice() {
        assert_eq!(advice("DUPLICATE"), FieldCode::Duplicate.way_out());
        assert_eq!(advice("SOURCE_CONFIG"), Reason::SourceConfig.way_out());
        assert!(advice("OF_A_LATER_VERSION").contains("message"));
        assert!(FieldCode::ALL.iter().all(|code| advice(code.as_str()) == code.way_out()));
    }

    #[test]
    fn no_advice_leads_back_to_where_it_is_printed() {
        let back = |advice: &str| advice.contains("mpp agent problems");
        assert!(!FieldCode::ALL.iter().any(|code| back(code.way_out())));
        let reasons = Reason::ALL.iter().filter(|reason| **reason != Reason::RecordsRefused);
        assert!(!reasons.into_iter().any(|reason| back(reason.way_out())));
    }

    #[test]
    fn what_is_held_back_says_how_to_release_it() {
        let error = Error::field("row", FieldCode::Suspicious, "looks like a trial");
        assert!(
            Problem::unsent("row at line 7", "ktp", &error)
                .advice()
                .ends_with("mpp agent release CONFIG ktp")
        );
        let spaced = Problem::unsent("row at line 7", "kartu keluarga", &error).advice();
        assert!(spaced.ends_with("CONFIG 'kartu keluarga'"), "{spaced}");
        assert_eq!(
            Problem::unsent("row at line 7", "", &error).advice(),
            NO_ID,
            "what has no id cannot be named"
        );
    }

    #[test]
    fn no_advice_lets_every_trial_pass_for_the_sake_of_one() {
        let error = Error::field("row", FieldCode::Suspicious, "looks like a trial");
        for id in ["", "ktp"] {
            let advice = Problem::unsent("row 7", id, &error).advice();
            assert!(!advice.contains("trial_rows"), "{advice}");
        }
        assert!(!FieldCode::ALL.iter().any(|code| code.way_out().contains("trial_rows")));
    }

    #[test]
    fn that_all_were_refused_is_no_circle() {
        let error = Error::new(Reason::RecordsRefused, "all wait");
        let advice = Problem::unsent("sources/a", "", &error).advice();
        assert!(!advice.contains("mpp agent problems"), "{advice}");
    }

    #[test]
    fn a_place_that_has_gone_stays_and_says_how_it_is_given_back_and_comes_again() {
        let name = "malls/wa/counters/c3";
        let gone = Problem::gone(name, name, &Going::After("2026-05-01".into()));
        assert!(gone.message.contains("stays in the index") && gone.is_remark(), "{gone:?}");
        assert!(!gone.message.contains("2026-05-01"), "none goes by itself: {}", gone.message);
        assert!(gone.message.ends_with("mpp agent withdraw CONFIG malls/wa/counters/c3"));
        assert!(gone.advice().contains("No source deletes") && !gone.advice().contains("for good"));
    }

    #[test]
    fn what_this_configuration_has_never_sent_is_told_without_a_command_against_it() {
        let gone = Problem::gone("ktp", "units/a/services/ktp", &Going::NotByThis);
        assert!(gone.message.contains("does not know of having sent it"), "{gone:?}");
        assert!(gone.is_remark() && !gone.message.contains("mpp agent withdraw"), "{gone:?}");
        assert!(gone.advice().starts_with("Nothing is to be done here"), "{}", gone.advice());
        let error = Error::field("source_id", FieldCode::NotAllowed, NOT_SENT);
        let refused = Problem::unsent("withdraw", "ktp", &error);
        assert!(refused.advice().starts_with("Nothing is to be done here"), "{refused:?}");
    }

    #[test]
    fn what_another_may_feed_by_now_is_told_before_the_command_that_names_it() {
        let gone = Problem::gone("ktp", "units/a/services/ktp", &Going::Named);
        let (why, step) = gone.message.split_once("withdraw it: ").expect("a step");
        assert!(why.contains("may feed it by now"), "{gone:?}");
        assert_eq!(step, "mpp agent withdraw CONFIG ktp");
    }

    #[test]
    fn what_has_gone_says_how_to_remove_it() {
        let gone = Problem::gone("ktp", "units/a/services/ktp", &Going::Never);
        assert_eq!(gone.record, "gone (ktp)");
        assert!(gone.message.ends_with("mpp agent withdraw CONFIG ktp"), "{}", gone.message);
        assert!(gone.is_remark());
        let spaced = Problem::gone("kartu keluarga", "units/a/services/kk", &Going::Never);
        assert!(spaced.message.ends_with("CONFIG 'kartu keluarga'"), "{}", spaced.message);
        let of = |now| {
            let going = Going::of(
                Some(1_777_611_600_000_000),
                now,
                "Asia/Jakarta",
                Some("2 rows are not read"),
            );
            Problem::gone("ktp", "units/a/services/ktp", &going).message
        };
        let due = of(1_777_611_599_999_999);
        assert!(
            due.contains("run after 2026-05-01 12:00 WIB") && !due.contains("not read"),
            "{due}"
        );
        assert!(due.ends_with("mpp agent withdraw CONFIG ktp"), "{due}");
        let overdue = of(1_777_611_600_000_000);
        assert!(overdue.contains("still stands: 2 rows are not read"), "{overdue}");
        assert!(overdue.ends_with("mpp agent withdraw CONFIG ktp"), "{overdue}");
    }
}
