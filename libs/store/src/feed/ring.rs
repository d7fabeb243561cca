//! The last pieces of the feed, in memory, bounded in bytes. Subscribers hold a cursor into it and
//! no queue of their own, so a thousand slow ones cost what one does.

use std::{collections::VecDeque, sync::Arc};

use mpp_core::Digest;

use super::page::{FeedPlace, TransactionPiece};
use crate::mark::Marked;

/// What a subscriber finds at its cursor: a piece, or the reason why there is none.
#[derive(Debug)]
pub(crate) enum AtCursor {
    Piece(Arc<TransactionPiece>),
    /// Nothing yet: everything in the ring, up to this head, lies before the cursor.
    End {
        head: Marked,
    },
    /// The ring has moved past it.
    Behind,
}

/// The ring's end, as its followers are told.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Tail {
    /// The cursor after the last piece.
    pub next: u64,
    /// The last whole revision in it.
    pub head: Marked,
    /// Counts the restarts: a cursor of an earlier epoch points nowhere.
    pub epoch: u64,
    /// Counts those restarts that found another history.
    pub history: u64,
}

#[derive(Debug)]
pub(crate) struct Ring {
    pieces: VecDeque<Arc<TransactionPiece>>,
    /// The cursor of the first piece.
    first: u64,
    /// Every change after this revision, up to the head, is here.
    floor: Marked,
    head: Marked,
    /// The difference to the digest made by the revisions from the ring's start up to its head.
    added: Digest,
    /// The same for a revision that is not complete yet.
    coming: Digest,
    /// The digest at the ring's start; `None` until the records were read.
    base: Option<Digest>,
    epoch: u64,
    history: u64,
    bytes: usize,
    limit: usize,
}

/// A place from which digests are worked out backwards.
#[derive(Debug)]
pub(crate) struct Anchor {
    /// The difference to the digest made by the revisions from the ring's start up to it.
    added: Digest,
    epoch: u64,
}

impl Ring {
    /// Empty, after `head`.
    pub fn new(head: Marked, limit: usize) -> Self {
        Self {
            pieces: VecDeque::new(),
            first: 0,
            floor: head,
            head,
            added: Digest::default(),
            coming: Digest::default(),
            base: None,
            epoch: 0,
            history: 0,
            bytes: 0,
            limit,
        }
    }

    pub fn tail(&self) -> Tail {
        let next = self.first + self.pieces.len() as u64;
        Tail { next, head: self.head, epoch: self.epoch, history: self.history }
    }

    /// Appends, and drops the oldest pieces above the limit; the newest always stays.
    pub fn push(&mut self, piece: TransactionPiece) {
        self.coming.add_all(&piece.adds);
        if piece.end.is_whole() {
            self.head = piece.end.at;
            self.added.add_all(&std::mem::take(&mut self.coming));
        }
        self.bytes += piece.bytes;
        self.pieces.push_back(Arc::new(piece));
        while self.bytes > self.limit && self.pieces.len() > 1 {
            if let Some(oldest) = self.pieces.pop_front() {
                self.bytes -= oldest.bytes;
                self.first += 1;
                self.floor = oldest.end.at;
            }
        }
    }

    /// Starts over after `head`, perhaps in another history.
    pub fn restart(&mut self, head: Marked, other_history: bool) {
        self.first += self.pieces.len() as u64 + 1;
        self.pieces.clear();
        (self.floor, self.head, self.bytes) = (head, head, 0);
        (self.added, self.coming, self.base) = (Digest::default(), Digest::default(), None);
        self.epoch += 1;
        self.history += u64::from(other_history);
    }

    /// The cursor of the first piece after a place; `None` if the ring does not reach back so far,
    /// or knows the place's revision by another mark. It does not judge a place beyond its head:
    /// another replica may have been ahead.
    pub fn cursor_after(&self, place: FeedPlace) -> Option<u64> {
        if !place.is_whole() || place.at.revision < self.floor.revision {
            return None;
        }
        let skip = self.pieces.partition_point(|piece| piece.revision() <= place.at.revision);
        let before = skip.checked_sub(1).map_or(self.floor, |last| self.pieces[last].end.at);
        let is_known = before == place.at || place.at.revision > self.head.revision;
        is_known.then_some(self.first + skip as u64)
    }

    /// True if a position lies in it.
    pub fn holds(&self, at: Marked) -> bool {
        at.revision <= self.head.revision && self.cursor_after(FeedPlace::after(at)).is_some()
    }

    /// The digest at a place, which must be the head.
    pub fn digest(&self, place: FeedPlace) -> Option<Digest> {
        let mut digest = self.base.clone().filter(|_| place == FeedPlace::after(self.head))?;
        digest.add_all(&self.added);
        Some(digest)
    }

    /// The anchor of a position that lies in the ring.
    pub fn anchor(&self, at: Marked) -> Option<Anchor> {
        let cursor = self.cursor_after(FeedPlace::after(at)).filter(|_| self.holds(at))?;
        let skip = usize::try_from(cursor - self.first).ok()?;
        let mut added = self.added.clone();
        let later = self.pieces.iter().skip(skip);
        let whole = later.take_while(|piece| piece.revision() <= self.head.revision);
        whole.for_each(|piece| added.remove_all(&piece.adds));
        Some(Anchor { added, epoch: self.epoch })
    }

    /// Takes `held`, which was read at the anchor, as the digest there; answers what the feed had
    /// told until now. `None` after a restart, which leaves no anchor valid, and the first time.
    pub fn prove(&mut self, anchor: &Anchor, held: &Digest) -> Option<Digest> {
        if anchor.epoch != self.epoch {
            return None;
        }
        let mut base = held.clone();
        base.remove_all(&anchor.added);
        let mut told = self.base.replace(base)?;
        told.add_all(&anchor.added);
        Some(told)
    }

    /// True once the digest is known.
    pub fn is_proven(&self) -> bool {
        self.base.is_some()
    }

    pub fn get(&self, cursor: u64) -> AtCursor {
        let Some(index) = cursor.checked_sub(self.first) else {
            return AtCursor::Behind;
        };
        let piece = usize::try_from(index).ok().and_then(|index| self.pieces.get(index));
        piece.map_or(AtCursor::End { head: self.head }, |piece| AtCursor::Piece(piece.clone()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(revision: i64) -> Marked {
        Marked { revision, mark: revision * 31 }
    }

    fn after(revision: i64) -> FeedPlace {
        FeedPlace::after(at(revision))
    }

    fn piece(revision: i64, last: bool, bytes: usize) -> TransactionPiece {
        let seq = if last { i64::MAX } else { 1 };
        let mut adds = Digest::default();
        adds.add("mall", &format!("malls/{revision}-{last}"), 1);
        TransactionPiece {
            changes: Vec::new(),
            adds,
            end: FeedPlace { at: at(revision), seq },
            bytes,
        }
    }

    /// The digest of the pieces above, beside a record that was there before.
    fn digest(pieces: &[(i64, bool)]) -> Digest {
        let mut digest = Digest::default();
        digest.add("mall", "malls/before", 1);
        for (revision, last) in pieces {
            digest.add("mall", &format!("malls/{revision}-{last}"), 1);
        }
        digest
    }

    #[test]
    fn what_is_held_is_known_at_the_head_wherever_the_records_were_read() {
        let all = [(11, true), (12, false), (12, true), (13, true)];
        for (read_at, seen) in [(10, 0), (11, 1), (12, 3), (13, 4)] {
            let mut ring = Ring::new(at(10), 1000);
            all.iter().for_each(|(revision, last)| ring.push(piece(*revision, *last, 30)));
            ring.push(piece(14, false, 30));
            assert_eq!(ring.digest(after(13)), None, "not read yet");
            let anchor = ring.anchor(at(read_at)).expect("in the ring");
            assert_eq!(ring.prove(&anchor, &digest(&all[..seen])), None);
            assert_eq!(ring.digest(after(13)), Some(digest(&all)), "read at {read_at}");
            assert_eq!(ring.digest(after(12)), None, "only at the head");
            ring.push(piece(14, true, 30));
            let more = [&all[..], &[(14, false), (14, true)]].concat();
            assert_eq!(ring.digest(after(14)), Some(digest(&more)));
            let told = ring.prove(&anchor, &digest(&all[..seen])).expect("the second time");
            assert_eq!(told, digest(&all[..seen]));
            ring.restart(at(14), false);
            assert_eq!(ring.prove(&anchor, &Digest::default()), None);
            assert!(!ring.is_proven());
        }
    }

    #[test]
    fn records_that_are_not_as_the_feed_told_set_the_digest_right() {
        let mut ring = Ring::new(at(10), 1000);
        ring.push(piece(11, true, 30));
        let anchor = ring.anchor(at(11)).expect("in the ring");
        ring.prove(&anchor, &digest(&[(11, true)]));
        let told = ring.prove(&anchor, &digest(&[])).expect("known before");
        assert_eq!(digest(&[]).differences(&told)[0].held, 1);
        assert_eq!(ring.digest(after(11)), Some(digest(&[])));
    }

    #[test]
    fn it_holds_no_more_bytes_than_its_limit() {
        let mut ring = Ring::new(at(10), 100);
        for revision in 11..100 {
            ring.push(piece(revision, true, 30));
            assert!(ring.bytes <= 100);
        }
        assert_eq!((ring.floor, ring.tail().head), (at(96), at(99)));
        assert!(matches!(ring.get(0), AtCursor::Behind));
        assert!(matches!(ring.get(ring.tail().next), AtCursor::End { head } if head == at(99)));
    }

    #[test]
    fn a_transaction_that_is_cut_off_does_not_count_as_held() {
        let mut ring = Ring::new(at(10), 60);
        ring.push(piece(11, false, 30));
        ring.push(piece(11, true, 30));
        ring.push(piece(12, true, 30));
        assert_eq!(ring.cursor_after(after(10)), None);
        assert_eq!(ring.cursor_after(after(11)), Some(2));
        assert_eq!(ring.cursor_after(FeedPlace { at: at(12), seq: 1 }), None);
    }

    #[test]
    fn a_place_beyond_its_head_waits_at_its_end() {
        let mut ring = Ring::new(at(10), 60);
        ring.push(piece(11, true, 30));
        assert_eq!(ring.cursor_after(after(15)), Some(1));
        assert!(!ring.holds(at(15)), "whether it is of this history, only the database knows");
    }

    #[test]
    fn a_place_of_another_history_is_not_in_it() {
        let mut ring = Ring::new(at(10), 100);
        ring.push(piece(11, true, 30));
        ring.push(piece(13, true, 30));
        for revision in [10, 11, 13] {
            assert!(ring.holds(at(revision)));
            assert!(!ring.holds(Marked { revision, mark: 7 }), "{revision}");
        }
        assert!(!ring.holds(at(12)), "no transaction of this number is known");
    }

    #[test]
    fn no_cursor_of_before_a_restart_finds_a_piece() {
        let mut ring = Ring::new(at(10), 60);
        ring.push(piece(11, true, 30));
        let (old, epoch) = (ring.tail().next, ring.tail().epoch);
        ring.restart(at(5), true);
        assert!(matches!(ring.get(old), AtCursor::Behind));
        assert_ne!(ring.tail().epoch, epoch);
        assert_eq!(ring.tail().history, 1);
    }
}
