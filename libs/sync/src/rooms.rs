//! How the parts of a preview would change what targets have of a source, where a target has room
//! for so many records only.

use mpp_api::sync::PreviewRoom;
use mpp_core::{FieldCode, Micros, Result};
use mpp_form::{Check, limits};
use mpp_store::Encoded;
use prost::Message as _;

use crate::{
    before::{Room, Rooms},
    syncs::Syncs,
};

/// Bytes that a record takes in a batch beside its own, at the most.
pub(super) const FRAME: usize = 6;
/// No preview has more records.
const MOST: u64 = 1 << 48;
/// Bytes of all rooms of an answer: the next request brings them along, beside its records.
const MOST_BYTES: usize = 1 << 20;

/// Refuses what no preview of ours can have answered.
pub(super) fn check(check: &mut Check, rooms: &[PreviewRoom]) {
    if rooms.len() > limits::PREVIEWED_NAMES {
        let text = format!("are {}; at most {}", rooms.len(), limits::PREVIEWED_NAMES);
        check.fail("so_far.rooms", FieldCode::TooMany, text);
    }
    let is_wrong = |count: i64| count.unsigned_abs() > MOST;
    for (index, room) in rooms.iter().enumerate() {
        for (field, count) in [("standing", room.standing), ("over", room.over)] {
            if is_wrong(count) {
                let text = format!("is {count}; give back what the last answer said");
                check.fail(&format!("so_far.rooms[{index}].{field}"), FieldCode::OutOfRange, text);
            }
        }
    }
}

/// As a client brings them along.
pub(super) fn read(rooms: &[PreviewRoom]) -> Rooms {
    let read =
        |one: &PreviewRoom| (one.target.clone(), Room { standing: one.standing, over: one.over });
    rooms.iter().map(read).collect()
}

/// As a client takes them along: of no more targets than it may bring, and has room for.
pub(super) fn previewed(rooms: Rooms) -> Vec<PreviewRoom> {
    let changed = rooms.into_iter().filter(|(_, room)| *room != Room::default());
    let told =
        changed.map(|(target, Room { standing, over })| PreviewRoom { target, standing, over });
    let mut bytes = 0;
    let fits = |one: &PreviewRoom| {
        bytes += one.encoded_len() + FRAME;
        bytes <= MOST_BYTES
    };
    told.take(limits::PREVIEWED_NAMES).take_while(fits).collect()
}

/// Adds what a part changes: these records stood before it, or stand afterwards.
pub(super) fn add<'a, S: Syncs>(
    rooms: &mut Rooms,
    records: impl Iterator<Item = (&'a String, &'a Encoded)>,
    (by, at): (i64, Micros),
) -> Result<()> {
    for (name, record) in records {
        if let Some((target, is_over)) = S::takes_room(name, &record.doc, at)? {
            let room = rooms.entry(target).or_default();
            *(if is_over { &mut room.over } else { &mut room.standing }) += by;
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_the_next_part_brings_along_leaves_room_for_its_records() {
        let of = |number: usize| (format!("malls/{}/counters/{number}", "m".repeat(200)), 1);
        let rooms =
            (0..9_000).map(of).map(|(target, standing)| (target, Room { standing, over: 0 }));
        let told = previewed(rooms.collect());
        let bytes: usize = told.iter().map(|one| one.encoded_len() + FRAME).sum();
        assert!((MOST_BYTES - 300..=MOST_BYTES).contains(&bytes), "{bytes}");
    }
}
