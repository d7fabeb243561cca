//! What steps take together: "1 to 4 working days and 30 minutes", "Rp10,000 to Rp25,000".

use super::{Language, Wording, number, plain};
use crate::registry::plan_steps_response::{Length, Span};

/// Measures of calendar time in minutes, with their names in either language.
const MEASURES: [(i64, &str, &str); 3] =
    [(24 * 60, "hari", "day"), (60, "jam", "hour"), (1, "menit", "minute")];

/// How long something takes, in both measures; "no time" where neither has any.
pub fn length(length: &Length, language: Language) -> String {
    let mut wording = Wording { language, pieces: Vec::new() };
    let days = length.working_days.unwrap_or_default();
    let minutes = length.minutes.unwrap_or_default();
    if days.most > 0 {
        wording.span(days, ("hari kerja", "working day"));
    }
    if minutes.most > 0 {
        if days.most > 0 {
            wording.say(" dan ", " and ");
        }
        wording.minutes(minutes);
    }
    if wording.pieces.is_empty() {
        wording.say("tanpa waktu", "no time");
    }
    plain(&wording.pieces)
}

/// A sum in rupiah.
pub fn cost(cost: &Span, language: Language) -> String {
    let mut wording = Wording { language, pieces: Vec::new() };
    match (cost.least, cost.most) {
        (0, 0) => wording.say("gratis", "free"),
        (least, most) if least == most => wording.rupiah(most),
        (least, most) => wording.range(least, most),
    }
    plain(&wording.pieces)
}

impl Wording {
    /// In the largest measure that says both ends in whole numbers.
    fn minutes(&mut self, minutes: Span) {
        let fits = |of: i64| minutes.least % of == 0 && minutes.most % of == 0;
        let found = MEASURES.into_iter().find(|(of, ..)| fits(*of));
        let (of, indonesian, english) = found.unwrap_or(MEASURES[2]);
        let span = Span { least: minutes.least / of, most: minutes.most / of };
        self.span(span, (indonesian, english));
    }

    fn span(&mut self, span: Span, (indonesian, english): (&str, &str)) {
        if span.least == 0 && span.most > 0 {
            self.say("paling lama ", "at most ");
        } else if span.least != span.most {
            self.ours(number(span.least, self.language));
            self.say(" sampai ", " to ");
        }
        self.ours(number(span.most, self.language));
        let many = if span.most == 1 { "" } else { "s" };
        self.say(&format!(" {indonesian}"), &format!(" {english}{many}"));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn both(days: (i64, i64), minutes: (i64, i64)) -> [String; 2] {
        let span = |(least, most)| Some(Span { least, most });
        let given = Length { working_days: span(days), minutes: span(minutes) };
        [Language::Indonesian, Language::English].map(|language| length(&given, language))
    }

    #[test]
    fn the_two_measures_stand_side_by_side() {
        assert_eq!(
            both((1, 4), (30, 30)),
            ["1 sampai 4 hari kerja dan 30 menit", "1 to 4 working days and 30 minutes"]
        );
        assert_eq!(both((0, 0), (0, 2_880)), ["paling lama 2 hari", "at most 2 days"]);
        assert_eq!(both((0, 0), (60, 90)), ["60 sampai 90 menit", "60 to 90 minutes"]);
        assert_eq!(both((1, 1), (0, 0)), ["1 hari kerja", "1 working day"]);
        assert_eq!(both((0, 0), (0, 0)), ["tanpa waktu", "no time"]);
    }

    #[test]
    fn a_sum_has_one_end_or_two() {
        let told = |least, most| cost(&Span { least, most }, Language::English);
        assert_eq!(told(0, 0), "free");
        assert_eq!(told(0, 5_000), "up to Rp5,000");
        assert_eq!(told(1_000, 1_000), "Rp1,000");
        assert_eq!(told(1_000, 5_000), "Rp1,000 to Rp5,000");
    }
}
