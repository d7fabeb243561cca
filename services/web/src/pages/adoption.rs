//! How far the services of a standard follow it, by province and by body.

use std::sync::Arc;

use maud::{Markup, html};
use mpp_api::registry::{Adoption, CountAdoptionResponse};

use super::{PageSection, deviations};
use crate::{
    components::{
        Look,
        table::{Column, TableRow, table},
    },
    upstream::StandardData,
    words::{Phrase, table as words},
};

/// The key of units that are of no region.
const NOWHERE: &str = "-";

/// The part of a standard's page.
pub fn part(look: Look, data: &StandardData) -> Arc<PageSection> {
    PageSection::new(
        "adoption",
        html! {
            section #adoption aria-labelledby="adoption-title" {
                h2 #adoption-title { (look.of(words::ADOPTION_TITLE)) (look.mark()) }
                @if let (Some(provinces), Some(agencies)) = (&data.provinces, &data.agencies) {
                    (progress_section(look, provinces, agencies))
                } @else { p.help { (look.of(words::UNKNOWN)) } }
            }
        },
    )
}

fn progress_section(
    look: Look,
    provinces: &CountAdoptionResponse,
    agencies: &CountAdoptionResponse,
) -> Markup {
    let all = sum(&provinces.adoptions);
    // What fits into a page of the answer is not the nation.
    let is_whole = provinces.next_page_token.is_empty();
    html! {
        @if all.services == 0 { p.help { (look.of(words::ADOPTION_NONE)) } }
        @else {
            @if !is_whole { p.note { (look.of(words::ADOPTION_COUNTING)) } }
            @else { p.say { (words::ADOPTION_SAY.text(look.lang, &[
                &look.number(all.services), &look.number(all.follows), &look.number(surely(&all)),
                &look.number(all.explained), &look.number(all.unknown),
                &look.number(all.differs_by_words),
            ])) } }
            @if is_whole && all.ahead > 0 {
                p { (words::ADOPTION_AHEAD.text(look.lang, &[&look.number(all.ahead)])) }
            }
            p.help { (look.of(words::ADOPTION_HELP)) }
            @if all.left_out > 0 {
                p.note { (words::ADOPTION_LEFT_OUT.text(look.lang, &[&look.number(all.left_out)])) }
            }
            (lines(look, (words::ADOPTION_BY_PROVINCE, words::ADOPTION_PROVINCE), provinces))
            (lines(look, (words::ADOPTION_BY_AGENCY, words::ADOPTION_AGENCY), agencies))
            @if !agencies.next_page_token.is_empty() {
                p.help { (look.of(words::ADOPTION_MORE)) }
            }
        }
    }
}

/// Those that differ by what is meant, and not in their words alone.
fn surely(one: &Adoption) -> i32 {
    one.differs - one.differs_by_words
}

/// The nation's, where all provinces came in one page.
fn sum(all: &[Adoption]) -> Adoption {
    all.iter().fold(Adoption::default(), |sum, one| Adoption {
        services: sum.services + one.services,
        follows: sum.follows + one.follows,
        differs: sum.differs + one.differs,
        differs_by_words: sum.differs_by_words + one.differs_by_words,
        ahead: sum.ahead + one.ahead,
        explained: sum.explained + one.explained,
        unknown: sum.unknown + one.unknown,
        left_out: sum.left_out + one.left_out,
        ..sum
    })
}

fn lines(look: Look, (title, head): (Phrase, Phrase), found: &CountAdoptionResponse) -> Markup {
    let columns = [
        Column::text(head),
        Column::number(words::ADOPTION_SERVICES),
        Column::number(words::ADOPTION_FOLLOWS),
        Column::number(words::ADOPTION_DIFFERS),
        Column::number(words::ADOPTION_BY_WORDS),
        Column::number(words::ADOPTION_EXPLAINED),
        Column::number(words::ADOPTION_UNKNOWN),
    ];
    let rows: Vec<TableRow> = found.adoptions.iter().map(|one| row(look, one)).collect();
    table(look, "dense", &html! { (look.of(title)) }, &columns, &rows)
}

fn row(look: Look, one: &Adoption) -> TableRow {
    let name = match one.key.as_str() {
        NOWHERE => html! { (look.of(words::ADOPTION_NATION)) },
        key => deviations::name(look, one.title.as_ref(), key),
    };
    let by_words = one.differs_by_words;
    let numbers = [one.services, one.follows, surely(one), by_words, one.explained, one.unknown];
    TableRow::new(name, numbers.map(|number| html! { (look.number(number)) }))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::words::Lang;

    #[test]
    fn a_part_of_the_provinces_is_not_told_as_the_nation() {
        let look = Look { lang: Lang::En, sample: false, now: 0 };
        let one = Adoption { key: "35".into(), services: 100, follows: 40, ..Adoption::default() };
        let page = |token: &str| CountAdoptionResponse {
            adoptions: vec![one.clone()],
            next_page_token: token.into(),
        };
        let says = |token: &str| progress_section(look, &page(token), &page("")).into_string();
        assert!(says("").contains("100") && !says("").contains("is not known"));
        assert!(says("more").contains("The nation's number is not known"));
    }
}
