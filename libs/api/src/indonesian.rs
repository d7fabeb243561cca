//! Times as a citizen reads them, in Indonesian: "paling lama 3 hari kerja". What could not be read
//! is shown in the source's words, and said to be so. Fees are in [`crate::wording`]; errors
//! have their Indonesian messages beside their reasons, in `libs/core/src/reason.rs`.

use crate::{
    types::{ServiceTime, service_time},
    wording::{Language, number},
};

fn with_label(label: &str, text: &str) -> String {
    if label.is_empty() { text.to_owned() } else { format!("{label}: {text}") }
}

/// "belum terbaca: “sesuai jadwal”".
fn unread(source: &str) -> String {
    format!("belum terbaca: “{source}”")
}

/// How long a service takes, with its notes, such as "per sampel"; of several cases each with its
/// condition.
pub fn time(given: &ServiceTime) -> String {
    let unit = match given.unit() {
        service_time::Unit::Minutes => "menit",
        service_time::Unit::Hours => "jam",
        service_time::Unit::WorkingDays => "hari kerja",
        service_time::Unit::CalendarDays => "hari",
        service_time::Unit::Cases => {
            let one = |case: &ServiceTime| with_label(&case.condition, &time(case));
            return given.cases.iter().map(one).collect::<Vec<_>>().join("; ");
        }
        service_time::Unit::Unparsed | service_time::Unit::Unspecified => {
            return unread(&given.source_text);
        }
    };
    let limit = if given.at_most { "paling lama " } else { "" };
    let about = if given.approximate { "sekitar " } else { "" };
    let least = match given.min_value {
        0 => String::new(),
        least => format!("{} – ", number(least, Language::Indonesian)),
    };
    let notes = match given.notes.as_slice() {
        [] => String::new(),
        notes => format!(" ({})", notes.join("; ")),
    };
    format!("{limit}{about}{least}{} {unit}{notes}", number(given.value, Language::Indonesian))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_time_says_its_ends() {
        let days = ServiceTime { value: 3, ..ServiceTime::default() };
        let mut days = days;
        days.set_unit(service_time::Unit::WorkingDays);
        assert_eq!(time(&days), "3 hari kerja");
        assert_eq!(
            time(&ServiceTime { at_most: true, ..days.clone() }),
            "paling lama 3 hari kerja"
        );
        assert_eq!(time(&ServiceTime { min_value: 2, ..days.clone() }), "2 – 3 hari kerja");
        let each = ServiceTime { notes: vec!["per sampel".into()], ..days.clone() };
        assert_eq!(time(&each), "3 hari kerja (per sampel)");
        let mut cases = ServiceTime {
            cases: vec![ServiceTime { condition: "pasien baru".into(), ..days }],
            ..ServiceTime::default()
        };
        cases.set_unit(service_time::Unit::Cases);
        assert_eq!(time(&cases), "pasien baru: 3 hari kerja");
    }
}
