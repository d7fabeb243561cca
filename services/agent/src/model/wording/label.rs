//! The words beside a reading: whether they say who or what it holds for.

use super::{
    condition::is_plain,
    phrase::lists,
    token::{Kind, Token, Tokens},
    ways::names_way,
    words,
};

pub fn is_content(token: &Token) -> bool {
    token.kind != Kind::Mark
}

/// A label without what joins it to its reading.
pub fn label(tokens: Tokens) -> Option<Tokens> {
    let joining = |token: &Token| {
        matches!(
            token.text,
            ":" | "=" | "," | "-" | "sebesar" | "adalah" | "seharga" | "selama" | "dan" | "atau"
        )
    };
    let end = tokens.iter().rposition(|token| !joining(token))? + 1;
    let start = tokens.iter().position(|token| !joining(token))?;
    tokens.get(start..end)
}

/// Words in brackets are a condition where they begin as one, or with a kind of applicant or thing;
/// else they may say that the price is wrong, planned or paid in parts.
pub fn is_condition(words: Tokens) -> bool {
    let mut words = words.iter().filter(|token| is_content(token)).map(|token| token.text);
    let (Some(head), next) = (words.next(), words.next().unwrap_or_default()) else {
        return false;
    };
    match head {
        "dalam" => lists(WITHIN, next),
        "non" | "e" => words::names_kind(next),
        // "Nihil (kecuali fotokopi)" is another cost.
        "kecuali" | "selain" => words::names_kind(next),
        head => words::opens(head) || words::names_kind(head),
    }
}

/// "dalam kota", and not "dalam kajian".
const WITHIN: &str = "\
    kota | negeri | daerah | wilayah | kabupaten | provinsi | kecamatan | gedung | kantor | jam";

/// A label names something: it has a word, and none that would count, or would turn the meaning of
/// the reading. A text that begins like a condition ("selain itu") may turn it.
pub fn is_label(tokens: Tokens) -> bool {
    if is_state(tokens) {
        return true;
    }
    let opened = tokens.first().is_some_and(|token| words::opens(token.text));
    let plain = |(at, token): (usize, &Token)| {
        let said = token.text;
        // "Penerbitan SK" is a step, and "menunggu SK" none.
        let issued = said == "sk" && at > 0 && names_way(tokens[at - 1].text);
        let other = words::counts(said) || words::pays(said) || words::cancels(said) && !issued;
        !other && !words::dates(token) && (opened || !words::turns(said))
    };
    let named = |token: &Token| {
        token.kind == Kind::Word
            && token.text.chars().count() > 1
            && !words::says_nothing(token.text)
    };
    // "> 10 Ha" is a bound, and "> cetak" comes next.
    let begins = tokens.first().is_some_and(|first| first.kind != Kind::Mark);
    let bound =
        matches!(tokens, [_, n, ..] if is_threshold(&tokens[..1]) && n.kind == Kind::Number);
    (begins || bound)
        && tokens.iter().enumerate().all(plain)
        && is_plain(tokens)
        && tokens.iter().skip(usize::from(opened)).any(named)
}

/// "tidak lengkap", beside "jika lengkap".
fn is_state(tokens: Tokens) -> bool {
    matches!(tokens, [no, state]
        if lists("tidak | tdk | belum | kurang", no.text) && lists("lengkap | memenuhi", state.text))
}

/// True for a label that is known to name one of several alternatives: it begins as a condition, or
/// speaks of a kind of applicant, thing, document or way. Several other labels may be steps of one
/// course, or parts of a sum, as "Rekomendasi 3 hari; izin 5 hari".
pub fn names_a_case(tokens: Tokens) -> bool {
    let says = |names: fn(&str) -> bool| tokens.iter().any(|token| names(token.text));
    !says(words::acts) && (says(words::opens) || says(words::names_alternative))
}

/// True if the next words are the bound of a condition.
pub fn is_threshold(before: Tokens) -> bool {
    let last = |back: usize| before.len().checked_sub(back).map_or("", |at| before[at].text);
    matches!(
        last(1),
        "diatas"
            | "dibawah"
            | "sampai"
            | "hingga"
            | "antara"
            | ">"
            | "<"
            | "≥"
            | "≤"
            | "senilai"
            | "nilai"
    ) || matches!(
        (last(2), last(1)),
        ("di", "atas" | "bawah")
            | ("lebih" | "kurang" | "mulai", "dari")
            | ("sampai", "dengan")
            | ("/", "d")
    )
}
