//! Wordings of a record that are kept as they are written, since their meaning is not sure.

use mpp_api::{
    sync::{Record, record::Body},
    types::{Fee, ServiceTime, fee::Kind, service_time::Unit},
};
use mpp_core::{Error, FieldCode};

use super::declared;

/// A remark on each fee and time of a record that is not read; `bare` are the columns of its row
/// that hold a bare number.
pub fn wordings(record: &Record, bare: &[(String, String)]) -> Vec<Error> {
    let Some(Body::Service(service)) = &record.body else { return Vec::new() };
    let fees = service.fees.iter().enumerate().filter(|(_, fee)| holds_unread_fee(fee));
    let of_fees = fees.map(|(at, fee)| {
        remark(&format!("service.fees[{at}]"), ("fee", "Rp"), &fee.source_text, bare)
    });
    let time = service.time.as_ref().filter(|time| holds_unread_time(time));
    let of_time =
        time.map(|time| remark("service.time", ("time", "hari kerja"), &time.source_text, bare));
    of_fees.chain(of_time).collect()
}

fn holds_unread_fee(fee: &Fee) -> bool {
    fee.kind() == Kind::Unparsed || fee.cases.iter().chain(&fee.parts).any(holds_unread_fee)
}

fn holds_unread_time(time: &ServiceTime) -> bool {
    time.unit() == Unit::Unparsed || time.cases.iter().chain(&time.steps).any(holds_unread_time)
}

/// `unit` is an example of one.
fn remark(
    field: &str,
    (kind, unit): (&str, &str),
    words: &str,
    bare: &[(String, String)],
) -> Error {
    let column = bare.iter().find(|(_, number)| number == words.trim());
    let why =
        column.map_or_else(|| why(words).to_owned(), |(column, _)| without_unit(column, unit));
    let words: String = words.chars().take(160).collect();
    Error::field(field, FieldCode::NotRead, format!("this {kind} is not read: \"{words}\"{why}"))
}

/// The way out for a number without a unit.
fn without_unit(column: &str, unit: &str) -> String {
    format!(
        "; the number has no unit: where all numbers of this column have one, write it at the top of \
         the agent's file, such as {}",
        declared::line(column, unit)
    )
}

/// Explains in a few words why no form can hold the text; empty if the words may only be
/// unknown.
fn why(words: &str) -> &'static str {
    let words = words.to_lowercase();
    let said =
        |list: &[&str]| words.split(|c: char| !c.is_alphabetic()).any(|word| list.contains(&word));
    let number = words.contains(|c: char| c.is_ascii_digit());
    match () {
        () if number && said(&["bulan", "bln", "tahun", "thn"]) => {
            "; a month or a year has no fixed length"
        }
        () if said(&["minimal", "minimum", "mulai", "serendah"]) => {
            "; a minimum alone says not how much it is"
        }
        () if said(&["materai", "meterai", "bermaterai", "bermeterai"]) => {
            "; a stamp that one brings is no fee: name it among the requirements"
        }
        () => "",
    }
}

#[cfg(test)]
mod tests {
    use mpp_api::registry::Service;

    use super::*;

    #[test]
    fn what_no_form_can_hold_is_told() {
        assert!(why("2 bulan").contains("no fixed length"));
        assert!(why("Mulai dari Rp 25.000").contains("minimum"));
        assert!(why("Rp 50.000 + materai").contains("requirements"));
        assert_eq!(why("Sesuai ketentuan yang berlaku"), "");
    }

    #[test]
    fn what_is_not_read_is_told_with_its_words() {
        let fee = |kind: Kind, text: &str| Fee {
            kind: kind.into(),
            source_text: text.into(),
            ..Fee::default()
        };
        let fees = vec![
            fee(Kind::Free, "Gratis"),
            fee(Kind::Unparsed, "Sesuai ketentuan"),
            Fee { cases: vec![fee(Kind::Unparsed, "lain-lain")], ..fee(Kind::Free, "by case") },
        ];
        let time = Some(ServiceTime {
            unit: Unit::Unparsed.into(),
            source_text: "secepatnya".into(),
            ..ServiceTime::default()
        });
        let service = Service { fees, time, ..Service::default() };
        let record = Record { body: Some(Body::Service(service)), ..Record::default() };
        let told: Vec<String> =
            wordings(&record, &[]).iter().map(|error| error.message().to_owned()).collect();
        assert_eq!(
            told,
            [
                "service.fees[1]: this fee is not read: \"Sesuai ketentuan\"",
                "service.fees[2]: this fee is not read: \"by case\"",
                "service.time: this time is not read: \"secepatnya\"",
            ]
        );
        let bare = [("biaya".to_owned(), "12000".to_owned())];
        let fees = vec![fee(Kind::Unparsed, "12000")];
        let service = Service { fees, ..Service::default() };
        let record = Record { body: Some(Body::Service(service)), ..Record::default() };
        let told = wordings(&record, &bare)[0].message().to_owned();
        assert!(told.ends_with("units.biaya = \"Rp\""), "{told}");
    }
}
