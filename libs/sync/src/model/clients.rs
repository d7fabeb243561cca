//! How a source stands by its clients: each feeds a part of it, so the source is as whole, and as
//! fresh, as the worst of them.

use mpp_api::sync::{Incomplete, SourceClient, lone_item::Sender};
use mpp_api::time::to_timestamp;
use mpp_core::Micros;

/// How many clients a source's record names.
const NAMED: usize = 20;

/// A client of a source, as its own sessions have left it.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct ClientState {
    /// Its number.
    pub number: i64,
    /// Its name.
    pub name: String,
    /// When it was first heard.
    pub first: Micros,
    /// When it opened a session last.
    pub heard: Micros,
    /// When a session of it last ended that spoke of all that it feeds; 0: none that is known.
    pub last_end: Micros,
    /// When one last ended completely; 0: none that is known.
    pub last_success: Micros,
    /// Rows that it could not read in the last one.
    pub unread: i64,
    /// What that one lacked.
    pub incomplete: Option<Incomplete>,
    /// Something that it has sent stands, waits or was refused, and nobody else has sent it since.
    pub has_sent: bool,
    /// Nobody says that it comes again, as with a workbook that a person uploads.
    pub is_unscheduled: bool,
}

/// Who has sent a record.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct SentBy {
    /// The client that sent it last; 0 where that is not known.
    pub client: i64,
    /// The only client that has ever sent it; 0 where several have, or it is not known. A program
    /// that does not keep it leaves one that is not the client any more.
    pub alone: i64,
}

impl SentBy {
    /// The same as it is told to the client of a number, of a source whose other client `is_here`,
    /// or has been away too long to be waited for. `None`: it is not known who asks.
    pub fn to(self, asks: Option<i64>, is_here: impl Fn(i64) -> bool) -> Sender {
        match self.client {
            0 => Sender::Unspecified,
            own if asks == Some(own) && self.alone == own => Sender::ThisAlone,
            own if asks == Some(own) => Sender::This,
            other if asks.is_some() && is_here(other) => Sender::Other,
            _ => Sender::Unspecified,
        }
    }
}

impl ClientState {
    /// Whether it counts, if those are away that were heard before `since`. One whose records
    /// others have sent since has taken another name, say: nobody waits for it, unless it has never
    /// ended completely, so that nothing of it could be sent yet.
    pub fn counts(&self, since: Micros) -> bool {
        let begins = self.last_end > 0 && self.last_success == 0;
        self.heard >= since && (self.has_sent || begins)
    }

    /// Since when it is not whole again: from its first session, if it never was.
    fn whole_since(&self) -> Micros {
        if self.last_success > 0 { self.last_success } else { self.first }
    }

    fn shown(&self, since: Micros) -> SourceClient {
        let time = |at: Micros| (at > 0).then(|| to_timestamp(at));
        SourceClient {
            name: self.name.clone(),
            last_success_time: time(self.last_success),
            last_end_time: time(self.last_end),
            incomplete: self.incomplete.clone(),
            unread_now: self.unread,
            away: self.heard < since,
            first_time: time(self.first),
            unscheduled: self.is_unscheduled,
        }
    }
}

/// A source, by its clients.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Standing {
    /// Rows that they could not read.
    pub unread: i64,
    /// What the one lacked that was whole longest ago, of those that lack anything.
    pub incomplete: Option<Incomplete>,
    /// Since when all of them are whole that are waited for and ever have been; `None` while none
    /// is known to have.
    pub last_success: Option<Micros>,
    /// Since when one is waited for that never has been whole.
    pub unheard_since: Option<Micros>,
    /// Those to name; none where there is but one.
    pub clients: Vec<SourceClient>,
    /// How many of these, and of those that are not named, count.
    pub count: usize,
}

/// How a source stands by all its clients; if none counts, by the one that was heard last. `None`
/// if there is none.
pub fn standing(all: &[ClientState], since: Micros) -> Option<Standing> {
    let mut count: Vec<_> = all.iter().filter(|one| one.counts(since)).collect();
    if count.is_empty() {
        count.push(all.iter().max_by_key(|one| one.heard)?);
    }
    let is_away = |one: &&ClientState| one.heard < since && !count.contains(one);
    let away: Vec<_> = all.iter().filter(is_away).collect();
    count.sort_by(|a, b| (a.whole_since(), &a.name).cmp(&(b.whole_since(), &b.name)));
    let unheard = |one: &&ClientState| one.last_success == 0;
    let last =
        |all: &[&ClientState]| all.iter().map(|one| one.last_success).filter(|at| *at > 0).min();
    let awaited = awaited(&count);
    let named = count.len() + away.len() > 1;
    let clients = count.iter().chain(&away).map(|one| one.shown(since));
    Some(Standing {
        unread: count.iter().map(|one| one.unread).sum(),
        incomplete: count.iter().find_map(|one| one.incomplete.clone()),
        last_success: last(&awaited).or_else(|| last(&count)),
        unheard_since: awaited.iter().copied().filter(unheard).map(|one| one.first).min(),
        clients: if named { clients.take(NAMED).collect() } else { Vec::new() },
        count: if named { count.len() } else { 0 },
    })
}

/// Those that are to come again: one without a schedule only where none has one, by the target that
/// the source itself declares.
fn awaited<'a>(count: &[&'a ClientState]) -> Vec<&'a ClientState> {
    let scheduled: Vec<_> = count.iter().copied().filter(|one| !one.is_unscheduled).collect();
    if scheduled.is_empty() { count.to_vec() } else { scheduled }
}

#[cfg(test)]
mod tests {
    use mpp_api::sync::incomplete::Reason;

    use super::*;

    /// The time before which a client is away.
    const AWAY: Micros = 100;

    /// A client that ended completely then, and has sent something.
    fn whole(number: i64, at: Micros) -> ClientState {
        let name = format!("klien-{number}");
        let (first, heard) = (AWAY + number, at.max(AWAY));
        let ends = ClientState { last_end: at, last_success: at, has_sent: true, ..<_>::default() };
        ClientState { number, name, first, heard, ..ends }
    }

    fn torn(client: ClientState) -> ClientState {
        let incomplete =
            Some(Incomplete { reason: Reason::Torn.into(), text: client.name.clone() });
        ClientState { last_end: client.last_end + 1, incomplete, unread: 2, ..client }
    }

    fn of(all: &[ClientState]) -> Standing {
        standing(all, AWAY).expect("there is one")
    }

    fn names(standing: &Standing) -> Vec<&str> {
        standing.clients.iter().map(|one| one.name.as_str()).collect()
    }

    #[test]
    fn a_source_is_as_fresh_and_as_whole_as_the_worst_of_its_clients() {
        let found = of(&[whole(1, 900), torn(whole(2, 300)), torn(whole(3, 400))]);
        assert_eq!(found.last_success, Some(300));
        assert_eq!((found.unread, found.count), (4, 3));
        assert_eq!(found.incomplete.clone().expect("lacks").text, "klien-2", "whole longest ago");
        assert_eq!(names(&found), ["klien-2", "klien-3", "klien-1"]);
        let alone = of(&[whole(1, 900)]);
        assert_eq!((alone.last_success, alone.count), (Some(900), 0));
        assert!(alone.clients.is_empty(), "nobody else is there");
    }

    #[test]
    fn one_that_is_away_counts_no_more_and_is_named() {
        let gone = ClientState { heard: AWAY - 1, ..torn(whole(2, 50)) };
        let found = of(&[whole(1, 900), gone]);
        assert_eq!((found.last_success, found.incomplete, found.unread), (Some(900), None, 0));
        let away = |one: &SourceClient| (one.name.clone(), one.away);
        let told: Vec<_> = found.clients.iter().map(away).collect();
        assert_eq!(told, [("klien-1".to_owned(), false), ("klien-2".to_owned(), true)]);
    }

    #[test]
    fn one_whose_records_others_have_sent_since_counts_no_more() {
        let renamed = ClientState { has_sent: false, ..torn(whole(2, 300)) };
        let found = of(&[whole(1, 900), renamed.clone()]);
        assert_eq!((found.last_success, found.count), (Some(900), 0));
        assert!(found.clients.is_empty());
        let only = of(&[renamed]);
        assert_eq!((only.last_success, only.count), (Some(300), 0), "as long as no other counts");
    }

    #[test]
    fn one_that_never_was_whole_counts_from_its_first_session_once_another_was() {
        let never = ClientState { last_success: 0, has_sent: false, ..torn(whole(2, 300)) };
        let found = of(&[whole(1, 900), never.clone()]);
        assert_eq!((found.last_success, found.unheard_since), (Some(900), Some(AWAY + 2)));
        assert!(found.incomplete.is_some());
        assert_eq!(of(std::slice::from_ref(&never)).last_success, None, "nobody ever was");
        assert_eq!(of(std::slice::from_ref(&never)).unheard_since, Some(AWAY + 2));
        let opened = ClientState { last_end: 0, incomplete: None, ..never };
        assert_eq!(of(&[whole(1, 900), opened]).clients, [], "it has said nothing yet");
    }

    #[test]
    fn where_none_counts_the_one_that_was_heard_last_does() {
        assert_eq!(standing(&[], AWAY), None);
        let asleep =
            [whole(1, 50), whole(2, 60)].map(|one| ClientState { heard: one.last_end, ..one });
        assert_eq!(of(&asleep).last_success, Some(60));
        assert_eq!(names(&of(&asleep)), ["klien-2", "klien-1"]);
    }

    #[test]
    fn however_many_they_are_twenty_are_named() {
        let all: Vec<_> = (1..=30).map(|number| whole(number, 1_000 - number)).collect();
        let found = of(&all);
        assert_eq!((found.clients.len(), found.count), (NAMED, 30));
        assert_eq!(names(&found)[0], "klien-30");
    }
}
