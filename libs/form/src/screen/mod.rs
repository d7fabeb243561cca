//! Texts that no record should have: error values of spreadsheets, placeholders of programs for
//! missing values, markup, trials that were left among live rows.
//!
//! There are two degrees. A text that no person can have meant ([`broken`]) is refused whichever
//! way it comes. A record that only looks as if it were none, or whose title or name speaks of the
//! list ([`doubt`]), is refused when it comes from a source, where no person has looked at it,
//! until somebody says that it is one. Services and places are doubted by one rule.

mod blank;
mod error_value;
mod filler;
mod footer;
mod look_alike;
pub mod name;
mod remark;
mod residue;
mod trial;

use mpp_api::{
    registry::Service,
    sync::record::Body,
    text::{TextPlace, Texts},
    types::LocalizedText,
};
use mpp_core::{FieldCode, FieldViolation};

pub use error_value::is_error_value;
pub use remark::is_cut;
pub use residue::of_name;
pub use trial::{prompt, title};

use crate::{check::MAX_VIOLATIONS, markup};

/// How many characters of a text a message shows.
const SHOWN: usize = 80;

/// Why a text holds the residue of a program or a sheet, if it does.
pub fn left_over(place: &str, text: &str) -> Option<String> {
    residue::of_text(text).then(|| residue::residue_text(place, text))
}

/// The fault of a text that no person can have meant, whichever way it came.
pub fn text(text: &str) -> Option<(FieldCode, String)> {
    let shown = || text.trim().chars().take(SHOWN).collect::<String>();
    if is_error_value(text) {
        let why = format!("\"{}\" is an error value of a spreadsheet; give the value", shown());
        return Some((FieldCode::ErrorValue, why));
    }
    if residue::of_text(text) {
        let why = format!(
            "\"{}\" is what a program or a sheet leaves where a value is missing; give the value, or \
             leave the field out",
            shown()
        );
        return Some((FieldCode::ErrorValue, why));
    }
    markup::is_read(text).then(|| {
        let why = "holds markup, which is shown as it stands; give the plain text";
        (FieldCode::Markup, format!("\"{}\" {why}", shown()))
    })
}

/// A fault for every text of a message that no person can have meant; it lies in `field` of a
/// request.
pub fn broken(message: &mut impl Texts, field: &'static str) -> Vec<FieldViolation> {
    let mut faults = Vec::new();
    let mut visit = |place: &TextPlace<'_>, own: &mut String| {
        if faults.len() >= MAX_VIOLATIONS {
            return;
        }
        if let Some((code, description)) = text(own) {
            faults.push(FieldViolation { field: place.to_string(), description, code });
        }
    };
    message.each_text(&mut visit, &TextPlace::root(field));
    faults
}

/// Why a record of a source looks like none, if it does, and in which field: by its title or name,
/// or by a text that a form shows before it is filled in.
pub fn doubted(body: &mut Body) -> Option<(String, String)> {
    match body {
        Body::Service(one) => {
            misnamed("service.title.id", &one.title).or_else(|| prompted(one, "service"))
        }
        Body::UnitRecord(one) => misnamed("unit_record.display_name.id", &one.display_name)
            .or_else(|| prompted(one, "unit_record")),
        Body::Mall(one) => {
            misnamed("mall.display_name.id", &one.display_name).or_else(|| prompted(one, "mall"))
        }
        Body::Counter(one) => misnamed("counter.display_name.id", &one.display_name)
            .or_else(|| prompted(one, "counter")),
        Body::HoursRule(_) | Body::Delete(_) => None,
    }
}

fn misnamed(field: &str, name: &Option<LocalizedText>) -> Option<(String, String)> {
    let why = title(&name.as_ref()?.id)?;
    Some((field.to_owned(), why))
}

fn prompted(message: &mut impl Texts, field: &'static str) -> Option<(String, String)> {
    let mut found = None;
    let mut visit = |place: &TextPlace<'_>, text: &mut String| {
        if found.is_none() {
            found = prompt(text).map(|why| (place.to_string(), why));
        }
    };
    message.each_text(&mut visit, &TextPlace::root(field));
    found
}

/// Texts of a service that say that the list in which they stand is not whole: it is taken, and
/// its author is told.
pub fn cut(service: &mut Service) -> Vec<FieldViolation> {
    let mut found = Vec::new();
    let mut visit = |place: &TextPlace<'_>, text: &mut String| {
        if found.len() < MAX_VIOLATIONS && is_cut(text) {
            let shown: String = text.trim().chars().take(SHOWN).collect();
            let description = format!("\"{shown}\" says that more belongs here than is given");
            let field = place.to_string();
            found.push(FieldViolation { field, description, code: FieldCode::Cut });
        }
    };
    service.each_text(&mut visit, &TextPlace::root("service"));
    found
}

/// What [`doubted`] finds, in the form in which the registry reports it.
pub fn doubt(body: &mut Body) -> Option<FieldViolation> {
    let (field, why) = doubted(body)?;
    let description = format!("{why}; leave it out, or send it with confirmed where it is meant");
    Some(FieldViolation { field, description, code: FieldCode::Suspicious })
}

#[cfg(test)]
mod tests {
    use mpp_api::registry::{Counter, Mall, Unit, service::Requirement};

    use super::*;

    fn service(title: &str, requirement: &str) -> Service {
        Service {
            title: Some(LocalizedText { id: title.into(), en: String::new() }),
            requirements: vec![Requirement { text: requirement.into(), ..Requirement::default() }],
            ..Service::default()
        }
    }

    #[test]
    fn what_nobody_can_have_meant_is_told_with_its_field() {
        for (wrong, code) in [
            ("#REF!", FieldCode::ErrorValue),
            ("undefined", FieldCode::ErrorValue),
            ("=VLOOKUP(A2;B:C;2)", FieldCode::ErrorValue),
            ("<p>KTP</p>", FieldCode::Markup),
            ("KTP &ndash; asli", FieldCode::Markup),
            ("Foto 3&#215;4", FieldCode::Markup),
        ] {
            let faults = broken(&mut service("Izin reklame", wrong), "service");
            let told: Vec<_> = faults.iter().map(|own| (own.field.as_str(), own.code)).collect();
            assert_eq!(told, [("service.requirements[0].text", code)], "{wrong}");
        }
        for fine in ["Usia < 17 tahun", "KTP & KK", "<nama pemohon>", "A&B;C", "3 > 2", ""] {
            assert!(broken(&mut service("Izin reklame", fine), "service").is_empty(), "{fine}");
        }
    }

    #[test]
    fn what_looks_like_no_service_is_doubted() {
        for title in ["tes", "xxx", "Layanan 1", "N/A", "Jumlah", "KTP (tidak aktif)"] {
            let found = doubt(&mut Body::Service(service(title, "KTP"))).expect(title);
            assert_eq!(found.field, "service.title.id", "{title}");
        }
        let mut prompted = Body::Service(service("Izin reklame", "Ketik disini"));
        let found = doubt(&mut prompted).expect("a form's own");
        assert_eq!(found.field, "service.requirements[0].text");
        assert_eq!(doubt(&mut Body::Service(service("Tes kesehatan", "KTP"))), None);
    }

    /// Units, malls and counters of these names, and the field that is told.
    fn places(name: &str) -> [(Body, &'static str); 3] {
        let display_name = Some(LocalizedText { id: name.into(), en: String::new() });
        let unit = Unit { display_name: display_name.clone(), ..Unit::default() };
        let mall = Mall { display_name: display_name.clone(), ..Mall::default() };
        let counter = Counter { display_name, ..Counter::default() };
        [
            (Body::UnitRecord(unit), "unit_record.display_name.id"),
            (Body::Mall(mall), "mall.display_name.id"),
            (Body::Counter(counter), "counter.display_name.id"),
        ]
    }

    #[test]
    fn what_looks_like_no_place_is_doubted_by_the_same_rule() {
        for name in [
            "-",
            "Jumlah",
            "N/A",
            "dan 12 lainnya",
            "Menampilkan 3 dari 42",
            "tes",
            "Ketik disini",
            "Layanan 1",
        ] {
            for (mut body, field) in places(name) {
                assert_eq!(doubt(&mut body).map(|one| one.field).as_deref(), Some(field), "{name}");
            }
        }
        for name in [
            "Dukcapil",
            "Disdukcapil",
            "BPJS Kesehatan",
            "Polri",
            "Samsat",
            "Bagian Umum",
            "Bidang Data dan Informasi",
            "Unit Pelayanan Terpadu",
            "Subbagian Program dan Pelaporan",
            "Loket Informasi",
            "Kantor Layanan Lantai 2",
            "Bank BRI Unit 3",
            "MPP Banyuwangi",
            "Kecamatan Data",
            "Kelurahan Lain",
        ] {
            for (mut body, _) in places(name) {
                assert_eq!(doubt(&mut body), None, "{name}");
            }
        }
    }

    #[test]
    fn no_text_makes_it_panic() {
        bolero::check!().with_iterations(3_000).with_type::<String>().for_each(|own| {
            let _ = (text(own), title(own), prompt(own), name::is_none(own), remark::is_cut(own));
        });
    }
}
