//! A standard, and three services that are of it.

use mpp_api::{
    registry::{
        Adoption, CountAdoptionResponse, Divergence, ListDivergencesResponse, Standard,
        StandardComparison, StandardLink,
        adoption::State as Stands,
        count_adoption_request::Group,
        divergence::{Component, Holder, Variant},
        list_divergences_response::Looked,
        service::Requirement,
        standard_comparison::{Line, line::Standing},
        standard_link::{Explanation, State},
    },
    time::to_timestamp,
};

use super::nation::{Nation, text};

pub const STANDARD: &str = "standards/skck";

fn said(texts: &[&str], units: &[&str], read: bool) -> Variant {
    let holder = |unit: &&str| Holder {
        service: format!("units/{unit}/services/skck"),
        unit: format!("units/{unit}"),
        region: "35.10".into(),
        texts: if *unit == "polda" { vec!["KK dan KTP".into()] } else { Vec::new() },
        title: text("SKCK baru", ""),
        region_name: "Kabupaten Banyuwangi".into(),
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
        decided_by: "users/-".into(),
        decide_time: Some(to_timestamp(1_767_225_600_000_000)),
        decided_version: "2".into(),
        reason: "Judul dan produknya sama".into(),
        ..StandardLink::default()
    }];
    nation.adoption = [(Group::Province, "35"), (Group::Agency, "units/polri")]
        .map(|(group, key)| (group.into(), counted(key)))
        .into();
    nation.comparison = compared();
    nation.standards.insert(STANDARD.into(), standard);
}

/// Of three services one follows the standard, one differs, and one says why it does.
fn counted(key: &str) -> CountAdoptionResponse {
    let one = Adoption {
        key: key.into(),
        title: text(if key == "35" { "Jawa Timur" } else { "Polri" }, ""),
        services: 3,
        follows: 1,
        differs: 1,
        explained: 1,
        ..Adoption::default()
    };
    CountAdoptionResponse { adoptions: vec![one], ..CountAdoptionResponse::default() }
}

/// A service that is dearer, says why, and states nothing of its channels.
fn compared() -> StandardComparison {
    let explanation = Explanation {
        components: vec![Component::Fees.into()],
        reason: "Tarif PNBP".into(),
        legal_basis: "PP 76/2020".into(),
        until: "2026-12-31".into(),
        explained_by: "units/polri".into(),
        explain_time: Some(to_timestamp(1_767_225_600_000_000)),
        ..Explanation::default()
    };
    let fees = Line {
        component: Component::Fees.into(),
        standing: Standing::Differs.into(),
        standard_texts: vec!["Gratis".into()],
        service_texts: vec!["Rp30.000".into()],
        read: true,
        field: "fees".into(),
        explanation: Some(explanation),
        ..Line::default()
    };
    let channels = Line {
        component: Component::Channels.into(),
        standing: Standing::Unstated.into(),
        standard_texts: vec!["ONLINE".into()],
        field: "channels".into(),
        ..Line::default()
    };
    StandardComparison {
        standard: STANDARD.into(),
        version: "2".into(),
        state: Stands::Explained.into(),
        lines: vec![fees, channels],
        adopted_version: "1".into(),
        adopt_time: Some(to_timestamp(1_767_225_600_000_000)),
        ..StandardComparison::default()
    }
}
