//! The contract's comments as markup. They are written in English.

use maud::{Markup, html};

use crate::{components::Look, words::Lang};

/// Paragraphs, lists and quoted names of a description.
pub fn text(look: Look, description: &str) -> Markup {
    html! {
        @if !description.is_empty() {
            div.said lang=[english(look)] {
                @for block in description.split("\n\n") { (paragraph(block)) }
            }
        }
    }
}

/// A description of one paragraph, within another element.
pub fn line(look: Look, description: &str) -> Markup {
    html! { span lang=[english(look)] { (quoted(description)) } }
}

/// The language of an English text on a page in another language; `None` on an English page.
pub fn english(look: Look) -> Option<&'static str> {
    (look.lang != Lang::En).then_some(Lang::En.code())
}

fn paragraph(block: &str) -> Markup {
    html! {
        @if block.starts_with("- ") {
            ul { @for item in block.lines() { li { (quoted(item.trim_start_matches("- "))) } } }
        } @else {
            p { (quoted(block)) }
        }
    }
}

/// Names between backticks stand out.
fn quoted(text: &str) -> Markup {
    html! {
        @for (at, piece) in text.split('`').enumerate() {
            @if at % 2 == 1 { code { (piece) } } @else { (piece) }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_stand_out_and_nothing_is_markup_by_itself() {
        let said = quoted("see `a<b>` & <i>").into_string();
        assert_eq!(said, "see <code>a&lt;b&gt;</code> &amp; &lt;i&gt;");
        let list = paragraph("- `A`: one\n- `B`: two").into_string();
        assert_eq!(list, "<ul><li><code>A</code>: one</li><li><code>B</code>: two</li></ul>");
    }
}
