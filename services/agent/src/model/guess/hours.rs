//! Guesses which columns of a table hold opening hours, by their names alone.

use serde_json::Value;

use super::{
    columns::{Column, columns},
    names::words,
    program::{HELPERS, path, unused},
};

/// A day of the contract, and what columns of it are called.
const DAYS: [(&str, &[&str]); 7] = [
    ("mon", &["senin", "mon", "monday"]),
    ("tue", &["selasa", "tue", "tuesday"]),
    ("wed", &["rabu", "wed", "wednesday"]),
    ("thu", &["kamis", "thu", "thursday"]),
    ("fri", &["jumat", "jum", "fri", "friday"]),
    ("sat", &["sabtu", "sat", "saturday"]),
    ("sun", &["minggu", "ahad", "sun", "sunday"]),
];
const ID: [&str; 4] = ["kode", "id", "code", "nomor"];
const TARGET: [&str; 2] = ["target", "lokasi"];
const MALL: [&str; 3] = ["mal", "mall", "mpp"];
const COUNTER: [&str; 2] = ["gerai", "counter"];
const FROM: [&str; 4] = ["mulai", "from", "sejak", "start"];
const TO: [&str; 4] = ["sampai", "until", "selesai", "end"];
const SOURCE: [&str; 5] = ["dasar", "sumber", "keputusan", "source", "surat"];

/// A first mapping of opening hours, and the columns that it does not use.
#[derive(Clone, Debug)]
pub struct Hours {
    /// The jq program.
    pub program: String,
    /// Columns that no field was found for.
    pub left: Vec<String>,
}

/// Guesses from the first records of a table; `None` if no column is named after a day.
pub fn hours(records: &[Value]) -> Option<Hours> {
    let mut rest = columns(records);
    let days = of_days(&mut rest);
    days.iter().find(|column| column.is_some())?;
    let days = DAYS.iter().zip(&days).map(|((day, _), column)| of_day(day, column.as_ref()));
    let days: Vec<String> = days.collect();
    // First, since a counter's code is no id of a rule.
    let target = target(&mut rest);
    let mut text = |names: &[&str]| take_column(&mut rest, names).map(|column| path(&column));
    let [id, from, to, basis] = [&ID[..], &FROM, &TO, &SOURCE].map(&mut text);
    let fields = [id, target, from, to, basis];
    let left: Vec<String> = rest.iter().map(Column::name).collect();
    Some(Hours { program: program(fields, &days.join("\n"), &left), left })
}

fn program(
    [id, target, from, to, basis]: [Option<String>; 5],
    days: &str,
    left: &[String],
) -> String {
    let id = id.map_or(NO_ID.to_owned(), |at| format!("({at} | slug),"));
    let target = target.unwrap_or_else(|| NO_TARGET.to_owned());
    let basis = basis.map_or(NO_BASIS.to_owned(), |at| format!("({at} | trimmed)"));
    let day = |field: &str, column: Option<String>| {
        let line = |at| format!("    {field}: ({at} | trimmed),  # as 2026-01-31, or empty?\n");
        column.map_or(String::new(), line)
    };
    let validity = day("valid_from", from) + &day("valid_through", to);
    let unused = unused(left);
    format!(
        "# A first mapping of opening hours, guessed by the columns' names: read it, and mend what \
         is not right.\n\
         # Lines that end with a question mark are not sure.\n{HELPERS}{{\n  source_id: {id}\n  \
         hours_rule: {{\n    target: {target}\n{validity}    weekly: {{\n{days}\n    }},\n    \
         basis: {basis}\n  }}\n}}\n{unused}"
    )
}

const NO_ID: &str = "\"\",  # no column of codes was found?";
const NO_TARGET: &str = "\"malls/my-mall\",  # no column of it was found?";
const NO_BASIS: &str = "\"\"  # the letter or decision that they come from?";

/// The place that a rule is for: a column of names, or one of malls and one of their counters.
fn target(rest: &mut Vec<Column>) -> Option<String> {
    let is_name = |column: &Column| {
        !column.examples.is_empty() && column.examples.iter().all(|text| text.contains('/'))
    };
    let named = |column: &Column| {
        format!("({} | trimmed),  # as malls/banyuwangi, or a counter's name?", path(column))
    };
    if let Some(column) = take_column(rest, &TARGET) {
        return Some(named(&column));
    }
    let counter = take_column(rest, &COUNTER);
    if let Some(counter) = counter.as_ref().filter(|counter| is_name(counter)) {
        return Some(named(counter));
    }
    let (mall, counter) = match (take_column(rest, &MALL), counter) {
        (Some(mall), Some(counter)) => (mall, path(&counter)),
        (one, other) => return one.or(other).as_ref().map(named),
    };
    let mall = match is_name(&mall) {
        true => format!("({} | trimmed)", path(&mall)),
        false => format!("\"malls/\" + ({} | slug)", path(&mall)),
    };
    let counter =
        format!("({counter} | trimmed | if . == \"\" then . else \"/counters/\" + slug end)");
    Some(format!("({mall} + {counter}),  # are these the ids of both?"))
}

/// A day without a column does not count as closed: the mapping fails until it says what holds
/// then.
fn of_day(day: &str, column: Option<&Column>) -> String {
    let comma = if day == "sun" { "" } else { "," };
    match column {
        Some(column) => format!("      {day}: ({} | opening_hours){comma}", path(column)),
        None => format!(
            "      {day}: error(\"no column is of {day}; write [] where it is closed\"){comma}"
        ),
    }
}

/// The column of each day. One that names two days ("Senin - Kamis") is for all days from one to
/// the other; one for a single day goes first.
fn of_days(rest: &mut Vec<Column>) -> [Option<Column>; 7] {
    let mut found = [const { None }; 7];
    let named = |column: &Column| {
        let own = column.path.last().map(|name| words(name)).unwrap_or_default();
        let is_named = |(_, names): &(&str, &[&str])| own.iter().any(|w| names.contains(&&**w));
        let days: Vec<usize> = (0..7).filter(|day| is_named(&DAYS[*day])).collect();
        days.first().copied().zip(days.last().copied())
    };
    let mut of_days: Vec<(usize, usize, Column)> = Vec::new();
    rest.retain(|column| match named(column) {
        Some((first, last)) => {
            of_days.push((first, last, column.clone()));
            false
        }
        None => true,
    });
    of_days.sort_by_key(|(first, last, _)| last - first);
    for (first, last, column) in of_days {
        for day in &mut found[first..=last] {
            day.get_or_insert_with(|| column.clone());
        }
    }
    found
}

/// Takes the first column whose name has one of these words.
fn take_column(columns: &mut Vec<Column>, names: &[&str]) -> Option<Column> {
    let is_called = |column: &Column| {
        let own = column.path.last().map(|name| words(name)).unwrap_or_default();
        own.iter().any(|word| names.contains(&word.as_str()))
    };
    let at = columns.iter().position(is_called)?;
    Some(columns.remove(at))
}

#[cfg(test)]
mod tests {
    use mpp_api::sync::{Record, record::Body};
    use serde_json::json;

    use super::*;
    use crate::model::{destination::Destination, mapping::Mapping};

    #[test]
    fn a_table_of_hours_is_mapped_to_rules_of_the_contract() {
        let day = "08.00 - 15.00";
        let row = json!({
            "Kode": "JAM-1", "Gerai": "malls/banyuwangi", "Berlaku mulai": "2026-01-01",
            "Senin": day, "Selasa": day, "Rabu": day, "Kamis": day, "Jumat": "08.00 - 11.00",
            "Sabtu": "tutup", "Minggu": "tutup", "Dasar hukum": "SE Bupati 1/2026", "Warna": "biru",
        });
        let guessed = hours(std::slice::from_ref(&row)).expect("days");
        assert_eq!(guessed.left, ["Warna"]);
        let mapping = Mapping::compile(&guessed.program).expect("compiles");
        let mapped = mapping.apply(&row).expect("maps").remove(0);
        let record: Record = mpp_api::json::read(&mapped).expect("a record");
        assert_eq!(record.source_id, "jam-1");
        let Some(Body::HoursRule(rule)) = &record.body else { panic!("hours: {record:?}") };
        assert_eq!(rule.valid_from, "2026-01-01");
        let week = rule.weekly.as_ref().expect("a week");
        assert_eq!((week.fri[0].close.as_str(), week.sat.len()), ("11:00", 0));
        Destination::Scheduling.judge(record, "sources/mal-banyuwangi").expect("of the form");
    }

    #[test]
    fn a_mall_and_its_counter_in_two_columns_make_one_name() {
        let of = |mall: &str, counter: &str| {
            let row = json!({ "Kode": "JAM-1", "Mal": mall, "Gerai": counter, "Senin": "tutup" });
            let program = hours(std::slice::from_ref(&row)).expect("days").program;
            let days = program.lines().map(|line| match line.contains("error(") {
                true => String::new(),
                false => line.replace("opening_hours),", "opening_hours)") + "\n",
            });
            let mapping = Mapping::compile(&days.collect::<String>()).expect("compiles");
            let mapped = mapping.apply(&row).expect("maps").remove(0);
            let told = |value: &Value| value.as_str().unwrap_or_default().to_owned();
            (told(&mapped["source_id"]), told(&mapped["hours_rule"]["target"]))
        };
        let code = || "jam-1".to_owned();
        let target = "malls/banyuwangi/counters/dukcapil";
        assert_eq!(of("Banyuwangi", "Dukcapil"), (code(), target.to_owned()));
        assert_eq!(of("malls/banyuwangi", "dukcapil"), (code(), target.to_owned()));
        assert_eq!(of("banyuwangi", target), (code(), target.to_owned()));
        assert_eq!(of("Banyuwangi", ""), (code(), "malls/banyuwangi".to_owned()));
    }

    #[test]
    fn a_column_of_several_days_is_of_each() {
        let sheet = include_str!("../../../samples/hours/hours.csv");
        let headings = sheet.lines().next().expect("headings").split(';');
        let row: serde_json::Map<_, _> =
            headings.map(|name| (name.to_owned(), "08.00 - 15.00".into())).collect();
        let guessed = hours(&[row.into()]).expect("days").program;
        for day in ["mon", "tue", "wed", "thu"] {
            let line = format!("{day}: (.[\"Senin - Kamis\"] | opening_hours)");
            assert!(guessed.contains(&line), "{guessed}");
        }
        assert!(guessed.contains("fri: (.Jumat | opening_hours)"), "{guessed}");
        assert!(!guessed.contains("error("), "{guessed}");
    }

    #[test]
    fn a_day_without_a_column_is_marked_and_a_table_without_days_has_no_hours() {
        let guessed = hours(&[json!({ "senin": "08.00 - 15.00" })]).expect("a day");
        assert!(guessed.program.contains("tue: error(\"no column is of tue;"), "no day is guessed");
        assert!(guessed.program.contains("source_id: \"\",  # no column of codes"));
        assert!(hours(&[json!({ "kode": "kk", "nama": "Kartu Keluarga" })]).is_none());
    }
}
