//! Error values of spreadsheets.

/// Error values as spreadsheets write them in the languages of their users, without # and sign. A
/// hashtag may look the same, "#MelayaniSepenuhHati!", so no other word counts.
const ERRORS: [&str; 84] = [
    "REF",
    "VALUE",
    "DIV/0",
    "NAME",
    "NULL",
    "NUM",
    "SPILL",
    "CALC",
    "GETTING_DATA",
    "FIELD",
    "BLOCKED",
    "CONNECT",
    "UNKNOWN",
    "BUSY",
    "PYTHON",
    "EXTERNAL",
    "TIMEOUT",
    "ERROR",
    "NILAI",
    "NAMA",
    "RUJ",
    "WERT",
    "BEZUG",
    "ZAHL",
    "ÜBERLAUF",
    "KALK",
    "FELD",
    "BLOCKIERT",
    "NUL",
    "VALEUR",
    "NOM",
    "NOMBRE",
    "PROPAGATION",
    "CALCUL",
    "CHAMP",
    "NULO",
    "VALOR",
    "DESBORDAMIENTO",
    "NULLO",
    "VALORE",
    "RIF",
    "NOME",
    "ESPANSIONE",
    "NÚM",
    "DESPEJAR",
    "LEEG",
    "DEEL/0",
    "WAARDE",
    "VERW",
    "NAAM",
    "GETAL",
    "OVERLOOP",
    "SKÄRNING",
    "DIVISION/0",
    "VÄRDEFEL",
    "REFERENS",
    "NAMN",
    "OGILTIGT",
    "SAKNAS",
    "VÆRDI",
    "REFERENCE",
    "NAVN",
    "VERDI",
    "TYHJÄ",
    "JAKO/0",
    "ARVO",
    "VIITTAUS",
    "NIMI",
    "LUKU",
    "PUUTTUU",
    "DZIEL/0",
    "ARG",
    "ADR",
    "NAZWA",
    "LICZBA",
    "HODNOTA",
    "ODKAZ",
    "NÁZEV",
    "ČÍSLO",
    "SAYI/0",
    "DEĞER",
    "BAŞV",
    "ЗНАЧ",
    "ССЫЛКА",
];
/// The ones that need no sign behind them.
const UNKNOWN: [&str; 9] = ["N/A", "NA", "N/D", "N/B", "N/V", "NV", "N/DISP", "N.A.", "I/T"];

/// `#N/A`, `#REF!`, `#NAME?` and their like in any language, `Err:502`, and cells too narrow.
pub fn is_error_value(text: &str) -> bool {
    let text = text.trim();
    if let Some(code) = text.strip_prefix("Err:") {
        return code.len() == 3 && code.bytes().all(|digit| digit.is_ascii_digit());
    }
    let Some(rest) = text.strip_prefix('#') else { return false };
    if rest.chars().count() >= 2 && rest.chars().all(|sign| sign == '#') {
        return true;
    }
    let word = rest.trim_start_matches(['¡', '¿']);
    let bare = word.trim_end_matches(['!', '?']);
    let is_marked = bare.len() < rest.len();
    UNKNOWN.contains(&bare.to_uppercase().as_str()) || (is_marked && ERRORS.contains(&bare))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn error_values_are_known_in_any_language() {
        for error in [
            "#N/A",
            "#REF!",
            "#VALUE!",
            "#DIV/0!",
            "#NAME?",
            "#NULL!",
            "#NUM!",
            "#SPILL!",
            "#CALC!",
            "########",
            "###",
            " #N/A ",
            "#n/a",
            "#NV",
            "#BEZUG!",
            "#WERT!",
            "#ÜBERLAUF!",
            "#VALEUR!",
            "#NOM?",
            "#¡REF!",
            "#¿NOMBRE?",
            "#N/D",
            "#WAARDE!",
            "#NILAI!",
            "Err:502",
            "#GETTING_DATA!",
        ] {
            assert!(is_error_value(error), "{error}");
        }
        for fine in [
            "#1",
            "# Syarat",
            "#SatuData",
            "C#",
            "",
            "#",
            "##",
            "Err: tidak",
            "No. #12!",
            "#KamiSiap melayani!",
            "#MelayaniSepenuhHati!",
            "#MELAYANI!",
            "#BISA!",
        ] {
            assert!(!is_error_value(fine), "{fine}");
        }
    }
}
