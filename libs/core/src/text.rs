//! What people write, as it is kept: one rule for names, titles, reasons and every free text.
//!
//! Invisible characters are removed: soft hyphens, zero-width characters, and those that turn the
//! direction of writing, which make a text look different from what it is. Every blank is one plain
//! blank. Letters and their accents stand together (NFC), and the ligatures that a PDF file leaves
//! and the wide letters of East Asian keyboards are letters again. Control characters are not text,
//! and nobody knows what they were to mean: they stay, for [`has_control`] to find and the caller
//! to refuse.

use std::borrow::Cow;

use unicode_normalization::UnicodeNormalization as _;

/// A text of one line, such as a name or a title: one blank between words, none at the ends.
pub fn line(text: &str) -> Cow<'_, str> {
    if is_clean_ascii(text) { Cow::Borrowed(text) } else { Cow::Owned(squeezed(&visible(text))) }
}

/// A text that may have several lines: each as [`line`] has it, and never two empty ones in a row.
pub fn lines(text: &str) -> Cow<'_, str> {
    if is_clean_ascii(text) {
        return Cow::Borrowed(text);
    }
    let mut kept: Vec<String> = Vec::new();
    for line in visible(text).replace("\r\n", "\n").split(is_line_end).map(squeezed) {
        if !line.is_empty() || kept.last().is_some_and(|last| !last.is_empty()) {
            kept.push(line);
        }
    }
    Cow::Owned(kept.join("\n").trim_end().to_owned())
}

/// A text as one word of a shell, so that a command can be pasted as it is printed.
pub fn quoted(text: &str) -> Cow<'_, str> {
    let plain = |c: char| c.is_ascii_alphanumeric() || "_-./:=@%+,".contains(c);
    if !text.is_empty() && text.chars().all(plain) {
        return Cow::Borrowed(text);
    }
    Cow::Owned(format!("'{}'", text.replace('\'', "'\\''")))
}

/// True if a text holds a control character, which no text should. Line ends and tabs do not count:
/// they are blanks.
pub fn has_control(text: &str) -> bool {
    text.chars().any(|c| c.is_control() && !c.is_whitespace())
}

/// True for a text with characters that are invisible or make it look different from what it is:
/// two such texts that look alike need not be the same. For texts that are compared and therefore
/// never cleaned.
pub fn is_disguised(text: &str) -> bool {
    text.chars().any(|c| (c.is_control() && !c.is_whitespace()) || is_invisible(c) || is_blank(c))
}

/// Most texts are clean already, and are not copied.
fn is_clean_ascii(text: &str) -> bool {
    let bytes = text.as_bytes();
    bytes.iter().all(|byte| matches!(byte, b' '..=b'~'))
        && bytes.first() != Some(&b' ')
        && bytes.last() != Some(&b' ')
        && !bytes.windows(2).any(|pair| pair == b"  ")
}

fn squeezed(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

fn visible(text: &str) -> String {
    let mut shown = String::with_capacity(text.len());
    for c in text.chars().filter(|c| !is_invisible(*c)).map(narrow).nfc() {
        match ligature(c) {
            Some(letters) => shown.push_str(letters),
            None => shown.push(if is_blank(c) { ' ' } else { c }),
        }
    }
    shown
}

fn is_line_end(c: char) -> bool {
    matches!(c, '\n' | '\r' | '\u{b}' | '\u{c}' | '\u{85}' | '\u{2028}' | '\u{2029}')
}

/// Blanks that Unicode does not count among white space.
fn is_blank(c: char) -> bool {
    matches!(c, '\u{115f}' | '\u{1160}' | '\u{2800}' | '\u{3164}' | '\u{ffa0}')
}

/// True for characters without a shape (`Default_Ignorable_Code_Point`), and for the placeholder of
/// an object that was not copied along.
fn is_invisible(c: char) -> bool {
    matches!(c,
        '\u{ad}' | '\u{34f}' | '\u{61c}' | '\u{17b4}'..='\u{17b5}' | '\u{180b}'..='\u{180f}'
        | '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2060}'..='\u{206f}'
        | '\u{fe00}'..='\u{fe0f}' | '\u{feff}' | '\u{fff0}'..='\u{fffc}'
        | '\u{1bca0}'..='\u{1bca3}' | '\u{1d173}'..='\u{1d17a}' | '\u{e0000}'..='\u{e0fff}')
}

/// "ＫＴＰ" reads "KTP", and so it is found.
fn narrow(c: char) -> char {
    match c {
        '\u{ff01}'..='\u{ff5e}' => char::from_u32(u32::from(c) - 0xfee0).unwrap_or(c),
        _ => c,
    }
}

fn ligature(c: char) -> Option<&'static str> {
    Some(match c {
        '\u{fb00}' => "ff",
        '\u{fb01}' => "fi",
        '\u{fb02}' => "fl",
        '\u{fb03}' => "ffi",
        '\u{fb04}' => "ffl",
        '\u{fb05}' | '\u{fb06}' => "st",
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn a_word_of_a_command_is_quoted_only_where_a_shell_would_read_it_otherwise() {
        for plain in ["mpp-data", "/srv/mpp/up.toml", "units/a/services/b", "sources/x:1"] {
            assert_eq!(quoted(plain), plain);
        }
        assert_eq!(quoted(""), "''");
        assert_eq!(quoted("my data"), "'my data'");
        assert_eq!(quoted("it's $HOME"), r"'it'\''s $HOME'");
        assert_eq!(quoted("~/x"), "'~/x'");
    }

    #[test]
    fn two_texts_that_look_alike_are_told_apart() {
        for text in ["peta-1\u{202e}", "pe\u{200b}ta", "\u{feff}peta", "peta\0", "peta\u{3164}1"] {
            assert!(is_disguised(text), "{text:?}");
        }
        for text in ["peta-1", "row 10\nof 20", "pétã", "印度尼西亚", ""] {
            assert!(!is_disguised(text), "{text:?}");
        }
    }

    #[test]
    fn what_nobody_sees_does_not_stay() {
        assert_eq!(line("Bimbingan pra\u{ad}nikah"), "Bimbingan pranikah");
        assert_eq!(line("\u{ff2b}\u{ff34}\u{ff30}\u{3000}\u{ff11}"), "KTP 1");
        assert_eq!(
            line("\u{feff}Izin\u{200b} Usaha\u{a0}\u{a0} Mikro \u{202e}"),
            "Izin Usaha Mikro"
        );
        assert_eq!(line("Kartu\u{2007}Keluarga\n\tBaru"), "Kartu Keluarga Baru");
        assert_eq!(line("veri\u{fb01}kasi"), "verifikasi");
        assert_eq!(line("re\u{301}sume\u{301}"), "r\u{e9}sum\u{e9}");
    }

    #[test]
    fn lines_stay_lines() {
        assert_eq!(
            lines(" 1. KTP \r\n\r\n\r\n\r\n2.  KK\u{2028}3. Foto\n\n"),
            "1. KTP\n\n2. KK\n3. Foto"
        );
        assert_eq!(lines("\n\n KTP"), "KTP");
    }

    #[test]
    fn a_control_character_is_found_and_a_tab_is_a_blank() {
        assert!(has_control("KTP\u{1b}[31m") && has_control("KTP\0"));
        assert!(!has_control("KTP\tKK\r\nFoto"));
    }

    proptest! {
        #[test]
        fn what_is_clean_stays_as_it_is(text in "\\PC{0,40}[ \u{a0}\u{ad}\u{200b}\r\n\t]{0,4}.{0,40}") {
            let once = line(&text).into_owned();
            prop_assert_eq!(line(&once), once.as_str());
            prop_assert!(!once.contains("  ") && once.trim() == once);
            let block = lines(&text).into_owned();
            prop_assert_eq!(lines(&block), block.as_str());
            prop_assert!(!block.contains('\r') && !block.contains("\n\n\n"));
        }

        #[test]
        fn words_and_their_order_stay(words in prop::collection::vec("[a-zA-Z0-9.,()-]{1,8}", 1..8)) {
            let given = words.join(" \u{a0}\u{200b} ");
            prop_assert_eq!(line(&given), words.join(" "));
        }
    }
}
