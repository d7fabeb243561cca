//! The catalog as files: which there are, what each holds, and what they do not say.

use std::sync::Arc;

use maud::{Markup, html};
use mpp_api::types::LocalizedText;
use mpp_calendar::Zone;
use mpp_core::Micros;

use super::{Block, Drawn, PageSection};
use crate::{
    components::{
        Look,
        table::{Column, TableRow, table},
    },
    words::{Lang, Phrase, table as words},
};

/// A file of the catalog.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum DataFile {
    /// All sheets in one workbook.
    Workbook,
    /// What offices publish.
    Services,
    /// Who offers what where.
    Offerings,
    /// Public service malls.
    Malls,
    /// The counters of malls.
    Counters,
    /// Offices.
    Units,
    /// Linked data in Turtle.
    Turtle,
    /// Linked data in JSON-LD.
    JsonLd,
}

impl DataFile {
    /// All of them, as the page lists them.
    pub const ALL: [Self; 8] = [
        Self::Workbook,
        Self::Services,
        Self::Offerings,
        Self::Malls,
        Self::Counters,
        Self::Units,
        Self::Turtle,
        Self::JsonLd,
    ];

    /// Its name below `/data/`.
    pub fn name(self) -> &'static str {
        match self {
            Self::Workbook => "catalog.xlsx",
            Self::Services => "services.csv",
            Self::Offerings => "offerings.csv",
            Self::Malls => "malls.csv",
            Self::Counters => "counters.csv",
            Self::Units => "units.csv",
            Self::Turtle => "catalog.ttl",
            Self::JsonLd => "catalog.jsonld",
        }
    }

    /// The file of a name.
    pub fn of_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|file| file.name() == name)
    }

    /// As IANA has registered it.
    pub fn media_type(self) -> &'static str {
        match self {
            Self::Workbook => "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
            Self::Turtle => "text/turtle",
            Self::JsonLd => "application/ld+json",
            _ => "text/csv",
        }
    }

    /// Records in it are addresses.
    pub fn is_linked(self) -> bool {
        matches!(self, Self::Turtle | Self::JsonLd)
    }

    /// What it holds, in both languages.
    pub fn contents(self) -> LocalizedText {
        let [id, en] = [Lang::Id, Lang::En].map(|lang| self.phrase().of(lang).to_owned());
        LocalizedText { id, en }
    }

    fn phrase(self) -> Phrase {
        match self {
            Self::Workbook => words::DATA_WORKBOOK,
            Self::Services => words::DATA_SERVICES,
            Self::Offerings => words::DATA_OFFERINGS,
            Self::Malls => words::DATA_MALLS,
            Self::Counters => words::DATA_COUNTERS,
            Self::Units => words::DATA_UNITS,
            Self::Turtle => words::DATA_TURTLE,
            Self::JsonLd => words::DATA_JSON_LD,
        }
    }
}

/// What the page tells.
pub struct DataView {
    /// The files that there are.
    pub files: Vec<FileLine>,
    /// The address below which records have theirs; `None`: there is no linked data.
    pub base: Option<String>,
    /// Seconds for which a file is given out.
    pub lasts: u64,
}

/// A file, as it is now.
pub struct FileLine {
    /// Which one.
    pub file: DataFile,
    /// The one that is kept, if it was asked for already.
    pub last: Option<LastWritten>,
}

/// A file that was written.
pub struct LastWritten {
    /// When reading its records began.
    pub time: Micros,
    /// Its length.
    pub bytes: u64,
    /// How many records it holds.
    pub records: u64,
}

/// Draws the page.
pub fn draw(look: Look, data: &DataView) -> Drawn {
    let title = look.of(words::DATA_TITLE).to_owned();
    let description = look.of(words::DATA_DESCRIPTION).to_owned();
    Drawn {
        heading: html! { div.title { h1 { (title) (look.mark()) } p { (description) } } },
        title,
        description,
        notice: words::SAMPLE_TEXT,
        crumbs: vec![("/".to_owned(), look.of(words::NATION).to_owned())],
        blocks: vec![Block::One(files(look, data)), Block::One(limits(look, data))],
        footer: html! { (look.of(words::DATA_LINE)) },
    }
}

fn files(look: Look, data: &DataView) -> Arc<PageSection> {
    let columns = [
        Column::text(words::DATA_FILE),
        Column::text(words::DATA_HOLDS),
        Column::text(words::DATA_LAST),
    ];
    let rows: Vec<TableRow> = data.files.iter().map(|line| row(look, line)).collect();
    let caption = html! { (look.of(words::DATA_CAPTION)) };
    let minutes = look.number(i64::try_from(data.lasts.div_ceil(60)).unwrap_or(i64::MAX));
    PageSection::new(
        "files",
        html! {
            section #files aria-labelledby="files-title" {
                h2 #files-title { (look.of(words::DATA_FILES)) (look.mark()) }
                (table(look, "files", &caption, &columns, &rows))
                p.help { (words::DATA_FRESH.text(look.lang, &[&minutes])) }
            }
        },
    )
}

fn row(look: Look, line: &FileLine) -> TableRow {
    let name = line.file.name();
    let head = html! { a href={ "/data/" (name) } download { (name) } };
    let holds = html! { (look.of(line.file.phrase())) };
    TableRow::new(head, vec![holds, last(look, line.last.as_ref())])
}

fn last(look: Look, last: Option<&LastWritten>) -> Markup {
    let Some(last) = last else { return html! { (look.of(words::DATA_NOT_YET)) } };
    let number = |count: u64| look.number(i64::try_from(count).unwrap_or(i64::MAX));
    let (records, size) = (number(last.records), number(last.bytes.div_ceil(1024)));
    html! {
        (look.moment(last.time, Zone::Wib)) " WIB; "
        (words::DATA_SIZE.text(look.lang, &[&records, &size]))
    }
}

fn limits(look: Look, data: &DataView) -> Arc<PageSection> {
    PageSection::new(
        "limits",
        html! {
            section #limits aria-labelledby="limits-title" {
                h2 #limits-title { (look.of(words::DATA_LIMITS)) }
                ul {
                    li { (look.of(words::DATA_LICENCE)) }
                    li { (look.of(words::DATA_READ)) }
                    li { (look.of(words::DATA_MOMENT)) }
                    li {
                        @match &data.base {
                            Some(base) => (words::DATA_LINKED.text(look.lang, &[base])),
                            None => (look.of(words::DATA_NOT_LINKED)),
                        }
                    }
                }
            }
        },
    )
}
