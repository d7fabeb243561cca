//! Fees and times as a citizen reads them, in either language: "Rp50.000 per lembar", "up to
//! Rp9,000". One that could not be read is shown in the source's words, and marked as such. The
//! Indonesian sentences of errors stand beside their reasons (`libs/core/src/reason.rs`).

mod steps;
mod time;

use crate::types::{Fee, fee};

pub use steps::{cost, length};
pub use time::{plain_time, time, time_and_words};

/// A language of readers.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Language {
    /// Texts are read in Indonesian.
    Indonesian,
    /// Texts are read in English.
    English,
}

/// A piece of a wording.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum WordingPiece {
    /// Our words, in the reader's language.
    Ours(String),
    /// The source's words, which are Indonesian in every language.
    Source(String),
}

/// One fee; if it has several cases, each with its condition.
pub fn fee(fee: &Fee, language: Language) -> Vec<WordingPiece> {
    let mut wording = Wording { language, pieces: Vec::new() };
    wording.fee(fee);
    wording.pieces
}

/// All fees of a service as one text; empty if it names none.
pub fn fees(fees: &[Fee], language: Language) -> String {
    let one = |each: &Fee| plain(&fee(each, language));
    fees.iter().map(one).collect::<Vec<_>>().join("; ")
}

/// The pieces as one text.
pub fn plain(pieces: &[WordingPiece]) -> String {
    let texts = pieces.iter().map(|piece| match piece {
        WordingPiece::Ours(text) | WordingPiece::Source(text) => text.as_str(),
    });
    texts.collect()
}

/// "1.234" or "1,234".
pub fn number(number: i64, language: Language) -> String {
    let digits = number.unsigned_abs().to_string();
    let mut text = String::from(if number < 0 { "−" } else { "" });
    for (place, digit) in digits.chars().enumerate() {
        if place > 0 && (digits.len() - place).is_multiple_of(3) {
            text.push(if language == Language::Indonesian { '.' } else { ',' });
        }
        text.push(digit);
    }
    text
}

struct Wording {
    language: Language,
    pieces: Vec<WordingPiece>,
}

impl Wording {
    fn fee(&mut self, fee: &Fee) {
        self.label(&fee.label);
        if fee.approximate {
            self.say("sekitar ", "about ");
        }
        self.price(fee);
        if !fee.unit.is_empty() {
            self.say(" per ", " per ");
            self.source(&fee.unit);
        }
    }

    fn price(&mut self, fee: &Fee) {
        match fee.kind() {
            fee::Kind::Free => self.say("gratis", "free"),
            fee::Kind::Fixed => self.rupiah(fee.amount_rupiah),
            fee::Kind::Range => self.range(fee.amount_rupiah, fee.max_rupiah),
            fee::Kind::LocalRegulation | fee::Kind::Regulation => self.by_regulation(fee),
            fee::Kind::Charged => {
                self.say("berbiaya, besarnya tidak disebut", "charged, amount not stated");
            }
            fee::Kind::Formula => {
                self.say("dihitung: ", "worked out: ");
                self.source(&fee.formula);
            }
            fee::Kind::Foreign => self.foreign(fee.foreign.as_ref()),
            fee::Kind::Cases => self.several(&fee.cases, "; "),
            fee::Kind::Parts => self.several(&fee.parts, " + "),
            fee::Kind::Unparsed | fee::Kind::Unspecified => self.unread(&fee.source_text),
        }
    }

    fn range(&mut self, least: i64, most: i64) {
        if least == 0 {
            self.say("paling banyak ", "up to ");
        } else {
            self.rupiah(least);
            self.say(" sampai ", " to ");
        }
        self.rupiah(most);
    }

    fn by_regulation(&mut self, fee: &Fee) {
        match (fee.regulation.as_str(), fee.kind()) {
            ("", fee::Kind::LocalRegulation) => {
                self.say("menurut peraturan daerah", "by regional regulation");
            }
            ("", _) => self.say("menurut peraturan", "by regulation"),
            (name, _) => {
                self.say("menurut ", "by ");
                self.source(name);
            }
        }
    }

    fn foreign(&mut self, amount: Option<&fee::Foreign>) {
        let fee::Foreign { currency, units, cents } = amount.cloned().unwrap_or_default();
        self.ours(format!("{currency} {}", number(units, self.language)));
        if cents != 0 {
            self.say(&format!(",{cents:02}"), &format!(".{cents:02}"));
        }
    }

    /// Cases with their conditions, or parts that are due together.
    fn several(&mut self, fees: &[Fee], between: &str) {
        for (place, each) in fees.iter().enumerate() {
            if place > 0 {
                self.say(between, between);
            }
            self.label(&each.condition);
            self.fee(each);
        }
    }

    fn unread(&mut self, words: &str) {
        if words.is_empty() {
            return self.say("biaya tidak disebutkan sumbernya", "its source states no fee");
        }
        self.say("belum terbaca: “", "not read: “");
        self.source(words);
        self.say("”", "”");
    }

    fn label(&mut self, words: &str) {
        if !words.is_empty() {
            self.source(words);
            self.say(": ", ": ");
        }
    }

    fn rupiah(&mut self, amount: i64) {
        self.ours(format!("Rp{}", number(amount, self.language)));
    }

    fn say(&mut self, indonesian: &str, english: &str) {
        self.ours(match self.language {
            Language::Indonesian => indonesian.to_owned(),
            Language::English => english.to_owned(),
        });
    }

    fn ours(&mut self, words: String) {
        self.pieces.push(WordingPiece::Ours(words));
    }

    fn source(&mut self, words: &str) {
        self.pieces.push(WordingPiece::Source(words.to_owned()));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(kind: fee::Kind, amount_rupiah: i64) -> Fee {
        Fee { kind: kind.into(), amount_rupiah, ..Fee::default() }
    }

    fn both(fee: &Fee) -> [String; 2] {
        [Language::Indonesian, Language::English].map(|language| plain(&super::fee(fee, language)))
    }

    fn indonesian(fee: &Fee) -> String {
        fees(std::slice::from_ref(fee), Language::Indonesian)
    }

    #[test]
    fn amounts_are_written_as_each_language_does() {
        for (amount, id, en) in [
            (0, "Rp0", "Rp0"),
            (950, "Rp950", "Rp950"),
            (50_000, "Rp50.000", "Rp50,000"),
            (1_250_000, "Rp1.250.000", "Rp1,250,000"),
        ] {
            assert_eq!(both(&of(fee::Kind::Fixed, amount)), [id, en]);
        }
        assert_eq!(number(-1_500, Language::Indonesian), "−1.500");
    }

    #[test]
    fn a_fee_says_what_it_is_asked_for() {
        let each = Fee { unit: "orang/hari".into(), ..of(fee::Kind::Fixed, 5_000) };
        assert_eq!(indonesian(&each), "Rp5.000 per orang/hari");
        let most = Fee { max_rupiah: 9_000, ..of(fee::Kind::Range, 0) };
        assert_eq!(both(&most), ["paling banyak Rp9.000", "up to Rp9,000"]);
        let named = Fee { regulation: "PP 76/2020".into(), ..of(fee::Kind::Regulation, 0) };
        assert_eq!(both(&named), ["menurut PP 76/2020", "by PP 76/2020"]);
        let local = of(fee::Kind::LocalRegulation, 0);
        assert_eq!(both(&local), ["menurut peraturan daerah", "by regional regulation"]);
        let unsaid = of(fee::Kind::Unparsed, 0);
        assert_eq!(both(&unsaid), ["biaya tidak disebutkan sumbernya", "its source states no fee"]);
        let dollars = fee::Foreign { currency: "USD".into(), units: 1_000, cents: 50 };
        let foreign = Fee { foreign: Some(dollars), ..of(fee::Kind::Foreign, 0) };
        assert_eq!(both(&foreign), ["USD 1.000,50", "USD 1,000.50"]);
    }

    #[test]
    fn cases_show_their_conditions_and_what_was_not_read() {
        let free = Fee { condition: "warga kota".into(), ..of(fee::Kind::Free, 0) };
        let other = Fee { source_text: "wajib iuran".into(), ..of(fee::Kind::Unparsed, 0) };
        let cases = Fee { cases: vec![free, other], ..of(fee::Kind::Cases, 0) };
        assert_eq!(indonesian(&cases), "warga kota: gratis; belum terbaca: “wajib iuran”");
        let sources = fee(&cases, Language::English).into_iter().filter_map(|piece| match piece {
            WordingPiece::Source(words) => Some(words),
            WordingPiece::Ours(_) => None,
        });
        assert_eq!(sources.collect::<Vec<_>>(), ["warga kota", "wajib iuran"]);
        let parts = vec![
            Fee { label: "sumpah".into(), ..of(fee::Kind::Fixed, 5) },
            of(fee::Kind::Fixed, 7),
        ];
        assert_eq!(indonesian(&Fee { parts, ..of(fee::Kind::Parts, 0) }), "sumpah: Rp5 + Rp7");
    }
}
