//! Bytes as hexadecimal digits: digests and tokens in texts, and keys in files.

use std::fmt::Write as _;

/// The bytes as lower-case digits, two for each.
pub fn hex(bytes: &[u8]) -> String {
    bytes.iter().fold(String::with_capacity(2 * bytes.len()), |mut text, byte| {
        // Writing to a String does not fail.
        let _ = write!(text, "{byte:02x}");
        text
    })
}

/// The bytes of such digits, in either case; `None` for a text that is something else.
pub fn unhex(text: &str) -> Option<Vec<u8>> {
    let digit =
        |sign: &u8| char::from(*sign).to_digit(16).and_then(|digit| u8::try_from(digit).ok());
    let pair = |pair: &[u8]| match pair {
        [high, low] => Some((digit(high)? << 4) | digit(low)?),
        _ => None,
    };
    text.as_bytes().chunks(2).map(pair).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bytes_are_read_back_and_other_texts_are_refused() {
        assert_eq!(hex(&[0, 15, 255]), "000fff");
        assert_eq!(unhex("000fFF"), Some(vec![0, 15, 255]));
        assert_eq!(unhex(""), Some(Vec::new()));
        for text in ["0", "000", "0g", "+1", "é", " 1"] {
            assert_eq!(unhex(text), None, "{text}");
        }
    }
}
