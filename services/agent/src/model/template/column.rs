//! What a column of the template is.

/// The language of a template.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Lang {
    /// Headings and notes are in Indonesian.
    #[default]
    Id,
    /// Headings and notes are in English.
    En,
}

/// A text in Indonesian and in English.
#[derive(Clone, Copy, Debug)]
pub struct Words(pub &'static str, pub &'static str);

impl Words {
    /// The text in one of the languages.
    pub fn of(self, lang: Lang) -> &'static str {
        match lang {
            Lang::Id => self.0,
            Lang::En => self.1,
        }
    }

    /// True if `text` says it in either language, whatever its capitals, blanks and marks.
    pub fn is(self, text: &str) -> bool {
        let said = letters(text);
        said == letters(self.0) || said == letters(self.1)
    }
}

fn letters(text: &str) -> String {
    text.chars().filter(|sign| sign.is_alphanumeric()).flat_map(char::to_lowercase).collect()
}

/// A value that a cell may be chosen from.
#[derive(Debug)]
pub struct Choice {
    /// The contract's own word.
    pub value: &'static str,
    /// What the list of choices shows.
    pub words: Words,
}

/// What a cell of a column may hold.
#[derive(Clone, Copy, Debug)]
pub enum CellForm {
    /// A text of any kind.
    Text,
    /// One entry in each line.
    Lines,
    /// One entry in each line, in up to this many parts with `|` between them.
    Parts(usize),
    /// One of these choices.
    Choice(&'static [Choice]),
    /// Yes, no, or words that say more.
    Way,
    /// A time with its unit.
    Time,
    /// A fee in each line, and what it is for behind `|`; a number alone is in rupiah.
    Fees,
}

/// A column of the template.
#[derive(Debug)]
pub struct Column {
    /// The key under which the mapping reads it.
    pub key: &'static str,
    /// The field of a record that it fills.
    pub path: &'static str,
    /// The heading above it.
    pub heading: Words,
    /// How it is filled in.
    pub how: Words,
    /// What the example says.
    pub example: &'static str,
    /// What a cell may hold.
    pub form: CellForm,
    /// Its width, in signs.
    pub width: u16,
}

impl Column {
    /// True for what no service can do without.
    pub fn is_required(&self) -> bool {
        matches!(self.key, "kode" | "nama_layanan")
    }

    /// The values that a list shows, if there is one: a cell holds one of these and nothing else,
    /// or, for a way to get a service, words instead.
    pub fn listed(&self, lang: Lang) -> Vec<&'static str> {
        match self.form {
            CellForm::Choice(choices) => {
                choices.iter().map(|choice| choice.words.of(lang)).collect()
            }
            CellForm::Way => vec![YES.of(lang), NO.of(lang)],
            _ => Vec::new(),
        }
    }
}

/// The words of a [`CellForm::Way`].
const YES: Words = Words("Ya", "Yes");
const NO: Words = Words("Tidak", "No");
