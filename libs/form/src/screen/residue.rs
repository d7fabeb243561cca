//! Residue of programs where a value is missing, and formulas that were exported instead of their
//! values: no office has written such a text.

use super::error_value::is_error_value;

/// Whole texts, in lower case.
const NOTHING: [&str; 21] = [
    "undefined",
    "[undefined]",
    "<undefined>",
    "null",
    "(null)",
    "[null]",
    "<null>",
    "\\n",
    "dbnull",
    "system.dbnull",
    "nil",
    "<nil>",
    "none",
    "nan",
    "-nan",
    "infinity",
    "-infinity",
    "invalid date",
    "array",
    "stdclass object",
    "nonetype",
];
/// Words that give away a short text, as they are written: "undefined hari", "Rp NaN".
const WORDS: [&str; 8] = ["undefined", "NaN", "null", "NULL", "%s", "%d", "nil", "NoneType"];
/// A text of more words is prose.
const SHORT: usize = 6;
/// Parts that give away any text.
const PARTS: [&str; 18] = [
    "[object ",
    "{{",
    "${",
    "<%",
    "<?php",
    "Traceback (most recent",
    "Undefined index",
    "Undefined variable",
    "Undefined array key",
    "Uncaught ",
    "SQLSTATE[",
    "NullPointerException",
    "NullReferenceException",
    "java.lang.",
    "System.Data.",
    "System.Collections.",
    "System.String[]",
    "[native code]",
];

/// Functions that a formula calls whose first sign is not =: "-KTP(asli)" is a bullet.
const FUNCTIONS: &str = " ABS ARRAYFORMULA AVERAGE CELL CHAR CHOOSE COLUMN CONCAT CONCATENATE COUNT \
    COUNTA COUNTIF COUNTIFS DATE DAY FILTER FIND HLOOKUP HYPERLINK IF IFERROR IFNA IFS IMPORTRANGE \
    INDEX INDIRECT INT ISBLANK LEFT LEN LOOKUP LOWER MATCH MAX MEDIAN MID MIN MOD MONTH NOW OFFSET \
    PROPER QUERY REPLACE RIGHT ROUND ROUNDDOWN ROUNDUP ROW SEARCH SORT SUBSTITUTE SUBTOTAL SUM SUMIF \
    SUMIFS SUMPRODUCT SWITCH TEXT TEXTJOIN TODAY TRIM UNIQUE UPPER VALUE VLOOKUP XLOOKUP YEAR ";

/// Why an id or the name of a unit is a program's residue, such as "undefined"; `None` if it is
/// not.
pub fn of_name(place: &str, name: &str) -> Option<String> {
    let is_residue = name.split(['/', '-']).any(|part| ["undefined", "null"].contains(&part));
    (is_residue || of_text(name)).then(|| residue_text(place, name))
}

/// The message for such a text at `place`.
pub fn residue_text(place: &str, text: &str) -> String {
    let shown: String = text.trim().chars().take(80).collect();
    format!("{place}: \"{shown}\" is what a program or a sheet leaves where a value is missing")
}

/// True for a text that no person wrote.
pub fn of_text(text: &str) -> bool {
    let text = text.trim();
    let words = || text.split_whitespace();
    NOTHING.contains(&text.to_lowercase().as_str())
        || is_formula(text)
        || PARTS.iter().any(|part| text.contains(part))
        || words().any(|word| is_lost(word) || is_object(word))
        || (words().nth(SHORT).is_none() && words().map(bare).any(|word| WORDS.contains(&word)))
}

fn bare(word: &str) -> &str {
    word.trim_matches(['.', ',', ';', ':', '(', ')', '"', '\'', '-'])
}

/// An error value among other words; a row of # is an ornament there.
fn is_lost(word: &str) -> bool {
    let word = word.trim_matches(|sign| matches!(sign, '.' | ',' | ';' | ':' | '(' | ')' | '"'));
    let has_mark = word.ends_with(['!', '?']) || word.contains('/');
    has_mark && word.starts_with('#') && is_error_value(word)
}

/// `=VLOOKUP(A2;B:C;2)`, `=A1&B1`, `{=SUM(A1:A3)}`, `+SUM(A1)`; "= 3 lembar" and "=>" are none.
fn is_formula(text: &str) -> bool {
    let text = text.strip_prefix('{').unwrap_or(text);
    let Some(sign) = text.chars().next().filter(|sign| "=+-@".contains(*sign)) else {
        return false;
    };
    let rest = &text[1..];
    let called = rest.split_once('(').map(|(name, _)| format!(" {name} "));
    let calls = called.is_some_and(|name| FUNCTIONS.contains(&name));
    let begins = |sign: char| sign.is_alphanumeric() || "\"'(+-$#@[{".contains(sign);
    calls || (sign == '=' && rest.starts_with(begins))
}

/// `id.go.kemendagri.Layanan@1b6d3586`, as Java names an object.
fn is_object(word: &str) -> bool {
    let Some((class, hash)) = word.split_once('@') else { return false };
    class.contains('.') && hash.len() >= 6 && hash.bytes().all(|byte| byte.is_ascii_hexdigit())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_programs_leave_is_known_wherever_it_becomes_a_field() {
        for text in [
            "undefined",
            "NULL",
            "null",
            " NaN ",
            "(null)",
            "\\N",
            "None",
            "[object Object]",
            "Syarat: [object Object], [object Object]",
            "=VLOOKUP(A2;Sheet2!A:C;3;0)",
            "=A2&\" \"&B2",
            "=+B3",
            "{=SUM(A1:A9)}",
            "+SUM(A1:A9)",
            "@INDEX(A1:A9)",
            "=\"Izin\"",
            "undefined hari kerja",
            "Rp NaN",
            "null hari",
            "Rp undefined,-",
            "Layanan %s",
            "{{ layanan.nama }}",
            "Rp ${biaya}",
            "Izin #REF!",
            "Biaya: #N/A",
            "id.go.pacitan.Layanan@1b6d3586",
            "java.lang.NullPointerException",
            "Notice: Undefined index: nama",
            "Invalid Date",
        ] {
            assert!(of_text(text), "{text}");
        }
        for name in ["null", "izin-undefined", "units/undefined"] {
            assert!(of_name("source_id", name).is_some(), "{name}");
        }
    }

    #[test]
    fn what_people_write_is_left_alone() {
        for text in [
            "",
            "-",
            "N/A",
            "Gratis",
            "= 3 lembar",
            "=> datang ke loket",
            "-Fotokopi KTP",
            "- KTP (asli)",
            "-SKCK (asli)",
            "-KTP(asli)",
            "-KK(2 lembar)",
            "-PBB(tahun berjalan)",
            "+62(0351) 452111",
            "@DUKCAPIL(resmi)",
            "+62 812 3456",
            "+KTP",
            "@dukcapil",
            "### Syarat",
            "#SatuData melayani!",
            "dukcapil@pacitan.go.id",
            "loket.ktp@facade.id",
            "Bunga nan indah",
            "Akta yang dinyatakan null and void by a court is issued anew",
            "Biaya 5% dari nilai",
            "Array antena: izin stasiun radio",
            "Pembatalan perkawinan (nullity of marriage)",
            "Nil-obat",
        ] {
            assert!(!of_text(text), "{text}");
        }
        assert_eq!(of_name("source_id", "izin-nan-1").or(of_name("unit", "units/pacitan")), None);
    }

    #[test]
    fn no_text_makes_it_panic() {
        bolero::check!().with_iterations(3_000).with_type::<String>().for_each(|text| {
            of_text(text);
        });
    }
}
