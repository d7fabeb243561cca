//! A fault of a row as others may read it: what is wrong, without what the row holds.

/// Most characters that are kept of it.
const LONGEST: usize = 200;
/// Digits of a number that may be somebody's.
const LONG_NUMBER: usize = 7;
/// Words behind which a text in quotes is the agent's own advice.
const ADVICE: [&str; 2] = ["= ", "as "];

/// The message without the values that it repeats: in quotes, or a long number.
pub fn without_values(message: &str) -> String {
    let (said, _) = message.split_once("; the row has ").unwrap_or((message, ""));
    let mut told = String::new();
    for (at, part) in said.split('"').enumerate() {
        let is_quoted = at % 2 == 1;
        let is_advice = ADVICE.iter().any(|words| told.ends_with(words));
        match is_quoted {
            true if is_advice => told.push_str(&format!("\"{part}\"")),
            true => told.push('…'),
            false => told.push_str(&without_numbers(part)),
        }
    }
    told.chars().take(LONGEST).collect()
}

fn without_numbers(text: &str) -> String {
    let is_digit = |sign: char| sign.is_ascii_digit();
    let mut left = text;
    let mut told = String::new();
    while let Some(start) = left.find(is_digit) {
        let (before, rest) = left.split_at(start);
        let end = rest.find(|sign| !is_digit(sign)).unwrap_or(rest.len());
        told.push_str(before);
        told.push_str(if end < LONG_NUMBER { &rest[..end] } else { "…" });
        left = &rest[end..];
    }
    told + left
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_wrong_is_told_and_not_what_the_row_holds() {
        for (message, told) in [
            (
                "source_id: kode is empty, so it has no id; the row has nama \"Siti\", no \"7\"",
                "source_id: kode is empty, so it has no id",
            ),
            (
                "cannot use [\"KTP\",\"KK\"] as string, 3201011234567891",
                "cannot use […,…] as string, …",
            ),
            (
                "the line is not UTF-8; save it as \"CSV UTF-8\" or set encoding = \"windows-1252\"",
                "the line is not UTF-8; save it as \"CSV UTF-8\" or set encoding = \"windows-1252\"",
            ),
            ("2 columns where line 17 has 3", "2 columns where line 17 has 3"),
        ] {
            assert_eq!(without_values(message), told);
        }
    }
}
