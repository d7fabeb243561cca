//! How much a source says that it has, against what came: the most that any of its pages names,
//! against records that are not the same one again.

use std::collections::HashMap;

use jaq_json::Val;

use super::{
    below::goes_on_below,
    others::{is_echo, is_no_count},
    part::{OutOf, out_of},
    partial::is_extent,
    prose::{Counted, amount, counted, fraction, is_footer, leading},
    units::{Unit, names_pages, unit},
};
use crate::{
    model::tally::some,
    source::{
        fault::excerpt,
        identity::Identity,
        pages::place::{self, beside, count, each, shape, text, texts},
    },
};

/// How much was read, and how much should have been.
#[derive(Default)]
pub struct Extent {
    /// The page on which each record came first.
    first: HashMap<Identity, usize>,
    pages: u64,
    again: u64,
    /// A record that came again, and where it had come before.
    example: Option<(String, usize)>,
    /// The greatest number that is stated, and where it stands.
    says: HashMap<Unit, (u64, String)>,
    /// The last statement of how far a page goes, and where it stands.
    part: Option<(OutOf, String)>,
    /// A row that says that not all came, and where.
    cut: Option<(String, String)>,
    /// The place that the keeper names for the number of all; nothing else is then heeded.
    whole: String,
}

/// A page, and the facts about it.
pub struct SeenPage<'a> {
    /// The page, without the members that its keeper has told the agent to ignore.
    pub page: &'a Val,
    /// The records on the page.
    pub rows: &'a [Val],
    /// The address that it was asked for at.
    pub location: &'a str,
}

impl Extent {
    /// Nothing read yet; `whole` is the configured place of the number of all, or empty.
    pub fn new(whole: &str) -> Self {
        Self { whole: whole.to_owned(), ..Self::default() }
    }

    /// Takes up the numbers by which a page tells how much there is in all.
    ///
    /// # Errors
    /// The number of all is not in its configured place.
    pub fn page(&mut self, seen: &SeenPage<'_>) -> Result<(), String> {
        self.pages += 1;
        if self.whole.is_empty() {
            beside(seen.page, seen.rows, &mut |place, value| self.hear_at(seen, place, value));
            return Ok(());
        }
        let found = place::find(seen.page, &self.whole);
        let number = found.and_then(|value| count(value).or_else(|| amount(&text(value)?)));
        let Some(number) = number else {
            let what = found.map_or_else(|| "nothing".to_owned(), shape);
            return Err(format!("complete = \"{}\" leads to {what}, and to no number", self.whole));
        };
        self.say(Unit::Records, number, &self.whole.clone());
        Ok(())
    }

    /// Takes up the numbers by which an answer's header fields tell how much there is in all.
    pub fn heed_headers(&mut self, part: &Val) {
        if !self.whole.is_empty() {
            return;
        }
        each(part, "", 3, &mut |place, value| {
            let unit = unit(place);
            if let (Some(unit), Some(number)) = (unit, count(value)) {
                self.say(unit, number, place);
            }
            for said in texts(value) {
                self.hear(place, unit, &said);
            }
        });
    }

    /// Takes up the text of a row that was not taken for a record; true for one that only tells
    /// how many there are, such as "Total layanan: 42".
    pub fn hear_row(&mut self, place: &str, said: &str) -> bool {
        if !is_footer(said) {
            return false;
        }
        let found = match (out_of(said, false), counted(said)) {
            (Some(OutOf { all, pages: true, .. }), _) => Some((Unit::Pages, all)),
            (Some(OutOf { all, .. }), _) => Some((Unit::Records, all)),
            _ if is_extent(said) || (counted(said).is_none() && goes_on_below(said).is_some()) => {
                self.cut.get_or_insert_with(|| (place.to_owned(), excerpt(said)));
                None
            }
            (None, Some(Counted::All(number))) => Some((Unit::Records, number)),
            (None, Some(Counted::Left(left))) => {
                let had = u64::try_from(self.first.len()).unwrap_or(u64::MAX);
                Some((Unit::Records, had.saturating_add(left)))
            }
            (None, None) => return false,
        };
        if let (Some((unit, number)), true) = (found, self.whole.is_empty()) {
            self.say(unit, number, place);
        }
        true
    }

    /// Takes up an item that tells of a failure, in place of records.
    pub fn hear_failure(&mut self, place: &str, said: String) {
        self.cut.get_or_insert((place.to_owned(), said));
    }

    /// The source's own number of all records, if exactly that many were read.
    pub fn all_read(&self, items: u64) -> Option<u64> {
        let records = items.saturating_sub(self.again);
        self.says.get(&Unit::Records).map(|(all, _)| *all).filter(|all| *all == records)
    }

    /// The source says on some page how many records or pages there are.
    pub fn says_how_many(&self) -> bool {
        [Unit::Records, Unit::Pages].iter().any(|unit| self.says.contains_key(unit))
    }

    /// True if the source's keeper has named where it says how many there are.
    pub fn is_counted(&self) -> bool {
        !self.whole.is_empty()
    }

    /// A value beside the rows: whatever names no other thing may count them.
    fn hear_at(&mut self, seen: &SeenPage<'_>, place: &str, value: &Val) {
        let rows = u64::try_from(seen.rows.len()).unwrap_or(u64::MAX);
        let unit = unit(place);
        let said = texts(value);
        let number = count(value).or_else(|| said.first().and_then(|said| amount(said)));
        if let Some(number) = number
            && !is_echo(place, number, seen.location)
        {
            let unnamed = (!is_no_count(place, number)).then_some(Unit::Unnamed);
            if let Some(unit) = unit.or(unnamed) {
                self.say(unit, number, place);
            }
        }
        for said in &said {
            match (fraction(said, rows), counted(said)) {
                (Some(all), _) | (None, Some(Counted::All(all))) => {
                    self.say(Unit::Records, all, place);
                }
                _ => {
                    let found = self.hear(place, unit, said);
                    // The number of rows on the page says nothing of its place in the list.
                    self.part = found
                        .filter(|found| found.here != rows)
                        .map(|found| (found, place.to_owned()))
                        .or(self.part.take());
                }
            }
        }
    }

    /// A number as text: by the name of its field, or in a sentence.
    fn hear(&mut self, place: &str, unit: Option<Unit>, said: &str) -> Option<OutOf> {
        let names_pages = names_pages(place);
        let found = out_of(said, unit.is_some() || names_pages);
        if let Some(found) = found {
            let counts_pages = found.pages || names_pages || unit == Some(Unit::Pages);
            self.say(if counts_pages { Unit::Pages } else { Unit::Records }, found.all, place);
        } else if let (Some(unit), Some(number)) = (unit, leading(said)) {
            self.say(unit, number, place);
        }
        found
    }

    /// Takes up a record; true for one that no other page had. The same one twice on one page is
    /// the source's own; on another page it is there because the pages moved.
    pub fn record(&mut self, page: usize, found_at: &str, record: Identity) -> bool {
        let before = *self.first.entry(record).or_insert(page);
        if before != page {
            self.again += 1;
            self.example.get_or_insert_with(|| (found_at.to_owned(), before));
        }
        before == page
    }

    /// How much more the source has than was read, as far as it can be told.
    pub fn beyond(&self, items: u64) -> Option<String> {
        let records = items.saturating_sub(self.again);
        let missing = self.missing(records);
        let again = self.example.as_ref().map(|(found_at, before)| {
            let times = self.again;
            let came = some(times, "record", "records");
            format!(
                "{came} came twice, such as {found_at}, which page {before} had already: \
                 where pages move while they are read, others are missed; ask for a fixed order"
            )
        });
        match (missing, again) {
            (Some(missing), Some(again)) => Some(format!("{missing}; {again}")),
            // Everything that it says it has came as well.
            (None, Some(_)) if self.says.contains_key(&Unit::Records) => None,
            (missing, again) => missing.or(again),
        }
    }

    fn missing(&self, records: u64) -> Option<String> {
        let had = [
            (Unit::Records, records, "record"),
            (Unit::Pages, self.pages, "page"),
            (Unit::Unnamed, records, "record"),
        ];
        let said = had.into_iter().find_map(|(unit, had, what)| {
            let (says, place) = self.says.get(&unit)?;
            (*says > had).then(|| shortfall_text(place, &says.to_string(), had, what))
        });
        let cut = self.cut.as_ref().filter(|_| self.whole.is_empty());
        let cut = cut.map(|(place, said)| format!("{place} says \"{said}\""));
        said.or(cut).or_else(|| {
            let (OutOf { here, all, .. }, place) = self.part.as_ref()?;
            // "1 dari 4" on a page, in any unit: it fits neither the records nor the pages read.
            let is_part = here < all && self.pages < *all && *here != records;
            is_part.then(|| shortfall_text(place, &format!("{here} of {all}"), records, "record"))
        })
    }

    fn say(&mut self, unit: Unit, number: u64, place: &str) {
        let most = self.says.entry(unit).or_default();
        if number > most.0 || most.1.is_empty() {
            *most = (number, place.to_owned());
        }
    }
}

fn shortfall_text(place: &str, says: &str, had: u64, what: &str) -> String {
    let found = some(had, &format!("{what} was"), &format!("{what}s were"));
    format!("the source says \"{place}\": {says}, and {found} found")
}

#[cfg(test)]
mod tests;
