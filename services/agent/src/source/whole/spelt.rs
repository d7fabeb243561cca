//! Numbers in words, within a sentence: "empat puluh dua", "forty-two".

/// Words of one value.
const VALUES: [(&str, u64); 43] = [
    ("satu", 1),
    ("dua", 2),
    ("tiga", 3),
    ("empat", 4),
    ("lima", 5),
    ("enam", 6),
    ("tujuh", 7),
    ("delapan", 8),
    ("sembilan", 9),
    ("sepuluh", 10),
    ("sebelas", 11),
    ("seratus", 100),
    ("seribu", 1_000),
    ("one", 1),
    ("two", 2),
    ("three", 3),
    ("four", 4),
    ("five", 5),
    ("six", 6),
    ("seven", 7),
    ("eight", 8),
    ("nine", 9),
    ("ten", 10),
    ("eleven", 11),
    ("twelve", 12),
    ("thirteen", 13),
    ("fourteen", 14),
    ("fifteen", 15),
    ("sixteen", 16),
    ("seventeen", 17),
    ("eighteen", 18),
    ("nineteen", 19),
    ("twenty", 20),
    ("thirty", 30),
    ("forty", 40),
    ("fourty", 40),
    ("fifty", 50),
    ("sixty", 60),
    ("seventy", 70),
    ("eighty", 80),
    ("ninety", 90),
    ("nol", 0),
    ("zero", 0),
];
/// Words that multiply the number before them; "belas" adds ten.
const FACTORS: [(&str, u64); 8] = [
    ("puluh", 10),
    ("belas", 0),
    ("ratus", 100),
    ("hundred", 100),
    ("ribu", 1_000),
    ("thousand", 1_000),
    ("juta", 1_000_000),
    ("million", 1_000_000),
];

/// The words of a sentence, each row of number words as one number: "2 ribu" is 2000.
pub fn in_digits(words: Vec<String>) -> Vec<String> {
    let parted: Vec<String> = words.iter().flat_map(|word| part(word)).collect();
    let (mut said, mut sum) = (Vec::new(), None);
    for (at, word) in parted.iter().enumerate() {
        let before = at.checked_sub(1).map(|before| parted[before].as_str());
        match part_of_number(before, word, parted.get(at + 1)) {
            Some(meaning) => sum = Some(sum.unwrap_or_default()).map(|sum: Sum| sum.with(meaning)),
            None => {
                said.extend(sum.take().map(|sum| sum.value().to_string()));
                said.push(word.clone());
            }
        }
    }
    said.extend(sum.map(|sum| sum.value().to_string()));
    said
}

/// The meaning of a word where it stands: digits count with the factor behind them, and a factor
/// behind digits that are no whole number ("2,5 ribu") is of no known number.
fn part_of_number(before: Option<&str>, word: &str, next: Option<&String>) -> Option<Meaning> {
    let is_factor = |word: &str| matches!(meaning(word), Some(Meaning::Factor(_)));
    let whole = |word: &str| word.parse::<u64>().ok();
    if is_factor(word) {
        let of_unknown = |before: &str| {
            before.contains(|sign: char| sign.is_ascii_digit()) && whole(before).is_none()
        };
        return meaning(word).filter(|_| !before.is_some_and(of_unknown));
    }
    let counted = || next.filter(|next| is_factor(next)).and(whole(word)).map(Meaning::Value);
    meaning(word).or_else(counted)
}

/// "forty-two", "empatpuluh": each of its number words by itself.
fn part(word: &str) -> Vec<String> {
    let parts: Vec<&str> = word.split('-').collect();
    if parts.len() > 1 && parts.iter().all(|part| meaning(part).is_some()) {
        return parts.into_iter().map(str::to_owned).collect();
    }
    let glued = FACTORS.iter().find_map(|(factor, _)| {
        let unit = word.strip_suffix(factor).filter(|unit| meaning(unit).is_some())?;
        Some(vec![unit.to_owned(), (*factor).to_owned()])
    });
    glued.unwrap_or_else(|| vec![word.to_owned()])
}

#[derive(Clone, Copy)]
enum Meaning {
    Value(u64),
    Factor(u64),
}

fn meaning(word: &str) -> Option<Meaning> {
    let of =
        |list: &[(&str, u64)]| list.iter().find(|(own, _)| *own == word).map(|(_, value)| *value);
    of(&VALUES).map(Meaning::Value).or_else(|| of(&FACTORS).map(Meaning::Factor))
}

/// A number that is being read: whole thousands and millions, the rest below a thousand, and the
/// last unit.
#[derive(Clone, Copy, Default)]
struct Sum {
    thousands: u64,
    below: u64,
    unit: u64,
}

impl Sum {
    fn with(mut self, meaning: Meaning) -> Self {
        match meaning {
            Meaning::Value(1_000) => return self.with(Meaning::Factor(1_000)),
            Meaning::Factor(factor @ (1_000 | 1_000_000)) => {
                let times = self.below.saturating_add(self.unit).max(1);
                self.thousands = self.thousands.saturating_add(times.saturating_mul(factor));
                (self.below, self.unit) = (0, 0);
            }
            Meaning::Value(value) => {
                self.below = self.below.saturating_add(self.unit);
                self.unit = value;
            }
            Meaning::Factor(0) => {
                self.below = self.below.saturating_add(self.unit).saturating_add(10);
                self.unit = 0;
            }
            Meaning::Factor(factor) => {
                self.below = self.below.saturating_add(self.unit.max(1).saturating_mul(factor));
                self.unit = 0;
            }
        }
        self
    }

    fn value(self) -> u64 {
        self.thousands.saturating_add(self.below).saturating_add(self.unit)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rows_of_number_words_become_one_number() {
        for (said, read) in [
            ("empat puluh dua", "42"),
            ("total empatpuluh dua layanan", "total 42 layanan"),
            ("dua belas", "12"),
            ("seratus dua puluh lima", "125"),
            ("seribu dua ratus", "1200"),
            ("2 ribu layanan", "2000 layanan"),
            ("satu juta dua ribu", "1002000"),
            ("2,5 ribu layanan", "2,5 ribu layanan"),
            ("halaman 2 dari 3", "halaman 2 dari 3"),
            ("dua ribu lima ratus", "2500"),
            ("forty-two", "42"),
            ("one hundred and five", "100 and 5"),
            ("surat keterangan", "surat keterangan"),
            ("kartu-kartu", "kartu-kartu"),
        ] {
            let words = said.split(' ').map(str::to_owned).collect();
            assert_eq!(in_digits(words).join(" "), read, "{said}");
        }
    }
}
