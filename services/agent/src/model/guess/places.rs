//! Guesses which columns of a table hold units, malls or counters, by their names alone. Its keeper
//! says which of these a table holds: a list of offices reads like a list of services.

use std::borrow::Cow;

use mpp_api::{
    Document,
    registry::{Mall, Region, Unit, counter::Regime, unit},
    types::contact,
};
use serde_json::Value;

use super::{
    columns::{Column, columns},
    names::words,
    program::{HELPERS, path, unused},
};

/// A kind of place that a table may list.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PlaceKind {
    /// A body, or a part of one.
    Unit,
    /// A mall, as far as its organiser decides it.
    Mall,
    /// A counter of a mall.
    Counter,
}

/// The records that the places of a table lie in, if no column says so.
#[derive(Clone, Copy, Debug)]
pub struct Above<'a> {
    /// The unit above units, the organiser of malls, the unit that serves at counters.
    pub unit: &'a str,
    /// The mall of counters.
    pub mall: &'a str,
}

/// A first mapping of a table of places, and the columns that it does not use.
#[derive(Clone, Debug)]
pub struct PlacesMapping {
    /// The jq program.
    pub program: String,
    /// Columns that no field was found for.
    pub left: Vec<String>,
}

const ID: &[&str] = &["kode", "id", "code", "singkatan"];
const NAME: &[&str] = &["nama", "name"];
/// As `words` spells "instansi", "dinas", "lembaga" and the like.
const OFFICE: &[&str] = &["opd", "kantor", "unit", "office"];
const ABOVE: &[&str] = &["induk", "parent", "atasan"];
const MALL: &[&str] = &["mal", "mall", "mpp"];
const ORGANISER: &[&str] = &["penyelenggara", "pengelola", "organiser", "organizer"];
const REGION: &[&str] = &["wilayah", "region", "kemendagri"];
const ADDRESS: &[&str] = &["alamat", "address"];
const LATITUDE: &[&str] = &["lintang", "latitude", "lat"];
const LONGITUDE: &[&str] = &["bujur", "longitude", "long", "lng"];
const PREFIX: &[&str] = &["awalan", "prefix", "antrean", "antrian", "tiket", "ticket"];
const AGREEMENT: &[&str] = &["pks", "perjanjian", "agreement"];
const EXPIRES: &[&str] = &["berlaku", "berakhir", "sampai", "expire", "expires", "habis"];
const FLOOR: &[&str] = &["lantai", "floor"];
const ZONE: &[&str] = &["zona", "zone"];
/// Columns of ways to reach a place, and their kinds.
const CONTACTS: [(&[&str], contact::Kind); 3] = [
    (&["telepon", "telp", "tlp", "phone", "telephone"], contact::Kind::Telephone),
    (&["email", "surel", "mail"], contact::Kind::Email),
    (&["website", "situs", "web", "laman"], contact::Kind::Website),
];

/// A field of the mapping, and why a person should look at it.
type MappedField = (String, Cow<'static, str>);

/// Guesses from the first records of a table; `None` if no column names the places.
pub fn places(records: &[Value], place: PlaceKind, above: Above<'_>) -> Option<PlacesMapping> {
    let mut rest = Rest(columns(records));
    let (key, around, within) = match place {
        PlaceKind::Unit => unit(&mut rest, above),
        PlaceKind::Mall => mall(&mut rest, above),
        PlaceKind::Counter => counter(&mut rest, above),
    }?;
    let left: Vec<String> = rest.0.iter().map(Column::name).collect();
    Some(PlacesMapping { program: program(&around, key, &within, &left), left })
}

/// The field of a record that holds the kind, the fields beside it, and those within it.
type PlaceFields = Option<(&'static str, Vec<MappedField>, Vec<MappedField>)>;

fn unit(rest: &mut Rest, above: Above<'_>) -> PlaceFields {
    let parent = rest.reference::<Unit>(ABOVE, above.unit);
    let contacts = rest.contacts();
    let region = rest.region();
    let (id, name) = rest.called(OFFICE)?;
    let office = unit::Kind::Office.as_str_name();
    let kind = line(&format!("kind: \"{office}\""), "an agency, a bank, a court is another kind");
    let parent = field("parent", parent);
    let region = region.map(|at| line(&format!("region: {at}"), ""));
    let within = [name, kind, parent].into_iter().chain(region).chain(contacts);
    Some(("unit_record", vec![id], within.collect()))
}

fn mall(rest: &mut Rest, above: Above<'_>) -> PlaceFields {
    let organiser = rest.reference::<Unit>(ORGANISER, above.unit);
    let contacts = rest.contacts();
    let region = rest.region().unwrap_or_else(|| "\"regions/00.00\"".to_owned());
    let address = rest.text(ADDRESS).unwrap_or_else(|| "\"\"".to_owned());
    let location = rest.location();
    let (id, name) = rest.called(MALL)?;
    let region = line(&format!("region: {region}"), "as it stands: no source changes it");
    let sites = line(&format!("sites: [{{address: {address}{location}}}]"), "");
    let (text, _) = field("organiser", organiser);
    let organiser = (text, "as it stands: no source changes it".into());
    let within = [name, region, organiser, sites].into_iter().chain(contacts);
    Some(("mall", vec![id], within.collect()))
}

fn counter(rest: &mut Rest, above: Above<'_>) -> PlaceFields {
    let agreement = rest.agreement();
    let prefix = match rest.text(PREFIX) {
        Some(at) => line(&format!("ticket_prefix: ({at} | ascii_upcase)"), ""),
        None => line("ticket_prefix: \"A\"", "no column of it was found"),
    };
    let places = [("floor", FLOOR), ("zone", ZONE)];
    let places =
        places.map(|(name, words)| Some(line(&format!("{name}: {}", rest.text(words)?), "")));
    // "Kode gerai" says which counter it is, "Gerai" alone what it is called.
    let (id, name) = rest.called(&["gerai", "counter", "loket", "layanan"])?;
    let parent = field("parent", rest.reference::<Mall>(MALL, above.mall));
    let unit = field("unit", rest.reference::<Unit>(OFFICE, above.unit));
    let [civil, army, own, direct] =
        [Regime::CivilService, Regime::ArmyPolice, Regime::Own, Regime::DirectService]
            .map(|regime| regime.as_str_name());
    let others = format!("or {army}, {own} (state enterprises, banks), {direct}");
    let regime = (format!("regime: \"{civil}\""), others.into());
    let within = [name, unit, regime, prefix].into_iter();
    let within = within.chain(places.into_iter().flatten()).chain(agreement);
    Some(("counter", vec![id, parent], within.collect()))
}

/// Columns that no field has taken yet.
struct Rest(Vec<Column>);

impl Rest {
    /// Takes the first column whose name has one of these words and none of `without`.
    fn take_column(&mut self, names: &[&str], without: &[&str]) -> Option<Column> {
        self.take_if(|column| is_called(column, names) && !is_called(column, without))
    }

    fn take_if(&mut self, is_it: impl Fn(&Column) -> bool) -> Option<Column> {
        let at = self.0.iter().position(is_it)?;
        Some(self.0.remove(at))
    }

    fn text(&mut self, names: &[&str]) -> Option<String> {
        self.take_column(names, &[]).map(|column| format!("({} | trimmed)", path(&column)))
    }

    /// The code and the name; a column that is only called by the kind is either. Other columns of
    /// codes and names, such as "kode kantor" in a list of counters, name what they belong to.
    fn called(&mut self, kind: &[&str]) -> Option<(MappedField, MappedField)> {
        let others: Vec<&str> = [OFFICE, MALL, ABOVE].concat();
        let others: Vec<&str> = others.into_iter().filter(|word| !kind.contains(word)).collect();
        let id = self.take_column(ID, &others);
        let name = self.take_column(NAME, &others).or_else(|| self.take_column(kind, ID))?;
        let name_at = path(&name);
        let id = match id.or_else(|| self.take_column(kind, NAME)) {
            Some(column) => line(&format!("source_id: ({} | slug)", path(&column)), ""),
            None => {
                let why = "no column of codes: one that is renamed becomes another one";
                line(&format!("source_id: ({name_at} | slug)"), why)
            }
        };
        Some((id, line(&format!("display_name: {{id: ({name_at} | trimmed)}}"), "")))
    }

    /// The record that one refers to, by a column or by what was given.
    fn reference<K: Document>(&mut self, names: &[&str], given: &str) -> MappedField {
        let code = self.take_if(|column| is_called(column, names) && is_called(column, ID));
        match code.or_else(|| self.take_column(names, &[])) {
            Some(column) => {
                let collection = K::COLLECTIONS[0];
                let text = format!("(\"{collection}/\" + ({} | slug))", path(&column));
                (text, "are these the ids of the index".into())
            }
            None => (Value::from(given).to_string(), "the same for all".into()),
        }
    }

    /// A column of codes such as 35.10.
    fn region(&mut self) -> Option<String> {
        let column = self.take_column(REGION, &[])?;
        let is_code = |text: &String| text.trim().parse::<mpp_core::RegionCode>().is_ok();
        if column.examples.is_empty() || !column.examples.iter().all(is_code) {
            self.0.push(column);
            return None;
        }
        Some(format!("(\"{}/\" + ({} | trimmed))", Region::COLLECTIONS[0], path(&column)))
    }

    fn location(&mut self) -> String {
        let (latitude, longitude) =
            (self.take_column(LATITUDE, &[]), self.take_column(LONGITUDE, &[]));
        let Some((latitude, longitude)) = latitude.clone().zip(longitude.clone()) else {
            self.0.extend(latitude.or(longitude));
            return String::new();
        };
        let number = |column| format!("({} | tonumber)", path(column));
        format!(
            ", location: {{latitude: {}, longitude: {}}}",
            number(&latitude),
            number(&longitude)
        )
    }

    fn agreement(&mut self) -> Option<MappedField> {
        let expires = self.take_column(EXPIRES, &[]);
        let Some(number) = self.text(AGREEMENT) else {
            self.0.extend(expires);
            return None;
        };
        let why = if expires.is_some() { "the last day as 2026-01-31, or empty" } else { "" };
        let expires = expires.map(|column| format!(", expire_date: ({} | trimmed)", path(&column)));
        let whole = format!("{{number: {number}{}}}", expires.unwrap_or_default());
        let text = format!("agreement: (if {number} == \"\" then null else {whole} end)");
        Some(line(&text, why))
    }

    fn contacts(&mut self) -> Option<MappedField> {
        let of = |(names, kind): (&[&str], contact::Kind)| {
            let at = self.text(names)?;
            let kind = kind.as_str_name();
            Some(format!("({at} | select(. != \"\") | {{kind: \"{kind}\", value: .}})"))
        };
        let all: Vec<String> = CONTACTS.into_iter().filter_map(of).collect();
        (!all.is_empty()).then(|| line(&format!("contacts: [{}]", all.join(", ")), ""))
    }
}

/// True if a column's own name has one of these words.
fn is_called(column: &Column, names: &[&str]) -> bool {
    let own = column.path.last().map(|name| words(name)).unwrap_or_default();
    own.iter().any(|word| names.contains(&word.as_str()))
}

fn line(text: &str, doubt: &'static str) -> MappedField {
    (text.to_owned(), doubt.into())
}

fn field(name: &str, (text, doubt): MappedField) -> MappedField {
    (format!("{name}: {text}"), doubt)
}

fn program(around: &[MappedField], key: &str, within: &[MappedField], left: &[String]) -> String {
    let unused = unused(left);
    format!(
        "# A first mapping, guessed by the columns' names: read it, and mend what is not right.\n\
         # Lines that end with a question mark are not sure.\n{HELPERS}{{\n{}  {key}: {{\n{}  }}\n}}\n\
         {unused}",
        lines(around, "  ", ","),
        lines(within, "    ", "")
    )
}

/// One line for each; `end` follows the last.
fn lines(all: &[MappedField], indent: &str, end: &str) -> String {
    let last = all.len().saturating_sub(1);
    let one = |(at, (text, doubt)): (usize, &MappedField)| {
        let comma = if at == last { end } else { "," };
        let doubt = if doubt.is_empty() { String::new() } else { format!("  # {doubt}?") };
        format!("{indent}{text}{comma}{doubt}\n")
    };
    all.iter().enumerate().map(one).collect()
}

#[cfg(test)]
mod tests;
