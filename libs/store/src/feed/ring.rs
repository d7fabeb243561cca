//! The last pieces of the feed, in memory, bounded in bytes. Subscribers hold a cursor into it and
//! no queue of their own, so a thousand slow ones cost what one does.

use std::{collections::VecDeque, sync::Arc};

use super::page::{FeedPlace, Piece};

/// The piece, or the reason for none, that a subscriber finds at its cursor.
#[derive(Debug)]
pub(crate) enum Found {
    Piece(Arc<Piece>),
    /// Nothing yet: all that is in the ring, up to this head, lies before the cursor.
    End {
        head: i64,
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
    pub head: i64,
    /// Counts the restarts: a cursor of an earlier epoch points nowhere.
    pub epoch: u64,
}

#[derive(Debug)]
pub(crate) struct Ring {
    pieces: VecDeque<Arc<Piece>>,
    /// The cursor of the first piece.
    first: u64,
    /// Every change after this revision, up to the head, is here.
    floor: i64,
    head: i64,
    epoch: u64,
    bytes: usize,
    limit: usize,
}

impl Ring {
    /// Empty, after `head`.
    pub fn new(head: i64, limit: usize) -> Self {
        let pieces = VecDeque::new();
        Self { pieces, first: 0, floor: head, head, epoch: 0, bytes: 0, limit }
    }

    pub fn tail(&self) -> Tail {
        let next = self.first + self.pieces.len() as u64;
        Tail { next, head: self.head, epoch: self.epoch }
    }

    /// Appends, and drops the oldest pieces above the limit; the newest always stays.
    pub fn push(&mut self, piece: Piece) {
        if piece.end.is_whole() {
            self.head = piece.revision;
        }
        self.bytes += piece.bytes;
        self.pieces.push_back(Arc::new(piece));
        while self.bytes > self.limit && self.pieces.len() > 1 {
            if let Some(oldest) = self.pieces.pop_front() {
                self.bytes -= oldest.bytes;
                self.first += 1;
                self.floor = oldest.revision;
            }
        }
    }

    /// Starts over after `head`.
    pub fn restart(&mut self, head: i64) {
        self.first += self.pieces.len() as u64 + 1;
        self.pieces.clear();
        (self.floor, self.head, self.bytes) = (head, head, 0);
        self.epoch += 1;
    }

    /// The cursor of the first piece after a place; `None` if the ring does not reach back so far.
    pub fn cursor_after(&self, place: FeedPlace) -> Option<u64> {
        if !place.is_whole() || place.revision < self.floor {
            return None;
        }
        let skip = self.pieces.partition_point(|piece| piece.revision <= place.revision);
        Some(self.first + skip as u64)
    }

    pub fn get(&self, cursor: u64) -> Found {
        let Some(index) = cursor.checked_sub(self.first) else {
            return Found::Behind;
        };
        let piece = usize::try_from(index).ok().and_then(|index| self.pieces.get(index));
        piece.map_or(Found::End { head: self.head }, |piece| Found::Piece(piece.clone()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn piece(revision: i64, last: bool, bytes: usize) -> Piece {
        let seq = if last { i64::MAX } else { 1 };
        Piece { revision, changes: Vec::new(), end: FeedPlace { revision, seq }, bytes }
    }

    #[test]
    fn it_holds_no_more_bytes_than_its_limit() {
        let mut ring = Ring::new(10, 100);
        for revision in 11..100 {
            ring.push(piece(revision, true, 30));
            assert!(ring.bytes <= 100);
        }
        assert_eq!((ring.floor, ring.tail().head), (96, 99));
        assert!(matches!(ring.get(0), Found::Behind));
        assert!(matches!(ring.get(ring.tail().next), Found::End { head: 99 }));
    }

    #[test]
    fn a_transaction_that_is_cut_off_does_not_count_as_held() {
        let mut ring = Ring::new(10, 60);
        ring.push(piece(11, false, 30));
        ring.push(piece(11, true, 30));
        ring.push(piece(12, true, 30));
        assert_eq!(ring.cursor_after(FeedPlace::after(10)), None);
        assert_eq!(ring.cursor_after(FeedPlace::after(11)), Some(2));
        assert_eq!(ring.cursor_after(FeedPlace { revision: 12, seq: 1 }), None);
    }

    #[test]
    fn a_place_beyond_its_head_waits_at_its_end() {
        let mut ring = Ring::new(10, 60);
        ring.push(piece(11, true, 30));
        assert_eq!(ring.cursor_after(FeedPlace::after(15)), Some(1));
    }

    #[test]
    fn no_cursor_of_before_a_restart_finds_a_piece() {
        let mut ring = Ring::new(10, 60);
        ring.push(piece(11, true, 30));
        let (old, epoch) = (ring.tail().next, ring.tail().epoch);
        ring.restart(5);
        assert!(matches!(ring.get(old), Found::Behind));
        assert_ne!(ring.tail().epoch, epoch);
    }
}
