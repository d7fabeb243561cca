//! Times: "paling lama 3 hari kerja", "at most 3 working days".

use super::{Language, Wording, WordingPiece, number, plain};
use crate::types::{ServiceTime, service_time::Unit};

/// How long a service takes, with the source's further clauses; of several cases each with its
/// condition.
pub fn time(time: &ServiceTime, language: Language) -> Vec<WordingPiece> {
    let mut wording = Wording { language, pieces: Vec::new() };
    wording.time(time);
    wording.notes(time);
    wording.pieces
}

/// The same as one text.
pub fn plain_time(given: &ServiceTime, language: Language) -> String {
    plain(&time(given, language))
}

/// For readers whose language is not the source's: what was read, and beside it the source's
/// words where they say more than that.
pub fn time_and_words(given: &ServiceTime, language: Language) -> Vec<WordingPiece> {
    let said = |text: &str| text.to_lowercase().replace(char::is_whitespace, "");
    let same = || said(&plain_time(given, Language::Indonesian)) == said(&given.source_text);
    let unread = given.unit() == Unit::Unparsed || given.source_text.is_empty();
    if language == Language::Indonesian || unread || same() {
        return time(given, language);
    }
    let mut wording = Wording { language, pieces: Vec::new() };
    wording.time(given);
    wording.say(" (“", " (“");
    wording.source(&given.source_text);
    wording.say("”)", "”)");
    wording.pieces
}

impl Wording {
    fn time(&mut self, time: &ServiceTime) {
        match time.unit() {
            Unit::Cases => {
                for (place, case) in time.cases.iter().enumerate() {
                    if place > 0 {
                        self.say("; ", "; ");
                    }
                    self.label(&case.condition);
                    self.time(case);
                    self.notes(case);
                }
            }
            Unit::Unparsed | Unit::Unspecified => self.unread_time(&time.source_text),
            unit => self.length(time, unit),
        }
    }

    fn notes(&mut self, time: &ServiceTime) {
        if !time.notes.is_empty() {
            self.say(" (", " (");
            self.source(&time.notes.join("; "));
            self.say(")", ")");
        }
    }

    fn length(&mut self, time: &ServiceTime, unit: Unit) {
        if time.at_most {
            self.say("paling lama ", "at most ");
        }
        if time.approximate {
            self.say("sekitar ", "about ");
        }
        if time.min_value != 0 {
            self.ours(format!("{} – ", number(time.min_value, self.language)));
        }
        self.ours(number(time.value, self.language));
        let (indonesian, english) = unit_names(unit);
        let many = if time.value == 1 { "" } else { "s" };
        self.say(&format!(" {indonesian}"), &format!(" {english}{many}"));
        if !time.per.is_empty() {
            self.say(" per ", " per ");
            self.source(&time.per);
        }
    }

    fn unread_time(&mut self, words: &str) {
        if words.is_empty() {
            return self.say("waktu tidak disebutkan sumbernya", "its source states no time");
        }
        self.say("belum terbaca: “", "not read: “");
        self.source(words);
        self.say("”", "”");
    }
}

fn unit_names(unit: Unit) -> (&'static str, &'static str) {
    match unit {
        Unit::Minutes => ("menit", "minute"),
        Unit::Hours => ("jam", "hour"),
        Unit::WorkingDays => ("hari kerja", "working day"),
        Unit::CalendarDays => ("hari", "day"),
        Unit::Cases | Unit::Unparsed | Unit::Unspecified => ("", ""),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(unit: Unit, value: i64) -> ServiceTime {
        ServiceTime { value, unit: unit.into(), ..ServiceTime::default() }
    }

    fn both(time: &ServiceTime) -> [String; 2] {
        [Language::Indonesian, Language::English].map(|language| plain_time(time, language))
    }

    #[test]
    fn a_time_says_its_ends_in_either_language() {
        let days = of(Unit::WorkingDays, 3);
        assert_eq!(both(&days), ["3 hari kerja", "3 working days"]);
        let most = ServiceTime { at_most: true, ..of(Unit::WorkingDays, 1) };
        assert_eq!(both(&most), ["paling lama 1 hari kerja", "at most 1 working day"]);
        let range = ServiceTime { min_value: 2, approximate: true, ..of(Unit::Hours, 3) };
        assert_eq!(both(&range), ["sekitar 2 – 3 jam", "about 2 – 3 hours"]);
        let each = ServiceTime { per: "halaman".into(), ..of(Unit::Minutes, 2) };
        assert_eq!(both(&each), ["2 menit per halaman", "2 minutes per halaman"]);
        let noted = ServiceTime { notes: vec!["sejak berkas lengkap".into()], ..days };
        assert_eq!(both(&noted)[0], "3 hari kerja (sejak berkas lengkap)");
    }

    #[test]
    fn cases_show_their_conditions_and_what_was_not_read() {
        let notes = vec!["setelah berkas lengkap".to_owned()];
        let known = ServiceTime { condition: "pasien baru".into(), notes, ..of(Unit::Minutes, 12) };
        let other = ServiceTime { source_text: "sesuai jadwal".into(), ..of(Unit::Unparsed, 0) };
        let cases = ServiceTime { cases: vec![known, other], ..of(Unit::Cases, 0) };
        assert_eq!(
            both(&cases),
            [
                "pasien baru: 12 menit (setelah berkas lengkap); belum terbaca: “sesuai jadwal”",
                "pasien baru: 12 minutes (setelah berkas lengkap); not read: “sesuai jadwal”",
            ]
        );
        let none = of(Unit::Unparsed, 0);
        assert_eq!(both(&none), ["waktu tidak disebutkan sumbernya", "its source states no time"]);
    }

    #[test]
    fn the_sources_words_stand_beside_another_language_where_they_say_more() {
        let english = |source: &str| {
            let time = ServiceTime { source_text: source.into(), ..of(Unit::WorkingDays, 3) };
            plain(&time_and_words(&time, Language::English))
        };
        assert_eq!(english("3 Hari Kerja"), "3 working days");
        assert_eq!(english("3 HK sejak lengkap"), "3 working days (“3 HK sejak lengkap”)");
    }
}
