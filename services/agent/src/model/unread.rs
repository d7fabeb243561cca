//! Wordings of a record that are kept as they are written, since their meaning is not sure.

use mpp_api::{
    sync::{Record, record::Body},
    types::{Fee, ServiceTime, fee::Kind, service_time::Unit},
};
use mpp_core::{Error, FieldCode};

use super::{declared, heading};

/// A remark on each fee and time of a record that could not be read; `bare` are the columns of its
/// row that hold a bare number.
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

/// Takes back the reading of fees that are a bare number of a column whose heading says that it is
/// another amount.
pub fn doubt_amounts(record: &mut Record, bare: &[(String, String)]) {
    let Some(Body::Service(service)) = &mut record.body else { return };
    let is_other = |fee: &Fee| {
        let mut columns = of(bare, &fee.source_text);
        fee.kind() != Kind::Unparsed && columns.any(|column| heading::changes_amounts(column))
    };
    for fee in service.fees.iter_mut().filter(|fee| is_other(fee)) {
        let source_text = std::mem::take(&mut fee.source_text);
        *fee = Fee { kind: Kind::Unparsed.into(), source_text, ..Fee::default() };
    }
}

/// The columns that hold just this number.
fn of<'a>(bare: &'a [(String, String)], words: &str) -> impl Iterator<Item = &'a String> {
    bare.iter().filter(move |(_, number)| number == words.trim()).map(|(column, _)| column)
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
    let columns: Vec<&String> = of(bare, words).collect();
    let why = match columns.as_slice() {
        [] => why(words).to_owned(),
        [column] => {
            let own = heading::unit(column);
            // An example would be wrong below a heading that speaks of another unit.
            let unit = if heading::changes_amounts(column) { "…" } else { unit };
            without_unit(&declared::line(column, own.as_deref().unwrap_or(unit)))
        }
        // Nobody knows which of them it belongs to.
        _ => without_unit("units.COLUMN = \"…\""),
    };
    let words: String = words.chars().take(160).collect();
    Error::field(field, FieldCode::NotRead, format!("this {kind} is not read: \"{words}\"{why}"))
}

/// The way out for a number without a unit.
fn without_unit(line: &str) -> String {
    format!(
        "; the number has no unit: where all numbers of this column have one, write it at the top of \
         the agent's file, such as {line}"
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
        let two = [("kode".to_owned(), "12000".to_owned()), bare[0].clone()];
        let told = wordings(&record, &two)[0].message().to_owned();
        assert!(told.ends_with("such as units.COLUMN = \"…\""), "{told}");
    }

    #[test]
    fn a_bare_number_is_not_what_its_heading_says_otherwise() {
        for (column, line) in [
            ("biaya (USD)", Some("= \"USD\"")),
            ("biaya (ribu Rp)", Some("= \"ribu rupiah\"")),
            ("tarif per bulan", Some("= \"per bulan\"")),
            ("tarif tahunan", Some("= \"…\"")),
            ("biaya (Rp)", None),
        ] {
            let fee = Fee {
                kind: Kind::Fixed.into(),
                amount_rupiah: 50_000,
                source_text: "50000".into(),
                ..Fee::default()
            };
            let service = Service { fees: vec![fee], ..Service::default() };
            let mut record = Record { body: Some(Body::Service(service)), ..Record::default() };
            let bare = [(column.to_owned(), "50000".to_owned())];
            doubt_amounts(&mut record, &bare);
            let told = wordings(&record, &bare);
            assert_eq!(told.len(), usize::from(line.is_some()), "{column}: {told:?}");
            assert!(told.iter().all(|one| one.message().ends_with(line.unwrap_or_default())));
        }
    }
}
