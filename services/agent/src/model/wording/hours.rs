//! A day's opening hours, as sheets write them: "08.00 - 12.00 dan 13.00 s.d. 16.00", "tutup".
//! A zone that stands beside them is not read: a rule's hours are on its mall's own clock.

use serde_json::{Value, json};

/// Words of a day on which nobody is served.
const CLOSED: [&str; 5] = ["tutup", "libur", "closed", "tidak buka", "tidak melayani"];
/// Ways to write "until", each before those that it begins with.
const UNTIL: [&str; 9] =
    ["sampai dengan", "sampai", "hingga", "s.d.", "s/d", "s.d", "sd", "–", "—"];
/// Ways to write "and".
const AND: [&str; 5] = [" dan ", " and ", "&", ",", "\n"];
/// Words beside a time that add nothing to it.
const BESIDE: [&str; 3] = ["pukul", "jam", "pkl."];

/// A day's `mpp.scheduling.v1.Interval`s; none of a day that is said to be closed.
///
/// # Errors
/// The text says neither to the last word; an empty one says nothing.
pub fn opening_hours(text: &str) -> Result<Value, String> {
    let plain = text.trim().to_lowercase();
    if plain.is_empty() {
        return Err("opening_hours: an empty cell says neither when it is open nor that it is \
                    closed; write tutup at the source, or say in the mapping what it means"
            .to_owned());
    }
    if CLOSED.contains(&plain.as_str()) {
        return Ok(json!([]));
    }
    let plain = replaced(replaced(plain, &UNTIL, "-"), &AND, ";");
    let read: Option<Vec<[String; 2]>> = plain.split(';').map(interval).collect();
    let day = |[open, close]: [String; 2]| json!({ "open": open, "close": close });
    let read = read.filter(|read| run_on(read)).map(|read| read.into_iter().map(day).collect());
    read.ok_or_else(|| {
        format!(
            "opening_hours: \"{text}\" is not read; write 08.00 - 12.00, 13.00 - 16.00, or tutup, or \
             say in the mapping what it means"
        )
    })
}

fn replaced(text: String, words: &[&str], by: &str) -> String {
    words.iter().fold(text, |text, word| text.replace(word, by))
}

fn interval(text: &str) -> Option<[String; 2]> {
    let (open, close) = text.split_once('-')?;
    Some([time(open)?, time(close)?])
}

/// Whether the times run on through one day: "8.00 - 3.00" is a clock of twelve hours or a slip,
/// and of hours that overlap nobody knows which hold.
fn run_on(read: &[[String; 2]]) -> bool {
    let each = read.iter().all(|[open, close]| open < close);
    each && read.windows(2).all(|two| two[0][1] <= two[1][0])
}

/// "pukul 8.00" is 08:00; an hour without minutes could be anything.
fn time(text: &str) -> Option<String> {
    let words = text.split_whitespace().filter(|word| !BESIDE.contains(word));
    let [time] = words.collect::<Vec<_>>()[..] else { return None };
    let (hour, minute) = time.split_once(['.', ':'])?;
    let is_number = |part: &str| part.bytes().all(|sign| sign.is_ascii_digit());
    let is_time = matches!(hour.len(), 1 | 2) && minute.len() == 2;
    let (hour, minute): (u8, u8) = match is_time && is_number(hour) && is_number(minute) {
        true => (hour.parse().ok()?, minute.parse().ok()?),
        false => return None,
    };
    let exists = (hour < 24 && minute < 60) || (hour, minute) == (24, 0);
    exists.then(|| format!("{hour:02}:{minute:02}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hours_are_read_as_sheets_write_them() {
        let day = |open: &str, close: &str| json!({ "open": open, "close": close });
        let whole = json!([day("08:00", "15:00")]);
        for text in [
            "08.00-15.00",
            "8:00 – 15:00",
            "08.00 s.d. 15.00",
            "Pukul 08.00 s/d 15.00",
            "jam 8.00 sampai dengan 15.00",
        ] {
            assert_eq!(opening_hours(text), Ok(whole.clone()), "{text}");
        }
        let parted = json!([day("08:00", "12:00"), day("13:00", "24:00")]);
        for text in ["08.00-12.00, 13.00-24.00", "08.00 - 12.00 dan 13.00 - 24.00"] {
            assert_eq!(opening_hours(text), Ok(parted.clone()), "{text}");
        }
        for text in ["tutup", " LIBUR ", "Closed"] {
            assert_eq!(opening_hours(text), Ok(json!([])), "{text}");
        }
    }

    #[test]
    fn one_further_word_and_it_is_not_read() {
        for text in [
            "08.00-selesai",
            "08.00",
            "8-15",
            "08.00-15.00 (istirahat 12.00-13.00)",
            "08.00-15.00 kecuali Jumat",
            "08.00-15.00 WIB",
            "08.00 WITA - 15.00 WIT",
            "08.00-25.00",
            "08.60-15.00",
            "menyesuaikan",
            "-",
            "+8.00-15.00",
            "8:00-3:00",
            "08.00-08.00",
            "22.00-06.00",
            "08.00-12.00, 01.00-03.00",
            "08.00-13.00, 12.00-15.00",
            "13.00-15.00, 08.00-12.00",
            "24 jam",
        ] {
            let error = opening_hours(text).expect_err(text);
            assert!(error.contains(text) && error.contains("08.00 - 12.00"), "{error}");
        }
        assert!(opening_hours("  ").expect_err("empty").contains("an empty cell"));
    }
}
