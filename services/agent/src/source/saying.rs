//! What the titles and footers of a table say of how much there is: "Halaman 1 dari 3",
//! "Menampilkan 1-20 dari 45 data". A file of which they say more than it holds is a part.

use super::prose::out_of;

/// Words below a page that another one follows.
const GOES_ON: [&str; 5] =
    ["bersambung", "lanjut ke halaman", "to be continued", "continued on", "halaman berikutnya"];

/// What is said, and what came.
#[derive(Default)]
pub struct Saying {
    rows: u64,
    /// Sentences that number a page; each stands on one.
    pages: u64,
    records_said: u64,
    pages_said: u64,
}

impl Saying {
    /// Counts a row of the table.
    pub fn count(&mut self) {
        self.rows += 1;
    }

    /// Takes up a sentence.
    pub fn hear(&mut self, text: &str) {
        let text: String =
            text.chars().map(|sign| if ",;|\t\"".contains(sign) { ' ' } else { sign }).collect();
        match out_of(&text, false) {
            Some(said) if said.pages => {
                self.pages += 1;
                self.pages_said = self.pages_said.max(said.all);
            }
            Some(said) => self.records_said = self.records_said.max(said.all),
            None if GOES_ON.iter().any(|words| text.to_lowercase().contains(words)) => {
                self.pages_said = self.pages_said.max(self.pages + 2);
                self.pages += 1;
            }
            None => {}
        }
    }

    /// How much more there should be.
    pub fn beyond(&self) -> Option<String> {
        let (said, had, what) = if self.pages_said > self.pages {
            (self.pages_said, self.pages, "pages")
        } else if self.records_said > self.rows {
            (self.records_said, self.rows, "rows")
        } else {
            return None;
        };
        Some(format!(
            "a line above or below the table says that there are {said} {what}, and {had} were found; \
             export all of them into one file, or take that line out"
        ))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn beyond(rows: u64, said: &[&str]) -> Option<String> {
        let mut saying = Saying { rows, ..Saying::default() };
        said.iter().for_each(|text| saying.hear(text));
        saying.beyond()
    }

    #[test]
    fn a_file_that_says_to_be_a_part_is_one() {
        for said in [
            "Halaman 1 dari 3,,,",
            "Menampilkan 1-20 dari 45 data",
            "(Page 2 of 3)",
            "Bersambung ...",
        ] {
            assert!(beyond(20, &[said]).is_some(), "{said}");
        }
        assert!(beyond(20, &["Halaman 1 dari 2", "Halaman 2 dari 2"]).is_none(), "both came");
        assert!(beyond(45, &["Menampilkan 1-45 dari 45 data"]).is_none());
        assert!(beyond(3, &["Daftar layanan dari 40 dinas", "Jumlah,15 layanan"]).is_none());
    }
}
