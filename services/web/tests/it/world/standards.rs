//! A standard, and three services that are of it.

use mpp_api::registry::{
    Divergence, ListDivergencesResponse, Standard, StandardLink,
    divergence::{Component, Holder, Variant},
    list_divergences_response::Looked,
    service::Requirement,
    standard_link::State,
};

use super::nation::{Nation, text};

pub const STANDARD: &str = "standards/skck";

fn said(texts: &[&str], units: &[&str], read: bool) -> Variant {
    let holder = |unit: &&str| Holder {
        service: format!("units/{unit}/services/skck"),
        unit: format!("units/{unit}"),
        region: "35.10".into(),
        texts: if *unit == "polda" { vec!["KK dan KTP".into()] } else { Vec::new() },
    };
    Variant {
        texts: texts.iter().map(|text| (*text).to_owned()).collect(),
        holders: units.iter().map(holder).collect(),
        holder_count: i32::try_from(units.len()).expect("a few"),
        read,
        ..Variant::default()
    }
}

fn divergence(component: Component, variants: Vec<Variant>) -> Divergence {
    Divergence {
        standard: STANDARD.into(),
        component: component.into(),
        variants,
        ..Divergence::default()
    }
}

/// Puts them into a nation.
pub fn add(nation: &mut Nation) {
    let asked = Requirement { text: "Kartu Keluarga".into(), ..Requirement::default() };
    let standard = Standard {
        name: STANDARD.into(),
        title: text("Surat keterangan catatan kepolisian", ""),
        unit: "units/dpmptsp".into(),
        example: true,
        valid_from: "2026-01-01".into(),
        requirements: vec![asked],
        procedure: vec!["Hanya di loket".into()],
        ..Standard::default()
    };
    let looked = Looked {
        standard: STANDARD.into(),
        services: 3,
        title: standard.title.clone(),
        example: true,
        compared: 4,
        ..Looked::default()
    };
    let short =
        Variant { missing: vec!["Kartu Keluarga".into()], ..said(&["KTP"], &["polri"], false) };
    let whole = said(&["Kartu Keluarga", "KTP"], &["polda"], false);
    let whole = Variant { standard: true, holder_count: 5, ..whole };
    nation.divergences = ListDivergencesResponse {
        divergences: vec![
            divergence(
                Component::Time,
                vec![
                    said(&["1 hari"], &["polri", "polda"], true),
                    said(&["15 menit"], &["polres"], true),
                ],
            ),
            divergence(Component::Requirements, vec![whole, short]),
            divergence(
                Component::Channels,
                vec![said(&["COUNTER"], &["polri"], true), said(&["ONLINE"], &["polda"], true)],
            ),
        ],
        looked: vec![looked],
        ..ListDivergencesResponse::default()
    };
    nation.links = vec![StandardLink {
        name: "units/polri/services/skck/links/skck".into(),
        standard: STANDARD.into(),
        state: State::Confirmed.into(),
        standard_title: standard.title.clone(),
        ..StandardLink::default()
    }];
    nation.standards.insert(STANDARD.into(), standard);
}
