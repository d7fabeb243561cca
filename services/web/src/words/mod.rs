//! Words: the two languages, every sentence of the pages, and how numbers and times are written.

/// Phrases by their names, and all of them for the tests.
macro_rules! phrases {
    ($($name:ident: $id:literal, $en:literal;)*) => {
        $(#[allow(missing_docs)] pub const $name: Phrase = Phrase { id: $id, en: $en };)*
        #[cfg(test)]
        pub const ALL: &[Phrase] = &[$($name),*];
    };
}

pub mod api;
pub mod contract;
pub mod format;
pub mod table;

pub use contract::{
    change, deviation, fed, incomplete, remedy, service_field, stage, tells_a_citizen, upstream,
    weekday, yardstick,
};
use maud::{Markup, PreEscaped, Render, html};
use mpp_api::{types::LocalizedText, wording::Language};
pub use table::upload::{fault_of_cell, fault_without_tick};

/// A language of the pages.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Lang {
    /// The pages are in Indonesian.
    Id,
    /// The pages are in English.
    En,
}

impl Lang {
    /// Both languages.
    #[cfg(test)]
    pub const ALL: [Lang; 2] = [Lang::Id, Lang::En];

    /// For the `lang` attribute.
    pub fn code(self) -> &'static str {
        match self {
            Lang::Id => "id",
            Lang::En => "en",
        }
    }

    /// The other language.
    pub fn other(self) -> Self {
        match self {
            Lang::Id => Lang::En,
            Lang::En => Lang::Id,
        }
    }

    /// The language of a path, of ours or not.
    pub fn of_path(path: &str) -> Self {
        if path == "/en" || path.starts_with("/en/") { Lang::En } else { Lang::Id }
    }

    /// The beginning of every path in this language.
    pub fn prefix(self) -> &'static str {
        match self {
            Lang::Id => "",
            Lang::En => "/en",
        }
    }
}

impl From<Lang> for Language {
    fn from(lang: Lang) -> Self {
        match lang {
            Lang::Id => Self::Indonesian,
            Lang::En => Self::English,
        }
    }
}

/// A word or sentence in both languages. `{0}`, `{1}` … stand for what is filled in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Phrase {
    id: &'static str,
    en: &'static str,
}

impl Phrase {
    /// The phrase in a language, without places to fill.
    pub fn of(self, lang: Lang) -> &'static str {
        match lang {
            Lang::Id => self.id,
            Lang::En => self.en,
        }
    }

    /// Filled in as plain text, for attributes and titles.
    pub fn text(self, lang: Lang, values: &[&str]) -> String {
        let mut text = String::new();
        self.pieces(lang, |piece| match piece {
            PhrasePiece::Words(words) => text.push_str(words),
            PhrasePiece::Value(at) => text.push_str(values.get(at).copied().unwrap_or_default()),
        });
        text
    }

    /// Filled in as markup: the words are escaped, the values render themselves.
    pub fn say(self, lang: Lang, values: &[&dyn Render]) -> Markup {
        let mut markup = String::new();
        self.pieces(lang, |piece| match piece {
            PhrasePiece::Words(words) => words.render_to(&mut markup),
            PhrasePiece::Value(at) => {
                if let Some(value) = values.get(at) {
                    value.render_to(&mut markup);
                }
            }
        });
        PreEscaped(markup)
    }

    fn pieces(self, lang: Lang, mut give: impl FnMut(PhrasePiece<'static>)) {
        let mut parts = self.of(lang).split('{');
        give(PhrasePiece::Words(parts.next().unwrap_or_default()));
        for part in parts {
            let (place, words) = part.split_once('}').unwrap_or((part, ""));
            give(PhrasePiece::Value(place.parse().unwrap_or(usize::MAX)));
            give(PhrasePiece::Words(words));
        }
    }
}

enum PhrasePiece<'a> {
    Words(&'a str),
    Value(usize),
}

/// A record's text in the page's language; if there is no English, the Indonesian, marked as such.
pub fn local(text: Option<&LocalizedText>, lang: Lang) -> Markup {
    match (text, lang) {
        (None, _) => html! {},
        (Some(text), Lang::Id) => html! { (text.id) },
        (Some(text), Lang::En) if text.en.is_empty() => html! { span lang="id" { (text.id) } },
        (Some(text), Lang::En) => html! { (text.en) },
    }
}

/// The same as plain text, for titles and attributes.
pub fn local_text(text: Option<&LocalizedText>, lang: Lang) -> String {
    match (text, lang) {
        (None, _) => String::new(),
        (Some(text), Lang::En) if !text.en.is_empty() => text.en.clone(),
        (Some(text), _) => text.id.clone(),
    }
}

/// A text that is Indonesian in both languages, such as a fee in its source's words.
pub fn indonesian(text: &str, lang: Lang) -> Markup {
    match lang {
        Lang::Id => html! { (text) },
        Lang::En => html! { span lang="id" { (text) } },
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn all() -> impl Iterator<Item = &'static Phrase> {
        let tables = [
            table::nation::ALL,
            table::mall::ALL,
            table::calendar::ALL,
            table::search::ALL,
            table::source::ALL,
            table::standard::ALL,
            table::steps::ALL,
            table::life_event::ALL,
            table::adoption::ALL,
            table::data::ALL,
            table::upload::ALL,
            api::ALL,
        ];
        tables.into_iter().flatten()
    }

    #[test]
    fn no_text_is_missing_in_either_language() {
        for phrase in all() {
            let missing = Lang::ALL.into_iter().any(|lang| phrase.of(lang).trim().is_empty());
            assert!(!missing, "{phrase:?}");
        }
    }

    #[test]
    fn both_languages_have_the_same_places_to_fill_in() {
        for phrase in all() {
            let [id, en] = Lang::ALL.map(|lang| {
                let mut places = Vec::new();
                phrase.pieces(lang, |piece| match piece {
                    PhrasePiece::Value(at) => places.push(at),
                    PhrasePiece::Words(words) => assert!(!words.contains('}'), "{phrase:?}"),
                });
                places.sort_unstable();
                places
            });
            assert_eq!(id, en, "{phrase:?}");
        }
    }

    #[test]
    fn words_are_escaped_and_values_are_what_they_are() {
        let phrase = Phrase { id: "a < {1} & {0}", en: "{0}{1}" };
        let said = phrase.say(Lang::Id, &[&html! { b { "x" } }, &"<i>"]).into_string();
        assert_eq!(said, "a &lt; &lt;i&gt; &amp; <b>x</b>");
        assert_eq!(phrase.text(Lang::Id, &["x", "y"]), "a < y & x");
    }
}
