//! Words with an annotation above them (`<ruby>KK<rt>Kartu Keluarga</rt></ruby>`): it is read
//! behind its word in brackets, and does not run into it.

/// The part of an annotated word that is being read.
#[derive(Clone, Copy, Default, PartialEq, Eq)]
enum RubyPart {
    /// The word, or no such word at all.
    #[default]
    Word,
    /// The annotation above the word.
    Annotation,
    /// Brackets for those who cannot show annotations.
    Brackets,
}

/// How far an annotated word has been read.
#[derive(Default)]
pub struct Ruby {
    part: RubyPart,
    /// An annotation ended right before.
    closed: bool,
}

const OPENS: &str = " (";

impl Ruby {
    /// A tag begins.
    pub fn start(&mut self, name: &[u8], text: &mut String) {
        match name {
            b"rt" => self.turn(RubyPart::Annotation, text),
            b"rp" => self.turn(RubyPart::Brackets, text),
            b"rb" | b"rtc" | b"ruby" => self.turn(RubyPart::Word, text),
            _ => {}
        }
    }

    /// A tag ends.
    pub fn end(&mut self, name: &[u8], text: &mut String) {
        if matches!(name, b"rt" | b"rp" | b"rb" | b"rtc" | b"ruby") {
            self.turn(RubyPart::Word, text);
        }
    }

    fn turn(&mut self, next: RubyPart, text: &mut String) {
        if self.part == RubyPart::Annotation {
            self.close(text);
        }
        if next == RubyPart::Annotation {
            text.push_str(OPENS);
        }
        self.part = next;
    }

    fn close(&mut self, text: &mut String) {
        match text.trim_end().strip_suffix(OPENS.trim()) {
            Some(before) => text.truncate(before.trim_end().len()),
            None => {
                text.truncate(text.trim_end().len());
                text.push(')');
                self.closed = true;
            }
        }
    }

    /// Whether the text that comes next is read. After an annotation a new word begins.
    pub fn takes(&mut self, coming: &str, text: &mut String) -> bool {
        if std::mem::take(&mut self.closed) && coming.starts_with(char::is_alphanumeric) {
            text.push(' ');
        }
        self.part != RubyPart::Brackets
    }
}
