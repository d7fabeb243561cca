//! Appointments' start times inside a day's intervals.

use crate::error::{Error, Problem};
use crate::interval::{DAY, Interval};

/// Start minutes of the slots of `slot_minutes` that fit into `intervals`. Each interval starts its
/// own row, so that no slot crosses a break or the day's end; what is left before a break stays
/// free.
///
/// # Errors
/// [`Problem::SlotLength`] unless a slot lasts 1 to 1440 minutes.
pub fn slots(intervals: &[Interval], slot_minutes: u16) -> Result<Vec<u16>, Error> {
    if slot_minutes == 0 || slot_minutes > DAY {
        return Err(Error::new("slot_minutes", Problem::SlotLength(slot_minutes)));
    }
    let starts = |interval: &Interval| {
        let open = interval.open;
        (0..interval.minutes() / slot_minutes).map(move |n| open + n * slot_minutes)
    };
    Ok(intervals.iter().flat_map(starts).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn slots_stop_before_the_break_and_the_end() {
        let day = [Interval::new(480, 570), Interval::new(600, 640)];
        assert_eq!(slots(&day, 40).unwrap(), [480, 520, 600]);
        assert_eq!(slots(&day, 91).unwrap(), [0u16; 0]);
        assert_eq!(slots(&[Interval::new(0, DAY)], DAY).unwrap(), [0]);
    }

    #[test]
    fn a_slot_without_length_is_refused() {
        let message = slots(&[], 0).unwrap_err().to_string();
        assert_eq!(message, "slot_minutes: a slot lasts 1 to 1440 minutes, not 0");
    }
}
