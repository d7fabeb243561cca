//! Descriptions of names, from the contract's comments.

use std::{collections::HashMap, sync::LazyLock};

/// Names and comments, each ended by a zero byte (`build/comments.rs`).
const TEXT: &str = include_str!(concat!(env!("OUT_DIR"), "/comments"));

static COMMENTS: LazyLock<HashMap<&str, &str>> = LazyLock::new(|| {
    let mut pieces = TEXT.split_terminator('\0');
    std::iter::from_fn(|| Some((pieces.next()?, pieces.next()?))).collect()
});

/// The comment before a service, method, message, field or enum value; empty if there is none.
pub fn description(full_name: &str) -> String {
    COMMENTS.get(full_name).map_or_else(String::new, |comment| with_json_names(comment))
}

/// A value's comment is filed below its enum.
pub fn of_value(enum_name: &str, value: &str) -> String {
    description(&format!("{enum_name}.{value}"))
}

/// Comments quote fields as the contract spells them, `page_token`; in JSON that is `pageToken`.
fn with_json_names(comment: &str) -> String {
    let pieces = comment.split('`').enumerate().map(|(at, piece)| {
        let quoted = at % 2 == 1;
        if quoted && is_field(piece) { lower_camel(piece) } else { piece.to_owned() }
    });
    pieces.collect::<Vec<_>>().join("`")
}

fn is_field(text: &str) -> bool {
    text.bytes().all(|byte| byte.is_ascii_lowercase() || byte == b'_' || byte == b'.')
}

fn lower_camel(name: &str) -> String {
    let mut words = name.split('_');
    let first = words.next().unwrap_or_default().to_owned();
    words.fold(first, |mut text, word| {
        let (letter, rest) = word.split_at_checked(1).unwrap_or((word, ""));
        text += &letter.to_ascii_uppercase();
        text + rest
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn fields_are_quoted_by_their_names_in_json() {
        let text = "Start with `initial_state`, not `resume_token`; see `malls/x` and REASON_A.";
        let expected = "Start with `initialState`, not `resumeToken`; see `malls/x` and REASON_A.";
        assert_eq!(with_json_names(text), expected);
    }
}
